// The program as a user meets it: exit codes, sentences, records, resume, verify, report. On a tiny random model and the
// procedural suite, natively; the way through a whole run also in Node.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from '../harness.mjs';
import { VARIANTS, assay as run } from '../variants.mjs';
import { sha256, writeDataset } from './dataset.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
const native = { command: [resolve('build/assay')], env: {} };
const node = { ...VARIANTS[4], command: [process.execPath, resolve('build/node/assay.mjs')] };
/** @param {string} name */
const at = (name) => join(folder, name);
const model = at('tiny.gguf'), vision = at('mmproj-tiny.gguf'), other = at('other.gguf'), data = at('data');
const common = ['--model', model, '--data', data, '--threads', '1', '--quiet'];

/** @param {string[]} args */
const assay = (args) => run(native, args);

/** It ends with this code, says exactly one line on standard error, and prints nothing.
 * @param {string[]} args @param {number} code @param {RegExp | string} sentence */
function fails(args, code, sentence) {
  const { status, stdout, stderr } = assay(args);
  const told = `${args.join(' ')}: exit ${status}: ${stderr}`;
  assert.equal(status, code, told);
  assert.match(stderr, /^assay: [^\n]+\n$/, told);
  if (typeof sentence === 'string') assert.equal(stderr, `assay: ${sentence}\n`);
  else assert.match(stderr, sentence);
  assert.equal(stdout, '', told);
}

/** The standard output of a call that must succeed. @param {string[]} args */
function succeeds(args) {
  const { status, stdout, stderr } = assay(args);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args */
const json = (args) => JSON.parse(succeeds(['run', ...common, '--json', ...args]));

/** A record without its times and without what the host says of itself. @param {string} text */
const timeless = (text) => text.replace(/,"seconds":[\d.]+/g, '').replace(/"build":\{[^}]*\}/, '"build":{}');

/** The hallmark by its definition. @param {string} text of a record */
function hallmarkOf(text) {
  const [header, ...lines] = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  /** @param {Record<string, unknown>} object */
  const sorted = (object) => JSON.stringify(Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))));
  const parts = ['assay 1', header.model.text, header.model.vision, header.dataset.id, sorted(header.recipe),
    ...lines.filter((line) => line.type === 'sample').flatMap((line) => [line.id, ...line.bits])];
  return sha256(parts.map((part) => `${part}\n`).join(''));
}

