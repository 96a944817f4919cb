// IndexedDB as promises, for what the page itself keeps: it needs no worker and is there on insecure addresses as well, which the private
// file system is not.

/**
 * Rejects where this browser keeps none.
 * @param {string} name
 * @param {number} version
 * @param {readonly string[]} stores  made when the database is new
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(name, version, stores) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      for (const store of stores) request.result.createObjectStore(store);
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/**
 * The result of a request, or the requests themselves, once the whole transaction over all stores is through and on the disk.
 * @template {IDBRequest | IDBRequest[]} R
 * @param {IDBDatabase} database
 * @param {IDBTransactionMode} mode
 * @param {(store: (name: string) => IDBObjectStore) => R} use
 * @returns {Promise<any>}
 */
export function transact(database, mode, use) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([...database.objectStoreNames], mode, { durability: 'strict' });
    const requests = use((name) => transaction.objectStore(name));
    transaction.oncomplete = () => resolve(Array.isArray(requests) ? requests : requests.result);
    transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'));
  });
}

/** Why something could not be kept, without a full stop. @param {unknown} error */
export function reasonOf(error) {
  if (!(error instanceof DOMException)) return error instanceof Error ? error.message : String(error);
  if (error.name === 'QuotaExceededError') return 'this browser grants the page no more room';
  if (error.name === 'InvalidStateError') return 'this browser has closed its storage; load the page again';
  return error.message || error.name;
}
