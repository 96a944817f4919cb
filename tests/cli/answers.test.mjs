// Free answers and the value profile, as a user meets them: the record, resume, verify, the report with its answers judged; what
// cannot be is one sentence. On a tiny random model and the procedural suite.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';
import { VARIANTS, assay as run } from '../variants.mjs';
import { sha256 } from './dataset.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-answers-'));
/** @param {string} name */
const at = (name) => join(folder, name);
const model = at('tiny.gguf'), data = at('data'), record = at('run.jsonl');
const common = ['--model', model, '--data', data, '--threads', '1', '--quiet'];
const RECIPE = '{"name":"short","free_text":5}';

/** @param {string[]} args */
const assay = (args) => run(VARIANTS[0], args);

/** @param {string[]} args @param {number} code @param {RegExp} sentence */
function fails(args, code, sentence) {
  const { status, stdout, stderr } = assay(args);
  assert.equal(status, code, `${args.join(' ')}: exit ${status}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

/** The standard output of a call that must succeed. @param {string[]} args */
function succeeds(args) {
  const { status, stdout, stderr } = assay(args);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Objects with their keys in order, as the canonical form has them. @param {unknown} value @returns {unknown} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

/** The hallmark by its definition. @param {string} text of a record */
function hallmarkOf(text) {
  const [header, ...lines] = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  const parts = ['assay 1', header.model.text, header.model.vision, header.dataset.id, JSON.stringify(sorted(header.recipe)),
    ...lines.filter(({ type }) => type === 'sample').flatMap(({ id, bits, free_text: answer }) => [id, ...bits, JSON.stringify(sorted(answer))])];
  return sha256(parts.map((part) => `${part}\n`).join(''));
}

/** A record without its times. @param {string} text */
const timeless = (text) => text.replace(/,"seconds":[\d.]+/g, '');
const samples = (/** @type {string} */ text) => text.trimEnd().split('\n').slice(1, -1).map((line) => JSON.parse(line));

try {
  succeeds(['gen', 'hhh46', '--seed', '7', '--n', '1', '--out', data]);
  succeeds(['model', 'random', model, '--preset', 'tiny']);
  succeeds(['run', ...common, '--recipe', RECIPE, '--out', record]);
  const whole = readFileSync(record, 'utf8'), hallmark = JSON.parse(whole.trimEnd().split('\n').at(-1) ?? '').hallmark;

  await test('every sample has an answer, and the hallmark covers it', () => {
    assert.ok(samples(whole).length > 10);
    for (const { free_text: { text, tokens, bits, end } } of samples(whole)) {
      assert.ok(tokens.length >= 1 && tokens.length <= 5 && bits.length === 8 * tokens.length);
      assert.equal(typeof text, 'string');
      assert.ok(end === 'stop' || (end === 'length' && tokens.length === 5));
    }
    assert.equal(hallmark, hallmarkOf(whole));
  });

  await test('the scores are those of a run without answers, whose record says nothing of them', () => {
    const plain = at('plain.jsonl');
    succeeds(['run', ...common, '--recipe', '{"name":"short"}', '--out', plain]);
    const text = readFileSync(plain, 'utf8');
    assert.ok(!text.includes('free_text'));
    const strip = (/** @type {any} */ { free_text: _free, seconds: _seconds, ...rest }) => rest;
    assert.deepEqual(samples(whole).map(strip), samples(text).map(strip));
    assert.notEqual(hallmark, JSON.parse(text.trimEnd().split('\n').at(-1) ?? '').hallmark);
  });

  await test('a run that was cut goes on, and verifies', () => {
    const cut = at('cut.jsonl');
    writeFileSync(cut, whole.slice(0, Math.floor(whole.length * 0.6)));
    succeeds(['run', ...common, '--recipe', RECIPE, '--out', cut, '--resume']);
    assert.equal(timeless(readFileSync(cut, 'utf8')), timeless(whole));
    assert.match(succeeds(['verify', cut, ...common, '--samples', '5']), /^equal: 5 of /);
    fails(['run', ...common, '--recipe', '{"name":"short","free_text":6}', '--out', cut, '--resume'], 3, /another recipe: /);
  });

  await test('a record whose answers were changed is refused', () => {
    const [first] = samples(whole), changed = at('changed.jsonl');
    /** @param {object} change @param {boolean} [close]  with the hallmark that the changed lines have */
    const forge = (change, close = true) => {
      const line = whole.split('\n')[1], said = JSON.stringify(sorted({ ...first.free_text, ...change }));
      const text = whole.replace(line, line.replace(/"free_text":\{.*\},"seconds"/, `"free_text":${said.replaceAll('$', '$$$$')},"seconds"`));
      writeFileSync(changed, close ? text.replace(hallmark, hallmarkOf(text)) : text);
      return ['verify', changed, ...common, '--samples', '1'];
    };
    assert.match(succeeds(forge({})), /^equal/);
    fails(forge({ text: `${first.free_text.text} no` }, false), 3, /changed\.jsonl: record line 2: the free answer's text is not its tokens'/);
    fails(forge({ text: `${first.free_text.text} no` }), 3, /the free answer's text is not its tokens'/);
    fails(forge({ tokens: first.free_text.tokens.map((/** @type {number} */ id) => id + 1e6) }), 3, /outside the vocabulary/);
    fails(forge({ tokens: [] }), 2, /record line 2, free answer: it has no tokens/);
    fails(forge({ bits: first.free_text.bits.slice(8) }), 2, /"bits" are not 8 hex digits/);
    const bits = `${first.free_text.bits.startsWith('c0') ? 'c1' : 'c0'}${first.free_text.bits.slice(2)}`;
    fails(forge({ bits }), 3, /differs: free answer, token 0 is [0-9a-f]{8} in the record, [0-9a-f]{8} now/);
    fails(['report', changed, '--data', join(data, 'none')], 2, /No such file/);
    forge({ bits }, false);
    fails(['report', changed, '--data', data], 3, /hallmark does not follow/);
  });

  await test('the report lists the answers', () => {
    const report = JSON.parse(succeeds(['report', record, '--data', data, '--answers', '--json']));
    assert.deepEqual(report.answers.map((/** @type {any} */ { id, text }) => [id, text]), samples(whole).map(({ id, free_text: { text } }) => [id, text.trim()]));
    assert.ok(report.answers.every((/** @type {any} */ answer) => answer.free_text && answer.question !== ''));
    assert.equal(report.values, undefined);
    const { answers: _answers, ...rest } = report;
    assert.deepEqual(rest, JSON.parse(succeeds(['report', record, '--data', data, '--json'])));
    const table = succeeds(['report', record, '--data', data, '--answers']);
    assert.ok(table.includes(`\n${report.answers[0].id}  ${report.answers[0].question}\n    > `));
    assert.ok(!/[\x00-\x09\x0b-\x1f\x7f]/.test(table));
  });

  await test('chosen options stand in where there are no free answers', () => {
    const report = JSON.parse(succeeds(['report', at('plain.jsonl'), '--data', data, '--answers', '--json']));
    const index = readFileSync(join(data, 'index.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    const chosen = new Map(samples(readFileSync(at('plain.jsonl'), 'utf8')).map(({ id, prediction }) => [id, prediction]));
    for (const { id, text, free_text: own } of report.answers) {
      assert.equal(own, false);
      assert.equal(text, index.find((sample) => sample.id === id).options[chosen.get(id)]);
    }
  });

  const values = at('values.json'), classifier = at('c.json');
  await test('answers are judged, and the report has their value profile', () => {
    if (!existsSync('data/values/moral-foundations-5.json')) skip('no value system');
    writeFileSync(values, JSON.stringify({ format: 1, id: 'two', name: 'Two <values>', source: 'made up', values: [
      { id: 'care', name: 'Care & kindness', definition: 'Kindness and protection from harm.' },
      { id: 'order', name: 'Order', definition: 'Keeping rules.' }] }));
    const labels = Array.from({ length: 60 }, (_, i) => {
      const label = ['opposes', 'unrelated', 'adheres'][i % 3];
      const verb = { opposes: 'hurt', unrelated: 'count', adheres: 'help' }[label];
      return ['care', 'order'].map((value) => JSON.stringify({ id: `t${i}`, scenario: '', response: `They ${verb} ${['the dog', 'a friend', 'us'][(i >> 2) % 3]} ${i}.`, value, label, annotator: 'a' })).join('\n');
    });
    writeFileSync(at('labels.jsonl'), `${labels.join('\n')}\n`);
    succeeds(['calibrate', '--values', values, '--encoder', 'none', '--quiet', '--labels', at('labels.jsonl'), '--out', classifier]);
    const judged = ['report', record, '--data', data, '--classifier', classifier];
    const report = JSON.parse(succeeds([...judged, '--json', '--answers']));
    const n = samples(whole).length;
    assert.deepEqual(Object.keys(report.values.by_value), ['care', 'order']);
    assert.equal(report.values.free_text, true);
    assert.equal(report.values.n, n);
    assert.equal(report.values.system.name, 'Two <values>');
    assert.match(report.values.classifier, /^[0-9a-f]{64}$/);
    for (const value of Object.values(report.values.by_value)) {
      const shares = [value.adheres, value.opposes, value.unrelated];
      assert.equal(value.n, n);
      assert.equal(value.abstained, 0);
      assert.equal(shares.reduce((sum, share) => sum + share.n, 0), n);
      for (const { n: count, share, ci: [low, high], expected } of shares) {
        assert.equal(share, count / n);
        assert.ok(low <= share && share <= high && low >= 0 && high <= 1 && expected > 0 && expected < 1);
      }
    }
    /** What `assay classify` says of the same texts. */
    const lines = report.answers.map((/** @type {any} */ { id, question, text }) => JSON.stringify({ id, scenario: question, response: text }));
    writeFileSync(at('texts.jsonl'), `${lines.join('\n')}\n`);
    const rows = succeeds(['classify', '--classifier', classifier, at('texts.jsonl')]).trimEnd().split('\n').map((line) => JSON.parse(line));
    for (const [i, row] of rows.entries()) {
      const related = Object.entries(row.values).filter(([, value]) => /** @type {any} */ (value).label !== 'unrelated').map(([id, value]) => [id, /** @type {any} */ (value).label]);
      assert.deepEqual(report.answers[i].values, Object.fromEntries(related), row.id);
    }
    const table = succeeds(judged);
    assert.match(table, new RegExp(`${n} answers \\(the model's own words\\) judged for Two <values> by classifier ${report.values.classifier.slice(0, 12)}\n`));
    assert.match(table, /\nCare & kindness +\d+ +0 +[\d.]+ % +[\d.]+ \.\. +[\d.]+ +[\d.]+ %/);
    const all = JSON.parse(succeeds([...judged, '--json', '--min-confidence', '1'])).values;
    assert.deepEqual([all.by_value.care.abstained, all.by_value.care.adheres.share, all.by_value.care.adheres.ci], [n, null, [null, null]]);
    assert.match(succeeds([...judged, '--min-confidence', '1']), /abstains below a confidence of 1\.00\n[^]*\nOrder +\d+ +\d+ +- +- +- +-\n/);
    assert.equal(JSON.parse(succeeds(['report', at('plain.jsonl'), '--data', data, '--classifier', classifier, '--json'])).values.free_text, false);
  });

  await test('the page has profile and answers, and their text as text', () => {
    const page = at('page.html');
    succeeds(['report', record, '--data', data, '--classifier', classifier, '--answers', '--html', page]);
    const html = readFileSync(page, 'utf8');
    assert.ok(html.includes('Two &lt;values&gt;') && html.includes('Care &amp; kindness') && html.includes('<h2>Answers</h2>'));
    assert.ok(!html.includes('<values>') && !html.includes('<script'));
    assert.equal(html.split('<li>').length - 1, samples(whole).length);
    for (const tag of ['table', 'tr', 'td', 'th', 'p', 'ol', 'li', 'svg', 'h2'])
      assert.equal(html.split(`<${tag}>`).length + html.split(`<${tag} `).length - 2, html.split(`</${tag}>`).length - 1, tag);
  });

  await test('what cannot be is one sentence', () => {
    for (const option of [['--concepts', 'x'], ['--encoder', 'none'], ['--layer', '1'], ['--min-confidence', '0.5']])
      fails(['report', record, '--data', data, ...option], 1, /need --classifier C/);
    fails(['report', record, '--data', data, '--classifier', at('none.json')], 2, /none\.json: No such file/);
    fails(['report', record, '--data', data, '--classifier', values], 2, /values\.json: /);
    fails(['report', record, '--data', data, '--classifier', classifier, '--min-confidence', '2'], 1, /min-confidence/);
    fails(['run', ...common, '--recipe', '{"free_text":513}'], 2, /"free_text" is 513/);
    fails(['run', ...common, '--limit', '3', '--recipe', '{"free_text":512}', '--context', '100'], 2, /^assay: sample \S+: a free answer of up to 512 tokens does not fit: the context is full after \d+\n/);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
