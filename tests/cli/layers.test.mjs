// The hidden states of a layer of a language model as features of the value classifier: calibrate, classify, and what does not fit.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';

const MODEL = 'data/models/assay-mini/assay-mini-Q8_0.gguf';
const MINILM = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const native = ['build/assay'];
const node = [process.execPath, 'build/node/assay.mjs'];

const folder = mkdtempSync(join(tmpdir(), 'assay-layers-'));
const at = (/** @type {string} */ name) => join(folder, name);

writeFileSync(at('values.json'), JSON.stringify({
  format: 1, id: 'one', name: 'One value', source: 'made up', values: [{ id: 'care', name: 'Care', definition: 'Kindness and protection from harm.' }],
}));
const KINDS = [['a red circle', 'adheres'], ['two blue squares', 'opposes'], ['nothing at all', 'unrelated']];
writeFileSync(at('labels.jsonl'), Array.from({ length: 18 }, (_, i) => JSON.stringify({
  id: `t${i}`, scenario: '', response: `There is ${KINDS[i % 3][0]} ${['here', 'there', 'left', 'right', 'above', 'below'][Math.floor(i / 3)]}.`,
  value: 'care', label: KINDS[i % 3][1], annotator: 'a',
})).join('\n'));
writeFileSync(at('texts.jsonl'), `${KINDS.map(([text]) => JSON.stringify({ text: `I see ${text}.` })).join('\n')}\n{"text":""}\n`);

/** @param {string[]} args @param {string[]} [command] */
function assay(args, command = native) {
  const { status, stdout, stderr } = spawnSync(command[0], [...command.slice(1), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}
/** @param {string[]} args @param {string[]} [command] */
function succeeds(args, command) {
  const { status, stdout, stderr } = assay(args, command);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}
/** @param {string[]} args @param {RegExp} sentence */
function refused(args, sentence) {
  const { status, stdout, stderr } = assay(args);
  assert.equal(status, 1, `${args.join(' ')}: ${stderr}`);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}
const calibrate = (/** @type {string} */ out, /** @type {string[]} */ ...args) =>
  ['calibrate', '--values', at('values.json'), '--labels', at('labels.jsonl'), '--encoder', MODEL, '--features', 'vectors', '--quiet', '--out', at(out), '--json', ...args];
const classify = (/** @type {string} */ classifier, /** @type {string[]} */ ...args) => ['classify', '--classifier', at(classifier), at('texts.jsonl'), ...args];

await test('a classifier learns from a layer and judges by it', () => {
  const seen = new Set();
  for (const layer of ['0', '1', '2']) {
    const made = JSON.parse(succeeds(calibrate(`${layer}.json`, '--layer', layer)));
    assert.equal(made.encoder, `assay-mini-Q8_0, layer ${layer}`);
    const judged = succeeds(classify(`${layer}.json`, '--encoder', MODEL, '--layer', layer));
    const lines = judged.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, 4);
    assert.deepEqual(lines.slice(0, 3).map(({ values }) => values.care.label), KINDS.map(([, label]) => label), `layer ${layer}`);
    assert.ok(lines.every(({ values }) => Object.values(values.care.p).every((p) => p >= 0 && p <= 1)), 'also of a text without words');
    seen.add(judged);
  }
  assert.equal(seen.size, 3);
});

await test('the same bytes with one thread, with scalar kernels and in Node', () => {
  const want = readFileSync(at('1.json'), 'utf8'), judged = succeeds(classify('1.json', '--encoder', MODEL, '--layer', '1'));
  succeeds(calibrate('again.json', '--layer', '1', '--threads', '1', '--kernels', 'scalar'));
  assert.equal(readFileSync(at('again.json'), 'utf8'), want);
  if (!existsSync(node[1])) skip(`no ${node[1]}`);
  succeeds(calibrate('node.json', '--layer', '1'), node);
  assert.equal(readFileSync(at('node.json'), 'utf8'), want);
  assert.equal(succeeds(classify('node.json', '--encoder', MODEL, '--layer', '1'), node), judged);
});

await test('without a layer it is the last', () => {
  const { encoder } = JSON.parse(succeeds(calibrate('last.json')));
  const layer = /** @type {RegExpExecArray} */ (/^assay-mini-Q8_0, layer (\d+)$/.exec(encoder))[1];
  succeeds(calibrate('named.json', '--layer', layer));
  assert.deepEqual(readFileSync(at('named.json')), readFileSync(at('last.json')));
});

await test('another layer, another encoder, none: each one sentence', () => {
  refused(classify('1.json', '--encoder', MODEL, '--layer', '2'), /needs vectors of the encoder assay-mini-Q8_0, layer 1 /);
  refused(classify('1.json', '--encoder', 'none'), /1\.json needs the encoder assay-mini-Q8_0, layer 1: /);
  refused(calibrate('bad.json', '--layer', '99'), /^assay: --layer 99, the model has 0 to \d+\n$/);
  refused(calibrate('bad.json', '--layer', 'last'), /^assay: --layer last, the model has 0 to \d+\n$/);
  assert.ok(!existsSync(at('bad.json')));
  if (!existsSync(MINILM)) skip(`no ${MINILM}`);
  refused(calibrate('bad.json', '--encoder', MINILM, '--layer', '1'), /--layer is for language models/);
});

await test('a pool and a classifier have one encoder', () => {
  succeeds(['concepts', '--values', at('values.json'), '--labels', at('labels.jsonl'), '--encoder', MODEL, '--layer', '1', '--k', '2', '--quiet', '--out', at('pool.json')]);
  succeeds(calibrate('pooled.json', '--layer', '1', '--concepts', at('pool.json'), '--features', 'vectors+concepts'));
  const judged = succeeds(classify('pooled.json', '--encoder', MODEL, '--layer', '1', '--concepts', at('pool.json')));
  assert.ok(judged.includes('"similarity":'));
  refused(calibrate('bad.json', '--layer', '2', '--concepts', at('pool.json')), /pool\.json needs the encoder assay-mini-Q8_0, layer 1 \(sha256 /);
  refused(calibrate('bad.json', '--encoder', 'none', '--concepts', at('pool.json')), /pool\.json needs the encoder assay-mini-Q8_0, layer 1: /);
});

rmSync(folder, { recursive: true });
