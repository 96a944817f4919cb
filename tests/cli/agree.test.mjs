// assay agree: table, JSON, gold, soft labels; formats mixed, files in any order; natively and in Node the same text.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { assay, VARIANTS } from '../variants.mjs';

const native = VARIANTS[0];
const folder = mkdtempSync(join(tmpdir(), 'assay-agree-'));
/** @param {string} name @param {string} text */
function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
/** @param {object[]} rows */
const lines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
/** @param {string} id @param {string} value @param {string} label @param {string} annotator */
const vote = (id, value, label, annotator) => ({ id, scenario: '', response: `What ${id} says.`, value, label, annotator });

// X: adheres, adheres; Y: unrelated, unrelated; Z: one each. Alpha is 0.4444. For power all say the same.
const anna = [vote('X', 'security', 'adheres', 'anna'), vote('Y', 'security', 'unrelated', 'anna'), vote('Z', 'security', 'adheres', 'anna'),
  vote('X', 'power', 'unrelated', 'anna')];
const bob = [vote('X', 'security', 'adheres', 'bob'), vote('Y', 'security', 'unrelated', 'bob'), vote('Z', 'security', 'unrelated', 'bob'),
  vote('X', 'power', 'unrelated', 'bob'), vote('Y', 'power', 'skip', 'bob')];
const a = file('a.jsonl', lines(anna));
const b = file('b.jsonl', lines(bob));
const gold = file('gold.jsonl', lines([vote('X', 'security', 'adheres', 'us'), vote('Z', 'security', 'unrelated', 'us')]));
const values = ['--values', 'schwartz-10'];

/** @param {string[]} args @param {typeof native} [variant] */
function succeeds(args, variant = native) {
  const { status, stdout, stderr } = assay(variant, ['agree', ...args]);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args @param {number} code @param {RegExp} sentence */
function fails(args, code, sentence) {
  const { status, stdout, stderr } = assay(native, ['agree', ...args]);
  assert.equal(status, code, `${args.join(' ')}: exit ${status}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

await test('the figures of each value and of all', () => {
  const got = JSON.parse(succeeds([a, b, ...values, '--json']));
  assert.equal(got.values, 'schwartz-10');
  assert.equal(got.n_texts, 3);
  assert.equal(got.by_value.length, 10);
  const security = got.by_value.find((/** @type {{value: string}} */ v) => v.value === 'security');
  assert.equal(security.n, 3);
  assert.equal(security.n_votes, 6);
  assert.equal(security.n_raters, 2);
  assert.ok(Math.abs(security.alpha - 0.4444) < 5e-5);
  assert.ok(Math.abs(security.raw - 2 / 3) < 1e-12);
  assert.equal(security.undefined, null);
  assert.ok(security.alpha_ci[0] < security.alpha && security.alpha < security.alpha_ci[1]);
  const power = got.by_value.find((/** @type {{value: string}} */ v) => v.value === 'power');
  assert.equal(power.alpha, null);
  assert.deepEqual(power.alpha_ci, [null, null]);
  assert.equal(power.ac1, 1);
  assert.match(power.undefined, /same label/);
  assert.equal(got.all.n, 4);
  assert.deepEqual(got.annotators, [{ name: 'anna', n_votes: 4, n_skips: 0 }, { name: 'bob', n_votes: 4, n_skips: 1 }]);
});

await test('files in any order, twice, and in other formats give the same text', () => {
  const one = succeeds([a, b, ...values]);
  assert.match(one, /^security +3 +6 +2 +0\.667 .* 0\.444 /m);
  assert.match(one, /^no alpha for power: All votes are the same label/m);
  assert.equal(succeeds([b, a, a, ...values]), one);
  const rows = bob.map((v) => `${v.id},bob,${v.value},${v.label}\n`).join('');
  const csv = file('bob.csv', `item_id,annotator,value,label\n${rows}`);
  const texts = file('texts.jsonl', lines([...new Set(['X', 'Y', 'Z'])].map((id) => ({ id, response: `What ${id} says.` }))));
  assert.equal(succeeds([csv, texts, a, ...values]), one);
  const crowd = file('crowd.csv', `task,worker,label\n${bob.filter((v) => v.label !== 'skip').map((v) => `${v.id}:${v.value},bob,${v.label}\n`).join('')}`);
  assert.equal(succeeds([a, `crowd-kit:${crowd}`, ...values]), one.replace(/(bob +4 +)1/, '$10'));
});

await test('annotators on gold, and soft labels', () => {
  const out = join(folder, 'soft.jsonl');
  for (const method of ['majority', 'dawid-skene', 'one-coin', 'mace']) {
    const got = JSON.parse(succeeds([a, b, ...values, '--gold', gold, '--aggregate', method, '--out', out, '--force', '--json']));
    assert.deepEqual(got.annotators.map((/** @type {{gold: object}} */ r) => r.gold), [{ n: 2, right: 1 }, { n: 2, right: 2 }]);
    assert.ok(got.annotators.every((/** @type {{accuracy: number}} */ r) => r.accuracy > 0.5 && r.accuracy <= 1), method);
    assert.equal(got.aggregation, method);
    const soft = readFileSync(out, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(got.n_soft_labels, 4);
    assert.deepEqual(soft.map((s) => `${s.id} ${s.value} ${s.n}`), ['X power 2', 'X security 2', 'Y security 2', 'Z security 2']);
    for (const s of soft) assert.ok(Math.abs(s.p.opposes + s.p.unrelated + s.p.adheres - 1) < 1e-12);
    assert.equal(soft[1].label, 'adheres');
    assert.ok(soft[1].p.adheres > 0.5);
    if (method === 'majority') assert.deepEqual(soft[3].p, { opposes: 0, unrelated: 0.5, adheres: 0.5 });
  }
  assert.match(succeeds([a, b, ...values, '--gold', gold, '--out', out, '--force']), /right by majority {2}right on gold/);
});

await test('the same text in Node', () => {
  const args = [a, b, ...values, '--aggregate', 'mace', '--gold', gold, '--json'];
  const want = succeeds(args);
  for (const variant of VARIANTS.filter((v) => v.name.startsWith('Node'))) assert.equal(succeeds(args, variant), want, variant.name);
});

await test('what cannot be is one sentence', () => {
  fails([], 1, /something is missing/);
  fails([a], 1, /which values\? --values V/);
  fails([a, ...values, '--aggregate', 'mean'], 1, /there are majority, dawid-skene, one-coin, mace/);
  fails([a, '--values', 'nobody'], 2, /nobody/);
  fails([a, ...values, '--format', 'xml'], 1, /xml/);
  fails([join(folder, 'none.jsonl'), ...values], 2, /none\.jsonl/);
  fails([a, file('bad.jsonl', lines([anna[0], vote('Q', 'velocity', 'adheres', 'eve')])), ...values], 2, /bad\.jsonl:2: .*velocity/);
  fails([a, file('other.jsonl', lines([vote('X', 'security', 'opposes', 'anna')])), ...values], 2, /anna/);
});

await test('what is there is not written over', () => {
  const before = readFileSync(a, 'utf8');
  fails([a, b, ...values, '--out', a], 1, /a\.jsonl exists; --force replaces it/);
  assert.equal(readFileSync(a, 'utf8'), before);
});

rmSync(folder, { recursive: true });
