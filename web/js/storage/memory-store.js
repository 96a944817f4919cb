// Run records that live as long as the tab, and what any store of records offers. Pure: runs in Node.

/**
 * @typedef {object} Appender
 * @property {(text: string) => void} append  returns when the text is written
 * @property {() => void} close
 *
 * @typedef {object} RecordStore
 * @property {boolean} persistent
 * @property {() => Promise<{name: string, text: string, modified: number}[]>} all
 * @property {(name: string) => Promise<string | null>} read
 * @property {(name: string, keep: number) => Promise<Appender>} open   keeps the first `keep` bytes and appends behind them
 * @property {(name: string) => Promise<void>} remove
 */

/** @implements {RecordStore} */
export class MemoryStore {
  persistent = false;
  /** @type {Map<string, {text: string, modified: number}>} */
  #records = new Map();

  async all() {
    return [...this.#records].map(([name, record]) => ({ name, ...record }));
  }

  /** @param {string} name */
  async read(name) {
    return this.#records.get(name)?.text ?? null;
  }

  /** @param {string} name @param {number} keep */
  async open(name, keep) {
    const old = new TextEncoder().encode(this.#records.get(name)?.text ?? '');
    const record = { text: new TextDecoder().decode(old.subarray(0, keep)), modified: Date.now() };
    this.#records.set(name, record);
    return {
      /** @param {string} text */
      append(text) {
        record.text += text;
        record.modified = Date.now();
      },
      close() {},
    };
  }

  /** @param {string} name */
  async remove(name) {
    this.#records.delete(name);
  }
}
