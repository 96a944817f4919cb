// The page's pure modules: address, recipe, estimator, formats, records, reports, selection, bars, registry.

import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { parseRegistry } from '../../web/js/data/registry.js';
import { Estimator, interquartileMean } from '../../web/js/eval/estimator.js';
import {
  bytes,
  count,
  duration,
  groups,
  interval,
  percent,
  plural,
  rate,
  signed,
  timeLeft,
} from '../../web/js/eval/format.js';
import { optionRows, softmax } from '../../web/js/eval/options.js';
import { DEFAULT_PARAMS, formatParams, parseParams } from '../../web/js/eval/params.js';
import { RECIPES, describeRecipe, recipeJson } from '../../web/js/eval/recipe.js';
import { parseRecord, parseSampleLine, recordName } from '../../web/js/eval/record.js';
import { againstChance, dimensionKey, parseReport, reportRows } from '../../web/js/eval/report.js';
import { paginate, selectSamples } from '../../web/js/eval/selection.js';

const sha = (/** @type {string} */ digit) => digit.repeat(64);

await test('an empty address gives the defaults, frozen', () => {
  const { params, problems } = parseParams('');
  assert.deepEqual({ ...params }, { ...DEFAULT_PARAMS });
  assert.deepEqual(problems, []);
  assert.ok(Object.isFrozen(params));
});

await test('every setting survives the way into the address and back', () => {
  const search =
    '?view=results&model=assay-mini&data=hhh46&recipe=grey&limit=20&threads=2&build=st&autorun=1&run=a1-b2-all&show=wrong&task=Theft&page=3';
  const { params, problems } = parseParams(search);
  assert.deepEqual(problems, []);
  assert.equal(params.limit, 20);
  assert.equal(params.autorun, true);
  assert.equal(formatParams(params), search);
  const opened = parseParams('?view=results&open=run.jsonl');
  assert.deepEqual(opened.problems, []);
  assert.equal(opened.params.open, 'run.jsonl');
  assert.equal(formatParams(DEFAULT_PARAMS), '');
});

await test('whatever is not a valid setting is refused with a sentence and leaves the default', () => {
  const bad = [
    'limit=0',
    'limit=-1',
    'limit=1e3',
    'limit=20x',
    'limit= 20',
    'limit=99999999999',
    'threads=0',
    'threads=17',
    'threads=2.0',
    'build=gpu',
    'view=admin',
    'recipe=__proto__',
    'autorun=yes',
    'model=../../etc',
    'data=%2e%2e%2fsecret',
    'run=A/B',
    'open=https://example.org/x.jsonl',
    'open=../x.jsonl',
    'open=.jsonl',
    'show=maybe',
    'page=0',
    `task=${'x'.repeat(121)}`,
    '__proto__=1',
    'constructor=1',
    'toString=1',
    'colour=red',
  ];
  for (const search of bad) {
    const { params, problems } = parseParams(search);
    assert.equal(problems.length, 1, search);
    assert.deepEqual({ ...params }, { ...DEFAULT_PARAMS }, search);
  }
  const twice = parseParams('limit=20&limit=30');
  assert.equal(twice.problems.length, 1);
  assert.equal(twice.params.limit, 20);
});

await test('recipes are JSON with the right image and limit', () => {
  assert.deepEqual(JSON.parse(recipeJson('ch3ef', 0)), { name: 'ch3ef', image: 'normal', limit: 0, tile_edge: 1 });
  assert.deepEqual(JSON.parse(recipeJson('grey', 20)), { name: 'grey', image: 'grey', limit: 20, tile_edge: 1 });
  assert.deepEqual(JSON.parse(recipeJson('ch3ef-tiles', 0)), { name: 'ch3ef-tiles', image: 'normal', limit: 0, tile_edge: 4 });
  assert.throws(() => recipeJson('nonsense', 0), RangeError);
  assert.throws(() => recipeJson('ch3ef', 1.5), RangeError);
  for (const { name } of RECIPES) assert.deepEqual(parseParams(`recipe=${name}`).problems, []);
  assert.equal(describeRecipe({ name: 'grey', limit: 20 }), 'Blind baseline, 20 samples');
  assert.equal(describeRecipe({ name: 'ch3ef', limit: 0 }), 'Ch3Ef');
  assert.equal(describeRecipe({ name: 'mine' }), 'mine');
  assert.equal(describeRecipe(null), 'unknown recipe');
});

