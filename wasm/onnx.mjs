// ONNX encoders for the program in Node: the graph runs in onnxruntime-node, all else is the page's own modules and the core.
//
//   node build/node/assay.mjs embed --model FILE.onnx [--tokenizer FILE]     as `assay embed` with a GGUF file, otherwise
//
// Without --tokenizer it is the tokenizer.json or vocab.txt beside the model, or in the folder above, where exporters put it.

import { existsSync, readFileSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_ONNX } from '../web/js/data/onnx-file.js';
import { HeapEnds } from '../web/js/engine/heap-encoder.js';
import { Core } from '../web/js/engine/heap.js';
import { OnnxEncoder } from '../web/js/engine/onnx-encoder.js';

const TOKENIZERS = ['tokenizer.json', 'vocab.txt'];
const POOLINGS = /** @type {const} */ (['mean', 'cls', 'last']);
const EXIT = { usage: 1, input: 2 };

class UsageError extends Error {}

/** @returns {import('../web/js/engine/onnx-encoder.js').Ort} */
function loadRuntime() {
  try {
    return createRequire(import.meta.url)('onnxruntime-node');
  } catch {
    throw new Error('ONNX encoders need the package onnxruntime-node: `make deps` installs it.');
  }
}

/** @param {string} path */
function readModelFile(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info?.isFile()) throw new Error(`${path}: no such file.`);
  if (info.size > MAX_ONNX) throw new Error(`${path} has ${info.size} bytes: ONNX models of at most ${MAX_ONNX} are taken.`);
  return { name: basename(path), bytes: new Uint8Array(readFileSync(path)) };
}

/** @param {string} model */
function findTokenizer(model) {
  const folder = dirname(model);
  const found = [folder, join(folder, '..')].flatMap((at) => TOKENIZERS.map((name) => join(at, name))).find((path) => existsSync(path));
  if (!found) throw new Error(`${model} has no tokenizer.json or vocab.txt beside it: name one with --tokenizer.`);
  return found;
}

/**
 * @param {string} model  path of an .onnx file
 * @param {{tokenizer?: string, threads?: number} & Omit<import('../web/js/engine/onnx-encoder.js').OnnxOptions, 'session'>} [options]
 *   tokenizer: path of a GGUF file, tokenizer.json or vocab.txt
 * @returns {Promise<import('../web/js/engine/encoder.js').Encoder>}
 */
export async function openOnnxEncoder(model, { tokenizer, threads = cpus().length, ...options } = {}) {
  const files = { model: readModelFile(model), tokenizer: readModelFile(tokenizer ?? findTokenizer(model)) };
  const ort = loadRuntime();
  const core = await Core.load(new URL('../wasm/assay-st.mjs', import.meta.url).href, 'st', 1);
  const session = { executionProviders: ['cpu'], intraOpNumThreads: threads, logSeverityLevel: 3 };
  return OnnxEncoder.open(ort, new HeapEnds(core, files.tokenizer), files.model, files.tokenizer, { ...options, session });
}

// ---- assay embed ----

/** The model that the arguments of `embed` name, when it is an ONNX file. @param {readonly string[]} args */
export function onnxModelOf(args) {
  if (args[0] !== 'embed') return null;
  const at = args.findIndex((arg) => arg === '--model' || arg.startsWith('--model='));
  const value = at < 0 ? '' : args[at] === '--model' ? (args[at + 1] ?? '') : args[at].slice('--model='.length);
  return /\.onnx$/i.test(value) ? value : null;
}

/** @param {readonly string[]} args */
function parseEmbed(args) {
  try {
    const { values } = parseArgs({
      args: args.slice(1),
      options: {
        model: { type: 'string' }, tokenizer: { type: 'string' }, text: { type: 'string', multiple: true },
        pooling: { type: 'string', default: 'mean' }, 'max-tokens': { type: 'string', default: '0' },
        threads: { type: 'string', default: '0' }, json: { type: 'boolean', default: false }, quiet: { type: 'boolean' },
      },
    });
    const pooling = POOLINGS.find((known) => known === values.pooling);
    if (!pooling) throw new Error(`--pooling ${values.pooling}, there are mean, cls and last`);
    const [maxTokens, threads] = [Number(values['max-tokens']), Number(values.threads)];
    if (!(Number.isInteger(maxTokens) && (maxTokens === 0 || maxTokens >= 2))) throw new Error('--max-tokens takes a number from 2');
    if (!(Number.isInteger(threads) && threads >= 0 && threads <= 64)) throw new Error('--threads takes 1 to 64');
    return { ...values, pooling, maxTokens, threads: threads || cpus().length };
  } catch (error) {
    throw new UsageError(`embed: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}

/** The lines of standard input, as the native program cuts them. */
function inputLines() {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(0));
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (text === '' || text.endsWith('\n')) lines.pop();
  return lines;
}

/** @param {string} text */
function print(text) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

/** `assay embed` with an ONNX encoder. @param {string} model @param {readonly string[]} args @returns {Promise<number>} exit code */
export async function embedByOnnx(model, args) {
  try {
    const start = performance.now();
    const { text, json, tokenizer, pooling, maxTokens, threads } = parseEmbed(args);
    const texts = text ?? inputLines();
    const encoder = await openOnnxEncoder(model, { tokenizer, pooling, maxTokens, threads });
    const vectors = await encoder.embed(texts);
    const rows = texts.map((_, i) => `[${[...vectors.subarray(i * encoder.dim, (i + 1) * encoder.dim)].map((x) => Number(x.toPrecision(9))).join(',')}]`);
    if (json) {
      const { sha256, dim } = encoder;
      const facts = { sha256, dim, pooling, normalized: true, hallmarked: false, max_tokens: encoder.maxTokens, n: texts.length };
      const seconds = (performance.now() - start) / 1000;
      print(`${JSON.stringify({ ...facts, seconds }).slice(0, -1)},"embeddings":[${rows.join(',')}]}\n`);
    } else {
      print(rows.map((row) => `${row}\n`).join(''));
    }
    await encoder.close();
    return 0;
  } catch (error) {
    process.stderr.write(`assay: ${error instanceof Error ? error.message.replace(/\.$/, '') : error}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.input;
  }
}
