// The list of known models (data/models.json), parsed strictly: a wrong entry is refused with a sentence, not guessed.
// What it may hold stands in src/cli/registry.h. Pure: runs in Node.

/**
 * @typedef {object} KnownFile
 * @property {string} url      absolute
 * @property {string} name     its last part
 * @property {number} bytes    0: not known
 * @property {string} sha256   '': not known
 * @property {boolean} bundled lies below the list: it comes with the page
 *
 * @typedef {object} KnownModel
 * @property {string} id
 * @property {string} name
 * @property {'multimodal' | 'encoder'} kind
 * @property {string} licence
 * @property {string} note     one sentence about it; may be ''
 * @property {number} bytes    of all its files; 0: not known
 * @property {boolean} bundled all of it comes with the page
 * @property {KnownFile[]} text  all parts of a split file
 * @property {KnownFile | null} vision
 */

const MAX_PARTS = 32;
const MAX_BYTES = 2 ** 36;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,118}$/;
const ID = /^[a-z0-9_][a-z0-9._-]{0,118}$/;
const KINDS = /** @type {const} */ (['multimodal', 'encoder']);

/** @param {string} what @returns {never} */
function refuse(what) {
  throw new Error(`models.json: ${what}.`);
}

/** @param {unknown} value @param {string} what @param {readonly string[]} keys @returns {Record<string, unknown>} */
function object(value, what, keys) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`${what} is not an object`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) refuse(`${what} has an unknown key ${unknown}`);
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {unknown} value @param {string} what @returns {string} */
function text(value, what) {
  return typeof value === 'string' ? value : refuse(`${what} is not a text`);
}

/** @param {string} url @param {string} what @param {string} base */
function address(url, what, base) {
  const bundled = !/^http/i.test(url);
  if (bundled && (url.startsWith('/') || url.includes('..') || /[:\\?#]/.test(url)))
    refuse(`${what}.url is neither an address nor below the list`);
  if (!bundled && !/^https?:\/\/[^/?#@]+\//i.test(url)) refuse(`${what}.url is no address of http or https`);
  const name = url.replace(/[?#].*$/s, '').split('/').pop() ?? '';
  if (!NAME.test(name)) refuse(`${what}.url does not end in a file name`);
  return { url: new URL(url, base).href, name, bundled };
}

/** @param {unknown} value @param {string} what @param {string} base @returns {KnownFile} */
function file(value, what, base) {
  const { url, bytes, sha256 } = object(value, what, ['url', 'bytes', 'sha256']);
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && Number(bytes) > 0 && Number(bytes) <= MAX_BYTES))
    refuse(`${what}.bytes is no size`);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(text(sha256, `${what}.sha256`)))
    refuse(`${what}.sha256 is not 64 hex digits`);
  return { ...address(text(url, `${what}.url`), what, base), bytes: Number(bytes ?? 0), sha256: String(sha256 ?? '') };
}

/** @param {string} json @returns {unknown} */
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return refuse('this is not JSON');
  }
}

/** @param {unknown} value @param {string} what @param {string} base @returns {KnownModel} */
function model(value, what, base) {
  const keys = ['id', 'name', 'kind', 'licence', 'note', 'text', 'vision'];
  const entry = object(value, what, keys);
  const id = text(entry.id, `${what}.id`);
  if (!ID.test(id)) refuse(`${what}.id is no plain name`);
  const kind = KINDS.find((known) => known === entry.kind) ?? refuse(`${what}.kind is neither ${KINDS.join(' nor ')}`);
  const parts = Array.isArray(entry.text) ? entry.text : [entry.text];
  if (parts.length < 1 || parts.length > MAX_PARTS) refuse(`${what}.text has ${parts.length} parts`);
  const language = parts.map((part, i) => file(part, `${what}.text${parts.length > 1 ? `[${i}]` : ''}`, base));
  const vision = entry.vision === null || entry.vision === undefined ? null : file(entry.vision, `${what}.vision`, base);
  const files = filesOf({ text: language, vision });
  if (new Set(files.map(({ name }) => name)).size < files.length) refuse(`${what} has two files of one name`);
  return {
    id,
    name: text(entry.name, `${what}.name`),
    kind,
    licence: text(entry.licence, `${what}.licence`),
    note: entry.note === undefined ? '' : text(entry.note, `${what}.note`),
    bytes: files.every(({ bytes }) => bytes > 0) ? files.reduce((sum, { bytes }) => sum + bytes, 0) : 0,
    bundled: files.every(({ bundled }) => bundled),
    text: language,
    vision,
  };
}

/** All files of a model, in the order in which the engine takes them.
 * @template T @param {{text: readonly T[], vision: T | null}} model @returns {T[]} */
export function filesOf({ text: language, vision }) {
  return vision ? [...language, vision] : [...language];
}

/**
 * @param {string} json
 * @param {string} base  address that its urls are relative to
 * @returns {KnownModel[]}
 */
export function parseRegistry(json, base) {
  const { format, models } = object(parse(json), 'the file', ['format', 'models']);
  if (format !== 1) refuse('its format is not 1');
  if (!Array.isArray(models) || models.length === 0) return refuse('there are no models in it');
  const known = models.map((value, i) => model(value, `models[${i}]`, base));
  const twice = known.find(({ id }, i) => known.findIndex((other) => other.id === id) < i);
  if (twice) refuse(`the id ${twice.id} stands twice`);
  return known;
}
