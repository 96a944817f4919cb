// A GGUF file cut into parts, with the keys that gguf-split of llama.cpp writes.

const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]; // of a value, by its kind
const STRING = 8, ARRAY = 9, ALIGNMENT = 32;

/** @param {number} n */
const padding = (n) => Buffer.alloc((ALIGNMENT - (n % ALIGNMENT)) % ALIGNMENT);

/** @param {Buffer} bytes @param {number} at @returns {number} the byte behind a string */
const behindString = (bytes, at) => at + 8 + Number(bytes.readBigUInt64LE(at));

/** @param {Buffer} bytes @param {number} at @param {number} kind @returns {number} the byte behind a value */
function behindValue(bytes, at, kind) {
  if (kind === STRING) return behindString(bytes, at);
  if (kind !== ARRAY) return at + SIZES[kind];
  const item = bytes.readUInt32LE(at), n = Number(bytes.readBigUInt64LE(at + 4));
  at += 12;
  if (item !== STRING) return at + n * SIZES[item];
  for (let i = 0; i < n; i += 1) at = behindString(bytes, at);
  return at;
}

/** @param {string} key @param {number} kind @param {number} value */
function entry(key, kind, value) {
  const head = Buffer.alloc(8), tail = Buffer.alloc(4 + SIZES[kind]);
  head.writeBigUInt64LE(BigInt(key.length));
  tail.writeUInt32LE(kind);
  tail.writeUIntLE(value, 4, SIZES[kind]);
  return Buffer.concat([head, Buffer.from(key), tail]);
}

/** @param {Buffer} bytes */
function parse(bytes) {
  const nTensors = Number(bytes.readBigUInt64LE(8)), nEntries = Number(bytes.readBigUInt64LE(16));
  let at = 24;
  for (let i = 0; i < nEntries; i += 1) {
    const kindAt = behindString(bytes, at);
    at = behindValue(bytes, kindAt + 4, bytes.readUInt32LE(kindAt));
  }
  const entries = bytes.subarray(24, at);
  /** @type {{info: Buffer, offset: number}[]} */
  const tensors = [];
  for (let i = 0; i < nTensors; i += 1) {
    const dims = behindString(bytes, at), end = dims + 4 + 8 * bytes.readUInt32LE(dims) + 4;
    tensors.push({ info: bytes.subarray(at, end), offset: Number(bytes.readBigUInt64LE(end)) });
    at = end + 8;
  }
  const data = bytes.subarray(at + padding(at).length);
  return { nEntries, entries, tensors: tensors.map(({ info, offset }, i) => ({ info, data: data.subarray(offset, tensors[i + 1]?.offset) })) };
}

/**
 * @param {Buffer} bytes of a whole file
 * @param {number} n     parts
 * @returns {Buffer[]}
 */
export function splitGguf(bytes, n) {
  const { nEntries, entries, tensors } = parse(bytes);
  return Array.from({ length: n }, (_, no) => {
    const mine = tensors.slice(Math.floor((no * tensors.length) / n), Math.floor(((no + 1) * tensors.length) / n));
    const keys = [entry('split.no', 2, no), entry('split.count', 2, n), entry('split.tensors.count', 5, tensors.length)];
    const head = Buffer.from(bytes.subarray(0, 24));
    head.writeBigUInt64LE(BigInt(mine.length), 8);
    head.writeBigUInt64LE(BigInt(keys.length + (no === 0 ? nEntries : 0)), 16);
    let offset = 0;
    const infos = mine.map(({ info, data }) => {
      const place = Buffer.alloc(8);
      place.writeBigUInt64LE(BigInt(offset));
      offset += data.length + padding(data.length).length;
      return Buffer.concat([info, place]);
    });
    const header = Buffer.concat([head, ...(no === 0 ? [entries] : []), ...keys, ...infos]);
    return Buffer.concat([header, padding(header.length), ...mine.flatMap(({ data }) => [data, padding(data.length)])]);
  });
}
