// Files -> texts for annotation, read by the core.

import { EXAMPLE } from '../eval/value-systems.js';
import { parseRecord } from '../eval/record.js';
import { textsOf, textsOfRun, withoutLabels } from './texts.js';

const MAX_BYTES = 64 << 20; // of all files together; they are kept in the browser

/** @typedef {import('../engine/judging-protocol.js').LabelFile} LabelFile */
/** @typedef {import('../engine/judging-protocol.js').JudgingMethods} JudgingMethods */

/**
 * @typedef {Pick<JudgingMethods, 'openValues' | 'readLabels' | 'writeLabels'> &
 *   Pick<import('../engine/protocol.js').EngineMethods, 'records' | 'readRecord'>} LabelEngine
 * @typedef {{client: LabelEngine, suite: import('../engine/protocol.js').Suite}} Opened
 *
 * @typedef {{kind: 'example'} | {kind: 'files', files: File[], format: string} | {kind: 'run', name: string}} Source
 */

/**
 * @param {Opened} opened
 * @param {string} values  JSON
 * @param {Source} choice
 * @returns {Promise<{texts: import('./texts.js').Text[], source: string, hash: string}>} source: for people; hash: of the texts
 */
export async function readTexts({ client, suite }, values, choice) {
  const files = await filesOf(choice, client, suite);
  const source = choice.kind === 'example' ? 'Example texts' : files.map(({ name }) => name).join(', ');
  checkSize(source, files.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const read = await client.readLabels({ values, files });
  const texts = textsOf(read.jsonl);
  if (texts.length === 0) throw new Error(`${source}: there are no texts in it.`);
  if (read.nVotes === 0) return { texts, source, hash: read.sha256 };
  const bare = encode(withoutLabels(read.jsonl));
  const { sha256 } = await client.readLabels({ values, files: [{ name: source, format: 'jsonl', bytes: bare }] });
  return { texts, source, hash: sha256 };
}

/** @param {Source} choice @param {LabelEngine} client @param {Opened['suite']} suite @returns {Promise<LabelFile[]>} */
async function filesOf(choice, client, suite) {
  if (choice.kind === 'files') return Promise.all(choice.files.map((file) => labelFile(file, choice.format)));
  if (choice.kind === 'example') return [await example()];
  const record = parseRecord(await client.readRecord(choice.name));
  const { model, dataset } = record.header;
  const name = `Answers of ${model.name || 'a model'} to ${dataset.name}`;
  return [{ name, format: 'jsonl', bytes: encode(textsOfRun(record, suite)) }];
}

/** @param {string} name @param {number} bytes */
function checkSize(name, bytes) {
  if (bytes > MAX_BYTES) throw new Error(`${name}: more than ${MAX_BYTES >> 20} MB of texts.`);
}

/** @param {string} path  beside the page */
export async function fetchText(path) {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path} could not be fetched: the server answered ${response.status}.`);
  return response.text();
}

/** @returns {Promise<LabelFile>} */
async function example() {
  const text = await fetchText(`data/values/${EXAMPLE.file}`);
  return { name: EXAMPLE.file, format: 'jsonl', bytes: encode(withoutLabels(text)) };
}

/** @param {File} file @param {string} format @returns {Promise<LabelFile>} */
async function labelFile(file, format) {
  checkSize(file.name, file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const lines = format === 'jsonl' || (format === '' && !/\.csv$/i.test(file.name));
  return { name: file.name, format: lines ? 'jsonl' : format, bytes: lines ? bare(bytes) : bytes };
}

/** What is no UTF-8 stays as it is: the core says where. @param {Uint8Array} bytes */
function bare(bytes) {
  try {
    return encode(withoutLabels(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)));
  } catch {
    return bytes;
  }
}

/** @param {string} text */
const encode = (text) => new TextEncoder().encode(text);
