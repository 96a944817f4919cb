// Encoders of the core, and the tokenizer and pooling for encoders that another runtime computes, as plain objects. Like heap.js, of
// which it is a part, it touches pointers.

/** @typedef {import('./heap.js').Block} Block */
/** @typedef {import('./heap.js').Core} Core */
/** @typedef {import('./onnx-encoder.js').Ends} Ends */

/**
 * @typedef {object} EncoderFacts
 * @property {string} name
 * @property {string} sha256
 * @property {number} dim
 * @property {number} n_context
 * @property {number} n_layers
 * @property {number} n_parameters
 */

const POOLINGS = { mean: 1, cls: 2, last: 3 };

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/** A copy of n floats of the heap. @param {Core} core @param {number} address @param {number} n */
function floats(core, address, n) {
  return new Float32Array(core.bytes().buffer, address, n).slice();
}

/** An encoder and its session. */
export class HeapEncoder {
  #core;
  #calls;
  #encoder;
  #session = 0;

  /**
   * @param {Core} core
   * @param {readonly Block[]} blocks  its file, or the parts of a split one; given away
   * @param {readonly string[]} names  for error sentences
   * @param {number} maxTokens  0: the model's own
   */
  constructor(core, blocks, names, maxTokens) {
    const calls = core.calls();
    this.#core = core;
    this.#calls = calls;
    const table = new Uint8Array(12 * blocks.length); // for each file: address, length, name
    this.#encoder = calls.lend([table, ...names.map((name) => utf8(`${name}\0`))], (tableAt, ...nameAts) => {
      const words = new Uint32Array(core.bytes().buffer, tableAt, 3 * blocks.length);
      blocks.forEach((block, i) => words.set([block.release(), block.length, nameAts[i]], 3 * i));
      return calls.object('encoder_create', tableAt, blocks.length);
    });
    try {
      this.info = /** @type {EncoderFacts} */ (JSON.parse(calls.string('encoder_info', this.#encoder)));
      this.maxTokens = maxTokens || this.info.n_context;
      this.#session = calls.object('encoder_session_create', this.#encoder, calls.pool, maxTokens);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @param {readonly string[]} texts @returns {Float32Array} [texts, dim] */
  embed(texts) {
    const parts = texts.map(utf8);
    const starts = parts.map(() => 0);
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    for (let i = 0, at = 0; i < parts.length; at += parts[i].length, i += 1) {
      all.set(parts[i], at);
      starts[i] = at;
    }
    const [table, out] = [new Uint8Array(8 * parts.length), new Uint8Array(4 * this.info.dim * parts.length)];
    return this.#calls.lend([all, table, out], (allAt, tableAt, outAt) => {
      const words = new Uint32Array(this.#core.bytes().buffer, tableAt, 2 * parts.length);
      parts.forEach((part, i) => words.set([allAt + starts[i], part.length], 2 * i));
      this.#calls.status('encoder_embed', this.#session, tableAt, parts.length, outAt);
      return floats(this.#core, outAt, this.info.dim * parts.length);
    });
  }

  close() {
    if (this.#session !== 0) this.#calls.call('encoder_session_destroy', this.#session);
    if (this.#encoder !== 0) this.#calls.call('encoder_destroy', this.#encoder);
    this.#session = 0;
    this.#encoder = 0;
  }
}

/** What an encoder needs of the core that another runtime computes. @implements {Ends} */
export class HeapEnds {
  #core;
  #calls;
  #tokenizer;

  /** @param {Core} core @param {{name: string, bytes: Uint8Array}} file  GGUF, tokenizer.json or vocab.txt */
  constructor(core, { name, bytes }) {
    const calls = core.calls();
    this.#core = core;
    this.#calls = calls;
    this.#tokenizer = calls.lend([bytes, utf8(`${name}\0`)], (at, nameAt) =>
      calls.object('tokenizer_open', at, bytes.length, nameAt),
    );
    this.pad = /** @type {number} */ (JSON.parse(calls.string('tokenizer_info', this.#tokenizer)).pad);
  }

  /** @param {string} text @param {number} maxTokens @returns {number[]} */
  ids(text, maxTokens) {
    const bytes = utf8(text);
    return this.#calls.lend([bytes], (at) =>
      JSON.parse(this.#calls.string('tokenizer_ids', this.#tokenizer, at, bytes.length, maxTokens)),
    );
  }

  /** @param {Float32Array} rows @param {number} nRows @param {number} dim @param {import('./onnx-encoder.js').Pooling} pooling */
  pool(rows, nRows, dim, pooling) {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, 4 * nRows * dim);
    return this.#calls.lend([bytes, new Uint8Array(4 * dim)], (at, outAt) => {
      this.#calls.status('encoder_pool', at, nRows, dim, POOLINGS[pooling], outAt);
      return floats(this.#core, outAt, dim);
    });
  }

  /** @param {readonly Uint8Array[]} parts */
  sha256(parts) {
    const hasher = this.#core.hasher();
    for (const part of parts) for (let at = 0; at < part.length; at += 1 << 20) hasher.update(part.subarray(at, at + (1 << 20)));
    return hasher.digest();
  }

  close() {
    if (this.#tokenizer !== 0) this.#calls.call('tokenizer_destroy', this.#tokenizer);
    this.#tokenizer = 0;
  }
}
