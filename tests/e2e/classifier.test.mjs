// The Classifier view in Chromium: from labels to judgements, with the program's own classifiers and coefficients; bad files, cancel, save
// and open, the keyboard alone, a phone.
//
//   node tests/e2e/classifier.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip, test } from '../harness.mjs';
import { golden } from '../onnx-encoder.mjs';
import { EXAMPLE, VALUES, calibrated, cells, drop, ended, faultless, learnExample, open, program, shaOf, site } from './classifier-page.mjs';
import { LIMIT, SHOTS, SLOW, alertText, closeAll, hallmarkOf, isolated, native, overflow, plain, withPage } from './fixture.mjs';

const ENCODER = 'build/models/all-MiniLM-L6-v2-Q8_0.gguf';
const folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
const words = calibrated(EXAMPLE, 'none', join(folder, 'words.json'));

try {
  await test("the example takes a visitor to a judged text; the classifier is the program's, bit for bit", () =>
    withPage(async (page) => {
      await open(page);
      await page.screenshot({ path: join(SHOTS, 'classifier.png'), fullPage: true });
      await page.check('#encoder-none', { force: true });
      await page.click('#classifier-example');
      await page.waitForSelector('.judgement', { timeout: SLOW });
      await faultless(page);
      assert.match(await page.innerText('#label-facts'), /^120 texts, 600 labels, 1 annotator/);
      assert.match(await page.innerText('#classifier'), /invented for this page/);
      assert.equal(await shaOf(page), words.sha256);
      assert.equal(await page.innerText('#classifier-accuracy'), `${(words.accuracy * 100).toFixed(1)}\u202f%`);
      assert.equal(await page.innerText('#classifier-f1'), `${(words.macroF1 * 100).toFixed(1)}\u202f%`);
      assert.deepEqual(await page.locator('.judgement').evaluateAll((all) => all.map((one) => one.getAttribute('data-value')).sort()), [...VALUES].sort());
      const sums = await page.locator('.probabilities').evaluateAll((lists) =>
        lists.map((list) => [...list.querySelectorAll('.probability-value')].reduce((sum, cell) => sum + parseFloat(cell.textContent ?? ''), 0)),
      );
      assert.ok(sums.length === 5 && sums.every((sum) => Math.abs(sum - 100) < 0.2), sums.join(' '));
      assert.ok((await page.locator('.judgement .reason-list .valence').count()) >= 3, 'no labelled example beside the judgement');
      await page.screenshot({ path: join(SHOTS, 'classifier-example.png'), fullPage: true });
    }));

  await test('the learning curve comes point by point and can be cancelled; whole, it has a row for each size', () =>
    withPage(async (page) => {
      await open(page);
      await page.check('#encoder-none', { force: true });
      await page.click('#labels-example');
      await page.waitForSelector('#label-facts');
      await page.evaluate(() => { // as soon as there is a point: the others may come fast
        const table = new MutationObserver(() => {
          if (!document.querySelector('#curve-table')) return;
          table.disconnect();
          document.querySelector('#curve-cancel')?.dispatchEvent(new MouseEvent('click'));
        });
        table.observe(document.body, { subtree: true, childList: true });
      });
      await page.click('#curve');
      await page.waitForSelector('#curve-table', { timeout: SLOW });
      await ended(page, '#curve');
      await faultless(page);
      assert.ok((await page.locator('#curve-table tbody tr').count()) >= 1, 'the points are gone');
      await page.click('#curve');
      await ended(page, '#curve');
      await faultless(page);
      assert.deepEqual(await page.locator('#curve-table tbody th').allInnerTexts(), ['10', '25', '50', 'all']);
      assert.deepEqual(await page.locator('#curve-table td:nth-child(2)').allInnerTexts(), ['10', '10', '10', '10']);
      assert.match((await page.getAttribute('.curve', 'aria-label')) ?? '', /10 labels \d+\.\d\u202f%.*all labels \d+\.\d\u202f%/);
      for (const value of VALUES) assert.match((await cells(page, '#held-out', value))[2], /^\d+\.\d–\d+\.\d$/);
      assert.equal(await page.locator('#held-out .whisker').count(), VALUES.length);
    }));

  await test('a classifier that is saved opens again with the same hash, also in the program; one that is broken is refused', () =>
    withPage(async (page) => {
      await open(page);
      await learnExample(page);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save-classifier')]);
      assert.equal(file.suggestedFilename(), 'moral-foundations-5.classifier.json');
      const text = readFileSync(await file.path(), 'utf8');
      assert.equal(text, words.text);
      await open(page, `${plain.url}?view=classifier`);
      assert.equal(await page.locator('#classifier-sha256').count(), 0);
      await page.setInputFiles('#classifier-file', { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await page.waitForSelector('#classifier-sha256');
      assert.equal(await shaOf(page), words.sha256);
      await page.fill('#judge-response', 'He kicked the stray cat and laughed while it cried in pain.');
      await page.click('#judge');
      await page.waitForSelector('.judgement[data-value=care]');
      assert.equal(await page.getAttribute('.judgement[data-value=care]', 'data-label'), '-1');
      for (const broken of [text.replace('"format":1', '"format":2'), text.slice(0, text.length / 2)]) {
        await drop(page, [{ name: 'broken.json', text: broken }]);
        assert.match(await alertText(page), /^broken\.json[^\n]*$/);
        await page.click('#alerts button');
      }
      assert.equal(await shaOf(page), words.sha256);
    }));

  await test('a label file that is bad is one sentence with its line, and nothing of it is kept', () =>
    withPage(async (page) => {
      await open(page);
      const good = readFileSync(EXAMPLE, 'utf8');
      const lines = good.trim().split('\n');
      lines[6] = lines[6].replace(/"values": \{"[a-z]+"/, '"values": {"kindness"');
      await page.setInputFiles('#label-files', { name: 'bad.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(lines.join('\n')) });
      assert.match(await alertText(page), /^bad\.jsonl:7: .*kindness.*$/);
      assert.equal(await page.locator('#label-facts').count(), 0);
      assert.ok(await page.isDisabled('#calibrate'));
      await page.setInputFiles('#label-files', { name: 'good.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(good) });
      await page.waitForSelector('#label-facts');
      await faultless(page);
      await page.setInputFiles('#label-files', { name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('item_id,annotator,value,label\nexample-001,bo,care,perhaps\n') });
      assert.match(await alertText(page), /^more\.csv:2: /);
      assert.match(await page.innerText('#label-facts'), /^120 texts, 600 labels, 1 annotator/);
      await page.setInputFiles('#label-files', { name: 'bytes.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from([0x7b, 0xff, 0xfe, 0x0a]) });
      assert.match(await alertText(page, 'bytes.jsonl'), /^bytes\.jsonl:1: .*$/);
    }));

  await test("three annotators' file that is dropped: counts by most of them, and the program's coefficients", () =>
    withPage(async (page) => {
      await open(page);
      const votes = ['111', '110', '1-11', '000', '001', '-1-1-1', '-1-10', '000', '111', '0-1-1', '111', '000'];
      const text = votes
        .flatMap((row, i) => (row.match(/-?\d/g) ?? []).map((label, k) => ({ id: `t${i}`, response: `The text of number ${i}.`, value: 'care', label: Number(label), annotator: ['ann', 'bo', 'cy'][k] })))
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('');
      const path = join(folder, 'three.jsonl');
      writeFileSync(path, text);
      const said = program('agree', path, '--values', 'moral-foundations-5').by_value[0];
      await drop(page, [{ name: 'three.jsonl', text }]);
      await page.waitForSelector('#agreement');
      assert.match(await page.innerText('#label-facts'), /^12 texts, 36 labels, 3 annotators · three\.jsonl/);
      const [n, raw, alpha, interval, ac1, reading] = await cells(page, '#agreement', 'care');
      assert.equal(n, '12');
      assert.equal(raw, `${(said.raw * 100).toFixed(0)}\u202f%`);
      assert.equal(alpha, said.alpha.toFixed(2));
      assert.match(interval, /^\d\.\d\d to \d\.\d\d$/);
      assert.equal(ac1, said.ac1.toFixed(2));
      assert.match(reading, /reliable|tentative|too low/);
      assert.match(await page.innerText('#classifier'), /No text was labelled by two people for .*Loyalty/);
    }));

  await test('by the keyboard alone: from the heading to a judged text, and the focus is never lost', () =>
    withPage(async (page) => {
      await open(page);
      const active = () => page.evaluate(() => document.activeElement?.id ?? '');
      const tabTo = async (/** @type {string} */ id) => {
        for (let i = 0; i < 60 && (await active()) !== id; i += 1) {
          await page.keyboard.press('Tab');
          const seen = await page.evaluate(() => {
            const at = document.activeElement;
            const parts = [at, at?.closest('label'), ...(at?.closest('.file-button')?.querySelectorAll('*') ?? [])];
            return parts.some((part) => part instanceof Element && getComputedStyle(part).outlineStyle !== 'none');
          });
          assert.ok(seen, `the focus on ${await active()} cannot be seen`);
        }
        assert.equal(await active(), id);
      };
      await tabTo('labels-example');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#label-facts');
      await tabTo(site.encoder ? 'encoder-site' : 'encoder-none');
      if (site.encoder) await page.keyboard.press('ArrowDown');
      assert.equal(await active(), 'encoder-none');
      await tabTo('calibrate');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      assert.equal(await active(), 'calibrate');
      await tabTo('judge-response');
      await page.keyboard.type('We opened a shelter, so that the frightened children are safe from harm.');
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('.judgement');
      assert.equal(await active(), 'judge-response');
      await tabTo('judge-level');
      for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowRight');
      await page.waitForSelector('.judgement[data-abstained=true]');
      assert.equal(await active(), 'judge-level');
      await faultless(page);
    }));

  await test('values of one’s own, typed: their names are text, whatever stands in them; the address leads back to a system of the page', () =>
    withPage(
      async (page) => {
        await open(page, `${isolated.url}?view=classifier&values=schwartz-10`);
        assert.ok(await page.isChecked('#system-schwartz-10'));
        assert.match(await page.innerText('#definitions summary'), /10 values/);
        const mine = { format: 1, id: 'mine', name: '<img src=x>', source: '', values: [{ id: 'a', name: '<b>Averyveryverylongnamewithoutasinglespaceanywhereinit</b>', definition: '<script>alert(1)</script>' }] };
        await page.click('#classifier summary:has-text("Write one here")');
        await page.fill('#values-text', JSON.stringify(mine));
        await page.click('#values-use');
        await page.waitForSelector('#system-own:checked');
        await page.click('#definitions summary');
        assert.match(await page.innerText('#definitions'), /<script>alert\(1\)<\/script>/);
        assert.equal(await page.locator('#classifier img, #classifier b, #classifier script').count(), 0);
        assert.equal(await overflow(page), 0);
        await page.fill('#values-text', '{"format": 1, "id": "mine"');
        await page.click('#values-use');
        assert.match(await alertText(page), /^typed values.*\.$/);
        assert.ok(await page.isChecked('#system-own'));
        await page.check('#system-social-risks-14', { force: true });
        await page.waitForURL(/values=social-risks-14/);
        assert.match(await page.innerText('#definitions summary'), /14 values/);
        await page.goto(`${isolated.url}?view=classifier&values=none-such`);
        assert.match(await alertText(page), /no value system “none-such”/);
        await page.waitForSelector('#system-moral-foundations-5:checked');
      },
      { options: { viewport: { width: 360, height: 740 } } },
    ));

  await test('the values in the answers of a run: kept or dropped, with its answers; nothing is wider than a phone', () =>
    withPage(
      async (page) => {
        const { record } = native('--limit', String(LIMIT));
        await page.goto(`${isolated.url}?limit=${LIMIT}&threads=2&autorun=1`);
        await hallmarkOf(page);
        await page.click('nav [data-view=classifier]');
        await page.waitForSelector('#definitions');
        await learnExample(page);
        await page.click('#profile');
        await page.waitForSelector('#profile-facts', { timeout: SLOW });
        const kept = await page.innerText('#profile-table');
        await drop(page, [{ name: 'run.jsonl', text: record }]);
        await page.waitForSelector('#profile-facts:has-text("run.jsonl")', { timeout: SLOW });
        await faultless(page);
        assert.equal(await page.innerText('#profile-table'), kept);
        assert.match(await page.innerText('#profile-facts'), new RegExp(`^${LIMIT} answers of assay-mini.*no free text`, 's'));
        for (const value of VALUES) {
          const [n, abstained, ...shares] = await cells(page, '#profile-table', value);
          assert.equal(n, String(LIMIT));
          assert.equal(abstained, '0');
          const sum = shares.slice(0, 3).reduce((all, share) => all + parseFloat(share), 0);
          assert.ok(Math.abs(sum - 100) < 0.2, shares.join(' '));
        }
        assert.equal(await page.locator('#answers li').count(), LIMIT);
        assert.equal(await overflow(page), 0);
        await page.screenshot({ path: join(SHOTS, 'classifier-phone.png'), fullPage: true });
        await drop(page, [{ name: 'cut.jsonl', text: record.split('\n').slice(0, 4).join('\n') }]);
        assert.match(await alertText(page), /not finished/);
      },
      { options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } },
    ));

  await test('an encoder of one’s own, GGUF or ONNX with its vocabulary; without it one sentence', () =>
    withPage(
      async (page) => {
        const given = (/** @type {string} */ name) => ({ name, mimeType: 'application/octet-stream', buffer: golden(name) });
        await open(page);
        await page.setInputFiles('#encoder-open', [given('encoder.onnx')]);
        assert.match(await alertText(page), /^encoder\.onnx needs its tokenizer\.json or vocab\.txt/);
        await page.click('#labels-example');
        await page.waitForSelector('#label-facts');
        for (const names of [['encoder.gguf'], ...(site.onnx ? [['encoder.onnx', 'vocab.txt']] : [])]) {
          await page.setInputFiles('#encoder-open', names.map(given));
          await page.waitForSelector(`label.choice:has-text("${names[0]}") input:checked`);
          await page.click('#calibrate');
          await ended(page, '#calibrate');
          await faultless(page);
          assert.match((await shaOf(page)) ?? '', /^[0-9a-f]{64}$/);
        }
      },
      { expected: /onnxruntime/i },
    ));

  await test("with the site's sentence encoder: the program's classifier again", async () => {
    if (!site.encoder) skip(`no ${ENCODER}`);
    const sentences = calibrated(EXAMPLE, ENCODER, join(folder, 'encoder.json'));
    await withPage(async (page) => {
      await open(page);
      assert.ok(await page.isChecked('#encoder-site'));
      await page.click('#labels-example');
      await page.waitForSelector('#label-facts');
      await page.click('#calibrate');
      await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
      assert.equal(await shaOf(page), sentences.sha256);
      await page.fill('#judge-response', 'She lied about the broken engine and sold the car for twice its price.');
      await page.click('#judge');
      await page.waitForSelector('.judgement[data-value=fairness]', { timeout: SLOW });
      assert.equal(await page.getAttribute('.judgement[data-value=fairness]', 'data-label'), '-1');
      await faultless(page);
    });
  });
} finally {
  rmSync(folder, { recursive: true });
  await closeAll();
}
