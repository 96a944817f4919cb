// The pure modules of the Classifier view: sizes and figures of a learning curve, kinds of files, what explains a judgement; and the
// labels that come with the page.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from '../harness.mjs';
import { Explaining } from '../../web/js/classifier/explaining.js';
import { curveRows, curveSizes, heldOutFigures } from '../../web/js/eval/curve.js';
import { kindByName, kindOf } from '../../web/js/eval/file-kinds.js';
import { formatParams, parseParams } from '../../web/js/eval/params.js';
import { EXAMPLE, LABEL_FORMATS, VALENCES, VALUE_SYSTEMS, valenceWord } from '../../web/js/eval/value-systems.js';

/** @typedef {import('../../web/js/engine/judging-protocol.js').CurvePoint} CurvePoint */
/** @typedef {import('../../web/js/engine/judging-protocol.js').LabelCount} LabelCount */

/** @param {...[number, number, number]} all @returns {LabelCount[]} */
const countsOf = (...all) =>
  all.map((counts, i) => ({ id: `v${i}`, counts, skips: 0, nItems: 0, raw: null, alpha: null, alphaInterval: null, ac1: null, undefinedBecause: '' }));

/** @param {number} nLabels @param {number} draw @param {number | null} f1 @returns {CurvePoint} */
function point(nLabels, draw, f1) {
  const figures = { n: 30, accuracy: 0.5, macroF1: f1, accuracyInterval: null, majorityMacroF1: 0.3 };
  const none = { ...figures, n: 0, accuracy: null, macroF1: null, macroF1Interval: null, majorityMacroF1: null };
  return {
    nLabels, draw, nTexts: 30, accuracy: 0.5, macroF1: f1,
    byValue: [{ ...figures, id: 'v0', macroF1Interval: f1 === null ? null : [f1 - 0.1, f1 + 0.2] }, { ...none, id: 'v1' }],
  };
}

await test('the sizes of a curve are those that the labels allow, and all of them', () => {
  assert.deepEqual(curveSizes(countsOf([10, 100, 10], [1, 2, 3])), [10, 25, 50, 0]);
  assert.deepEqual(curveSizes(countsOf([100, 800, 100])), [10, 25, 50, 100, 0]);
  assert.deepEqual(curveSizes(countsOf([1, 2, 3])), [0]);
  assert.deepEqual(curveSizes(countsOf([5, 5, 5])), [0]);
  assert.deepEqual(curveSizes([]), [0]);
});

await test('draws of one size come together: mean, lowest and highest; all of the labels last', () => {
  const rows = curveRows([point(10, 0, 0.3), point(0, 0, 0.6), point(10, 1, 0.5), point(25, 0, null)]);
  assert.deepEqual(rows.map(({ nLabels, nDraws }) => [nLabels, nDraws]), [[10, 2], [25, 1], [0, 1]]);
  assert.deepEqual(rows[0].macroF1, { mean: 0.4, low: 0.3, high: 0.5 });
  assert.equal(rows[1].macroF1, null);
  assert.deepEqual(curveRows([]), []);
});

await test('held-out figures are of the largest size, and of no draw that has none of a value', () => {
  const [first, second] = heldOutFigures([point(10, 0, 0.1), point(0, 0, 0.4), point(0, 1, 0.6)]);
  assert.equal(first.n, 30);
  assert.equal(first.macroF1, 0.5);
  assert.ok(first.macroF1Interval);
  assert.deepEqual(first.macroF1Interval.map((x) => x.toFixed(3)), ['0.400', '0.700']);
  assert.deepEqual(second, { id: 'v1', n: 0, accuracy: null, macroF1: null, macroF1Interval: null, majorityMacroF1: null });
  assert.deepEqual(heldOutFigures([]), []);
});

