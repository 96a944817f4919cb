// Generated text is the same everywhere: the default model natively and in Node, scalar and SIMD, one thread and two, through the program and
// through the functions that the page calls; ids, text and every bit of the log-probabilities.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { skip, test } from '../harness.mjs';
import { VARIANTS } from '../variants.mjs';

const FOLDER = 'data/models/assay-mini';
const MODEL = [`${FOLDER}/assay-mini-Q8_0.gguf`, `${FOLDER}/mmproj-assay-mini-Q8_0.gguf`];
const IMAGE = 'tests/golden/image/c2d8i0.png';
const there = MODEL.every((path) => existsSync(path));

/** One setting, as the program and as the page's functions take it.
 * @typedef {{prompts: string[], image: boolean, args: string[], json: Record<string, unknown>}} Setting */

/** @type {Setting[]} */
const SETTINGS = [
  { prompts: ['What is in the picture?'], image: true, args: ['--max-tokens', '24'], json: { max_tokens: 24 } },
  {
    prompts: ['Tell me something.'], image: false,
    args: ['--max-tokens', '40', '--temperature', '1.5', '--seed', '7', '--regex', '[A-Z][a-z ,]{60,90}\\.'],
    json: { max_tokens: 40, temperature: 1.5, seed: 7, regex: '[A-Z][a-z ,]{60,90}\\.' },
  },
  {
    prompts: ['What is in the picture?'], image: true,
    args: ['--max-tokens', '40', '--temperature', '6', '--top-k', '300', '--top-p', '0.98', '--min-p', '0.01', '--repetition-penalty', '1.2', '--penalty-window', '16', '--seed', '3'],
    json: { max_tokens: 40, temperature: 6, top_k: 300, top_p: 0.98, min_p: 0.01, repetition_penalty: 1.2, penalty_window: 16, seed: 3 },
  },
  {
    prompts: ['Which colour?'], image: true,
    args: ['--temperature', '1', '--regex', '(red|green|blue), \\d{2,5}[äöü.]'],
    json: { max_tokens: 256, temperature: 1, regex: '(red|green|blue), \\d{2,5}[äöü.]' },
  },
  {
    prompts: ['Hello!', 'What did I say?', 'Which one?'], image: false,
    args: ['--max-tokens', '12', '--temperature', '6', '--stop', 'sky', '--choice', 'red', '--choice', 'blue', '--choice', 'blue sky', '--choice', 'green'],
    json: { max_tokens: 12, temperature: 6, stops: ['sky'], choices: ['red', 'blue', 'blue sky', 'green'] },
  },
];

/** The answers without their times. @param {typeof VARIANTS[0]} variant @param {Setting} setting */
function throughProgram(variant, { prompts, image, args }) {
  const words = [...variant.command.slice(1), 'generate', ...variant.args, '--json', ...args, ...(image ? ['--image', IMAGE] : []), ...(prompts.length > 1 ? ['--chat'] : [])];
  const { status, stdout, stderr } = spawnSync(variant.command[0], words, { encoding: 'utf8', env: { ...process.env, ...variant.env }, input: prompts.join('\n') });
  assert.equal(status, 0, `${variant.name}: ${stderr}`);
  return stdout.trimEnd().split('\n').map((line) => {
    const { text, ids, logprobs, reason, choice = -1 } = JSON.parse(line);
    return { text, ids, logprobs, reason, choice };
  });
}

const native = there ? SETTINGS.map((setting) => throughProgram(VARIANTS[0], setting)) : [];

await test('the settings are worth comparing', () => {
  if (!there) skip('the default model is not there');
  const all = native.flat();
  assert.ok(all.flatMap(({ ids }) => ids).length > 50, `${all.map(({ text, ids }) => `${ids.length}: ${text}`).join(' | ')}`);
  assert.ok(new Set(all.map(({ text }) => text)).size > 4);
  assert.match(native[3][0].text, /^ ?(red|green|blue), \d{2,5}[äöü.]$/);
  assert.equal(native[4].length, 3);
});

for (const variant of VARIANTS.slice(1)) {
  await test(`${variant.name}: the same text and bits`, () => {
    if (!there) skip('the default model is not there');
    for (const [i, setting] of SETTINGS.entries()) assert.deepEqual(throughProgram(variant, setting), native[i], `setting ${i}`);
  });
}

