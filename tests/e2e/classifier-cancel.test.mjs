// Cancel while the classifier learns, where the engine has no threads and hears nothing until it is done: it ends soon, nothing is lost, and
// what is calibrated afterwards is the program's classifier.
//
//   node tests/e2e/classifier-cancel.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { golden } from '../onnx-encoder.mjs';
import { calibrated, ended, faultless, learnExample, open, shaOf } from './classifier-page.mjs';
import { SLOW, closeAll, plain, withPage } from './fixture.mjs';

/** @typedef {import('playwright-core').Page} Page */

const N = 600; // texts: seconds of work without threads
const WORDS = ['help', 'hurt', 'share', 'steal', 'count', 'paint', 'obey', 'mock', 'guard', 'spoil', 'greet', 'measure'];
const VALUES = ['care', 'fairness', 'loyalty', 'authority', 'sanctity'];

/** Texts whose words say what they are, for one line of a label file each. */
const lines = Array.from({ length: N }, (_, i) => {
  const at = (/** @type {number} */ k) => WORDS[(i * 7 + k * 5 + ((i * i) >> k)) % WORDS.length];
  const response = `They ${at(1)} the ${at(2)} and ${at(3)} number ${i}, then ${at(4)} it.`;
  const said = VALUES.map((value, k) => [value, response.includes(WORDS[2 * k]) ? 1 : response.includes(WORDS[2 * k + 1]) ? -1 : 0]);
  const values = Object.fromEntries(said.filter(([, label]) => label !== 0));
  return JSON.stringify({ id: `t${i}`, scenario: '', response, annotator: 'a', values });
});
const folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
const path = join(folder, 'many.jsonl');
writeFileSync(path, `${lines.join('\n')}\n`);

/** Opens the labels as a visitor does. @param {Page} page */
async function openLabels(page) {
  await page.setInputFiles('#label-files', path);
  await page.waitForSelector(`#label-facts:has-text("${N} texts")`);
}

/** Starts a work, cancels it in its midst, and says whether another engine was started: else the cancel was heard, or waited for.
 * @param {Page} page @param {string} go @param {string} cancel @param {() => Promise<unknown>} midst */
async function cancelled(page, go, cancel, midst) {
  await page.click(go);
  await midst();
  let engines = 0;
  page.on('worker', () => (engines += 1));
  await page.click(cancel);
  await ended(page, go);
  assert.equal(await page.textContent('#status'), 'Cancelled.');
  await faultless(page);
  return engines > 0;
}

try {
  await test('no threads: a calibration ends soon when it is cancelled; labels stay; the next one is the whole one', () =>
    withPage(async (page) => {
      await open(page, `${plain.url}?view=classifier`);
      await learnExample(page); // what is there before is there afterwards
      const example = await shaOf(page);
      await page.click('#labels-forget');
      await openLabels(page);
      /** How far the calibration is. @param {number} percent */
      const beyond = (percent) => page.waitForFunction((least) => parseInt(document.querySelector('#calibrating-text')?.textContent?.match(/\d+/)?.[0] ?? '') >= least, percent, { timeout: SLOW });
      assert.ok(await cancelled(page, '#calibrate', '#calibrate-cancel', () => beyond(3)), 'it was waited for');
      assert.equal(await shaOf(page), example);
      assert.match(await page.innerText('#label-facts'), new RegExp(`^${N} texts.*many\\.jsonl`));
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'calibrate');
      await page.fill('#judge-response', 'He kicked the stray cat and laughed while it cried in pain.');
      await page.click('#judge');
      await page.waitForSelector('.judgement[data-value=care]', { timeout: SLOW });

      await cancelled(page, '#calibrate', '#calibrate-cancel', () => page.waitForSelector('#calibrate-cancel:visible')); // at once, and again
      await page.click('#calibrate');
      await ended(page, '#calibrate');
      assert.equal(await shaOf(page), calibrated(path, 'none', join(folder, 'many.json')).sha256);
      await faultless(page);
    }));

  await test('no threads: a learning curve ends, and an encoder is open again afterwards', () =>
    withPage(async (page) => {
      await open(page, `${plain.url}?view=classifier`);
      await openLabels(page);
      await page.setInputFiles('#encoder-open', { name: 'encoder.gguf', mimeType: 'application/octet-stream', buffer: golden('encoder.gguf') });
      await page.waitForSelector('label.choice:has-text("encoder.gguf") input:checked');
      await cancelled(page, '#curve', '#curve-cancel', () => page.waitForSelector('#curve-table', { timeout: SLOW }));
      assert.ok((await page.locator('#curve-table tbody tr').count()) >= 1, 'the points are gone');
      await page.click('#labels-forget');
      await page.click('#labels-example');
      await page.waitForSelector('#label-facts:has-text("120 texts")');
      await page.click('#calibrate');
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      await faultless(page);
    }));

  await test('threads: a calibration hears the cancel, and the same classifier comes of the next one', () =>
    withPage(async (page) => {
      await open(page);
      await openLabels(page);
      await page.check('#encoder-none', { force: true });
      await cancelled(page, '#calibrate', '#calibrate-cancel', () => page.waitForSelector('#calibrating-text:has-text("%")', { timeout: SLOW }));
      assert.equal(await page.locator('#classifier-sha256').count(), 0);
      await page.click('#calibrate');
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      assert.equal(await shaOf(page), calibrated(path, 'none', join(folder, 'many.json')).sha256);
      await faultless(page);
    }));
} finally {
  rmSync(folder, { recursive: true });
  await closeAll();
}