await test('the time left does not jump for one slow step', () => {
  const steady = new Estimator();
  assert.equal(steady.left(10), null);
  for (let i = 0; i < 20; i += 1) steady.add(0.5);
  assert.equal(steady.left(10), 5);
  assert.equal(steady.rate(), 2);
  const disturbed = new Estimator();
  for (let i = 0; i < 20; i += 1) disturbed.add(i === 7 ? 60 : 0.5);
  assert.equal(disturbed.left(10), 5);
  assert.equal(disturbed.seconds, 69.5);
  assert.equal(disturbed.left(0), 0);
  disturbed.add(NaN);
  disturbed.add(-1);
  assert.equal(disturbed.seconds, 69.5);
});

await test('the time left follows a machine that really becomes slower', () => {
  const estimator = new Estimator();
  for (let i = 0; i < 200; i += 1) estimator.add(0.1);
  for (let i = 0; i < 48; i += 1) estimator.add(1);
  assert.equal(estimator.left(10), 10);
  assert.ok(Number.isNaN(interquartileMean([])));
  assert.equal(interquartileMean([1, 2, 3, 100]), 2.5);
});

await test('numbers take the form people read', () => {
  assert.equal(percent(0.8333), '83.3\u202f%');
  assert.equal(percent(null), '–');
  assert.equal(interval([0.7712, 0.89]), '77.1–89.0');
  assert.equal(signed(-1.23456), '\u22121.235');
  assert.equal(signed(-0.00001), '0.000');
  assert.equal(signed(NaN), '–');
  assert.equal(count(12345), '12\u202f345');
  assert.equal(plural(1, 'sample'), '1 sample');
  assert.equal(plural(2, 'sample'), '2 samples');
  assert.deepEqual([999, 1000, 12345, 999999, 13300000, 4.2e9].map(bytes), [
    '999 bytes',
    '1.0 kB',
    '12 kB',
    '1.0 MB',
    '13 MB',
    '4.2 GB',
  ]);
  assert.deepEqual([0.04, 9.96, 59.4, 59.6, 125, 3600, 7290].map(duration), [
    '0.0 s',
    '10.0 s',
    '59 s',
    '1 min 0 s',
    '2 min 5 s',
    '1 h 0 min',
    '2 h 2 min',
  ]);
  assert.deepEqual([null, 0, 3, 12, 54, 59, 100, 3500, 3590, 7140, 9000].map(timeLeft), [
    'estimating…',
    'done',
    'a few seconds',
    'about 15 s',
    'about 55 s',
    'about 1 min',
    'about 2 min',
    'about 58 min',
    'about 1 h',
    'about 2 h',
    'about 2 h 30 min',
  ]);
  assert.deepEqual([null, 25.4, 2.04, 0.5].map(rate), ['–', '25 a second', '2.0 a second', '2.0 s each']);
  assert.deepEqual(
    groups(sha('a')),
    Array.from({ length: 8 }, () => 'aaaaaaaa'),
  );
});

await test('bars are the softmax of the mean log-probabilities', () => {
  const shares = softmax([-1, -2, -3]);
  assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.ok(Math.abs(shares[0] / shares[1] - Math.E) < 1e-12);
  assert.deepEqual(softmax([-1e6, -1e6]), [0.5, 0.5]);
  const rows = optionRows(['a', 'b', 'c'], [-1, -0.5, -3], 1, [0, 2]);
  assert.deepEqual(
    rows.map(({ chosen, gold }) => [chosen, gold]),
    [
      [false, true],
      [true, false],
      [false, true],
    ],
  );
  assert.throws(() => optionRows(['a'], [-1, -2], 0, [0]), RangeError);
});

