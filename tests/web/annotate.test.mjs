// The pure parts of Annotate: order, queue and undo, texts without others' labels, export, the store in memory.

import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { FORMATS, cleanName, exportLines, exportName, labelWord, nameProblem } from '../../web/js/annotate/export.js';
import { MemorySessions } from '../../web/js/annotate/memory-sessions.js';
import { seedOf, shuffled } from '../../web/js/annotate/order.js';
import { Queue } from '../../web/js/annotate/queue.js';
import { textsOf, textsOfRun, withoutLabels } from '../../web/js/annotate/texts.js';

/** @typedef {import('../../web/js/annotate/queue.js').Step} Step */
/** @typedef {import('../../web/js/annotate/session-store.js').Session} Session */

/** @param {number} text @param {-1 | 0 | 1 | null} label @param {string} [note] @returns {Step} */
const answer = (text, label, note = '') => ({ kind: 'answer', text, label, time: 1700000000 + text, note });
/** @type {Step} */
const undo = { kind: 'undo', time: 1700000100 };
/** @type {Step} */
const again = { kind: 'again', time: 1700000200 };

const KNOWN_ORDER = [6, 0, 4, 5, 3, 7, 1, 2];

await test('the order is a permutation, the same for one annotator and another for the next', () => {
  assert.equal(seedOf(''), 0x811c9dc5); // FNV-1a's own vectors
  assert.equal(seedOf('a'), 0xe40c292c);
  assert.equal(seedOf('foobar'), 0xbf9cf968);
  for (const n of [0, 1, 2, 100]) {
    const order = shuffled(n, 'Kim\nsecurity');
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
    assert.deepEqual(order, shuffled(n, 'Kim\nsecurity'));
  }
  assert.notDeepEqual(shuffled(100, 'Kim\nsecurity'), shuffled(100, 'Lea\nsecurity'));
  assert.notDeepEqual(shuffled(100, 'Kim\nsecurity'), shuffled(100, 'Kim\npower'));
  assert.deepEqual(shuffled(8, 'Kim\nsecurity'), KNOWN_ORDER, 'kept sessions hold their order, but a person would meet another one in a new session');
});

await test('every place is as likely as the others', () => {
  const n = 5;
  const rounds = 6000;
  const at = Array.from({ length: n }, () => new Array(n).fill(0));
  for (let i = 0; i < rounds; i += 1) shuffled(n, `person ${i}`).forEach((text, place) => (at[text][place] += 1));
  const expected = rounds / n;
  const chi2 = at.flat().reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  assert.ok(chi2 < 39.25, `chi-squared ${chi2}`); // 16 degrees of freedom, p = 0.001
});

await test('a queue goes through the texts, and undo takes back one after the other', () => {
  const queue = new Queue([2, 0, 1]);
  assert.deepEqual([queue.current, queue.position, queue.remaining, queue.done, queue.last], [2, 1, 3, 0, null]);
  queue.take(answer(2, 1, 'clear'));
  queue.take(answer(0, null));
  assert.deepEqual([queue.current, queue.position, queue.remaining, queue.done], [1, 3, 1, 2]);
  queue.take(answer(1, -1));
  assert.deepEqual([queue.current, queue.remaining, queue.done], [null, 0, 3]);
  assert.deepEqual(queue.counts, { adheres: 1, opposes: 1, unrelated: 0, skipped: 1 });
  assert.deepEqual(queue.answers().map(({ text, label, note }) => [text, label, note]), [[0, null, ''], [1, -1, ''], [2, 1, 'clear']]);
  queue.take(undo);
  queue.take(undo);
  assert.deepEqual([queue.current, queue.done, queue.last?.note], [0, 1, 'clear']);
  queue.take(answer(0, 0));
  queue.take(undo);
  queue.take(undo);
  assert.deepEqual([queue.current, queue.done, queue.last], [2, 0, null]);
  assert.throws(() => queue.take(undo), /do not fit/);
  assert.throws(() => queue.take(answer(1, 1)), /do not fit/);
});

