// Step 4 of the classifier: would more labels help? Macro-F1 on held-out texts over the number of labels, point by point.

import { interval, percent, plural } from '../eval/format.js';
import { DRAWS, curveRows, heldOutFigures } from '../eval/curve.js';
import { Action, stepTitle } from './controls.js';
import { tableRegion } from './classifier-labels.js';
import { curveFigure } from './curve-figure.js';
import { button, el, tableHead } from './dom.js';
import { whisker } from './whisker.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/** @typedef {import('../eval/curve.js').CurveRow} CurveRow */
/** @typedef {{onCurve: () => void, onCancel: () => void}} CurveHandlers */

export class CurvePart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'curve-title' });
  #missing = el('p', { class: 'step-missing' }, 'Open labels in step 2 first: this learns from parts of them.');
  #action;
  #body = el('div', { class: 'curve-body' });
  /** @type {ClassifierState['points']} */
  #last = [];

  /** @param {CurveHandlers} handlers */
  constructor(handlers) {
    this.#action = new Action(
      'curving',
      button('Draw the curve', { icon: 'play', id: 'curve', onClick: handlers.onCurve }),
      button('Cancel', { icon: 'stop', id: 'curve-cancel', onClick: handlers.onCancel }),
    );
    this.element.append(
      stepTitle('4', 'Would more labels help?', 'curve-title'),
      el(
        'p',
        { class: 'soft' },
        `Learns again from 10, 25, 50 and 100 labels a value, as far as there are so many, and from all; ${DRAWS} times each, `,
        'with other texts held out each time. It takes a while, and you can stop it.',
      ),
      this.#missing,
      this.#action.element,
      this.#body,
    );
  }

  /** @param {ClassifierState} state */
  show({ labels, values, busy, progress, points }) {
    this.#missing.hidden = labels !== null;
    this.#action.show(labels !== null && busy === '', busy === 'curve' ? progress : null);
    if (points === this.#last) return;
    this.#last = points;
    if (points.length === 0 || !values) {
      this.#body.replaceChildren();
      return;
    }
    const rows = curveRows(points);
    const names = new Map(values.values.map(({ id, name }) => [id, name]));
    this.#body.replaceChildren(
      el(
        'div',
        { class: 'curve-both' },
        curveFigure(rows, labelsText),
        tableRegion('Learning curve', curveTable(rows)),
      ),
      tableRegion('Held-out figures of each value', heldOutTable(points, names, rows)),
    );
  }
}

/** @param {number} nLabels */
function labelsText(nLabels) {
  return nLabels === 0 ? 'all' : String(nLabels);
}

/** @param {import('../eval/curve.js').Spread | null} spread */
function spreadCell(spread) {
  return el(
    'td',
    {},
    percent(spread?.mean ?? null),
    spread && el('span', { class: 'cell-interval' }, interval([spread.low, spread.high])),
  );
}

/** @param {readonly CurveRow[]} rows */
function curveTable(rows) {
  const head = ['Labels a value', 'Draws', 'Macro-F1', 'Accuracy'];
  return el(
    'table',
    { class: 'value-table', id: 'curve-table' },
    el(
      'caption',
      {},
      'Means over the values and the draws, on texts that were held out; below them the lowest and the highest draw.',
    ),
    tableHead(head),
    el(
      'tbody',
      {},
      ...rows.map(({ nLabels, nDraws, macroF1, accuracy }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, labelsText(nLabels)),
          el('td', {}, String(nDraws)),
          spreadCell(macroF1),
          spreadCell(accuracy),
        ),
      ),
    ),
  );
}

/** @param {number | null} macroF1 @param {[number, number]} ci @param {number | null} majority */
function f1Whisker(macroF1, ci, majority) {
  const mark = whisker({ accuracy: macroF1, ci, chance: majority });
  mark.setAttribute('aria-label', `${percent(macroF1)}, interval ${interval(ci)}, majority ${percent(majority)}`);
  return mark;
}

/** @param {ClassifierState['points']} points @param {Map<string, string>} names @param {readonly CurveRow[]} rows */
function heldOutTable(points, names, rows) {
  const last = rows[rows.length - 1];
  const learnt = last.nLabels === 0 ? 'all labels of the others' : `${last.nLabels} labels a value`;
  const head = ['Value', 'n', 'Macro-F1', '95 % interval', '', 'Majority', 'Accuracy'];
  const columns = ['', 'col-count', '', 'col-interval', 'col-whisker', '', ''];
  return el(
    'table',
    { class: 'value-table', id: 'held-out' },
    el(
      'caption',
      {},
      `Held-out texts, learnt from ${learnt}: means over ${plural(last.nDraws, 'draw')}, with the mean interval of a single draw. `,
      'The dashed mark is what always naming the most frequent label gets.',
    ),
    tableHead(head, columns),
    el(
      'tbody',
      {},
      ...heldOutFigures(points).map(({ id, n, macroF1, macroF1Interval, majorityMacroF1, accuracy }) =>
        el(
          'tr',
          { 'data-value': id },
          el('th', { scope: 'row' }, names.get(id) ?? id),
          el('td', { class: 'col-count' }, String(n)),
          el(
            'td',
            {},
            percent(macroF1),
            macroF1Interval && el('span', { class: 'narrow-interval' }, interval(macroF1Interval)),
          ),
          el('td', { class: 'col-interval' }, macroF1Interval ? interval(macroF1Interval) : '–'),
          el('td', { class: 'col-whisker' }, macroF1Interval && f1Whisker(macroF1, macroF1Interval, majorityMacroF1)),
          el('td', {}, percent(majorityMacroF1)),
          el('td', {}, percent(accuracy)),
        ),
      ),
    ),
  );
}
