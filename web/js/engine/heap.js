// The core in WebAssembly as plain objects, strings and bytes. With heap-encoder.js and heap-clave.js the only module that touches pointers:
// heap views are made afresh after every call (memory may have grown), lengths are those of encoded bytes, and what a call borrows
// is freed in `finally`.

/** @typedef {import('./protocol.js').SuiteSample} SuiteSample */
/** @typedef {import('./protocol.js').ModelInfo} ModelInfo */

/**
 * What the generated module offers; addresses and sizes are numbers.
 * @typedef {Record<string, (...args: number[]) => number> & {wasmMemory: WebAssembly.Memory}} WasmModule
 */

const START_SECONDS = 90;

/** The core is in an unknown state and must not be called again. */
export class FatalError extends Error {}

/** The run's step was ended by the cancel flag. */
export class CancelledError extends Error {}

/** A block of the heap that is filled piece by piece. */
export class Block {
  #core;
  #address;

  /** @param {Core} core @param {number} address @param {number} length */
  constructor(core, address, length) {
    this.#core = core;
    this.#address = address;
    this.length = length;
  }

  /** @param {number} offset @param {Uint8Array} chunk */
  write(offset, chunk) {
    if (this.#address === 0 || offset + chunk.length > this.length)
      throw new RangeError('Bytes do not fit their block.');
    this.#core.bytes().set(chunk, this.#address + offset);
  }

  /** The address, given away: the block is its new owner's to free. */
  release() {
    const address = this.#address;
    this.#address = 0;
    return address;
  }

  free() {
    this.#core.free(this.release());
  }
}

export class Core {
  #module;
  #web = 0;
  #pool = 0;
  #dataset = 0;
  #model = 0;
  #session = 0;
  #run = 0;
  /** @type {Map<string, number>} */
  #indexOf = new Map();

