// One text at a time: what is asked, three answers, skip and undo. Works by keys, by touch and with a screen reader: each answer
// is a button that names its key, and after each one the focus stands at the head of the next text.

import { labelWord } from '../annotate/export.js';
import { count } from '../eval/format.js';
import { button, el, icon, svg } from './dom.js';

/** @typedef {import('../annotate/queue.js').Queue} Queue */
/** @typedef {import('../annotate/queue.js').Answer} Answer */
/**
 * @typedef {object} DeskHandlers
 * @property {(label: Answer['label'], note: string) => void} onAnswer
 * @property {() => void} onUndo
 * @property {(on: boolean) => void} onKeys
 */

/** @type {readonly {label: -1 | 0 | 1, key: string, title: string, note: string}[]} */
const CHOICES = Object.freeze([
  { label: 1, key: '1', title: 'Adheres', note: 'The response acts or argues in its favour.' },
  { label: -1, key: '2', title: 'Opposes', note: 'The response acts or argues against it.' },
  { label: 0, key: '3', title: 'Unrelated', note: 'The response does neither.' },
]);
const MAX_NOTE = 2000; // characters

export class AnnotateDesk {
  element = el('div', { class: 'desk' });
  #handlers;
  #title = el('h2', { class: 'desk-title', id: 'desk-title', tabindex: -1 });
  #left = el('p', { class: 'desk-left' });
  #progress = el('progress', { class: 'desk-progress', 'aria-hidden': 'true' });
  #scenario = el('p', { class: 'desk-scenario', dir: 'auto' });
  #scenarioPart = part('desk-scenario-title', 'Scenario', this.#scenario);
  #response = el('p', { class: 'desk-response', dir: 'auto' });
  #value = el('h2', { class: 'desk-value' });
  #definition = el('p', { class: 'desk-definition' });
  #question = el('p', { class: 'visually-hidden', id: 'desk-question' });
  #dock = el('div', { class: 'panel desk-dock', role: 'group', 'aria-labelledby': 'desk-question' });
  #skip;
  #undo;
  #note = el('textarea', { id: 'desk-note', rows: 2, maxlength: MAX_NOTE, dir: 'auto', placeholder: 'Why, or what is unclear' });
  #noteBox = el(
    'details',
    { class: 'desk-note' },
    el('summary', {}, 'Note', hint('N')),
    el('label', { class: 'visually-hidden', for: 'desk-note' }, 'Note (optional)'),
    this.#note,
  );
  #keys = el('input', { type: 'checkbox', id: 'desk-keys', checked: true });

  /** @param {DeskHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#skip = keyButton('Skip', 'S', 'annotate-skip', () => this.answer(null));
    this.#undo = keyButton('Undo', 'U', 'annotate-undo', handlers.onUndo);
    this.#keys.addEventListener('change', () => {
      this.#showKeys();
      handlers.onKeys(this.#keys.checked);
    });
    this.#note.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#title.focus({ preventScroll: true });
    });
    this.element.append(
      el(
        'article',
        { class: 'panel desk-text', 'aria-labelledby': 'desk-title' },
        el('div', { class: 'desk-where' }, this.#title, this.#left, this.#progress),
        this.#scenarioPart,
        part('desk-response-title', 'Response', this.#response),
      ),
      this.#dock,
    );
    this.#dock.append(
      el('div', { class: 'desk-about' }, this.#value, this.#definition, this.#question),
      el('div', { class: 'desk-choices' }, ...CHOICES.map((choice) => this.#choiceButton(choice))),
      el('div', { class: 'desk-more' }, this.#skip, this.#undo),
      this.#noteBox,
      el('label', { class: 'desk-keys small soft' }, this.#keys, 'Keyboard shortcuts'),
    );
  }

  /** @param {(typeof CHOICES)[number]} choice */
  #choiceButton({ label, key, title, note }) {
    const element = el(
      'button',
      { type: 'button', class: `answer answer-${labelWord(label)}`, id: `answer-${key}`, 'aria-keyshortcuts': key },
      mark(label),
      hint(key),
      el('span', { class: 'answer-title' }, title),
      el('span', { class: 'answer-note' }, note),
    );
    element.addEventListener('click', () => this.answer(label));
    return element;
  }

  // ---- showing ---------------------------------------------------------------------------------------------

  /** @param {{name: string, definition: string}} value */
  showValue({ name, definition }) {
    this.#value.textContent = name;
    this.#definition.textContent = definition;
    this.#question.textContent = `How does the response stand to the value ${name}?`;
  }

  /** @param {Queue} queue @param {import('../annotate/texts.js').Text} text @param {string} [note]  to begin with */
  show(queue, text, note = '') {
    const where = `${count(queue.position)} of ${count(queue.roundSize)}`;
    this.#left.textContent = `${count(queue.remaining)} to answer`;
    this.#progress.max = queue.roundSize;
    this.#progress.value = queue.position - 1;
    this.#title.textContent = queue.again ? `Skipped text ${where}` : `Text ${where}`;
    this.#scenarioPart.hidden = text.scenario === '';
    this.#scenario.textContent = text.scenario;
    this.#response.textContent = text.response;
    this.#note.value = note;
    this.#noteBox.open = note !== '';
    this.#showLast(queue.last);
  }

  /** @param {Answer | null} last */
  #showLast(last) {
    this.#undo.disabled = last === null;
    const label = this.#undo.querySelector('span');
    if (label) label.textContent = last ? `Undo: ${labelWord(last.label)}` : 'Undo';
  }

  /** While an answer is being written nothing else is taken. @param {boolean} busy */
  setBusy(busy) {
    this.element.setAttribute('aria-busy', String(busy));
  }

  /** @param {boolean} on */
  setKeys(on) {
    this.#keys.checked = on;
    this.#showKeys();
  }

  #showKeys() {
    this.element.classList.toggle('desk-keyless', !this.#keys.checked);
  }

  /** To the head of the text, so that a reader goes on from there; scrolls only where it is not all in sight. */
  focus() {
    this.#title.focus({ preventScroll: true });
    const covered = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0; // by the page's own head
    const text = this.#response.getBoundingClientRect();
    const dock = this.#dock.getBoundingClientRect();
    const end = dock.left < text.right ? dock.top : window.innerHeight; // narrow: the answers lie over the text
    if (this.#title.getBoundingClientRect().top < covered || text.bottom > end) this.element.scrollIntoView({ block: 'start' });
  }

  // ---- answering -------------------------------------------------------------------------------------------

  /** @param {Answer['label']} label */
  answer(label) {
    this.#handlers.onAnswer(label, this.#note.value.trim());
  }

  /** Takes a key that was pressed anywhere on the page. @param {KeyboardEvent} event @returns {boolean} whether it meant something */
  press(event) {
    if (!this.#keys.checked || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (isTyping(event.target)) return false;
    const digit = digitOf(event);
    const choice = CHOICES.find(({ key }) => key === digit);
    const key = event.key.toLowerCase();
    if (choice) this.answer(choice.label);
    else if (key === 's') this.answer(null);
    else if (key === 'u' || key === 'backspace') this.#handlers.onUndo();
    else if (key === 'n') this.#openNote();
    else return false;
    return true;
  }

  #openNote() {
    this.#noteBox.open = true;
    this.#note.focus();
  }
}

