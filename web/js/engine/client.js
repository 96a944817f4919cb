// The engine as the page sees it: every call is a promise that is always settled, also when the worker dies.

/** @typedef {import('./protocol.js').EngineMethods} EngineMethods */
/** @typedef {import('./protocol.js').EventMessage} EventMessage */
/** @typedef {import('./protocol.js').WorkerMessage} WorkerMessage */

/**
 * @template {keyof EngineMethods} M
 * @typedef {Parameters<EngineMethods[M]>[0]} Request
 */

/** A failure with one sentence for people. A fatal one means that this engine is gone: close it and make another. */
export class EngineError extends Error {
  /** @param {string} message @param {boolean} fatal */
  constructor(message, fatal) {
    super(message);
    this.name = 'EngineError';
    this.fatal = fatal;
  }
}

/** @implements {EngineMethods} */
export class EngineClient {
  #worker;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  #lastId = 0;
  /** @type {EngineError | null} */
  #gone = null;
  /** @type {import('./protocol.js').SharedWords | null} */
  #words = null;

  /** @param {(message: EventMessage) => void} onEvent */
  constructor(onEvent) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'assay-engine' });
    this.#worker.addEventListener('message', (event) => {
      const message = /** @type {WorkerMessage} */ (event.data);
      if (message.kind === 'event') onEvent(message);
      else this.#settle(message);
    });
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#end(
        new EngineError(
          event.message ? `The engine stopped: ${event.message}` : 'The engine could not be loaded.',
          true,
        ),
      );
    });
    this.#worker.addEventListener('messageerror', () =>
      this.#end(new EngineError('The engine sent what cannot be read.', true)),
    );
  }

  /** @param {import('./protocol.js').ReturnMessage | import('./protocol.js').ThrowMessage} message */
  #settle(message) {
    const call = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'return') call?.resolve(message.value);
    else call?.reject(new EngineError(message.message, message.fatal));
    if (message.kind === 'throw' && message.fatal) this.#end(new EngineError(message.message, true));
  }

  /** @param {EngineError} error */
  #end(error) {
    if (this.#gone) return;
    this.#gone = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /**
   * @template {keyof EngineMethods} M
   * @param {M} method
   * @param {Parameters<EngineMethods[M]>} args
   * @returns {Promise<Awaited<ReturnType<EngineMethods[M]>>>}
   */
  #call(method, ...args) {
    if (this.#gone) return Promise.reject(this.#gone);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ kind: 'call', id, method, args });
    });
  }

  /** Whether the worker is gone for good. */
  get closed() {
    return this.#gone !== null;
  }

  /** Ends the worker; calls under way are rejected. */
  close() {
    this.#end(new EngineError('The engine was closed.', true));
  }

  /** @param {import('./protocol.js').EngineOptions} options */
  async start(options) {
    const info = await this.#call('start', options);
    this.#words = info.words;
    return info;
  }

  /** @param {string} url */
  openSuite(url) {
    return this.#call('openSuite', url);
  }

  /** @param {import('./protocol.js').ModelFiles} model */
  openModel(model) {
    return this.#call('openModel', model);
  }

  /** @param {import('./protocol.js').EncoderRequest} request */
  openEncoder(request) {
    return this.#call('openEncoder', request);
  }

  /** @param {string[]} texts */
  embed(texts) {
    return this.#call('embed', texts);
  }

  /** @param {import('./protocol.js').RunRequest} request */
  run(request) {
    return this.#call('run', request);
  }

  pause() {
    return this.#call('pause');
  }

  resume() {
    return this.#call('resume');
  }

  /** Where memory is shared, the sample under way ends too; else the run ends behind it. */
  cancel() {
    const call = this.#call('cancel');
    if (this.#words) Atomics.store(this.#words.cancel, 0, 1);
    return call;
  }

  /** How much of the sample under way is done, 0..1; 0 where it cannot be known. */
  sampleProgress() {
    return this.#words ? Atomics.load(this.#words.progress, 0) / 1000 : 0;
  }

  /** @param {number} index */
  images(index) {
    return this.#call('images', index);
  }

  /** @param {string} record */
  report(record) {
    return this.#call('report', record);
  }

  /** @param {string} record */
  check(record) {
    return this.#call('check', record);
  }

  records() {
    return this.#call('records');
  }

  /** @param {string} name */
  readRecord(name) {
    return this.#call('readRecord', name);
  }

  /** @param {string} name */
  removeRecord(name) {
    return this.#call('removeRecord', name);
  }

  /** @param {string} json @param {string} name */
  openValues(json, name) {
    return this.#call('openValues', json, name);
  }

  /** @param {Request<'readLabels'>} request */
  readLabels(request) {
    return this.#call('readLabels', request);
  }

  /** @param {Request<'writeLabels'>} request */
  writeLabels(request) {
    return this.#call('writeLabels', request);
  }

  /** @param {Request<'calibrate'>} request */
  calibrate(request) {
    return this.#call('calibrate', request);
  }

  /** @param {string} json @param {string} name */
  openClassifier(json, name) {
    return this.#call('openClassifier', json, name);
  }

  /** @param {Request<'learningCurve'>} request */
  learningCurve(request) {
    return this.#call('learningCurve', request);
  }

  /** @param {string} classifier */
  firstConcepts(classifier) {
    return this.#call('firstConcepts', classifier);
  }

  /** @param {Request<'judge'>} request */
  judge(request) {
    return this.#call('judge', request);
  }

  /** @param {Request<'profile'>} request */
  profile(request) {
    return this.#call('profile', request);
  }
}
