// A learning curve: which sizes a label file allows, and what the draws of each size come to. Pure: runs in Node.

/** @typedef {import('../engine/judging-protocol.js').CurvePoint} CurvePoint */

export const DRAWS = 10;
const SIZES = [10, 25, 50, 100]; // labels a value
const TRAINING = 0.7; // of the texts; the rest is held out (assay_trial_defaults)

/**
 * Sizes worth a point: those below what is left to learn from, and all of it (0).
 * @param {readonly import('../engine/judging-protocol.js').LabelCount[]} byValue
 */
export function curveSizes(byValue) {
  const pairs = byValue.map(({ counts }) => counts[0] + counts[1] + counts[2]);
  const most = Math.floor(TRAINING * Math.max(0, ...pairs));
  return [...SIZES.filter((size) => size < most), 0];
}

/**
 * @typedef {object} Spread  of one figure over the draws
 * @property {number} mean
 * @property {number} low    the lowest
 * @property {number} high
 *
 * @typedef {object} CurveRow
 * @property {number} nLabels  0: all
 * @property {number} nDraws
 * @property {Spread | null} accuracy
 * @property {Spread | null} macroF1
 */

/** @param {readonly (number | null)[]} all @returns {Spread | null} */
function spread(all) {
  const numbers = all.filter((x) => x !== null);
  if (numbers.length === 0) return null;
  return { mean: mean(numbers), low: Math.min(...numbers), high: Math.max(...numbers) };
}

/** @param {readonly number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** Smallest first, all of the labels last. @param {readonly CurvePoint[]} points @returns {CurveRow[]} */
export function curveRows(points) {
  const sizes = [...new Set(points.map(({ nLabels }) => nLabels))].sort((a, b) => (a || Infinity) - (b || Infinity));
  return sizes.map((nLabels) => {
    const draws = points.filter((point) => point.nLabels === nLabels);
    return {
      nLabels,
      nDraws: draws.length,
      accuracy: spread(draws.map((point) => point.accuracy)),
      macroF1: spread(draws.map((point) => point.macroF1)),
    };
  });
}

/**
 * @typedef {object} HeldOut  of one value: means over the draws of the largest size
 * @property {string} id
 * @property {number} n       texts of one draw
 * @property {number | null} accuracy
 * @property {number | null} macroF1
 * @property {[number, number] | null} macroF1Interval  mean of the draws' own intervals
 * @property {number | null} majorityMacroF1
 */

/** @param {readonly CurvePoint[]} points @returns {HeldOut[]} */
export function heldOutFigures(points) {
  const last = curveRows(points).at(-1);
  if (!last) return [];
  const draws = points.filter(({ nLabels }) => nLabels === last.nLabels);
  return draws[0].byValue.map(({ id }) => {
    const figures = draws.flatMap((point) => point.byValue.filter((value) => value.id === id && value.n > 0));
    const intervals = figures.map((value) => value.macroF1Interval).filter((ci) => ci !== null);
    const meanOf = (/** @type {'n' | 'accuracy' | 'macroF1' | 'majorityMacroF1'} */ key) =>
      spread(figures.map((value) => value[key]))?.mean ?? null;
    return {
      id,
      n: Math.round(meanOf('n') ?? 0),
      accuracy: meanOf('accuracy'),
      macroF1: meanOf('macroF1'),
      macroF1Interval:
        intervals.length > 0 ? [mean(intervals.map(([low]) => low)), mean(intervals.map(([, high]) => high))] : null,
      majorityMacroF1: meanOf('majorityMacroF1'),
    };
  });
}
