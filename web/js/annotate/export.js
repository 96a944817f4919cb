// Answers as a label file. Here they become Assay's own lines; the core checks these and writes the other formats.
// Pure: runs in Node.

/** @typedef {import('./queue.js').Answer} Answer */
/** @typedef {import('./texts.js').Text} Text */

/**
 * @typedef {object} Format
 * @property {string} id      the core's name of it
 * @property {string} title
 * @property {string} ending
 * @property {string} type    MIME
 * @property {string} lost    what it has no place for; ''
 */

/** @type {readonly Readonly<Format>[]} */
export const FORMATS = Object.freeze([
  { id: 'jsonl', title: 'JSONL', ending: 'jsonl', type: 'application/jsonl', lost: '' },
  { id: 'csv', title: 'CSV', ending: 'csv', type: 'text/csv', lost: 'the texts' },
  { id: 'label-studio', title: 'Label Studio', ending: 'json', type: 'application/json', lost: '' },
  { id: 'doccano', title: 'doccano', ending: 'jsonl', type: 'application/jsonl', lost: '' },
  { id: 'prodigy', title: 'Prodigy', ending: 'jsonl', type: 'application/jsonl', lost: '' },
  { id: 'argilla', title: 'Argilla', ending: 'json', type: 'application/json', lost: 'times and notes' },
  { id: 'crowd-kit', title: 'crowd-kit', ending: 'csv', type: 'text/csv', lost: 'texts, skips, times and notes' },
  { id: 'mace', title: 'MACE', ending: 'csv', type: 'text/csv', lost: 'texts, skips, times and notes' },
]);

/** @param {Answer['label']} label */
export function labelWord(label) {
  return label === null ? 'skip' : label === 1 ? 'adheres' : label === -1 ? 'opposes' : 'unrelated';
}

/**
 * @param {{value: string, annotator: string}} who  value: its id
 * @param {readonly Text[]} texts
 * @param {readonly Answer[]} answers
 * @returns {string} JSONL
 */
export function exportLines({ value, annotator }, texts, answers) {
  return answers
    .map(({ text, label, time, note }) => {
      const { id, scenario, response, source } = texts[text];
      return `${JSON.stringify({
        id,
        scenario,
        response,
        ...(source === '' ? {} : { source }),
        value,
        label: labelWord(label),
        annotator,
        time,
        ...(note === '' ? {} : { note }),
      })}\n`;
    })
    .join('');
}

/** Of the parts that may stand in a file's name; the annotator is in it because some formats name nobody.
 * @param {{system: string, value: string, annotator: string}} what @param {Format} format */
export function exportName({ system, value, annotator }, { id, ending }) {
  const who = annotator.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).toLowerCase();
  return `${[system, value, who, ['jsonl', 'csv'].includes(id) ? '' : id].filter(Boolean).join('.')}.${ending}`;
}

const MAX_NAME = 200; // bytes, as the core has it
const CONTROL = /\p{Cc}/u;

/** Why a person cannot be named so, or ''. @param {string} name */
export function nameProblem(name) {
  if (name === '') return 'Say your name or a code: it stands beside each of your answers.';
  if (CONTROL.test(name)) return 'A name holds no control characters.';
  return new TextEncoder().encode(name).length > MAX_NAME ? `A name has at most ${MAX_NAME} bytes.` : '';
}

/** A name as it is kept: the same person's name is the same bytes on every machine. @param {string} typed */
export function cleanName(typed) {
  return typed.normalize('NFC').replace(/\s+/g, ' ').trim();
}
