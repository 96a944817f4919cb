// Step 1 of the classifier: which values. One of the page's own systems, a file, or one that is typed.

import { plural } from '../eval/format.js';
import { VALUE_SYSTEMS } from '../eval/value-systems.js';
import { choiceCard, fileButton, replaceCards, stepTitle } from './controls.js';
import { button, el } from './dom.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/**
 * @typedef {object} ValuesHandlers
 * @property {(id: string) => void} onSystem
 * @property {(json: string, name: string) => void} onValues  a system of one's own
 * @property {(files: File[]) => void} onFiles
 */

/** Where a system of one's own stands among the choices. */
export const OWN = 'own';

const TEMPLATE = `{
  "format": 1,
  "id": "my-values",
  "name": "My values",
  "source": "Myself",
  "values": [
    {
      "id": "patience",
      "name": "Patience",
      "definition": "Waiting calmly, listening, giving others the time they need.",
      "concepts": ["Taking one's time with others", "Waiting without complaint"]
    }
  ]
}`;

export class ValuesPart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'values-title' });
  #handlers;
  #choices = el('div', { class: 'choices', role: 'radiogroup', 'aria-labelledby': 'values-title' });
  #shown = el('div');
  #text = el('textarea', { id: 'values-text', rows: 12, spellcheck: 'false', class: 'code-text' });
  /** @type {{chosen: string, values: ClassifierState['values']} | null} */
  #last = null;

  /** @param {ValuesHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#text.value = TEMPLATE;
    this.element.append(
      stepTitle('1', 'Values', 'values-title'),
      el('p', { class: 'soft' }, 'A text is judged for each value of one system by itself.'),
      this.#choices,
      el(
        'div',
        { class: 'step-row' },
        fileButton({ id: 'values-file', label: 'Open a value system…', accept: '.json', onFiles: handlers.onFiles }),
        el('span', { class: 'small soft' }, 'JSON with names and definitions; or drop it on the page.'),
      ),
      el(
        'details',
        { class: 'more' },
        el('summary', {}, 'Write one here'),
        el('label', { class: 'field', for: 'values-text' }, 'Value system (JSON)'),
        this.#text,
        button('Use these values', {
          id: 'values-use',
          onClick: () => handlers.onValues(this.#text.value, 'typed values'),
        }),
      ),
      this.#shown,
    );
  }

  /** @param {ClassifierState} state */
  show({ chosen, values }) {
    if (this.#last?.chosen === chosen && this.#last.values === values) return;
    this.#last = { chosen, values };
    const cards = VALUE_SYSTEMS.map(({ id, name, note }) =>
      choiceCard({
        group: 'system',
        value: id,
        title: name,
        note,
        checked: chosen === id,
        onChoose: () => this.#handlers.onSystem(id),
      }),
    );
    if (chosen === OWN && values) {
      const note = `${plural(values.values.length, 'value')} of your own: ${values.values.map(({ name }) => name).join(', ')}.`;
      cards.push(choiceCard({ group: 'system', value: OWN, title: values.name, note, checked: true, onChoose: () => {} }));
    }
    replaceCards(this.#choices, cards);
    this.#shown.replaceChildren(...(values ? [definitions(values)] : []));
  }
}

/** @param {import('../engine/judging-protocol.js').ValueSystem} system */
function definitions({ values, source }) {
  return el(
    'details',
    { class: 'more', id: 'definitions' },
    el('summary', {}, `Definitions of the ${plural(values.length, 'value')}`),
    el(
      'dl',
      { class: 'definitions' },
      ...values.map(({ name, definition, concepts }) =>
        el(
          'div',
          {},
          el('dt', {}, name),
          el('dd', {}, definition),
          concepts.length > 0 &&
            el('dd', { class: 'chips' }, ...concepts.map((text) => el('span', { class: 'chip' }, text))),
        ),
      ),
    ),
    source !== '' && el('p', { class: 'small soft' }, `Source: ${source}`),
  );
}
