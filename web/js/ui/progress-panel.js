// A run under way: progress, figures, a cell for each sample, and the buttons that pause and end it.

import { count, percent, rate, timeLeft, bytes } from '../eval/format.js';
import { Estimator } from '../eval/estimator.js';
import { button, el } from './dom.js';

const MAX_CELLS = 2000;
const TICK = 250; // milliseconds between two looks at how far the sample under way is

/** @typedef {{onPause: () => void, onResume: () => void, onCancel: () => void, sampleProgress: () => number}} ProgressHandlers */

export class ProgressPanel {
  #container;
  #handlers;
  #title = el('h2', { tabindex: -1 });
  #bar = el('progress', { 'aria-labelledby': 'progress-label' });
  #label = el('p', { class: 'visually-hidden', id: 'progress-label' });
  #figures = { done: el('dd'), speed: el('dd'), left: el('dd'), right: el('dd') };
  #strip = el('div', { class: 'strip', 'aria-hidden': 'true' });
  #tally = { right: el('span'), wrong: el('span'), ties: el('span') };
  #pause;
  #resume;
  #cancel;
  #estimator = new Estimator();
  #counts = { done: 0, total: 0, right: 0, ties: 0 };
  #timer = 0;

  /** @param {HTMLElement} container @param {ProgressHandlers} handlers */
  constructor(container, handlers) {
    this.#container = container;
    this.#handlers = handlers;
    this.#pause = button('Pause', { icon: 'pause', id: 'pause', onClick: handlers.onPause });
    this.#resume = button('Resume', { icon: 'play', id: 'resume', kind: 'primary', onClick: handlers.onResume });
    this.#cancel = button('Cancel', { icon: 'stop', id: 'cancel', onClick: handlers.onCancel });
    const figure = (/** @type {string} */ name, /** @type {HTMLElement} */ value) =>
      el('div', {}, el('dt', {}, name), value);
    const swatch = (/** @type {string} */ kind, /** @type {HTMLElement} */ text) =>
      el('span', {}, el('i', { class: `cell cell-${kind}`, 'aria-hidden': 'true' }), text);
    container.replaceChildren(
      el(
        'div',
        { class: 'run-head' },
        this.#title,
        el('div', { class: 'run-buttons' }, this.#pause, this.#resume, this.#cancel),
      ),
      this.#label,
      this.#bar,
      el(
        'dl',
        { class: 'figures' },
        figure('Samples', this.#figures.done),
        figure('Speed', this.#figures.speed),
        figure('Time left', this.#figures.left),
        figure('Right so far', this.#figures.right),
      ),
      this.#strip,
      el(
        'p',
        { class: 'tally' },
        swatch('right', this.#tally.right),
        swatch('wrong', this.#tally.wrong),
        swatch('tie', this.#tally.ties),
      ),
    );
  }

  /** @param {string} title  what is being run */
  open(title) {
    this.#title.textContent = title;
    this.#estimator = new Estimator();
    this.#counts = { done: 0, total: 0, right: 0, ties: 0 };
    this.#strip.replaceChildren();
    this.#container.hidden = false;
    this.#buttons('loading');
    for (const value of Object.values(this.#figures)) value.textContent = '–';
    this.#tallies();
    this.#bar.removeAttribute('value');
    this.#label.textContent = 'Loading the model';
    this.#title.focus({ preventScroll: true });
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#moveBar(), TICK);
  }

  close() {
    clearInterval(this.#timer);
    this.#container.hidden = true;
  }

  /** @param {{done: number, total: number}} progress  bytes of the model */
  loading({ done, total }) {
    this.#bar.max = total;
    this.#bar.value = done;
    this.#figures.done.textContent = '–';
    this.#figures.left.textContent = done < total ? `loading ${bytes(done)} of ${bytes(total)}` : 'preparing…';
  }

  /** @param {number} total @param {readonly import('../eval/record.js').RecordSample[]} earlier  what a resumed record already holds */
  begin(total, earlier) {
    this.#counts.total = total;
    this.#label.textContent = 'Samples scored';
    if (total <= MAX_CELLS) this.#strip.append(...Array.from({ length: total }, () => el('i', { class: 'cell' })));
    for (const sample of earlier) this.#mark(sample);
    this.#buttons('running');
    this.#refresh();
  }

  /** @param {import('../eval/record.js').RecordSample} sample @param {number} seconds */
  add(sample, seconds) {
    this.#estimator.add(seconds);
    this.#mark(sample);
    this.#refresh();
  }

  /** @param {'running' | 'paused' | 'stopping'} state */
  setState(state) {
    this.#buttons(state);
    if (state === 'paused') this.#figures.left.textContent = 'paused';
    if (state === 'stopping') this.#figures.left.textContent = 'stopping…';
    if (state === 'running') this.#refresh();
  }

  /** Done so far, for the title and the status line. */
  get share() {
    return this.#counts.total === 0 ? 0 : this.#counts.done / this.#counts.total;
  }

  /** In words. */
  get left() {
    return timeLeft(this.#estimator.left(this.#counts.total - this.#counts.done));
  }

  /** @param {import('../eval/record.js').RecordSample} sample */
  #mark(sample) {
    const cell = this.#strip.children[this.#counts.done];
    if (cell) cell.className = `cell cell-${sample.tie ? 'tie' : sample.correct ? 'right' : 'wrong'}`;
    this.#counts.done += 1;
    if (sample.correct) this.#counts.right += 1;
    if (sample.tie) this.#counts.ties += 1;
  }

  #refresh() {
    const { done, total, right } = this.#counts;
    this.#figures.done.textContent = `${count(done)} of ${count(total)}`;
    this.#figures.speed.textContent = rate(this.#estimator.rate());
    this.#figures.left.textContent = this.left;
    this.#figures.right.textContent = done === 0 ? '–' : `${count(right)} (${percent(right / done)})`;
    this.#tallies();
    this.#moveBar();
  }

  #tallies() {
    const { done, right, ties } = this.#counts;
    this.#tally.right.textContent = `${count(right)} right`;
    this.#tally.wrong.textContent = `${count(done - right)} wrong`;
    this.#tally.ties.textContent = `${count(ties)} ${ties === 1 ? 'tie' : 'ties'}`;
  }

  #moveBar() {
    const { done, total } = this.#counts;
    if (total === 0) return;
    this.#bar.max = total;
    this.#bar.value = done + (done < total ? Math.min(0.99, this.#handlers.sampleProgress()) : 0);
  }

  /** @param {'loading' | 'running' | 'paused' | 'stopping'} state */
  #buttons(state) {
    const focused = document.activeElement;
    this.#pause.hidden = state === 'paused';
    this.#resume.hidden = state !== 'paused';
    this.#pause.disabled = state !== 'running';
    this.#cancel.disabled = state === 'stopping';
    // A button that vanishes under the finger hands the focus to the one that takes its place.
    if (focused === this.#pause && state === 'paused') this.#resume.focus();
    if (focused === this.#resume && state === 'running') this.#pause.focus();
  }
}