await test('skipped texts come again; undo leads back through that too', () => {
  const queue = new Queue([2, 0, 1, 3], [answer(2, null), answer(0, 1), answer(1, null), answer(3, 0)]);
  assert.equal(queue.again, false);
  queue.take(again);
  assert.deepEqual([queue.again, queue.current, queue.roundSize, queue.done], [true, 2, 2, 4]);
  queue.take(answer(2, -1));
  queue.take(answer(1, null)); // still not clear
  assert.deepEqual([queue.current, queue.counts.skipped, queue.counts.opposes], [null, 1, 1]);
  queue.take(undo);
  queue.take(undo);
  assert.deepEqual([queue.again, queue.current, queue.counts.skipped], [true, 2, 2]);
  queue.take(undo); // the answer before the second round
  assert.deepEqual([queue.again, queue.current, queue.done], [false, 3, 3]);
});

await test('the log alone is the state: read again it gives the same queue at every step', () => {
  const order = shuffled(6, 'x');
  /** @type {Step[]} */
  const log = [];
  const live = new Queue(order);
  const labels = /** @type {const} */ ([1, null, -1, 0, null, 1, 1]);
  for (let i = 0; i < 40; i += 1) {
    const step = i % 5 === 3 && live.last ? undo : live.current === null ? (live.counts.skipped > 0 ? again : undo) : answer(live.current, labels[i % 7], `n${i}`);
    live.take(step);
    log.push(step);
    const read = new Queue(order, JSON.parse(JSON.stringify(log)));
    assert.deepEqual([read.current, read.position, read.done, read.again, read.counts, read.answers(), read.last],
      [live.current, live.position, live.done, live.again, live.counts, live.answers(), live.last]);
  }
  assert.ok(log.some(({ kind }) => kind === 'again') && log.some(({ kind }) => kind === 'undo'));
});

await test('labels of others go, lines stay where they were', () => {
  const lines = [
    '{"id":"a","scenario":"q","response":"r","value":"security","label":"adheres","annotator":"Lea","note":"x","time":5}',
    '{"id": "b", "response": "s", "model": "m", "values": {"power": -1}}',
    '',
    'no json',
    '[1]',
    'null',
    '{"id":12345678901234567890,"response":"big","label":1,"value":"power"}',
    '{"id":7,"response":"<b>t</b>","__proto__":{"label":1},"source":null}\r',
  ];
  const bare = withoutLabels(lines.join('\n')).split('\n');
  assert.deepEqual(bare, [
    '{"id":"a","scenario":"q","response":"r"}',
    '{"id":"b","response":"s","model":"m"}',
    '',
    'no json',
    '[1]',
    'null',
    lines[6],
    '{"id":7,"response":"<b>t</b>","source":null}',
  ]);
});

await test('each text once, in the order of the set', () => {
  const set = '{"annotator":"x","id":"a","label":"adheres","response":"r","scenario":"","value":"power"}\n{"annotator":"x","id":"a","label":"skip","response":"r","scenario":"","value":"security"}\n{"id":"b","response":"s","scenario":"q","source":"m"}\n';
  assert.deepEqual(textsOf(set), [
    { id: 'a', scenario: '', response: 'r', source: '' },
    { id: 'b', scenario: 'q', response: 's', source: 'm' },
  ]);
  assert.deepEqual(textsOf(''), []);
});

await test('the answers of a run: its own words where there are some, else what it chose, with the questions of the suite', () => {
  const suite = {
    name: 'hhh', id: 'f'.repeat(64),
    samples: [{ id: 's1', question: 'Which?', options: ['red', ' blue '] }, { id: 's2', question: 'How?', options: ['so', 'thus'] }],
  };
  const header = {
    type: /** @type {const} */ ('run'), engine: '0', model: { name: 'm', text: '', vision: '' }, dataset: { name: 'hhh', id: suite.id }, recipe: {}, samples: 3,
  };
  const line = { type: /** @type {const} */ ('sample'), tie: false, correct: true, confidence: 1, scores: [0, 0], seconds: 0 };
  const chose = [{ ...line, id: 's2', prediction: 0 }, { ...line, id: 's1', prediction: 1 }, { ...line, id: 'gone', prediction: 0 }];
  assert.equal(textsOfRun({ header, samples: chose, end: null }, suite),
    '{"id":"s2","scenario":"How?","response":"so","source":"m"}\n{"id":"s1","scenario":"Which?","response":"blue","source":"m"}\n');
  const said = [{ ...chose[0], free_text: { text: ' In no way.', end: /** @type {const} */ ('stop') } }, { ...chose[1], free_text: { text: ' ', end: /** @type {const} */ ('stop') } }];
  assert.equal(textsOfRun({ header, samples: said, end: null }, suite), '{"id":"s2","scenario":"How?","response":"In no way.","source":"m"}\n');
  assert.throws(() => textsOfRun({ header: { ...header, dataset: { name: 'other', id: '0' } }, samples: [], end: null }, suite), /over other, and hhh is open/);
});

