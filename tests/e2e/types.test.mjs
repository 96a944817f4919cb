// Every weight type in Chromium, with the threaded engine and without: the program's hallmark.
//
//   node tests/e2e/types.test.mjs

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { closeAll, hallmarkOf, isolated, native, plain, withPage } from './fixture.mjs';

const TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K'];
const LIMIT = '2';

const folder = mkdtempSync(join(tmpdir(), 'assay-types-'));

/** The widths of SmolVLM-256M, so that types in blocks of 256 and of 32 both occur. @param {string} type */
function makeModel(type) {
  const [text, vision] = [`${type}.gguf`, `mmproj-${type}.gguf`].map((name) => join(folder, name));
  execFileSync('build/assay', ['model', 'random', text, '--preset', 'smolvlm-slice', '--type', type], { stdio: 'ignore' });
  return { text, vision };
}

/** @param {string} site @param {string[]} files */
async function inChromium(site, files) {
  let hallmark = '';
  await withPage(async (page) => {
    await page.goto(`${site}?limit=${LIMIT}`);
    await page.setInputFiles('#model-files', files);
    await page.waitForSelector('[data-model=local]');
    await page.click('#run');
    hallmark = await hallmarkOf(page);
  });
  return hallmark;
}

try {
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const type of TYPES) {
    await test(`${type}: one hallmark natively and in Chromium`, async () => {
      const { text, vision } = makeModel(type);
      const { hallmark } = native('--model', text, '--limit', LIMIT);
      assert.ok(![...seen.values()].includes(hallmark), `the hallmark of ${type} is that of another type`);
      seen.set(type, hallmark);
      assert.equal(await inChromium(isolated.url, [text, vision]), hallmark, 'threads');
      assert.equal(await inChromium(plain.url, [text, vision]), hallmark, 'no threads');
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await closeAll();
}
