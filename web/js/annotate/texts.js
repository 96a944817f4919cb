// The texts of label files, without what others said of them: an annotator is not to see it, so it is not kept either.
// Pure: runs in Node.

/** @typedef {{id: string, scenario: string, response: string, source: string}} Text */

/** What a line of Assay's JSONL says of a text itself. */
const OWN = Object.freeze(['id', 'scenario', 'response', 'source', 'model']);

/**
 * JSONL with the labels left out, line by line, so that a file labelled for other values can be read and the line numbers of
 * complaints stay right. What is no object on a line of its own stays as it is: the core says what is wrong with it.
 * @param {string} jsonl
 */
export function withoutLabels(jsonl) {
  return jsonl.split('\n').map(bareLine).join('\n');
}

/** @param {string} line */
function bareLine(line) {
  let object;
  try {
    object = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return line;
  if (typeof object.id === 'number' && !Number.isSafeInteger(object.id)) return line; // its digits would change
  return JSON.stringify(Object.fromEntries(OWN.filter((key) => key in object).map((key) => [key, object[key]])));
}

/** The texts of a canonical label set, each once, in its order. @param {string} jsonl @returns {Text[]} */
export function textsOf(jsonl) {
  /** @type {Map<string, Text>} */
  const texts = new Map();
  for (const line of jsonl.split('\n')) {
    if (line === '') continue;
    const { id, scenario = '', response = '', source = '' } = JSON.parse(line);
    if (!texts.has(id)) texts.set(id, Object.freeze({ id, scenario, response, source }));
  }
  return [...texts.values()];
}

/**
 * The answers of a run as JSONL: the model's own words where the recipe asked for them, else the options that it chose. A run
 * holds no questions; these are the suite's.
 * @param {import('../eval/record.js').RunRecord} record
 * @param {{name: string, id: string, samples: readonly {id: string, question: string, options: readonly string[]}[]}} suite
 */
export function textsOfRun({ header, samples }, suite) {
  if (header.dataset.id !== suite.id) throw new Error(`This run is one over ${header.dataset.name}, and ${suite.name} is open.`);
  const asked = new Map(suite.samples.map((sample) => [sample.id, sample]));
  const source = header.model.name;
  const free = samples.some(({ free_text: words }) => words !== undefined);
  /** @type {string[]} */
  const lines = [];
  for (const { id, prediction, free_text: words } of samples) {
    const sample = asked.get(id);
    const response = (free ? (words?.text ?? '') : (sample?.options[prediction] ?? '')).trim();
    if (!sample || response === '') continue;
    lines.push(`${JSON.stringify({ id, scenario: sample.question, response, ...(source === '' ? {} : { source }) })}\n`);
  }
  return lines.join('');
}
