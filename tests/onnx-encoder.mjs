// The small encoder of tests/golden/onnx, as its tests in Node and in Chromium want it: files, texts, and what must be refused.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export const FOLDER = 'tests/golden/onnx';
export const TOKENIZERS = ['encoder.gguf', 'tokenizer.json', 'vocab.txt'];

/** @param {string} name */
export const golden = (name) => readFileSync(`${FOLDER}/${name}`);

/** @type {{text: string, ids: number[], embedding: number[]}[]} */
export const ROWS = JSON.parse(golden('texts.json').toString('utf8'));
export const TEXTS = ROWS.map((row) => row.text);
export const DIM = ROWS[0].embedding.length;

/** Cosine of the worst of the texts. @param {ArrayLike<number>} a @param {ArrayLike<number>} b  [texts, DIM] */
export function worst(a, b) {
  assert.equal(a.length, TEXTS.length * DIM);
  assert.equal(b.length, a.length);
  const cosines = TEXTS.map((_, i) => {
    let [ab, aa, bb] = [0, 0, 0];
    for (let k = i * DIM; k < (i + 1) * DIM; k += 1) {
      ab += a[k] * b[k];
      aa += a[k] * a[k];
      bb += b[k] * b[k];
    }
    return ab / Math.sqrt(aa * bb);
  });
  return Math.min(...cosines);
}

export const REFERENCE = ROWS.flatMap((row) => row.embedding);

// ---- ONNX by hand: messages of protocol buffers ----

/** @param {number} n */
function varint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
}
/** A field: bytes, text or a message with its length, a number as it is. @param {number} id @param {Buffer | string | number} value */
export const field = (id, value) =>
  typeof value === 'number'
    ? Buffer.concat([varint(8 * id), varint(value)])
    : Buffer.concat([varint(8 * id + 2), varint(Buffer.from(value).length), Buffer.from(value)]);
/** @param {...Buffer} parts */
const message = (...parts) => Buffer.concat(parts);
/** @param {string} name @param {number} type @param {number[]} shape  0: open */
function value(name, type, shape) {
  const dimensions = shape.map((size) => field(1, size > 0 ? field(1, size) : field(2, 'n')));
  const tensor = message(field(1, type), field(2, message(...dimensions)));
  return message(field(1, name), field(2, field(1, tensor)));
}

/** A model: the graph's fields behind one node that makes `output` of its first input. @param {Buffer[]} graph @param {{input?: string, output?: string, op?: string, rest?: Buffer[]}} [node] */
function model(graph, { input = 'input_ids', output = 'last_hidden_state', op = 'Cast', rest = [field(5, message(field(1, 'to'), field(3, 1), field(20, 2)))] } = {}) {
  const step = field(1, message(field(1, input), field(2, output), field(4, op), ...rest));
  return message(field(1, 8), field(8, message(field(1, ''), field(2, 17))), field(7, message(step, field(2, 'g'), ...graph)));
}
const IDS = field(11, value('input_ids', 7, [0, 0]));
const MASK = field(11, value('attention_mask', 7, [0, 0]));
const HIDDEN = field(12, value('last_hidden_state', 1, [0, 0, 4]));
const OUTSIDE = field(5, message(field(1, 4), field(2, 1), field(8, 'w'), field(13, message(field(1, 'location'), field(2, 'model.onnx_data'))), field(14, 1)));

/** What is no encoder, and what its one sentence must say. @type {{name: string, bytes: Buffer, says: RegExp}[]} */
export const BAD = [
  { name: 'empty.onnx', bytes: Buffer.alloc(0), says: /^empty\.onnx is no ONNX model/ },
  { name: 'text.onnx', bytes: Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'), says: /^text\.onnx is no ONNX model/ },
  { name: 'model.onnx', bytes: golden('encoder.gguf'), says: /^model\.onnx is no ONNX model/ },
  { name: 'cut.onnx', bytes: golden('encoder.onnx').subarray(0, 100000), says: /^cut\.onnx is no ONNX model, or is cut off\.$/ },
  { name: 'data.onnx', bytes: model([IDS, MASK, HIDDEN, OUTSIDE]), says: /^data\.onnx keeps its weights in another file \(model\.onnx_data\)/ },
  { name: 'image.onnx', bytes: model([field(11, value('pixel_values', 1, [0, 3, 0, 0])), HIDDEN]), says: /wants an input pixel_values/ },
  { name: 'bare.onnx', bytes: model([IDS, HIDDEN]), says: /no input attention_mask/ },
  { name: 'floats.onnx', bytes: model([IDS, field(11, value('attention_mask', 1, [0, 0])), HIDDEN]), says: /input attention_mask takes no int64/ },
  { name: 'judge.onnx', bytes: model([IDS, MASK, field(12, value('logits', 1, [0, 2]))], { output: 'logits' }), says: /no output last_hidden_state \(outputs: logits\)/ },
  { name: 'half.onnx', bytes: model([IDS, MASK, field(12, value('last_hidden_state', 10, [0, 0, 4]))]), says: /last_hidden_state is not in float32/ },
  { name: 'op.onnx', bytes: model([IDS, MASK, HIDDEN], { op: 'Unheard', rest: [] }), says: /^op\.onnx cannot be run by ONNX Runtime: .+\.$/ },
  { name: 'flat.onnx', bytes: model([IDS, MASK, field(12, value('last_hidden_state', 1, [0, 0]))]), says: /^flat\.onnx does not work as a sentence encoder: .+\.$/ },
];
