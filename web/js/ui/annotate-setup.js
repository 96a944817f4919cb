// What a new annotation session is about: value system and value, texts, and who labels.

import { cleanName, nameProblem } from '../annotate/export.js';
import { plural } from '../eval/format.js';
import { LABEL_FORMATS, VALUE_SYSTEMS } from '../eval/value-systems.js';
import { choiceCard, fileButton, replaceCards, stepLegend } from './controls.js';
import { button, el } from './dom.js';

/**
 * @typedef {import('../engine/judging-protocol.js').ValueSystem} ValueSystem
 *
 * @typedef {import('../annotate/sources.js').Source | {kind: 'session', id: string}} TextChoice
 * @typedef {{system: ValueSystem, value: string, texts: TextChoice, annotator: string}} SetupRequest
 *
 * @typedef {object} SetupHandlers
 * @property {(id: string) => void} onSystem  one that comes with the page
 * @property {(file: File) => void} onSystemFile
 * @property {(request: SetupRequest) => void} onStart
 * @property {(sentence: string) => void} onProblem
 */

const OWN = 'own';
const WITHOUT_TEXTS = ['csv', 'crowd-kit', 'mace']; // label files that only name their texts

export class AnnotateSetup {
  element = el('form', { class: 'annotate-setup', 'aria-labelledby': 'annotate-new', novalidate: true });
  #handlers;
  #systems = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': 'Value system' });
  #value = el('select', { id: 'annotate-value' });
  #definition = el('p', { id: 'annotate-definition' });
  #texts = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': 'Texts' });
  #format = el(
    'select',
    { id: 'annotate-format' },
    ...LABEL_FORMATS.filter(({ id }) => !WITHOUT_TEXTS.includes(id)).map(({ id, name }) => el('option', { value: id }, name)),
  );
  #name = el('input', { type: 'text', id: 'annotate-name', autocomplete: 'nickname', spellcheck: 'false', maxlength: 200 });
  #start;
  /** @type {ValueSystem | null} */
  #system = null;
  #chosenSystem = '';
  /** @type {TextChoice} */
  #chosenTexts = { kind: 'example' };
  /** @type {File[]} */
  #files = [];
  #run = el('select', { id: 'annotate-run' });
  #runField = el('label', { class: 'field annotate-run' }, 'Run', this.#run);
  /** @type {{id: string, name: string, n: number} | null} */
  #earlier = null;

  /** @param {SetupHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#start = button('Start labelling', { kind: 'primary', icon: 'play', id: 'annotate-start', onClick: () => {} });
    this.#start.setAttribute('type', 'submit');
    this.#value.addEventListener('change', () => this.#showDefinition());
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.element.append(
      el('h2', { id: 'annotate-new' }, 'New session'),
      el('div', { class: 'setup' }, this.#valuePanel(), this.#textPanel(), this.#namePanel()),
      el(
        'div',
        { class: 'go' },
        this.#start,
        el('p', { class: 'small' }, 'Nothing leaves this machine: texts and answers stay in this browser until you export them.'),
      ),
    );
    this.#showSystems();
    this.#showTexts();
    this.showNoSystem('Loading…');
  }

  #valuePanel() {
    return el(
      'fieldset',
      { class: 'panel panel-value' },
      stepLegend('1', 'Value'),
      this.#systems,
      el(
        'p',
        { class: 'small soft own-files' },
        fileButton({
          id: 'annotate-system-file',
          label: 'Open your own…',
          accept: '.json',
          onFiles: ([file]) => this.#handlers.onSystemFile(file),
        }),
        el('span', {}, 'Values of your own: a JSON file with ids, names and definitions is enough.'),
      ),
      el('div', { class: 'value-choice' }, el('label', { class: 'field' }, 'You label for', this.#value), this.#definition),
    );
  }

  #textPanel() {
    return el(
      'fieldset',
      { class: 'panel' },
      stepLegend('2', 'Texts'),
      this.#texts,
      el(
        'p',
        { class: 'small soft own-files' },
        fileButton({
          id: 'annotate-text-files',
          label: 'Open files…',
          accept: '.jsonl,.json,.txt',
          multiple: true,
          onFiles: (files) => this.takeTexts(files),
        }),
        el('span', {}, 'Texts alone, or any label file that holds them; labels in it are not shown.'),
      ),
      el(
        'details',
        { class: 'settings' },
        el('summary', {}, 'Format of the files'),
        el('label', { class: 'field' }, 'Format', this.#format),
      ),
    );
  }

  #namePanel() {
    return el(
      'fieldset',
      { class: 'panel' },
      stepLegend('3', 'You'),
      el('label', { class: 'field' }, 'Your name or a code', this.#name),
      el(
        'p',
        { class: 'small soft' },
        'It stands beside each answer in the exported file, and decides the order in which you see the texts.',
      ),
    );
  }

  // ---- showing ---------------------------------------------------------------------------------------------

  #showSystems() {
    const own = this.#chosenSystem === OWN && this.#system;
    const shown = [...VALUE_SYSTEMS, ...(own ? [{ id: OWN, name: own.name, note: 'From your file.' }] : [])];
    const cards = shown.map(({ id, name, note }) =>
      choiceCard({
        group: 'annotate-system',
        value: id,
        title: name,
        note,
        checked: id === this.#chosenSystem,
        onChoose: () => {
          this.#chosenSystem = id;
          if (id !== OWN) this.#handlers.onSystem(id);
        },
      }),
    );
    replaceCards(this.#systems, cards);
  }

  /** The values to choose from. @param {ValueSystem} system @param {{own?: boolean, value?: string}} [how] */
  showSystem(system, { own = false, value = '' } = {}) {
    this.#chosenSystem = own ? OWN : system.id;
    this.#showValues(system, value);
    this.#showSystems();
  }

  /** While one is being read, or where none could be. @param {string} sentence */
  showNoSystem(sentence) {
    this.#showValues(null, '');
    this.#definition.textContent = sentence;
  }

  /** @param {ValueSystem | null} system @param {string} value */
  #showValues(system, value) {
    this.#system = system;
    this.#value.replaceChildren(
      ...(system?.values ?? []).map(({ id, name }) => el('option', { value: id, selected: id === value }, name)),
    );
    this.#value.disabled = this.#start.disabled = system === null;
    this.#showDefinition();
  }

  #showDefinition() {
    const value = this.#system?.values.find(({ id }) => id === this.#value.value);
    this.#definition.textContent = value?.definition ?? '';
  }

  #showTexts() {
    const files = this.#files;
    const earlier = this.#earlier;
    const cards = [this.#textCard({ kind: 'example' }, 'Example texts', 'Short and invented, to try it out.')];
    if (earlier) {
      const note = `${earlier.name}, ${plural(earlier.n, 'text')}.`;
      cards.push(this.#textCard({ kind: 'session', id: earlier.id }, 'The same texts again', note));
    }
    if (files.length === 1) cards.push(this.#textCard({ kind: 'files', files, format: '' }, files[0].name, 'From this device.'));
    else if (files.length > 1) {
      const note = files.map(({ name }) => name).join(', ');
      cards.push(this.#textCard({ kind: 'files', files, format: '' }, plural(files.length, 'file'), note));
    }
    if (this.#run.length > 0) {
      const note = 'What a model said in this browser. Pictures are not shown: its words alone are labelled.';
      cards.push(this.#textCard({ kind: 'run', name: this.#run.value }, 'Answers of a run', note));
    }
    replaceCards(this.#texts, [...cards, this.#runField]);
    this.#showRunField();
  }

  #showRunField() {
    this.#runField.hidden = this.#chosenTexts.kind !== 'run';
  }

  /** @param {TextChoice} choice @param {string} title @param {string} note */
  #textCard(choice, title, note) {
    return choiceCard({
      group: 'annotate-texts',
      value: choice.kind,
      title,
      note,
      checked: choice.kind === this.#chosenTexts.kind,
      onChoose: () => {
        this.#chosenTexts = choice;
        this.#showRunField();
      },
    });
  }

  /** The runs whose answers can be labelled. @param {readonly {name: string, title: string}[]} runs */
  showRuns(runs) {
    const { value } = this.#run;
    this.#run.replaceChildren(...runs.map(({ name, title }) => el('option', { value: name, selected: name === value }, title)));
    if (runs.length === 0 && this.#chosenTexts.kind === 'run') this.#chosenTexts = { kind: 'example' };
    this.#showTexts();
  }

  /** Chooses files with texts. @param {File[]} files */
  takeTexts(files) {
    this.#files = files;
    this.#chosenTexts = { kind: 'files', files, format: '' };
    this.#showTexts();
  }

  /** Offers the texts of a session for another value. @param {{id: string, source: string, n: number, annotator: string}} session */
  offerAgain({ id, source, n, annotator }) {
    this.#earlier = { id, name: source, n };
    this.#chosenTexts = { kind: 'session', id };
    this.#name.value = annotator;
    this.#showTexts();
    this.#value.focus();
  }

  /** The texts of a session that is gone are no longer offered. @param {string} id */
  withdraw(id) {
    if (this.#earlier?.id !== id) return;
    this.#earlier = null;
    if (this.#chosenTexts.kind === 'session') this.#chosenTexts = { kind: 'example' };
    this.#showTexts();
  }

  /** The name that was used last, unless another one is being typed. @param {string} name */
  suggestName(name) {
    if (this.#name.value === '') this.#name.value = name;
  }

  /** Whether values can be chosen. */
  get ready() {
    return this.#system !== null;
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.#start.disabled = busy || this.#system === null;
  }

  // ---- starting --------------------------------------------------------------------------------------------

  #submit() {
    const annotator = cleanName(this.#name.value);
    const problem = nameProblem(annotator);
    this.#name.setAttribute('aria-invalid', String(problem !== ''));
    if (problem !== '') {
      this.#handlers.onProblem(problem);
      this.#name.focus();
      return;
    }
    if (!this.#system || this.#start.disabled) return;
    this.#handlers.onStart({ system: this.#system, value: this.#value.value, texts: this.#textChoice(), annotator });
  }

  /** @returns {TextChoice} */
  #textChoice() {
    const choice = this.#chosenTexts;
    if (choice.kind === 'files') return { ...choice, format: this.#format.value };
    return choice.kind === 'run' ? { kind: 'run', name: this.#run.value } : choice;
  }
}
