// Annotate in Chromium, over build/site: by keys, by touch and as it is heard; what was answered survives a killed tab; the program
// reads what is exported.
//
//   node tests/e2e/annotate.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { LIMIT, SHOTS, SLOW, alertText, closeAll, hallmarkOf, isolated, overflow, plain, withPage } from './fixture.mjs';
import { late } from './late.mjs';

/** @typedef {import('playwright-core').Page} Page */

const VIEW = '?view=annotate&values=schwartz-10';
const N = 8;
const SECRET = 'somebody else';

/** Texts that others have labelled already, for another value system too. */
const texts = Array.from({ length: N }, (_, i) => ({
  id: `t${i}`,
  scenario: i % 2 === 0 ? `What should I do in case ${i}?` : '',
  response: `Response ${i}: look after each other.\nSecond line <b>of</b> ${i}.`,
  model: 'some-model',
  value: 'not-of-this-system',
  label: 'adheres',
  annotator: SECRET,
}));
const file = (name = 'texts.jsonl', lines = texts.map((text) => JSON.stringify(text))) => ({
  name,
  mimeType: 'application/jsonl',
  buffer: Buffer.from(`${lines.join('\n')}\n`),
});

/** @param {Page} page @param {string} [address] */
async function home(page, address = isolated.url + VIEW) {
  await page.goto(address);
  await page.waitForSelector('#annotate-start:not([disabled])', { timeout: SLOW });
}

/** Begins a session as a visitor does. @param {Page} page @param {{value?: string, name?: string}} [how] */
async function begin(page, { value = 'security', name = 'Kim' } = {}) {
  await page.selectOption('#annotate-value', value);
  await page.setInputFiles('#annotate-text-files', file());
  await page.fill('#annotate-name', name);
  await page.click('#annotate-start');
  await page.waitForSelector('.desk');
}

/** What is asked about. @param {Page} page */
const shown = (page) =>
  page.evaluate(() => ({
    title: document.querySelector('#desk-title')?.textContent ?? '',
    scenario: document.querySelector('.desk-scenario')?.textContent ?? '',
    response: document.querySelector('.desk-response')?.textContent ?? '',
    undo: document.querySelector('#annotate-undo')?.textContent ?? '',
  }));

/** Does something that brings another text, and gives what was shown before. @param {Page} page @param {() => Promise<unknown>} act */
async function step(page, act) {
  const before = await shown(page);
  await act();
  await page.waitForFunction(
    (title) => {
      const now = document.querySelector('#desk-title');
      return now === null || now.textContent !== title;
    },
    before.title,
  );
  return before;
}

/** @param {Page} page @param {string} key */
const press = (page, key) => step(page, () => page.keyboard.press(key));