  /**
   * @param {string} url    of the generated module
   * @param {'mt' | 'st'} build
   * @param {number} threads
   */
  static async load(url, build, threads) {
    /** @type {WasmModule} */
    let module;
    try {
      const { default: create } = await import(url);
      module = await Promise.race([create({ threads }), startTimeout(build)]);
    } catch (error) {
      throw new FatalError(`The engine could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
    return new Core(module, build === 'mt' ? threads : 1);
  }

  /** @param {WasmModule} module @param {number} threads */
  constructor(module, threads) {
    this.#module = module;
    this.#web = this.#call('create');
    if (this.#web === 0) throw new FatalError('The engine could not be started: out of memory.');
    this.#pool = this.#object('pool_create', threads);
    this.threads = this.#call('pool_threads', this.#pool);
    const constants = JSON.parse(this.#string('constants'));
    this.version = /** @type {string} */ (constants.version);
  }

  /** The calls, for the other modules that touch pointers (heap-encoder.js, heap-clave.js). */
  calls() {
    return {
      pool: this.#pool,
      dataset: this.#dataset,
      /** @param {string} name @param {...number} args */
      call: (name, ...args) => this.#call(name, ...args),
      /** @param {string} name @param {...number} args */
      object: (name, ...args) => this.#object(name, ...args),
      /** @param {string} name @param {...number} args */
      status: (name, ...args) => this.#status(name, ...args),
      /** @param {string} name @param {...number} args */
      string: (name, ...args) => this.#string(name, ...args),
      /** @template T @param {readonly Uint8Array[]} parts @param {(...addresses: number[]) => T} use */
      lend: (parts, use) => this.#with(parts, use),
    };
  }

  /**
   * Hears how far a call is while it runs, 0..1; the calls that say so: exports_clave.c.
   * @template T
   * @param {(done: number) => void} onProgress
   * @param {() => T} use
   * @returns {T}
   */
  listen(onProgress, use) {
    this.#module.onProgress = (done) => {
      onProgress(done);
      return 0;
    };
    try {
      return use();
    } finally {
      delete this.#module.onProgress;
    }
  }

  /** A view of the whole heap, good until the next call. */
  bytes() {
    return new Uint8Array(this.#module.wasmMemory.buffer);
  }

  /** The two words that may be touched while a call runs, where the heap is shared with the page: cancel, and progress in thousandths. */
  sharedWords() {
    const { buffer } = this.#module.wasmMemory;
    if (typeof SharedArrayBuffer === 'undefined' || !(buffer instanceof SharedArrayBuffer)) return null;
    return {
      cancel: new Int32Array(buffer, this.#call('cancel_flag', this.#web), 1),
      progress: new Int32Array(buffer, this.#call('progress', this.#web), 1),
    };
  }

  clearCancel() {
    const words = this.sharedWords();
    if (words) Atomics.store(words.cancel, 0, 0);
  }

  // ---- the data ----------------------------------------------------------------------------------------

  /** @param {Uint8Array} manifest @returns {{file: string, bytes: number}} */
  manifestIndex(manifest) {
    return this.#with([manifest], (at) => JSON.parse(this.#string('manifest_index', at, manifest.length)));
  }

  /**
   * @param {Uint8Array} manifest
   * @param {Uint8Array} index
   * @returns {{name: string, id: string, licence: string, shards: {file: string, bytes: number}[], samples: SuiteSample[]}}
   */
  openDataset(manifest, index) {
    const dataset = this.#with([manifest, index], (at, indexAt) =>
      this.#object('dataset_open', at, manifest.length, indexAt, index.length),
    );
    if (this.#dataset !== 0) this.#call('dataset_close', this.#dataset);
    this.#dataset = dataset;
    const info = JSON.parse(this.#string('dataset_info', dataset));
    /** @type {SuiteSample[]} */
    const samples = [];
    for (let i = 0; i < info.samples; i += 1) samples.push(JSON.parse(this.#string('dataset_sample', dataset, i)));
    this.#indexOf = new Map(samples.map((sample, i) => [sample.id, i]));
    return { name: info.name, id: info.id, licence: info.licence, shards: info.shards, samples };
  }

  /** @param {number} shard @param {Uint8Array} bytes */
  checkShard(shard, bytes) {
    this.#with([bytes], (at) => this.#status('shard_check', this.#dataset, shard, at, bytes.length));
  }

  /** @param {number} sample @param {number} image @param {Uint8Array} bytes */
  checkMember(sample, image, bytes) {
    this.#with([bytes], (at) => this.#status('member_check', this.#dataset, sample, image, at, bytes.length));
  }

  // ---- the model ---------------------------------------------------------------------------------------

  /** A block for a model file. @param {number} length */
  reserve(length) {
    return new Block(this, this.#alloc(length), length);
  }

  /**
   * @param {readonly Block[]} blocks  the parts of the language model, then the vision tower if there is one; given away
   * @param {number} parts  of the language model
   * @param {readonly string[]} names  for error sentences
   * @returns {ModelInfo}
   */
  openModel(blocks, parts, names) {
    this.closeModel();
    const table = new Uint8Array(12 * blocks.length); // for each file: address, length, name
    this.#model = this.#with([table, ...names.map(cString)], (tableAt, ...nameAts) => {
      const words = new Uint32Array(this.bytes().buffer, tableAt, 3 * blocks.length);
      blocks.forEach((block, i) => words.set([block.release(), block.length, nameAts[i]], 3 * i));
      return this.#object('model_create', tableAt, parts, blocks.length - parts);
    });
    this.#session = this.#object('session_create', this.#model, this.#pool, 0, 0);
    return JSON.parse(this.#string('model_info', this.#model));
  }

  closeModel() {
    this.endRun();
    if (this.#session !== 0) this.#call('session_destroy', this.#session);
    if (this.#model !== 0) this.#call('model_destroy', this.#model);
    this.#session = 0;
    this.#model = 0;
  }

  // ---- the run -----------------------------------------------------------------------------------------

  /** @param {string} recipe  JSON */
  beginRun(recipe) {
    this.endRun();
    this.#run = this.#with([cString(recipe)], (at) =>
      this.#object('run_create', this.#dataset, this.#model, this.#session, at),
    );
  }

  endRun() {
    if (this.#run !== 0) this.#call('run_destroy', this.#run);
    this.#run = 0;
  }

  /** @param {string} record @returns {number} how many of its bytes are whole */
  resumeRun(record) {
    const bytes = new TextEncoder().encode(record);
    const keep = this.#with([bytes], (at) => this.#call('run_resume', this.#web, this.#run, at, bytes.length));
    if (keep < 0) throw this.#failure();
    return keep;
  }

  header() {
    return this.#string('run_header', this.#run);
  }

  total() {
    return this.#call('run_total', this.#run);
  }

  done() {
    return this.#call('run_done', this.#run);
  }

  /** @returns {number} index of the next sample, -1 when all are done */
  next() {
    const sample = /** @type {SuiteSample | null} */ (JSON.parse(this.#string('run_next', this.#run)));
    return sample === null ? -1 : /** @type {number} */ (this.#indexOf.get(sample.id));
  }

  /** @param {readonly Uint8Array[]} images @returns {string} the line of the record */
  step(images) {
    return this.#with(images, (...addresses) => {
      const blobs = new Uint32Array(images.flatMap((image, i) => [addresses[i], image.length]));
      return this.#with([new Uint8Array(blobs.buffer)], (at) => this.#string('run_step', this.#run, at));
    });
  }

  closeRun() {
    return this.#string('run_close', this.#run);
  }

  // ---- records -----------------------------------------------------------------------------------------

  /** @param {string} record */
  checkRecord(record) {
    const bytes = new TextEncoder().encode(record);
    this.#with([bytes], (at) => this.#status('record_check', at, bytes.length));
  }

  /** @param {string} record @returns {string} JSON */
  report(record) {
    const bytes = new TextEncoder().encode(record);
    return this.#with([bytes], (at) => this.#string('report', this.#dataset, at, bytes.length));
  }

  // ---- calls -------------------------------------------------------------------------------------------

  /** @param {string} name @param {...number} args */
  #call(name, ...args) {
    try {
      return this.#module[`_assay_web_${name}`](...args);
    } catch (error) {
      throw new FatalError(`The engine stopped: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  // ---- hashes ------------------------------------------------------------------------------------------

  /** SHA-256 of what comes piece by piece. @returns {import('../storage/download.js').Hasher} */
  hasher() {
    let sha = this.#call('sha256_create') >>> 0;
    let space = { address: 0, length: 0 };
    if (sha === 0) throw new Error('There is not enough memory for a hash.');
    const free = () => {
      this.free(sha);
      this.free(space.address);
      sha = 0;
      space = { address: 0, length: 0 };
    };
    return {
      free,
      /** @param {Uint8Array} bytes */
      update: (bytes) => {
        if (bytes.length > space.length) {
          this.free(space.address);
          space = { address: 0, length: 0 };
          space = { address: this.#alloc(bytes.length), length: bytes.length };
        }
        this.bytes().set(bytes, space.address);
        this.#call('sha256_update', sha, space.address, bytes.length);
      },
      digest: () => {
        const hex = this.#string('sha256_final', sha);
        free();
        return hex;
      },
    };
  }

  /** A call that gives an object. @param {string} name @param {...number} args */
  #object(name, ...args) {
    const address = this.#call(name, this.#web, ...args) >>> 0;
    if (address === 0) throw this.#failure();
    return address;
  }

  /** A call that gives a status. @param {string} name @param {...number} args */
  #status(name, ...args) {
    if (this.#call(name, this.#web, ...args) !== 0) throw this.#failure();
  }

  /** A call that gives a string. @param {string} name @param {...number} args */
  #string(name, ...args) {
    return this.#text(this.#object(name, ...args));
  }

  /** @param {number} address */
  #text(address) {
    const heap = this.bytes();
    return new TextDecoder().decode(heap.slice(address, heap.indexOf(0, address))); // a copy: decoders refuse shared memory
  }

  /** The core's reason for the last failure. */
  #failure() {
    const address = this.#call('error', this.#web) >>> 0;
    if (address === 0) return new Error('The engine is out of memory.');
    const { status, text } = JSON.parse(this.#text(address));
    return status === 'cancelled' ? new CancelledError(text) : new Error(sentence(text));
  }

  /** @param {number} length */
  #alloc(length) {
    const address = this.#call('alloc', Math.max(1, length)) >>> 0;
    if (address === 0) throw new Error(`There is not enough memory for another ${length} bytes.`);
    return address;
  }

