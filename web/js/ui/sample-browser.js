// The samples of a finished or unfinished run: filter and paging. Images are fetched when their page is shown.

import { count, plural } from '../eval/format.js';
import { paginate, selectSamples } from '../eval/selection.js';
import { segment } from './controls.js';
import { button, el } from './dom.js';
import { SampleCard } from './sample-card.js';

/** @typedef {import('../eval/params.js').Params} Params */
/** @typedef {import('../eval/record.js').RecordSample} RecordSample */
/** @typedef {import('../engine/protocol.js').SuiteSample} SuiteSample */
/** @typedef {Pick<Params, 'show' | 'task' | 'page'>} BrowserState */

const SHOWS = /** @type {const} */ ([
  ['all', 'All'],
  ['right', 'Right'],
  ['wrong', 'Wrong'],
  ['ties', 'Ties'],
]);

export class SampleBrowser {
  #filters = el('div', { class: 'browser-filters' });
  #list = el('ol', { class: 'browser-list' });
  #pager = el('nav', { class: 'pager', 'aria-label': 'Pages of samples' });
  #heading = el('h2', { tabindex: -1, id: 'samples-title' }, 'Samples');
  /** @type {SampleCard[]} */
  #cards = [];
  #fetchImages;
  #onChange;

  /**
   * @param {HTMLElement} container
   * @param {(index: number) => Promise<ArrayBuffer[]>} fetchImages
   * @param {(change: Partial<BrowserState>) => void} onChange
   */
  constructor(container, fetchImages, onChange) {
    this.#fetchImages = fetchImages;
    this.#onChange = onChange;
    container.replaceChildren(this.#heading, this.#filters, this.#list, this.#pager);
  }

  focus() {
    this.#heading.focus({ preventScroll: true });
    this.#heading.scrollIntoView({ block: 'start' });
  }

  /**
   * @param {readonly RecordSample[]} results
   * @param {readonly SuiteSample[]} samples  of the suite
   * @param {BrowserState} state
   */
  show(results, samples, state) {
    const indexOf = new Map(samples.map((sample, i) => [sample.id, i]));
    const taskOf = (/** @type {string} */ id) => samples[indexOf.get(id) ?? -1]?.task;
    const page = paginate(selectSamples(results, state, taskOf), state.page);
    this.#showFilters(results, taskOf, state);
    for (const card of this.#cards) card.dispose();
    const places = new Map(results.map((result, i) => [result.id, `${count(i + 1)} of ${count(results.length)}`]));
    this.#cards = [];
    const items = page.items.flatMap((result) => {
      const index = indexOf.get(result.id);
      if (index === undefined) return [];
      const card = new SampleCard(samples[index], result, places.get(result.id) ?? '');
      this.#cards.push(card);
      void this.#loadImages(card, index);
      return [el('li', {}, card.element)];
    });
    this.#list.replaceChildren(
      ...(items.length > 0 ? items : [el('li', { class: 'soft' }, 'No sample is like that.')]),
    );
    this.#showPager(page);
  }

  /** @param {SampleCard} card @param {number} index */
  async #loadImages(card, index) {
    try {
      const images = await this.#fetchImages(index);
      if (this.#cards.includes(card)) card.showImages(images);
    } catch (error) {
      card.showNoImages(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {readonly RecordSample[]} results @param {(id: string) => string | undefined} taskOf @param {BrowserState} state */
  #showFilters(results, taskOf, state) {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.id : '';
    const counts = {
      all: results.length,
      right: results.filter((r) => r.correct).length,
      wrong: results.filter((r) => !r.correct).length,
      ties: results.filter((r) => r.tie).length,
    };
    const segments = SHOWS.map(([show, text]) =>
      segment({
        group: 'show',
        value: show,
        text: `${text} ${count(counts[show])}`,
        checked: state.show === show,
        onChoose: () => this.#onChange({ show, page: 1 }),
      }),
    );
    const tasks = [...new Set(results.map((result) => taskOf(result.id)).filter((task) => task !== undefined))];
    const select = el(
      'select',
      { id: 'task' },
      el('option', { value: '' }, 'Every task'),
      ...tasks.map((task) => el('option', { value: task, selected: task === state.task }, task)),
    );
    select.addEventListener('change', () => this.#onChange({ task: select.value, page: 1 }));
    this.#filters.replaceChildren(
      el('div', { role: 'radiogroup', 'aria-label': 'Which samples', class: 'segments' }, ...segments),
      el('label', { class: 'field' }, el('span', {}, 'Task'), select),
    );
    if (focused.startsWith('show-') || focused === 'task') document.getElementById(focused)?.focus();
  }

  /** @param {ReturnType<typeof paginate>} page */
  #showPager({ page, pages, first, last, total }) {
    const turn = (/** @type {number} */ to) => {
      this.#onChange({ page: to });
      this.focus();
    };
    const previous = button('Previous', { onClick: () => turn(page - 1) });
    const next = button('Next', { onClick: () => turn(page + 1) });
    previous.disabled = page <= 1;
    next.disabled = page >= pages;
    const text = total === 0 ? 'none' : `${count(first)}–${count(last)} of ${plural(total, 'sample')}`;
    this.#pager.replaceChildren(previous, el('p', { class: 'soft', 'aria-live': 'polite' }, text), next);
  }

  clear() {
    for (const card of this.#cards) card.dispose();
    this.#cards = [];
    this.#list.replaceChildren();
  }
}
