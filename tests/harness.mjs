// The harness of the tests in JavaScript; it prints the same lines as tests/test.h. Tests run one after the other:
//
//   import assert from 'node:assert/strict';
//   import { skip, test } from '../harness.mjs';
//   await test('name', () => { ...; if (absent) skip('reason'); assert.equal(a, b); });

class Skipped extends Error {}

/** Leaves the running test: it is counted, but neither passed nor failed. @param {string} reason @returns {never} */
export function skip(reason) {
  throw new Skipped(reason);
}

/** @param {string} name @param {() => void | Promise<void>} run */
export async function test(name, run) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    if (error instanceof Skipped) {
      console.log(`skip: ${name}: ${error.message}`);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    console.log(`FAIL ${name}: ${message.trim().split('\n').slice(0, 12).join(' | ')}`);
    if (error instanceof Error) console.error(error.stack);
    process.exitCode = 1;
  }
}
