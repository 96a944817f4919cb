// Choices, steps and file buttons, as several views draw them.

import { el } from './dom.js';

/** @param {string} number */
function stepNumber(number) {
  return el('span', { class: 'step-number', 'aria-hidden': 'true' }, number);
}

/** A numbered heading of a step. @param {string} number @param {string} text @param {string} id */
export function stepTitle(number, text, id) {
  return el('h2', { class: 'step-title', id, tabindex: -1 }, stepNumber(number), text);
}

/** The same of a step that is a fieldset. @param {string} number @param {string} text */
export function stepLegend(number, text) {
  return el('legend', {}, stepNumber(number), text);
}

/**
 * @typedef {object} Choice  one of a group of radio buttons
 * @property {string} group
 * @property {string} value
 * @property {boolean} checked
 * @property {boolean} [disabled]
 * @property {() => void} onChoose
 */

/** @param {Choice} choice */
function radio({ group, value, checked, disabled = false, onChoose }) {
  const input = el('input', { type: 'radio', name: group, value, checked, disabled, id: `${group}-${value}` });
  input.addEventListener('change', onChoose);
  return input;
}

/** A card with a title and what is said below it. @param {Choice & {title: string, note: string, facts?: string}} choice */
export function choiceCard({ title, note, facts = '', ...choice }) {
  return el(
    'label',
    { class: 'choice' },
    radio(choice),
    el('span', { class: 'choice-title' }, title),
    note !== '' && el('span', { class: 'choice-note' }, note),
    facts !== '' && el('span', { class: 'choice-facts' }, facts),
  );
}

/** Leaves the focus where it was, also when the cards come anew while somebody chooses. @param {HTMLElement} box @param {HTMLElement[]} cards */
export function replaceCards(box, cards) {
  const focused = box.contains(document.activeElement) ? document.activeElement?.id : '';
  box.replaceChildren(...cards);
  if (focused) document.getElementById(focused)?.focus();
}

/** A few words, in a row with the others. @param {Choice & {text: string}} choice */
export function segment({ text, ...choice }) {
  return el('label', { class: 'segment' }, radio(choice), el('span', {}, text));
}

/**
 * A button that opens files; the input behind it has the focus and the name.
 * @param {{id: string, label: string, accept: string, multiple?: boolean, onFiles: (files: File[]) => void}} options
 */
export function fileButton({ id, label, accept, multiple = false, onFiles }) {
  const input = el('input', { type: 'file', id, accept, multiple, class: 'visually-hidden' });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) onFiles(files);
  });
  return el('span', { class: 'file-button' }, el('label', { class: 'button', for: id }, label), input);
}

/** A button, and in its place while its work is under way a progress bar with a button that ends it. The focus goes along. */
export class Action {
  element;
  #go;
  #cancel;
  #line = el('div', { class: 'progress-line', hidden: true });
  #bar;
  #text;

  /** @param {string} id @param {HTMLButtonElement} go @param {HTMLButtonElement} cancel */
  constructor(id, go, cancel) {
    this.#go = go;
    this.#cancel = cancel;
    this.#text = el('p', { class: 'small', id: `${id}-text` });
    this.#bar = el('progress', { max: 1, 'aria-labelledby': `${id}-text` });
    this.#line.append(el('div', { class: 'progress-body' }, this.#text, this.#bar), cancel);
    this.element = el('div', { class: 'go' }, go, this.#line);
  }

  /** @param {boolean} possible @param {{text: string, share: number | null} | null} progress  null: it is not under way */
  show(possible, progress) {
    const focused = document.activeElement;
    this.#go.disabled = !possible;
    this.#go.hidden = progress !== null;
    this.#line.hidden = progress === null;
    if (focused === this.#go && progress) this.#cancel.focus();
    if (focused === this.#cancel && !progress) this.#go.focus();
    if (!progress) return;
    if (this.#text.textContent !== progress.text) this.#text.textContent = progress.text;
    if (progress.share === null) this.#bar.removeAttribute('value');
    else this.#bar.value = progress.share;
  }
}
