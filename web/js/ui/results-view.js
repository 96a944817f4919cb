// Results: what a run found, how sure it is, and everything needed to look closer or verify it.

import { count, duration, groups, interval, percent, plural } from '../eval/format.js';
import { describeRecipe, recipeTitle } from '../eval/recipe.js';
import { againstChance, dimensionKey, title } from '../eval/report.js';
import { button, download, el } from './dom.js';
import { ReportTable } from './report-table.js';
import { SampleBrowser } from './sample-browser.js';
import { seal } from './seal.js';
import { whisker } from './whisker.js';

/** @typedef {import('../engine/open-record.js').OpenRecord} OpenRecord */
/** @typedef {import('../eval/report.js').Report} Report */
/** @typedef {import('../eval/report.js').Tally} Tally */
/** @typedef {import('../engine/protocol.js').RecordSummary} RecordSummary */
/**
 * @typedef {object} ResultsHandlers
 * @property {(index: number) => Promise<ArrayBuffer[]>} fetchImages
 * @property {(change: Partial<import('../eval/params.js').Params>) => void} onChange
 * @property {(file: File) => void} onOpen
 * @property {(name: string) => void} onRemove
 * @property {(name: string) => string} address  of a kept run's results
 * @property {() => void} onEvaluate
 */

export class ResultsView {
  #handlers;
  #lead = el('p', { class: 'lead' });
  #title = el('h1', { id: 'results-title', tabindex: -1 }, 'Results');
  #actions = el('div', { class: 'actions' });
  #body = el('div', { class: 'results-body' });
  #overview = el('div', { class: 'overview' });
  #hallmark = el('section', { class: 'panel', 'aria-label': 'Hallmark' });
  #runs = el('section', { class: 'panel', 'aria-labelledby': 'runs-title', hidden: true });
  #notice = el('div', { class: 'notice', hidden: true });
  #empty = el('div', { class: 'panel empty' });
  #table;
  #browser;
  #file = el('input', { type: 'file', accept: '.jsonl', hidden: true, id: 'record-file' });

