// The value profile of free answers in Chromium: a run with a free-text recipe, a classifier learnt in the page, and the shares, intervals
// and answers that the program gives for the record and the classifier that were saved.
//
//   node tests/e2e/classifier-answers.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { interval, percent } from '../../web/js/eval/format.js';
import { cells, drop, ended, faultless, program, shaOf } from './classifier-page.mjs';
import { SHOTS, SLOW, alertText, closeAll, hallmarkOf, isolated, native, overflow, plain, withPage } from './fixture.mjs';

/** @typedef {import('playwright-core').Page} Page */

const N = 12; // answers
const LABELS = ['opposes', 'unrelated', 'adheres'];
const MINE = JSON.stringify({ format: 1, id: 'mine', name: 'My own values', source: 'here', values: [
  { id: 'first', name: 'First', definition: 'Of the first kind.' }, { id: 'second', name: 'Second', definition: 'Of the second kind.' }] });
const VALUES = ['first', 'second'];
const folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
/** @param {string} name */
const at = (name) => join(folder, name);

/** The file that a click brings, also put beside the program. @param {Page} page @param {string} button @param {string} path */
async function saved(page, button, path) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  const text = readFileSync(await file.path(), 'utf8');
  writeFileSync(path, text);
  return text;
}

/** Labels by the words of just these answers, of each kind another number. @param {readonly string[]} answers */
const labelsOf = (answers) =>
  answers
    .flatMap((text, i) => {
      const values = { first: i % 2 ? 1 : i % 3 ? 0 : -1, second: i % 4 === 0 ? -1 : i % 6 === 1 ? 1 : 0 };
      return [1, 2, 3].map((k) => ({ id: `t${i}-${k}`, scenario: '', response: `${text} ${k}.`, annotator: 'a', values }));
    })
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');

/** What the page shows must be what the program says. @param {Page} page @param {number} level */
async function compare(page, level) {
  const judging = ['--classifier', at('c.json'), '--encoder', 'none', '--min-confidence', String(level)];
  const { values, answers } = program('report', at('run.jsonl'), ...judging, '--answers');
  assert.deepEqual([values.n, values.free_text, answers.length], [N, true, N]);
  const lines = answers.map((/** @type {any} */ { id, question, text }) => JSON.stringify({ id, scenario: question, response: text }));
  writeFileSync(at('texts.jsonl'), `${lines.join('\n')}\n`);
  const rows = execFileSync('build/assay', ['classify', ...judging, at('texts.jsonl')], { encoding: 'utf8' }).trimEnd().split('\n').map((line) => JSON.parse(line));
  let abstained = 0;
  for (const value of VALUES) {
    const judgements = rows.map((row) => row.values[value]);
    const sure = judgements.filter(({ label }) => label !== 'abstained');
    const figures = values.by_value[value];
    const expected = LABELS.map((label) => {
      const { n, share, ci } = figures[label];
      assert.equal(n, sure.filter((judgement) => judgement.label === label).length, `${value} ${label}`);
      assert.ok(sure.length === 0 || (share === n / sure.length && ci[0] <= share && share <= ci[1]), `${value} ${label}: ${share} of ${sure.length} in ${ci}`);
      return share === null ? '–' : `${percent(share)}${interval(ci)}`;
    });
    assert.equal(LABELS.reduce((sum, label) => sum + figures[label].n, 0) + figures.abstained, N);
    const shown = (await cells(page, '#profile-table', value)).map((text) => text.replace(/\n/g, ''));
    assert.deepEqual(shown.slice(0, 5), [String(N), String(N - sure.length), ...expected], value);
    abstained += N - sure.length;
  }
  const items = await page.locator('#answers li').evaluateAll((all) =>
    all.map((one) => ({
      id: one.getAttribute('data-id'),
      text: one.querySelector('.answer-text')?.textContent,
      values: [...one.querySelectorAll('.answer-value')].map((value) => value.textContent),
    })),
  );
  assert.equal(items.length, N);
  for (const { id, text, values: related } of items) {
    const row = rows.find((one) => one.id === id);
    assert.equal(text, answers.find((/** @type {any} */ one) => one.id === id).text.trim());
    const said = VALUES.filter((value) => row.values[value].label !== 'unrelated');
    assert.equal(related.length, said.length, `${id}: ${related}`);
    for (const [i, value] of said.entries()) assert.match(String(related[i]), new RegExp(`^${value} ${row.values[value].label.replace(/ed$/, '')}`, 'i'));
  }
  return { abstained, kinds: new Set(rows.flatMap((row) => VALUES.map((value) => row.values[value].label))).size };
}

