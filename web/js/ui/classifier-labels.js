// Step 2 of the classifier: labelled texts, how many there are for each value, and how far their annotators agree.

import { count, percent, plural, signed } from '../eval/format.js';
import { LABEL_FORMATS } from '../eval/value-systems.js';
import { fileButton, stepTitle } from './controls.js';
import { button, el, tableHead } from './dom.js';
import { stackedBar, valenceLegend } from './valence.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/** @typedef {import('../engine/judging-protocol.js').LabelSet} LabelSet */
/** @typedef {import('../engine/judging-protocol.js').LabelCount} LabelCount */
/**
 * @typedef {object} LabelsHandlers
 * @property {(files: File[], format: string) => void} onLabels
 * @property {() => void} onExample
 * @property {() => void} onForgetLabels
 */

const RELIABLE = 0.8; // Krippendorff's own reading of his coefficient
const TENTATIVE = 0.667;

export class LabelsPart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'labels-title' });
  #format = el(
    'select',
    { id: 'label-format' },
    ...LABEL_FORMATS.map(({ id, name }) => el('option', { value: id }, name)),
  );
  #body = el('div', { class: 'labels-body' });
  #forget;
  /** @type {{labels: LabelSet | null, files: readonly string[], values: ClassifierState['values']} | null} */
  #last = null;

  /** @param {LabelsHandlers} handlers */
  constructor(handlers) {
    this.#forget = button('Start over', { kind: 'quiet', id: 'labels-forget', onClick: handlers.onForgetLabels });
    this.element.append(
      stepTitle('2', 'Labels', 'labels-title'),
      el(
        'p',
        { class: 'soft' },
        'Texts of which people have said that they adhere to a value, oppose it, or are unrelated to it. ',
        'Fewer than a hundred a value will do. ',
        el('a', { href: './?view=annotate', 'data-view': 'annotate' }, 'Label texts here'),
        ' if you have none yet.',
      ),
      el(
        'div',
        { class: 'step-row' },
        fileButton({
          id: 'label-files',
          label: 'Open label files…',
          accept: '.jsonl,.json,.csv,.tsv,.txt',
          multiple: true,
          onFiles: (files) => handlers.onLabels(files, this.#format.value),
        }),
        el('label', { class: 'field field-inline' }, 'Format', this.#format),
        button('Use the example', { id: 'labels-example', onClick: handlers.onExample }),
        this.#forget,
      ),
      this.#body,
    );
  }

  /** @param {ClassifierState} state */
  show({ labels, files, example, values }) {
    if (this.#last?.labels === labels && this.#last.files === files && this.#last.values === values) return;
    this.#last = { labels, files, values };
    this.#forget.hidden = !labels;
    if (!labels || !values) {
      this.#body.replaceChildren(
        el(
          'p',
          { class: 'small soft' },
          'Several files become one set, one for each annotator if you like; order does not matter. ',
          'They can also be dropped on the page.',
        ),
      );
      return;
    }
    const names = new Map(values.values.map(({ id, name }) => [id, name]));
    const facts = [
      plural(labels.nTexts, 'text'),
      plural(labels.nVotes, 'label'),
      plural(labels.annotators.length, 'annotator'),
    ];
    const parts = [
      el('p', { class: 'facts', id: 'label-facts' }, el('strong', {}, facts.join(', ')), ` · ${files.join(', ')}`),
      example
        ? el(
            'p',
            { class: 'small soft' },
            'These texts were invented for this page, short and clear on purpose: ',
            'what is measured on them says nothing about real ones.',
          )
        : null,
      tableRegion('Labels of each value', countTable(labels, names)),
      ...agreement(labels, names),
    ];
    this.#body.replaceChildren(el('div', { class: 'result' }, ...parts));
  }
}

/** @param {string} name @param {HTMLElement} table */
export function tableRegion(name, table) {
  return el('div', { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': name }, table);
}

/** @param {LabelSet} labels @param {Map<string, string>} names */
function countTable({ byValue }, names) {
  const most = Math.max(1, ...byValue.map(({ counts }) => counts[0] + counts[1] + counts[2]));
  return el(
    'table',
    { class: 'value-table' },
    el('caption', {}, 'What most annotators of a text said of it. ', valenceLegend()),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        el('th', { scope: 'col' }, 'Value'),
        ...['Opposes', 'Unrelated', 'Adheres'].map((text) => el('th', { scope: 'col' }, text)),
        el('td', { class: 'col-whisker' }),
      ),
    ),
    el(
      'tbody',
      {},
      ...byValue.map(({ id, counts }) =>
        el(
          'tr',
          { 'data-value': id },
          el('th', { scope: 'row' }, names.get(id) ?? id),
          ...counts.map((n) => el('td', {}, count(n))),
          el(
            'td',
            { class: 'col-whisker' },
            stackedBar(/** @type {[number, number, number]} */ (counts.map((n) => n / most))),
          ),
        ),
      ),
    ),
  );
}

/** @param {LabelSet} labels @param {Map<string, string>} names */
function agreement({ byValue }, names) {
  const shared = byValue.filter(({ nItems }) => nItems > 0);
  const others = byValue.filter(({ nItems }) => nItems === 0).map(({ id }) => names.get(id) ?? id);
  const which = shared.length === 0 ? '' : ` for ${others.join(', ')}`;
  return [
    shared.length > 0 ? tableRegion('Agreement of the annotators', agreementTable(shared, names)) : null,
    others.length > 0
      ? el(
          'p',
          { class: 'small soft' },
          `No text was labelled by two people${which}, so how far people agree cannot be said.`,
        )
      : null,
  ];
}

/** @param {readonly LabelCount[]} byValue @param {Map<string, string>} names */
function agreementTable(byValue, names) {
  const head = ['Value', 'Texts', 'Raw', 'Alpha', '95 % interval', 'AC1', 'Reading'];
  const columns = ['', 'col-count', '', '', 'col-interval', '', 'reading col-count'];
  return el(
    'table',
    { class: 'value-table', id: 'agreement' },
    el(
      'caption',
      {},
      'Raw: share of pairs of labels that are equal. Krippendorff’s alpha takes chance off and suffers where one ',
      'label is rare; Gwet’s AC1 suffers less. Read both.',
    ),
    tableHead(head, columns),
    el(
      'tbody',
      {},
      ...byValue.map((value) =>
        el(
          'tr',
          { 'data-value': value.id },
          el(
            'th',
            { scope: 'row' },
            names.get(value.id) ?? value.id,
            el('span', { class: 'narrow-interval' }, `${plural(value.nItems, 'text')}: ${reading(value)}`),
          ),
          el('td', { class: 'col-count' }, count(value.nItems)),
          el('td', {}, percent(value.raw, 0)),
          el(
            'td',
            {},
            coefficient(value.alpha),
            value.alphaInterval && el('span', { class: 'narrow-interval' }, range(value.alphaInterval)),
          ),
          el('td', { class: 'col-interval' }, value.alphaInterval ? range(value.alphaInterval) : '–'),
          el('td', {}, coefficient(value.ac1)),
          el('td', { class: 'reading col-count' }, reading(value)),
        ),
      ),
    ),
  );
}

/** @param {number | null} x */
function coefficient(x) {
  return x === null ? '–' : signed(x, 2);
}

/** @param {readonly [number, number]} interval */
function range(interval) {
  return interval.map(coefficient).join(' to ');
}

/** @param {LabelCount} value */
function reading({ alpha, undefinedBecause }) {
  if (alpha === null) return undefinedBecause;
  if (alpha >= RELIABLE) return 'reliable';
  return alpha >= TENTATIVE ? 'tentative' : 'too low to rely on';
}
