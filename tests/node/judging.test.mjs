// Values in texts through the functions of the page's worker, in both builds: the classifier of the native program bit for bit, its
// judgements and its sentences; encoders, progress and cancel; and the same commands of the program in Node.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EncoderHost } from '../../web/js/engine/encoder-host.js';
import { CancelledError, Core } from '../../web/js/engine/heap.js';
import { JudgingHost } from '../../web/js/engine/judging-host.js';
import { skip, test } from '../harness.mjs';
import { VARIANTS, assay } from '../variants.mjs';

const FULCRA = '../shared/data/fulcra/dev.jsonl';
const ENCODER = 'tests/golden/onnx/encoder.gguf';
const NATIVE = VARIANTS[0];
const folder = mkdtempSync(join(tmpdir(), 'assay-judging-'));
/** @param {string} name */
const at = (name) => join(folder, name);

/** Standard output of a program that must succeed. @param {string[]} args @param {typeof NATIVE} [variant] */
function must(args, variant = NATIVE) {
  const { status, stdout, stderr } = assay(variant, args);
  assert.equal(status, 0, `${variant.name}: assay ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The sentence of a program that must fail. @param {string[]} args */
function sentenceOf(args) {
  const { status, stderr } = assay(NATIVE, args);
  assert.notEqual(status, 0, args.join(' '));
  return stderr.trim().replace(/^assay: /, '').replace(/[.!?]?$/, '.');
}

/** What the page's worker has, without the worker. @param {'mt' | 'st'} build @param {number} threads */
async function openHost(build, threads) {
  const core = await Core.load(pathToFileURL(resolve(`build/wasm/assay-${build}.mjs`)).href, build, threads);
  /** @type {{name: string, data: any}[]} */
  const events = [];
  /** @type {{cancelled: boolean, onEvent: (name: string) => void}} */
  const state = { cancelled: false, onEvent: () => {} };
  const encoder = new EncoderHost();
  const judging = new JudgingHost(
    encoder,
    (name, data) => {
      events.push({ name, data });
      state.onEvent(name);
    },
    async () => {
      if (state.cancelled) throw new CancelledError('Cancelled.');
    },
  );
  return { build, core, encoder, judging, events, state };
}

/** @param {string} path  @returns {import('../../web/js/engine/protocol.js').ModelFile} */
function modelFile(path) {
  const bytes = readFileSync(path);
  const name = path.split('/').at(-1) ?? '';
  return { name, bytes: bytes.length, sha256: '', source: { kind: 'file', file: new File([bytes], name) } };
}

/** Says how long it took: other work on the machine is in the first time, not in the second. */
function timer() {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return `${((performance.now() - start) / 1000).toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of the processor)`;
  };
}

// ---- what is judged: sentences whose words say what they are ------------------------------------------------

const VALUES = JSON.stringify({
  format: 1, id: 'two', name: 'Two values', source: 'made up', values: [
    { id: 'care', name: 'Care', definition: 'Kindness and protection from harm.', concepts: ['Helping somebody', 'Doing no harm'] },
    { id: 'order', name: 'Order', definition: 'Tidiness, rules and "plans".', source: 'nobody' },
  ],
});
const WORDS = /** @type {const} */ ({ opposes: ['hurt', 'mock', 'abandon'], unrelated: ['count', 'paint', 'measure'], adheres: ['help', 'comfort', 'feed'] });
const THINGS = ['the dog', 'a friend', 'my neighbour', 'those people'];
const LABELS = /** @type {(keyof typeof WORDS)[]} */ (Object.keys(WORDS));

/** @param {number} first @param {number} n */
const sentences = (first, n) => Array.from({ length: n }, (_, k) => {
  const i = first + k, label = LABELS[i % 3], word = WORDS[label];
  return { id: `t${i}`, label, scenario: i % 5 ? 'What did they do?' : '', response: `They ${word[i % 2]} ${THINGS[i % 4]} and ${word[(i >> 2) % 3]} ${THINGS[(i >> 1) % 4]}.` };
});
const LINES = sentences(0, 48).flatMap(({ id, label, scenario, response }, i) => [
  JSON.stringify({ id, scenario, response, value: 'care', label, annotator: 'a' }),
  ...(i % 3 ? [JSON.stringify({ id, scenario, response, value: 'order', label: LABELS[(i >> 1) % 3], annotator: 'a', note: 'é' })] : []),
  ...(i % 4 ? [] : [JSON.stringify({ id, scenario, response, value: 'care', label: i % 8 ? label : 'skip', annotator: 'b' })]),
]);
/** Of the labelled ones: those that everybody calls unrelated to care. */
const UNRELATED = sentences(0, 48).filter(({ label }) => label === 'unrelated').map(({ id, scenario, response }) => ({ id, scenario, response }));
const TEXTS = sentences(48, 75).map(({ id, scenario, response }) => ({ id, scenario, response }));

/** @param {string} name @param {string} text @param {string} [format] */
const file = (name, text, format = '') => ({ name, format, bytes: new TextEncoder().encode(text) });

writeFileSync(at('values.json'), VALUES);
writeFileSync(at('labels.jsonl'), `${LINES.join('\n')}\n`);
writeFileSync(at('texts.jsonl'), TEXTS.map((text) => `${JSON.stringify(text)}\n`).join(''));
const PROGRAM = ['calibrate', '--values', at('values.json'), '--labels', at('labels.jsonl'), '--quiet', '--json', '--force'];

const hosts = [await openHost('st', 1), await openHost('mt', 2)];
/** @type {Set<string>} */
const curves = new Set();
/** @type {Map<string, Set<string>>} */
const firstPools = new Map();
/** @type {string[]} */
const profiles = [];
const labels = `${[...LINES].reverse().concat(LINES.slice(0, 7)).join('\n')}\n`; // another order than the program's

try {
  for (const { build, core, encoder, judging, events, state } of hosts) {
    await test(`${build}: a value system`, async () => {
      const system = await judging.openValues(core, VALUES, 'mine.json');
      assert.deepEqual([system.id, system.name, system.source, system.values.length], ['two', 'Two values', 'made up', 2]);
      assert.deepEqual(system.values[0], { id: 'care', name: 'Care', definition: 'Kindness and protection from harm.', source: '', concepts: ['Helping somebody', 'Doing no harm'] });
      assert.equal(system.values[1].definition, 'Tidiness, rules and "plans".');
      const again = await judging.openValues(core, system.json, 'mine.json');
      assert.deepEqual(again, system);
      await assert.rejects(judging.openValues(core, '{"format":1,\n"id":5}', 'mine.json'), /^Error: mine\.json: .*\.$/);
    });

    await test(`${build}: labels, counted and written`, async () => {
      const set = await judging.readLabels(core, { values: VALUES, files: [file('labels.jsonl', labels)] });
      assert.deepEqual([set.nTexts, set.nVotes, set.annotators], [48, new Set(LINES).size, ['a', 'b']]);
      const [care, order] = set.byValue;
      const both = sentences(0, 48).filter((_, i) => i % 8 === 4).length;
      assert.deepEqual([care.id, care.counts, care.skips, care.nItems, care.raw, care.alpha, care.undefinedBecause], ['care', [16, 16, 16], 6, both, 1, 1, '']);
      assert.deepEqual(care.alphaInterval, [1, 1]);
      assert.deepEqual([order.id, order.counts.reduce((a, b) => a + b), order.nItems, order.alpha, order.alphaInterval], ['order', 32, 0, null, null]);
      assert.match(order.undefinedBecause, /votes of two raters/);
      const same = await judging.readLabels(core, { values: VALUES, files: [file('x', set.jsonl, 'jsonl'), file('labels.jsonl', LINES.join('\n'))] });
      assert.deepEqual(same, set);
      const csv = await judging.writeLabels(core, { values: VALUES, labels: set.jsonl, format: 'csv' });
      const kept = await judging.readLabels(core, { values: VALUES, files: [file('votes.csv', csv), file('texts.jsonl', TEXTS.concat(sentences(0, 48)).map(({ id, scenario, response }) => JSON.stringify({ id, scenario, response })).join('\n'))] });
      assert.deepEqual([kept.nVotes, kept.nTexts, kept.byValue[0].counts], [set.nVotes, 48 + TEXTS.length, care.counts]);
      const empty = await judging.readLabels(core, { values: VALUES, files: [] });
      assert.deepEqual([empty.nTexts, empty.jsonl], [0, '']);
      assert.equal(await judging.writeLabels(core, { values: VALUES, labels: '', format: 'jsonl' }), '');
    });

    await test(`${build}: a tie of two people counts for no label`, async () => {
      const one = JSON.stringify({ id: 'x', scenario: '', response: 'r', value: 'care', label: 'adheres', annotator: 'a' });
      const set = await judging.readLabels(core, { values: VALUES, files: [file('a', one), file('b', one.replace('"a"', '"b"').replace('adheres', 'opposes'))] });
      assert.deepEqual([set.byValue[0].counts, set.byValue[0].nItems, set.byValue[0].raw], [[0, 0, 0], 1, 0]);
    });

    await test(`${build}: bad label files get the program's sentences, and nothing of them is kept`, async () => {
      const bad = {
        'value.jsonl': `${LINES[0]}\n${LINES[1].replace('"care"', '"cake"')}`,
        'id.jsonl': `${LINES[0]}\n\n${LINES[1].replace(/"id":"[^"]*",/, '')}`,
        'label.jsonl': LINES[0].replace('opposes', 'disagrees'),
        'votes.jsonl': `${LINES[0]}\n${LINES[0].replace('opposes', 'adheres')}`,
        'same.jsonl': `${LINES[0]}\n${LINES[0].replace('They', 'We').replace('"a"', '"c"')}`,
        'json.jsonl': `${LINES[0]}\n{"id":`,
        'table.csv': 'item_id,annotator,value\n',
        'absent.csv': 'item_id,annotator,value,label\nnowhere,a,care,adheres\n',
      };
      for (const [name, text] of Object.entries(bad)) {
        writeFileSync(at(name), text);
        const expected = sentenceOf(['agree', '--values', at('values.json'), at(name)]).replaceAll(`${folder}/`, '');
        await assert.rejects(judging.readLabels(core, { values: VALUES, files: [file('good.jsonl', LINES[2]), file(name, text)] }), { message: expected }, name);
      }
      const latin = new Uint8Array([...new TextEncoder().encode(LINES[0].slice(0, -2)), 0xe9, 0x22, 0x7d]);
      await assert.rejects(judging.readLabels(core, { values: VALUES, files: [{ name: 'l.jsonl', format: '', bytes: latin }] }), /^Error: l\.jsonl:1: .*UTF-8/);
      await assert.rejects(judging.readLabels(core, { values: VALUES, files: [file('l', LINES[0], 'xml')] }), /xml/);
      await assert.rejects(judging.writeLabels(core, { values: VALUES, labels, format: 'xml' }), /xml/);
    });

    await test(`${build}: the classifier and the judgements of the program`, async () => {
      const { sha256 } = JSON.parse(must([...PROGRAM, '--encoder', 'none', '--out', at('c.json')]));
      events.length = 0;
      const info = await judging.calibrate(core, { values: VALUES, labels, encoder: false, concepts: '' });
      assert.equal(info.sha256, sha256);
      assert.equal(info.json, readFileSync(at('c.json'), 'utf8'));
      assert.deepEqual([info.encoder, info.concepts, info.nExamples, info.values.id], ['', '', 48, 'two']);
      assert.deepEqual([info.byValue[0].id, info.byValue[0].counts], ['care', [16, 16, 16]]);
      const told = events.filter(({ name }) => name === 'calibrating').map(({ data }) => data.done);
      assert.ok(told.length > 5 && told.every((done, i) => i === 0 || done >= told[i - 1]) && told[0] === 0 && told.at(-1) === 1, `${told}`);
      assert.deepEqual(await judging.openClassifier(core, info.json, 'c.json'), info);

      for (const level of [0, 0.6]) {
        const lines = must(['classify', '--classifier', at('c.json'), '--min-confidence', `${level}`, at('texts.jsonl')]).trimEnd().split('\n').map((line) => JSON.parse(line));
        events.length = 0;
        const judged = await judging.judge(core, { classifier: info.json, concepts: '', texts: TEXTS, minConfidence: level });
        assert.deepEqual(events.at(-1), { name: 'judging', data: { done: TEXTS.length, total: TEXTS.length } });
        assert.ok(events.length > 2, 'no events between');
        assert.deepEqual(judged.map((row) => row.map(programJudgement)), lines.map(({ values }) => Object.values(values)));
        const first = judged[0][0];
        assert.equal(first.value, 'care');
        const example = sentences(0, 48).find(({ id }) => id === first.nearest[0].id);
        assert.equal(first.nearest[0].response, example?.response);
        assert.equal(judged.flat().some(({ abstained }) => abstained), level > 0);
      }
      assert.deepEqual(await judging.judge(core, { classifier: info.json, concepts: '', texts: [], minConfidence: 0 }), []);
      await assert.rejects(judging.openClassifier(core, info.json.slice(0, -5), 'cut.json'), /^Error: cut\.json/);
      await assert.rejects(judging.judge(core, { classifier: info.json, concepts: '', texts: [{ id: '', scenario: '', response: 'a\0b' }], minConfidence: 0 }), /U\+0000/);
      await assert.rejects(judging.calibrate(core, { values: VALUES, labels: '', encoder: false, concepts: '' }), /there are no labels/);
    });

    await test(`${build}: with an encoder, the classifier and the judgements of the program; what is missing is named`, async () => {
      const { sha256 } = JSON.parse(must([...PROGRAM, '--encoder', ENCODER, '--out', at('e.json')]));
      const request = { values: VALUES, labels, encoder: true, concepts: '' };
      await assert.rejects(judging.calibrate(core, request), /No encoder has been opened/);
      await encoder.open(core, { model: modelFile(ENCODER), tokenizer: null, pooling: 'mean', maxTokens: 0 }, () => {});
      events.length = 0;
      const info = await judging.calibrate(core, request);
      assert.equal(info.sha256, sha256);
      assert.equal(info.encoder, 'encoder');
      assert.match(info.features, /response|both/);
      const told = events.filter(({ name }) => name === 'embedding').map(({ data }) => data);
      assert.deepEqual(told.at(-1), { done: told[0].total, total: told[0].total });
      assert.ok(told.length > 1 && told[0].done < told[0].total, `${told.length} events of ${told[0].total} texts`);
      events.length = 0;
      assert.deepEqual(await judging.calibrate(core, request), info);
      assert.ok(!events.some(({ name }) => name === 'embedding'), 'the vectors were not kept');

      const judge = { classifier: info.json, concepts: '', texts: TEXTS, minConfidence: 0 };
      const lines = must(['classify', '--classifier', at('e.json'), '--encoder', ENCODER, at('texts.jsonl')]).trimEnd().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual((await judging.judge(core, judge)).map((row) => row.map(programJudgement)), lines.map(({ values }) => Object.values(values)));
      await encoder.close();
      await assert.rejects(judging.judge(core, judge), { message: 'This classifier needs the encoder encoder: open it first.' });
      await encoder.open(core, { model: { ...modelFile(ENCODER), name: 'other.gguf' }, tokenizer: null, pooling: 'mean', maxTokens: 0 }, () => {});
      await assert.rejects(judging.judge(core, judge), { message: 'This classifier needs the encoder encoder, not other: open it first.' });
      await encoder.close();
    });

    await test(`${build}: concept pools explain, and name the encoder that they need`, async () => {
      const { sha256 } = await judging.openValues(core, VALUES, 'values');
      const concepts = [{ text: 'They help a friend', value: 'care', valence: 'adheres' }, { text: 'They hurt the dog and mock it', value: 'care', valence: 'opposes' }];
      const pool = JSON.stringify({ format: 1, values: sha256, encoder: null, threshold: 0.2, concepts });
      writeFileSync(at('pool.json'), pool);
      const program = JSON.parse(must([...PROGRAM, '--encoder', 'none', '--concepts', at('pool.json'), '--out', at('p.json')]));
      const info = await judging.calibrate(core, { values: VALUES, labels, encoder: false, concepts: pool });
      assert.equal(info.sha256, program.sha256);
      const lines = must(['classify', '--classifier', at('p.json'), '--concepts', at('pool.json'), at('texts.jsonl')]).trimEnd().split('\n').map((line) => JSON.parse(line));
      const judge = { classifier: info.json, concepts: pool, texts: TEXTS, minConfidence: 0 };
      const judged = await judging.judge(core, judge);
      assert.deepEqual(judged.map((row) => row.map(programJudgement)), lines.map(({ values }) => Object.values(values)));
      assert.ok(judged.flat().some((judgement) => judgement.concepts.length > 0), 'no text has a concept');

      await encoder.open(core, { model: modelFile(ENCODER), tokenizer: null, pooling: 'mean', maxTokens: 0 }, () => {});
      const { name, sha256: encoderSha256, dim } = /** @type {NonNullable<typeof encoder.info>} */ (encoder.info);
      const vectors = await encoder.embed(concepts.map(({ text }) => text), () => {});
      const dense = JSON.stringify({
        format: 1, values: sha256, encoder: { name, sha256: encoderSha256, dim }, threshold: 0.1,
        concepts: concepts.map((concept, i) => ({ ...concept, vector: [...vectors.subarray(i * dim, (i + 1) * dim)] })),
      });
      const explained = await judging.judge(core, { ...judge, classifier: readFileSync(at('c.json'), 'utf8'), concepts: dense });
      assert.ok(explained.flat().some((judgement) => judgement.concepts.length > 0), 'no text has a concept');
      await assert.rejects(judging.calibrate(core, { values: VALUES, labels, encoder: false, concepts: dense }), /This concept pool needs the encoder encoder: use it/);
      await encoder.close();
      await assert.rejects(judging.judge(core, { ...judge, concepts: dense }), { message: 'This concept pool needs the encoder encoder: open it first.' });
      await assert.rejects(judging.judge(core, { ...judge, concepts: '{}' }), /^Error: concepts: /);
    });

    await test(`${build}: the first concepts of its values explain a classifier, and few of the texts that are unrelated`, async () => {
      const texts = UNRELATED, most = Math.floor(0.05 * texts.length);
      for (const [name, needs] of [['c.json', ''], ['e.json', 'encoder']]) {
        const classifier = readFileSync(at(name), 'utf8');
        if (needs !== '') {
          await assert.rejects(judging.firstConcepts(core, classifier), { message: 'This classifier needs the encoder encoder: open it first.' });
          await encoder.open(core, { model: modelFile(ENCODER), tokenizer: null, pooling: 'mean', maxTokens: 0 }, () => {});
        }
        const json = await judging.firstConcepts(core, classifier), pool = JSON.parse(json);
        firstPools.set(name, (firstPools.get(name) ?? new Set()).add(json));
        assert.deepEqual(pool.concepts.map((/** @type {any} */ { text, value, valence }) => [text, value, valence]),
          [['Helping somebody', 'care', 'adheres'], ['Doing no harm', 'care', 'adheres']]);
        assert.equal(pool.encoder?.name ?? '', needs);
        assert.notEqual(pool.threshold, 0.5, 'nothing was fitted');
        /** @param {string} concepts */
        const explained = async (concepts) =>
          (await judging.judge(core, { classifier, concepts, texts, minConfidence: 0 })).filter(([care]) => care.concepts.length > 0).length;
        assert.ok(await explained(json) <= most, 'more than a twentieth has a concept');
        const open = JSON.stringify({ ...pool, threshold: -1 });
        assert.equal(await explained(open), texts.length);
        const lower = JSON.stringify({ ...pool, threshold: 2 * pool.threshold - 1.01 }); // it lies midway between the best of them and 1
        assert.ok(await explained(lower) > most, 'a lower one would do');
        if (needs !== '') await encoder.close();
      }
      const bare = JSON.parse(readFileSync(at('c.json'), 'utf8'));
      bare.values.values.forEach((/** @type {any} */ value) => delete value.concepts);
      assert.equal(await judging.firstConcepts(core, JSON.stringify(bare)), '');
    });

    await test(`${build}: what comes in between changes no judgement`, async () => {
      const [classifier, other] = ['c.json', 'p.json'].map((name) => readFileSync(at(name), 'utf8'));
      const judge = { classifier, concepts: '', texts: TEXTS, minConfidence: 0 };
      const first = await judging.judge(core, judge);
      /** @type {Promise<unknown>[]} */
      const between = [];
      state.onEvent = () => {
        between.push(judging.openClassifier(core, other, 'p'), judging.openClassifier(core, classifier, 'c'), judging.openValues(core, VALUES, 'v'));
      };
      assert.deepEqual(await judging.judge(core, judge), first);
      state.onEvent = () => {};
      assert.ok(between.length > 6);
      await Promise.all(between);
      assert.deepEqual(await judging.judge(core, judge), first);
    });

    await test(`${build}: a cancel ends each of the long ones, and the next call works`, async () => {
      const classifier = readFileSync(at('c.json'), 'utf8');
      const judge = { classifier, concepts: '', texts: TEXTS, minConfidence: 0 };
      const learn = { values: VALUES, labels, encoder: false, concepts: '' };
      const long = /** @type {[string, () => Promise<unknown>][]} */ ([
        ['judging', () => judging.judge(core, judge)],
        ['calibrating', () => judging.calibrate(core, learn)],
        ['trial', () => judging.learningCurve(core, { ...learn, sizes: [10], draws: 3 })],
      ]);
      for (const [event, call] of long) {
        state.onEvent = (name) => {
          if (name === event) state.cancelled = true;
        };
        await assert.rejects(call(), { message: 'Cancelled.' }, event);
        state.cancelled = false;
        state.onEvent = () => {};
      }
      const words = core.sharedWords();
      assert.equal(words !== null, build === 'mt');
      if (words) {
        events.length = 0;
        state.onEvent = () => {
          if (events.at(-1)?.data.done > 0) Atomics.store(words.cancel, 0, 1);
        };
        await assert.rejects(judging.calibrate(core, learn), { message: 'Cancelled.' });
        assert.ok(events.at(-1)?.data.done < 0.5, 'it went on to its end');
        state.onEvent = () => {};
        core.clearCancel();
      }
      assert.equal((await judging.calibrate(core, learn)).json, classifier);
    });

    await test(`${build}: a learning curve`, async () => {
      events.length = 0;
      const points = await judging.learningCurve(core, { values: VALUES, labels, encoder: false, concepts: '', sizes: [6, 0], draws: 2 });
      assert.deepEqual(points.map(({ nLabels, draw }) => [nLabels, draw]), [[6, 0], [0, 0], [6, 1], [0, 1]]);
      assert.deepEqual(events.filter(({ name }) => name === 'trial').map(({ data }) => data), points);
      const told = events.filter(({ name }) => name === 'calibrating').map(({ data }) => data.done);
      assert.ok(told.every((done, i) => i === 0 || done >= told[i - 1]) && told.at(-1) === 1, `${told}`);
      assert.deepEqual([points[0].nTexts, points[2].nTexts], [points[1].nTexts, points[3].nTexts]);
      assert.notDeepEqual(points[1].byValue, points[3].byValue);
      for (const { accuracy, macroF1, byValue } of points) {
        assert.deepEqual(byValue.map(({ id }) => id), ['care', 'order']);
        assert.ok(Math.abs(/** @type {number} */ (macroF1) - byValue.reduce((sum, value) => sum + Number(value.macroF1), 0) / 2) < 1e-12);
        assert.ok(Number(accuracy) >= 0 && Number(accuracy) <= 1);
        for (const { n, accuracyInterval } of byValue) assert.ok(n > 0 && accuracyInterval && accuracyInterval[0] <= accuracyInterval[1]);
      }
      assert.ok(Number(points[1].byValue[0].macroF1) > 0.8, `${points[1].byValue[0].macroF1}`);
      curves.add(JSON.stringify(points));
    });

    await test(`${build}: the value profile of a run's answers is the program's`, async () => {
      const run = ['run', '--model', at('tiny.gguf'), '--data', at('suite'), '--limit', '8', '--quiet'];
      if (!existsSync(at('run.jsonl'))) {
        must(['gen', 'hhh46', '--seed', '7', '--n', '1', '--out', at('suite')]);
        must(['model', 'random', at('tiny.gguf'), '--preset', 'tiny']);
        must([...run, '--out', at('run.jsonl')]);
        must([...run, '--recipe', 'ch3ef-answers', '--out', at('free.jsonl')]);
      }
      const { samples } = core.openDataset(readFileSync(at('suite/manifest.json')), readFileSync(at('suite/index.jsonl')));
      const classifier = readFileSync(at('c.json'), 'utf8');
      for (const [name, freeText] of /** @type {[string, boolean][]} */ ([['run.jsonl', false], ['free.jsonl', true]])) {
        const record = readFileSync(at(name), 'utf8');
        events.length = 0;
        const profile = await judging.profile(core, { classifier, concepts: '', record, minConfidence: 0.5 });
        assert.deepEqual(events.at(-1), { name: 'judging', data: { done: 8, total: 8 } });
        assert.deepEqual([profile.n, profile.freeText, profile.answers.length], [8, freeText, 8]);
        for (const { id, question, text } of profile.answers) {
          const sample = samples.find((one) => one.id === id);
          assert.equal(question, sample?.question);
          if (!freeText) assert.ok(sample?.options.includes(text), `${id}: ${text}`);
        }
        const texts = profile.answers.map(({ id, question, text }) => ({ id, scenario: question, response: text }));
        assert.deepEqual(profile.answers.map(({ judgements }) => judgements), await judging.judge(core, { classifier, concepts: '', texts, minConfidence: 0.5 }));
        const report = JSON.parse(must(['report', at(name), '--data', at('suite'), '--classifier', at('c.json'), '--encoder', 'none', '--min-confidence', '0.5', '--answers', '--json']));
        assert.deepEqual(Object.fromEntries(profile.values.map(programProfile)), report.values.by_value);
        assert.deepEqual(profile.answers.map(({ id, question, text }) => [id, question, text]), report.answers.map((/** @type {any} */ one) => [one.id, one.question, one.text]));
        await assert.rejects(judging.profile(core, { classifier, concepts: '', record: record.replace(/("dataset":\{[^}]*"id":")...../, '$100000'), minConfidence: 0 }), /dataset/);
        const none = await judging.profile(core, { classifier, concepts: '', record: `${record.split('\n')[0]}\n`, minConfidence: 0 });
        assert.deepEqual([none.n, none.answers, none.values[0].expected, none.values[0].shares], [0, [], null, null]);
        profiles.push(JSON.stringify(profile));
      }
    });
  }

  await test('both builds give the same curve and the same profile', () => {
    assert.deepEqual([curves.size, profiles.length], [1, 4]);
    assert.deepEqual(profiles.slice(2), profiles.slice(0, 2));
    assert.deepEqual([...firstPools.values()].map(({ size }) => size), [1, 1], 'one pool in both builds');
  });

  await test('the program in Node: agree, calibrate and classify as natively', () => {
    const options = ['--labels', at('labels.jsonl'), '--values', at('values.json'), '--encoder', 'none', '--quiet', '--force'];
    for (const variant of VARIANTS.filter(({ name }) => /^Node.*(SIMD|single)/.test(name))) {
      const agree = ['agree', '--values', at('values.json'), '--json', at('labels.jsonl')];
      assert.equal(must(agree, variant), must(agree), variant.name);
      must(['calibrate', ...options, '--out', at('n.json')], variant);
      assert.equal(readFileSync(at('n.json'), 'utf8'), readFileSync(at('c.json'), 'utf8'), variant.name);
      const classify = ['classify', '--classifier', at('c.json'), at('texts.jsonl')];
      assert.equal(must(classify, variant), must(classify), variant.name);
    }
  });

  await test('real texts: 10 values of 100 labels each, and 1,000 texts of 200 words', async () => {
    if (!existsSync(FULCRA)) skip(`${FULCRA} is not there`);
    const values = readFileSync('data/values/schwartz-10.json', 'utf8');
    const { core, judging } = hosts[0];
    const rows = readFileSync(FULCRA, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    const ids = (await judging.openValues(core, values, 'values')).values.map(({ id }) => id);
    const some = ids.flatMap((value, v) => Array.from({ length: 100 }, (_, k) => {
      const { id, scenario, response, values: given } = rows[(v * 113 + k * 11) % rows.length];
      return JSON.stringify({ id, scenario, response, value, label: given[value] ?? 0, annotator: 'a' });
    }));
    writeFileSync(at('some.jsonl'), some.join('\n'));
    const { sha256 } = JSON.parse(must(['calibrate', '--values', 'schwartz-10', '--labels', at('some.jsonl'), '--encoder', 'none', '--out', at('s.json'), '--json', '--quiet']));
    const set = await judging.readLabels(core, { values, files: [file('some.jsonl', some.toReversed().join('\n'))] });
    const seconds = timer();
    const info = await judging.calibrate(core, { values, labels: set.jsonl, encoder: false, concepts: '' });
    console.log(`calibrated from ${set.nVotes} labels of ${set.nTexts} texts in ${seconds()}, one thread`);
    assert.equal(info.sha256, sha256);
    const words = rows.flatMap(({ response }) => response.split(/\s+/));
    const texts = Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`, scenario: '', response: words.slice(i * 150, i * 150 + 200).join(' ') }));
    const again = timer();
    const judged = await judging.judge(core, { classifier: info.json, concepts: '', texts, minConfidence: 0 });
    console.log(`judged ${texts.length} texts of 200 words in ${again()}, one thread`);
    assert.deepEqual([judged.length, judged[999].length], [1000, 10]);
    assert.ok(judged.flat().every(({ nearest }) => nearest.every(({ response }) => response.length <= 300)));
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// The threads of the modules would keep the process.
process.exit();

/** A judgement as assay classify prints it. @param {import('../../web/js/engine/judging-protocol.js').Judgement} j */
function programJudgement(j) {
  const name = (/** @type {number} */ label) => LABELS[label + 1];
  const six = (/** @type {number} */ x) => Number(x.toFixed(6));
  return {
    label: j.abstained ? 'abstained' : name(j.label),
    confidence: six(j.confidence),
    p: { opposes: six(j.p[0]), unrelated: six(j.p[1]), adheres: six(j.p[2]) },
    concepts: j.concepts.map(({ text, valence, similarity }) => ({ text, valence: name(valence), similarity: six(similarity) })),
    nearest: j.nearest.map(({ id, label, similarity }) => ({ id, label: name(label), similarity: six(similarity) })),
  };
}

/** A row of a profile as assay report has it. @param {import('../../web/js/engine/judging-protocol.js').ProfileValue} row @returns {[string, object]} */
function programProfile({ id, n, nAbstained, counts, shares, low, high, expected }) {
  const { name } = JSON.parse(VALUES).values.find((/** @type {{id: string}} */ value) => value.id === id);
  const labels = LABELS.map((label, k) => [label, { n: counts[k], share: shares?.[k] ?? null, ci: [low?.[k] ?? null, high?.[k] ?? null], expected: expected?.[k] ?? null }]);
  return [id, { name, n, abstained: nAbstained, ...Object.fromEntries(labels) }];
}