await test('answers become lines that say who said what of which text, and when', () => {
  const texts = [{ id: 'a', scenario: 'q', response: 'r', source: 'm' }, { id: 'b', scenario: '', response: 'line 1\nline 2 "x"', source: '' }];
  const answers = new Queue([1, 0], [answer(1, null), answer(0, -1, 'why')]).answers();
  const lines = exportLines({ value: 'power', annotator: 'Kim' }, texts, answers).split('\n');
  assert.equal(lines.pop(), '');
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [
    { id: 'a', scenario: 'q', response: 'r', source: 'm', value: 'power', label: 'opposes', annotator: 'Kim', time: 1700000000, note: 'why' },
    { id: 'b', scenario: '', response: 'line 1\nline 2 "x"', value: 'power', label: 'skip', annotator: 'Kim', time: 1700000001 },
  ]);
  assert.deepEqual(([1, 0, -1, null]).map((label) => labelWord(/** @type {-1 | 0 | 1 | null} */ (label))), ['adheres', 'unrelated', 'opposes', 'skip']);
});

await test('names of files and of people', () => {
  const what = { system: 'schwartz-10', value: 'power', annotator: 'José  Ñ./..\\' };
  const names = FORMATS.map((format) => exportName(what, format));
  assert.equal(names[0], 'schwartz-10.power.jose-n.jsonl');
  assert.equal(names[1], 'schwartz-10.power.jose-n.csv');
  assert.equal(names[2], 'schwartz-10.power.jose-n.label-studio.json');
  assert.equal(new Set(names).size, FORMATS.length);
  assert.equal(exportName({ ...what, annotator: '李' }, FORMATS[0]), 'schwartz-10.power.jsonl');
  assert.equal(cleanName('  Jose\u0301 \t Ruiz '), 'Jos\u00e9 Ruiz');
  assert.equal(nameProblem('Kim'), '');
  for (const bad of ['', 'a\u0000b', 'a\u007f', 'é'.repeat(101)]) assert.notEqual(nameProblem(bad), '', bad);
  assert.equal(nameProblem('é'.repeat(100)), '');
});

await test('a store in memory: latest first, steps in order, nothing of another tab is overwritten', async () => {
  const store = new MemorySessions();
  /** @param {string} id @param {number} modified @returns {Session} */
  const session = (id, modified) => ({
    id, modified, system: { id: 's', name: 'S', json: '{}' }, value: { id: 'v', name: 'V', definition: '' }, source: 'f', textsHash: '', annotator: 'Kim',
    n: 2, done: 0, skipped: 0, created: 0,
  });
  const material = { texts: [{ id: 'a', scenario: '', response: 'r', source: '' }], order: [0] };
  await store.create(session('one', 1), material);
  await store.create(session('two', 2), material);
  assert.deepEqual((await store.all()).map(({ id }) => id), ['two', 'one']);
  await store.add({ ...session('one', 3), done: 1 }, 0, answer(0, 1));
  assert.deepEqual((await store.all()).map(({ id, done }) => [id, done]), [['one', 1], ['two', 0]]);
  await assert.rejects(store.add(session('one', 4), 0, answer(0, 1)), /could not be kept/);
  assert.deepEqual((await store.read('one'))?.steps, [answer(0, 1)]);
  await store.remove('one');
  assert.equal(await store.read('one'), null);
  await assert.rejects(store.add(session('one', 5), 1, undo), /could not be kept/);
});
