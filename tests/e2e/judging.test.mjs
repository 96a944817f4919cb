// Values in texts in Chromium, through the page's own engine and its worker, with threads and without: the classifier of the native program;
// encoders of the core and of ONNX Runtime; events and cancel.
//
//   node tests/e2e/judging.test.mjs

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';
import { golden } from '../onnx-encoder.mjs';
import { closeAll, isolated, plain, withPage } from './fixture.mjs';

/** @typedef {{name: string, base64: string}} Given */
/** @typedef {{build: 'mt' | 'st', values: string, labels: string, model: Given | null, tokenizer: Given | null, draws: number}} Task */

const DRAWS = 100000; // of a learning curve: more than anybody can wait for

/** @param {string} name @returns {Given} */
const given = (name) => ({ name, base64: golden(name).toString('base64') });

/** In the page: labels -> classifier -> judgements of the same texts, then a learning curve that is cancelled. */
const judgeInPage = async (/** @type {Task} */ { build, values, labels, model, tokenizer, draws }) => {
  /** @type {string} */
  const address = new URL('js/engine/client.js', location.href).href;
  const { EngineClient } = /** @type {typeof import('../../web/js/engine/client.js')} */ (await import(address));
  /** @type {Record<string, number>} */
  const told = {};
  let cancelling = false;
  const client = new EngineClient(({ name }) => {
    told[name] = (told[name] ?? 0) + 1;
    if (cancelling && name === 'calibrating') {
      cancelling = false;
      void client.cancel();
    }
  });
  /** @param {Given} file @returns {import('../../web/js/engine/protocol.js').ModelFile} */
  const local = ({ name, base64 }) => {
    const file = new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name);
    return { name, bytes: file.size, sha256: '', source: { kind: 'file', file } };
  };
  await client.start({ build, threads: 2 });
  if (model) await client.openEncoder({ model: local(model), tokenizer: tokenizer && local(tokenizer), pooling: 'mean', maxTokens: 0 });
  const set = await client.readLabels({ values, files: [{ name: 'l.jsonl', format: '', bytes: new TextEncoder().encode(labels) }] });
  const request = { values, labels: set.jsonl, encoder: model !== null, concepts: '' };
  const info = await client.calibrate(request);
  const texts = labels.trimEnd().split('\n').map((line) => JSON.parse(line));
  const judged = await client.judge({ classifier: info.json, concepts: '', texts, minConfidence: 0 });
  const right = judged.filter(([judgement], i) => judgement.label === texts[i].label).length;
  cancelling = true;
  const cancelled = await client.learningCurve({ ...request, sizes: [30], draws }).then(() => 'done', (error) => error.message);
  const again = await client.openClassifier(info.json, 'c.json');
  client.close();
  return { sha256: info.sha256, encoder: info.encoder, share: right / texts.length, told, cancelled, same: again.sha256 === info.sha256 };
};

const WORDS = [['hurt', 'mock', 'abandon'], ['count', 'paint', 'measure'], ['help', 'comfort', 'feed']];
const THINGS = ['the dog', 'a friend', 'my neighbour', 'those people'];
const VALUES = JSON.stringify({ format: 1, id: 'one', name: 'One value', source: 'made up', values: [{ id: 'care', name: 'Care', definition: 'Kindness.' }] });
const LABELS = Array.from({ length: 96 }, (_, i) => `${JSON.stringify({
  id: `t${i}`, scenario: '', response: `They ${WORDS[i % 3][i % 2]} ${THINGS[i % 4]} and ${WORDS[i % 3][(i >> 2) % 3]} ${THINGS[(i >> 1) % 4]} ${i} times.`,
  value: 'care', label: (i % 3) - 1, annotator: 'a',
})}\n`).join('');

const folder = mkdtempSync(join(tmpdir(), 'assay-judging-'));
const [values, labels, out] = ['values.json', 'labels.jsonl', 'c.json'].map((name) => join(folder, name));
const site = JSON.parse(readFileSync('build/site/extras.json', 'utf8'));

/** The classifier's hash by the program. @param {string} encoder */
function program(encoder) {
  const args = ['calibrate', '--values', values, '--labels', labels, '--encoder', encoder, '--out', out, '--force', '--json', '--quiet'];
  return JSON.parse(execFileSync('build/assay', args, { encoding: 'utf8' })).sha256;
}

/** @param {string} url @param {Task} task */
async function answerOf(url, task) {
  /** @type {Awaited<ReturnType<typeof judgeInPage>>[]} */
  const answers = [];
  await withPage(async (page) => {
    await page.goto(url);
    answers.push(await page.evaluate(judgeInPage, task));
  });
  return answers[0];
}

try {
  writeFileSync(values, VALUES);
  writeFileSync(labels, LABELS);
  for (const [what, { url }, build] of /** @type {const} */ ([['threads', isolated, 'mt'], ['no threads', plain, 'st']])) {
    const task = { build, values: VALUES, labels: LABELS, model: null, tokenizer: null, draws: DRAWS };

    await test(`n-grams, ${what}: the program's classifier; events; a cancel`, async () => {
      const answer = await answerOf(url, task);
      assert.equal(answer.sha256, program('none'));
      assert.ok(answer.share > 0.95, `${answer.share}`);
      assert.ok(answer.told.calibrating > 5 && answer.told.judging >= 4 && !answer.told.embedding, JSON.stringify(answer.told));
      assert.deepEqual([answer.cancelled, answer.same], ['Cancelled.', true]);
      assert.ok((answer.told.trial ?? 0) < DRAWS);
    });

    await test(`an encoder of the core, ${what}: the program's classifier`, async () => {
      const answer = await answerOf(url, { ...task, model: given('encoder.gguf') });
      assert.equal(answer.sha256, program('tests/golden/onnx/encoder.gguf'));
      assert.ok(answer.told.embedding > 0 && answer.share > 0.9, JSON.stringify(answer));
    });

    await test(`an encoder of ONNX Runtime, ${what}`, async () => {
      if (!site.onnx) skip('the site has no ONNX Runtime');
      const answer = await answerOf(url, { ...task, model: given('encoder.onnx'), tokenizer: given('tokenizer.json') });
      assert.ok(answer.told.embedding > 0 && answer.share > 0.9, JSON.stringify(answer));
      assert.deepEqual([answer.cancelled, answer.same], ['Cancelled.', true]);
    });
  }
} finally {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
}