/** The file that a click brings. @param {Page} page @param {() => Promise<unknown>} act */
async function downloaded(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

/** @param {Page} page @param {string} format @returns {Promise<{name: string, text: string}>} */
async function exported(page, format) {
  await page.locator('.export-format').first().selectOption(format);
  return downloaded(page, () => page.locator('[data-export]').first().click());
}

/** @param {string} jsonl */
const rows = (jsonl) => jsonl.trim().split('\n').map((line) => JSON.parse(line));

await test('five answers by keys, one taken back, one skipped; the tab is killed; all is there, and undo goes on', () =>
  withPage(async (page, context) => {
    const begun = Math.floor(Date.now() / 1000);
    await home(page);
    await begin(page);
    assert.equal((await shown(page)).title, `Text 1 of ${N}`);
    assert.equal(await page.locator('.desk-value').innerText(), 'Security');
    assert.match(await page.locator('.desk-definition').innerText(), /safety/i);
    /** @type {Map<string, string>} */
    const given = new Map();
    for (const [key, label] of [['1', 'adheres'], ['2', 'opposes'], ['3', 'unrelated'], ['1', 'adheres'], ['2', 'opposes']]) {
      const { response } = await press(page, key);
      given.set(response, label);
      assert.match((await shown(page)).undo, new RegExp(`^Undo: ${label}`));
    }
    assert.equal((await shown(page)).title, `Text 6 of ${N}`);
    await press(page, 'u');
    const undone = (await shown(page)).response;
    assert.equal(given.get(undone), 'opposes');
    given.delete(undone);
    await press(page, 's');
    given.set(undone, 'skip');
    const next = await shown(page);
    assert.equal(next.title, `Text 6 of ${N}`);
    assert.ok(!(await page.content()).includes(SECRET), 'another annotator is to be seen');

    await page.goto('chrome://crash').catch(() => {});
    const later = await context.newPage();
    await home(later);
    assert.match(await later.locator('.annotate-sessions').innerText(), /Security[\s\S]*texts\.jsonl · Kim[\s\S]*5 of 8 texts, 3 left, 1 skipped/);
    await later.click('#annotate-continue');
    await later.waitForSelector('.desk');
    assert.deepEqual(await shown(later), next);
    const stored = await later.evaluate(everything);
    assert.ok(stored.includes('Response 3') && !stored.includes(SECRET) && !stored.includes('not-of-this-system'), 'labels of others are kept');

    await later.click('#annotate-back');
    const { name, text } = await exported(later, 'jsonl');
    assert.equal(name, 'schwartz-10.security.kim.jsonl');
    const lines = rows(text);
    assert.equal(lines.length, 5);
    for (const line of lines) {
      assert.equal(line.label, given.get(line.response));
      assert.deepEqual([line.value, line.annotator, line.source], ['security', 'Kim', 'some-model']);
      assert.ok(Number.isInteger(line.time) && line.time >= begun && line.time <= Date.now() / 1000, String(line.time));
    }
    await later.click('#annotate-continue');
    await later.waitForSelector('.desk');
    for (let i = 0; i < 5; i += 1) await press(later, i % 2 === 0 ? 'u' : 'Backspace');
    assert.equal((await shown(later)).title, `Text 1 of ${N}`);
    assert.ok(await later.locator('#annotate-undo').isDisabled());
  }));

/** All that the page keeps, as text. */
async function everything() {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('assay-annotate');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const names = [...database.objectStoreNames];
  const all = await Promise.all(
    names.map(
      (name) =>
        new Promise((resolve, reject) => {
          const request = database.transaction(name).objectStore(name).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        }),
    ),
  );
  database.close();
  return JSON.stringify(all);
}

/** Every alert from now on, also one that stands for a moment only; in the page. */
function watchAlerts() {
  /** @type {string[]} */
  const sentences = [];
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      const sentence = node instanceof HTMLElement && node.querySelector('p')?.textContent;
      if (sentence) sentences.push(sentence);
    }
  }).observe(document.querySelector('#alerts') ?? document.body, { childList: true });
  return sentences;
}

