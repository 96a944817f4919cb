// The core's report, checked and laid out as rows. All its numbers come from the core. Pure: runs in Node.

/**
 * @typedef {object} Tally
 * @property {number} n
 * @property {number} correct
 * @property {number | null} accuracy   0..1; null when n is 0
 * @property {[number, number]} ci      95 % Wilson interval, 0..1
 * @property {number | null} chance     what guessing would get on average, 0..1; null when n is 0
 * @property {number} ties
 *
 * @typedef {Tally & {name: string}} Group
 * @typedef {Group & {tasks: Group[]}} Domain
 * @typedef {Group & {domains: Domain[]}} Dimension
 *
 * @typedef {object} Whole
 * @property {string | null} hallmark   null while the run is unfinished
 * @property {number} n_total
 * @property {number} seconds
 * @property {Tally} sight              of the samples that cannot be answered without the image
 * @property {Dimension[]} dimensions
 *
 * @typedef {Tally & Whole} Report      n: samples that are done
 *
 * @typedef {object} Row
 * @property {0 | 1 | 2} level          dimension, domain, task
 * @property {Group} group
 * @property {string} dimension
 */

/** @param {string} json @returns {Report} */
export function parseReport(json) {
  const report = /** @type {Report} */ (JSON.parse(json));
  if (
    !Array.isArray(report.dimensions) ||
    typeof report.n !== 'number' ||
    !Array.isArray(report.ci) ||
    typeof report.sight?.n !== 'number'
  ) {
    throw new Error('The report of the core is not in the form this page knows.');
  }
  return report;
}

/** The table, top to bottom. @param {Report} report @returns {Row[]} */
export function reportRows(report) {
  /** @type {Row[]} */
  const rows = [];
  for (const dimension of report.dimensions) {
    rows.push({ level: 0, group: dimension, dimension: dimension.name });
    for (const domain of dimension.domains) {
      rows.push({ level: 1, group: domain, dimension: dimension.name });
      for (const task of domain.tasks) rows.push({ level: 2, group: task, dimension: dimension.name });
    }
  }
  return rows;
}

/** Where the chance level stands against an interval, in words. @param {Pick<Tally, 'ci' | 'chance'>} group */
export function againstChance(group) {
  if (group.chance === null) return 'no chance level';
  if (group.ci[0] > group.chance) return 'better than chance';
  if (group.ci[1] < group.chance) return 'worse than chance';
  return 'not distinguishable from chance';
}

/** Names of dimensions as a heading. @param {string} name */
export function title(name) {
  return name === '' ? name : name[0].toUpperCase() + name.slice(1);
}

/** Key of a dimension's colour: one of the three the page knows. @param {string} name */
export function dimensionKey(name) {
  const key = name.toLowerCase();
  return ['helpful', 'honest', 'harmless'].includes(key) ? key : 'other';
}
