// The engine's side of the page: one core, one suite, one model, at most one run at a time. Runs in the worker.
// The loop of a run yields between samples, so that pause and cancel get through.

import { fetchBytes, readFile, streamFile } from '../data/fetch.js';
import { filesOf } from '../data/registry.js';
import { SuiteSource } from '../data/suite-source.js';
import { parseRecord } from '../eval/record.js';
import { openRecordStore } from '../storage/record-store.js';
import { EncoderHost } from './encoder-host.js';
import { CancelledError, Core } from './heap.js';
import { JudgingHost } from './judging-host.js';

/** @typedef {import('./protocol.js').EngineEvents} EngineEvents */
/** @typedef {import('./protocol.js').EngineMethods} EngineMethods */

/**
 * @template {keyof EngineMethods} M
 * @typedef {Parameters<EngineMethods[M]>[0]} Request
 */

const MAX_MANIFEST = 1 << 20; // bytes
const MAX_INDEX = 256 << 20;

/** Lets waiting messages in. Not a timer: those are slowed down in background tabs. @returns {Promise<void>} */
function yieldToMessages() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Tells two models apart. @param {import('./protocol.js').ModelFiles} model */
function modelKey(model) {
  return JSON.stringify(
    filesOf(model).map(({ name, bytes, sha256, source }) => [
      name,
      bytes,
      sha256,
      source.kind === 'url' ? source.url : source.file.lastModified,
    ]),
  );
}

/** @implements {EngineMethods} */
export class EngineHost {
  #emit;
  /** @type {Core | null} */
  #core = null;
  /** @type {import('../storage/memory-store.js').RecordStore | null} */
  #store = null;
  /** @type {{url: string, suite: import('./protocol.js').Suite, source: SuiteSource} | null} */
  #data = null;
  /** @type {{key: string, info: import('./protocol.js').ModelInfo} | null} */
  #model = null;
  #encoder = new EncoderHost();
  #judging;
  #running = false;
  #cancelled = false;
  /** @type {{promise: Promise<void>, release: () => void} | null} */
  #pause = null;

  /** @param {<E extends keyof EngineEvents>(name: E, data: EngineEvents[E], transfer?: Transferable[]) => void} emit */
  constructor(emit) {
    this.#emit = emit;
    this.#judging = new JudgingHost(this.#encoder, emit, () => this.#between());
  }

  /** @param {import('./protocol.js').EngineOptions} options */
  async start({ build, threads }) {
    const url = new URL(`../../wasm/assay-${build}.mjs`, import.meta.url).href;
    this.#core = await Core.load(url, build, threads);
    this.#store = await openRecordStore();
    return {
      version: this.#core.version,
      build,
      threads: this.#core.threads,
      persistent: this.#store.persistent,
      words: this.#core.sharedWords(),
    };
  }

  /** @param {string} url */
  async openSuite(url) {
    const core = this.#need();
    if (this.#data?.url === url) return this.#data.suite;
    this.#idle();
    const manifest = await fetchBytes(new URL('manifest.json', url).href, MAX_MANIFEST);
    const { file, bytes } = core.manifestIndex(manifest);
    const index = await fetchBytes(new URL(file, url).href, Math.min(bytes, MAX_INDEX));
    const { name, id, licence, shards, samples } = core.openDataset(manifest, index);
    const source = new SuiteSource(
      url,
      shards.map((shard) => shard.file),
      samples,
      {
        shard: (shard, whole) => core.checkShard(shard, whole),
        member: (sample, image, member) => core.checkMember(sample, image, member),
      },
    );
    const suite = { name, id, licence, samples, bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0) };
    this.#data = { url, suite, source };
    return suite;
  }

