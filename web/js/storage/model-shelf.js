// Which of the known models are here, as the page sees it: those that come with it, those that were downloaded, and the downloads
// under way.

import { filesOf } from '../data/registry.js';
import { bytes as amount } from '../eval/format.js';
import { openModelStore } from './model-store.js';

const RATE_OVER = 5000; // milliseconds that a rate is measured over

/**
 * @typedef {import('../data/registry.js').KnownModel} KnownModel
 * @typedef {import('../data/registry.js').KnownFile} KnownFile
 *
 * @typedef {object} Presence
 * @property {'bundled' | 'absent' | 'part' | 'stored' | 'coming'} state
 * @property {number} done         bytes that are here
 * @property {number | null} rate  bytes a second, while it comes
 */

export class ModelShelf {
  /** @type {Promise<import('./model-store.js').ModelStore | null>} */
  #store = openModelStore();
  /** @type {Map<string, Presence>} */
  #presence = new Map();
  /** @type {Map<string, Promise<void>>} */
  #downloads = new Map();
  /** @type {Map<string, Worker>} */
  #workers = new Map();
  #onChange;

  /** @param {(id: string) => void} onChange  of the presence of a model */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {string} id @returns {Presence} */
  presence(id) {
    return this.#presence.get(id) ?? { state: 'absent', done: 0, rate: null };
  }

  /** Whether it can be loaded at once. @param {string} id */
  has(id) {
    return ['bundled', 'stored'].includes(this.presence(id).state);
  }

  /** Whether files can be kept at all. */
  async keeps() {
    return (await this.#store) !== null;
  }

  /** Looks which of the models are here. @param {readonly KnownModel[]} models */
  async look(models) {
    for (const model of models) if (!this.#downloads.has(model.id)) this.#set(model.id, await this.#lookAt(model));
  }

  /** @param {KnownModel} model @returns {Promise<Presence>} */
  async #lookAt(model) {
    if (model.bundled) return { state: 'bundled', done: model.bytes, rate: null };
    const found = (await (await this.#store)?.list(model.id)) ?? [];
    const wanted = filesOf(model).filter(({ bundled }) => !bundled);
    const whole = wanted.filter((file) => found.some((stored) => fits(stored, file)));
    const done = wanted.reduce((sum, { name }) => sum + Math.max(0, ...sizes(found, name)), 0);
    const state = whole.length === wanted.length ? 'stored' : done > 0 ? 'part' : 'absent';
    return { state, done, rate: null };
  }

  /** @param {string} id @param {Presence} presence */
  #set(id, presence) {
    this.#presence.set(id, presence);
    this.#onChange(id);
  }

  /** Fetches what is missing of a model. Ends when it is all here; throws one sentence. A second call, as by a double click, is the first
   * one. @param {KnownModel} model */
  download(model) {
    const under = this.#downloads.get(model.id);
    if (under) return under;
    const download = this.#download(model).finally(() => this.#downloads.delete(model.id));
    this.#downloads.set(model.id, download);
    return download;
  }

  /** @param {KnownModel} model */
  async #download(model) {
    const files = filesOf(model).filter(({ bundled }) => !bundled);
    const start = await this.#lookAt(model);
    await checkSpace(files.reduce((sum, { bytes }) => sum + bytes, 0) - start.done);
    const found = (await (await this.#store)?.list(model.id)) ?? [];
    const here = new Map(files.map(({ name }) => [name, Math.max(0, ...sizes(found, name))]));
    const worker = new Worker(new URL('./download-worker.js', import.meta.url), { type: 'module', name: 'assay-download' });
    this.#workers.set(model.id, worker);
    this.#set(model.id, { ...start, state: 'coming' });
    try {
      await this.#follow(worker, model, files, here);
    } finally {
      worker.terminate();
      this.#workers.delete(model.id);
      this.#set(model.id, await this.#lookAt(model));
    }
  }

  /** Called before the worker can have said anything. @param {Worker} worker @param {KnownModel} model @param {KnownFile[]} files
   * @param {Map<string, number>} here  bytes of each @returns {Promise<void>} */
  #follow(worker, model, files, here) {
    const rate = new Rate();
    return new Promise((resolve, reject) => {
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`The download stopped: ${event.message || 'its script could not be loaded'}.`));
      };
      worker.onmessage = (/** @type {MessageEvent<import('./download-protocol.js').DownloadNews>} */ { data }) => {
        if (data.kind === 'progress') {
          here.set(data.name, data.done);
          const done = [...here.values()].reduce((sum, bytes) => sum + bytes, 0);
          this.#set(model.id, { state: 'coming', done, rate: rate.add(done) });
        } else if (data.kind === 'failed' && !data.cancelled) reject(new Error(data.message));
        else resolve();
      };
      worker.postMessage({ kind: 'fetch', id: model.id, files });
    });
  }

  /** Ends a download; what came in stays. @param {string} id */
  cancel(id) {
    this.#workers.get(id)?.postMessage({ kind: 'cancel' });
  }

  /** @param {KnownModel} model */
  async remove(model) {
    await (await this.#store)?.remove(model.id);
    this.#set(model.id, await this.#lookAt(model));
  }

  /** The files of a model that is here, as the engine takes them. @param {KnownModel} model
   * @returns {Promise<import('../engine/protocol.js').ModelFiles>} */
  async files(model) {
    const store = await this.#store;
    /** @param {KnownFile} known @returns {Promise<import('../engine/protocol.js').ModelFile>} */
    const open = async ({ name, bytes, sha256, url, bundled }) => {
      if (bundled || !store) return { name, bytes, sha256, source: { kind: 'url', url } };
      const file = await store.file(model.id, name);
      const kept = (await store.list(model.id)).find((stored) => stored.name === name)?.sha256 ?? '';
      return { name, bytes: file.size, sha256: sha256 || kept, source: { kind: 'file', file } };
    };
    return {
      name: model.name,
      text: await Promise.all(model.text.map(open)),
      vision: model.vision ? await open(model.vision) : null,
    };
  }
}

/** @param {import('./model-store.js').StoredFile} stored @param {KnownFile} known */
function fits(stored, known) {
  return (
    stored.whole &&
    stored.name === known.name &&
    (known.bytes === 0 || stored.bytes === known.bytes) &&
    (known.sha256 === '' || stored.sha256 === known.sha256)
  );
}

/** @param {readonly import('./model-store.js').StoredFile[]} found @param {string} name */
function sizes(found, name) {
  return found.filter((stored) => stored.name === name).map(({ bytes }) => bytes);
}

/** @param {number} bytes  that are still to come */
async function checkSpace(bytes) {
  await navigator.storage?.persist?.().catch(() => false); // so that the browser does not clear it away by itself
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota === undefined || usage === undefined || bytes <= quota - usage) return;
  throw new Error(
    `This browser grants the page ${amount(Math.max(0, quota - usage))} more, and ${amount(bytes)} are still to come.`,
  );
}

/** Bytes a second over the last few seconds. */
class Rate {
  /** @type {{time: number, done: number}[]} */
  #marks = [];

  /** @param {number} done @returns {number | null} */
  add(done) {
    const time = performance.now();
    this.#marks.push({ time, done });
    while (this.#marks.length > 2 && time - this.#marks[0].time > RATE_OVER) this.#marks.shift();
    const [first] = this.#marks;
    return time - first.time < 500 || done < first.done ? null : ((done - first.done) * 1000) / (time - first.time);
  }
}
