// Annotation sessions that live as long as the tab. Pure: runs in Node.

/** @typedef {import('./session-store.js').Session} Session */
/** @typedef {import('./session-store.js').Material} Material */
/** @typedef {import('./queue.js').Step} Step */

/** @implements {SessionStore} @typedef {import('./session-store.js').SessionStore} SessionStore */
export class MemorySessions {
  persistent = false;
  /** @type {Map<string, {session: Session, material: Material, steps: Step[]}>} */
  #kept = new Map();

  async all() {
    return [...this.#kept.values()].map(({ session }) => session).sort((a, b) => b.modified - a.modified);
  }

  /** @param {Session} session @param {Material} material */
  async create(session, material) {
    this.#kept.set(session.id, { session, material, steps: [] });
  }

  /** @param {string} id */
  async read(id) {
    const kept = this.#kept.get(id);
    return kept ? { ...kept, steps: [...kept.steps] } : null;
  }

  /** @param {Session} session @param {number} number @param {Step} step */
  async add(session, number, step) {
    const kept = this.#kept.get(session.id);
    if (kept?.steps.length !== number) throw new Error('This answer could not be kept: the session is no longer there.');
    kept.session = session;
    kept.steps.push(step);
  }

  /** @param {string} id */
  async remove(id) {
    this.#kept.delete(id);
  }
}
