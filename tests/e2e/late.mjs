// A page that gets its answers late, to find what takes them for granted: see ASSAY_LATE in fixture.mjs.

/**
 * In the page, before any script of its own: what comes from workers, the network, files and the database comes so many milliseconds
 * later, each kind in its order.
 * @param {number} ms
 */
export function late(ms) {
  if (location.protocol === 'about:') return; // the empty page that comes first
  const later = () => new Promise((resolve) => setTimeout(resolve, ms));

  /** Promises that are settled later. @param {any} owner @param {string[]} methods */
  const settle = (owner, ...methods) => {
    for (const method of methods) {
      const real = owner[method];
      /** @this {unknown} @param {unknown[]} args */
      owner[method] = function (...args) {
        return real.apply(this, args).finally(later);
      };
    }
  };
  settle(window, 'fetch');
  settle(Blob.prototype, 'text', 'arrayBuffer');
  settle(FileSystemDirectoryHandle.prototype, 'getDirectoryHandle');
  settle(FileSystemFileHandle.prototype, 'getFile');

  /** @type {WeakSet<object>} workers that were ended: they say nothing more */
  const ended = new WeakSet();
  /** @param {object} target @param {(event: Event) => void} listener @returns {(event: Event) => void} */
  const call = (target, listener) => (event) => {
    setTimeout(() => {
      if (!ended.has(target)) listener.call(target, event);
    }, ms);
  };
  /** Handlers that are called later. @param {object} prototype @param {string} name */
  const handle = (prototype, name) => {
    const real = Object.getOwnPropertyDescriptor(prototype, name)?.set;
    /** @this {object} @param {(event: Event) => void} listener */
    const set = function (listener) {
      real?.call(this, call(this, listener));
    };
    Object.defineProperty(prototype, name, { set });
  };
  handle(IDBTransaction.prototype, 'oncomplete');
  handle(IDBTransaction.prototype, 'onabort');
  handle(Worker.prototype, 'onmessage');
  const { addEventListener, terminate } = Worker.prototype;
  /** @type {any} */ (Worker.prototype).addEventListener = /** @this {Worker} @param {string} type @param {any} listener */ function (type, listener) {
    addEventListener.call(this, type, type === 'message' ? call(this, listener) : listener);
  };
  Worker.prototype.terminate = function () {
    ended.add(this);
    terminate.call(this);
  };
}
