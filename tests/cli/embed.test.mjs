// assay embed: texts to vectors, the same ones natively and in Node, from lines and from options; with the default language
// model, and with all-MiniLM-L6-v2 where make deps could get it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { skip, test } from '../harness.mjs';
import { VARIANTS } from '../variants.mjs';

const MINILM = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const native = VARIANTS[0];

/** @param {string[]} args @param {string} [input] @param {typeof native} [variant] */
function embed(args, input = '', variant = native) {
  const { status, stdout, stderr } = spawnSync(variant.command[0], [...variant.command.slice(1), 'embed', ...args],
    { encoding: 'utf8', input, env: { ...process.env, ...variant.env }, maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

/** Standard output of a call that must succeed. @param {string[]} args @param {string} [input] @param {typeof native} [variant] */
function succeeds(args, input, variant) {
  const { status, stdout, stderr } = embed(args, input, variant);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string} lines @returns {number[][]} */
const vectors = (lines) => lines.trimEnd().split('\n').map((line) => JSON.parse(line));
/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
/** @param {string[]} args @param {number} code @param {RegExp} sentence @param {string} [input] */
function fails(args, code, sentence, input = 'a\n') {
  const { status, stdout, stderr } = embed(args, input);
  assert.equal(status, code, `${args.join(' ')}: exit ${status}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

await test('a vector a line, of length 1, from lines as from --text', () => {
  const out = succeeds([], 'The cat sat.\r\nA red bicycle\nThe cat sat.');
  const rows = vectors(out);
  assert.equal(rows.length, 3);
  assert.ok(rows.every((row) => row.length === rows[0].length && Math.abs(dot(row, row) - 1) < 1e-5));
  assert.deepEqual(rows[0], rows[2]);
  assert.notDeepEqual(rows[0], rows[1]);
  assert.equal(succeeds(['--text', 'The cat sat.', '--text', 'A red bicycle', '--text=The cat sat.']), out);
  assert.equal(succeeds([], ''), '');
});

await test('more lines than go together', () => {
  const lines = Array.from({ length: 150 }, (_, i) => `text number ${i % 7}`);
  const rows = succeeds(['--layer', '1'], `${lines.join('\n')}\n`).trimEnd().split('\n');
  assert.equal(rows.length, 150);
  assert.ok(rows.every((row, i) => row === rows[i % 7]));
  assert.equal(new Set(rows).size, 7);
});

await test('layers and poolings of a language model differ, and the object names them', () => {
  const seen = new Set();
  for (const layer of ['0', '1', '2']) {
    for (const pooling of ['mean', 'cls', 'last']) {
      const one = JSON.parse(succeeds(['--json', '--layer', layer, '--pooling', pooling, '--no-normalize', '--text', 'one two three']));
      assert.equal(one.layer, Number(layer));
      assert.equal(one.pooling, pooling);
      assert.equal(one.normalized, false);
      assert.equal(one.n, 1);
      assert.equal(one.embeddings.length, 1);
      assert.equal(one.embeddings[0].length, one.dim);
      assert.match(one.sha256, /^[0-9a-f]{64}$/);
      seen.add(JSON.stringify(one.embeddings));
    }
  }
  assert.equal(seen.size, 9);
});

await test('a text is cut at --max-tokens', () => {
  const long = 'and so on '.repeat(50);
  assert.equal(succeeds(['--max-tokens', '8', '--text', long]), succeeds(['--max-tokens', '8', '--text', `${long}and more`]));
  assert.notEqual(succeeds(['--max-tokens', '8', '--text', long]), succeeds(['--max-tokens', '9', '--text', long]));
});

await test('the same bytes in every build', () => {
  const input = 'The cat sat.\nWhy?\n';
  const want = succeeds(native.args, input);
  for (const variant of VARIANTS) assert.equal(succeeds(variant.args, input, variant), want, variant.name);
});

await test('what is refused', () => {
  fails(['--pooling', 'max'], 1, /--pooling max/);
  fails(['--layer', '99'], 1, /--layer 99, the model has 0 to/);
  fails(['--layer', '-1'], 1, /--layer/);
  fails(['--max-tokens', '1'], 1, /--max-tokens/);
  fails(['--kernels', 'fast'], 1, /no kernels fast/);
  fails(['--model', 'Makefile'], 2, /Makefile/);
  fails([], 2, /text 1 has no tokens/, '\n');
  fails(['word'], 1, /word/);
});

await test('all-MiniLM-L6-v2: what means the same lies close', () => {
  if (!existsSync(MINILM)) skip(`no ${MINILM}`);
  const input = 'How do I bake bread?\nWhat is a good recipe for a loaf?\nThe stock market fell sharply today.\n\n';
  const out = succeeds(['--model', MINILM], input);
  const [bake, loaf, market, empty] = vectors(out);
  assert.ok(dot(bake, loaf) > dot(bake, market) + 0.3, `${dot(bake, loaf)} ${dot(bake, market)}`);
  assert.ok(Math.abs(dot(empty, empty) - 1) < 1e-5);
  assert.equal(succeeds(['--model', MINILM, ...VARIANTS[4].args], input, VARIANTS[4]), out);
  const cls = JSON.parse(succeeds(['--model', MINILM, '--pooling', 'cls', '--max-tokens', '16', '--json'], input));
  assert.deepEqual([cls.dim, cls.n, cls.pooling, cls.max_tokens, cls.normalized], [384, 4, 'cls', 16, true]);
  fails(['--model', MINILM, '--max-tokens', '513'], 1, /2 to 512/);
  fails(['--model', MINILM, '--layer', '1'], 1, /--layer is for language models/);
});
