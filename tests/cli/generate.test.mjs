// `assay generate` as a user meets it: what it prints, how an answer ends, its forms, conversations, sentences and exit codes, Ctrl-C.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from '../harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-generate-'));
const program = resolve('build/assay');
const model = join(folder, 'tiny.gguf');
const png = 'tests/golden/image/c2d8i0.png';
const common = ['--model', model, '--threads', '1'];

/** @param {string[]} args @param {string} [input] */
function generate(args, input = '') {
  const { status, stdout, stderr } = spawnSync(program, ['generate', ...args], { encoding: 'utf8', input, maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}

/** @param {string[]} args @param {string} [input] */
function succeeds(args, input) {
  const { status, stdout, stderr } = generate([...common, ...args], input);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  assert.equal(stderr, '', args.join(' '));
  return stdout;
}

/** @param {string[]} args @param {string} [input] */
const answer = (args, input) => JSON.parse(succeeds([...args, '--json'], input));

/** What must not depend on time. @param {Record<string, unknown>} object */
function timeless({ seconds: _seconds, prompt_seconds: _prompt, tokens_per_second: _speed, ...rest }) {
  return rest;
}

/** @param {string[]} args @param {number} code @param {RegExp} sentence @param {string} [input] */
function fails(args, code, sentence, input) {
  const { status, stdout, stderr } = generate(args, input);
  const told = `${args.join(' ')}: exit ${status}: ${stderr}`;
  assert.equal(status, code, told);
  assert.match(stderr, /^assay: [^\n]+\n$/, told);
  assert.match(stderr, sentence, told);
  assert.equal(stdout, '', told);
}

try {
  const made = spawnSync(program, ['model', 'random', model, '--preset', 'tiny'], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);

  await test('help names every option', () => {
    const help = succeeds(['--help']);
    for (const option of ['model', 'vision', 'image', 'tile-edge', 'prompt', 'raw', 'chat', 'max-tokens', 'temperature', 'top-k', 'top-p',
      'min-p', 'repetition-penalty', 'penalty-window', 'seed', 'stop', 'choice', 'regex', 'json']) assert.match(help, new RegExp(`^  --${option} `, 'm'));
  });

  await test('the text is that of the JSON; the prompt may come on standard input', () => {
    const args = ['--max-tokens', '20', '--temperature', '1', '--seed', '5'];
    const object = answer([...args, '--prompt', 'Who are you?']);
    assert.deepEqual(Object.keys(object), ['text', 'ids', 'logprobs', 'reason', 'prompt_tokens', 'prompt_seconds', 'seconds', 'tokens_per_second']);
    assert.equal(object.reason, 'length');
    assert.equal(object.ids.length, 20);
    assert.equal(object.logprobs.length, 20);
    for (const logprob of object.logprobs) assert.ok(logprob <= 0 && Math.fround(logprob) === logprob, String(logprob));
    assert.ok(object.seconds > 0 && object.tokens_per_second > 0 && object.prompt_tokens > 5);
    assert.equal(succeeds([...args, '--prompt', 'Who are you?']), `${object.text}\n`);
    assert.equal(succeeds(args, 'Who are you?\n'), `${object.text}\n`);
    assert.notEqual(succeeds(args, 'Who is he?\n'), `${object.text}\n`);
  });

  await test('the seed decides, and only where something is drawn', () => {
    const ids = (/** @type {string[]} */ ...args) => String(answer(['--prompt', 'Hello', '--max-tokens', '15', ...args]).ids);
    assert.equal(ids('--temperature', '1', '--seed', '1'), ids('--temperature', '1', '--seed', '1'));
    assert.notEqual(ids('--temperature', '1', '--seed', '1'), ids('--temperature', '1', '--seed', '2'));
    assert.equal(ids('--seed', '1'), ids('--seed', '2'));
    assert.equal(ids(), ids('--temperature', '3', '--top-k', '1'));
    assert.equal(ids(), ids('--temperature', '2', '--top-p', '0.000001'));
    assert.equal(ids(), ids('--temperature', '2', '--min-p', '1'));
    assert.notEqual(ids(), ids('--repetition-penalty', '0.01')); // says again what it said
  });

  await test('choices, expressions and stop texts', () => {
    const chosen = answer(['--prompt', 'Which?', '--choice', 'red', '--choice', 'dark green', '--choice=blue']);
    assert.equal(chosen.text.replace(/^ /, ''), ['red', 'dark green', 'blue'][chosen.choice]);
    assert.equal(chosen.reason, 'constraint');
    const form = answer(['--prompt', 'Which?', '--regex', '(ja|nein): \\d{2,4}[äöü]!', '--temperature', '2']);
    assert.match(form.text, /^ ?(ja|nein): \d{2,4}[äöü]!$/);
    const long = answer(['--prompt', 'Say', '--regex', '[a-z]{30}']);
    const stop = long.text.slice(12, 15);
    const cut = answer(['--prompt', 'Say', '--regex', '[a-z]{30}', '--stop', 'nowhere', '--stop', stop]);
    assert.equal(cut.text, long.text.slice(0, long.text.indexOf(stop)));
    assert.deepEqual([cut.reason, cut.stop], ['text', 1]);
  });

  await test('images and raw text', () => {
    const args = ['--prompt', 'What is it?', '--max-tokens', '4'];
    const blind = answer(args), one = answer([...args, '--image', png]), two = answer([...args, '--image', png, '--image', png]);
    const tiles = answer([...args, '--image', png, '--tile-edge', '2']);
    assert.ok(one.prompt_tokens > blind.prompt_tokens && tiles.prompt_tokens > one.prompt_tokens);
    assert.equal(two.prompt_tokens - one.prompt_tokens, 7); /* 4 of the image, 3 around it */
    const raw = answer(['--raw', '--prompt', 'abc', '--max-tokens', '2']);
    assert.equal(raw.prompt_tokens, 3);
    assert.equal(answer(['--raw', '--max-tokens', '2'], 'abc\n').prompt_tokens, 4);
  });

  await test('the context ends an answer', () => {
    const object = answer(['--prompt', 'Go on', '--context', '48', '--max-tokens', '0', '--regex', '[a-z]{900}']);
    assert.equal(object.reason, 'context');
    assert.equal(object.prompt_tokens + object.ids.length, 48);
  });

  await test('a conversation keeps its timeline', () => {
    const args = ['--chat', '--json', '--max-tokens', '6', '--temperature', '0.5'];
    const turns = succeeds(args, 'Hello\n\nAnd you?\nHello').trimEnd().split('\n').map((line) => timeless(JSON.parse(line)));
    assert.equal(turns.length, 3);
    const alone = timeless(answer(['--prompt', 'Hello', '--max-tokens', '6', '--temperature', '0.5']));
    assert.deepEqual(turns[0], alone);
    assert.notDeepEqual(turns[2], alone);
    /* "<end_of_utterance>\n" closes the answer, where "<|im_start|>" began the conversation. */
    assert.equal(turns[2].prompt_tokens, Number(alone.prompt_tokens) + 1);
    assert.deepEqual(succeeds(args, 'Hello\nAnd you?\nHello\n').trimEnd().split('\n').map((line) => timeless(JSON.parse(line))), turns);
    assert.equal(succeeds(['--chat', '--max-tokens', '6', '--temperature', '0.5'], 'Hello\nAnd you?\nHello\n'), turns.map(({ text }) => `${text}\n`).join(''));
    assert.equal(succeeds(['--chat'], ''), '');
  });

  await test('usage errors: exit 1 and one line', () => {
    for (const [option, bad] of [['--temperature', '-1'], ['--temperature', '101'], ['--temperature', 'warm'], ['--temperature', '1e1'], ['--temperature', '.'],
      ['--temperature', 'nan'], ['--top-p', '0'], ['--top-p', '1.5'], ['--min-p', '2'], ['--repetition-penalty', '0']]) {
      fails(['--prompt', 'a', option, bad], 1, new RegExp(`^assay: generate: ${bad.replace('.', '\\.')} is not a number from [\\d.e-]+ to \\d+ \\(${option}\\); see assay generate --help`));
    }
    fails(['--top-k=-1'], 1, /not a whole number from 0/);
    fails(['--tile-edge', '7'], 1, /not a whole number from 1 to 6/);
    fails(['--chat', '--raw'], 1, /--chat reads standard input/);
    fails(['--chat', '--prompt', 'a'], 1, /--chat reads standard input/);
    fails(['--raw', '--image', png], 1, /--raw takes no images/);
    fails(['--regex', 'a', '--choice', 'b'], 1, /exclude each other/);
    fails([...common, '--prompt', 'a', '--regex', '(a'], 1, /regex: \( at byte 0 is not closed/);
    fails([...common, '--prompt', 'a', '--choice', ''], 1, /choice 0 is empty/);
    fails([...common, '--raw', '--prompt', ''], 1, /the text is no tokens/);
    fails(Array.from({ length: 17 }, () => ['--stop', 'x']).flat(), 1, /option --stop can be given 16 times at most/);
  });

  await test('bad input: exit 2 and one line', () => {
    fails(['--model', join(folder, 'absent.gguf'), '--prompt', 'a'], 2, /absent\.gguf/);
    fails([...common, '--prompt', 'a', '--image', join(folder, 'absent.png')], 2, /absent\.png/);
    writeFileSync(join(folder, 'bad.png'), 'no image');
    fails([...common, '--prompt', 'a', '--image', join(folder, 'bad.png')], 2, /bad\.png/);
    fails([...common, '--prompt', 'x'.repeat(900)], 2, /does not fit a context of 512/);
    fails([...common], 2, /NUL byte/, 'a\0b');
    fails([...common, '--prompt', 'a', '--regex', '(a|b)*a(a|b){30}'], 2, /constraint: it needs a table/);
    fails([...common, '--prompt', 'a', '--regex', 'a(?=b)'], 2, /regex: the group/);
  });

  /** Sends SIGINT with the first text. @param {string[]} args @returns {Promise<{code: number | null, stdout: string, stderr: string}>} */
  const interrupt = (args) => new Promise((done) => {
    const child = spawn(program, ['generate', ...args]);
    let stdout = '', stderr = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      if (stdout === '') child.kill('SIGINT');
      stdout += chunk;
    });
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => { stderr += chunk; });
    child.on('close', (code) => done({ code, stdout, stderr }));
  });

  await test('Ctrl-C ends an answer where it is: exit 130', async () => {
    const slow = join(folder, 'slow.gguf'); // by the scalar kernels its answer takes so long that the signal is always in time
    assert.equal(spawnSync(program, ['model', 'random', slow, '--preset', 'smolvlm-slice']).status, 0);
    const args = ['--model', slow, '--prompt', 'Go on', '--max-tokens', '0', '--regex', '[a-z]{480}'];
    const whole = generate(args).stdout;
    assert.equal(whole.length, 481);
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await interrupt([...args, '--threads', '1', '--kernels', 'scalar']);
      assert.equal(code, 130, stderr);
      assert.match(stderr, /^assay: (stopped|cancelled)\n$/);
      assert.ok(stdout.endsWith('\n') && stdout.length < whole.length && whole.startsWith(stdout.trimEnd()), stdout);
    }
  });
} finally {
  rmSync(folder, { recursive: true });
}
