// Step 6 of the classifier: the values in the answers of a finished evaluation.

import { count, interval, percent, plural } from '../eval/format.js';
import { describeRecipe } from '../eval/recipe.js';
import { Action, fileButton, stepTitle } from './controls.js';
import { tableRegion } from './classifier-labels.js';
import { button, el, tableHead } from './dom.js';
import { cut, isRelated } from './judgements.js';
import { stackedBar, valenceLegend, valenceMark } from './valence.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/** @typedef {import('../engine/judging-protocol.js').Profile} Profile */
/** @typedef {import('../engine/judging-protocol.js').ProfileValue} ProfileValue */
/** @typedef {import('../engine/judging-protocol.js').Triple} Triple */
/**
 * @typedef {object} ProfileHandlers
 * @property {(name: string) => void} onProfile  of a kept run
 * @property {(files: File[]) => void} onFiles
 * @property {() => void} onCancel
 */

const PAGE = 20; // answers that are shown at once

export class ProfilePart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'profile-title' });
  #missing = el('p', { class: 'step-missing' }, 'Calibrate in step 3 first, or open a classifier.');
  #runs = el('select', { id: 'profile-run' });
  #none = el(
    'p',
    { class: 'small soft' },
    'No finished evaluation is kept in this browser: ',
    el('a', { href: './', 'data-view': 'evaluate' }, 'evaluate a model'),
    ', or open a record.',
  );
  #field = el('label', { class: 'field' }, 'Evaluation', this.#runs);
  #action;
  #result = el('div', { class: 'result' });
  #more = el('div', { class: 'step-row' });
  #answers = el('ol', { class: 'answers', id: 'answers' });
  #drawn = '';
  /** @type {Profile | null} */
  #last = null;

  /** @param {ProfileHandlers} handlers */
  constructor(handlers) {
    this.#action = new Action(
      'profiling',
      button('Judge its answers', { icon: 'play', id: 'profile', onClick: () => handlers.onProfile(this.#runs.value) }),
      button('Cancel', { icon: 'stop', id: 'profile-cancel', onClick: handlers.onCancel }),
    );
    this.element.append(
      stepTitle('6', 'Values in the answers of a model', 'profile-title'),
      el(
        'p',
        { class: 'soft' },
        'Judges every answer of a finished evaluation: the value profile that stands beside its accuracy.',
      ),
      this.#missing,
      this.#none,
      el(
        'div',
        { class: 'step-row step-row-end' },
        this.#field,
        this.#action.element,
        fileButton({ id: 'profile-file', label: 'Open a record…', accept: '.jsonl', onFiles: handlers.onFiles }),
      ),
      this.#result,
    );
  }

  /** @param {ClassifierState} state */
  show({ classifier, records, busy, progress, profile, profiled }) {
    const finished = records.filter(({ hallmark }) => hallmark !== null);
    const drawn = finished.map(({ name }) => name).join(' ');
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#runs.replaceChildren(
        ...finished.map(({ name, header }) =>
          el(
            'option',
            { value: name },
            `${header.model.name || 'unnamed model'} · ${header.dataset.name} · ${describeRecipe(header.recipe)}`,
          ),
        ),
      );
    }
    this.#missing.hidden = classifier !== null;
    this.#none.hidden = finished.length > 0;
    this.#field.hidden = finished.length === 0;
    this.#action.element.hidden = finished.length === 0 && busy !== 'profile';
    this.#action.show(classifier !== null && busy === '' && finished.length > 0, busy === 'profile' ? progress : null);
    if (profile === this.#last) return;
    this.#last = profile;
    if (!profile || !classifier) {
      this.#result.replaceChildren();
      return;
    }
    this.#draw(profile, classifier.values, profiled);
  }

  /** @param {Profile} profile @param {import('../engine/judging-protocol.js').ValueSystem} system @param {string} profiled */
  #draw(profile, system, profiled) {
    const names = new Map(system.values.map(({ id, name }) => [id, name]));
    const telling = profile.answers.filter(({ judgements }) => judgements.some(isRelated));
    const answers = [...telling, ...profile.answers.filter((answer) => !telling.includes(answer))];
    this.#answers.replaceChildren();
    this.#result.replaceChildren(
      el(
        'p',
        { class: 'facts', id: 'profile-facts' },
        el('strong', {}, `${plural(profile.n, 'answer')} of ${profiled}. `),
        profile.freeText
          ? 'Its free text was judged.'
          : 'It holds no free text: the options that it chose were judged, so this is about the suite’s words, picked by the model.',
      ),
      tableRegion('Value profile', profileTable(profile.values, names)),
      el('h3', {}, `Answers: ${count(telling.length)} with a value, then the others`),
      this.#answers,
      this.#more,
    );
    this.#addAnswers(answers, names);
  }

  /** @param {Profile['answers']} answers @param {Map<string, string>} names */
  #addAnswers(answers, names) {
    const from = this.#answers.children.length;
    this.#answers.append(...answers.slice(from, from + PAGE).map((answer) => answerItem(answer, names)));
    const left = answers.length - this.#answers.children.length;
    this.#more.replaceChildren(
      ...(left > 0
        ? [
            button(`Show ${count(Math.min(PAGE, left))} more of ${count(left)}`, {
              id: 'answers-more',
              onClick: () => {
                this.#addAnswers(answers, names);
                /** @type {HTMLElement | undefined} */ (this.#answers.children[from + PAGE])?.focus();
              },
            }),
          ]
        : []),
    );
  }
}

