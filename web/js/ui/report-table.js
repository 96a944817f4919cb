// The table of dimensions, domains and tasks.

import { count, interval, percent } from '../eval/format.js';
import { dimensionKey, reportRows, title } from '../eval/report.js';
import { el, tableHead } from './dom.js';
import { whisker } from './whisker.js';

/** @typedef {import('../eval/report.js').Row} Row */

export class ReportTable {
  #container;
  #onTask;

  /** @param {HTMLElement} container @param {(task: string) => void} onTask  a task's name was pressed */
  constructor(container, onTask) {
    this.#container = container;
    this.#onTask = onTask;
  }

  /** @param {import('../eval/report.js').Report} report */
  show(report) {
    const head = ['Dimension, domain, task', 'n', 'Accuracy', '95 % interval', '', 'Chance'];
    const columns = ['', '', '', 'col-interval', 'col-whisker', 'col-chance'];
    this.#container.replaceChildren(
      el(
        'table',
        {},
        el(
          'caption',
          {},
          'Share of samples whose choice is a right answer, with its Wilson interval. The dashed mark is what guessing gets.',
        ),
        tableHead(head, columns),
        el('tbody', {}, ...reportRows(report).map((row) => this.#row(row))),
      ),
    );
  }

  /** @param {Row} row */
  #row({ level, group, dimension }) {
    return el(
      'tr',
      { class: `level-${level}`, 'data-dimension': dimensionKey(dimension) },
      el('th', { scope: 'row' }, level === 2 ? this.#taskLink(group.name) : title(group.name)),
      el('td', {}, count(group.n)),
      el(
        'td',
        {},
        percent(group.accuracy),
        group.n > 0 && el('span', { class: 'narrow-interval' }, interval(group.ci)),
      ),
      el('td', { class: 'col-interval' }, group.n === 0 ? '–' : interval(group.ci)),
      el('td', { class: 'col-whisker' }, group.n === 0 ? null : whisker(group)),
      el('td', { class: 'col-chance' }, percent(group.chance)),
    );
  }

  /** @param {string} task */
  #taskLink(task) {
    const link = el('button', { type: 'button', class: 'task-link', title: `Show the samples of ${task}` }, task);
    link.addEventListener('click', () => this.#onTask(task));
    return link;
  }
}
