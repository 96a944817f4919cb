// An accuracy on a line from 0 to 100 %: point, interval, and a dashed mark where chance stands.

import { interval, percent } from '../eval/format.js';
import { svg } from './dom.js';

/**
 * @param {Pick<import('../eval/report.js').Tally, 'accuracy' | 'ci' | 'chance'>} group
 * @returns {SVGSVGElement}
 */
export function whisker({ accuracy, ci, chance }) {
  const at = (/** @type {number} */ share) => `${(share * 100).toFixed(2)}%`;
  const [low, high] = [at(ci[0]), at(ci[1])];
  const label = `${percent(accuracy)}, interval ${interval(ci)}, chance ${percent(chance)}`;
  return svg(
    'svg',
    { class: 'whisker', role: 'img', 'aria-label': label, width: '100%', height: 24 },
    svg('line', { class: 'whisker-track', x1: '0%', x2: '100%', y1: '50%', y2: '50%' }),
    chance !== null && svg('line', { class: 'whisker-chance', x1: at(chance), x2: at(chance), y1: '5%', y2: '95%' }),
    svg('line', { class: 'whisker-range', x1: low, x2: high, y1: '50%', y2: '50%' }),
    ...[low, high].map((x) => svg('line', { class: 'whisker-cap', x1: x, x2: x, y1: '28%', y2: '72%' })),
    accuracy !== null && svg('circle', { class: 'whisker-point', cx: at(accuracy), cy: '50%', r: 5 }),
  );
}
