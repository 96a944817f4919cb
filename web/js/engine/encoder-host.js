// The encoder of the engine's worker: one at a time, in the core (GGUF) or in ONNX Runtime, by the file that was chosen.

import { readFile, streamFile } from '../data/fetch.js';
import { MAX_ONNX } from '../data/onnx-file.js';
import { CoreEncoder } from './encoder.js';
import { HeapEncoder, HeapEnds } from './heap-encoder.js';
import { OnnxEncoder } from './onnx-encoder.js';
import { loadOnnxWeb } from './onnx-web.js';

/** @typedef {import('./protocol.js').ModelFile} ModelFile */
/** @typedef {import('./protocol.js').EncoderRequest} EncoderRequest */
/** @typedef {(what: string, done: number, total: number) => void} Tell */

const MAX_TOKENIZER = 64 << 20; // bytes

/** @param {ModelFile} file @param {(offset: number, chunk: Uint8Array) => void} write @param {Tell} tell */
function readInto(file, write, tell) {
  /** @param {number} done */
  const onProgress = (done) => tell(file.name, done, file.bytes);
  return file.source.kind === 'url'
    ? streamFile(file.source.url, file.bytes, write, onProgress)
    : readFile(file.source.file, file.bytes, write, onProgress);
}

/** @param {ModelFile} file @param {number} limit @param {Tell} tell */
async function readWhole(file, limit, tell) {
  if (file.bytes > limit) throw new Error(`${file.name} has ${file.bytes} bytes: at most ${limit} are taken.`);
  const bytes = new Uint8Array(file.bytes);
  await readInto(file, (offset, chunk) => bytes.set(chunk, offset), tell);
  return { name: file.name, bytes };
}

/** @param {string} found @param {ModelFile} file */
function compare(found, file) {
  if (file.sha256 !== '' && file.sha256 !== found)
    throw new Error(`${file.name} is not the file that the list names: its hash differs.`);
}

export class EncoderHost {
  /** @type {import('./encoder.js').Encoder | null} */
  #encoder = null;

  /** @param {import('./heap.js').Core} core @param {EncoderRequest} request @param {Tell} tell */
  async open(core, request, tell) {
    await this.close();
    const isOnnx = /\.onnx$/i.test(request.model.name);
    this.#encoder = isOnnx
      ? await EncoderHost.#openOnnx(core, request, tell)
      : await EncoderHost.#openGguf(core, request, tell);
    return EncoderHost.#info(this.#encoder);
  }

  /** Of the open encoder; null: there is none. */
  get info() {
    return this.#encoder && EncoderHost.#info(this.#encoder);
  }

  /** @param {import('./encoder.js').Encoder} encoder @returns {import('./protocol.js').EncoderInfo} */
  static #info({ name, sha256, dim, maxTokens, hallmarked }) {
    return { name, sha256, dim, maxTokens, hallmarked };
  }

  /** @param {import('./heap.js').Core} core @param {EncoderRequest} request @param {Tell} tell */
  static async #openGguf(core, { model, maxTokens }, tell) {
    const block = core.reserve(model.bytes);
    try {
      await readInto(model, (offset, chunk) => block.write(offset, chunk), tell);
      const encoder = new CoreEncoder(new HeapEncoder(core, [block], [model.name], maxTokens), model.name);
      try {
        compare(encoder.sha256, model);
      } catch (error) {
        await encoder.close();
        throw error;
      }
      return encoder;
    } finally {
      block.free();
    }
  }

  /** @param {import('./heap.js').Core} core @param {EncoderRequest} request @param {Tell} tell */
  static async #openOnnx(core, { model, tokenizer, pooling, maxTokens }, tell) {
    if (!tokenizer)
      throw new Error(`${model.name} needs a tokenizer beside it: its tokenizer.json, vocab.txt, or a GGUF file.`);
    const ort = await loadOnnxWeb(core.threads);
    const vocabulary = await readWhole(tokenizer, tokenizer.name.endsWith('.gguf') ? MAX_ONNX : MAX_TOKENIZER, tell);
    const graph = await readWhole(model, MAX_ONNX, tell);
    const ends = new HeapEnds(core, vocabulary);
    try {
      if (model.sha256 !== '') compare(ends.sha256([graph.bytes]), model);
    } catch (error) {
      ends.close();
      throw error;
    }
    const session = { executionProviders: ['wasm'], logSeverityLevel: 3 };
    return OnnxEncoder.open(ort, ends, graph, vocabulary, { pooling, maxTokens, session });
  }

  /** @param {readonly string[]} texts @param {import('./encoder.js').OnProgress} onProgress */
  embed(texts, onProgress) {
    if (!this.#encoder) throw new Error('No encoder has been loaded.');
    return this.#encoder.embed(texts, onProgress);
  }

  async close() {
    const encoder = this.#encoder;
    this.#encoder = null;
    await encoder?.close();
  }
}
