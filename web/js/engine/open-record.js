// From the text of a run record to what the results show: its lines, checked by the core, and the core's report.

import { parseRecord } from '../eval/record.js';
import { parseReport } from '../eval/report.js';

/**
 * @typedef {object} OpenRecord
 * @property {string} name   for file names
 * @property {string} text   the record
 * @property {import('../eval/record.js').RunRecord} record
 * @property {string} reportJson
 * @property {import('../eval/report.js').Report} report
 * @property {import('./protocol.js').Suite} suite
 */

/**
 * @param {import('./keeper.js').Opened} engine
 * @param {string} name
 * @param {string} text
 * @returns {Promise<OpenRecord>}
 */
export async function openRecord({ client, suite }, name, text) {
  const record = parseRecord(text);
  const { dataset } = record.header;
  if (dataset.id !== suite.id) {
    throw new Error(`This run was made on other data than is open here: ${dataset.name}, ${dataset.id.slice(0, 12)}….`);
  }
  if (record.end) await client.check(text);
  const reportJson = await client.report(text);
  return { name, text, record, reportJson, report: parseReport(reportJson), suite };
}
