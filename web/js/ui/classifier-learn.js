// Step 3 of the classifier: how texts are seen, calibration, what came out of it, and the file that keeps it.

import { count, percent } from '../eval/format.js';
import { Action, choiceCard, fileButton, replaceCards, stepTitle } from './controls.js';
import { tableRegion } from './classifier-labels.js';
import { button, el, tableHead } from './dom.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/** @typedef {import('../engine/judging-protocol.js').ClassifierInfo} ClassifierInfo */
/** @typedef {'none' | 'site' | 'files'} EncoderChoice */
/**
 * @typedef {object} LearnHandlers
 * @property {(choice: EncoderChoice) => void} onEncoder
 * @property {(files: File[]) => void} onFiles
 * @property {() => void} onCalibrate
 * @property {() => void} onCancel
 * @property {() => void} onSave
 */

export class LearnPart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'learn-title' });
  #handlers;
  #missing = el('p', { class: 'step-missing' });
  #choices = el('div', { class: 'choices', role: 'radiogroup', 'aria-labelledby': 'encoder-label' });
  #pool = el('p', { class: 'small soft' });
  #action;
  #result = el('div', { class: 'result' });
  #drawn = '';
  /** @type {ClassifierInfo | null} */
  #last = null;

  /** @param {LearnHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#action = new Action(
      'calibrating',
      button('Calibrate', { kind: 'primary', icon: 'play', id: 'calibrate', onClick: handlers.onCalibrate }),
      button('Cancel', { icon: 'stop', id: 'calibrate-cancel', onClick: handlers.onCancel }),
    );
    this.element.append(
      stepTitle('3', 'Calibrate', 'learn-title'),
      el(
        'p',
        { class: 'soft' },
        'Learns from the labels. What is used of a text, and how strongly, is chosen by cross-validation: ',
        'every figure is of texts that were not learnt from.',
      ),
      el('p', { class: 'segments-label', id: 'encoder-label' }, 'How texts are seen'),
      this.#choices,
      el(
        'details',
        { class: 'more' },
        el('summary', {}, 'Files of your own: encoder, concepts'),
        el(
          'div',
          { class: 'step-row' },
          fileButton({
            id: 'encoder-open',
            label: 'Open an encoder…',
            accept: '.gguf,.onnx,.json,.txt',
            multiple: true,
            onFiles: handlers.onFiles,
          }),
          el(
            'span',
            { class: 'small soft' },
            'A BERT-type GGUF file, or an ONNX file together with its tokenizer.json or vocab.txt.',
          ),
        ),
        el(
          'div',
          { class: 'step-row' },
          fileButton({
            id: 'concepts-file',
            label: 'Open a concept pool…',
            accept: '.json',
            onFiles: handlers.onFiles,
          }),
          this.#pool,
        ),
      ),
      this.#missing,
      this.#action.element,
      this.#result,
    );
  }

  /** @param {ClassifierState} state */
  show(state) {
    const { labels, classifier, busy, progress } = state;
    this.#showEncoders(state);
    this.#pool.textContent = state.pool
      ? `${state.pool} is used.`
      : 'Made by “assay concepts”. Without one, the first concepts of the values explain judgements.';
    this.#missing.hidden = labels !== null;
    this.#missing.textContent = classifier
      ? 'The classifier below was calibrated earlier. To calibrate another one, open labels in step 2.'
      : 'Open labels in step 2 first, or open a classifier that was saved.';
    this.#action.show(labels !== null && busy === '', busy === 'calibrate' ? progress : null);
    if (this.#last !== classifier) {
      this.#last = classifier;
      this.#result.replaceChildren(...(classifier ? this.#figures(classifier) : []));
    }
  }

  /** @param {ClassifierState} state */
  #showEncoders({ encoder, site, encoderName, busy }) {
    const drawn = JSON.stringify([encoder, site, encoderName, busy !== '']);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const choose = (/** @type {EncoderChoice} */ choice) => () => this.#handlers.onEncoder(choice);
    const off = busy !== '';
    const siteNote =
      site === 'there'
        ? 'all-MiniLM-L6-v2, 25 MB: knows what sentences mean. Better, and slower.'
        : site === 'absent'
          ? 'all-MiniLM-L6-v2 is not part of this site: “make deps” gets it. Without it, words alone decide.'
          : 'Looking for all-MiniLM-L6-v2…';
    const cards = [
      choiceCard({
        group: 'encoder',
        value: 'site',
        title: 'Words and a sentence encoder',
        note: siteNote,
        checked: encoder === 'site',
        disabled: off || site !== 'there',
        onChoose: choose('site'),
      }),
      choiceCard({
        group: 'encoder',
        value: 'none',
        title: 'Words alone',
        note: 'Words and their parts (n-grams). Nothing to load, and quicker.',
        checked: encoder === 'none',
        disabled: off,
        onChoose: choose('none'),
      }),
    ];
    if (encoderName !== '') {
      cards.push(
        choiceCard({
          group: 'encoder',
          value: 'files',
          title: encoderName,
          note: 'Words and your own encoder; it stays on this machine.',
          checked: encoder === 'files',
          disabled: off,
          onChoose: choose('files'),
        }),
      );
    }
    replaceCards(this.#choices, cards);
  }

  /** @param {ClassifierInfo} classifier */
  #figures(classifier) {
    const names = new Map(classifier.values.values.map(({ id, name }) => [id, name]));
    const encoder = classifier.encoder === '' ? 'words alone' : `words and ${classifier.encoder}`;
    return [
      el(
        'div',
        { class: 'cards' },
        card(
          'Accuracy',
          percent(classifier.accuracy),
          `cross-validated; always naming a value’s most frequent label gets ${percent(majority(classifier))}`,
          'classifier-accuracy',
        ),
        card(
          'Macro-F1',
          percent(classifier.macroF1),
          'cross-validated, mean over the values: every label counts alike',
          'classifier-f1',
        ),
        card('Learnt from', count(classifier.nExamples), `texts; sees ${encoder}`, 'classifier-examples'),
      ),
      tableRegion('Figures of each value', valueTable(classifier, names)),
      el(
        'div',
        { class: 'step-row' },
        button('Save the classifier', { icon: 'download', id: 'save-classifier', onClick: this.#handlers.onSave }),
        el(
          'p',
          { class: 'small soft digest' },
          'SHA-256 ',
          el(
            'code',
            { id: 'classifier-sha256', 'data-sha256': classifier.sha256 },
            `${classifier.sha256.slice(0, 16)}…`,
          ),
          ' The same labels give this very file, here and with “assay calibrate”. It holds the labelled texts.',
        ),
      ),
    ];
  }
}

