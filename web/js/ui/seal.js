// A hallmark as a picture: 64 rays, one for each hex digit, so that two hallmarks can be told apart at a glance. The
// digits beside it are what counts.

import { svg } from './dom.js';

const SIZE = 120;
const INNER = 22;
const STEP = 2; // of a ray's length, for each value 0..15

/** @param {string} hex  64 digits @returns {SVGSVGElement} */
export function seal(hex) {
  const rays = [...hex].map((digit, i) => {
    const angle = (i / hex.length) * 2 * Math.PI - Math.PI / 2;
    const point = (/** @type {number} */ radius) =>
      `${(Math.cos(angle) * radius).toFixed(2)} ${(Math.sin(angle) * radius).toFixed(2)}`;
    return `M${point(INNER)}L${point(INNER + 3 + parseInt(digit, 16) * STEP)}`;
  });
  return svg(
    'svg',
    { class: 'seal', viewBox: `${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`, 'aria-hidden': 'true', focusable: 'false' },
    svg('circle', { r: SIZE / 2 - 2, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 }),
    svg('path', {
      d: rays.join(''),
      stroke: 'currentColor',
      'stroke-width': 2.2,
      'stroke-linecap': 'round',
      fill: 'none',
    }),
    svg('path', {
      d: 'M-8.5 11L0-12L8.5 11M-5 3H5',
      stroke: 'currentColor',
      'stroke-width': 3.2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
      fill: 'none',
    }),
  );
}
