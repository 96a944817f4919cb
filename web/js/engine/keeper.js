// Keeps one engine for the page: started when first asked for, thrown away when its settings change or it dies.

import { EngineClient } from './client.js';

/**
 * @typedef {object} Opened
 * @property {EngineClient} client
 * @property {import('./protocol.js').EngineInfo} info
 * @property {import('./protocol.js').Suite} suite
 *
 * @typedef {object} Wanted
 * @property {'mt' | 'st'} build
 * @property {number} threads
 * @property {string} suite  its address
 */

export class EngineKeeper {
  #onEvent;
  /** @type {EngineClient | null} */
  #client = null;
  /** @type {{key: string, opened: Promise<Opened>} | null} */
  #current = null;

  /** @param {(message: import('./protocol.js').EventMessage) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  /**
   * The engine with these settings and this suite. A failed one is not kept: the next call tries again.
   * @param {Wanted} wanted
   * @returns {Promise<Opened>}
   */
  open(wanted) {
    const key = JSON.stringify(wanted);
    if (this.#current?.key === key && !this.#client?.closed) return this.#current.opened;
    this.close();
    const client = new EngineClient(this.#onEvent);
    this.#client = client;
    const opened = EngineKeeper.#start(client, wanted);
    this.#current = { key, opened };
    opened.catch(() => {
      if (this.#client === client) this.close();
    });
    return opened;
  }

  /** @param {EngineClient} client @param {Wanted} wanted */
  static async #start(client, { build, threads, suite }) {
    const info = await client.start({ build, threads });
    return { client, info, suite: await client.openSuite(suite) };
  }

  /** The engine there is, or null: for what must not start one. */
  get client() {
    return this.#client;
  }

  /** The engine last opened, as long as it lives. */
  get current() {
    return this.#client?.closed ? null : (this.#current?.opened ?? null);
  }

  close() {
    this.#client?.close();
    this.#client = null;
    this.#current = null;
  }
}
