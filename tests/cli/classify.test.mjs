// assay calibrate and assay classify: the same classifier and judgements natively and in Node, whatever the order of the
// labels; sentences for what cannot be; all-MiniLM-L6-v2 where make deps could get it.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { skip, test } from '../harness.mjs';
import { VARIANTS } from '../variants.mjs';

const MINILM = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const native = VARIANTS[0], node = VARIANTS[6];
const folder = mkdtempSync(join(tmpdir(), 'assay-classify-'));
/** @param {string} name */
const at = (name) => join(folder, name);

/** @param {string[]} args @param {string} [input] @param {typeof native} [variant] */
function assay(args, input = '', variant = native) {
  const { status, stdout, stderr } = spawnSync(variant.command[0], [...variant.command.slice(1), ...args],
    { encoding: 'utf8', input, env: { ...process.env, ...variant.env }, maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

/** Standard output of a call that must succeed. @param {string[]} args @param {string} [input] @param {typeof native} [variant] */
function succeeds(args, input, variant) {
  const { status, stdout, stderr } = assay(args, input, variant);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args @param {number} code @param {RegExp} sentence @param {string} [input] */
function fails(args, code, sentence, input) {
  const { status, stdout, stderr } = assay(args, input);
  assert.equal(status, code, `${args.join(' ')}: exit ${status}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

const WORDS = { opposes: ['hurt', 'mock', 'abandon'], unrelated: ['count', 'paint', 'measure'], adheres: ['help', 'comfort', 'feed'] };
const THINGS = ['the dog', 'a friend', 'my neighbour', 'those people'];

/** Sentences whose words say what they are for "care". @param {number} n */
function sentences(n) {
  const labels = /** @type {(keyof typeof WORDS)[]} */ (Object.keys(WORDS));
  return Array.from({ length: n }, (_, i) => {
    const label = labels[i % 3], word = WORDS[label];
    return { id: `t${i}`, label, response: `They ${word[i % 2]} ${THINGS[i % 4]} and ${word[(i >> 2) % 3]} ${THINGS[(i >> 1) % 4]}.` };
  });
}

const values = at('values.json'), labels = at('labels.jsonl'), classifier = at('c.json');
writeFileSync(values, JSON.stringify({ format: 1, id: 'one', name: 'One value', source: 'made up', values: [
  { id: 'care', name: 'Care', definition: 'Kindness and protection from harm.' }] }));
const lines = sentences(48).map(({ id, label, response }) => JSON.stringify({ id, scenario: 'What did they do?', response, value: 'care', label, annotator: 'a' }));
writeFileSync(labels, `${lines.join('\n')}\n`);
const calibrate = ['calibrate', '--values', values, '--encoder', 'none', '--quiet'];
const texts = sentences(60).slice(48).map(({ id, response }) => JSON.stringify({ id, scenario: 'What did they do?', response })).join('\n');

try {
  await test('labels become a classifier, which judges', () => {
    const report = JSON.parse(succeeds([...calibrate, '--labels', labels, '--out', classifier, '--json']));
    assert.equal(report.n_texts, 48);
    assert.deepEqual(report.by_value.care.n, [16, 16, 16]);
    assert.ok(report.macro_f1 > 0.8 && report.accuracy > 0.8, JSON.stringify(report));
    assert.equal(report.encoder, null);
    const rows = succeeds(['classify', '--classifier', classifier, '--values', values], texts).trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(rows.length, 12);
    rows.forEach((row, i) => {
      const { care } = row.values, expected = sentences(60)[48 + i];
      assert.equal(row.id, expected.id);
      assert.equal(care.label, expected.label, expected.response);
      assert.ok(Math.abs(care.p.opposes + care.p.unrelated + care.p.adheres - 1) < 1e-5);
      assert.equal(care.confidence, care.p[care.label]);
      assert.equal(care.nearest.length, 3);
      assert.equal(care.nearest[0].label, expected.label);
    });
  });

  await test('the order of labels and the number of threads do not matter, nor does the build', () => {
    const shuffled = at('shuffled.jsonl'), out = at('other.json');
    writeFileSync(shuffled, `${[...lines].reverse().concat(lines.slice(0, 5)).join('\n')}\n`);
    succeeds([...calibrate, '--labels', shuffled, '--out', out, '--threads', '1']);
    assert.equal(readFileSync(out, 'utf8'), readFileSync(classifier, 'utf8'));
    succeeds([...calibrate, '--labels', labels, '--out', out, '--force'], '', node);
    assert.equal(readFileSync(out, 'utf8'), readFileSync(classifier, 'utf8'));
    const judge = ['classify', '--classifier', classifier];
    assert.equal(succeeds(judge, texts, node), succeeds([...judge, '--threads', '2'], texts));
  });

  await test('it abstains below the level asked for, and more of it the higher', () => {
    const counts = ['0', '0.5', '0.7', '0.9', '1'].map((level) =>
      succeeds(['classify', '--classifier', classifier, '--min-confidence', level], texts).split('"abstained"').length - 1);
    assert.deepEqual(counts, [...counts].sort((a, b) => a - b));
    assert.equal(counts[0], 0);
    assert.equal(counts[4], 12);
  });

  await test('a label that is rare is named although another is likelier, as --help says; a level of one half names no such', () => {
    const rare = at('rare.jsonl'), out = at('rare.json');
    const kinds = sentences(216).filter(({ label }, i) => label === 'unrelated' || i % 9 < 3);
    writeFileSync(rare, kinds.map(({ id, label, response }) => JSON.stringify({ id, scenario: '', response, value: 'care', label, annotator: 'a' })).join('\n'));
    succeeds([...calibrate, '--labels', rare, '--out', out]);
    const mixed = WORDS.opposes.flatMap((bad) => WORDS.unrelated.map((word) => JSON.stringify({ text: `They ${bad} a friend and ${word} the cat.` }))).join('\n');
    /** @param {string} level @returns {any[]} */
    const judged = (level) =>
      succeeds(['classify', '--classifier', out, '--min-confidence', level], mixed).trimEnd().split('\n').map((line) => JSON.parse(line).values.care);
    /** @param {any} judgement */
    const bold = ({ label, p }) => label !== 'abstained' && p[label] < Math.max(...Object.values(p));
    const all = judged('0'), sure = judged('0.5');
    assert.ok(all.some(bold), 'the thresholds find no rare label');
    assert.ok(all.every(({ label, confidence, p }) => confidence === p[label] && (confidence >= 0.5 || label === 'opposes' || label === 'adheres')));
    assert.ok(!sure.some(bold) && sure.some(({ label }) => label === 'abstained'));
    assert.match(succeeds(['classify', '--help']), /The label need not be the likeliest/);
  });

  await test('texts may come from a file, without ids and scenarios', () => {
    writeFileSync(at('texts.jsonl'), '\n{"text": "They help a friend."}\n\n{"response": "They mock the dog."}');
    const rows = succeeds(['classify', '--classifier', classifier, at('texts.jsonl')]).trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(rows.map((row) => [row.id, row.values.care.label]), [['2', 'adheres'], ['4', 'opposes']]);
    assert.equal(succeeds(['classify', '--classifier', classifier], ''), '');
    const numbered = succeeds(['classify', '--classifier', classifier], '\ufeff{"id": 70, "text": "They help a friend."}\n{"id": "", "text": "x"}\n');
    assert.deepEqual(numbered.trimEnd().split('\n').map((line) => JSON.parse(line).id), ['70', '2']);
  });

  await test('what cannot be is one sentence', () => {
    fails([...calibrate, '--labels', labels, '--out', classifier], 1, /exists; --force replaces it/);
    fails([...calibrate, '--out', at('x')], 1, /which labels/);
    fails([...calibrate, '--labels', labels], 1, /where to/);
    fails([...calibrate, '--labels', labels, '--out', at('x'), '--features', 'ngrams+taste'], 1, /ngrams, vectors, definition/);
    fails([...calibrate, '--labels', labels, '--out', at('x'), '--features', 'vectors'], 1, /vectors were not given/);
    writeFileSync(at('bad.jsonl'), `${lines[0]}\n${lines[1].replace('"care"', '"cake"')}\n`);
    fails([...calibrate, '--labels', at('bad.jsonl'), '--out', at('x')], 2, /bad\.jsonl:2: /);
    assert.ok(!existsSync(at('x')));
    fails(['classify'], 1, /which classifier/);
    fails(['classify', '--classifier', values], 2, /values\.json: /);
    fails(['classify', '--classifier', classifier], 2, /^assay: standard input:2: /, '{"text":"fine"}\n{"text":5}\n');
    writeFileSync(at('cut.json'), readFileSync(classifier).subarray(0, 2000));
    fails(['classify', '--classifier', at('cut.json')], 2, /cut\.json/);
    fails(['classify', '--classifier', classifier, '--values', 'moral-foundations-5'], 1, /another version/);
    fails(['classify', '--classifier', classifier], 2, /^assay: standard input:1: "id" is not a string or a whole number/, '{"id":1.5,"text":"fine"}\n');
    writeFileSync(at('skips.jsonl'), '{"id":"a","response":"x","value":"care","label":"skip","annotator":"a"}\n');
    fails([...calibrate, '--labels', at('skips.jsonl'), '--out', at('x')], 2, /there are no labels/);
  });

  await test('an encoder is used where it is there, and asked for', () => {
    if (!existsSync(MINILM)) skip(`${MINILM} is not there`);
    const out = at('encoder.json');
    const report = JSON.parse(succeeds(['calibrate', '--values', values, '--encoder', MINILM, '--labels', labels, '--features', 'ngrams+vectors',
      '--out', out, '--json', '--quiet']));
    assert.equal(report.encoder, 'all-MiniLM-L6-v2-Q8_0');
    fails(['classify', '--classifier', out, '--encoder', 'none'], 1, /needs the encoder all-MiniLM-L6-v2-Q8_0/, texts);
    const row = JSON.parse(succeeds(['classify', '--classifier', out, '--encoder', MINILM], '{"text":"They comfort those people."}'));
    assert.equal(row.values.care.label, 'adheres');
    writeFileSync(at('few.jsonl'), sentences(54).slice(42).map(({ id, label, response }) => JSON.stringify({ id, response, value: 'care', label })).join('\n'));
    const measure = ['classify', '--classifier', out, '--eval', at('few.jsonl'), '--json', '--quiet'];
    const figures = JSON.parse(succeeds([...measure, '--encoder', MINILM]));
    assert.deepEqual([figures.encoder, figures.n_seen, figures.n], ['all-MiniLM-L6-v2-Q8_0', 0, 12]);
    assert.deepEqual(figures.splits.map((/** @type {any} */ split) => split.texts), ['as-is'], 'perturbed texts are embedded only when they are asked for');
    fails([...measure, '--encoder', 'none'], 1, /needs the encoder all-MiniLM-L6-v2-Q8_0/);
    const learnt = JSON.parse(succeeds(['classify', '--values', values, '--eval', at('few.jsonl'), '--encoder', MINILM, '--features', 'ngrams+vectors', '--seeds', '1',
      '--splits', 'held-out+perturbed', '--json', '--quiet']));
    assert.deepEqual([learnt.encoder, learnt.splits.length], ['all-MiniLM-L6-v2-Q8_0', 4]);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
