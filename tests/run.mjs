// Runs test programs and counts. It builds nothing.
//
//   node tests/run.mjs LIST [--only TEXT] [--jobs N]
//
// LIST has a line for each program: name, seconds it may take, "alone" or "-", and the command, separated by tabs. Programs
// marked alone run by themselves, after the others. A program prints `ok NAME`, `FAIL NAME: what` and `skip: NAME: reason`
// (or TAP); anything else it prints is passed on. A crash, a timeout, an exit code that does not fit its lines, and a program
// that reports nothing are failures. The last line is `N passed, M failed`, with `, K skipped` when something was skipped.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const STDERR_LINES = 80; // kept of each program, shown when it fails

/** @typedef {{name: string, seconds: number, alone: boolean, command: string[]}} Program */

/** @param {string} text @returns {Program[]} */
function parseList(text) {
  return text.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [name, seconds, alone, ...command] = line.split('\t');
    if (!(Number(seconds) > 0) || command.length === 0) throw new Error(`not a line of a test list: ${line}`);
    return { name, seconds: Number(seconds), alone: alone === 'alone', command };
  });
}

/** What a line of output says of a test, or null. @param {string} line */
export function parseLine(line) {
  let match;
  if ((match = /^not ok \d+(?: -)? ?(.*)$/.exec(line))) {
    const todo = /^(.*?) # SKIP\b ?(.*)$/i.exec(match[1]);
    return todo ? { kind: 'skip', name: todo[1] } : { kind: 'fail', name: match[1] };
  }
  if ((match = /^ok \d+(?: -)? (.*?)(?: # SKIP\b.*)?$/i.exec(line))) return { kind: /# SKIP\b/i.test(line) ? 'skip' : 'ok', name: match[1] };
  if ((match = /^ok (.+)$/.exec(line))) return { kind: 'ok', name: match[1] };
  if ((match = /^FAIL ([^:]+):/.exec(line))) return { kind: 'fail', name: match[1] };
  if ((match = /^skip: ([^:]+):/.exec(line))) return { kind: 'skip', name: match[1] };
  return null;
}

/** @param {Program} program @returns {Promise<{passed: number, failed: string[], skipped: number}>} */
function runProgram({ name, seconds, command }) {
  const seen = { ok: new Set(), fail: new Set(), skip: new Set() };
  /** @type {string[]} */
  const errors = [];
  let timedOut = false;
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    // Detached, so that a program that is killed takes its own children with it.
    const timer = setTimeout(() => {
      timedOut = true;
      try { process.kill(-Number(child.pid), 'SIGKILL'); } catch { child.kill('SIGKILL'); }
    }, seconds * 1000);
    running.add(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      console.log(`${name}: ${line}`);
      const result = parseLine(line);
      if (result) seen[/** @type {'ok'} */ (result.kind)].add(result.name);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line);
      if (errors.length > STDERR_LINES) errors.shift();
    });
    /** @param {string} what */
    const fault = (what) => {
      console.log(`${name}: FAIL ${what}`);
      seen.fail.add(what);
    };
    child.on('error', (error) => fault(`cannot start: ${error.message}`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      if (timedOut) fault(`ran longer than ${seconds} s`);
      else if (signal) fault(`ended by ${signal}`);
      else if (code !== 0 && seen.fail.size === 0) fault(`exit code ${code} without a failed test`);
      else if (code === 0 && seen.ok.size + seen.skip.size + seen.fail.size === 0) fault('reported no test');
      if (seen.fail.size > 0) for (const line of errors) console.log(`${name}: | ${line}`);
      const passed = [...seen.ok].filter((test) => !seen.fail.has(test)).length;
      resolve({ passed, failed: [...seen.fail].map((test) => `${name}: ${test}`), skipped: seen.skip.size });
    });
  });
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, jobs: { type: 'string' } },
  });
  const programs = parseList(readFileSync(positionals[0], 'utf8')).filter((program) => program.name.includes(values.only ?? ''));
  const jobs = Number(values.jobs ?? Math.min(4, availableParallelism?.() ?? cpus().length));
  const total = { passed: 0, failed: /** @type {string[]} */ ([]), skipped: 0 };
  const start = performance.now();
  /** @param {Program[]} queue @param {number} width */
  const drain = (queue, width) => Promise.all(Array.from({ length: width }, async () => {
    for (let program = queue.shift(); program; program = queue.shift()) {
      const result = await runProgram(program);
      total.passed += result.passed;
      total.failed.push(...result.failed);
      total.skipped += result.skipped;
    }
  }));
  await drain(programs.filter((program) => !program.alone), jobs);
  await drain(programs.filter((program) => program.alone), 1);
  if (programs.length === 0) total.failed.push('the list of programs is empty');
  if (total.failed.length > 0) console.log(`\nFailed:\n${total.failed.map((test) => `  ${test}`).join('\n')}`);
  console.log(`\n${programs.length} programs, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  console.log(`${total.passed} passed, ${total.failed.length} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  process.exitCode = total.failed.length > 0 ? 1 : 0;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    for (const child of running) try { process.kill(-Number(child.pid), 'SIGKILL'); } catch { /* it is gone */ }
    process.exit(130);
  });
}

await main();