try {
  succeeds(['gen', 'hhh46', '--n', '2', '--out', data]);
  succeeds(['model', 'random', model, '--preset', 'tiny']);
  succeeds(['model', 'random', other, '--preset', 'tiny', '--seed', '2']);
  const whole = json(['--out', at('whole.jsonl')]);
  const record = readFileSync(at('whole.jsonl'), 'utf8');
  const png = readFileSync('tests/golden/image/c2d8i0.png');

  await test('gen: the counts of Ch3Ef, sheets, and no shortcut in any task that needs the picture', () => {
    assert.match(succeeds(['gen', 'hhh46', '--seed', '3', '--out', at('whole')]), /hhh46, seed 3, 1002 samples of 46 tasks/);
    const manifest = JSON.parse(readFileSync(at('whole/manifest.json'), 'utf8'));
    assert.deepEqual([manifest.n_samples, manifest.licence, manifest.version], [1002, 'CC0-1.0', '2, seed 3']);
    succeeds(['gen', 'hhh46', '--sheet', at('sheet.png'), '--task', 'Chart']);
    assert.ok(existsSync(at('sheet.png')));
    fails(['gen', 'hhh46', '--sheet', at('sheet.png'), '--task', 'Charts'], 1, /hhh46 has no task "Charts"/);
    fails(['gen', 'hhh46', '--audit', '--n', '2001'], 1, /at most 2000 samples/);
    const audit = JSON.parse(succeeds(['gen', 'hhh46', '--audit', '--texts-only', '--n', '30', '--json']));
    assert.equal(audit.tasks.length, 46);
    assert.equal(audit.intervals, 4 * audit.tasks.filter((/** @type {{sight: boolean}} */ task) => task.sight).length);
    assert.equal(audit.shortcuts, 0);
  });

  await test('help and version', () => {
    for (const args of [['--help'], ['-h'], ['help'], ['run', '--help'], ['verify', '-h'], ['report', '--help'], ['gen', '--help'], ['bench', '--help']]) {
      assert.match(succeeds(args), /usage: assay/);
    }
    assert.match(succeeds(['--help']), /run [\s\S]*verify [\s\S]*report [\s\S]*gen [\s\S]*model [\s\S]*bench /);
    assert.match(succeeds(['--version']), /^assay \d+\.\d+\.\d+\n$/);
    const { status, stdout, stderr } = assay([]);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /usage: assay COMMAND/);
  });

  await test('usage errors: exit 1 and one line', () => {
    fails(['evaluate'], 1, 'unknown command evaluate; see assay --help');
    fails(['run', '--modle', 'x'], 1, 'run: unknown option --modle; see assay run --help');
    fails(['run', '--limit'], 1, 'run: option --limit needs a value; see assay run --help');
    fails(['run', '--limit', 'ten'], 1, /ten is not a whole number from 0 to 1000000 \(--limit\)/);
    for (const bad of ['-1', '1.5', '', '1000001', '99999999999999999999', '0x10', ' 1', '--']) fails(['run', `--limit=${bad}`], 1, /is not a whole number/);
    fails(['run', '--threads', '0'], 1, /0 is not a whole number from 1 to 64 \(--threads\)/);
    fails(['run', '--json=yes'], 1, 'run: option --json takes no value; see assay run --help');
    fails(['run', 'data'], 1, 'run: unexpected word data; see assay run --help');
    fails(['verify'], 1, 'verify: something is missing; see assay verify --help');
    fails(['report', 'a', 'b'], 1, 'report: unexpected word b; see assay report --help');
    fails(['run', '--resume'], 1, 'run: --resume and --force need --out FILE');
    fails(['run', '--resume', '--force', '--out', at('x.jsonl')], 1, 'run: --resume and --force exclude each other');
    fails(['run', ...common, '--kernels', 'sse'], 1, 'this build has no kernels sse; there are scalar and simd');
    fails(['run', '--lim\u001bit'], 1, /unknown option --lim\?it/);
  });

  await test('run: the table and the JSON say the same', () => {
    const table = succeeds(['run', ...common]);
    assert.match(table, /^random tiny on hhh46, recipe ch3ef\n/);
    const row = /^All +(\d+) +(\d+) +([\d.]+) % +([\d.]+) \.\. +([\d.]+) +([\d.]+) %$/m.exec(table);
    assert.ok(row, table);
    const percent = [whole.accuracy, ...whole.ci, whole.chance].map((x) => (100 * x).toFixed(1));
    assert.deepEqual(row.slice(1), [String(whole.n), String(whole.correct), ...percent]);
    assert.match(table, new RegExp(`^hallmark +${whole.hallmark}$`, 'm'));
    assert.match(table, /samples\/s$/m);
    assert.match(table, new RegExp(`^ties +${whole.ties} of ${whole.n} `, 'm'));
    for (const dimension of whole.dimensions) for (const domain of dimension.domains) for (const task of domain.tasks) {
      assert.match(table, new RegExp(`^    ${task.name}${task.sight ? ' \\*' : ''} +${task.n} +${task.correct} `, 'm'));
    }
    assert.equal(whole.n, whole.n_total);
    assert.ok(whole.seconds > 0);
  });

  await test('run: the record and its hallmark', () => {
    const lines = record.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, whole.n + 2);
    assert.deepEqual(Object.keys(lines[0]), ['type', 'format', 'engine', 'build', 'model', 'dataset', 'recipe', 'samples']);
    assert.deepEqual(Object.keys(lines[1]), ['type', 'id', 'prediction', 'tie', 'correct', 'confidence', 'scores', 'bits', 'seconds']);
    assert.deepEqual(lines.at(-1), { type: 'end', hallmark: whole.hallmark, samples: whole.n });
    assert.equal(hallmarkOf(record), whole.hallmark);
    assert.equal(lines[0].model.text, sha256(readFileSync(model)));
    assert.equal(lines[0].model.vision, sha256(readFileSync(vision)));
    assert.equal(lines[0].dataset.id, sha256(readFileSync(join(data, 'manifest.json'), 'utf8').trimEnd()));
    const index = readFileSync(join(data, 'index.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.slice(1, -1).map(({ id }) => id), index.map(({ id }) => id));
    for (const [i, line] of lines.slice(1, -1).entries()) {
      const means = line.bits.map((/** @type {string} */ hex) => {
        const values = hex.match(/.{8}/g)?.map((digits) => Buffer.from(digits, 'hex').readFloatBE()) ?? [];
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      assert.deepEqual(line.scores, means, line.id);
      assert.equal(line.prediction, means.indexOf(Math.max(...means)), line.id);
      assert.equal(line.correct, index[i].gold.includes(line.prediction), line.id);
      assert.ok(Math.abs(line.confidence - 1 / means.reduce((/** @type {number} */ sum, /** @type {number} */ x) => sum + Math.exp(x - Math.max(...means)), 0)) < 1e-12, line.id);
    }
  });

  await test('run: threads, kernels and the host change no bit', () => {
    for (const variant of VARIANTS) {
      const args = ['run', ...common.slice(0, 4), '--quiet', ...variant.args, '--out', at('variant.jsonl'), '--force'];
      const { status, stderr } = run({ ...variant, command: variant.command.map((word) => (word.startsWith('build/') ? resolve(word) : word)) }, args);
      assert.equal(status, 0, `${variant.name}: ${stderr}`);
      assert.equal(timeless(readFileSync(at('variant.jsonl'), 'utf8')), timeless(record), variant.name);
    }
  });

  await test('run: recipes by name, inline, and from a file', () => {
    writeFileSync(at('grey.json'), '{ "image": "grey",\n "name": "grey" }\n');
    const grey = json(['--recipe', 'grey']).hallmark;
    assert.notEqual(grey, whole.hallmark);
    assert.equal(json(['--recipe', at('grey.json')]).hallmark, grey);
    assert.equal(json(['--recipe', '{"name":"grey","image":"grey"}']).hallmark, grey);
    assert.equal(json(['--recipe', 'ch3ef', '--limit', '0']).hallmark, whole.hallmark);
    const few = json(['--limit', '5']);
    assert.deepEqual([few.n, few.recipe.limit], [5, 5]);
    assert.equal(json(['--recipe', '{"limit":5}']).hallmark, few.hallmark);
    assert.notEqual(json(['--recipe', '{"answer":"The answer is {option}"}']).hallmark, whole.hallmark);
    const tiles = json(['--recipe', '{"tile_edge":2}']).hallmark;
    assert.notEqual(tiles, whole.hallmark);
    assert.equal(json(['--recipe', '{"tile_edge":2}', '--kernels', 'scalar', '--threads', '1']).hallmark, tiles);
    fails(['run', '--limit', '1', '--recipe', 'ch3ef-tiles'], 2, /this model takes an image as one tile/);
    fails(['run', ...common, '--recipe', 'gray'], 2, "recipe gray: neither a recipe's name nor a file");
    fails(['run', ...common, '--recipe', '{"shots":3}'], 2, 'recipe: unknown key "shots"');
    writeFileSync(at('bad.json'), '{"name":"x",}');
    fails(['run', ...common, '--recipe', at('bad.json')], 2, /^assay: recipe: not valid JSON at byte 12: /);
  });

  await test('run: a record is not overwritten unasked', () => {
    writeFileSync(at('kept.jsonl'), record);
    fails(['run', ...common, '--out', at('kept.jsonl')], 1, `run: ${at('kept.jsonl')} is there already; --resume goes on with it, --force overwrites it`);
    assert.equal(readFileSync(at('kept.jsonl'), 'utf8'), record);
    writeFileSync(at('kept.jsonl'), 'old');
    assert.equal(json(['--out', at('kept.jsonl'), '--force']).hallmark, whole.hallmark);
    assert.equal(timeless(readFileSync(at('kept.jsonl'), 'utf8')), timeless(record));
    fails(['run', ...common, '--out', at('nowhere/run.jsonl')], 2, /nowhere\/run\.jsonl/);
  });

  await test('run: after a cut it goes on and ends in the same record', () => {
    const size = Buffer.byteLength(record), first = record.indexOf('\n') + 1;
    for (const cut of [0, 5, first - 1, first, first + 1, Math.floor(size / 2), size - 100, size - 1, size]) {
      writeFileSync(at('cut.jsonl'), record);
      truncateSync(at('cut.jsonl'), cut);
      assert.equal(json(['--out', at('cut.jsonl'), '--resume']).hallmark, whole.hallmark, `cut at ${cut}`);
      assert.equal(timeless(readFileSync(at('cut.jsonl'), 'utf8')), timeless(record), `cut at ${cut}`);
    }
    rmSync(at('cut.jsonl'));
    assert.equal(json(['--out', at('cut.jsonl'), '--resume']).hallmark, whole.hallmark);
  });

  await test('run: resume refuses what is not this run, and leaves the file alone', () => {
    const part = record.slice(0, Math.floor(record.length / 2)), file = at('part.jsonl');
    const resume = ['--out', file, '--resume', '--quiet'];
    writeFileSync(file, part);
    fails(['run', '--model', other, '--data', data, ...resume], 3, /the record was made with another text model: [0-9a-f]{64}; this run has [0-9a-f]{64}$/m);
    fails(['run', '--model', model, '--vision', at('mmproj-other.gguf'), '--data', data, ...resume], 3, /another vision model/);
    fails(['run', '--model', model, '--data', data, '--recipe', 'grey', ...resume], 3, /another recipe: /);
    fails(['run', '--model', model, '--data', data, '--limit', '5', ...resume], 3, /another recipe: /);
    assert.equal(readFileSync(file, 'utf8'), part);
    for (const text of ['my notes', 'my notes\n', '{"a":1}\n', `${part.split('\n')[0]}\n{}\n`]) {
      writeFileSync(file, text);
      fails(['run', '--model', model, '--data', data, ...resume], 2, /record line [12]: /);
      assert.equal(readFileSync(file, 'utf8'), text);
    }
  });

  await test('run: Ctrl-C leaves a record to go on with', async () => {
    succeeds(['gen', 'hhh46', '--n', '14', '--out', at('long')]);
    const args = ['run', '--model', model, '--data', at('long'), '--threads', '1', '--kernels', 'scalar', '--out', at('stopped.jsonl')];
    const child = spawn(native.command[0], args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { told += text; });
    /** @type {Promise<number | null>} */
    const ended = new Promise((done) => { child.on('close', done); });
    const lines = () => (existsSync(at('stopped.jsonl')) ? readFileSync(at('stopped.jsonl'), 'utf8').split('\n').length - 1 : 0);
    while (child.exitCode === null && child.signalCode === null && lines() < 3) await new Promise((wait) => { setTimeout(wait, 10); });
    child.kill('SIGINT');
    assert.equal(await ended, 130, told);
    const left = readFileSync(at('stopped.jsonl'), 'utf8');
    assert.match(told, /assay: stopped after \d+ of \d+ samples; --resume --out .*stopped\.jsonl goes on\n$/);
    assert.ok(left.endsWith('\n') && !left.includes('"type":"end"'));
    const options = ['--model', model, '--data', at('long'), '--quiet', '--json'];
    const resumed = JSON.parse(succeeds(['run', ...options, '--out', at('stopped.jsonl'), '--resume']));
    assert.equal(resumed.hallmark, JSON.parse(succeeds(['run', ...options])).hallmark);
    assert.ok(readFileSync(at('stopped.jsonl'), 'utf8').startsWith(left));
  });

  await test('run: progress goes to standard error, and --quiet keeps it away', () => {
    const { status, stdout, stderr } = assay(['run', ...common.slice(0, -1), '--json']);
    assert.equal(status, 0);
    assert.equal(JSON.parse(stdout).hallmark, whole.hallmark);
    assert.match(stderr, /^(\d+\/\d+ .*\n)*$/); // whole lines, no carriage returns, when nobody watches
    assert.equal(assay(['run', ...common, '--json']).stderr, '');
  });

  await test('run: finds its data beside the program, or where it is called', () => {
    const tree = at('tree'), elsewhere = at('elsewhere');
    mkdirSync(join(tree, 'build'), { recursive: true });
    mkdirSync(join(tree, 'data/models/assay-mini'), { recursive: true });
    mkdirSync(elsewhere);
    copyFileSync(native.command[0], join(tree, 'build/assay'));
    copyFileSync(model, join(tree, 'data/models/assay-mini/assay-mini-Q8_0.gguf'));
    copyFileSync(vision, join(tree, 'data/models/assay-mini/mmproj-assay-mini-Q8_0.gguf'));
    cpSync(data, join(tree, 'data/suites/hhh46'), { recursive: true });
    const program = { command: [join(tree, 'build/assay')], env: {} };
    const there = run(program, ['run', '--json', '--quiet'], elsewhere);
    assert.equal(there.status, 0, there.stderr);
    assert.equal(JSON.parse(there.stdout).hallmark, whole.hallmark);
    writeDataset(join(elsewhere, 'data/suites/hhh46'), [{ images: [{ name: 'sample-0.0.png', bytes: png }] }]);
    assert.equal(JSON.parse(run(program, ['run', '--json', '--quiet'], elsewhere).stdout).dataset.name, 'made');
    mkdirSync(at('lonely/bin'), { recursive: true });
    copyFileSync(native.command[0], at('lonely/bin/assay'));
    const lonely = run({ command: [at('lonely/bin/assay')], env: {} }, ['run'], at('lonely'));
    assert.deepEqual([lonely.status, lonely.stderr], [2, 'assay: data/suites/hhh46/manifest.json: No such file or directory\n']);
  });

  await test('verify: equal bits', () => {
    const options = ['verify', at('whole.jsonl'), ...common];
    assert.equal(succeeds(options), `equal: ${whole.n} of ${whole.n} samples give the record's bits\nhallmark ${whole.hallmark}\n`);
    assert.match(succeeds([...options, '--samples', '3']), new RegExp(`^equal: 3 of ${whole.n} samples`));
    assert.deepEqual(JSON.parse(succeeds([...options, '--json', '--samples', '9999'])),
      { equal: true, compared: whole.n, done: whole.n, n_total: whole.n, hallmark: whole.hallmark });
    writeFileSync(at('open.jsonl'), record.split('\n').slice(0, 6).join('\n'));
    assert.match(succeeds(['verify', at('open.jsonl'), ...common]), /^equal: 4 of 4 samples .*\nthe record is not finished: 4 of \d+ samples, no hallmark\n$/);
  });

  await test('verify: what differs is named, exit 3', () => {
    const file = at('tampered.jsonl'), check = ['verify', file, ...common];
    writeFileSync(file, record.replace(/"bits":\["(........)/, (_, hex) => `"bits":["${hex.slice(0, 7)}${hex[7] === '0' ? '1' : '0'}`));
    fails(check, 3, /tampered\.jsonl: record line 2: scores do not follow from the bits$/m);
    writeFileSync(file, record.replace(`"hallmark":"${whole.hallmark}"`, `"hallmark":"${'0'.repeat(64)}"`));
    fails(check, 3, new RegExp(`the record's hallmark does not follow from its lines, which give ${whole.hallmark}$`, 'm'));
    // A record that holds in itself, but whose numbers come from elsewhere: those of another model under this one's hashes.
    const foreign = JSON.parse(succeeds(['run', '--model', other, '--data', data, '--json', '--quiet', '--out', at('foreign.jsonl')]));
    const text = readFileSync(at('foreign.jsonl'), 'utf8').replace(foreign.model.text, whole.model.text).replace(foreign.model.vision, whole.model.vision);
    writeFileSync(file, text.replace(foreign.hallmark, hallmarkOf(text)));
    fails(check, 3, /^assay: sample \S+ differs: option 0, token 0 is [0-9a-f]{8} in the record, [0-9a-f]{8} now$/m);
    fails([...check, '--samples', '1'], 3, /^assay: sample \S+ differs/);
    fails(['verify', at('whole.jsonl'), '--model', other, '--data', data], 3, /the record was made with another text model/);
    writeDataset(at('made'), [{ images: [{ name: 'sample-0.0.png', bytes: png }] }]);
    fails(['verify', at('whole.jsonl'), '--model', model, '--data', at('made')], 3, /was made on dataset [0-9a-f]{64}; .*made is [0-9a-f]{64}$/m);
    fails(['verify', at('nothing.jsonl'), ...common], 2, /nothing\.jsonl: No such file/);
    writeFileSync(file, record.slice(0, record.indexOf('\n') + 1));
    fails(check, 2, /tampered\.jsonl: no finished sample$/m);
    writeFileSync(file, 'hello\n');
    fails(check, 2, /tampered\.jsonl: record line 1: not valid JSON/);
  });

  await test('report: the same numbers without running anything', () => {
    assert.deepEqual(JSON.parse(succeeds(['report', at('whole.jsonl'), '--data', data, '--json'])), whole);
    assert.match(succeeds(['report', at('whole.jsonl'), '--data', data]), new RegExp(`^hallmark +${whole.hallmark}$`, 'm'));
    writeFileSync(at('open.jsonl'), record.split('\n').slice(0, 6).join('\n'));
    const open = JSON.parse(succeeds(['report', at('open.jsonl'), '--data', data, '--json']));
    assert.deepEqual([open.hallmark, open.n, open.n_total], [null, 4, whole.n]);
    assert.match(succeeds(['report', at('open.jsonl'), '--data', data]), new RegExp(`^hallmark +none: 4 of ${whole.n} samples are done$`, 'm'));
    writeFileSync(at('wrong.jsonl'), record.replace(/"correct":(true|false)/, (_, word) => `"correct":${word !== 'true'}`));
    fails(['report', at('wrong.jsonl'), '--data', data], 3, /wrong\.jsonl: record line 2: does not agree with sample /);
    fails(['report', model, '--data', data], 2, /tiny\.gguf: record line 1: /);
  });

  await test('report: the page is whole and escapes what it shows', () => {
    const nasty = '<script>alert("1")</script> & \'x\' \u0007';
    writeDataset(at('nasty'), [{ images: [{ name: 'sample-0.0.png', bytes: png }], sample: { task: nasty, domain: '\u001b[2Jd', question: nasty } }]);
    const table = succeeds(['run', '--model', model, '--data', at('nasty'), '--quiet', '--out', at('nasty.jsonl')]);
    assert.ok(!/[^\n\x20-\x7e]/.test(table), 'control characters on the terminal');
    succeeds(['report', at('nasty.jsonl'), '--data', at('nasty'), '--html', at('nasty.html')]);
    const page = readFileSync(at('nasty.html'), 'utf8');
    assert.match(page, /^<!doctype html>[\s\S]*<\/html>\n$/);
    assert.ok(page.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;'));
    assert.ok(!page.includes('<script') && !/(src|href)=/.test(page) && !/[\x00-\x09\x0b-\x1f]/.test(page));
    const opened = [...page.matchAll(/<(html|head|body|table|thead|tbody|tr|dl|svg|style)\b/g)].length;
    assert.equal([...page.matchAll(/<\/(html|head|body|table|thead|tbody|tr|dl|svg|style)>/g)].length, opened);
    assert.ok(opened > 10);
  });

  await test('bad input: exit 2 and one line that says where', () => {
    /** @param {string} name @param {(folder: string) => void} spoil */
    const spoiled = (name, spoil) => {
      cpSync(data, at(name), { recursive: true });
      spoil(at(name));
      return ['run', '--model', model, '--data', at(name), '--quiet'];
    };
    /** @param {string} file @param {number} place */
    const flip = (file, place) => {
      const bytes = readFileSync(file);
      bytes[place] ^= 1;
      writeFileSync(file, bytes);
    };
    fails(['run', '--model', model, '--data', at('nowhere')], 2, `${at('nowhere/manifest.json')}: No such file or directory`);
    fails(['run', '--model', at('nowhere.gguf'), '--data', data], 2, `${at('nowhere.gguf')}: No such file or directory`);
    fails(['run', '--model', model, '--vision', at('nowhere.gguf'), '--data', data], 2, `${at('nowhere.gguf')}: No such file or directory`);
    fails(spoiled('a', (f) => writeFileSync(join(f, 'manifest.json'), '{}')), 2, `${at('a')}: manifest.json: "format" is missing`);
    fails(spoiled('b', (f) => flip(join(f, 'index.jsonl'), 30)), 2, `${at('b')}: index.jsonl: hash differs from the manifest's`);
    fails(spoiled('c', (f) => flip(join(f, 'shard-0000.tar'), 3000)), 2, `${at('c')}: shard-0000.tar: hash differs from the manifest's`);
    fails(spoiled('d', (f) => truncateSync(join(f, 'shard-0000.tar'), 3000)), 2, new RegExp(`${at('d')}: shard-0000.tar: 3000 bytes, but the manifest says \\d+`));
    fails(spoiled('e', (f) => rmSync(join(f, 'shard-0000.tar'))), 2, /shard-0000\.tar: No such file/);
    writeFileSync(at('cut.gguf'), readFileSync(model).subarray(0, 100000));
    fails(['run', '--model', at('cut.gguf'), '--vision', vision, '--data', data], 2, /^assay: .*\bcut\.gguf: tensor /);
    writeFileSync(at('magic.gguf'), 'GGML and more');
    fails(['run', '--model', at('magic.gguf'), '--vision', vision, '--data', data], 2, /^assay: .*\bmagic\.gguf: /);
    fails(['run', '--model', vision, '--vision', vision, '--data', data], 2, /^assay: /);
    copyFileSync(model, at('alone.gguf'));
    fails(['run', '--model', at('alone.gguf'), '--data', data], 1, 'run: the samples have images, but the model has no vision part');
    /** @param {string} name @param {Parameters<typeof writeDataset>[1][0]} sample */
    const made = (name, sample) => {
      writeDataset(at(name), [sample]);
      return ['run', '--model', model, '--data', at(name), '--quiet'];
    };
    const image = { name: 'sample-0.0.png', bytes: png };
    succeeds(made('f', { images: [image] }));
    fails(made('g', { images: [image], extra: [{ name: '../../outside.txt', bytes: png }] }), 2, new RegExp(`${at('g')}: shard\\.tar: entry at byte \\d+ has no plain relative name inside the archive`));
    fails(made('h', { images: [{ ...image, bytes: png.subarray(0, png.length - 30) }] }), 2, /^assay: sample sample-0: image sample-0\.0\.png: /);
    fails(made('i', { images: [{ ...image, bytes: readFileSync('tests/bad/image/huge.png') }] }), 2, /^assay: sample sample-0: image sample-0\.0\.png: .*20000/);
    fails(made('j', { images: [image], sample: { gold: [2] } }), 2, `${at('j')}: index line 1: gold 2 of 2 options`);
    fails(made('k', { images: [image], sample: { question: 'q '.repeat(20000) } }), 2, /^assay: sample sample-0: .*context/);
  });

  await test('the same run in Node', () => {
    const out = at('node.jsonl');
    const ran = run(node, ['run', ...common, '--json', '--out', out]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(JSON.parse(ran.stdout).hallmark, whole.hallmark);
    truncateSync(out, Math.floor(readFileSync(out).length / 2));
    const resumed = run(node, ['run', ...common.slice(0, -1), '--json', '--out', out, '--resume']);
    assert.match(resumed.stderr, /^(\d+\/\d+ .*\n)*$/);
    assert.equal(JSON.parse(resumed.stdout).hallmark, whole.hallmark, resumed.stderr);
    assert.match(succeeds(['verify', out, ...common]), /^equal: /);
    assert.match(run(node, ['verify', at('whole.jsonl'), ...common]).stdout, /^equal: /);
    const failed = run(node, ['run', '--model', model, '--data', at('nowhere')]);
    assert.deepEqual([failed.status, failed.stderr], [2, `assay: ${at('nowhere/manifest.json')}: No such file or directory\n`]);
    assert.equal(run(node, ['run', '--limit', 'x']).status, 1);
    assert.equal(run(node, ['verify', at('tampered.jsonl'), ...common]).status, 2);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
