// What a sample shows of the model's answers: the bars of its options, and its own words. Pure: runs in Node.

/**
 * @typedef {object} OptionRow
 * @property {string} text
 * @property {number} score    mean log-probability of its tokens
 * @property {number} share    softmax over the scores, 0..1: what the confidence of the run is the largest of
 * @property {boolean} chosen
 * @property {boolean} gold
 */

/** @param {readonly number[]} scores @returns {number[]} */
export function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * @param {readonly string[]} options
 * @param {readonly number[]} scores
 * @param {number} prediction
 * @param {readonly number[]} gold
 * @returns {OptionRow[]}
 */
export function optionRows(options, scores, prediction, gold) {
  if (options.length !== scores.length) throw new RangeError('A sample has another number of options than of scores.');
  const shares = softmax(scores);
  return options.map((text, i) => ({
    text,
    score: scores[i],
    share: shares[i],
    chosen: i === prediction,
    gold: gold.includes(i),
  }));
}

/**
 * @param {import('./record.js').FreeText} freeText
 * @returns {{text: string, note: string}}  text: without the space that every answer begins with; note: '' or a sentence
 */
export function ownWords({ text, end }) {
  const trimmed = text.trim();
  if (end === 'length') return { text: trimmed, note: 'Cut off here: the recipe asks for no more tokens.' };
  return { text: trimmed, note: trimmed === '' ? 'Nothing: it stopped at once.' : '' };
}
