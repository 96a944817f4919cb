// Which samples the browser of the results shows: filter and paging. Pure: runs in Node.

/** @typedef {import('./record.js').RecordSample} RecordSample */
/** @typedef {import('./params.js').Outcome} Outcome */

export const PAGE_SIZE = 6;

/**
 * @param {readonly RecordSample[]} samples
 * @param {{show: Outcome, task: string}} filter  task '' is every task
 * @param {(id: string) => string | undefined} taskOf
 * @returns {RecordSample[]}
 */
export function selectSamples(samples, filter, taskOf) {
  return samples.filter((sample) => {
    if (filter.task !== '' && taskOf(sample.id) !== filter.task) return false;
    switch (filter.show) {
      case 'right':
        return sample.correct;
      case 'wrong':
        return !sample.correct;
      case 'ties':
        return sample.tie;
      default:
        return true;
    }
  });
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {number} page  from 1; a page past the end gives the last one
 * @param {number} [size]
 * @returns {{items: T[], page: number, pages: number, first: number, last: number, total: number}}  first and last from 1
 */
export function paginate(items, page, size = PAGE_SIZE) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const at = Math.min(Math.max(1, page), pages);
  const slice = items.slice((at - 1) * size, at * size);
  const first = slice.length === 0 ? 0 : (at - 1) * size + 1;
  return { items: slice, page: at, pages, first, last: (at - 1) * size + slice.length, total: items.length };
}
