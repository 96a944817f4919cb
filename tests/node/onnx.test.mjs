// ONNX encoders in Node (onnxruntime-node): the same vectors as the GGUF file of the same weights and as Hugging Face's model, with every
// kind of tokenizer file; how texts are batched; what is refused; and `assay embed`.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOnnxFile } from '../../web/js/data/onnx-file.js';
import { CoreEncoder } from '../../web/js/engine/encoder.js';
import { HeapEncoder, HeapEnds } from '../../web/js/engine/heap-encoder.js';
import { Core } from '../../web/js/engine/heap.js';
import { planBatches } from '../../web/js/engine/onnx-encoder.js';
import { skip, test } from '../harness.mjs';
import { BAD, DIM, FOLDER, REFERENCE, ROWS, TEXTS, TOKENIZERS, golden, worst } from '../onnx-encoder.mjs';

const NODE = [process.execPath, 'build/node/assay.mjs'];
const MODEL = `${FOLDER}/encoder.onnx`;
/** @param {string} path */
const built = (path) => pathToFileURL(resolve('build', path)).href;
const { openOnnxEncoder } = /** @type {typeof import('../../wasm/onnx.mjs')} */ (await import(built('node/onnx.mjs')));
const core = await Core.load(built('wasm/assay-st.mjs'), 'st', 1);
const folder = mkdtempSync(join(tmpdir(), 'assay-onnx-'));

/** The GGUF file in the core. @param {number} [maxTokens] */
function openGguf(maxTokens = 0) {
  const bytes = golden('encoder.gguf');
  const block = core.reserve(bytes.length);
  block.write(0, bytes);
  return new CoreEncoder(new HeapEncoder(core, [block], ['encoder.gguf'], maxTokens), 'encoder.gguf');
}