/** The digit of a key, also on keyboards whose digits want Shift. @param {KeyboardEvent} event */
function digitOf({ key, code, shiftKey }) {
  if (/^[1-3]$/.test(key)) return key;
  return shiftKey ? '' : (/^Digit([1-3])$/.exec(code)?.[1] ?? '');
}

/** Whether keys mean text or a choice where they were pressed. @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type);
  return target.isContentEditable || target.matches('textarea, select');
}

/** @param {string} id @param {string} title @param {HTMLElement} text */
function part(id, title, text) {
  return el('section', { 'aria-labelledby': id }, el('h3', { id }, title), text);
}

/** A key beside what it does; the element's aria-keyshortcuts says it to those who do not see it. @param {string} key */
function hint(key) {
  return el('kbd', { 'aria-hidden': 'true' }, key);
}

/** @param {string} label @param {string} key @param {string} id @param {() => void} onClick */
function keyButton(label, key, id, onClick) {
  const element = button(label, { id, onClick });
  element.setAttribute('aria-keyshortcuts', key === 'U' ? 'U Backspace' : key);
  element.append(hint(key));
  return element;
}

/** @param {-1 | 0 | 1} label */
function mark(label) {
  if (label !== 0) return icon(label === 1 ? 'right' : 'wrong');
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', focusable: 'false' },
    svg('circle', { cx: 8, cy: 8, r: 5, fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }),
  );
}
