// The classifier that was calibrated or opened last, kept in this browser until another takes its place: IndexedDB, where Annotate's
// sessions are kept too.

import { openDatabase, reasonOf, transact } from '../storage/database.js';

/** @typedef {import('../engine/judging-protocol.js').ClassifierInfo} ClassifierInfo */
/**
 * @typedef {object} Pool       of concepts that is open beside a classifier
 * @property {string} name      of its file; '' when there is none
 * @property {string} json
 *
 * @typedef {object} Kept
 * @property {string} json
 * @property {string} sha256    of the classifier
 * @property {{id: string, name: string, sha256: string}} system
 * @property {number} time      milliseconds since 1970
 * @property {string} file      that it was opened from; '' when it was calibrated here
 * @property {boolean} example  learnt from the labels of the page
 * @property {Pool} pool
 */

const NAME = 'assay-classifier';
const VERSION = 1;
const STORE = 'kept'; // LAST -> Kept
const LAST = 'last';

/** @param {any} found @returns {found is Kept} */
function isKept(found) {
  const { json, sha256, system, time, file, example, pool } = found ?? {};
  const texts = [json, sha256, system?.id, system?.name, system?.sha256, file, pool?.name, pool?.json];
  return texts.every((text) => typeof text === 'string') && Number.isFinite(time) && typeof example === 'boolean';
}

export class KeptClassifier {
  /** @type {Kept | null} */
  last = null;
  /** @type {IDBDatabase | null} */
  #database = null;

  /** Whether this browser keeps anything. */
  get possible() {
    return this.#database !== null;
  }

  /** Finds what was kept. What cannot be read is removed, and the failure says so. */
  async find() {
    try {
      this.#database = await openDatabase(NAME, VERSION, [STORE]);
    } catch {
      return;
    }
    const found = await transact(this.#database, 'readonly', (store) => store(STORE).get(LAST));
    if (isKept(found)) this.last = found;
    if (this.last || found === undefined) return;
    await transact(this.#database, 'readwrite', (store) => store(STORE).delete(LAST));
    throw new Error('The classifier that was kept in this browser is damaged; it has been removed.');
  }

  /**
   * Keeps a classifier in place of the last one; that of the page's example takes no other's place.
   * @param {ClassifierInfo} classifier @param {Pick<Kept, 'file' | 'example' | 'pool'>} how
   */
  async keep({ json, sha256, values }, how) {
    if (how.example && this.last && !this.last.example) return;
    const { id, name } = values;
    await this.#write({ json, sha256, system: { id, name, sha256: values.sha256 }, time: Date.now(), ...how });
    void navigator.storage?.persist?.().catch(() => false); // so that the browser does not clear it away by itself
  }

  /** Keeps a pool with the classifier, if it is the one that is kept. @param {ClassifierInfo | null} classifier @param {Pool} pool */
  async addPool(classifier, pool) {
    if (this.last && this.last.sha256 === classifier?.sha256) await this.#write({ ...this.last, pool });
  }

  /** @param {Kept} kept */
  async #write(kept) {
    if (!this.#database) return;
    try {
      await transact(this.#database, 'readwrite', (store) => store(STORE).put(kept, LAST));
    } catch (error) {
      throw new Error(`The classifier could not be kept in this browser: ${reasonOf(error)}. Save it as a file.`, { cause: error });
    }
    this.last = kept;
  }

  /** Removes it; one that another tab has kept meanwhile stays. */
  async remove() {
    const kept = this.last;
    if (!kept || !this.#database) return;
    await transact(this.#database, 'readwrite', (store) => {
      const last = store(STORE).get(LAST);
      last.onsuccess = () => {
        if (last.result?.sha256 === kept.sha256) store(STORE).delete(LAST);
      };
      return last;
    });
    this.last = null;
  }
}
