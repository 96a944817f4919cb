// A sentence encoder in the usual ONNX export form, input_ids, attention_mask, token_type_ids -> last_hidden_state: the graph runs in
// ONNX Runtime, ids, masks, batches and pooling are ours. Its numbers depend on the runtime: what is made with it has no hallmark.
// Pure: the page's worker gives it onnxruntime-web, Node onnxruntime-node.

import { readOnnxFile } from '../data/onnx-file.js';

/** @typedef {import('./encoder.js').Encoder} Encoder */
/** @typedef {import('./encoder.js').OnProgress} OnProgress */

/**
 * What is used of either runtime.
 * @typedef {object} OrtTensor
 * @property {readonly number[]} dims
 * @property {string} type
 * @property {unknown} data
 * @property {() => void} [dispose]
 *
 * @typedef {object} OrtSession
 * @property {(feeds: Record<string, OrtTensor>) => Promise<Record<string, OrtTensor>>} run
 * @property {() => Promise<void>} release
 *
 * @typedef {object} Ort
 * @property {{create: (bytes: Uint8Array, options: object) => Promise<OrtSession>}} InferenceSession
 * @property {new (type: string, data: BigInt64Array | Int32Array, dims: number[]) => OrtTensor} Tensor
 *
 * What the core does for it (heap-encoder.js).
 * @typedef {object} Ends
 * @property {number} pad  id of the padding token, -1 without one
 * @property {(text: string, maxTokens: number) => number[]} ids  [CLS] and [SEP] around them
 * @property {(rows: Float32Array, nRows: number, dim: number, pooling: Pooling) => Float32Array} pool  to one vector of length 1
 * @property {(parts: readonly Uint8Array[]) => string} sha256
 * @property {() => void} close
 *
 * @typedef {'mean' | 'cls' | 'last'} Pooling
 *
 * @typedef {object} OnnxOptions
 * @property {string} [name]      of the encoder; else the file's, without .onnx
 * @property {Pooling} [pooling]  [mean]
 * @property {number} [maxTokens] a longer text is cut; 0: as many as the model has positions, 512 where it does not say
 * @property {object} [session]   options of the runtime's session
 */

const MAX_TEXTS = 32; // of a batch
const MAX_TOKENS = 4096; // of a batch, padding counted
const DEFAULT_POSITIONS = 512;
const MAX_DIM = 8192;
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];
const OUTPUTS = ['last_hidden_state', 'token_embeddings'];
const INT32 = 6;
const INT64 = 7;
const FLOAT32 = 1;

/**
 * Texts of like length go together, so that little is padded: indices of each batch, shortest first.
 * @param {readonly number[]} lengths  tokens of each text
 * @returns {number[][]}
 */
export function planBatches(lengths, maxTexts = MAX_TEXTS, maxTokens = MAX_TOKENS) {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b] || a - b);
  /** @type {number[][]} */
  const batches = [];
  for (const index of order) {
    const last = batches.at(-1);
    if (last && last.length < maxTexts && (last.length + 1) * lengths[index] <= maxTokens) last.push(index);
    else batches.push([index]);
  }
  return batches;
}

/** The form that the file must have; gives what the feeds need of it.
 * @param {import('../data/onnx-file.js').OnnxFile} file @param {string} name */
function checkForm(file, name) {
  const names = file.inputs.map((input) => input.name);
  const strange = file.inputs.find((input) => !INPUTS.includes(input.name));
  if (strange) throw new Error(`${name} is no sentence encoder: it wants an input ${strange.name}.`);
  const missing = INPUTS.slice(0, 2).find((input) => !names.includes(input)); // some models have no token types
  if (missing) throw new Error(`${name} is no sentence encoder: it has no input ${missing}.`);
  const odd = file.inputs.find((input) => ![INT32, INT64].includes(input.type));
  if (odd) throw new Error(`${name}: its input ${odd.name} takes no int64 numbers.`);
  const output = file.outputs.find((value) => OUTPUTS.includes(value.name));
  if (!output) {
    const there = file.outputs.map((value) => value.name).join(', ') || 'none';
    throw new Error(`${name} is no sentence encoder: it has no output last_hidden_state (outputs: ${there}).`);
  }
  if (output.type !== FLOAT32 && output.type !== 0) throw new Error(`${name}: its ${output.name} is not in float32.`);
  return { inputs: file.inputs, output: output.name };
}

/** The runtime's reason, short. @param {unknown} error */
function reason(error) {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0].trim().slice(0, 200);
  return text.replace(/[.!?]*$/, '');
}

/** @implements {Encoder} */
export class OnnxEncoder {
  hallmarked = false;
  dim = 0;
  /** @type {Ort} */
  #ort;
  /** @type {OrtSession} */
  #session;
  /** @type {Ends} */
  #ends;
  #form;
  /** @type {Pooling} */
  #pooling;
  #maxTokens;