await test('every format is written, and the program reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-annotate-'));
  try {
    await withPage(async (page) => {
      await home(page);
      await begin(page, { name: 'Kim' });
      for (const key of ['1', '2', '3', 's', '1', '2', '3', '1']) await press(page, key);
      await page.waitForSelector('.annotate-done');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'annotate-done-title');
      assert.deepEqual(await page.locator('.annotate-done dd').allInnerTexts(), ['3', '2', '2', '1']);
      const source = join(folder, 'all.jsonl');
      for (const format of ['jsonl', 'csv', 'label-studio', 'doccano', 'prodigy', 'argilla', 'crowd-kit', 'mace']) {
        const { name, text } = await exported(page, format);
        assert.match(name, /^schwartz-10\.security\.kim\.[a-z.-]+$/);
        const path = join(folder, format === 'jsonl' ? 'all.jsonl' : name);
        writeFileSync(path, text);
        const withTexts = ['csv', 'crowd-kit', 'mace'].includes(format) ? [`jsonl:${source}`] : [];
        const said = execFileSync('build/assay', ['agree', `${format}:${path}`, ...withTexts, '--values', 'data/values/schwartz-10.json', '--json'], { encoding: 'utf8' });
        assert.equal(typeof JSON.parse(said), 'object', format);
      }
      assert.match(await page.locator('.export-lost').innerText(), /MACE has no place for texts, skips/);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

await test('keys mean text where text is typed, and nothing when they are switched off', () =>
  withPage(async (page) => {
    await home(page);
    await begin(page);
    await page.keyboard.press('n');
    await page.keyboard.type('1 2 3 sun');
    assert.equal(await page.inputValue('#desk-note'), '1 2 3 sun');
    assert.equal((await shown(page)).title, `Text 1 of ${N}`);
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'desk-title');
    await press(page, '1');
    assert.equal(await page.inputValue('#desk-note'), '');
    await press(page, 'u');
    assert.equal(await page.inputValue('#desk-note'), '1 2 3 sun', 'undo lost the note');
    await press(page, '2');

    const before = await page.evaluate(everything);
    for (const chord of ['Control+1', 'Alt+2', 'Meta+3', 'Shift+Digit1']) await page.keyboard.press(chord);
    await page.uncheck('#desk-keys');
    for (const key of ['1', 's', 'u', 'Backspace']) await page.keyboard.press(key);
    assert.equal(await page.evaluate(everything), before, 'such a key answered'); // it is read when whatever was begun is written
    assert.equal((await shown(page)).title, `Text 2 of ${N}`);
    await page.reload();
    await page.waitForSelector('.desk');
    assert.equal(await page.isChecked('#desk-keys'), false, 'the choice was forgotten');
    await page.focus('#answer-3');
    await step(page, () => page.keyboard.press('Enter'));
    assert.match((await shown(page)).undo, /unrelated/);
    await page.check('#desk-keys');
    await press(page, '1');
    await page.click('nav [data-view=evaluate]');
    await page.waitForSelector('#evaluate:not([hidden])');
    await page.keyboard.press('1');
    await page.click('nav [data-view=annotate]');
    await page.waitForSelector('.desk');
    assert.equal((await shown(page)).title, `Text 4 of ${N}`, 'a key answered a text that was not in sight');
  }));

await test('what is heard: where one stands, how many remain, what was said', () =>
  withPage(async (page) => {
    await home(page);
    await begin(page);
    await page.waitForFunction((n) => document.querySelector('#status')?.textContent === `Text 1 of ${n} is shown, ${n} to answer.`, N);
    await press(page, '2');
    assert.equal(await page.textContent('#status'), `Opposes, saved. Text 2 of ${N} is shown, ${N - 1} to answer.`);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'desk-title');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'answer-1');
    assert.deepEqual(
      await page.locator('.desk-choices button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-keyshortcuts'))),
      ['1', '2', '3'],
    );
    await page.getByRole('button', { name: /^Unrelated/ }).waitFor();
    await page.getByRole('group', { name: 'How does the response stand to the value Security?' }).waitFor();
    assert.equal(await page.locator('#annotate h1').count(), 1);
    assert.equal(await page.getByRole('heading', { level: 1, name: 'Security' }).count(), 1);
    await press(page, 'u');
    assert.match((await page.textContent('#status')) ?? '', /^Taken back: opposes\./);
  }));

await test('by touch on a phone: nothing is wider than the page, the value and the answers are always in sight', () =>
  withPage(
    async (page) => {
      await home(page);
      assert.equal(await overflow(page), 0);
      await begin(page, { value: 'universalism' });
      await step(page, () => page.tap('#answer-1'));
      await step(page, () => page.tap('#annotate-skip'));
      await step(page, () => page.tap('#annotate-undo'));
      assert.equal((await shown(page)).title, `Text 2 of ${N}`);
      for (const y of [0, 200, 100000]) {
        await page.evaluate((to) => window.scrollTo(0, to), y);
        for (const part of ['.desk-value', '.desk-definition', '#answer-1', '#answer-2', '#answer-3']) {
          const box = await page.locator(part).boundingBox();
          assert.ok(box && box.y >= 0 && box.y + box.height <= 740, `${part} is out of sight at ${y}`);
          if (part.startsWith('#')) assert.ok(box && box.height >= 44 && box.width >= 44, `${part} is too small for a thumb`);
        }
      }
      assert.equal(await overflow(page), 0);
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: join(SHOTS, 'annotate-phone.png') });
    },
    { options: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  ));

