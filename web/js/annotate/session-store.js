// Where annotation sessions are kept: IndexedDB, one record for each step, written and flushed before the next text is shown, so
// that a killed tab loses nothing that was answered. It needs no worker and is there on insecure addresses as well, which the
// private file system is not: a phone in the same network can annotate. Where there is none, sessions live as long as the tab.

import { openDatabase, reasonOf, transact } from '../storage/database.js';
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
    return new SessionDatabase(await openDatabase(NAME, VERSION, [SESSIONS, MATERIAL, STEPS]));
  } catch {
    return new MemorySessions();
  }
}

/** @implements {SessionStore} */
class SessionDatabase {
  persistent = true;
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  async all() {
    /** @type {Session[]} */
    const sessions = await transact(this.#database, 'readonly', (store) => store(SESSIONS).getAll());
    return sessions.sort((a, b) => b.modified - a.modified || (a.id < b.id ? -1 : 1));
  }

  /** @param {Session} session @param {Material} material */
  async create(session, material) {
    await transact(this.#database, 'readwrite', (store) => {
      store(SESSIONS).add(session, session.id);
      return store(MATERIAL).add(material, session.id);
    });
  }

  /** @param {string} id */
  async read(id) {
    /** @type {IDBRequest[]} */
    const [session, material, steps] = await transact(this.#database, 'readonly', (store) => [
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
      await transact(this.#database, 'readwrite', (store) => {
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
    await transact(this.#database, 'readwrite', (store) => {
      store(SESSIONS).delete(id);
      store(MATERIAL).delete(id);
      return store(STEPS).delete(stepsOf(id));
    });
  }
}

/** @param {string} id */
const stepsOf = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** @param {unknown} error */
function reason(error) {
  const moved = error instanceof DOMException && error.name === 'ConstraintError';
  return moved ? 'the session has gone on in another tab, and is shown as it stands there' : reasonOf(error);
}
