// The three labels as marks, bars and words. None of them is told by colour alone.

import { percent } from '../eval/format.js';
import { VALENCES, valenceWord } from '../eval/value-systems.js';
import { el, icon } from './dom.js';

/** @typedef {import('../engine/judging-protocol.js').Triple} Triple */
/** @typedef {import('../engine/judging-protocol.js').Valence} Valence */

/** @type {Readonly<Record<Valence, import('./dom.js').IconName>>} */
const ICONS = Object.freeze({ '-1': 'wrong', 0: 'unrelated', 1: 'right' });

/** @param {Valence} valence @param {boolean} [abstained] */
export function valenceMark(valence, abstained = false) {
  if (abstained)
    return el('span', { class: 'valence valence-abstained' }, icon('tie'), `abstains (${valenceWord(valence)}?)`);
  return el('span', { class: `valence valence-${valenceWord(valence)}` }, icon(ICONS[valence]), valenceWord(valence));
}

/** One bar in three parts, 0..1 together; the numbers stand beside it. @param {Readonly<Triple>} shares */
export function stackedBar(shares) {
  return el(
    'div',
    { class: 'stack', 'aria-hidden': 'true' },
    ...shares.map((share, i) => {
      const part = el('span', { class: `stack-part stack-${valenceWord(VALENCES[i])}` });
      part.style.setProperty('--share', `${share * 100}%`);
      return part;
    }),
  );
}

/** What the parts of a bar are. */
export function valenceLegend() {
  return el(
    'span',
    { class: 'legend', 'aria-hidden': 'true' },
    ...VALENCES.map((valence) =>
      el('span', {}, el('i', { class: `swatch stack-${valenceWord(valence)}` }), valenceWord(valence)),
    ),
  );
}

/** The three probabilities, one bar each. @param {Readonly<Triple>} p @param {Valence} label */
export function probabilityBars(p, label) {
  return el(
    'ul',
    { class: 'probabilities' },
    ...[...VALENCES].reverse().map((valence) => {
      const share = p[valence + 1];
      const fill = el('span', { class: `bar-fill stack-${valenceWord(valence)}` });
      fill.style.setProperty('--share', `${share * 100}%`);
      return el(
        'li',
        { class: valence === label ? 'probability probability-label' : 'probability' },
        el('span', { class: 'probability-word' }, valenceWord(valence)),
        el('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
        el('span', { class: 'probability-value' }, percent(share)),
      );
    }),
  );
}
