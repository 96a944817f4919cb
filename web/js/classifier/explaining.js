// The concepts that explain judgements: a pool of one's own, or else the first concepts of the value system, fitted to the classifier.

import { examplesOf, firstConcepts, fitThreshold, poolJson } from '../eval/concept-list.js';

/**
 * @typedef {import('../engine/client.js').EngineClient} EngineClient
 * @typedef {import('../engine/protocol.js').EncoderInfo} EncoderInfo
 * @typedef {import('../engine/judging-protocol.js').ClassifierInfo} ClassifierInfo
 */

const FIT_TEXTS = 200; // that the threshold is fitted to

export class Explaining {
  /** A pool of one's own, JSON; '' when there is none. */
  own = '';
  /** @type {{classifier: string, json: string} | null} */
  #fitted = null;

  /**
   * JSON of a pool; '' when there are no concepts at all.
   * @param {EngineClient} client
   * @param {ClassifierInfo} classifier
   * @param {EncoderInfo | null} encoder  the classifier's, open in the engine
   */
  async pool(client, classifier, encoder) {
    if (this.own !== '' || classifier.concepts !== '') return this.own;
    if (this.#fitted?.classifier === classifier.sha256) return this.#fitted.json;
    const { values, json, sha256 } = classifier;
    const texts = firstConcepts(values).map(({ text }) => text);
    if (texts.length === 0) return '';
    const vectors = encoder ? await client.embed(texts) : new Float32Array();
    const maker = encoder && { name: encoder.name, sha256: encoder.sha256, dim: encoder.dim };
    const examples = examplesOf(json, FIT_TEXTS);
    const open = poolJson(values, -1, maker, vectors);
    const judged = await client.judge({ classifier: json, concepts: open, texts: examples.texts, minConfidence: 0 });
    const pool = poolJson(values, fitThreshold(judged, examples.unrelated), maker, vectors);
    this.#fitted = { classifier: sha256, json: pool };
    return pool;
  }
}