await test('several sessions: each goes on by itself, a reload stays, two tabs do not overwrite each other, deleting asks', () =>
  withPage(async (page, context) => {
    await home(page);
    await begin(page);
    await press(page, '1');
    await page.reload();
    await page.waitForSelector('.desk');
    assert.equal((await shown(page)).title, `Text 2 of ${N}`);
    await page.click('#annotate-back');
    await page.waitForSelector('#annotate-start:not([disabled])');
    await begin(page, { value: 'power', name: 'Lea' });
    assert.equal((await shown(page)).title, `Text 1 of ${N}`);
    await page.click('#annotate-back');
    await begin(page); // the first one again: it goes on
    assert.equal((await shown(page)).title, `Text 2 of ${N}`);

    const other = await context.newPage();
    await home(other);
    assert.equal(await other.locator('.annotate-sessions li').count(), 2);
    await other.locator('li', { hasText: 'Security' }).getByRole('button', { name: /^Continue/ }).click();
    await other.waitForSelector('.desk');
    await press(page, '2');
    await other.keyboard.press('3');
    assert.match(await alertText(other), /could not be kept: the session has gone on in another tab/);
    assert.deepEqual(await shown(other), await shown(page));
    await press(other, '3');
    assert.equal((await shown(other)).title, `Text 4 of ${N}`);

    await other.click('#annotate-back');
    const item = other.locator('li', { hasText: 'Security' });
    await item.getByRole('button', { name: /^Delete/ }).click();
    assert.match(await item.innerText(), /Delete 3 answers for good\?/);
    await item.getByRole('button', { name: 'Keep' }).click();
    assert.equal(await other.locator('.annotate-sessions li').count(), 2);
    await item.getByRole('button', { name: /^Delete/ }).click();
    await item.locator('.button-danger').click();
    await other.waitForFunction(() => document.querySelectorAll('.annotate-sessions li').length === 1);
    const alerts = await page.evaluateHandle(watchAlerts);
    await page.keyboard.press('1');
    await page.waitForSelector('#annotate-start:not([disabled])');
    await alertText(page, 'was deleted in another tab');
    assert.deepEqual(await alerts.jsonValue(), ['This session was deleted in another tab.'], 'nothing else is said, not for a moment');
    assert.ok(!(await other.evaluate(everything)).includes('"Security"'));
  }));

await test('what is typed while the engine is at work stays where it is typed', () =>
  withPage(
    async (page) => {
      await page.goto(`${isolated.url}?values=schwartz-10`);
      await page.click('nav [data-view=annotate]');
      await page.focus('#annotate-name');
      await page.keyboard.type('Kim and Lea', { delay: 100 }); // the engine starts, reads the values, looks for runs
      assert.equal(await page.inputValue('#annotate-name'), 'Kim and Lea');
      await page.focus('#annotate-system-schwartz-10');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('#annotate-system-social-risks-14:checked');
      await page.waitForSelector('#annotate-start:not([disabled])');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'annotate-system-social-risks-14');
      await page.focus('#annotate-name');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.desk');
      await page.click('#annotate-back');
      await page.focus('#annotate-name');
      await page.keyboard.press('End');
      await page.keyboard.type(' and Max', { delay: 100 });
      assert.equal(await page.inputValue('#annotate-name'), 'Kim and Lea and Max');
      assert.equal(await page.locator('#alerts .alert').count(), 0);
    },
    { prepare: (context) => context.addInitScript(late, 200) },
  ));

await test('at the end: the skipped ones again, and the same texts for another value', () =>
  withPage(async (page) => {
    await home(page, `${plain.url}${VIEW}`); // not isolated: one thread
    await begin(page);
    for (let i = 0; i < N - 1; i += 1) await press(page, i === 2 ? 's' : '3');
    await page.keyboard.press('1');
    await page.waitForSelector('.annotate-done');
    await page.click('#annotate-again');
    await page.waitForSelector('.desk');
    assert.equal((await shown(page)).title, 'Skipped text 1 of 1');
    await page.keyboard.press('2');
    await page.waitForSelector('.annotate-done');
    assert.deepEqual(await page.locator('.annotate-done dd').allInnerTexts(), ['1', '1', '6', '0']);
    await page.click('#annotate-next-value');
    await page.waitForSelector('#annotate-start:not([disabled])');
    await page.waitForSelector('#annotate-texts-session:checked');
    assert.equal(await page.inputValue('#annotate-value'), 'self-direction');
    assert.equal(await page.inputValue('#annotate-name'), 'Kim');
    await page.click('#annotate-start');
    await page.waitForSelector('.desk');
    assert.equal(await page.locator('.desk-value').innerText(), 'Self-direction');
    assert.equal((await shown(page)).title, `Text 1 of ${N}`);
  }));