  /** @param {import('./protocol.js').ModelFiles} model */
  async openModel(model) {
    const core = this.#need();
    const key = modelKey(model);
    if (this.#model?.key === key) return this.#model.info;
    this.#idle();
    this.#model = null;
    core.closeModel();
    const files = filesOf(model);
    const total = files.reduce((sum, file) => sum + file.bytes, 0);
    /** @type {import('./heap.js').Block[]} */
    const blocks = [];
    try {
      let before = 0;
      for (const file of files) {
        const block = core.reserve(file.bytes);
        blocks.push(block);
        /** @param {number} offset @param {Uint8Array} chunk */
        const write = (offset, chunk) => block.write(offset, chunk);
        const start = before;
        /** @param {number} done */
        const tell = (done) => this.#emit('loading', { what: model.name, done: start + done, total });
        if (file.source.kind === 'url') await streamFile(file.source.url, file.bytes, write, tell);
        else await readFile(file.source.file, file.bytes, write, tell);
        before += file.bytes;
      }
      const info = core.openModel(
        blocks,
        model.text.length,
        files.map((file) => file.name),
      );
      EngineHost.#compare(info, model);
      this.#model = { key, info };
      return info;
    } catch (error) {
      core.closeModel();
      throw error;
    } finally {
      for (const block of blocks) block.free();
    }
  }

  /** @param {import('./protocol.js').ModelInfo} info @param {import('./protocol.js').ModelFiles} model */
  static #compare(info, model) {
    const text = model.text.length === 1 ? model.text[0].sha256 : '';
    const vision = model.vision?.sha256 ?? '';
    if ((text !== '' && text !== info.text_sha256) || (vision !== '' && vision !== info.vision_sha256))
      throw new Error(`The files of ${model.name} are not those that the list of models names: their hashes differ.`);
  }

  /** @param {import('./protocol.js').EncoderRequest} request */
  async openEncoder(request) {
    this.#idle();
    return this.#encoder.open(this.#need(), request, (what, done, total) => this.#emit('loading', { what, done, total }));
  }

