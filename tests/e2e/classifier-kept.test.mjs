// The last classifier is kept in this browser: it comes back with the page and judges as before, is removed when asked, never stands in
// for other values, and what does not open is one sentence.
//
//   node tests/e2e/classifier-kept.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';
import { EXAMPLE, calibrated, drop, faultless, learnExample, open, program, shaOf, site } from './classifier-page.mjs';
import { SHOTS, SLOW, alertText, closeAll, isolated, overflow, plain, withPage } from './fixture.mjs';

/** @typedef {import('playwright-core').Page} Page */

const ENCODER = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const TEXT = 'He kicked the stray cat and laughed while it cried in pain.';
const MINE = { format: 1, id: 'mine', name: 'My own values', source: 'here', values: [{ id: 'care', name: 'Care', definition: 'Kindness and protection from harm.' }] };
const SENTENCE = /^The classifier of \w+ \d+, \d{4}, \d+:\d\d\s[AP]M over Moral foundations, kept in this browser\. Kept with it are the texts that it learnt from and their labels, but not who gave them\.$/;
const folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
const words = calibrated(EXAMPLE, 'none', join(folder, 'words.json'));

/** @param {Page} page @returns {Promise<string>} */
const said = (page) => page.innerText('#kept:visible p');

/** All that is shown of a judgement. @param {Page} page */
async function judged(page) {
  await page.fill('#judge-response', TEXT);
  await page.click('#judge');
  await page.waitForSelector('.judgement', { timeout: SLOW });
  return page.locator('.judgements').textContent();
}

/** Changes what is kept; in the page. @param {Record<string, unknown> | null} change  null: in place of it all */
async function tamper(change) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('assay-classifier');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await new Promise((resolve) => {
    const store = database.transaction('kept', 'readwrite').objectStore('kept');
    const last = store.get('last');
    last.onsuccess = () => {
      store.put(change && { ...last.result, ...change }, 'last').onsuccess = resolve;
    };
  });
  database.close();
}

/** Opens a file as a visitor does. @param {Page} page @param {string} name @param {string} text */
const openFile = (page, name, text) =>
  page.setInputFiles('#classifier-file', { name, mimeType: 'application/json', buffer: Buffer.from(text) });