/** The i-th of little-endian halves. @param {Buffer} bytes @param {number} i */
function halfAt(bytes, i) {
  const bits = bytes.readUInt16LE(2 * i);
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

/** @param {string[]} args @param {string} [input] */
function embed(args, input = 'The cat sat.\n') {
  const { status, stdout, stderr } = spawnSync(NODE[0], [NODE[1], 'embed', ...args], { encoding: 'utf8', input });
  return { status, stdout, stderr };
}

try {
  await test('each tokenizer file gives the ids of Hugging Face', () => {
    for (const name of TOKENIZERS) {
      const ends = new HeapEnds(core, { name, bytes: golden(name) });
      for (const { text, ids } of ROWS) assert.deepEqual(ends.ids(text, 1000), ids, `${name}: ${text}`);
      const long = ROWS.find((row) => row.ids.length > 90)?.ids ?? [];
      const text = ROWS.find((row) => row.ids === long)?.text ?? '';
      assert.deepEqual(ends.ids(text, 20), [...long.slice(0, 19), long[long.length - 1]], `${name}, cut`);
      assert.equal(ends.pad, 0);
      ends.close();
    }
  });

  await test('ONNX and GGUF of the same weights give the same vectors, and so does the reference', async () => {
    const gguf = openGguf();
    const inCore = await gguf.embed(TEXTS);
    assert.deepEqual([gguf.name, gguf.dim, gguf.maxTokens, gguf.hallmarked], ['encoder', DIM, 96, true]);
    assert.ok(worst(inCore, REFERENCE) > 0.99999, `core and reference: ${worst(inCore, REFERENCE)}`);
    for (const tokenizer of TOKENIZERS) {
      const onnx = await openOnnxEncoder(MODEL, { tokenizer: `${FOLDER}/${tokenizer}` });
      assert.deepEqual([onnx.name, onnx.dim, onnx.maxTokens, onnx.hallmarked], ['encoder', DIM, 96, false]);
      /** @type {number[]} */
      const told = [];
      const vectors = await onnx.embed(TEXTS, (done) => void told.push(done));
      assert.ok(worst(vectors, inCore) > 0.99999, `${tokenizer}: ${worst(vectors, inCore)}`);
      assert.ok(worst(vectors, REFERENCE) > 0.99999, tokenizer);
      assert.equal(told.at(-1), TEXTS.length);
      assert.ok(told.length > 1, 'one batch');
      await onnx.close();
    }
    const shifted = Float32Array.from([...inCore.subarray(DIM), ...inCore.subarray(0, DIM)]);
    assert.ok(worst(inCore, shifted) < 0.9, 'all texts are alike: the comparison says nothing');
    await gguf.close();
  });

  await test('texts are cut alike, pooled as asked, and none are no vectors', async () => {
    const [gguf, onnx] = [openGguf(16), await openOnnxEncoder(MODEL, { maxTokens: 16 })];
    const vectors = await onnx.embed(TEXTS);
    assert.ok(worst(vectors, await gguf.embed(TEXTS)) > 0.99999);
    assert.ok(worst(vectors, REFERENCE) < 0.999);
    const hashes = new Set([onnx.sha256]);
    for (const options of [{}, { maxTokens: 17 }, { pooling: /** @type {const} */ ('cls') }, { tokenizer: `${FOLDER}/vocab.txt` }]) {
      const other = await openOnnxEncoder(MODEL, options);
      hashes.add(other.sha256);
      if (options.pooling) assert.ok(worst(await other.embed(TEXTS), REFERENCE) < 0.99);
      assert.equal((await other.embed([])).length, 0);
      await other.close();
    }
    assert.equal(hashes.size, 5, 'what decides the vectors decides the hash');
    assert.equal((await gguf.embed([])).length, 0);
    await gguf.close();
    await onnx.close();
  });

  await test('what onProgress throws ends the call', async () => {
    const onnx = await openOnnxEncoder(MODEL);
    await assert.rejects(onnx.embed(TEXTS, () => { throw new Error('enough'); }), /enough/);
    assert.ok((await onnx.embed(TEXTS.slice(0, 2))).length === 2 * DIM);
    await onnx.close();
  });

  await test('batches: like lengths together, each text once, within the limits', () => {
    assert.deepEqual(planBatches([5, 3, 5, 3], 2), [[1, 3], [0, 2]]);
    assert.deepEqual(planBatches([]), []);
    assert.deepEqual(planBatches([9000, 1]), [[1], [0]]);
    const lengths = Array.from({ length: 500 }, (_, i) => 2 + (i * 7919) % 300);
    const batches = planBatches(lengths);
    assert.deepEqual(batches.flat().sort((a, b) => a - b), lengths.map((_, i) => i));
    for (const batch of batches) assert.ok(batch.length <= 32 && batch.length * Math.max(...batch.map((i) => lengths[i])) <= 4096);
  });

  await test('a model that is not what it should be: one sentence', async () => {
    for (const { name, bytes, says } of BAD) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      await assert.rejects(openOnnxEncoder(path, { tokenizer: `${FOLDER}/vocab.txt` }), (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, says);
        assert.ok(!error.message.includes('\n') && error.message.endsWith('.'), error.message);
        return true;
      }, name);
    }
  });

  await test('a file that is cut off anywhere, or has a byte changed, is read or refused', () => {
    const whole = golden('encoder.onnx');
    const { inputs, outputs, positions } = readOnnxFile(whole, 'encoder.onnx');
    assert.deepEqual(inputs, ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({ name, type: 7, shape: [0, 0] })));
    assert.deepEqual([outputs, positions], [[{ name: 'last_hidden_state', type: 1, shape: [0, 0, DIM] }], 96]);
    /** @param {Uint8Array} bytes */
    const reads = (bytes) => {
      try {
        return readOnnxFile(bytes, 'x.onnx') !== null;
      } catch (error) {
        assert.match(error instanceof Error ? error.message : '', /^x\.onnx [^\n]+\.$/);
        return false;
      }
    };
    for (let n = 0; n < whole.length; n += 997) assert.equal(reads(whole.subarray(0, n)), false, `cut at ${n}`);
    const { bytes } = BAD[4];
    for (let at = 0; at < bytes.length; at += 1) for (const byte of [0, 1, 0x7f, 0x80, 0xff]) reads(Buffer.from(bytes).fill(byte, at, at + 1));
  });

  await test('tokenizer files that are none', async () => {
    /** @param {string} name @param {string} text @param {RegExp} says */
    const refused = async (name, text, says) => {
      writeFileSync(join(folder, name), text);
      await assert.rejects(openOnnxEncoder(MODEL, { tokenizer: join(folder, name) }), (error) => says.test(/** @type {Error} */ (error).message), `${name} ${text.slice(0, 40)}`);
    };
    await refused('vocab.txt', 'a\nb\n', /^vocab\.txt: there is no token \[UNK\] in it/);
    await refused('vocab.txt', '[UNK]\n[CLS]\n[SEP]\na\nb\na\n', /^vocab\.txt: the token "a" stands twice/);
    await refused('tokenizer.json', '{"model": {"type": "BPE", "vocab": {}, "merges": []}}', /no WordPiece/);
    const text = golden('tokenizer.json').toString('utf8');
    await refused('tokenizer.json', text.slice(0, 2000), /not valid JSON/);
    const changes = /** @type {[(json: any) => void, RegExp][]} */ ([
      [(json) => delete json.model.vocab['[SEP]'], /ids of 299 tokens are not 0 to 298/],
      [(json) => { json.normalizer.handle_chinese_chars = false; }, /normalizer is not BertNormalizer/],
      [(json) => { json.pre_tokenizer = { type: 'Whitespace' }; }, /pre_tokenizer is not/],
      [(json) => { json.post_processor = null; }, /before a text and one behind/],
      [(json) => { json.model.continuing_subword_prefix = '@@'; }, /do not go on with "##"/],
      [(json) => { json.added_tokens.push({ id: 300, content: '<new>', special: true }); }, /added tokens that are not in its vocabulary/],
    ]);
    for (const [change, says] of changes) {
      const json = JSON.parse(text);
      change(json);
      await refused('tokenizer.json', JSON.stringify(json), says);
    }
  });

  await test('assay embed with an ONNX file: as with the GGUF file', () => {
    const input = `${TEXTS.slice(1, 9).join('\r\n')}\n`;
    /** @param {string} out */
    const rows = (out) => out.trimEnd().split('\n').map((line) => /** @type {number[]} */ (JSON.parse(line)));
    const [onnx, gguf] = [MODEL, `${FOLDER}/encoder.gguf`].map((model) => embed(['--model', model], input));
    assert.equal(onnx.status, 0, onnx.stderr);
    assert.equal(gguf.status, 0, gguf.stderr);
    const [a, b] = [rows(onnx.stdout), rows(gguf.stdout)];
    assert.equal(a.length, 8);
    a.forEach((row, i) => row.forEach((x, k) => assert.ok(Math.abs(x - b[i][k]) < 1e-3, `${i}, ${k}: ${x}, ${b[i][k]}`)));
    const json = JSON.parse(embed(['--json', `--model=${MODEL}`, '--text', 'a', '--text', 'b', '--pooling', 'cls', '--max-tokens', '9']).stdout);
    assert.deepEqual([json.dim, json.n, json.pooling, json.max_tokens, json.hallmarked, json.embeddings.length], [DIM, 2, 'cls', 9, false, 2]);
    assert.match(json.sha256, /^[0-9a-f]{64}$/);
    mkdirSync(join(folder, 'alone/onnx'), { recursive: true });
    writeFileSync(join(folder, 'alone/onnx/m.onnx'), golden('encoder.onnx'));
    for (const [args, code, says] of /** @type {[string[], number, RegExp][]} */ ([
      [['--model', MODEL, '--pooling', 'max'], 1, /--pooling max/], [['--model', MODEL, '--layer', '1'], 1, /--layer/],
      [['--model', MODEL, '--max-tokens', '1'], 1, /--max-tokens/], [['--model', 'absent.onnx'], 2, /absent\.onnx: no such file/],
      [['--model', MODEL, '--tokenizer', 'Makefile'], 2, /Makefile: .*\[UNK\]/], [['--model', join(folder, 'alone/onnx/m.onnx')], 2, /name one with --tokenizer/],
    ])) {
      const { status, stdout, stderr } = embed(args);
      assert.deepEqual([status, stdout], [code, ''], `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, /^assay: [^\n]+\n$/);
      assert.match(stderr, says);
    }
  });
  await test('all-MiniLM-L6-v2 as ONNX gives the vectors of sentence-transformers', async () => {
    const path = 'build/models/all-MiniLM-L6-v2/all-MiniLM-L6-v2.onnx';
    if (!existsSync(path)) skip(`no ${path}`);
    const { texts, max_tokens: maxTokens } = JSON.parse(readFileSync('tests/golden/minilm/minilm.json', 'utf8'));
    const halves = readFileSync('tests/golden/minilm/minilm.f16');
    const onnx = await openOnnxEncoder(path, { maxTokens });
    assert.equal(onnx.dim, 384);
    const chosen = Array.from({ length: 20 }, (_, i) => 10 * i);
    const vectors = await onnx.embed(chosen.map((i) => texts[i].text));
    chosen.forEach((text, i) => {
      let [ab, bb] = [0, 0];
      for (let k = 0; k < 384; k += 1) {
        const want = halfAt(halves, 384 * text + k);
        ab += vectors[384 * i + k] * want;
        bb += want * want;
      }
      assert.ok(ab / Math.sqrt(bb) > 0.9999, `text ${text}: ${ab / Math.sqrt(bb)}`);
    });
    await onnx.close();
  });
} finally {
  rmSync(folder, { recursive: true });
}
