// The address of the page: every state is a URL. Parsed strictly, frozen, and written back in one canonical form
// that leaves out what is at its default. Pure: runs in Node.

/**
 * @typedef {'evaluate' | 'results' | 'classifier' | 'annotate'} View
 * @typedef {'auto' | 'mt' | 'st'} Build
 * @typedef {'all' | 'right' | 'wrong' | 'ties'} Outcome
 *
 * @typedef {object} Params
 * @property {View} view
 * @property {string} model     id in the registry; '' is its first
 * @property {string} data      name of a suite; '' is the first
 * @property {string} recipe    name of a recipe
 * @property {number} limit     samples; 0 is all
 * @property {number} threads   0 is what the machine offers
 * @property {Build} build      engine: threaded, single-threaded, or what the browser offers
 * @property {boolean} autorun  press Run as soon as the page is ready
 * @property {string} run       kept record shown in Results; '' is the latest
 * @property {string} open      record file beside the page, shown in Results instead of a kept one
 * @property {Outcome} show     filter of the sample browser
 * @property {string} task      filter of the sample browser; '' is every task
 * @property {number} page      of the sample browser, from 1
 * @property {string} values    id of a value system of the page, for Classifier and Annotate; '' is the first
 */

/** @type {Readonly<Params>} */
export const DEFAULT_PARAMS = Object.freeze({
  view: 'evaluate',
  model: '',
  data: '',
  recipe: 'ch3ef',
  limit: 0,
  threads: 0,
  build: 'auto',
  autorun: false,
  run: '',
  open: '',
  show: 'all',
  task: '',
  page: 1,
  values: '',
});

/** @type {readonly View[]} */
export const VIEWS = Object.freeze(/** @type {const} */ (['evaluate', 'results', 'classifier', 'annotate']));

export const MAX_THREADS = 16;
export const MAX_LIMIT = 1000000;

const NAME = /^[a-z0-9][a-z0-9._-]{0,119}$/;

/** @param {string} text @param {number} low @param {number} high */
function integer(text, low, high) {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

/** @template {string} T @param {string} text @param {readonly T[]} choices */
function oneOf(text, choices) {
  return choices.find((choice) => choice === text);
}

/** @param {string} text */
function name(text) {
  return NAME.test(text) ? text : undefined;
}

/** One reader for each key: the value, or undefined when the text is not one. */
const READERS = /** @type {const} */ ({
  view: (/** @type {string} */ t) => oneOf(t, VIEWS),
  model: name,
  data: name,
  recipe: (/** @type {string} */ t) => oneOf(t, ['ch3ef', 'ch3ef-answers', 'ch3ef-tiles', 'grey']),
  limit: (/** @type {string} */ t) => (t === 'all' ? 0 : integer(t, 1, MAX_LIMIT)),
  threads: (/** @type {string} */ t) => integer(t, 1, MAX_THREADS),
  build: (/** @type {string} */ t) => oneOf(t, ['auto', 'mt', 'st']),
  autorun: (/** @type {string} */ t) => (t === '1' ? true : t === '0' ? false : undefined),
  run: name,
  open: (/** @type {string} */ t) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.jsonl$/.test(t) ? t : undefined),
  show: (/** @type {string} */ t) => oneOf(t, ['all', 'right', 'wrong', 'ties']),
  task: (/** @type {string} */ t) => (t.length <= 120 ? t : undefined),
  page: (/** @type {string} */ t) => integer(t, 1, MAX_LIMIT),
  values: name,
});

/**
 * @param {string} search  the query part of an address, with or without its question mark
 * @returns {{params: Readonly<Params>, problems: string[]}} one sentence for each thing that was ignored
 */
export function parseParams(search) {
  /** @type {Record<string, unknown>} */
  const values = { ...DEFAULT_PARAMS };
  /** @type {string[]} */
  const problems = [];
  /** @type {Set<string>} */
  const seen = new Set();
  for (const [key, text] of new URLSearchParams(search)) {
    const reader = Object.hasOwn(READERS, key) ? READERS[/** @type {keyof typeof READERS} */ (key)] : undefined;
    if (!reader) {
      problems.push(`The address has an unknown setting “${key}”; it was ignored.`);
    } else if (seen.has(key)) {
      problems.push(`The address has “${key}” twice; the first one counts.`);
    } else {
      const value = reader(text);
      if (value === undefined)
        problems.push(`The address has “${key}=${text}”, which is no valid value; the default is used.`);
      else values[key] = value;
    }
    seen.add(key);
  }
  return { params: Object.freeze(/** @type {Params} */ (/** @type {unknown} */ (values))), problems };
}

/**
 * @param {Params} params
 * @returns {string} '' or '?key=value&...'
 */
export function formatParams(params) {
  const out = new URLSearchParams();
  for (const key of /** @type {(keyof Params)[]} */ (Object.keys(DEFAULT_PARAMS))) {
    const value = params[key];
    if (value === DEFAULT_PARAMS[key]) continue;
    out.set(key, typeof value === 'boolean' ? '1' : String(value));
  }
  const text = out.toString();
  return text === '' ? '' : `?${text}`;
}