await test('what is wrong is one sentence: no name, a broken file, a file without texts', () =>
  withPage(async (page) => {
    await home(page);
    await page.click('#annotate-start');
    assert.match(await alertText(page), /^Say your name or a code/);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'annotate-name');
    await page.fill('#annotate-name', 'Kim');
    for (const [name, lines, says] of /** @type {[string, string[], RegExp][]} */ ([
      ['broken.jsonl', ['{"id":"a","response":"r"}', '{"id":"b",'], /broken\.jsonl:2: /],
      ['nameless.jsonl', ['{"response":"r"}'], /nameless\.jsonl:1: /],
      ['twice.jsonl', ['{"id":"a","response":"r"}', '{"id":"a","response":"s"}'], /twice\.jsonl:2: .*not that of/],
      ['empty.jsonl', [''], /empty\.jsonl/],
    ])) {
      await page.setInputFiles('#annotate-text-files', file(name, lines));
      await page.click('#annotate-start');
      assert.match(await alertText(page, name), says);
      assert.equal(await page.locator('.desk').count(), 0);
    }
    assert.equal(await page.locator('.annotate-sessions li').count(), 0, 'something was kept of a broken file');
    await page.setInputFiles('#annotate-system-file', { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from('{"values": 1}') });
    assert.match(await alertText(page, 'mine.json'), /mine\.json/);
    const own = { format: 1, id: 'mine', name: 'My own', source: 'here', values: [{ id: 'punctuality', name: 'Punctuality', definition: 'Being on time.' }] };
    await page.setInputFiles('#annotate-system-file', { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(own)) });
    await page.waitForSelector('#annotate-system-own:checked');
    await page.check('#annotate-texts-example', { force: true });
    await page.click('#annotate-start');
    await page.waitForSelector('.desk');
    assert.equal(await page.locator('.desk-value').innerText(), 'Punctuality');
    assert.equal(await page.locator('#alerts .alert').count(), 0);
  }));

await test('the answers of a finished run', () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?limit=${LIMIT}&autorun=1`);
    await hallmarkOf(page);
    await page.click('nav [data-view=annotate]');
    await page.waitForSelector('#annotate-texts-run', { timeout: SLOW });
    await page.check('#annotate-texts-run', { force: true });
    assert.match(await page.locator('#annotate-run').innerText(), new RegExp(`hhh46 · .*${LIMIT} samples`));
    await page.fill('#annotate-name', 'Kim');
    await page.click('#annotate-start');
    await page.waitForSelector('.desk');
    const { title, scenario, response } = await shown(page);
    assert.equal(title, `Text 1 of ${LIMIT}`);
    assert.ok(scenario !== '' && response !== '');
    await press(page, '3');
    await page.click('#annotate-back');
    const [line] = rows((await exported(page, 'jsonl')).text);
    assert.deepEqual([line.scenario, line.response, line.label], [scenario, response, 'unrelated']);
  }));

await test('where the browser keeps nothing, it says so, and all else works', () =>
  withPage(
    async (page) => {
      await home(page);
      await page.waitForSelector('#annotate .notice:visible');
      await begin(page);
      await press(page, '1');
      await press(page, '2');
      await press(page, 'u');
      await page.click('#annotate-back');
      assert.equal(rows((await exported(page, 'jsonl')).text).length, 1);
    },
    { prepare: (context) => context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined })) },
  ));

await test('screenshots: sessions, desk, done; light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await withPage(
      async (page) => {
        await home(page);
        await begin(page);
        for (const key of ['1', '2', 's']) await press(page, key);
        await page.screenshot({ path: join(SHOTS, `annotate-${colorScheme}.png`) });
        assert.equal(await overflow(page), 0);
        await page.click('#annotate-back');
        await page.waitForSelector('#annotate-continue');
        await page.screenshot({ path: join(SHOTS, `annotate-home-${colorScheme}.png`), fullPage: true });
        assert.equal(await overflow(page), 0);
      },
      { options: { colorScheme } },
    );
  }
});

await closeAll();
