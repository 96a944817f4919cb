// The latest samples of a run. A fast model finishes more of them in a second than anybody can read: then the newest
// is shown a few times a second, and the results have them all.

import { el } from './dom.js';
import { SampleCard } from './sample-card.js';

const SHOWN = 4;
const EVERY = 700; // milliseconds

/** @typedef {() => SampleCard} MakeCard */

export class SampleStream {
  #container;
  #list = el('ol', { class: 'stream-list' });
  /** @type {SampleCard[]} newest first */
  #cards = [];
  /** @type {MakeCard | null} */
  #next = null;
  #timer = 0;
  #last = -Infinity;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#container = container;
    container.replaceChildren(el('h2', {}, 'Latest samples'), this.#list);
    container.hidden = true;
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#next = null;
    for (const card of this.#cards) card.dispose();
    this.#cards = [];
    this.#list.replaceChildren();
    this.#container.hidden = true;
  }

  /** @param {MakeCard} make  called only when the sample is really shown */
  add(make) {
    this.#next = make;
    if (this.#timer !== 0) return;
    const wait = Math.max(0, this.#last + EVERY - performance.now());
    if (wait === 0) this.#show();
    else this.#timer = window.setTimeout(() => this.#show(), wait);
  }

  #show() {
    this.#timer = 0;
    if (!this.#next) return;
    this.#last = performance.now();
    const card = this.#next();
    this.#next = null;
    this.#cards.unshift(card);
    this.#list.prepend(el('li', {}, card.element));
    for (const old of this.#cards.splice(SHOWN)) {
      old.dispose();
      this.#list.lastElementChild?.remove();
    }
    this.#container.hidden = false;
  }
}