const header = {
  type: 'run',
  engine: '0.1.0',
  model: { name: 'm', text: sha('a'), vision: sha('b') },
  dataset: { name: 'd', id: sha('c') },
  recipe: { name: 'ch3ef' },
  samples: 2,
};
const sample = {
  type: 'sample',
  id: 's1',
  prediction: 0,
  tie: false,
  correct: true,
  confidence: 0.6,
  scores: [-1, -2],
  bits: ['00', '00'],
  seconds: 0.1,
};
const lines = (/** @type {unknown[]} */ ...values) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

await test('a record is read line by line, a cut last line is left out', () => {
  const whole = lines(header, sample, { ...sample, id: 's2' }, { type: 'end', hallmark: sha('d'), samples: 2 });
  const record = parseRecord(whole);
  assert.equal(record.samples.length, 2);
  assert.equal(record.end?.hallmark, sha('d'));
  const cut = parseRecord(whole.slice(0, whole.indexOf('"s2"') + 10));
  assert.equal(cut.samples.length, 1);
  assert.equal(cut.end, null);
  assert.equal(parseSampleLine(lines(sample)).id, 's1');
});

await test('what is no record is refused with a sentence', () => {
  for (const text of [
    '',
    'hello',
    '{}\n',
    '[1]\n',
    'null\n',
    lines(sample),
    lines({ ...header, model: null }),
    lines({ ...header, recipe: null }),
  ]) {
    assert.throws(() => parseRecord(text), /not a run record/, JSON.stringify(text));
  }
  assert.throws(() => parseRecord(lines(header, { type: 'party' })), /line 2/);
  assert.throws(() => parseRecord(lines(header, { ...sample, scores: ['x'] })), /line 2/);
  assert.throws(() => parseSampleLine('{"type":"sample"}\n'), /not a sample/);
});

await test('the same choice is kept under the same name, and the name fits the address', () => {
  const name = recordName({ text: sha('a'), vision: sha('b') }, sha('c'), 'ch3ef', 0);
  assert.equal(name, 'aaaaaaaaaaaa-bbbbbbbbbbbb-cccccccccccc-ch3ef-all');
  assert.notEqual(name, recordName({ text: sha('a'), vision: sha('b') }, sha('c'), 'ch3ef', 20));
  assert.deepEqual(parseParams(`run=${name}`).problems, []);
  assert.equal(
    parseParams(`run=${recordName({ text: sha('a'), vision: '' }, sha('c'), 'grey', 20)}`).problems.length,
    0,
  );
});

const tally = { n: 2, correct: 1, ties: 0, accuracy: 0.5, ci: [0.1, 0.9], chance: 0.25 };

await test('a report becomes rows in the order of the report', () => {
  const json = {
    hallmark: null,
    n_total: 2,
    seconds: 1,
    ...tally,
    sight: tally,
    dimensions: [
      {
        name: 'honest',
        ...tally,
        domains: [{ name: 'Hallucination', ...tally, tasks: [{ name: 'Object', ...tally }] }],
      },
    ],
  };
  const rows = reportRows(parseReport(JSON.stringify(json)));
  assert.deepEqual(
    rows.map(({ level, group, dimension }) => [level, group.name, dimension]),
    [
      [0, 'honest', 'honest'],
      [1, 'Hallucination', 'honest'],
      [2, 'Object', 'honest'],
    ],
  );
  assert.throws(() => parseReport('{}'), /form/);
  assert.equal(dimensionKey('Helpful'), 'helpful');
  assert.equal(dimensionKey('x" onload="'), 'other');
});

await test('chance is compared with the interval, not with the point', () => {
  assert.match(againstChance({ ci: [0.3, 0.5], chance: 0.25 }), /^better/);
  assert.match(againstChance({ ci: [0.1, 0.2], chance: 0.25 }), /^worse/);
  assert.match(againstChance({ ci: [0.2, 0.9], chance: 0.25 }), /not distinguishable/);
  assert.equal(againstChance({ ci: [0, 1], chance: null }), 'no chance level');
});

