// What turns texts into vectors: one interface for encoders in the core (GGUF), whose vectors are the same bits everywhere, and for
// those of ONNX Runtime. Runs in the engine's worker and in Node.

/**
 * @callback OnProgress  what it throws ends the call
 * @param {number} done  texts
 * @param {number} total
 * @returns {void | Promise<void>}
 *
 * @typedef {object} Encoder
 * @property {string} name    the file's, without its ending: kept in what is made with it
 * @property {string} sha256  of what decides its vectors
 * @property {number} dim
 * @property {number} maxTokens    a longer text is cut
 * @property {boolean} hallmarked  the same bits on every machine
 * @property {(texts: readonly string[], onProgress?: OnProgress) => Promise<Float32Array>} embed  [texts, dim], each of length 1
 * @property {() => Promise<void>} close
 */

const GROUP = 32; // texts of one call of the core: between two of them a worker hears of a cancel

/** An encoder that the core computes. @implements {Encoder} */
export class CoreEncoder {
  hallmarked = true;
  #heap;

  /** @param {import('./heap-encoder.js').HeapEncoder} heap  given away @param {string} file  its name */
  constructor(heap, file) {
    this.#heap = heap;
    this.name = file.replace(/\.gguf$/i, '');
    this.sha256 = heap.info.sha256;
    this.dim = heap.info.dim;
    this.maxTokens = heap.maxTokens;
  }

  /** @param {readonly string[]} texts @param {OnProgress} [onProgress] */
  async embed(texts, onProgress) {
    const vectors = new Float32Array(texts.length * this.dim);
    for (let at = 0; at < texts.length; at += GROUP) {
      const group = texts.slice(at, at + GROUP);
      vectors.set(this.#heap.embed(group), at * this.dim);
      await onProgress?.(at + group.length, texts.length);
    }
    return vectors;
  }

  async close() {
    this.#heap.close();
  }
}
