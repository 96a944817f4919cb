// The learning curve as a figure: a point for each size, its whisker from the lowest draw to the highest. Places are in percent across
// and in pixels down, so that the letters keep their size on every screen.

import { percent } from '../eval/format.js';
import { el, svg } from './dom.js';

/** @typedef {import('../eval/curve.js').CurveRow} CurveRow */

const HEIGHT = 260; // pixels
const TOP = 16;
const BOTTOM = 222;
const LEFT = 12; // percent
const RIGHT = 96;
const SCALE = [0, 0.25, 0.5, 0.75, 1];

/** @param {number} share */
function down(share) {
  return (BOTTOM - share * (BOTTOM - TOP)).toFixed(1);
}

/** @param {readonly CurveRow[]} rows @param {(nLabels: number) => string} labelsText */
export function curveFigure(rows, labelsText) {
  const across = (/** @type {number} */ i) => `${(LEFT + ((i + 0.5) * (RIGHT - LEFT)) / rows.length).toFixed(2)}%`;
  const said = rows
    .filter(({ macroF1 }) => macroF1)
    .map(({ nLabels, macroF1 }) => `${labelsText(nLabels)} labels ${percent(macroF1?.mean ?? null)}`)
    .join(', ');
  return el(
    'figure',
    { class: 'curve-figure' },
    svg(
      'svg',
      {
        class: 'curve',
        role: 'img',
        'aria-label': `Macro-F1 by labels a value: ${said}. The table below has all of it.`,
        width: '100%',
        height: HEIGHT,
      },
      ...SCALE.flatMap((share) => gridLine(share)),
      ...rows.slice(1).map((row, i) => joinLine(rows[i], row, across(i), across(i + 1))),
      ...rows.flatMap((row, i) => point(row, across(i))),
      ...rows.map(({ nLabels }, i) => text(across(i), HEIGHT - 20, labelsText(nLabels), 'middle')),
    ),
    el(
      'figcaption',
      { class: 'small soft' },
      'Macro-F1 on held-out texts, by the number of labels a value. Whiskers reach from the lowest draw to the highest.',
    ),
  );
}

/** @param {number} share */
function gridLine(share) {
  const y = down(share);
  return [
    svg('line', { class: 'curve-grid', x1: `${LEFT}%`, x2: `${RIGHT}%`, y1: y, y2: y }),
    text(`${LEFT - 1}%`, Number(y) + 4, `${share * 100}\u202f%`, 'end'),
  ];
}

/** @param {CurveRow} from @param {CurveRow} to @param {string} x1 @param {string} x2 */
function joinLine(from, to, x1, x2) {
  if (!from.macroF1 || !to.macroF1) return null;
  return svg('line', { class: 'curve-line', x1, x2, y1: down(from.macroF1.mean), y2: down(to.macroF1.mean) });
}

/** @param {CurveRow} row @param {string} x */
function point({ macroF1 }, x) {
  if (!macroF1) return [];
  const [low, high, mean] = [down(macroF1.low), down(macroF1.high), down(macroF1.mean)];
  return [
    svg('line', { class: 'curve-range', x1: x, x2: x, y1: low, y2: high }),
    svg('circle', { class: 'curve-point', cx: x, cy: mean, r: 5 }),
    text(x, Number(high) - 8, percent(macroF1.mean, 0), 'middle', 'curve-text curve-number'),
  ];
}

/** @param {string} x @param {number} y @param {string} content @param {string} anchor @param {string} [className] */
function text(x, y, content, anchor, className = 'curve-text') {
  return svg('text', { class: className, x, y: y.toFixed(1), 'text-anchor': anchor }, content);
}
