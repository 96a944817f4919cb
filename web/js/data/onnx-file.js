// What an ONNX file (a ModelProto of protocol buffers, onnx.proto3) says of itself before any runtime sees it: inputs, outputs, and
// whether all weights are in it. Whatever else is in the file is stepped over. Every fault is one sentence. Pure: runs in Node.

export const MAX_ONNX = 2 ** 30; // bytes

const MAX_VALUES = 1000; // inputs or outputs
const DOUBLE = 1; // wire types
const BYTES = 2;
const FLOAT = 5;

/**
 * @typedef {object} OnnxValue
 * @property {string} name
 * @property {number} type  of its elements: 1 float32, 6 int32, 7 int64, 10 float16, ...; 0 not said
 * @property {number[]} shape  0 where a dimension is open
 *
 * @typedef {object} OnnxFile
 * @property {OnnxValue[]} inputs  without weights
 * @property {OnnxValue[]} outputs
 * @property {number} positions  rows of its table of positions; 0 not found
 */

class Malformed extends Error {}

/** A varint at `at`, and where it ends. @param {Uint8Array} bytes @param {number} at @param {number} end */
function varint(bytes, at, end) {
  let value = 0;
  for (let i = 0; i < 10 && at < end; i += 1, at += 1) {
    value += (bytes[at] & 127) * 2 ** (7 * i);
    if (bytes[at] < 128) return { value, at: at + 1 };
  }
  throw new Malformed();
}

/**
 * Calls `visit` for every field of a message, with its value: a number, or the ends of its bytes.
 * @param {Uint8Array} bytes @param {{start: number, end: number}} span
 * @param {(field: number, span: {start: number, end: number}, value: number) => void} visit
 */
function eachField(bytes, { start, end }, visit) {
  for (let at = start; at < end; ) {
    const key = varint(bytes, at, end);
    const field = Math.floor(key.value / 8);
    const wire = key.value % 8;
    const head = wire === 0 || wire === BYTES ? varint(bytes, key.at, end) : { value: 0, at: key.at };
    const length = wire === BYTES ? head.value : wire === DOUBLE ? 8 : wire === FLOAT ? 4 : 0;
    if (field === 0 || ![0, DOUBLE, BYTES, FLOAT].includes(wire) || length > end - head.at) throw new Malformed();
    visit(field, { start: head.at, end: head.at + length }, head.value);
    at = head.at + length;
  }
}

/** @param {Uint8Array} bytes @param {{start: number, end: number}} span */
const text = (bytes, { start, end }) => new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 1000)));

/** @param {Uint8Array} bytes @param {{start: number, end: number}} span @returns {OnnxValue} */
function readValue(bytes, span) {
  /** @type {OnnxValue} */
  const value = { name: '', type: 0, shape: [] };
  eachField(bytes, span, (field, inner) => {
    if (field === 1) value.name = text(bytes, inner);
    if (field !== 2) return;
    eachField(bytes, inner, (kind, tensor) => {
      if (kind !== 1) return; // no tensor
      eachField(bytes, tensor, (part, shape, type) => {
        if (part === 1) value.type = type;
        if (part === 2) eachField(bytes, shape, (_, dimension) => value.shape.push(readDimension(bytes, dimension)));
      });
    });
  });
  return value;
}

/** @param {Uint8Array} bytes @param {{start: number, end: number}} span */
function readDimension(bytes, span) {
  let size = 0;
  eachField(bytes, span, (field, _, value) => {
    if (field === 1) size = value;
  });
  return size;
}

/** @param {Uint8Array} bytes @param {{start: number, end: number}} span */
function readWeight(bytes, span) {
  const weight = { name: '', dims: /** @type {number[]} */ ([]), file: '' };
  eachField(bytes, span, (field, inner, value) => {
    if (field === 1 && inner.end > inner.start) {
      for (let at = inner.start; at < inner.end && weight.dims.length < 8; ) {
        const dim = varint(bytes, at, inner.end); // packed
        weight.dims.push(dim.value);
        at = dim.at;
      }
    } else if (field === 1) {
      weight.dims.push(value);
    } else if (field === 8) {
      weight.name = text(bytes, inner);
    } else if (field === 13) {
      /** @type {string[]} */
      const pair = ['', ''];
      eachField(bytes, inner, (k, part) => {
        if (k === 1 || k === 2) pair[k - 1] = text(bytes, part);
      });
      if (pair[0] === 'location') weight.file = pair[1] || 'unnamed';
    } else if (field === 14 && value === 1) {
      weight.file ||= 'unnamed';
    }
  });
  return weight;
}

/** @param {Uint8Array} bytes @param {{start: number, end: number}} span @param {string} name @returns {OnnxFile} */
function readGraph(bytes, span, name) {
  /** @type {OnnxFile} */
  const file = { inputs: [], outputs: [], positions: 0 };
  const weights = new Set();
  eachField(bytes, span, (field, inner) => {
    if (field === 5) {
      const weight = readWeight(bytes, inner);
      weights.add(weight.name);
      if (weight.file !== '')
        throw new Error(`${name} keeps its weights in another file (${weight.file}): export it as one file.`);
      if (/(^|\.)position_embeddings?\.weight$/.test(weight.name) && weight.dims.length === 2)
        file.positions = weight.dims[0];
    }
    const list = field === 11 ? file.inputs : field === 12 ? file.outputs : null;
    if (list?.push(readValue(bytes, inner)) === MAX_VALUES) throw new Malformed();
  });
  file.inputs = file.inputs.filter((input) => !weights.has(input.name));
  return file;
}

/** @param {Uint8Array} bytes @param {string} name  for sentences @returns {OnnxFile} */
export function readOnnxFile(bytes, name) {
  if (bytes.length > MAX_ONNX)
    throw new Error(`${name} has ${bytes.length} bytes: ONNX models of at most ${MAX_ONNX} are taken.`);
  let version = 0;
  let graph = null;
  try {
    /** @type {{start: number, end: number} | null} */
    let found = null;
    eachField(bytes, { start: 0, end: bytes.length }, (field, span, value) => {
      if (field === 1) version = value;
      if (field === 7) found = span;
    });
    if (found !== null && version > 0) graph = readGraph(bytes, found, name);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  if (graph === null) throw new Error(`${name} is no ONNX model, or is cut off.`);
  return graph;
}
