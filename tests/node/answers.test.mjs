// Free answers, every way to make them: native and WebAssembly in Node, scalar and SIMD, one thread and two. The same tokens, texts,
// bits and hallmark; with the default model and suite, where they are there, on a few samples.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';
import { VARIANTS, assay, runVariant } from '../variants.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-answers-'));
const at = (/** @type {string} */ name) => join(folder, name);
const RUN = ['--model', at('tiny.gguf'), '--data', at('suite'), '--recipe', 'ch3ef-answers', '--limit', '3', '--quiet'];

/** @param {string[]} args */
function must(args, variant = VARIANTS[0]) {
  const { status, stdout, stderr } = assay(variant, args);
  assert.equal(status, 0, `${variant.name}: assay ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What was answered. @param {string} path */
const answers = (path) => readFileSync(path, 'utf8').split('\n').slice(1, -2).map((line) => JSON.parse(line).free_text);

try {
  must(['gen', 'hhh46', '--seed', '7', '--n', '1', '--out', at('suite')]);
  must(['model', 'random', at('tiny.gguf'), '--preset', 'tiny']);

  await test('one hallmark and the same answers, whatever runs it', () => {
    const { hallmark } = runVariant(VARIANTS[0], [...RUN, '--out', at('0.jsonl')]);
    const first = answers(at('0.jsonl'));
    assert.equal(first.length, 3);
    assert.ok(first.every(({ tokens }) => tokens.length > 0 && tokens.length <= 48));
    for (const [i, variant] of VARIANTS.entries()) {
      if (i === 0) continue;
      assert.equal(runVariant(variant, [...RUN, '--out', at(`${i}.jsonl`)]).hallmark, hallmark, variant.name);
      assert.deepEqual(answers(at(`${i}.jsonl`)), first, variant.name);
    }
  });

  await test('a record that was cut off goes on in another build, which verifies and reports it', () => {
    const whole = readFileSync(at('0.jsonl'), 'utf8'), node = VARIANTS[6];
    writeFileSync(at('cut.jsonl'), whole.slice(0, whole.indexOf('\n', whole.length / 2) + 40));
    runVariant(node, [...RUN, '--out', at('cut.jsonl'), '--resume']);
    assert.deepEqual(answers(at('cut.jsonl')), answers(at('0.jsonl')));
    assert.match(must(['verify', at('0.jsonl'), ...RUN.slice(0, 4), '--quiet'], node), /^equal: 3 of 3 /);
    const report = ['report', at('0.jsonl'), '--data', at('suite'), '--answers'];
    assert.equal(must(report, node), must(report));
  });

  await test('the default model and suite', () => {
    if (!existsSync('data/suites/hhh46/manifest.json') || !existsSync('data/models/assay-mini/assay-mini-Q8_0.gguf')) skip('they are not there');
    const run = ['--recipe', 'ch3ef-answers', '--limit', '2', '--quiet'];
    const first = runVariant(VARIANTS[0], run).hallmark;
    for (const variant of VARIANTS.slice(1)) assert.equal(runVariant(variant, run).hallmark, first, variant.name);
  });
} finally {
  rmSync(folder, { recursive: true });
}