/** @param {string} heading @param {string} value @param {string} note @param {string} id */
function card(heading, value, note, id) {
  return el(
    'div',
    { class: 'card' },
    el('h3', {}, heading),
    el('p', { class: 'card-value', id }, value),
    el('p', { class: 'small soft' }, note),
  );
}

/** What guessing gets. @param {ClassifierInfo} classifier */
function majority({ byValue }) {
  const all = byValue.reduce((sum, { counts }) => sum + counts[0] + counts[1] + counts[2], 0);
  return all === 0 ? null : byValue.reduce((sum, { counts }) => sum + Math.max(...counts), 0) / all;
}

/** @param {ClassifierInfo} classifier @param {Map<string, string>} names */
function valueTable({ byValue }, names) {
  const head = ['Value', 'Opposes', 'Unrelated', 'Adheres', 'Accuracy', 'Macro-F1'];
  const columns = ['', 'col-count', 'col-count', 'col-count', '', ''];
  return el(
    'table',
    { class: 'value-table', id: 'classifier-values' },
    el(
      'caption',
      {},
      'Labels learnt from, and cross-validated figures of each value. ',
      'Most texts are unrelated to most values, so accuracy alone flatters.',
    ),
    tableHead(head, columns),
    el(
      'tbody',
      {},
      ...byValue.map(({ id, counts, accuracy, macroF1, note }) =>
        el(
          'tr',
          { 'data-value': id },
          el(
            'th',
            { scope: 'row' },
            names.get(id) ?? id,
            el(
              'span',
              { class: 'narrow-interval' },
              `${count(counts[0])} oppose, ${count(counts[1])} unrelated, ${count(counts[2])} adhere`,
            ),
            note !== '' && el('span', { class: 'value-note' }, note),
          ),
          ...counts.map((n) => el('td', { class: 'col-count' }, count(n))),
          el('td', {}, percent(accuracy)),
          el('td', {}, percent(macroF1)),
        ),
      ),
    ),
  );
}
