// The images of a suite: shards fetched whole, or single members by range where only a few are needed. Nothing is
// handed out before the core has checked it against its hash.

import { fetchBytes, fetchRange } from './fetch.js';

/** @typedef {import('../engine/protocol.js').SuiteSample} SuiteSample */

const WHOLE_FROM = 0.25; // share of the samples from which a whole shard is less work than its members one by one
const MAX_SHARD = 256 * 1024 * 1024;

/**
 * @typedef {object} Checks  by the core; they throw one sentence
 * @property {(shard: number, bytes: Uint8Array) => void} shard
 * @property {(sample: number, image: number, bytes: Uint8Array) => void} member
 */

export class SuiteSource {
  #base;
  #shards;
  #samples;
  #checks;
  #whole = false;
  /** @type {Map<number, Promise<Uint8Array<ArrayBuffer>>>} */
  #cache = new Map();

  /**
   * @param {string} base  address of its folder
   * @param {readonly string[]} shards  file names
   * @param {readonly SuiteSample[]} samples
   * @param {Checks} checks
   */
  constructor(base, shards, samples, checks) {
    this.#base = base;
    this.#shards = shards;
    this.#samples = samples;
    this.#checks = checks;
  }

  /** Tells how many samples a run will take. @param {number} samples */
  plan(samples) {
    this.#whole = samples >= this.#samples.length * WHOLE_FROM;
  }

  /**
   * @param {number} sample
   * @returns {Promise<Uint8Array<ArrayBuffer>[]>} its encoded images
   */
  images(sample) {
    return Promise.all(this.#samples[sample].images.map((_, i) => this.#image(sample, i)));
  }

  /** @param {number} sample @param {number} i */
  async #image(sample, i) {
    const { shard, offset, size } = this.#samples[sample].images[i];
    if (this.#whole || this.#cache.has(shard)) return (await this.#shard(shard)).slice(offset, offset + size);
    const bytes = await fetchRange(this.#url(shard), offset, size);
    this.#checks.member(sample, i, bytes);
    return bytes;
  }

  /** A shard that failed is forgotten, so that another try fetches it again. @param {number} shard */
  #shard(shard) {
    let bytes = this.#cache.get(shard);
    if (!bytes) {
      bytes = fetchBytes(this.#url(shard), MAX_SHARD).then((whole) => {
        this.#checks.shard(shard, whole);
        return whole;
      });
      bytes.catch(() => this.#cache.delete(shard));
      this.#cache.set(shard, bytes);
    }
    return bytes;
  }

  /** @param {number} shard */
  #url(shard) {
    return new URL(this.#shards[shard], this.#base).href;
  }
}
