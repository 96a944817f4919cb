// assay classify --eval: the figures against ones counted here from what assay classify says, the splits against a calibration
// by hand, the same object natively and in Node, and a sentence for whatever cannot be.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { test } from '../harness.mjs';
import { VARIANTS } from '../variants.mjs';

/** @typedef {{id: string, scenario: string, response: string, values: Record<string, number>, source: string, annotator: string}} Row */

const native = VARIANTS[0], node = VARIANTS[6];
const folder = mkdtempSync(join(tmpdir(), 'assay-eval-'));
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

/** @param {string[]} args @param {number} code @param {RegExp} sentence */
function fails(args, code, sentence) {
  const { status, stdout, stderr } = assay(args);
  assert.equal(status, code, `${args.join(' ')}: exit ${status}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

/** The object that --eval prints. @param {string[]} args @param {typeof native} [variant] */
const measures = (args, variant) => JSON.parse(succeeds(['classify', '--encoder', 'none', '--quiet', '--json', ...args], '', variant));

// ---- texts whose words tell, with noise, what they are for two values; of two sources that say it differently

const WORDS = { '-1': ['hurt', 'mock', 'abandon', 'steal from'], 0: ['count', 'paint', 'measure', 'describe'], 1: ['help', 'comfort', 'feed', 'thank'] };
const THINGS = ['the dog', 'a friend', 'my neighbour', 'those people', 'the old man', 'her sister', 'our guests'];
const TIMES = { 1: ['today', 'before noon', 'again'], '-1': ['tomorrow', 'never', 'no more'], 0: ['at home', 'in the park', 'by the river'] };

/** @param {number} n @param {number} [first] @returns {Row[]} */
function sentences(n, first = 0) {
  return Array.from({ length: n }, (_, k) => {
    const i = first + k, care = i % 3 - 1, order = [1, 0, -1, 0][(i >> 1) % 4];
    /** @param {readonly string[]} list @param {number} step */
    const pick = (list, step) => list[(i * step + (i >> 3)) % list.length];
    const verb = pick(WORDS[/** @type {-1 | 0 | 1} */ (i % 11 === 0 ? 0 : care)], 5), time = pick(TIMES[/** @type {-1 | 0 | 1} */ (order)], 7);
    const response = `${i % 2 === 0 ? 'They' : 'You should'} ${verb} ${pick(THINGS, 3)} ${time}, number ${i}.`;
    return { id: `t${String(i).padStart(3, '0')}`, scenario: 'What did they do?', response, source: i % 2 === 0 ? 'tale' : 'advice', annotator: 'ann',
      values: Object.fromEntries(Object.entries({ care, order }).filter(([, label]) => label !== 0)) };
  });
}

const VALUES = ['care', 'order'];
const rows = sentences(150), seen = rows.slice(0, 60), unseen = rows.slice(60);
/** @param {string} name @param {object[]} list */
function write(name, list) {
  writeFileSync(at(name), `${list.map((row) => JSON.stringify(row)).join('\n')}\n`);
  return at(name);
}
writeFileSync(at('values.json'), JSON.stringify({ format: 1, id: 'two', name: 'Two values', source: 'made up', values: [
  { id: 'care', name: 'Care', definition: 'Kindness and protection from harm.' }, { id: 'order', name: 'Order', definition: 'Doing things in time.' }] }));
const values = ['--values', at('values.json')];
const all = write('all.jsonl', rows), train = write('seen.jsonl', seen), rest = write('unseen.jsonl', unseen);
const classifier = at('c.json');
const measured = ['--classifier', classifier, '--splits', 'as-is'];

// ---- the figures, counted here

/** @param {number[]} list */
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

/** @param {[number, number][]} pairs of gold and judged */
function figures(pairs) {
  const confusion = [-1, 0, 1].map((gold) => [-1, 0, 1].map((judged) => pairs.filter((p) => p[0] === gold && p[1] === judged).length));
  const ratio = (/** @type {number} */ a, /** @type {number} */ b) => (b > 0 ? a / b : null);
  const given = (/** @type {(number | null)[]} */ list) => mean(/** @type {number[]} */ (list.filter((x) => x !== null)));
  const row = confusion.map((r) => r[0] + r[1] + r[2]), column = [0, 1, 2].map((k) => confusion[0][k] + confusion[1][k] + confusion[2][k]);
  const recall = [0, 1, 2].map((k) => ratio(confusion[k][k], row[k])), precision = [0, 1, 2].map((k) => ratio(confusion[k][k], column[k]));
  const f1 = [0, 1, 2].map((k) => ratio(2 * confusion[k][k], row[k] + column[k]));
  return { confusion, precision, recall, f1, accuracy: (confusion[0][0] + confusion[1][1] + confusion[2][2]) / pairs.length, macro_f1: given(f1),
    balanced_accuracy: given(recall), majority_accuracy: Math.max(...row) / pairs.length };
}

/** @param {any} found @param {any} expected */
function close(found, expected) {
  if (expected === null || typeof expected !== 'object') {
    if (typeof expected === 'number') assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);
    else assert.equal(found, expected);
  } else {
    for (const [key, value] of Object.entries(expected)) {
      const named = Array.isArray(expected) && !Array.isArray(found) ? found[['opposes', 'unrelated', 'adheres'][Number(key)]] : found[key];
      close(named, value);
    }
  }
}

/** Figures from what assay classify says of the texts. @param {Row[]} list @param {string[]} [args] */
function expected(list, args = []) {
  const LABEL = /** @type {Record<string, number>} */ ({ opposes: -1, unrelated: 0, adheres: 1 });
  const judged = succeeds(['classify', '--classifier', classifier, '--encoder', 'none', ...args], list.map((row) => JSON.stringify(row)).join('\n'))
    .trimEnd().split('\n').map((line) => JSON.parse(line));
  const by = VALUES.map((value) => {
    const pairs = list.map((row, i) => /** @type {[number, string]} */ ([row.values[value] ?? 0, judged[i].values[value].label]));
    const decided = pairs.filter(([, label]) => label !== 'abstained').map(([gold, label]) => /** @type {[number, number]} */ ([gold, LABEL[label]]));
    return { ...figures(decided), n: pairs.length, n_abstained: pairs.length - decided.length };
  });
  return { by_value: Object.fromEntries(VALUES.map((value, v) => [value, by[v]])), n: list.length, n_pairs: 2 * list.length,
    n_abstained: by[0].n_abstained + by[1].n_abstained,
    .../** @type {any} */ (Object.fromEntries(/** @type {const} */ (['accuracy', 'macro_f1', 'balanced_accuracy', 'majority_accuracy'])
      .map((key) => [key, mean(by.map((f) => f[key]))]))) };
}

/** Rows of a report by what they are of. @param {any} report @param {Record<string, unknown>} what */
const find = (report, what) => report.splits.filter((/** @type {any} */ row) => Object.entries(what).every(([key, value]) => row[key] === value));

try {
  succeeds(['calibrate', ...values, '--labels', train, '--encoder', 'none', '--quiet', '--out', classifier]);

  await test('a classifier on texts it has not seen: the figures are those of its judgements', () => {
    const report = measures([...measured, '--eval', rest]), counted = expected(unseen);
    close(report, counted);
    assert.ok(report.macro_f1 > 0.7, String(report.macro_f1));
    assert.deepEqual([report.n_seen, report.n_trials, report.judge, report.values, report.splits.length], [0, 1, 'recognizer', 'two', 1]);
    close(report.splits[0], counted);
    for (const f of [report, report.all, report.by_value.care]) {
      assert.ok(f.macro_f1_ci[0] <= f.macro_f1 && f.macro_f1 <= f.macro_f1_ci[1], JSON.stringify(f.macro_f1_ci));
      assert.ok(f.accuracy_ci[0] <= f.accuracy && f.accuracy <= f.accuracy_ci[1]);
      assert.ok(f.ece >= 0 && f.ece < 1);
    }
    assert.equal(report.all.n, report.n_pairs);
  });

  await test('texts that it has learnt from are left out, unless they are asked for', () => {
    const other = seen.map((row) => ({ ...row, id: `other-${row.id}` }));
    const report = measures([...measured, '--eval', rest, '--eval', write('other.jsonl', other)]);
    assert.equal(report.n_seen, 60);
    close(report, expected(unseen));
    const both = measures([...measured, '--eval', all, '--include-seen']);
    assert.deepEqual([both.n_seen, both.n], [60, 150]);
    close(both, expected(rows));
    // The same id does not make the same text.
    assert.equal(measures([...measured, '--eval', write('moved.jsonl', unseen.map((row, i) => ({ ...row, id: rows[i].id })))]).n_seen, 0);
    assert.match(succeeds(['classify', ...measured, '--encoder', 'none', '--quiet', '--eval', all]), /^60 texts that the classifier learnt from are left out\.$/m);
  });

  await test('abstentions are counted and left out of the other figures', () => {
    const report = measures([...measured, '--eval', rest, '--min-confidence', '0.7']);
    const counted = expected(unseen, ['--min-confidence', '0.7']);
    assert.ok(report.n_abstained > 0 && report.n_abstained < report.n_pairs, String(report.n_abstained));
    close(report, counted);
  });

  await test('perturbed texts: the same ones, each kind a row', () => {
    const report = measures(['--classifier', classifier, '--eval', rest]);
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => row.texts), ['as-is', 'typos', 'case', 'template']);
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => row.n), [90, 90, 90, 90]);
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => row.majority_accuracy), Array(4).fill(report.majority_accuracy));
    close(report, expected(unseen));
    assert.notDeepEqual(find(report, { texts: 'typos' })[0].all.confusion, report.all.confusion);
    const alone = measures(['--classifier', classifier, '--eval', rest, '--splits', 'perturbed']);
    assert.deepEqual(alone.splits, report.splits.slice(1));
    assert.equal(alone.accuracy, report.splits[1].accuracy);
  });

  await test('order of files, other formats, threads and the build change nothing', () => {
    const report = measures([...measured, '--eval', rest]);
    const halves = [write('b.jsonl', unseen.slice(40).reverse()), write('a.jsonl', unseen.slice(0, 45))].flatMap((file) => ['--eval', file]);
    assert.deepEqual(measures([...measured, ...halves, '--threads', '1']), report);
    assert.deepEqual(measures([...measured, '--eval', rest], node), report);
    const lines = unseen.flatMap((row) => VALUES.map((value) => `${row.id},ann,${value},${['opposes', 'unrelated', 'adheres'][(row.values[value] ?? 0) + 1]}`));
    writeFileSync(at('votes.csv'), `item_id,annotator,value,label\n${lines.join('\n')}\n`);
    const texts = write('texts.jsonl', unseen.map(({ id, scenario, response, source }) => ({ id, scenario, response, source })));
    assert.deepEqual(measures([...measured, '--eval', at('votes.csv'), '--eval', texts]), report);
  });

  await test('a limit draws texts by the seed', () => {
    const ids = (/** @type {string} */ seed) => measures([...measured, '--eval', rest, '--limit', '20', '--seed', seed, '--list-splits']);
    const report = ids('46');
    assert.equal(report.n, 20);
    close(report, expected(unseen.filter((row) => report.trials[0].test.includes(row.id))));
    assert.deepEqual(ids('46'), report);
    assert.notDeepEqual(ids('47').trials, report.trials);
  });

  const learning = [...values, '--eval', all];

  await test('held out: what is learnt from is not judged, and calibrating by hand gives the same', () => {
    const report = measures([...learning, '--splits', 'held-out', '--seeds', '2', '--labels', '40', '--list-splits']);
    assert.deepEqual([report.n_trials, report.trials.length, report.classifier, report.n_seen], [2, 2, null, 0]);
    assert.notDeepEqual(report.trials[0].test, report.trials[1].test);
    const single = report.trials.map((/** @type {any} */ trial, /** @type {number} */ k) => {
      assert.equal(trial.seed, 46 + k);
      assert.ok(trial.test.length > 30 && trial.test.length < 60, String(trial.test.length));
      for (const value of VALUES) {
        const ids = trial.train[value], labels = rows.filter((row) => ids.includes(row.id)).map((row) => row.values[value] ?? 0);
        assert.deepEqual([ids.length, ids.filter((/** @type {string} */ id) => trial.test.includes(id))], [40, []]);
        // Stratified: within one of 40 times the label's share of the texts that may be learnt from.
        const others = rows.filter((row) => !trial.test.includes(row.id)).map((row) => row.values[value] ?? 0);
        for (const label of [-1, 0, 1]) {
          const share = 40 * others.filter((x) => x === label).length / others.length;
          assert.ok(Math.abs(labels.filter((x) => x === label).length - share) <= 1, `${value} ${label}`);
        }
      }
      const learnt = VALUES.flatMap((value) => rows.filter((row) => trial.train[value].includes(row.id)).map((row) => ({ ...row, values: undefined, value,
        label: ['opposes', 'unrelated', 'adheres'][(row.values[value] ?? 0) + 1], annotator: 'all' })));
      succeeds(['calibrate', ...values, '--labels', write('train.jsonl', learnt), '--encoder', 'none', '--quiet', '--force', '--out', at('own.json')]);
      return measures(['--classifier', at('own.json'), '--include-seen', '--splits', 'as-is', '--eval',
        write('test.jsonl', rows.filter((row) => trial.test.includes(row.id)))]);
    });
    for (const key of ['accuracy', 'macro_f1', 'balanced_accuracy', 'ece', 'majority_macro_f1'])
      close(report[key], mean(single.map((/** @type {any} */ f) => f[key])));
    close(report.macro_f1_sd, Math.abs(single[0].macro_f1 - single[1].macro_f1) / Math.SQRT2);
    close(report.by_value.care.recall.opposes, mean(single.map((/** @type {any} */ f) => f.by_value.care.recall.opposes)));
    close(report.all.confusion, single[0].all.confusion.map((/** @type {number[]} */ r, /** @type {number} */ g) => r.map((x, k) => x + single[1].all.confusion[g][k])));
    assert.equal(report.n, single[0].n + single[1].n);
  });

  await test('other source: each is judged by what the others taught', () => {
    const report = measures([...learning, '--splits', 'other-source', '--list-splits']);
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => [row.split, row.source, row.n, row.n_trials]),
      [['other-source', 'advice', 75, 1], ['other-source', 'tale', 75, 1], ['other-source', null, 150, 2]]);
    close(report.splits[2].macro_f1, (report.splits[0].macro_f1 + report.splits[1].macro_f1) / 2);
    for (const trial of report.trials) {
      const of = (/** @type {string} */ id) => rows[Number(id.slice(1))].source;
      assert.ok(trial.test.every((/** @type {string} */ id) => of(id) === trial.source));
      assert.deepEqual(trial.train.care.map(of), Array(75).fill(trial.source === 'tale' ? 'advice' : 'tale'));
    }
  });

  await test('the whole protocol with a learning curve, natively and in Node, as a table of at most 120 columns', () => {
    const args = [...learning, '--seeds', '2', '--curve'], report = measures(args);
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => `${row.split} ${row.texts}`), ['held-out as-is', 'held-out typos', 'held-out case',
      'held-out template', 'other-source as-is', 'other-source as-is', 'other-source as-is']);
    assert.deepEqual(report.curve.map((/** @type {any} */ row) => [row.labels, row.n_trials]), [[10, 10], [25, 10], [50, 10], [100, 10]]);
    assert.ok(report.curve[0].macro_f1 < report.curve[3].macro_f1, 'more labels teach more');
    assert.deepEqual(measures(args, node), report);
    const table = succeeds(['classify', '--encoder', 'none', '--quiet', ...args]);
    for (const line of table.split('\n')) assert.ok(line.length <= 120, `${line.length}: ${line}`);
    for (const part of [/^held out, typos +recognizer/m, /^source: tale +recognizer/m, /^held out, template +majority/m, /^50 labels a value +recognizer/m,
      /^by value: held out, recognizer$/m, /^care +\d+ /m, /^opposes +\d+ +\d+ +\d+$/m]) assert.match(table, part);
    assert.ok(table.includes(report.macro_f1.toFixed(3)));
  });

  await test('the recognizer, a language model and both on the same texts', () => {
    const model = at('tiny.gguf');
    succeeds(['model', 'random', model, '--preset', 'tiny']);
    const args = [...learning, '--splits', 'held-out', '--seeds', '2', '--limit', '6', '--model', model];
    const report = measures([...args, '--judge', 'all']), recognizer = measures(args.slice(0, -2));
    assert.deepEqual(report.splits.map((/** @type {any} */ row) => [row.judge, row.n]), [['recognizer', 12], ['model', 12], ['both', 12]]);
    assert.deepEqual(report.splits[0], recognizer.splits[0]);
    assert.match(report.model_sha256, /^[0-9a-f]{64}$/);
    assert.equal(recognizer.model_sha256, null);
    for (const judge of ['model', 'both']) {
      const alone = measures([...args, '--judge', judge]);
      assert.equal(alone.judge, judge);
      assert.deepEqual(alone.splits, find(report, { judge }));
    }
    const given = measures([...measured, '--eval', rest, '--judge', 'all', '--limit', '4', '--model', model], node);
    assert.deepEqual(given, measures([...measured, '--eval', rest, '--judge', 'all', '--limit', '4', '--model', model]));
  });

  await test('labels of one value only, and votes that cancel out, are measured as far as they go', () => {
    const vote = (/** @type {string} */ label, /** @type {string} */ annotator) => ({ value: 'care', label, annotator });
    const list = unseen.slice(0, 10).flatMap(({ id, scenario, response }, i) => [{ id, scenario, response, ...vote('adheres', 'a') },
      { id, scenario, response, ...vote(i < 4 ? 'opposes' : 'adheres', 'b') }]);
    const report = measures([...measured, '--eval', write('care.jsonl', list)]);
    assert.deepEqual([report.n, report.n_pairs, report.by_value.care.n, report.by_value.order.n, report.by_value.order.macro_f1], [6, 6, 6, 0, null]);
    assert.equal(report.macro_f1, report.by_value.care.macro_f1);
  });

  await test('what cannot be is one sentence', () => {
    fails(['classify', ...measured, '--eval', train], 2, /seen\.jsonl: the classifier learnt from all 60 labelled texts; --include-seen/);
    write('cake.jsonl', [unseen[0], { ...unseen[1], values: { cake: 1 } }]);
    fails(['classify', ...measured, '--eval', at('cake.jsonl')], 2, /cake\.jsonl:2: /);
    fails(['classify', ...learning, '--eval', at('cake.jsonl')], 2, /cake\.jsonl:2: /);
    write('bare.jsonl', [{ id: 'x', scenario: '', response: 'Nobody labelled this.' }]);
    fails(['classify', ...measured, '--eval', at('bare.jsonl')], 2, /bare\.jsonl: there are no labels/);
    fails(['classify', ...measured, '--eval', at('nowhere.jsonl')], 2, /nowhere\.jsonl/);
    fails(['classify', ...values, '--eval', write('one.jsonl', rows.slice(0, 1)), '--quiet'], 2, /one\.jsonl: 1 labelled texts leave/);
    const nameless = write('nameless.jsonl', rows.map((row) => ({ ...row, source: undefined })));
    fails(['classify', ...values, '--eval', nameless, '--splits', 'other-source'], 2, /nameless\.jsonl: other-source: the labels name fewer than two sources/);
    assert.match(measures([...values, '--eval', nameless, '--seeds', '1', '--labels', '10']).note, /fewer than two sources/);
    for (const option of [['--format', 'csv'], ['--splits', 'as-is'], ['--judge', 'model'], ['--limit', '3'], ['--include-seen'], ['--seeds', '2'], ['--labels', '5'],
      ['--features', 'ngrams'], ['--curve'], ['--list-splits'], ['--json'], ['--model', 'm.gguf']])
      fails(['classify', '--classifier', classifier, ...option], 1, new RegExp(`${option[0]} needs --eval LABELS`));
    for (const option of [['--seeds', '2'], ['--labels', '5'], ['--features', 'ngrams'], ['--curve']])
      fails(['classify', ...measured, '--eval', rest, ...option], 1, /with --classifier nothing is learnt/);
    fails(['classify', ...measured, '--eval', rest, 'texts.jsonl'], 1, /not from texts\.jsonl/);
    fails(['classify', ...measured, '--eval', rest, '--judge', 'jury'], 1, /--judge jury, there are recognizer, model, both, all/);
    fails(['classify', ...measured, '--eval', rest, '--model', 'm.gguf'], 1, /--model needs --judge/);
    fails(['classify', ...measured, '--eval', rest, '--splits', 'held-out'], 1, /there are as-is, perturbed/);
    fails(['classify', ...learning, '--splits', 'as-is'], 1, /there are held-out, perturbed, other-source/);
    fails(['classify', ...learning, '--splits', 'held-out+'], 1, /--splits held-out\+/);
    fails(['classify', ...learning, '--include-seen'], 1, /--include-seen needs --classifier/);
    fails(['classify', ...learning, '--list-splits'], 1, /--list-splits needs --json/);
    fails(['classify', ...learning, '--features', 'taste', '--encoder', 'none', '--quiet'], 1, /ngrams, vectors, definition/);
    fails(['classify', '--classifier', classifier, '--values', 'schwartz-10', '--eval', rest], 1, /another version/);
  });

  await test('Ctrl-C stops it', async () => {
    const args = ['classify', ...learning, '--encoder', 'none', '--curve', '--seeds', '100', '--json'];
    const run = (/** @type {number} */ wait) => new Promise((resolve) => {
      const child = spawn(native.command[0], args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const told = { code: /** @type {number | null} */ (0), stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text) => { told.stdout += text; });
      child.stderr.setEncoding('utf8').on('data', (text) => { told.stderr += text; });
      const timer = setTimeout(() => child.kill('SIGINT'), wait);
      child.on('close', (code) => { clearTimeout(timer); resolve({ ...told, code }); });
    });
    let told = await run(200);
    for (let wait = 400; told.code === null && wait < 60000; wait *= 2) told = await run(wait); // it had not begun to listen
    assert.deepEqual([told.code, told.stdout], [130, ''], told.stderr);
    assert.match(told.stderr, /^assay: [^\n]*stopped$/m);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