/** The page's functions on one build. @param {string} build */
async function openModule(build) {
  const { default: create } = await import(pathToFileURL(resolve(`build/wasm/assay-${build}.mjs`)).href);
  const m = await create({ threads: 2 });
  const bytes = () => new Uint8Array(m.wasmMemory.buffer);
  /** A block that the module frees or that lives as long as the test. @param {Uint8Array} data */
  const put = (data) => {
    const address = m._assay_web_alloc(data.length + 1) >>> 0;
    bytes().set(data, address);
    bytes()[address + data.length] = 0;
    return address;
  };
  /** @param {string} text */
  const putText = (text) => put(new TextEncoder().encode(text));
  /** @param {number[]} words */
  const putWords = (words) => put(new Uint8Array(Uint32Array.from(words).buffer));
  /** @param {number} address */
  const read = (address) => {
    const heap = bytes();
    return new TextDecoder().decode(heap.slice(address >>> 0, heap.indexOf(0, address >>> 0)));
  };
  const web = m._assay_web_create();
  const told = () => JSON.parse(read(m._assay_web_error(web)));
  /** @param {number} object */
  const must = (object) => {
    if (object === 0) throw new Error(`${build}: ${JSON.stringify(told())}`); // told() would overwrite a string
    return object >>> 0;
  };
  const files = MODEL.map((path) => readFileSync(path));
  const words = files.flatMap((file, i) => [put(file), file.length, putText(MODEL[i])]);
  const model = must(m._assay_web_model_create(web, putWords(words), 1, 1));
  const pool = must(m._assay_web_pool_create(web, build === 'mt' ? 2 : 1));
  const session = must(m._assay_web_session_create(web, model, pool, 0, 0));
  return { m, web, session, putText, putWords, put, read, must, told, bytes };
}

/** @param {Awaited<ReturnType<typeof openModule>>} host @param {Setting} setting */
function throughExports({ m, web, session, putText, putWords, put, read, must, told }, { prompts, image, json }) {
  assert.equal(m._assay_web_generate_reset(web, session), 0);
  const file = readFileSync(IMAGE);
  const images = putWords([put(file), file.length, 0]);
  return prompts.map((prompt, turn) => {
    if (m._assay_web_generate_ask(web, session, putText(prompt), images, image && turn === 0 ? 1 : 0, 1) !== 0) throw new Error(JSON.stringify(told()));
    const options = JSON.stringify({ ...json, stream: turn });
    const generator = must(m._assay_web_generate_create(web, session, putText(options), new TextEncoder().encode(options).length));
    const answer = { text: '', ids: /** @type {number[]} */ ([]), logprobs: /** @type {number[]} */ ([]), reason: '', choice: -1 };
    while (answer.reason === '') {
      const piece = JSON.parse(read(must(m._assay_web_generate_next(web, generator))));
      answer.text += piece.text;
      answer.reason = piece.end;
      answer.choice = piece.choice;
      if (piece.id < 0) continue;
      answer.ids.push(piece.id);
      answer.logprobs.push(piece.logprob);
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, Number.parseInt(piece.bits, 16));
      assert.equal(view.getFloat32(0), piece.logprob);
    }
    m._assay_web_generate_destroy(generator);
    return answer;
  });
}

for (const build of ['mt', 'st']) {
  await test(`the page's functions, ${build}: the same text and bits; sentences`, async () => {
    if (!there) skip('the default model is not there');
    const host = await openModule(build);
    for (const [i, setting] of SETTINGS.entries()) assert.deepEqual(throughExports(host, setting), native[i], `setting ${i}`);
    const { m, web, session, putText, told } = host;
    assert.equal(m._assay_web_generate_create(web, session, putText('{"regex":"("}'), 13), 0);
    assert.deepEqual([told().status, /not closed/.test(told().text)], ['argument', true]);
    assert.notEqual(m._assay_web_generate_ask(web, session, putText('x '.repeat(9000)), 0, 0, 1), 0);
    assert.match(told().text, /does not fit/);
  });
}

await test('the cancel flag ends a step, and the next call goes on', async () => {
  if (!there) skip('the default model is not there');
  const host = await openModule('mt');
  const { m, web, session, putText, read, must, told } = host;
  const whole = throughExports(host, SETTINGS[1])[0];
  assert.equal(m._assay_web_generate_reset(web, session), 0);
  assert.equal(m._assay_web_generate_ask(web, session, putText(SETTINGS[1].prompts[0]), 0, 0, 1), 0);
  const options = JSON.stringify(SETTINGS[1].json);
  const generator = must(m._assay_web_generate_create(web, session, putText(options), options.length));
  const flag = m._assay_web_cancel_flag(web) >>> 0;
  const setFlag = (/** @type {number} */ value) => new Int32Array(m.wasmMemory.buffer, flag, 1).fill(value);
  let text = '';
  for (let end = ''; end === '';) {
    setFlag(1);
    const piece = m._assay_web_generate_next(web, generator);
    setFlag(0);
    if (piece === 0) assert.equal(told().status, 'cancelled');
    const next = JSON.parse(read(piece === 0 ? must(m._assay_web_generate_next(web, generator)) : piece >>> 0));
    text += next.text;
    end = next.end;
  }
  assert.equal(text, whole.text);
  m._assay_web_generate_destroy(generator);
});
// The threads of the modules would keep the process.
process.exit();