await test('samples are filtered and paged', () => {
  const samples = Array.from({ length: 20 }, (_, i) =>
    parseSampleLine(lines({ ...sample, id: `s${i}`, correct: i % 2 === 0, tie: i === 5 })),
  );
  const taskOf = (/** @type {string} */ id) => (Number(id.slice(1)) < 10 ? 'Art' : 'Theft');
  const ids = (/** @type {import('../../web/js/eval/params.js').Outcome} */ show, task = '') =>
    selectSamples(samples, { show, task }, taskOf).length;
  assert.deepEqual(
    [ids('all'), ids('right'), ids('wrong'), ids('ties'), ids('wrong', 'Art'), ids('ties', 'Theft')],
    [20, 10, 10, 1, 5, 0],
  );
  assert.deepEqual(paginate([1, 2, 3, 4, 5], 2, 2), { items: [3, 4], page: 2, pages: 3, first: 3, last: 4, total: 5 });
  assert.deepEqual(paginate([1, 2, 3], 99, 2), { items: [3], page: 2, pages: 2, first: 3, last: 3, total: 3 });
  assert.deepEqual(paginate([], 1, 2), { items: [], page: 1, pages: 1, first: 0, last: 0, total: 0 });
});

await test('the list of models is read strictly', () => {
  const file = { url: 'models/x.gguf', bytes: 10, sha256: sha('e') };
  const far = { url: 'https://example.org/a/b.gguf' };
  const vision = { ...file, url: 'models/mmproj-x.gguf' };
  const entry = { id: 'x', name: 'X', kind: 'multimodal', licence: 'CC0-1.0', text: file, vision };
  const list = (/** @type {unknown[]} */ ...models) =>
    parseRegistry(JSON.stringify({ format: 1, models }), 'http://localhost/data/models.json');
  const [model] = list(entry);
  assert.deepEqual([model.bytes, model.bundled, model.note], [20, true, '']);
  assert.deepEqual(model.text, [{ ...file, name: 'x.gguf', url: 'http://localhost/data/models/x.gguf', bundled: true }]);
  assert.equal(list({ ...entry, vision: null })[0].vision, null);
  const [split] = list({ ...entry, kind: 'encoder', text: [far, { ...far, url: `${far.url.slice(0, -5)}2.gguf` }], vision: undefined });
  assert.deepEqual([split.bytes, split.bundled, split.text.map(({ name }) => name)], [0, false, ['b.gguf', 'b2.gguf']]);
  assert.deepEqual(split.text[0], { ...far, name: 'b.gguf', bytes: 0, sha256: '', bundled: false });
  for (const bad of [
    null,
    [],
    { ...entry, id: 1 },
    { ...entry, text: null },
    { ...entry, text: { ...file, bytes: 0 } },
    { ...entry, text: { ...file, bytes: 1.5 } },
    { ...entry, text: { ...file, sha256: 'abc' } },
    { ...entry, text: { ...file, sha256: '' } },
    { ...entry, text: { ...file, size: 10 } },
    { ...entry, text: [] },
    { ...entry, text: [file, file] },
    { ...entry, vision: file },
    { ...entry, kind: 'both' },
    { ...entry, id: '../x' },
    { ...entry, licence: undefined },
    ...['/etc/passwd', '../x.gguf', 'ftp://h/x.gguf', 'http://me:pw@h/x.gguf', 'http:///x.gguf', 'https://h/', 'https://h', 'a/.gguf', 'a\\b.gguf', 'javascript:x.gguf']
      .map((url) => ({ ...entry, text: { ...file, url } })),
  ]) {
    assert.throws(() => list(bad), /^Error: models\.json: .+\.$/, JSON.stringify(bad));
  }
  assert.throws(() => list(entry, entry), /the id x stands twice/);
  assert.throws(() => parseRegistry('{"format":1,"models":[]}', 'http://localhost/'), /no models/);
  assert.throws(() => parseRegistry('{"format":2,"models":[]}', 'http://localhost/'), /format is not 1/);
  assert.throws(() => parseRegistry('<html>', 'http://localhost/'), /models\.json: this is not JSON/);
});
