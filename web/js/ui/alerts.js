// The alert region: each failure one sentence, until it is dismissed or the next attempt begins.

import { button, el, icon } from './dom.js';

export class Alerts {
  #container;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#container = container;
  }

  /** @param {unknown} problem  an Error or a sentence */
  show(problem) {
    const sentence = problem instanceof Error ? problem.message : String(problem);
    for (const old of this.#container.querySelectorAll('p')) {
      if (old.textContent === sentence) return;
    }
    const alert = el('div', { class: 'alert' }, icon('wrong'), el('p', {}, sentence));
    alert.append(button('Dismiss', { kind: 'quiet', onClick: () => alert.remove() }));
    this.#container.append(alert);
    alert.scrollIntoView({ block: 'nearest' });
  }

  clear() {
    this.#container.replaceChildren();
  }
}