await test('files are told apart by what they hold', () => {
  const values = readFileSync('data/values/schwartz-10.json', 'utf8');
  assert.equal(kindOf('anything.json', values), 'values');
  assert.equal(kindOf('c.json', '{"concepts":null,"kind":"assay-classifier","values":{}}'), 'classifier');
  assert.equal(kindOf('pool.json', '{"format":1,"values":"aa","encoder":null,"threshold":0.5,"concepts":[]}'), 'concepts');
  assert.equal(kindOf('export.json', '[{"annotations":[]}]'), 'labels');
  assert.equal(kindOf('broken.json', '{"values": ['), 'labels');
  assert.equal(kindOf('null.json', 'null'), 'labels');
  assert.equal(kindOf('run.jsonl', '{"type":"run","format":1}\n{"type":"sample"}'), 'record');
  assert.equal(kindOf('labels.jsonl', '{"id":"a","response":"{\\"type\\":\\"run\\"}","values":{}}'), 'labels');
  assert.equal(kindOf('labels.csv', 'item_id,annotator,value,label\n'), 'labels');
  assert.equal(kindByName('encoder.GGUF'), 'encoder');
  assert.equal(kindByName('model.onnx'), 'encoder');
  assert.equal(kindByName('tokenizer.json'), 'tokenizer');
  assert.equal(kindByName('vocab.txt'), 'tokenizer');
  assert.equal(kindByName('texts.txt'), null);
});

await test('judgements are explained by a pool of one’s own, else by what the core says of the classifier, asked once', async () => {
  /** @type {string[]} */
  const asked = [];
  const client = { firstConcepts: async (/** @type {string} */ json) => `{"pool of":"${asked.push(json) && json}"}` };
  const explaining = new Explaining();
  const [one, two] = ['one', 'two'].map((json) => ({ json, sha256: `of ${json}`, concepts: '' }));
  assert.equal(await explaining.pool(client, one), '{"pool of":"one"}');
  assert.equal(await explaining.pool(client, one), '{"pool of":"one"}');
  assert.equal(await explaining.pool(client, two), '{"pool of":"two"}');
  assert.deepEqual(asked, ['one', 'two']);
  assert.equal(await explaining.pool(client, { ...one, concepts: 'hash of a pool' }), '', 'it needs its own pool, which is not here');
  explaining.own = '{"own"}';
  assert.equal(await explaining.pool(client, one), '{"own"}');
  assert.deepEqual(asked, ['one', 'two']);
});

await test('the address knows the views and the value system', () => {
  const { params, problems } = parseParams('?view=classifier&values=schwartz-10');
  assert.deepEqual(problems, []);
  assert.deepEqual([params.view, params.values], ['classifier', 'schwartz-10']);
  assert.equal(formatParams(params), '?view=classifier&values=schwartz-10');
  assert.equal(parseParams('?view=annotate').params.view, 'annotate');
  assert.equal(parseParams('?values=..%2Fsecret').problems.length, 1);
});

await test('the value systems of the page are there under their ids, and the labels have names', () => {
  for (const { id } of VALUE_SYSTEMS) assert.equal(JSON.parse(readFileSync(`data/values/${id}.json`, 'utf8')).id, id);
  assert.deepEqual(VALENCES.map(valenceWord), ['opposes', 'unrelated', 'adheres']);
  assert.ok(LABEL_FORMATS.some(({ id }) => id === 'label-studio'));
});

await test('the example: invented, in order, and enough of each label to learn from', () => {
  const file = `data/values/${EXAMPLE.file}`;
  assert.ok(existsSync(file));
  const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const { values } = JSON.parse(readFileSync(`data/values/${EXAMPLE.values}.json`, 'utf8'));
  assert.equal(lines.length, 120);
  assert.equal(new Set(lines.map(({ id }) => id)).size, 120);
  assert.equal(new Set(lines.map(({ response }) => response)).size, 120);
  assert.ok(lines.every(({ source }) => source === 'invented'));
  for (const { id } of values) {
    for (const label of [-1, 1]) assert.ok(lines.filter((line) => line.values[id] === label).length >= 11, `${id} ${label}`);
  }
});