  /** @param {number} address */
  free(address) {
    if (address !== 0) this.#call('free', address);
  }

  /**
   * Lends copies of the parts to a call.
   * @template T
   * @param {readonly Uint8Array[]} parts
   * @param {(...addresses: number[]) => T} use
   * @returns {T}
   */
  #with(parts, use) {
    /** @type {number[]} */
    const addresses = [];
    try {
      for (const part of parts) {
        const address = this.#alloc(part.length);
        addresses.push(address);
        this.bytes().set(part, address);
      }
      return use(...addresses);
    } finally {
      for (const address of addresses) this.free(address);
    }
  }
}

/** Makes hashers, out of a core of its own. @param {string} url  of the single-threaded module
 * @returns {Promise<() => import('../storage/download.js').Hasher>} */
export async function loadHasher(url) {
  const core = await Core.load(url, 'st', 1);
  return () => core.hasher();
}

/** A thread whose script does not come would let the module wait for ever. @param {'mt' | 'st'} build @returns {Promise<never>} */
function startTimeout(build) {
  const advice = build === 'mt' ? ' Choose the single-threaded engine in the settings.' : '';
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`it did not start within ${START_SECONDS} seconds.${advice}`)),
      START_SECONDS * 1000,
    );
  });
}

/** @param {string} text */
function cString(text) {
  return new TextEncoder().encode(`${text}\0`);
}

/** The core's sentences have no full stop. @param {string} text */
function sentence(text) {
  return `${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
