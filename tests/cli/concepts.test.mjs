// Concept pools from labelled texts, and the endpoint as an extractor against a real server that misbehaves: the exit code, the one
// sentence, what was asked, what is left on the disk, and that the key is nowhere. Pools edited by hand.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chatServer } from '../aids/chat-server.mjs';
import { skip, test } from '../harness.mjs';

const KEY = 'sk-test-0123456789abcdefSECRET';
const TEXTS = 24;
const MINILM = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const LANGUAGE_MODEL = 'data/models/assay-mini/assay-mini-Q8_0.gguf';
const native = [resolve('build/assay')];
const node = [process.execPath, resolve('build/node/assay.mjs')];

const folder = mkdtempSync(join(tmpdir(), 'assay-concepts-'));
const server = await chatServer();
const at = (/** @type {string} */ name) => join(folder, name);

const VALUES = {
  format: 1, id: 'two', name: 'Two values', source: 'made up', values: [
    { id: 'care', name: 'Care', definition: 'Kindness and protection from harm.', concepts: ['Being kind to others', 'Protecting people from harm'] },
    { id: 'fairness', name: 'Fairness', definition: 'Equal treatment of all people.' },
  ],
};
const ACTS = ['Helping an old neighbour', 'Mocking a classmate', 'Sharing bread equally', 'Taking more than others', 'Nursing a bird', 'Baking a cake'];
const LABELS = Array.from({ length: TEXTS }, (_, i) => JSON.stringify({
  id: `t${i}`, scenario: `What should I do on day ${i}?`,
  response: `${ACTS[i % 6]} is a thing you could do in ${['spring', 'summer', 'autumn', 'winter'][Math.floor(i / 6)]}. Think about it, and talk to a friend.`,
  values: [{ care: 1 }, { care: -1 }, { fairness: 1 }, { fairness: -1 }, { care: 1 }, {}][i % 6],
})).join('\n');
writeFileSync(at('values.json'), JSON.stringify(VALUES));
writeFileSync(at('labels.jsonl'), `${LABELS}\n`);

/** @param {string[]} command @param {string[]} args @param {{env?: Record<string, string>, stopAfter?: number, signal?: NodeJS.Signals}} [how]
 * @returns {Promise<{code: number | null, stdout: string, stderr: string}>} */
function run(command, args, { env = {}, stopAfter, signal = 'SIGINT' } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command[0], [...command.slice(1), 'concepts', '--values', at('values.json'), '--labels', at('labels.jsonl'), ...args],
      { env: { ...process.env, no_proxy: '127.0.0.1', ...env } });
    let stdout = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    const watch = stopAfter === undefined ? undefined : setInterval(() => {
      if (server.seen.length < stopAfter) return;
      clearInterval(watch);
      child.kill(signal);
    }, 10);
    child.on('error', fail);
    child.on('close', (code) => {
      clearInterval(watch);
      done({ code, stdout, stderr });
    });
  });
}

/** @param {string} name */
const pool = (name) => JSON.parse(readFileSync(at(name), 'utf8'));

/** The key must be in nothing that was printed or written. @param {{stdout: string, stderr: string}} outcome */
function keyIsNowhere({ stdout, stderr }) {
  for (const text of [stdout, stderr, ...readdirSync(folder).map((name) => readFileSync(at(name), 'utf8'))])
    assert.ok(!text.includes(KEY) && !text.includes(KEY.slice(8)), 'the key is in a file or on the terminal');
}

let runs = 0;
/** Asks the endpoint, quickly. @param {import('../aids/chat-server.mjs').Step[]} steps
 * @param {{out?: string, args?: string[], env?: Record<string, string>, stopAfter?: number, signal?: NodeJS.Signals, command?: string[]}} [how] */
async function ask(steps, { out = `e${(runs += 1)}.json`, args = [], env = { ASSAY_ENDPOINT_KEY: KEY }, stopAfter, signal, command = native } = {}) {
  server.play(steps);
  const outcome = await run(command, ['--extractor', 'endpoint', '--endpoint', server.url, '--endpoint-model', 'm', '--encoder', 'none', '--k', '2',
    '--endpoint-pause', '0.05', '--endpoint-rate', '0', '--endpoint-timeout', '60', '--quiet', '--out', at(out), ...args], { env, stopAfter, signal });
  keyIsNowhere(outcome);
  return { ...outcome, out, log: existsSync(at(`${out}.asked.jsonl`)) ? readFileSync(at(`${out}.asked.jsonl`), 'utf8') : '' };
}

const PAIRS = 8; // two values, two directions, two clusters

// ---- without a model ----