/** @param {readonly ProfileValue[]} values @param {Map<string, string>} names */
function profileTable(values, names) {
  const head = ['Value', 'Judged', 'Abstained', 'Opposes', 'Unrelated', 'Adheres', ''];
  const columns = ['', 'col-count', 'col-count', '', '', '', 'col-whisker'];
  return el(
    'table',
    { class: 'value-table', id: 'profile-table' },
    el(
      'caption',
      {},
      'Shares of the answers of which the classifier was sure enough, each with its 95 % interval. ',
      valenceLegend(),
    ),
    tableHead(head, columns),
    el(
      'tbody',
      {},
      ...values.map((value) =>
        el(
          'tr',
          { 'data-value': value.id },
          el(
            'th',
            { scope: 'row' },
            names.get(value.id) ?? value.id,
            el('span', { class: 'narrow-interval' }, `${count(value.n)}, ${count(value.nAbstained)} abstained`),
          ),
          el('td', { class: 'col-count' }, count(value.n)),
          el('td', { class: 'col-count' }, count(value.nAbstained)),
          ...[0, 1, 2].map((i) => el('td', {}, ...shareCell(value, i))),
          el('td', { class: 'col-whisker' }, value.shares && stackedBar(value.shares)),
        ),
      ),
    ),
  );
}

/** @param {ProfileValue} value @param {number} i  which label */
function shareCell({ shares, low, high }, i) {
  if (!shares) return ['–'];
  return [percent(shares[i]), low && high && el('span', { class: 'cell-interval' }, interval([low[i], high[i]]))];
}

/** @param {Profile['answers'][number]} answer @param {Map<string, string>} names */
function answerItem({ id, question, text, judgements }, names) {
  const related = judgements.filter(isRelated);
  return el(
    'li',
    { tabindex: -1, 'data-id': id },
    el('p', { class: 'small soft answer-question' }, cut(question)),
    el('p', { class: 'answer-text' }, cut(text)),
    el(
      'p',
      { class: 'answer-values' },
      ...(related.length === 0
        ? [el('span', { class: 'small soft' }, 'Unrelated to every value.')]
        : related.map(({ value, label, abstained }) =>
            el('span', { class: 'answer-value' }, names.get(value) ?? value, ' ', valenceMark(label, abstained)),
          )),
    ),
  );
}
