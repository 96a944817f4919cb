// Concept pools from labelled texts, and the endpoint as an extractor against a real server that misbehaves: the exit code, the one
// sentence, what was asked, what is left on the disk, and that the key is nowhere.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chatServer } from '../aids/chat-server.mjs';
import { skip, test } from '../harness.mjs';

const KEY = 'sk-test-0123456789abcdefSECRET';
const TEXTS = 24;
const MINILM = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
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

/** @param {string[]} command @param {string[]} args @param {{env?: Record<string, string>, stopAfter?: number}} [how]
 * @returns {Promise<{code: number | null, stdout: string, stderr: string}>} */
function run(command, args, { env = {}, stopAfter } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command[0], [...command.slice(1), 'concepts', '--values', at('values.json'), '--labels', at('labels.jsonl'), ...args],
      { env: { ...process.env, ...env, no_proxy: '127.0.0.1' } });
    let stdout = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    const watch = stopAfter === undefined ? undefined : setInterval(() => {
      if (server.seen.length < stopAfter) return;
      clearInterval(watch);
      child.kill('SIGINT');
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
 * @param {{out?: string, args?: string[], env?: Record<string, string>, stopAfter?: number, command?: string[]}} [how] */
async function ask(steps, { out = `e${(runs += 1)}.json`, args = [], env = { ASSAY_ENDPOINT_KEY: KEY }, stopAfter, command = native } = {}) {
  server.play(steps);
  const outcome = await run(command, ['--extractor', 'endpoint', '--endpoint', server.url, '--endpoint-model', 'm', '--encoder', 'none', '--k', '2',
    '--endpoint-pause', '0.05', '--endpoint-rate', '0', '--endpoint-timeout', '2', '--quiet', '--out', at(out), ...args], { env, stopAfter });
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
  succeeded(await ask([{ status: 503, retryAfter: new Date(Date.now() + 2500).toUTCString() }, {}]), PAIRS + 1);
  assert.ok(server.seen[1].at - server.seen[0].at >= 500, `${server.seen[1].at - server.seen[0].at} ms`);
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

await endpointTest('silence, a cut connection, rubbish, a huge answer: tried again', async () => {
  /** @type {Array<[import('../aids/chat-server.mjs').Step, RegExp]>} */
  const cases = [
    [{ silent: true }, /time/i],
    [{ cut: 30 }, /gave up after 2 tries: /],
    [{ raw: '<html>busy</html>' }, /the answer: not valid JSON/],
    [{ raw: '{"choices":[]}' }, /no choices\[0\]\.message\.content/],
    [{ raw: '{"choices":{"0":1}}' }, /no choices\[0\]\.message\.content/],
    [{ content: 'I would rather not.' }, /holds no JSON/],
    [{ content: '{"concepts": 7}' }, /no list of concepts/],
    [{ content: '{"concepts": [' }, /JSON/],
    [{ raw: '[[[['.repeat(100) }, /JSON/],
    [{ raw: '\xFF\xFE' }, /JSON/],
    [{ huge: 3 << 20 }, /an answer of more than 1048576 bytes/],
  ];
  for (const [step, sentence] of cases) {
    succeeded(await ask([step, {}], { args: ['--endpoint-timeout', '0.5'] }), PAIRS + 1);
    failed(await ask([step], { args: ['--endpoint-tries', '2', '--endpoint-timeout', '0.5'] }), sentence);
    assert.equal(server.seen.length, 2);
  }
});

await endpointTest('what no other try mends', async () => {
  failed(await ask([{ status: 401 }]), /it answers 401: no, Bearer \*+\n$/);
  assert.equal(server.seen.length, 1);
  failed(await ask([{ redirect: 'http://127.0.0.1:1/elsewhere' }]), /it answers 307/);
  assert.equal(server.seen.length, 1);
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
});

await endpointTest('requests keep their distance', async () => {
  succeeded(await ask([{}], { args: ['--endpoint-rate', '600'] }), PAIRS);
  const times = server.seen.map((seen) => seen.at);
  assert.ok(times[PAIRS - 1] - times[0] >= 95 * (PAIRS - 1), `${times[PAIRS - 1] - times[0]} ms`);
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