  /**
   * @param {Ort} ort @param {Ends} ends  given away, also on failure
   * @param {{name: string, bytes: Uint8Array}} model
   * @param {{name: string, bytes: Uint8Array}} tokenizer  the file that `ends` was made of
   * @param {OnnxOptions} [options]
   */
  static async open(ort, ends, model, tokenizer, options = {}) {
    /** @type {OrtSession | null} */
    let session = null;
    try {
      const file = readOnnxFile(model.bytes, model.name);
      const form = checkForm(file, model.name);
      session = await ort.InferenceSession.create(model.bytes, { ...options.session }).catch((error) => {
        throw new Error(`${model.name} cannot be run by ONNX Runtime: ${reason(error)}.`);
      });
      const positions = file.positions || DEFAULT_POSITIONS;
      const maxTokens = Math.min(options.maxTokens || positions, positions);
      if (maxTokens < 2) throw new Error(`${model.name}: texts of at most ${maxTokens} tokens hold nothing.`);
      const pooling = options.pooling ?? 'mean';
      const name = options.name ?? model.name.replace(/\.onnx$/i, '');
      const sha256 = OnnxEncoder.#identity(ends, model.bytes, tokenizer.bytes, pooling, maxTokens);
      const encoder = new OnnxEncoder({ ort, session, ends, form, name, sha256, pooling, maxTokens });
      encoder.dim = await encoder.#measure(model.name);
      return encoder;
    } catch (error) {
      ends.close();
      await session?.release();
      throw error;
    }
  }

  /** The hash of all that decides its vectors, but for the runtime.
   * @param {Ends} ends @param {Uint8Array} model @param {Uint8Array} tokenizer @param {Pooling} pooling @param {number} maxTokens */
  static #identity(ends, model, tokenizer, pooling, maxTokens) {
    const text = `onnx encoder 1\nmodel ${ends.sha256([model])}\ntokenizer ${ends.sha256([tokenizer])}\npooling ${pooling}\nmax_tokens ${maxTokens}\n`;
    return ends.sha256([new TextEncoder().encode(text)]);
  }

  /** @param {{ort: Ort, session: OrtSession, ends: Ends, form: ReturnType<typeof checkForm>, name: string, sha256: string, pooling: Pooling, maxTokens: number}} parts */
  constructor({ ort, session, ends, form, name, sha256, pooling, maxTokens }) {
    this.#ort = ort;
    this.#session = session;
    this.#ends = ends;
    this.#form = form;
    this.#pooling = pooling;
    this.#maxTokens = maxTokens;
    this.name = name;
    this.sha256 = sha256;
  }

  get maxTokens() {
    return this.#maxTokens;
  }

  /** Runs a word, so that a model that gives something else is refused when it is opened. @param {string} file */
  async #measure(file) {
    try {
      const output = await this.#run([this.#ends.ids('a', this.#maxTokens)]);
      const dim = output.dims[2];
      if (!(dim >= 1 && dim <= MAX_DIM)) throw new Error(`${dim} numbers for a token`);
      this.#pooled(output, 0, output.dims[1]);
      return dim;
    } catch (error) {
      throw new Error(`${file} does not work as a sentence encoder: ${reason(error)}.`);
    }
  }

  /** One batch through the graph: [texts, tokens of the longest, dim]. @param {readonly (readonly number[])[]} batch */
  async #run(batch) {
    const width = Math.max(...batch.map((ids) => ids.length));
    const pad = Math.max(0, this.#ends.pad);
    /** @type {Record<string, OrtTensor>} */
    const feeds = {};
    for (const { name, type } of this.#form.inputs) {
      const values = new Int32Array(batch.length * width);
      batch.forEach((ids, row) => {
        if (name === 'input_ids') values.fill(pad, row * width, (row + 1) * width).set(ids, row * width);
        if (name === 'attention_mask') values.fill(1, row * width, row * width + ids.length);
      });
      const dims = [batch.length, width];
      feeds[name] =
        type === INT32
          ? new this.#ort.Tensor('int32', values, dims)
          : new this.#ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    }
    const outputs = await this.#session.run(feeds);
    const output = outputs[this.#form.output];
    for (const other of Object.values(outputs)) if (other !== output) other.dispose?.();
    if (!(output?.data instanceof Float32Array) || output.dims.length !== 3)
      throw new Error(`${this.#form.output} is no [texts, tokens, width] of float32`);
    if (Number(output.dims[0]) !== batch.length || Number(output.dims[1]) !== width)
      throw new Error(`${this.#form.output} is [${output.dims.join(', ')}] for ${batch.length} texts of ${width} tokens`);
    return { data: output.data, dims: output.dims.map(Number), dispose: () => output.dispose?.() };
  }

  /** The vector of a row of a batch. @param {{data: Float32Array, dims: number[]}} output @param {number} row @param {number} n  its tokens */
  #pooled({ data, dims: [, width, dim] }, row, n) {
    const start = row * width * dim;
    return this.#ends.pool(data.subarray(start, start + n * dim), n, dim, this.#pooling);
  }

  /** @param {readonly string[]} texts @param {OnProgress} [onProgress] */
  async embed(texts, onProgress) {
    const ids = texts.map((text) => this.#ends.ids(text, this.#maxTokens));
    const empty = ids.findIndex((one) => one.length === 0);
    if (empty >= 0) throw new Error(`Text ${empty + 1} has no tokens.`);
    const vectors = new Float32Array(texts.length * this.dim);
    let done = 0;
    for (const batch of planBatches(ids.map((one) => one.length))) {
      const output = await this.#run(batch.map((index) => ids[index]));
      if (output.dims[2] !== this.dim) throw new Error(`${this.name} gave vectors of another length.`);
      batch.forEach((index, row) => vectors.set(this.#pooled(output, row, ids[index].length), index * this.dim));
      output.dispose();
      done += batch.length;
      await onProgress?.(done, texts.length);
    }
    return vectors;
  }

  async close() {
    this.#ends.close();
    await this.#session.release();
  }
}
