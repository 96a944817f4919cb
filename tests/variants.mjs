// Every way in which the same run can be made without a browser, and its hallmark.

import { spawnSync } from 'node:child_process';

/** @typedef {{name: string, command: string[], env: Record<string, string>, args: string[]}} Variant */

const NODE = [process.execPath, 'build/node/assay.mjs'];

/** @type {Variant[]} */
export const VARIANTS = [
  { name: 'native, SIMD, 2 threads', command: ['build/assay'], env: {}, args: ['--kernels', 'simd', '--threads', '2'] },
  { name: 'native, SIMD, 1 thread', command: ['build/assay'], env: {}, args: ['--kernels', 'simd', '--threads', '1'] },
  { name: 'native, scalar, 2 threads', command: ['build/assay'], env: {}, args: ['--kernels', 'scalar', '--threads', '2'] },
  { name: 'native, scalar, 1 thread', command: ['build/assay'], env: {}, args: ['--kernels', 'scalar', '--threads', '1'] },
  { name: 'Node, SIMD, 2 threads', command: NODE, env: { ASSAY_WASM: 'mt' }, args: ['--kernels', 'simd', '--threads', '2'] },
  { name: 'Node, scalar, 2 threads', command: NODE, env: { ASSAY_WASM: 'mt' }, args: ['--kernels', 'scalar', '--threads', '2'] },
  { name: 'Node, single-threaded build', command: NODE, env: { ASSAY_WASM: 'st' }, args: ['--threads', '1'] },
];

/** Runs `assay ARGS...` in a variant. @param {Pick<Variant, 'command' | 'env'>} variant @param {string[]} args @param {string} [cwd] */
export function assay({ command, env }, args, cwd) {
  const { status, signal, stdout, stderr } = spawnSync(command[0], [...command.slice(1), ...args],
    { encoding: 'utf8', env: { ...process.env, ...env }, cwd, maxBuffer: 1 << 28 });
  return { status, signal, stdout, stderr };
}

/** The object that `assay run --json` prints. @param {Variant} variant @param {string[]} args */
export function runVariant(variant, args) {
  const { status, signal, stdout, stderr } = assay(variant, ['run', ...variant.args, '--json', ...args]);
  if (status !== 0) throw new Error(`${variant.name}: ${signal ?? `exit ${status}`}: ${stderr.trim().split('\n').at(-1)}`);
  return /** @type {{hallmark: string, n: number, accuracy: number, seconds: number}} */ (JSON.parse(stdout));
}
