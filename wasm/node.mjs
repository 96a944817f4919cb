#!/usr/bin/env node
// The program `assay` in Node: the page's own WebAssembly module, with the host's files mounted where they are.
//
//   node build/node/assay.mjs run ...     the same commands, paths, output and exit codes as build/assay
//   ASSAY_WASM=st                         the single-threaded build

import { readdirSync, statSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { prepareModels } from './models.mjs';
import { embedByOnnx, onnxModelOf } from './onnx.mjs';

const program = fileURLToPath(import.meta.url);
const onnxModel = onnxModelOf(process.argv.slice(2));
if (onnxModel !== null) process.exit(await embedByOnnx(onnxModel, process.argv.slice(2)));
const prepared = await prepareModels(program, process.argv.slice(2));
if ('code' in prepared) process.exit(prepared.code);
const { args } = prepared;
const build = process.env.ASSAY_WASM === 'st' ? 'st' : 'mt';

/** Threads to have ready: those of --threads (`bench` takes several numbers, and each wants its own), else one a core. */
function threadsAsked() {
  const at = args.findIndex((arg) => arg === '--threads' || arg.startsWith('--threads='));
  const text = at < 0 ? '' : args[at].includes('=') ? args[at].slice('--threads='.length) : args[at + 1] ?? '';
  const numbers = (text || String(Math.max(2, cpus().length))).split(',').map(Number);
  const workers = numbers.reduce((sum, n) => sum + (n >= 1 && n <= 64 ? Math.floor(n) - 1 : 0), 0);
  return workers + 1;
}

/** Writes all of it, also to a pipe that is full for a while. @param {number} file @param {Uint8Array} bytes */
function writeAll(file, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EPIPE') process.exit(141); // as a program whose reader went away
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

/** Every folder of the host's root at the same place in the module's; /dev and /proc stay the module's own.
 * @param {any} module  as Emscripten makes it */
function mountHost(module) {
  const { FS, NODEFS } = module;
  for (const name of readdirSync('/')) {
    const path = `/${name}`;
    if (name === 'dev' || name === 'proc') continue;
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    if (!FS.analyzePath(path).exists) FS.mkdir(path);
    FS.mount(NODEFS, { root: path }, path);
  }
  FS.chdir(process.cwd());
}

/** Bytes go out as they are written, not line by line. @param {any} module */
function connectOutput(module) {
  for (const file of [1, 2]) {
    const stream = module.FS.getStream(file);
    if (!isatty(file)) stream.tty = undefined; // the module takes its standard streams for terminals
    stream.stream_ops = {
      ...stream.stream_ops,
      /** @param {unknown} _ @param {Int8Array} heap @param {number} offset @param {number} length */
      write(_, heap, offset, length) {
        writeAll(file, new Uint8Array(heap.buffer, heap.byteOffset + offset, length).slice());
        return length;
      },
    };
  }
}

const { default: createModule } = await import(`../wasm/assay-${build}.mjs`);
const module = await createModule({
  threads: threadsAsked(),
  thisProgram: program,
});
mountHost(module);
connectOutput(module);
const code = module.callMain(args);
module._fflush(0);
process.exit(code);