/** A run with free answers, a classifier, a profile; on a server with or without isolation. @param {string} url @param {string} shot */
const profileOf = (url, shot) => (/** @type {Page} */ page) => journey(page, url, shot);

/** @param {Page} page @param {string} url @param {string} shot */
async function journey(page, url, shot) {
  const { hallmark } = native('--limit', String(N), '--recipe', 'ch3ef-answers');
  await page.goto(`${url}?limit=${N}&recipe=ch3ef-answers&threads=2&autorun=1`);
  assert.equal(await hallmarkOf(page), hallmark);
  const record = await saved(page, '#save-record', at('run.jsonl'));
  const texts = record.split('\n').slice(1, -2).map((line) => JSON.parse(line).free_text.text.trim());
  assert.equal(texts.length, N);

  await page.click('nav [data-view=classifier]');
  await page.waitForSelector('#definitions');
  await page.check('#encoder-none', { force: true });
  await drop(page, [{ name: 'mine.json', text: MINE }]);
  await page.waitForSelector('#system-own:checked');
  await drop(page, [{ name: 'labels.jsonl', text: labelsOf(texts) }]);
  await page.waitForSelector('#label-facts');
  await page.click('#calibrate');
  await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
  await saved(page, '#save-classifier', at('c.json'));
  writeFileSync(at('labels.jsonl'), labelsOf(texts));
  writeFileSync(at('mine.json'), MINE);
  const again = program('calibrate', '--values', at('mine.json'), '--labels', at('labels.jsonl'), '--encoder', 'none', '--out', at('again.json'), '--force', '--quiet');
  assert.equal(await shaOf(page), again.sha256);

  assert.match(await page.locator('#profile-run').innerText(), new RegExp(`answers in its own words, ${N} samples`));
  await page.click('#profile');
  await page.waitForSelector('#profile-facts', { timeout: SLOW });
  assert.match(await page.innerText('#profile-facts'), new RegExp(`^${N} answers of assay-mini.*, hhh46\\. Its free text was judged\\.$`));
  const sure = await compare(page, 0);
  assert.deepEqual(sure, { abstained: 0, kinds: 3 });
  assert.equal(await overflow(page), 0);
  const [field, button] = await Promise.all(['#profile-run', '#profile'].map((part) => page.locator(part).boundingBox()));
  assert.ok(field && button && (field.x + field.width <= button.x || field.y + field.height <= button.y), 'the button lies over the list');
  await page.locator('#profile-title').scrollIntoViewIfNeeded();
  await page.locator('section:has(> #profile-title)').screenshot({ path: join(SHOTS, shot) });

  await page.fill('#judge-level', '0.6');
  await page.click('#profile');
  await page.waitForSelector('#profile-facts:has-text("abstaining below 60")', { timeout: SLOW });
  await ended(page, '#profile');
  const careful = await compare(page, 0.6);
  assert.ok(careful.abstained > 0 && careful.abstained < 2 * N, `${careful.abstained} abstained`);

  await page.fill('#judge-level', '0');
  await drop(page, [{ name: 'saved.jsonl', text: record }]);
  await page.waitForSelector('#profile-facts:has-text("(saved.jsonl)")', { timeout: SLOW });
  await ended(page, '#profile');
  assert.deepEqual(await compare(page, 0), sure);
  await faultless(page);
  const changed = record.replace(texts[0], `${texts[0]} And more.`);
  await drop(page, [{ name: 'changed.jsonl', text: changed }]);
  assert.match(await alertText(page), /hallmark/);
  await page.reload();
  await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
  await page.click('#profile');
  await page.waitForSelector('#profile-facts', { timeout: SLOW });
  assert.deepEqual(await compare(page, 0), sure, 'by the classifier that was kept');
}

try {
  await test("free answers, threads: the program's profile, with intervals, and every answer with its values", () =>
    withPage(profileOf(isolated.url, 'classifier-profile.png')));

  await test('free answers, no threads, on a phone: the same', () =>
    withPage(profileOf(plain.url, 'classifier-profile-phone.png'), { options: { viewport: { width: 390, height: 844 } } }));
} finally {
  rmSync(folder, { recursive: true });
  await closeAll();
}