try {
  await test('calibrated, the page loaded anew: the same classifier, the same probabilities; removed, it does not come back', () =>
    withPage(async (page) => {
      await open(page);
      assert.ok(await page.isHidden('#kept'));
      await learnExample(page);
      assert.match(await said(page), SENTENCE);
      const before = await judged(page);
      await page.screenshot({ path: join(SHOTS, 'classifier-kept.png'), fullPage: true });
      await page.reload();
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      assert.equal(await shaOf(page), words.sha256);
      assert.match(await said(page), SENTENCE);
      assert.equal(await page.locator('#label-facts').count(), 0);
      assert.equal(await judged(page), before);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save-classifier')]);
      assert.equal(readFileSync(await file.path(), 'utf8'), words.text);

      await page.click('#kept-remove');
      await page.waitForSelector('#kept', { state: 'hidden' });
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'classifier-title');
      assert.equal(await shaOf(page), words.sha256, 'what is open stays open');
      await open(page);
      assert.equal(await page.locator('#classifier-sha256').count(), 0);
      assert.ok(await page.isHidden('#kept'));
      await faultless(page);
    }));

  await test('it does not stand in for other values; one of one’s own comes back with them', () =>
    withPage(async (page) => {
      await open(page);
      await openFile(page, 'theirs.json', words.text);
      await page.waitForSelector('#classifier-sha256');
      assert.match(await said(page), /over Moral foundations \(theirs\.json\), kept in this browser/);
      await page.check('#system-schwartz-10', { force: true });
      await page.waitForURL(/values=schwartz-10/);
      assert.match(await said(page), /\(theirs\.json\) is kept in this browser; it is not open\.$/);
      await page.reload();
      await page.waitForSelector('#kept-open:visible');
      await page.waitForSelector('#system-schwartz-10:checked');
      assert.equal(await page.locator('#classifier-sha256').count(), 0);
      await page.focus('#kept-open');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#classifier-sha256');
      assert.equal(await shaOf(page), words.sha256);
      assert.ok(await page.isChecked('#system-moral-foundations-5'));
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'kept-remove');

      await page.click('#classifier summary:has-text("Write one here")');
      await page.fill('#values-text', JSON.stringify(MINE));
      await page.click('#values-use');
      await page.waitForSelector('#system-own:checked');
      const labels = readFileSync(EXAMPLE, 'utf8').replaceAll(/"values": \{[^}]*\}/g, (map) => `"values": ${/"care": -?1/.test(map) ? `{${map.match(/"care": -?1/)}}` : '{}'}`);
      await drop(page, [{ name: 'labels.jsonl', text: labels }]);
      await page.waitForSelector('#label-facts');
      await page.check('#encoder-none', { force: true });
      await page.click('#calibrate');
      await page.waitForSelector('#kept p:has-text("over My own values")', { timeout: SLOW });
      const sha256 = await shaOf(page);
      await page.reload();
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      assert.equal(await shaOf(page), sha256);
      assert.ok(await page.isChecked('#system-own'));

      await page.check('#encoder-none', { force: true });
      await page.click('#classifier-example'); // takes its place in the view, not in the browser
      await page.waitForSelector('.judgement', { timeout: SLOW });
      assert.match(await said(page), /over My own values is kept in this browser; it is not open\.$/);
      await page.click('nav [data-view=evaluate]');
      await page.click('nav [data-view=classifier]');
      assert.equal(await shaOf(page), words.sha256, 'another view and back');
      await page.click('#kept-open');
      await page.waitForSelector('#system-own:checked');
      assert.equal(await shaOf(page), sha256);
      await faultless(page);
    }));

  await test('damaged, of another format or cut: one sentence, and it can be saved and removed', () =>
    withPage(
      async (page) => {
        await open(page);
        await learnExample(page);
        const [first] = words.text.match(/0\.\d{6}/) ?? [];
        for (const [json, sentence] of /** @type {[string, RegExp][]} */ ([
          [words.text.replace('"format":1', '"format":9'), /moral-foundations-5\.classifier\.json[^\n]*format[^\n]*$/],
          [words.text.slice(0, 5000), /moral-foundations-5\.classifier\.json[^\n]*$/],
          [words.text.replace(String(first), '0.123456'), /moral-foundations-5\.classifier\.json[^\n]*$/],
        ])) {
          await page.evaluate(tamper, { json });
          await open(page);
          await page.waitForSelector('#kept-save:visible');
          assert.match(await said(page), /^The classifier of [^\n]+ over Moral foundations, kept in this browser, could not be opened: /);
          assert.match(await said(page), sentence);
          assert.equal(await page.locator('#classifier-sha256').count(), 0);
          await faultless(page);
        }
        assert.equal(await overflow(page), 0);
        await page.screenshot({ path: join(SHOTS, 'classifier-kept-phone.png') });
        const [file] = await Promise.all([page.waitForEvent('download'), page.click('#kept-save')]);
        assert.equal(file.suggestedFilename(), 'moral-foundations-5.classifier.json');
        await page.click('#kept-remove');
        await page.waitForSelector('#kept', { state: 'hidden' });
        await learnExample(page);
        assert.equal(await shaOf(page), words.sha256);
        await page.evaluate(tamper, null);
        await open(page);
        assert.match(await alertText(page), /^The classifier that was kept in this browser is damaged; it has been removed\.$/);
        await open(page);
        await faultless(page);
        assert.ok(await page.isHidden('#kept'));
      },
      { options: { viewport: { width: 390, height: 844 } } },
    ));

  await test('of another version of the page’s values: said, and not opened where the page’s own are asked for', () =>
    withPage(async (page) => {
      const [values, out] = [join(folder, 'values.json'), join(folder, 'earlier.json')];
      writeFileSync(values, readFileSync('data/values/moral-foundations-5.json', 'utf8').replace('"definition": "', '"definition": "As it was: '));
      program('calibrate', '--values', values, '--labels', EXAMPLE, '--encoder', 'none', '--out', out, '--quiet');
      await open(page);
      await openFile(page, 'earlier.json', readFileSync(out, 'utf8'));
      await page.waitForSelector('#system-own:checked');
      await open(page);
      await page.waitForSelector('#system-own:checked');
      await page.waitForSelector('#classifier-sha256');
      assert.match(await said(page), /Its values are not those that this page has under the same name\.$/);
      await open(page, `${isolated.url}?view=classifier&values=moral-foundations-5`);
      await page.waitForSelector('#system-moral-foundations-5:checked');
      await page.waitForSelector('#kept-open:visible');
      assert.equal(await page.locator('#classifier-sha256').count(), 0);
      await faultless(page);
    }));

  await test('a concept pool that was open beside it comes back too', () =>
    withPage(async (page) => {
      const pool = join(folder, 'pool.json');
      program('concepts', '--values', 'moral-foundations-5', '--labels', EXAMPLE, '--encoder', 'none', '--out', pool, '--quiet');
      await open(page);
      await learnExample(page);
      await drop(page, [{ name: 'pool.json', text: readFileSync(pool, 'utf8') }]);
      await page.waitForSelector('#classifier p:text-is("pool.json is used.")', { state: 'attached' });
      const before = await judged(page);
      await page.reload();
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      await page.waitForSelector('#classifier p:text-is("pool.json is used.")', { state: 'attached' });
      assert.equal(await judged(page), before);
      await faultless(page);
    }));

  await test('one that needs an encoder that is not there says which', async () => {
    if (!site.encoder) skip(`no ${ENCODER}`);
    const { sha256, text } = calibrated(EXAMPLE, ENCODER, join(folder, 'encoder.json'));
    await withPage(async (page, context) => {
      await open(page);
      await openFile(page, 'sentences.json', text);
      await page.waitForSelector('#classifier-sha256');
      assert.match(await said(page), /\.$/);
      assert.ok(!(await said(page)).includes('needs the encoder'));
      await context.route('**/extras.json', (route) => route.fulfill({ json: { onnx: false, encoder: false } }));
      await page.reload();
      await page.waitForSelector('#kept p:has-text("needs the encoder all-MiniLM-L6-v2-Q8_0: open its file in step 3.")');
      assert.equal(await shaOf(page), sha256);
      await page.fill('#judge-response', TEXT);
      await page.click('#judge');
      assert.match(await alertText(page), /sees texts through the encoder all-MiniLM-L6-v2-Q8_0: open its file/);
      await page.setInputFiles('#encoder-open', ENCODER);
      await page.waitForSelector('#kept p:not(:has-text("needs the encoder"))');
      await page.click('#judge');
      await page.waitForSelector('.judgement[data-value=care]', { timeout: SLOW });
      await faultless(page);
    });
  });

  await test('where the browser keeps nothing it says so, once, and all else works', () =>
    withPage(
      async (page) => {
        await open(page, `${plain.url}?view=classifier`);
        assert.ok(await page.isHidden('#kept'));
        await learnExample(page);
        assert.equal(await said(page), 'This browser keeps nothing for this page: save the classifier in step 3 before you close the tab.');
        assert.ok(await page.isHidden('#kept-remove'));
        assert.equal(await shaOf(page), words.sha256);
        await judged(page);
        await faultless(page);
      },
      { prepare: (context) => context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined })) },
    ));
} finally {
  rmSync(folder, { recursive: true });
  await closeAll();
}
