// The concepts that explain judgements: a pool of one's own, or else the first concepts of the value system, which the core fits to the
// classifier.

/**
 * @typedef {import('../engine/client.js').EngineClient} EngineClient
 * @typedef {import('../engine/judging-protocol.js').ClassifierInfo} ClassifierInfo
 */

export class Explaining {
  /** A pool of one's own, JSON; '' when there is none. */
  own = '';
  /** @type {{classifier: string, json: string} | null} */
  #first = null;

  /**
   * JSON of a pool; '' when there are no concepts at all.
   * @param {Pick<EngineClient, 'firstConcepts'>} client  the classifier's encoder is open in its engine
   * @param {Pick<ClassifierInfo, 'json' | 'sha256' | 'concepts'>} classifier
   */
  async pool(client, { json, sha256, concepts }) {
    if (this.own !== '' || concepts !== '') return this.own;
    if (this.#first?.classifier !== sha256)
      this.#first = { classifier: sha256, json: await client.firstConcepts(json) };
    return this.#first.json;
  }
}
