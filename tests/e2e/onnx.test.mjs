// Encoders in Chromium, through the page's own engine and its worker: ONNX Runtime Web gives the vectors of the GGUF file of the same
// weights, with threads and without; it is fetched only when an ONNX encoder is opened; what is no encoder is refused in one sentence.
//
//   node tests/e2e/onnx.test.mjs

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { skip, test } from '../harness.mjs';
import { BAD, DIM, REFERENCE, TEXTS, golden, worst } from '../onnx-encoder.mjs';
import { closeAll, isolated, plain, withPage } from './fixture.mjs';

/** @typedef {{name: string, base64: string}} Given */
/** @typedef {{error: string} | {info: import('../../web/js/engine/protocol.js').EncoderInfo, vectors: number[], told: number}} Answer */

/** @param {string} name @param {Buffer} [bytes] @returns {Given} */
const given = (name, bytes = golden(name)) => ({ name, base64: bytes.toString('base64') });

/** In the page: opens each model in one engine, and embeds the texts. */
const embedInPage = async (/** @type {{build: 'mt' | 'st', models: {model: Given, tokenizer: Given | null}[], texts: string[]}} */ { build, models, texts }) => {
  /** @type {string} */
  const address = new URL('js/engine/client.js', location.href).href;
  const { EngineClient } = /** @type {typeof import('../../web/js/engine/client.js')} */ (await import(address));
  let told = 0;
  const client = new EngineClient((message) => {
    if (message.name === 'embedding') told = message.data.done;
  });
  /** @param {Given} file @returns {import('../../web/js/engine/protocol.js').ModelFile} */
  const local = ({ name, base64 }) => {
    const file = new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name);
    return { name, bytes: file.size, sha256: '', source: { kind: 'file', file } };
  };
  /** @type {Answer[]} */
  const answers = [];
  await client.start({ build, threads: 2 });
  for (const { model, tokenizer } of models) {
    try {
      const request = { model: local(model), tokenizer: tokenizer && local(tokenizer), pooling: /** @type {const} */ ('mean'), maxTokens: 0 };
      const info = await client.openEncoder(request);
      answers.push({ info, vectors: [...(await client.embed(texts))], told });
    } catch (error) {
      answers.push({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  client.close();
  return answers;
};

/** @param {Answer} answer */
function vectorsOf(answer) {
  if ('error' in answer) return assert.fail(answer.error);
  assert.equal(answer.told, TEXTS.length);
  assert.deepEqual([answer.info.name, answer.info.dim, answer.info.maxTokens], ['encoder', DIM, 96]);
  return answer;
}

const site = JSON.parse(readFileSync('build/site/extras.json', 'utf8'));

try {
  for (const [what, { url }, build] of /** @type {const} */ ([['threads', isolated, 'mt'], ['no threads', plain, 'st']])) {
    await test(`ONNX and GGUF of the same weights give the same vectors: ${what}`, async () => {
      if (!site.onnx) assert.fail('ONNX Runtime is not part of the site: make deps');
      await withPage(async (page, context) => {
        /** @type {string[]} */
        const asked = [];
        context.on('request', (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(url);
        const vocabulary = given('vocab.txt');
        const [gguf] = await page.evaluate(embedInPage, { build, models: [{ model: given('encoder.gguf'), tokenizer: null }], texts: TEXTS });
        assert.deepEqual(asked.filter((path) => path.startsWith('/ort/')), [], 'the runtime was fetched before it was wanted');
        const [onnx, again] = await page.evaluate(embedInPage, {
          build, models: [{ model: given('encoder.onnx'), tokenizer: vocabulary }, { model: given('encoder.onnx'), tokenizer: given('tokenizer.json') }], texts: TEXTS,
        });
        assert.ok(asked.includes('/ort/ort-wasm-simd-threaded.wasm'));
        const [a, b] = [vectorsOf(gguf), vectorsOf(onnx)];
        assert.deepEqual([a.info.hallmarked, b.info.hallmarked], [true, false]);
        assert.ok(worst(a.vectors, b.vectors) > 0.99999, String(worst(a.vectors, b.vectors)));
        assert.ok(worst(b.vectors, REFERENCE) > 0.99999);
        assert.deepEqual(vectorsOf(again).vectors, b.vectors);
        assert.notEqual(vectorsOf(again).info.sha256, b.info.sha256);
      });
    });
  }

  await test('a model that is not what it should be: one sentence, and the engine goes on', async () => {
    await withPage(async (page) => {
      await page.goto(isolated.url);
      const vocabulary = given('vocab.txt');
      /** @type {{model: Given, tokenizer: Given | null}[]} */
      const models = BAD.map(({ name, bytes }) => ({ model: given(name, bytes), tokenizer: vocabulary }));
      models.push(
        { model: given('encoder.onnx'), tokenizer: null }, { model: given('encoder.gguf', golden('encoder.onnx')), tokenizer: null },
        { model: given('encoder.onnx'), tokenizer: vocabulary },
      );
      const answers = await page.evaluate(embedInPage, { build: /** @type {const} */ ('st'), texts: TEXTS, models });
      [...BAD.map(({ says }) => says), /^encoder\.onnx needs a tokenizer/, /^gguf encoder\.gguf: is no GGUF file\.$/].forEach((says, i) => {
        const answer = answers[i];
        assert.ok('error' in answer, `${i} was taken`);
        assert.match(answer.error, says);
        assert.ok(!answer.error.includes('\n') && answer.error.endsWith('.'), answer.error);
      });
      assert.ok(worst(vectorsOf(answers[answers.length - 1]).vectors, REFERENCE) > 0.99999);
    }, { expected: /onnxruntime/i });
  });

  await test('the encoder of the site is the one that make deps made', async () => {
    const path = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
    assert.equal(site.encoder, existsSync(path));
    if (!site.encoder) skip(`no ${path}`);
    assert.ok(readFileSync(path).equals(readFileSync('build/site/models/all-MiniLM-L6-v2-Q8_0.gguf')));
  });
} finally {
  await closeAll();
}
