// The first concepts of a value system as a pool, so that judgements can be explained before anybody has made a pool of their own.
// The threshold is fitted as assay_concepts_fit does it: on texts that are labelled unrelated to a value. Pure: runs in Node.

/**
 * @typedef {import('../engine/judging-protocol.js').ValueSystem} ValueSystem
 * @typedef {import('../engine/judging-protocol.js').JudgedText} JudgedText
 * @typedef {import('../engine/judging-protocol.js').Judgement} Judgement
 *
 * @typedef {object} PoolEncoder
 * @property {string} name
 * @property {string} sha256
 * @property {number} dim
 */

const SHARE = 0.05; // of unrelated texts that may have a concept
const UNFITTED = 0.5; // where there are none

/** Of each value in turn: the order of a pool. @param {ValueSystem} system @returns {{value: string, text: string}[]} */
export function firstConcepts({ values }) {
  return values.flatMap(({ id, concepts }) => concepts.map((text) => ({ value: id, text })));
}

/**
 * @param {ValueSystem} system
 * @param {number} threshold
 * @param {PoolEncoder | null} encoder
 * @param {Float32Array} vectors  [concepts, dim] by the encoder; else empty
 */
export function poolJson(system, threshold, encoder, vectors) {
  const concepts = firstConcepts(system).map(({ value, text }, i) => {
    const concept = { text, value, valence: 'adheres' };
    if (!encoder) return concept;
    return { ...concept, vector: [...vectors.subarray(i * encoder.dim, (i + 1) * encoder.dim)] };
  });
  return JSON.stringify({ format: 1, values: system.sha256, encoder, threshold, concepts });
}

/**
 * The labelled texts that a classifier carries, and which values each is unrelated to.
 * @param {string} json    of a classifier that the core has read
 * @param {number} most    texts
 * @returns {{texts: JudgedText[], unrelated: Set<string>[]}}
 */
export function examplesOf(json, most) {
  /** @type {{examples: JudgedText[], parts: {value: string, texts: number[], labels: number[]}[]}} */
  const { examples, parts } = JSON.parse(json);
  const texts = examples.slice(0, most).map(({ id, scenario, response }) => ({ id, scenario, response }));
  /** @type {Set<string>[]} */
  const unrelated = texts.map(() => new Set());
  for (const part of parts) {
    part.texts.forEach((text, i) => {
      if (part.labels[i] === 0) unrelated[text]?.add(part.value);
    });
  }
  return { texts, unrelated };
}

/**
 * The lowest threshold that lets at most a twentieth of the unrelated (text, value) pairs through.
 * @param {readonly Judgement[][]} judged      by a pool that lets everything through
 * @param {readonly Set<string>[]} unrelated
 */
export function fitThreshold(judged, unrelated) {
  const best = judged
    .flatMap((values, i) => values.filter(({ value }) => unrelated[i].has(value)))
    .filter(({ concepts }) => concepts.length > 0)
    .map(({ concepts }) => concepts[0].similarity)
    .sort((a, b) => b - a);
  if (best.length === 0) return UNFITTED;
  let allowed = Math.floor(SHARE * best.length);
  while (allowed > 0 && best[allowed - 1] === best[allowed]) allowed -= 1;
  const above = allowed > 0 ? best[allowed - 1] : 1;
  return best[allowed] + (above - best[allowed]) / 2;
}