await test('a pool by the built-in extractor, the same at every call', async () => {
  const first = await run(native, ['--encoder', 'none', '--out', at('a.json'), '--quiet', '--json']);
  assert.equal(first.code, 0, first.stderr);
  const summary = JSON.parse(first.stdout), made = pool('a.json');
  assert.equal(summary.concepts, made.concepts.length);
  assert.equal(summary.sha256, createHash('sha256').update(readFileSync(at('a.json'))).digest('hex'));
  assert.equal(made.encoder, null);
  assert.ok(made.concepts.length > 4 && made.concepts.length < summary.candidates);
  assert.deepEqual(made.concepts[0], { text: 'Being kind to others', value: 'care', valence: 'adheres' });
  assert.ok(made.concepts.some((/** @type {any} */ c) => c.value === 'fairness' && c.valence === 'opposes'));
  const second = await run(native, ['--encoder', 'none', '--out', at('b.json'), '--quiet', '--json', '--threads', '1']);
  assert.equal(second.stdout, first.stdout);
  assert.deepEqual(readFileSync(at('a.json')), readFileSync(at('b.json')));
  assert.match((await run(native, ['--encoder', 'none', '--out', at('a.json')])).stderr, /exists; --force/);
});

await test('the same bytes in Node', async () => {
  if (!existsSync(node[1])) skip('no build/node/assay.mjs');
  const { code, stderr } = await run(node, ['--encoder', 'none', '--out', at('n.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(readFileSync(at('n.json')), readFileSync(at('a.json')));
});

await test('imported phrases', async () => {
  writeFileSync(at('i.jsonl'), '{"value":"care","text":"Comforting the sick"}\n{"value":"fairness","valence":"opposes","text":"Cheating at games"}\n');
  const { code, stderr } = await run(native, ['--extractor', at('i.jsonl'), '--encoder', 'none', '--out', at('i.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(pool('i.json').concepts.map((/** @type {any} */ c) => c.text),
    ['Being kind to others', 'Protecting people from harm', 'Comforting the sick', 'Cheating at games']);
  writeFileSync(at('bad.jsonl'), '{"value":"care","text":"Comforting the sick"}\n{"value":"care"}\n');
  const bad = await run(native, ['--extractor', at('bad.jsonl'), '--encoder', 'none', '--out', at('bad.json')]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /^assay: .*bad\.jsonl:2: "text" is missing\n$/);
  assert.ok(!existsSync(at('bad.json')));
});

await test('by the language model', async () => {
  const { code, stderr } = await run(native, ['--extractor', 'model', '--encoder', 'none', '--k', '1', '--phrases', '1', '--out', at('m.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  assert.ok(pool('m.json').concepts.length >= 2);
});

await test('with all-MiniLM-L6-v2', async () => {
  if (!existsSync(MINILM)) skip(`no ${MINILM}`);
  const { code, stderr } = await run(native, ['--encoder', MINILM, '--out', at('l.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  const made = pool('l.json');
  assert.equal(made.encoder.name, 'all-MiniLM-L6-v2-Q8_0');
  assert.ok(made.concepts.every((/** @type {any} */ c) => c.vector.length === 384));
});

await test('with a layer of the language model as the encoder', async () => {
  const made = new Map();
  for (const layer of ['0', '1', undefined]) {
    const { code, stderr } = await run(native, ['--encoder', LANGUAGE_MODEL, ...(layer ? ['--layer', layer] : []), '--k', '1', '--force', '--out', at('d.json'), '--quiet']);
    assert.equal(code, 0, stderr);
    made.set(pool('d.json').encoder.sha256, pool('d.json').encoder.name);
  }
  assert.deepEqual([...made.values()].map((name) => name.replace(/\d+$/, '')), Array(3).fill('assay-mini-Q8_0, layer '));
  const bad = await run(native, ['--encoder', LANGUAGE_MODEL, '--layer', '99', '--force', '--out', at('d.json')]);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /^assay: --layer 99, the model has 0 to \d+\n$/);
});

// ---- by hand ----

/** Standard output of `assay concepts show | edit`, which must succeed. @param {string[]} args @param {string[]} [command] */
function hand(args, command = native) {
  const { status, stdout, stderr } = spawnSync(command[0], [...command.slice(1), 'concepts', ...args], { encoding: 'utf8' });
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args @param {RegExp} sentence @param {number} [code] */
function refused(args, sentence, code = 1) {
  const { status, stdout, stderr } = spawnSync(native[0], ['concepts', ...args], { encoding: 'utf8' });
  assert.equal(status, code, `${args.join(' ')}: ${stderr}`);
  assert.match(stderr, /^assay: [^\n]+\n$/);
  assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

const V = ['--values', at('values.json')];
const HAND = [ // text, value, valence, pinned
  ['Being kind to others', 'care', 'adheres', false], ['Nursing the sick', 'care', 'adheres', true], ['Feeding the poor', 'care', 'adheres', false],
  ['Kicking dogs', 'care', 'opposes', false], ['Sharing equally', 'fairness', 'adheres', false], ['Taking turns', 'fairness', 'adheres', false],
];
/** @param {string} name @param {string} [encoder] @param {number[][]} [vectors] */
const writePool = (name, encoder = 'null', vectors) => writeFileSync(at(name), JSON.stringify({
  format: 1, values: pool('a.json').values, encoder: JSON.parse(encoder), threshold: 0.25,
  concepts: HAND.map(([text, value, valence, pinned], i) => ({ text, value, valence, ...(pinned ? { pinned } : {}), ...(vectors ? { vector: vectors[i] } : {}) })),
}));
const texts = (/** @type {string} */ name) => pool(name).concepts.map((/** @type {any} */ c) => `${c.pinned ? '*' : ''}${c.text}`);

await test('a pool is shown', () => {
  writePool('hand.json');
  const table = hand(['show', at('hand.json'), ...V]).split('\n');
  assert.equal(table.length, HAND.length + 3);
  assert.match(table[1], /^ +2  care +adheres +pinned +Nursing the sick$/);
  assert.match(table[3], /^ +4  care +opposes +Kicking dogs$/);
  assert.equal(table[6], '6 concepts of two, encoder none, no concept below 0.2500');
  const shown = JSON.parse(hand(['show', at('hand.json'), ...V, '--json']));
  assert.deepEqual(shown.concepts.map((/** @type {any} */ c) => [c.text, c.value, c.valence, c.pinned]), HAND);
  assert.deepEqual(shown.concepts.map((/** @type {any} */ c) => c.number), [1, 2, 3, 4, 5, 6]);
  assert.equal(table[7], `sha256 ${shown.sha256}`);
  assert.deepEqual([shown.values, shown.encoder, shown.threshold], ['two', null, 0.25]);
  refused(['show', at('hand.json')], /hand\.json: which value system is it for\? --values V/);
  refused(['show', at('hand.json'), '--values', 'schwartz-10'], /another version of the value system than schwartz-10/, 2);
  refused(['show', at('values.json'), ...V], /values\.json: /, 2);
  refused(['show', at('nothing.json'), ...V], /nothing\.json: /, 2);
  refused(['show'], /something is missing/);
});

await test('a concept says which labelled texts it comes from', async () => {
  const { concepts } = JSON.parse(hand(['show', at('a.json'), ...V, '--json']));
  for (const { text, value, valence, from } of concepts) {
    assert.equal(from.length === 0, VALUES.values.some(({ concepts: own }) => own?.includes(text)), text);
    for (const id of from) {
      const label = LABELS.split('\n').map((line) => JSON.parse(line)).find((line) => line.id === id).values[value];
      assert.equal(label, valence === 'adheres' ? 1 : -1, `${text}: ${id}`);
    }
  }
  assert.deepEqual(pool('a.json').concepts.map((/** @type {any} */ c) => c.from ?? []), concepts.map((/** @type {any} */ c) => c.from));
  writeFileSync(at('ids.jsonl'), '{"value":"care","text":"Comforting the sick","id":"t3"}\n{"value":"care","text":"Healing"}\n{"value":"care","id":"t1","concepts":[{"text":"comforting the sick"}]}\n');
  const { code, stderr } = await run(native, ['--extractor', at('ids.jsonl'), '--encoder', 'none', '--out', at('ids.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(pool('ids.json').concepts.slice(2).map((/** @type {any} */ c) => [c.text, c.from]), [['Comforting the sick', ['t1', 't3']], ['Healing', undefined]]);
});

await test('the value system of the data folder is found by the pool', () => {
  const schwartz = join(folder, 'schwartz.json');
  const made = spawnSync(native[0], ['concepts', '--values', 'schwartz-10', '--labels', at('none.jsonl'), '--encoder', 'none', '--out', schwartz, '--quiet'], { encoding: 'utf8' });
  assert.notEqual(made.status, 0, 'there are no labels');
  writeFileSync(at('one.jsonl'), '{"id":"x","scenario":"","response":"They help.","value":"benevolence","label":"adheres","annotator":"a"}\n');
  const { status, stderr } = spawnSync(native[0], ['concepts', '--values', 'schwartz-10', '--labels', at('one.jsonl'), '--encoder', 'none', '--out', schwartz, '--quiet'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(hand(['show', schwartz]), / concepts of schwartz-10, encoder none/);
});

await test('renames, mergers, pins and deletions, all by the numbers of the pool as given', () => {
  const out = (/** @type {string[]} */ args, name = `h${(runs += 1)}.json`) => {
    const summary = JSON.parse(hand(['edit', at('hand.json'), ...V, ...args, '--out', at(name), '--json']));
    assert.equal(summary.sha256, createHash('sha256').update(readFileSync(at(name))).digest('hex'));
    assert.deepEqual([summary.before, summary.concepts], [HAND.length, pool(name).concepts.length]);
    assert.equal(pool(name).threshold, 0.25);
    return texts(name);
  };
  const [kind, , feeding, dogs, sharing, turns] = HAND.map(([text]) => text);
  const sick = '*Nursing the sick';
  assert.deepEqual(out(['--rename', '3= "Giving  food". ']), [kind, sick, '*Giving food', dogs, sharing, turns]);
  assert.deepEqual(out(['--rename', '1=a=b']), ['*a=b', sick, feeding, dogs, sharing, turns]);
  assert.deepEqual(out(['--delete', '1,3,6']), [sick, dogs, sharing]);
  assert.deepEqual(out(['--delete=6', '--delete', '1', '--delete', '3']), [sick, dogs, sharing]);
  assert.deepEqual(out(['--merge', '3,1']), [sick, '*Feeding the poor', dogs, sharing, turns]);
  assert.deepEqual(out(['--merge', '1,2,3=Helping']), ['*Helping', dogs, sharing, turns]);
  assert.deepEqual(out(['--pin', '4,5', '--unpin', '2']), [kind, 'Nursing the sick', feeding, `*${dogs}`, `*${sharing}`, turns]);
  assert.deepEqual(out(['--delete', '1,2,3,4,5,6']), []);
  const all = ['--delete', '4', '--unpin', '6', '--merge', '6,5', '--rename', '2=Healing', '--merge', '3,1=Feeding people', '--pin', '3'];
  assert.deepEqual(out(all, 'all.json'), ['*Healing', '*Feeding people', 'Taking turns']);
  // The order of the options is of no matter.
  const pairs = Array.from({ length: all.length / 2 }, (_, i) => all.slice(2 * i, 2 * i + 2));
  out(pairs.reverse().flat(), 'reversed.json');
  assert.deepEqual(readFileSync(at('all.json')), readFileSync(at('reversed.json')));
  if (existsSync(node[1])) {
    hand(['edit', at('hand.json'), ...V, ...all, '--out', at('in-node.json')], node);
    assert.deepEqual(readFileSync(at('in-node.json')), readFileSync(at('all.json')));
  }
  const before = readFileSync(at('hand.json'), 'utf8');
  hand(['edit', at('hand.json'), ...V, '--delete', '1', '--out', at('hand.json'), '--force']);
  assert.equal(texts('hand.json').length, HAND.length - 1);
  writeFileSync(at('hand.json'), before);
});

await test('edits that are refused write nothing', () => {
  const cases = /** @type {Array<[string[], RegExp]>} */ ([
    [[], /change what\?/],
    [['--delete', '7'], /--delete 7: the pool has concepts 1 to 6/],
    [['--delete', '0'], /concepts 1 to 6/],
    [['--delete', '18446744073709551617'], /concepts 1 to 6/],
    [['--delete', '1,'], /--delete 1,: no number of a concept/],
    [['--delete', '-1'], /no number/],
    [['--delete', '1 '], /no number/],
    [['--delete', ''], /no number/],
    [['--delete', '1=x'], /takes no text/],
    [['--pin', '1=x'], /takes no text/],
    [['--rename', '1'], /give NUMBER=TEXT/],
    [['--rename', '1,2=x'], /give NUMBER=TEXT/],
    [['--rename', '1='], /no phrase/],
    [['--rename', '1=...'], /no phrase/],
    [['--rename', `1=${'x'.repeat(201)}`], /no phrase of at most 200 bytes/],
    [['--rename', '1=\u001b[31m'.repeat(90)], /no phrase/],
    [['--merge', '1'], /give two numbers or more/],
    [['--merge', '1,4'], /concepts 1 and 4 are of two values or directions/],
    [['--merge', '5,3', '--merge', '1,2'], /concepts 5 and 3 are of two values or directions/],
    [['--merge', '1,1'], /concept 1 is taken by --merge already/],
    [['--merge', '1,2', '--merge', '2,3'], /concept 2 is taken by --merge already/],
    [['--merge', '1,2', '--delete', '2'], /concept 2 is taken by --merge already/],
    [['--rename', '1=a', '--rename', '1=b'], /concept 1 is taken by --rename already/],
    [['--rename', '1=a', '--merge', '2,1'], /concept 1 is taken by --rename already/],
    [['--pin', '2', '--unpin', '2'], /concept 2 is taken by --pin already/],
    [['--pin', '2', '--delete', '2'], /--pin of concept 2, which --delete takes away/],
    [['--unpin', '2', '--merge', '1,2'], /--unpin of concept 2, which --merge takes away/],
  ]);
  for (const [args, sentence] of cases) refused(['edit', at('hand.json'), ...V, ...args, '--out', at('never.json')], sentence);
  refused(['edit', at('hand.json'), ...V, '--delete', '1'], /where to\? --out FILE/);
  refused(['edit', at('hand.json'), ...V, '--delete', '1', '--out', at('hand.json')], /exists; --force replaces it/);
  assert.ok(!existsSync(at('never.json')));
});

await test('a new text gets its vector by the pool’s encoder, and by no other', () => {
  const embedding = (/** @type {string} */ text, /** @type {string[]} */ args) => JSON.parse(spawnSync(native[0], ['embed', '--model', LANGUAGE_MODEL, '--text', text, ...args], { encoding: 'utf8' }).stdout);
  const made = spawnSync(native[0], ['concepts', ...V, '--labels', at('labels.jsonl'), '--encoder', LANGUAGE_MODEL, '--layer', '1', '--k', '1', '--force', '--out', at('d.json'), '--quiet'], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const edit = ['edit', at('d.json'), ...V, '--rename', '1=Walking the dog', '--out', at('walked.json'), '--encoder', LANGUAGE_MODEL];
  hand([...edit, '--layer', '1']);
  const { concepts: [walked, second] } = pool('walked.json');
  assert.equal(walked.text, 'Walking the dog');
  const want = embedding('Walking the dog', ['--layer', '1']);
  walked.vector.forEach((/** @type {number} */ x, /** @type {number} */ i) => assert.ok(Math.abs(x - want[i]) < 1e-6, `${i}: ${x}, not ${want[i]}`));
  assert.deepEqual(second, pool('d.json').concepts[1]);
  refused([...edit, '--force'], /d\.json needs the encoder assay-mini-Q8_0, layer 1 \(sha256 [0-9a-f]{16}\.\.\.\), not assay-mini-Q8_0, layer /);
  refused([...edit.slice(0, -1), 'none', '--force'], /d\.json needs the encoder assay-mini-Q8_0, layer 1: /);
  // Without a new text no encoder is needed.
  hand(['edit', at('d.json'), ...V, '--delete', '1', '--encoder', 'none', '--out', at('walked.json'), '--force']);
});

// ---- the endpoint ----

const { curl } = await (async () => ({ curl: !/without libcurl/.test((await ask([{}])).stderr) }))();
/** @param {string} name @param {() => Promise<void>} body */
const endpointTest = (name, body) => test(name, async () => {
  if (!curl) skip('built without libcurl');
  await body();
});

/** What a run that must succeed asked. @param {Awaited<ReturnType<typeof ask>>} outcome @param {number} requests */
function succeeded(outcome, requests) {
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.equal(server.seen.length, requests);
  assert.equal(outcome.log.trimEnd().split('\n').length, PAIRS);
  assert.match(outcome.stderr, /^note: scenarios and responses leave this machine: they are sent to 127\.0\.0\.1:\d+\n$/);
}

/** @param {Awaited<ReturnType<typeof ask>>} outcome @param {RegExp} sentence @param {number} [code] */
function failed(outcome, sentence, code = 2) {
  assert.equal(outcome.code, code, outcome.stderr);
  assert.match(outcome.stderr, sentence);
  assert.ok(!existsSync(at(outcome.out)), 'a pool was written');
}

/** @type {string} */
let good;

await endpointTest('an endpoint that answers', async () => {
  const outcome = await ask([{}]);
  succeeded(outcome, PAIRS);
  for (const { path, headers, body } of server.seen) {
    assert.equal(path, 'POST /v1/chat/completions');
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(body.model, 'm');
    assert.match(body.messages[0].content, /A value: (Care|Fairness)[^]*Scenario:\nWhat should I do[^]*Response:\n/);
  }
  const lines = outcome.log.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(new Set(lines.map(({ value }) => value)), new Set(['care', 'fairness']));
  assert.ok(lines.every(({ id, concepts }) => /^t\d+$/.test(id) && concepts.length === 2 && concepts.every((/** @type {any} */ c) => !c.text.endsWith('.'))));
  good = readFileSync(at(outcome.out), 'utf8');
  const texts = pool(outcome.out).concepts.map((/** @type {any} */ c) => c.text);
  assert.ok(lines.flatMap(({ concepts }) => concepts).some((/** @type {any} */ c) => texts.includes(c.text)));
});

await endpointTest('without a key, and with one of another variable', async () => {
  succeeded(await ask([{}], { env: { ASSAY_ENDPOINT_KEY: '' } }), PAIRS);
  assert.ok(server.seen.every(({ headers }) => headers.authorization === undefined));
  succeeded(await ask([{}], { env: { OTHER: 'abc' }, args: ['--endpoint-key-env', 'OTHER'] }), PAIRS);
  assert.equal(server.seen[0].headers.authorization, 'Bearer abc');
});

await endpointTest('429 with Retry-After, in seconds and as a date', async () => {
  succeeded(await ask([{ status: 429, retryAfter: '1' }, {}]), PAIRS + 1);
  assert.ok(server.seen[1].at - server.seen[0].at >= 950, `${server.seen[1].at - server.seen[0].at} ms`);
  let date = '';
  succeeded(await ask([{ status: 503, retryAfter: () => (date = new Date(Date.now() + 2500).toUTCString()) }, {}]), PAIRS + 1);
  assert.ok(server.seen[1].at >= Date.parse(date), `${server.seen[1].at - Date.parse(date)} ms`);
  failed(await ask([{ status: 429, retryAfter: '86400' }]), /asks for a pause of 86400 s/);
  assert.equal(server.seen.length, 1);
});

await endpointTest('500 again and again, then an answer', async () => {
  succeeded(await ask([{ status: 500 }, { status: 502 }, { status: 500 }, {}]), PAIRS + 3);
  const [a, b, c, d] = server.seen.map((seen) => seen.at);
  assert.ok(b - a >= 45 && c - b >= 95 && d - c >= 190, `pauses of ${b - a}, ${c - b}, ${d - c} ms`);
  failed(await ask([{ status: 500 }], { args: ['--endpoint-tries', '3'] }), /gave up after 3 tries: it answers 500: no, Bearer \*+\n$/);
  assert.equal(server.seen.length, 3);
});

await endpointTest('silence, a cut connection, rubbish, a huge or slow answer: tried again', async () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  /** @type {Array<[import('../aids/chat-server.mjs').Step, RegExp]>} */
  const cases = [ // what ends by the time alone is /time/i
    [{ silent: true }, /time/i],
    [{ cut: 30 }, /gave up after 2 tries: /],
    [{ raw: '<html>busy</html>' }, /the answer: not valid JSON/],
    [{ raw: '{"choices":[]}' }, /no choices\[0\]\.message\.content/],
    [{ raw: '{"choices":{"0":1}}' }, /no choices\[0\]\.message\.content/],
    [{ drip: 20 }, /time/i],
    [{ wire: '' }, /gave up after 2 tries: /],
    [{ wire: `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nrubbish` }, /gave up after 2 tries: /],
    [{ wire: `${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n{` }, /gave up after 2 tries: /],
    [{ wire: `${head}Content-Length: 90\r\n\r\n{` }, /gave up after 2 tries: /],
    [{ wire: `${head}Content-Length: -1\r\n\r\n{}` }, /gave up after 2 tries: /],
    [{ wire: `${head}${'X: y\r\n'.repeat(100000)}\r\n{}` }, /gave up after 2 tries: /],
    [{ wire: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000) }, /gave up after 2 tries: /],
    [{ wire: `${head}Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08` }, /JSON/],
    [{ raw: '[[[['.repeat(100) }, /JSON/],
    [{ raw: '\xFF\xFE' }, /JSON/],
    [{ huge: 3 << 20 }, /an answer of more than 1048576 bytes/],
  ];
  for (const [step, sentence] of cases) {
    const patience = ['--endpoint-timeout', sentence.flags === 'i' ? '2' : '60']; // enough for the good answers that follow
    succeeded(await ask([step, {}], { args: patience }), PAIRS + 1);
    failed(await ask([step], { args: ['--endpoint-tries', '2', ...patience] }), sentence);
    assert.equal(server.seen.length, 2);
  }
});

await endpointTest('answers that are no list: others go on without them, three in a row end the run', async () => {
  /** @type {Array<[import('../aids/chat-server.mjs').Step, RegExp, number]>} */
  const cases = [
    [{ content: 'I would rather not.' }, /holds no JSON/, 2],
    [{ content: '{"concepts": 7}' }, /no list of concepts/, 2],
    [{ content: '{"concepts": [' }, /the model's answer/, 2],
    [{ content: `{"${KEY}":1,"${KEY}":2}` }, /the model's answer/, 2],
    [{ status: 400 }, /it answers 400: no, Bearer \*+\n$/, 1],
    [{ status: 422 }, /it answers 422: /, 1],
  ];
  for (const [step, sentence, tries] of cases) {
    failed(await ask([step], { args: ['--endpoint-tries', '2'] }), new RegExp(`no answer for 3 texts in a row: [^\n]*${sentence.source}`));
    assert.equal(server.seen.length, 3 * tries);
    const out = `without${(runs += 1)}.json`;
    const outcome = await ask([{}, ...Array(2 * tries).fill(step), {}], { out, args: ['--endpoint-tries', '2'] });
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stderr, /\nnote: for 2 of 8 texts there was no usable answer\n$/);
    assert.equal(outcome.log.trimEnd().split('\n').length, PAIRS - 2);
    succeeded(await ask([{}], { out, args: ['--force'] }), 2);
    assert.equal(readFileSync(at(out), 'utf8'), good);
  }
});

await endpointTest('what no other try mends', async () => {
  failed(await ask([{ status: 401 }]), /it answers 401: no, Bearer \*+\n$/);
  assert.equal(server.seen.length, 1);
  failed(await ask([{ wire: 'no HTTP at all' }]), /127\.0\.0\.1:\d+: [^\n]*HTTP/);
  assert.equal(server.seen.length, 1);
});

await endpointTest('neither a redirect nor a proxy takes the key elsewhere', async () => {
  const elsewhere = await chatServer();
  try {
    for (const status of [301, 302, 303, 307, 308]) {
      failed(await ask([{ status, redirect: `${elsewhere.url}/chat/completions` }]), new RegExp(`it answers ${status}\n$`));
      assert.equal(server.seen.length, 1);
    }
    const proxy = `http://${elsewhere.host}`;
    succeeded(await ask([{}], { env: { ASSAY_ENDPOINT_KEY: KEY, http_proxy: proxy, HTTP_PROXY: proxy, all_proxy: proxy, ALL_PROXY: proxy, no_proxy: '' } }), PAIRS);
    assert.equal(elsewhere.seen.length, 0);
  } finally {
    await elsewhere.close();
  }
});

await endpointTest('a key that is typed is not seen; Ctrl-C leaves the terminal as it was', async () => {
  if (!existsSync('/usr/bin/script')) skip('no /usr/bin/script');
  // Before and after: whether the terminal echoes. `script` gives the program a terminal, its standard input is the keyboard.
  const command = (/** @type {string} */ out) => ['stty -a | grep -ow -e -*echo', [...native, 'concepts', '--values', at('values.json'), '--labels', at('labels.jsonl'),
    '--extractor', 'endpoint', '--endpoint', server.url, '--endpoint-model', 'm', '--encoder', 'none', '--k', '2', '--endpoint-rate', '0', '--quiet',
    '--endpoint-ask-key', '--out', at(out)].map((word) => `'${word}'`).join(' '), 'echo "code $?"', 'stty -a | grep -ow -e -*echo'].join('; ');
  const type = (/** @type {string} */ out, /** @type {string} */ keys) => /** @type {Promise<string>} */ (new Promise((done) => {
    const child = spawn('/usr/bin/script', ['-qec', command(out), '/dev/null'], { env: { ...process.env, ASSAY_ENDPOINT_KEY: '' } });
    let seen = '', typed = false;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      seen += text;
      if (typed || !seen.includes('Key of the endpoint: ')) return;
      typed = true;
      child.stdin.write(keys);
    });
    child.on('close', () => done(seen));
  }));
  server.play([{}]);
  const seen = await type('typed.json', `x\x15wrong${'\x7f'.repeat(5)}${KEY}\r`);
  assert.match(seen, /^echo\r\nKey of the endpoint: \r\nnote: [^]*code 0\r\necho\r\n$/);
  keyIsNowhere({ stdout: seen, stderr: '' });
  assert.equal(server.seen.length, PAIRS);
  assert.ok(server.seen.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
  server.play([{}]);
  assert.match(await type('stopped.json', 'abc\x03'), /^echo\r\nKey of the endpoint: \r\nassay: stopped\r\ncode 130\r\necho\r\n$/);
  assert.match(await type('none.json', '\r'), /assay: endpoint: no key was typed\r\ncode 1\r\necho\r\n$/);
  assert.match(await type('long.json', `${'k'.repeat(1000)}\r`), /a key of 1000 bytes and more\r\ncode 1\r\necho\r\n$/);
  assert.equal(server.seen.length, 0);
});

await endpointTest('phrases that are none are left out; the key is never one', async () => {
  const content = JSON.stringify({ concepts: ['...', { text: 7 }, { text: 'x'.repeat(900) }, { text: `Using ${KEY} here` }, 'Helping the poor'] });
  const outcome = await ask([{ content }]);
  succeeded(outcome, PAIRS);
  assert.ok(outcome.log.split('\n').filter(Boolean).every((line) => JSON.parse(line).concepts.length === 1));
  succeeded(await ask([{ content: '{"concepts":[]}' }]), PAIRS);
});

await endpointTest('a rerun asks for nothing that was finished, and ends in the same pool', async () => {
  const out = 'resumed.json';
  failed(await ask([{}, {}, {}, { status: 401 }], { out }), /401/);
  appendFileSync(at(`${out}.asked.jsonl`), '{"id":"t1","value":"ca'); // the power went off
  const second = await ask([{}, {}, { status: 400 }], { out });
  failed(second, /400/);
  assert.equal(second.log.trimEnd().split('\n').length, 5);
  const third = await ask([{}], { out });
  succeeded(third, PAIRS - 5);
  assert.equal(readFileSync(at(out), 'utf8'), good);
  succeeded(await ask([{ status: 500 }], { out, args: ['--force'] }), 0);
  assert.equal(readFileSync(at(out), 'utf8'), good);
  succeeded(await ask([{}], { out, args: ['--force', '--phrases', '2'] }).then((outcome) => ({ ...outcome, log: outcome.log.split('\n').slice(PAIRS).join('\n') })), PAIRS);
  appendFileSync(at(`${out}.asked.jsonl`), 'rubbish\n');
  const bad = await ask([{}], { out, args: ['--force'] });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /resumed\.json\.asked\.jsonl:17: not valid JSON/);
  assert.equal(server.seen.length, 0);
});

await endpointTest('what one server answered is not taken for what another would', async () => {
  const out = 'moved.json', other = await chatServer();
  const note = /^note: .*moved\.json\.asked\.jsonl: 8 lines of another endpoint, or of none that is named, not taken: their texts are asked again\nnote: /;
  /** @param {string} url */
  const again = (url) => ask([{}], { out, args: ['--force', '--endpoint', url] });
  other.play([{ content: '{"concepts":["Said by another server"]}' }]);
  try {
    succeeded(await ask([{}], { out }), PAIRS);
    const moved = await again(other.url);
    assert.equal(moved.code, 0, moved.stderr);
    assert.match(moved.stderr, note);
    assert.deepEqual([server.seen.length, other.seen.length], [0, PAIRS]);
    assert.ok(pool(out).concepts.some((/** @type {any} */ c) => c.text === 'Said by another server'));
    const back = await again(server.url);
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stderr, note);
    assert.deepEqual([server.seen.length, other.seen.length], [0, PAIRS]);
    assert.equal(readFileSync(at(out), 'utf8'), good);
    const names = new Set(back.log.trimEnd().split('\n').map((line) => JSON.parse(line).endpoint));
    assert.deepEqual(names, new Set([server.url, other.url].map((url) => `${url}/chat/completions`)));
    const path = await again(`${server.url}/elsewhere`);
    assert.equal(path.code, 0, path.stderr);
    assert.equal(server.seen.length, PAIRS, 'another path is another endpoint');
  } finally {
    await other.close();
  }
});

await endpointTest('a log without addresses, of an earlier version: asked again, and it says so', async () => {
  const out = 'early.json';
  succeeded(await ask([{}], { out }), PAIRS);
  const early = readFileSync(at(`${out}.asked.jsonl`), 'utf8').replace(/"endpoint":"[^"]*",/g, '');
  assert.ok(!early.includes(server.url));
  writeFileSync(at(`${out}.asked.jsonl`), early);
  const outcome = await ask([{}], { out, args: ['--force'] });
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stderr, /: 8 lines of another endpoint, or of none that is named, not taken: their texts are asked again\n/);
  assert.equal(server.seen.length, PAIRS);
  assert.equal(outcome.log.split('\n').slice(0, PAIRS).join('\n'), early.trimEnd(), 'the early lines stay');
  assert.equal(readFileSync(at(out), 'utf8'), good);
});

await endpointTest('the log is a file of imported phrases', async () => {
  await ask([{}], { out: 'logged.json' });
  const { code, stderr } = await run(native, ['--extractor', at('logged.json.asked.jsonl'), '--encoder', 'none', '--out', at('imported.json'), '--quiet']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(new Set(pool('imported.json').concepts.map((/** @type {any} */ c) => c.text)),
    new Set(pool('logged.json').concepts.map((/** @type {any} */ c) => c.text)));
});

await endpointTest('Ctrl-C stops it; what was finished stays', async () => {
  const outcome = await ask([{}, {}, { silent: true }], { args: ['--endpoint-timeout', '60'], stopAfter: 3 });
  failed(outcome, /stopped/, 130);
  assert.equal(outcome.log.trimEnd().split('\n').length, 2);
  const paused = await ask([{}, { status: 429, retryAfter: '60' }], { stopAfter: 2 });
  failed(paused, /stopped/, 130);
  assert.equal(paused.log.trimEnd().split('\n').length, 1);
});

await endpointTest('a program that was killed goes on as one that was stopped', async () => {
  const out = 'killed.json';
  const killed = await ask([{}, {}, {}, { silent: true }], { out, stopAfter: 4, signal: 'SIGKILL', args: ['--endpoint-timeout', '60'] });
  assert.equal(killed.code, null);
  assert.equal(killed.log.trimEnd().split('\n').length, 3);
  succeeded(await ask([{}], { out }), PAIRS - 3);
  assert.equal(readFileSync(at(out), 'utf8'), good);
});

await endpointTest('an address with a query', async () => {
  succeeded(await ask([{}], { args: ['--endpoint', `${server.url}/?api-version=1`] }), PAIRS);
  assert.ok(server.seen.every(({ path }) => path === 'POST /v1/chat/completions?api-version=1'));
  const outcome = await ask([{}], { args: ['--endpoint', `${server.url}/?key=a-secret-of-the-address`] });
  succeeded(outcome, PAIRS);
  assert.ok(!outcome.log.includes('a-secret-of-the-address') && outcome.log.includes(`"endpoint":"${server.url}/chat/completions"`));
});

await endpointTest('requests keep their distance', async () => {
  succeeded(await ask([{}], { args: ['--endpoint-rate', '600'] }), PAIRS);
  const times = server.seen.map((seen) => seen.at);
  // Their beginnings do: the first may be seen late, by less than the distance, for else the second would have begun later too.
  assert.ok(times[PAIRS - 1] - times[0] >= 100 * (PAIRS - 2) - 5, `${times[PAIRS - 1] - times[0]} ms`);
});

await endpointTest('what is refused before a text leaves', async () => {
  const refusals = /** @type {Array<[string[], RegExp, number]>} */ ([
    [['--endpoint', 'ftp://127.0.0.1/'], /not an address of http/, 1],
    [['--endpoint', 'http://user:pass@127.0.0.1/'], /user name or password/, 1],
    [['--endpoint', 'http://example.invalid/v1'], /a key is sent over https only/, 1],
    [['--endpoint', 'http://127.0.0.1.example.invalid/v1'], /a key is sent over https only/, 1],
    [['--endpoint-model', ''], /which model/, 1],
    [['--endpoint-log', folder], /assay: /, 2],
    [['--extractor', 'builtin'], /--endpoint needs --extractor endpoint/, 1],
  ]);
  for (const [args, sentence, code] of refusals) {
    const outcome = await ask([{}], { args });
    failed(outcome, sentence, code);
    assert.equal(server.seen.length, 0, args.join(' '));
    assert.ok(!outcome.stderr.includes('note:'));
  }
  failed(await ask([{}], { env: { ASSAY_ENDPOINT_KEY: 'a b\nX: y' } }), /characters in the key/, 1);
});

await test('a build without libcurl says so', async () => {
  if (!existsSync(node[1])) skip('no build/node/assay.mjs');
  failed(await ask([{}], { command: node }), /^assay: this build cannot ask an endpoint: it was made without libcurl\n$/);
  assert.equal(server.seen.length, 0);
});

await server.close();
rmSync(folder, { recursive: true });
