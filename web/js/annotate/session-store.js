// Where annotation sessions are kept: IndexedDB, one record for each step, written and flushed before the next text is shown, so
// that a killed tab loses nothing that was answered. It needs no worker and is there on insecure addresses as well, which the
// private file system is not: a phone in the same network can annotate. Where there is none, sessions live as long as the tab.

import { MemorySessions } from './memory-sessions.js';

const NAME = 'assay-annotate';
const VERSION = 1;
const SESSIONS = 'sessions'; // id -> Session
const MATERIAL = 'material'; // id -> Material
const STEPS = 'steps'; // [id, number] -> Step

/** @typedef {import('./queue.js').Step} Step */
/**
 * @typedef {object} Session
 * @property {string} id
 * @property {{id: string, name: string, json: string}} system
 * @property {{id: string, name: string, definition: string}} value
 * @property {string} source     where the texts come from, for people
 * @property {string} textsHash  SHA-256 of the texts as a label set
 * @property {string} annotator
 * @property {number} n          texts
 * @property {number} done       of them, with the skipped ones
 * @property {number} skipped
 * @property {number} created    milliseconds since 1970
 * @property {number} modified
 *
 * @typedef {object} Material
 * @property {readonly import('./texts.js').Text[]} texts
 * @property {readonly number[]} order
 *
 * @typedef {object} SessionStore
 * @property {boolean} persistent
 * @property {() => Promise<Session[]>} all  latest first
 * @property {(session: Session, material: Material) => Promise<void>} create
 * @property {(id: string) => Promise<{session: Session, material: Material, steps: Step[]} | null>} read
 * @property {(session: Session, number: number, step: Step) => Promise<void>} add  step: the number-th, from 0; session: as it is
 *   after it. Done when it is on the disk; throws one sentence, and then nothing has changed
 * @property {(id: string) => Promise<void>} remove
 */

/** @returns {Promise<SessionStore>} */
export async function openSessionStore() {
  try {
    return new SessionDatabase(await openDatabase());
  } catch {
    return new MemorySessions();
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const store of [SESSIONS, MATERIAL, STEPS]) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/** @implements {SessionStore} */
class SessionDatabase {
  persistent = true;
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close();
  }

  async all() {
    /** @type {Session[]} */
    const sessions = await this.#transact('readonly', (store) => store(SESSIONS).getAll());
    return sessions.sort((a, b) => b.modified - a.modified || (a.id < b.id ? -1 : 1));
  }

  /** @param {Session} session @param {Material} material */
  async create(session, material) {
    await this.#transact('readwrite', (store) => {
      store(SESSIONS).add(session, session.id);
      return store(MATERIAL).add(material, session.id);
    });
  }

  /** @param {string} id */
  async read(id) {
    /** @type {IDBRequest[]} */
    const [session, material, steps] = await this.#transact('readonly', (store) => [
      store(SESSIONS).get(id),
      store(MATERIAL).get(id),
      store(STEPS).getAll(stepsOf(id)),
    ]);
    if (session.result === undefined || material.result === undefined) return null;
    return { session: session.result, material: material.result, steps: steps.result };
  }

  /** @param {Session} session @param {number} number @param {Step} step */
  async add(session, number, step) {
    let gone = false;
    try {
      await this.#transact('readwrite', (store) => {
        const there = store(SESSIONS).getKey(session.id);
        there.onsuccess = () => {
          gone = there.result === undefined;
          if (gone) there.transaction?.abort();
        };
        store(STEPS).add(step, [session.id, number]); // fails when another tab has added such a step
        return store(SESSIONS).put(session, session.id);
      });
    } catch (error) {
      if (gone) throw new Error('This session was deleted in another tab.', { cause: error });
      throw new Error(`This answer could not be kept: ${reason(error)}.`, { cause: error });
    }
  }

  /** @param {string} id */
  async remove(id) {
    await this.#transact('readwrite', (store) => {
      store(SESSIONS).delete(id);
      store(MATERIAL).delete(id);
      return store(STEPS).delete(stepsOf(id));
    });
  }

  /**
   * The result of a request, or the requests themselves, once the whole transaction is through.
   * @template {IDBRequest | IDBRequest[]} R
   * @param {IDBTransactionMode} mode
   * @param {(store: (name: string) => IDBObjectStore) => R} use
   * @returns {Promise<any>}
   */
  #transact(mode, use) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction([SESSIONS, MATERIAL, STEPS], mode, { durability: 'strict' });
      const requests = use((name) => transaction.objectStore(name));
      transaction.oncomplete = () => resolve(Array.isArray(requests) ? requests : requests.result);
      transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'));
    });
  }
}

/** @param {string} id */
const stepsOf = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** @param {unknown} error */
function reason(error) {
  if (!(error instanceof DOMException)) return error instanceof Error ? error.message : String(error);
  if (error.name === 'ConstraintError') return 'the session has gone on in another tab, and is shown as it stands there';
  if (error.name === 'QuotaExceededError') return 'this browser grants the page no more room';
  if (error.name === 'InvalidStateError') return 'this browser has closed its storage; load the page again';
  return error.message || error.name;
}