  /** @param {HTMLElement} container @param {ResultsHandlers} handlers */
  constructor(container, handlers) {
    this.#handlers = handlers;
    const table = el('div', { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-labelledby': 'table-title' });
    const browser = el('section', { class: 'panel', 'aria-labelledby': 'samples-title' });
    this.#table = new ReportTable(table, (task) => {
      handlers.onChange({ task, show: 'all', page: 1 });
      this.#browser.focus();
    });
    this.#browser = new SampleBrowser(browser, handlers.fetchImages, handlers.onChange);
    this.#file.addEventListener('change', () => {
      const [file] = this.#file.files ?? [];
      if (file) handlers.onOpen(file);
      this.#file.value = '';
    });
    this.#body.append(
      this.#notice,
      this.#overview,
      this.#hallmark,
      el('section', { class: 'panel' }, el('h2', { id: 'table-title' }, 'Dimensions, domains and tasks'), table),
      browser,
    );
    this.#empty.append(
      el('p', {}, 'No run is shown yet.'),
      el(
        'div',
        { class: 'actions' },
        button('Evaluate a model', { kind: 'primary', icon: 'play', onClick: handlers.onEvaluate }),
        this.#openButton(),
      ),
      el('p', { class: 'small soft' }, 'A run record (.jsonl) can also be dropped anywhere on this page.'),
    );
    container.replaceChildren(
      el('div', { class: 'results-head' }, el('div', {}, this.#title, this.#lead), this.#actions),
      this.#file,
      this.#body,
      this.#empty,
      this.#runs,
    );
    this.showNothing();
  }

  focus() {
    this.#title.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  showNothing() {
    this.#body.hidden = true;
    this.#empty.hidden = false;
    this.#lead.textContent = '';
    this.#actions.replaceChildren();
    this.#browser.clear();
  }

  /** @param {OpenRecord} shown @param {import('./sample-browser.js').BrowserState} state */
  show(shown, state) {
    const { record, report, suite } = shown;
    this.#body.hidden = false;
    this.#empty.hidden = true;
    this.#lead.textContent = [
      record.header.model.name || 'unnamed model',
      record.header.dataset.name,
      recipeTitle(record.header.recipe),
      `${plural(report.n, 'sample')} of ${count(suite.samples.length)} in ${duration(report.seconds)}`,
    ].join(' · ');
    this.#showActions(shown);
    this.#notice.hidden = report.hallmark !== null;
    this.#notice.replaceChildren(
      el(
        'p',
        {},
        `This run is not finished: ${count(report.n)} of ${count(report.n_total)} samples. It has no hallmark yet.`,
      ),
    );
    this.#showOverview(report);
    this.#showHallmark(report.hallmark, shown.name);
    this.#table.show(report);
    this.showSamples(record, suite, state);
  }

  /** @param {import('../eval/record.js').RunRecord} record @param {import('../engine/protocol.js').Suite} suite @param {import('./sample-browser.js').BrowserState} state */
  showSamples(record, suite, state) {
    this.#browser.show(record.samples, suite.samples, state);
  }

  #openButton() {
    return button('Open a record…', { icon: 'open', onClick: () => this.#file.click() });
  }

  /** @param {OpenRecord} shown */
  #showActions({ name, text, reportJson }) {
    this.#actions.replaceChildren(
      button('Run record', {
        icon: 'download',
        id: 'save-record',
        onClick: () => download(`${name}.jsonl`, 'application/jsonl', text),
      }),
      button('Report', {
        icon: 'download',
        id: 'save-report',
        onClick: () => download(`${name}.report.json`, 'application/json', `${reportJson}\n`),
      }),
      this.#openButton(),
    );
  }

  /** @param {Report} report */
  #showOverview(report) {
    const ties = report.ties === 0 ? 'no ties' : report.ties === 1 ? '1 tie' : `${count(report.ties)} ties`;
    const overall = score('Overall accuracy', report, 'score-overall', `${plural(report.n, 'sample')}, ${ties}; `);
    const { sight } = report;
    if (sight.n > 0) {
      overall.append(
        el(
          'p',
          { class: 'score-note' },
          `Where the image is needed: ${percent(sight.accuracy)} of ${count(sight.n)}, interval ${interval(sight.ci)}.`,
        ),
      );
    }
    this.#overview.replaceChildren(
      overall,
      ...report.dimensions.map((dimension) =>
        score(
          title(dimension.name),
          dimension,
          'score-dimension',
          `${count(dimension.correct)} of ${count(dimension.n)}; `,
        ),
      ),
    );
  }

  /** @param {string | null} hallmark @param {string} name */
  #showHallmark(hallmark, name) {
    this.#hallmark.hidden = hallmark === null;
    if (hallmark === null) return;
    const said = el('span', { class: 'small soft', role: 'status' });
    const copy = button('Copy', {
      icon: 'copy',
      id: 'copy-hallmark',
      onClick: () => {
        void copyText(hallmark, said);
      },
    });
    this.#hallmark.replaceChildren(
      el(
        'div',
        { class: 'hallmark' },
        seal(hallmark),
        el(
          'div',
          {},
          el('h2', {}, 'Hallmark'),
          el(
            'p',
            { class: 'small soft' },
            'This SHA-256 covers the weights, the data, the recipe and every log-probability of the run: whoever runs it again, in any browser, in Node or natively, with any number of threads, gets these same digits.',
          ),
          el(
            'p',
            { class: 'digits', id: 'hallmark', 'data-hallmark': hallmark },
            el('span', { class: 'visually-hidden' }, hallmark),
            ...groups(hallmark).map((group) => el('span', { 'aria-hidden': 'true' }, group)),
          ),
          el(
            'div',
            { class: 'hallmark-actions' },
            copy,
            said,
            el('span', { class: 'small soft' }, 'Verify: ', el('code', {}, `assay verify ${name}.jsonl`)),
          ),
        ),
      ),
    );
  }

  /** @param {readonly RecordSummary[]} runs @param {string} current  name of the one that is shown */
  showRuns(runs, current) {
    this.#runs.hidden = runs.length === 0;
    this.#runs.replaceChildren(
      el('h2', { id: 'runs-title' }, 'Runs on this machine'),
      el('ul', { class: 'runs' }, ...runs.map((run) => this.#runItem(run, run.name === current))),
    );
  }

  /** @param {RecordSummary} run @param {boolean} current */
  #runItem({ name, header, done, hallmark, modified }, current) {
    const link = el(
      'a',
      { href: this.#handlers.address(name), 'aria-current': current ? 'true' : undefined, 'data-run': name },
      `${header.model.name || 'unnamed model'} · ${header.dataset.name} · ${describeRecipe(header.recipe)}`,
    );
    const state =
      hallmark === null
        ? `${count(done)} of ${plural(header.samples, 'sample')}, not finished`
        : plural(done, 'sample');
    const remove = button('Delete', { kind: 'quiet', icon: 'remove', onClick: () => this.#handlers.onRemove(name) });
    remove.setAttribute('aria-label', `Delete the run ${link.textContent}`);
    return el(
      'li',
      {},
      el(
        'div',
        { class: 'run-facts' },
        link,
        el(
          'p',
          { class: 'small soft' },
          `${state}${current ? ' · shown above' : ''} · ${new Date(modified).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}`,
        ),
      ),
      remove,
    );
  }
}

/** @param {string} heading @param {Tally} group @param {string} className @param {string} facts */
function score(heading, group, className, facts) {
  return el(
    'section',
    {
      class: `score panel ${className}`,
      'data-dimension': className === 'score-dimension' ? dimensionKey(heading) : undefined,
    },
    el('h2', {}, heading),
    el('p', { class: 'score-value' }, group.n === 0 ? '–' : percent(group.accuracy)),
    group.n > 0 && whisker(group),
    group.n > 0 &&
      el(
        'p',
        { class: 'scale', 'aria-hidden': 'true' },
        el('span', {}, '0'),
        el('span', {}, '50'),
        el('span', {}, '100 %'),
      ),
    el(
      'p',
      { class: 'score-note' },
      group.n === 0
        ? 'no samples'
        : `${facts}95 % interval ${interval(group.ci)}; ${againstChance(group)} (${percent(group.chance)}).`,
    ),
  );
}

/** @param {string} text @param {HTMLElement} said */
async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = 'Copied.';
  } catch {
    const selection = getSelection();
    const digits = document.getElementById('hallmark');
    if (selection && digits) selection.selectAllChildren(digits);
    said.textContent = 'Copying is not allowed here: the digits are selected.';
  }
}
