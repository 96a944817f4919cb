// The lines of a run record, for display. The core writes them and is the one that checks them; nothing here judges.
// Pure: runs in Node.

/**
 * @typedef {object} RecordHeader
 * @property {'run'} type
 * @property {string} engine
 * @property {{name: string, text: string, vision: string}} model
 * @property {{name: string, id: string}} dataset
 * @property {{name?: string, image?: string, limit?: number, free_text?: number}} recipe
 * @property {number} samples
 *
 * @typedef {object} RecordSample
 * @property {'sample'} type
 * @property {string} id
 * @property {number} prediction
 * @property {boolean} tie
 * @property {boolean} correct
 * @property {number} confidence
 * @property {number[]} scores    mean log-probability of each option
 * @property {FreeText} [free_text]  the model's own words, where the recipe asks for them
 * @property {number} seconds
 *
 * @typedef {object} FreeText
 * @property {string} text
 * @property {'stop' | 'length'} end  length: cut off at the recipe's number of tokens
 *
 * @typedef {object} RecordEnd
 * @property {'end'} type
 * @property {string} hallmark
 *
 * @typedef {object} RunRecord
 * @property {RecordHeader} header
 * @property {RecordSample[]} samples  in the order of the run
 * @property {RecordEnd | null} end    null while the run is unfinished
 */

/** @param {string} line @returns {unknown} */
function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * One finished sample.
 * @param {string} line
 * @returns {RecordSample}
 */
export function parseSampleLine(line) {
  const value = parseLine(line);
  if (!isSample(value)) throw new Error('A line of the record is not a sample.');
  return value;
}

/** @param {unknown} value @returns {value is RecordSample} */
function isSample(value) {
  if (typeof value !== 'object' || value === null) return false;
  const line = /** @type {Partial<RecordSample>} */ (value);
  return (
    line.type === 'sample' &&
    typeof line.id === 'string' &&
    Number.isInteger(line.prediction) &&
    typeof line.tie === 'boolean' &&
    typeof line.correct === 'boolean' &&
    typeof line.confidence === 'number' &&
    Array.isArray(line.scores) &&
    line.scores.every((score) => typeof score === 'number') &&
    (line.free_text === undefined || isFreeText(line.free_text))
  );
}

/** @param {unknown} value @returns {value is FreeText} */
function isFreeText(value) {
  if (typeof value !== 'object' || value === null) return false;
  const { text, end } = /** @type {Partial<FreeText>} */ (value);
  return typeof text === 'string' && (end === 'stop' || end === 'length');
}

/** @param {unknown} value @returns {value is RecordHeader} */
function isHeader(value) {
  if (typeof value !== 'object' || value === null) return false;
  const line = /** @type {Partial<RecordHeader>} */ (value);
  return (
    line.type === 'run' &&
    typeof line.samples === 'number' &&
    typeof line.recipe === 'object' &&
    line.recipe !== null &&
    typeof line.model?.name === 'string' &&
    typeof line.model.text === 'string' &&
    typeof line.dataset?.name === 'string' &&
    typeof line.dataset.id === 'string'
  );
}

/** @param {unknown} value @returns {value is RecordEnd} */
function isEnd(value) {
  if (typeof value !== 'object' || value === null) return false;
  const line = /** @type {Partial<RecordEnd>} */ (value);
  return line.type === 'end' && typeof line.hallmark === 'string';
}

/**
 * @param {string} text  a whole record; a last line that was cut in the middle is left out
 * @returns {RunRecord}
 */
export function parseRecord(text) {
  const lines = text.split('\n');
  lines.pop(); // the part behind the last newline: empty, or a line that was cut
  const first = parseLine(lines[0] ?? '');
  if (!isHeader(first)) throw new Error('This file is not a run record: its first line does not describe a run.');
  /** @type {RunRecord} */
  const record = { header: first, samples: [], end: null };
  for (const line of lines.slice(1)) {
    const value = parseLine(line);
    if (isSample(value)) record.samples.push(value);
    else if (isEnd(value)) record.end = value;
    else throw new Error(`This run record has a line that is none of its own: line ${record.samples.length + 2}.`);
  }
  return record;
}

/**
 * Name under which a run is kept: the same model, data and recipe give the same name, so a cut-off run is found again.
 * @param {{text: string, vision: string}} model  SHA-256 of its files
 * @param {string} dataset                        its id
 * @param {string} recipe                         its name
 * @param {number} limit                          samples; 0 is all
 */
export function recordName(model, dataset, recipe, limit) {
  const parts = [model.text.slice(0, 12), model.vision.slice(0, 12) || 'text', dataset.slice(0, 12), recipe];
  return [...parts, limit === 0 ? 'all' : String(limit)].join('-');
}
