// The address of the page as its state: read at the start and at every step through the history, written at every
// change. Links of the page itself change the state without loading the page anew, so that a run goes on.

import { DEFAULT_PARAMS, VIEWS, formatParams, parseParams } from '../eval/params.js';

/** @typedef {import('../eval/params.js').Params} Params */

/** What belongs to one view of one run, back at its defaults. */
export const FRESH_RESULTS = Object.freeze({
  run: '',
  open: '',
  show: /** @type {const} */ ('all'),
  task: '',
  page: 1,
});

export class AddressBar {
  #params = DEFAULT_PARAMS;
  #onProblem;

  /**
   * @param {(sentence: string) => void} onProblem  for each part of an address that was ignored
   * @param {() => void} onBack                     the state has changed by a step through the history
   * @param {() => void} onFollow                   the state has changed by a link
   */
  constructor(onProblem, onBack, onFollow) {
    this.#onProblem = onProblem;
    window.addEventListener('popstate', () => {
      this.read();
      onBack();
    });
    document.addEventListener('click', (event) => {
      const link = ownLink(event);
      if (!link) return;
      event.preventDefault();
      const view = VIEWS.find((name) => name === link.dataset.view);
      if (view === 'results') this.set({ view }, true);
      else if (view) this.set({ ...FRESH_RESULTS, view }, true);
      else this.set(parseParams(link.search).params, true);
      onFollow();
    });
  }

  read() {
    const { params, problems } = parseParams(location.search);
    this.#params = params;
    for (const problem of problems) this.#onProblem(problem);
  }

  get params() {
    return this.#params;
  }

  /** The address of the present state with a change. @param {Partial<Params>} change */
  with(change) {
    return `./${formatParams({ ...this.#params, ...change })}`;
  }

  /** @param {Partial<Params>} change @param {boolean} [push]  a new entry of the history */
  set(change, push = false) {
    const address = this.with(change);
    this.#params = Object.freeze({ ...this.#params, ...change });
    if (push) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }
}

/** The link of this page that a plain click goes to, or null. @param {MouseEvent} event */
function ownLink(event) {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || modified) return null;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.hasAttribute('download') || link.hash !== '') return null;
  return link.origin === location.origin && link.pathname === location.pathname ? link : null;
}
