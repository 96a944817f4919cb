// What is kept of a classifier in this browser: which one, whether it is open, what it needs, and a way to be rid of it.

import { VALUE_SYSTEMS } from '../eval/value-systems.js';
import { OWN } from './classifier-values.js';
import { button, el } from './dom.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/**
 * @typedef {object} KeptHandlers
 * @property {() => void} onOpenKept
 * @property {() => void} onSaveKept    as a file, as it is
 * @property {() => void} onRemoveKept
 */

export class KeptPart {
  element = el('div', { class: 'notice start', id: 'kept', hidden: true });
  #text = el('p');
  #open;
  #save;
  #remove;

  /** @param {KeptHandlers} handlers */
  constructor({ onOpenKept, onSaveKept, onRemoveKept }) {
    this.#open = button('Open it', { icon: 'open', id: 'kept-open', onClick: onOpenKept });
    this.#save = button('Save it as a file', { icon: 'download', id: 'kept-save', onClick: onSaveKept });
    this.#remove = button('Remove it', { kind: 'quiet', icon: 'remove', id: 'kept-remove', onClick: onRemoveKept });
    this.#remove.setAttribute('aria-label', 'Remove the classifier from this browser');
    this.element.append(this.#text, this.#open, this.#save, this.#remove);
  }

  /** @param {ClassifierState} state */
  show(state) {
    const { kept, keptProblem, classifier, keeps } = state;
    const inUse = kept !== null && classifier?.sha256 === kept.sha256;
    const unkept = !keeps && classifier !== null;
    this.element.hidden = !kept && !unkept;
    const focused = document.activeElement;
    this.#open.hidden = !kept || inUse;
    this.#save.hidden = keptProblem === '';
    this.#remove.hidden = !kept;
    if (focused === this.#open && inUse) this.#remove.focus();
    const text = kept
      ? sentences(state, inUse)
      : 'This browser keeps nothing for this page: save the classifier in step 3 before you close the tab.';
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}

/** @param {ClassifierState} state @param {boolean} inUse */
function sentences({ kept, keptProblem, needs, chosen }, inUse) {
  if (!kept) return '';
  const { system, time, file } = kept;
  const date = new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
  const what = `The classifier of ${date} over ${system.name}${file === '' ? '' : ` (${file})`}`;
  if (keptProblem !== '') return `${what}, kept in this browser, could not be opened: ${keptProblem}`;
  if (!inUse) return `${what} is kept in this browser; it is not open.`;
  const other = chosen === OWN && VALUE_SYSTEMS.some(({ id }) => id === system.id);
  return [
    `${what}, kept in this browser.`,
    'Kept with it are the texts that it learnt from and their labels, but not who gave them.',
    other ? 'Its values are not those that this page has under the same name.' : '',
    needs === '' ? '' : `To judge, it needs the encoder ${needs}: open its file in step 3.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
