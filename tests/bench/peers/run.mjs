// Times ONNX Runtime Web and Assay on SmolVLM-256M's shapes in the same Chromium, one after the other.
//   node tests/bench/peers/run.mjs MODELS_DIR [threads]
// MODELS_DIR holds what ort_models.py wrote; build/wasm what `make build` did. Medians of 5 runs after one warm-up.
import { createServer } from 'node:http';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(here, 'package.json'));
const { chromium } = createRequire(join(here, '../../../package.json'))('playwright-core');
const ortFolder = dirname(require.resolve('onnxruntime-web'));
const models = process.argv[2];
const threads = Number(process.argv[3] ?? 2);
const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Assay's program, whole, in a worker: `assay bench`. */
const worker = `
  import create from '/assay/assay-mt.mjs';
  onmessage = async ({ data: { args, threads } }) => {
    const lines = [];
    const module = await create({ threads, print: (line) => lines.push(line), printErr: (line) => lines.push(line) });
    const code = module.callMain(args);
    postMessage({ code, text: lines.join('\\n') });
  };`;

/** Serves the runtime under /ort/, the models under /models/, Assay under /assay/ and an empty isolated page. */
const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
  response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
  if (path === '/') {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>bench</title>');
    return;
  }
  if (path === '/worker.mjs') {
    response.end(worker);
    return;
  }
  const [, folder, ...rest] = path.split('/');
  const roots = { ort: ortFolder, assay: join(here, '../../../build/wasm'), models };
  const file = join(roots[folder] ?? models, ...rest);
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.statusCode = 404;
    response.end();
    return;
  }
  createReadStream(file).pipe(response);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(origin);

/** Seconds of each run of one graph. */
const time = (file, shape) => page.evaluate(async ([file, shape, threads]) => {
  const ort = await import('/ort/ort.wasm.min.mjs');
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(`/models/${file}`, { executionProviders: ['wasm'] });
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 12.9898) * 0.5;
  const x = new ort.Tensor('float32', data, shape);
  const seconds = [];
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    const { y } = await session.run({ x });
    seconds.push((performance.now() - start) / 1e3);
    if (!Number.isFinite(y.data[0])) throw new Error('not a number');
  }
  await session.release();
  return seconds.slice(1);
}, [file, shape, threads]);

const median = (xs) => [...xs].sort((a, b) => a - b)[xs.length >> 1];
const tile = median(await time('vision.onnx', [1, 3, 512, 512]));
const prefill = median(await time('prefill.onnx', [1, 512, 576]));
console.log(`onnxruntime-web int8, ${threads} threads: tile ${tile.toFixed(2)} s, prefill ${(512 / prefill).toFixed(0)} tokens/s`);

const bench = await page.evaluate(([threads]) => new Promise((done, fail) => {
  const engine = new Worker('/worker.mjs', { type: 'module' });
  engine.onerror = (event) => fail(new Error(event.message));
  engine.onmessage = ({ data }) => done(data);
  engine.postMessage({ args: ['bench', '--threads', String(threads), '--repeat', '5'], threads });
}), [threads]);
console.log(`assay in the same browser, ${threads} threads:\n${bench.text}`);
await browser.close();
server.close();
