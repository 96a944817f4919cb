// The runner itself: what it counts as passed, failed and skipped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-run-'));

/** Runs shell scripts as programs; gives the runner's last line and exit code. @param {string[]} scripts */
const runAll = (...scripts) => runFor(60, ...scripts);

/** @param {number} seconds  that each of them may take @param {string[]} scripts */
function runFor(seconds, ...scripts) {
  const list = join(folder, 'list.txt');
  writeFileSync(list, scripts.map((script, i) => `p${i}\t${seconds}\t-\tsh\t-c\t${script}\n`).join(''));
  const { status, stdout } = spawnSync(process.execPath, ['tests/run.mjs', list], { encoding: 'utf8' });
  return `${status}: ${stdout.trimEnd().split('\n').at(-1)}`;
}

try {
  await test('passed, failed and skipped are counted', () => {
    assert.equal(runAll('echo ok a; echo ok b'), '0: 2 passed, 0 failed');
    assert.equal(runAll('echo ok a; echo "FAIL b: file:1: x"; echo "FAIL b: file:2: y"; exit 1'), '1: 1 passed, 1 failed');
    assert.equal(runAll('echo ok a', 'echo "skip: b: no file"'), '0: 1 passed, 0 failed, 1 skipped');
  });

  await test('a failure without an exit code, and the other way round', () => {
    assert.equal(runAll('echo "FAIL b: file:1: x"'), '1: 0 passed, 1 failed');
    assert.equal(runAll('echo ok a; exit 1'), '1: 1 passed, 1 failed');
  });

  await test('crash, timeout, silence and a program that is not there', () => {
    assert.equal(runAll('echo ok a; kill -SEGV $$'), '1: 1 passed, 1 failed');
    assert.equal(runFor(2, 'echo ok a; sleep 60'), '1: 1 passed, 1 failed');
    assert.equal(runAll('echo hello'), '1: 0 passed, 1 failed');
    assert.equal(runAll('exec nonexistent-program'), '1: 0 passed, 1 failed');
    assert.equal(runAll(), '1: 0 passed, 1 failed');
  });

  await test('TAP is understood', () => {
    assert.equal(runAll('echo "TAP version 13"; echo "ok 1 - a"; echo "not ok 2 - b"; echo "ok 3 - c # SKIP no"; exit 1'), '1: 1 passed, 1 failed, 1 skipped');
  });
} finally {
  rmSync(folder, { recursive: true });
}
