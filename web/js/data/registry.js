// The list of known models (data/models.json), parsed strictly: a wrong entry is refused with a sentence, not guessed.
// Pure: runs in Node.

/**
 * @typedef {object} KnownModel
 * @property {string} id
 * @property {string} name
 * @property {string} licence
 * @property {string} note       one sentence about it; may be ''
 * @property {number} bytes      of all its files
 * @property {import('../engine/protocol.js').ModelFile} text
 * @property {import('../engine/protocol.js').ModelFile | null} vision
 */

/** @param {unknown} value @param {string} what @returns {Record<string, unknown>} */
function object(value, what) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`models.json: ${what} is not an object.`);
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {unknown} value @param {string} what @returns {string} */
function text(value, what) {
  if (typeof value !== 'string') throw new Error(`models.json: ${what} is not a text.`);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} what
 * @param {string} base
 * @returns {import('../engine/protocol.js').ModelFile}
 */
function file(value, what, base) {
  const { url, bytes, sha256 } = object(value, what);
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes <= 0)
    throw new Error(`models.json: ${what} has no size.`);
  if (!/^[0-9a-f]{64}$/.test(text(sha256, `${what}.sha256`)))
    throw new Error(`models.json: ${what}.sha256 is not 64 hex digits.`);
  return { url: new URL(text(url, `${what}.url`), base).href, bytes, sha256: /** @type {string} */ (sha256) };
}

/** @param {string} json @returns {unknown} */
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('models.json: this is not JSON.');
  }
}

/**
 * @param {string} json
 * @param {string} base  address that its urls are relative to
 * @returns {KnownModel[]}
 */
export function parseRegistry(json, base) {
  const { models } = object(parse(json), 'the file');
  if (!Array.isArray(models) || models.length === 0) throw new Error('models.json: there are no models in it.');
  return models.map((value, i) => {
    const what = `models[${i}]`;
    const entry = object(value, what);
    const language = file(entry.text, `${what}.text`, base);
    const vision =
      entry.vision === null || entry.vision === undefined ? null : file(entry.vision, `${what}.vision`, base);
    return {
      id: text(entry.id, `${what}.id`),
      name: text(entry.name, `${what}.name`),
      licence: text(entry.licence, `${what}.licence`),
      note: entry.note === undefined ? '' : text(entry.note, `${what}.note`),
      bytes: language.bytes + (vision?.bytes ?? 0),
      text: language,
      vision,
    };
  });
}