  /** @param {string[]} texts */
  async embed(texts) {
    return this.#alone(() =>
      this.#encoder.embed(texts, async (done, total) => {
        this.#emit('embedding', { done, total });
        await this.#between();
      }),
    );
  }

  /**
   * @param {import('./protocol.js').RunRequest} request
   * @returns {Promise<import('./protocol.js').RunOutcome>}
   */
  async run({ name, recipe, resume }) {
    const core = this.#need();
    this.#idle();
    const { source } = this.#opened();
    const store = this.#records();
    if (!this.#model) throw new Error('No model has been loaded.');
    this.#running = true;
    this.#cancelled = false;
    core.clearCancel();
    /** @type {import('../storage/memory-store.js').Appender | null} */
    let appender = null;
    try {
      core.beginRun(recipe);
      const old = resume ? await store.read(name) : null;
      const keep = old?.includes('\n') ? core.resumeRun(old) : 0;
      appender = await store.open(name, keep);
      let text = new TextDecoder().decode(new TextEncoder().encode(old ?? '').subarray(0, keep));
      /** @param {string} line */
      const append = (line) => {
        appender?.append(line);
        text += line;
      };
      if (keep === 0) append(core.header());
      source.plan(core.total() - core.done());
      this.#emit('begun', { total: core.total(), earlier: keep === 0 ? [] : parseRecord(text).samples });
      for (let index = core.next(); index >= 0; index = core.next()) {
        await yieldToMessages();
        if (this.#pause) {
          this.#emit('paused', { paused: true }); // only now: no sample is under way any more
          await this.#pause.promise;
        }
        const line = this.#cancelled ? null : await this.#step(core, source, index);
        if (line === null) return { state: 'cancelled', name, record: text };
        append(line);
      }
      if (parseRecord(text).end === null) append(core.closeRun());
      return { state: 'finished', name, record: text };
    } finally {
      appender?.close();
      core.endRun();
      this.#running = false;
      this.#pause = null;
    }
  }

  /**
   * @param {Core} core
   * @param {SuiteSource} source
   * @param {number} index
   * @returns {Promise<string | null>} the record's line; null when the step was cancelled
   */
  async #step(core, source, index) {
    const start = performance.now();
    const images = await source.images(index);
    let line = '';
    try {
      line = core.step(images);
    } catch (error) {
      if (error instanceof CancelledError) return null;
      throw error;
    }
    const seconds = (performance.now() - start) / 1000;
    const buffers = images.map((image) => image.buffer);
    this.#emit('sample', { line, index, done: core.done(), total: core.total(), seconds, images: buffers }, buffers);
    return line;
  }

  async pause() {
    if (!this.#running || this.#pause) return;
    let release = () => {};
    /** @type {Promise<void>} */
    const promise = new Promise((resolve) => {
      release = resolve;
    });
    this.#pause = { promise, release };
  }

  async resume() {
    this.#pause?.release();
    this.#pause = null;
    this.#emit('paused', { paused: false });
  }

  async cancel() {
    this.#cancelled = true;
    this.#pause?.release();
    this.#pause = null;
  }

  /** @param {number} index */
  async images(index) {
    const { source } = this.#opened();
    return (await source.images(index)).map((image) => image.buffer);
  }

  /** @param {string} record */
  async report(record) {
    this.#opened();
    return this.#need().report(record);
  }

  /** @param {string} record */
  async check(record) {
    this.#need().checkRecord(record);
  }

  async records() {
    const summaries = [];
    for (const { name, text, modified } of await this.#records().all()) {
      try {
        const { header, samples, end } = parseRecord(text);
        summaries.push({ name, header, done: samples.length, hallmark: end?.hallmark ?? null, modified });
      } catch {
        // A file that is no record, or was cut before its first line was whole: nothing to show.
      }
    }
    return summaries.sort((a, b) => b.modified - a.modified);
  }

  /** @param {string} name */
  async readRecord(name) {
    const text = await this.#records().read(name);
    if (text === null) throw new Error(`There is no run ${name} on this machine.`);
    return text;
  }

  /** @param {string} name */
  async removeRecord(name) {
    await this.#records().remove(name);
  }

  // ---- values ------------------------------------------------------------------------------------------

  /** @param {string} json @param {string} name */
  async openValues(json, name) {
    return this.#judging.openValues(this.#need(), json, name);
  }

  /** @param {Request<'readLabels'>} request */
  async readLabels(request) {
    return this.#judging.readLabels(this.#need(), request);
  }

  /** @param {Request<'writeLabels'>} request */
  async writeLabels(request) {
    return this.#judging.writeLabels(this.#need(), request);
  }

  /** @param {Request<'calibrate'>} request */
  async calibrate(request) {
    return this.#alone((core) => this.#judging.calibrate(core, request));
  }

  /** @param {string} json @param {string} name */
  async openClassifier(json, name) {
    return this.#judging.openClassifier(this.#need(), json, name);
  }

  /** @param {string} classifier */
  async firstConcepts(classifier) {
    return this.#alone((core) => this.#judging.firstConcepts(core, classifier));
  }

  /** @param {Request<'judge'>} request */
  async judge(request) {
    return this.#alone((core) => this.#judging.judge(core, request));
  }

  /** @param {Request<'learningCurve'>} request */
  async learningCurve(request) {
    return this.#alone((core) => this.#judging.learningCurve(core, request));
  }

  /** @param {Request<'profile'>} request */
  async profile(request) {
    this.#opened();
    return this.#alone((core) => this.#judging.profile(core, request));
  }

  // ---- helpers -----------------------------------------------------------------------------------------

  #need() {
    if (!this.#core) throw new Error('The engine has not been started.');
    return this.#core;
  }

  #records() {
    if (!this.#store) throw new Error('The engine has not been started.');
    return this.#store;
  }

  #opened() {
    if (!this.#data) throw new Error('No data has been opened.');
    return this.#data;
  }

  /** Long work beside which there is no other. @template T @param {(core: Core) => Promise<T>} work @returns {Promise<T>} */
  async #alone(work) {
    const core = this.#need();
    this.#idle();
    this.#running = true;
    this.#cancelled = false;
    core.clearCancel();
    try {
      return await work(core);
    } finally {
      this.#running = false;
    }
  }

  /** Between two steps of such work: lets messages in, and ends it when a cancel was among them. */
  async #between() {
    await yieldToMessages();
    if (this.#cancelled) throw new CancelledError('Cancelled.');
  }

  #idle() {
    if (this.#running) throw new Error('A run is under way: cancel it first.');
  }
}
