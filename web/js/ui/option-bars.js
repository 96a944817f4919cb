// A bar for each option of a sample. What the model chose and what is right is said in words and by an icon.

import { percent, signed } from '../eval/format.js';
import { el, icon } from './dom.js';

/**
 * @param {readonly import('../eval/options.js').OptionRow[]} rows
 * @returns {HTMLOListElement}
 */
export function optionBars(rows) {
  return el(
    'ol',
    { class: 'options', 'aria-label': 'Options, with the share of each and its mean log-probability' },
    ...rows.map(optionRow),
  );
}

/** @param {import('../eval/options.js').OptionRow} row */
function optionRow({ text, score, share, chosen, gold }) {
  const fill = el('div', { class: 'bar-fill' });
  fill.style.setProperty('--share', `${share * 100}%`);
  return el(
    'li',
    { class: `option${chosen ? ' option-chosen' : ''}${gold ? ' option-gold' : ''}` },
    el(
      'span',
      { class: 'option-label' },
      el('span', { class: 'option-text' }, text),
      gold && el('span', { class: 'mark mark-gold' }, icon('right'), 'right answer'),
      chosen && el('span', { class: 'mark mark-choice' }, icon('choice'), 'model’s choice'),
    ),
    el(
      'span',
      { class: 'option-value' },
      percent(share),
      el('span', { class: 'option-score', title: 'mean log-probability of the option’s tokens' }, signed(score)),
    ),
    el('div', { class: 'bar', 'aria-hidden': 'true' }, fill),
  );
}
