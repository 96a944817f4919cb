// All texts of a session are answered: what came out, and what can be done with it.

import { count } from '../eval/format.js';
import { exportControl } from './annotate-export.js';
import { button, el } from './dom.js';

/** @typedef {import('../annotate/session-store.js').Session} Session */
/**
 * @typedef {object} DoneHandlers
 * @property {(format: import('../annotate/export.js').Format) => void} onExport
 * @property {() => void} onAgain     the skipped ones
 * @property {() => void} onUndo
 * @property {() => void} onNextValue
 */

export class AnnotateDone {
  element = el('section', { class: 'panel annotate-done', 'aria-labelledby': 'annotate-done-title' });
  #handlers;
  #title = el('h2', { id: 'annotate-done-title', tabindex: -1 });

  /** @param {DoneHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** @param {Session} session @param {import('../annotate/queue.js').Counts} counts */
  show(session, counts) {
    const { onExport, onAgain, onUndo, onNextValue } = this.#handlers;
    this.#title.textContent = session.n === 1 ? 'The one text is labelled' : `All ${count(session.n)} texts are labelled`;
    const figures = /** @type {const} */ ([
      ['Adheres', counts.adheres],
      ['Opposes', counts.opposes],
      ['Unrelated', counts.unrelated],
      ['Skipped', counts.skipped],
    ]);
    this.element.replaceChildren(
      this.#title,
      el('dl', { class: 'figures' }, ...figures.map(([name, n]) => el('div', {}, el('dt', {}, name), el('dd', {}, count(n))))),
      el(
        'p',
        {},
        `Export your answers for ${session.value.name} as a label file: `,
        'the classifier learns from it, and others can merge it with theirs.',
      ),
      exportControl(session, onExport, 'primary'),
      el(
        'div',
        { class: 'actions' },
        counts.skipped > 0 && button(againLabel(counts.skipped), { id: 'annotate-again', onClick: onAgain }),
        button('Same texts, another value', { id: 'annotate-next-value', onClick: onNextValue }),
        button('Undo the last answer', { kind: 'quiet', id: 'annotate-undo-last', onClick: onUndo }),
      ),
    );
  }

  focus() {
    this.#title.focus();
  }
}

/** @param {number} n  skipped texts */
function againLabel(n) {
  return n === 1 ? 'Look at the skipped text again' : `Look at the ${count(n)} skipped texts again`;
}
