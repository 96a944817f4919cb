// The page in Chromium, over build/site: what a visitor sees, and that its numbers are the program's.
//
//   node tests/e2e/page.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import {
  LIMIT,
  SHOTS,
  SLOW,
  alertText,
  closeAll,
  doneAtLeast,
  dropRecord,
  hallmarkOf,
  holdPictures,
  isolated,
  native,
  open,
  overflow,
  plain,
  runAndPause,
  withPage,
} from './fixture.mjs';

const program = native('--limit', String(LIMIT));

await test('the first view: one heading, labels, language, nothing wider than the page', () =>
  withPage(async (page) => {
    await open(page);
    assert.equal(await page.title(), 'Assay');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.equal(await page.locator('h1:visible').count(), 1);
    assert.equal(await page.locator('main').count(), 1);
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('input, select, button')]
        .filter((element) => !(element instanceof HTMLElement && element.hidden))
        .filter((element) => {
          const labels = /** @type {HTMLInputElement} */ (element).labels ?? [];
          const name =
            [...labels].map((label) => label.textContent).join('') +
            (element.getAttribute('aria-label') ?? '') +
            element.textContent;
          return name.trim() === '';
        })
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(unnamed, []);
    assert.ok(
      await page.evaluate(() => [...document.querySelectorAll('img')].every((image) => image.hasAttribute('alt'))),
    );
    assert.ok(await page.evaluate(() => crossOriginIsolated), 'the server did not make the page isolated');
    assert.equal(await page.getAttribute('#engine', 'data-build'), 'mt');
    assert.equal(await overflow(page), 0);
    await page.screenshot({ path: join(SHOTS, 'evaluate.png'), fullPage: true });
  }));

await test('the keyboard reaches everything in order, and focus is seen', () =>
  withPage(async (page) => {
    await open(page);
    /** @type {string[]} */
    const order = [];
    for (let i = 0; i < 24 && order.at(-1) !== 'run'; i += 1) {
      await page.keyboard.press('Tab');
      const [name, seen] = await page.evaluate(() => {
        const active = /** @type {HTMLElement} */ (document.activeElement);
        const box = active.matches('input[type=radio]') ? active.closest('label') : active;
        const outlined = [box, ...(box?.querySelectorAll('*') ?? [])].some(
          (part) => part instanceof Element && getComputedStyle(part).outlineStyle !== 'none',
        );
        return [active.id || active.className || active.dataset.view || active.tagName, outlined];
      });
      assert.ok(seen, `the focus on ${name} cannot be seen`);
      order.push(String(name));
    }
    assert.deepEqual(order.slice(0, 4), ['skip', 'brand', 'evaluate', 'results']);
    assert.equal(order.at(-1), 'run');
    assert.ok(
      order.some((name) => name === 'model-assay-mini') &&
        order.some((name) => name.startsWith('get-')) &&
        order.includes('model-files') &&
        order.some((name) => name.startsWith('limit-')) &&
        order.some((name) => name.startsWith('recipe-')),
      order.join(' '),
    );
    await page.keyboard.press('Enter');
    await page.waitForSelector('#cancel:not([disabled])');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2');
  }));

await test(`${LIMIT} samples with threads: the program's hallmark, accuracy and interval`, () =>
  withPage(async (page) => {
    await open(page, `${isolated.url}?threads=2`);
    await page.check(`#limit-${LIMIT}`, { force: true });
    const release = await holdPictures(page); // what the run shows is gone when it ends
    await page.click('#run');
    await page.waitForSelector('.stream .sample img', { timeout: SLOW });
    const card = page.locator('.stream .sample').first();
    assert.ok((await card.locator('.option').count()) >= 2);
    assert.equal(await card.locator('.mark-choice').count(), 1);
    assert.ok((await card.locator('.mark-gold').count()) >= 1);
    release();
    assert.equal(await hallmarkOf(page), program.hallmark);
    assert.match(page.url(), /view=results/);
    assert.equal(await page.getAttribute('#engine', 'data-build'), 'mt');
    assert.equal(await page.getAttribute('#engine', 'data-threads'), '2');
    const overall = await page.locator('.score-overall').innerText();
    assert.ok(overall.includes(`${(program.accuracy * 100).toFixed(1)}\u202f%`), overall);
    assert.ok(overall.includes(`${(program.ci[0] * 100).toFixed(1)}–${(program.ci[1] * 100).toFixed(1)}`), overall);
    assert.equal(await page.locator('tr.level-0').count(), await page.locator('.score-dimension').count());
    assert.equal(
      await page.evaluate(() =>
        [...document.querySelectorAll('tr.level-2 td:nth-child(2)')].reduce(
          (sum, cell) => sum + Number(cell.textContent),
          0,
        ),
      ),
      LIMIT,
    );
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.browser-list img')].some(
        (image) => image instanceof HTMLImageElement && image.naturalWidth > 0,
      ),
    );
    await page.screenshot({ path: join(SHOTS, 'results.png'), fullPage: true });
  }));

await test('one thread, page not isolated: the same hallmark, started by the address alone', () =>
  withPage(async (page) => {
    await page.goto(`${plain.url}?limit=${LIMIT}&autorun=1`);
    assert.equal(await hallmarkOf(page), program.hallmark);
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    assert.equal(await page.getAttribute('#engine', 'data-build'), 'st');
    assert.doesNotMatch(page.url(), /autorun/);
  }));

await test('the single-threaded engine on demand, and the blind baseline: its own hallmark', () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?limit=${LIMIT}&recipe=grey&build=st&autorun=1`);
    const hallmark = await hallmarkOf(page);
    assert.match(hallmark, /^[0-9a-f]{64}$/);
    assert.notEqual(hallmark, program.hallmark);
    assert.equal(await page.getAttribute('#engine', 'data-build'), 'st');
  }));

await test('pause holds the run, resume goes on, cancel keeps what is done', () =>
  withPage(async (page) => {
    await open(page);
    const paused = await runAndPause(page);
    await page.waitForTimeout(800);
    assert.equal(await doneAtLeast(page, 1), paused, 'samples went on while paused');
    await page.click('#resume');
    const more = await doneAtLeast(page, paused + 1);
    assert.ok(more > paused);
    await page.click('#pause');
    await page.waitForSelector('#resume:not([hidden])');
    await page.click('#cancel');
    await page.waitForSelector('#continue:visible');
    assert.match(await page.locator('.notice:visible').innerText(), /Continue where it stopped: \d+ of \d+/);
    assert.equal(await page.locator('#alerts .alert').count(), 0);
  }));

await test('settings that change while the engine starts: the last ones count, and nothing went wrong', () =>
  withPage(async (page) => {
    await open(page, `${isolated.url}?threads=3`);
    await page.evaluate(() => {
      for (const threads of ['1', '2']) {
        const select = document.querySelector('#threads');
        if (!(select instanceof HTMLSelectElement)) throw new Error('no choice of threads');
        select.value = threads;
        select.dispatchEvent(new Event('change'));
      }
    });
    await page.waitForSelector('#engine[data-state=ready][data-threads="2"]');
    await page.waitForSelector('#run:not([disabled])');
    assert.equal(await page.locator('#alerts .alert').count(), 0);
  }));

await test('a killed tab goes on where it stopped and ends in the same hallmark', () =>
  withPage(async (page, context) => {
    await open(page, `${isolated.url}?limit=${LIMIT}`);
    const paused = await runAndPause(page);
    assert.ok(paused < LIMIT, 'the run was over before it could be killed');
    await page.goto('chrome://crash').catch(() => {});
    const next = await context.newPage();
    await open(next, `${isolated.url}?limit=${LIMIT}`);
    await next.waitForSelector('#continue:visible');
    assert.match(await next.locator('.notice:visible').innerText(), new RegExp(`: ${paused} of ${LIMIT}`));
    await next.click('#continue');
    assert.equal(await hallmarkOf(next), program.hallmark);
  }));

await test('looking at other results and going back does not disturb a run', () =>
  withPage(async (page) => {
    await open(page, `${isolated.url}?limit=${LIMIT}&threads=1`);
    await page.goto(`${isolated.url}?limit=${LIMIT}&threads=2`);
    await runAndPause(page);
    await page.click('nav [data-view=results]');
    await page.waitForSelector('#results:not([hidden])');
    await dropRecord(page, 'run.jsonl', program.record);
    assert.equal(await hallmarkOf(page), program.hallmark);
    await page.goBack();
    await page.goBack();
    await page.waitForSelector('#resume:visible');
    await page.click('#resume');
    await page.waitForSelector('#evaluate', { state: 'hidden', timeout: SLOW });
    assert.equal(await hallmarkOf(page), program.hallmark);
  }));

await test('a reloaded address shows the same results again', () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?limit=${LIMIT}&autorun=1`);
    assert.equal(await hallmarkOf(page), program.hallmark);
    await page.check('#show-wrong', { force: true });
    await page.reload();
    assert.equal(await hallmarkOf(page), program.hallmark);
    assert.ok(await page.isChecked('#show-wrong'));
    assert.equal(await page.locator('.browser-list .outcome-right').count(), 0);
  }));

await test('the record of the program opens on the page, a changed one is refused', () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?view=results`);
    await page.waitForSelector('#engine[data-state=ready]');
    await dropRecord(page, 'run.jsonl', program.record);
    assert.equal(await hallmarkOf(page), program.hallmark);
    const line = program.record.split('\n').findIndex((text) => text.includes('"type":"sample"'));
    const changed = program.record.split('\n');
    changed[line] = changed[line].replace(/"bits":\["(.)/, (_, digit) => `"bits":["${digit === '0' ? '1' : '0'}`);
    assert.notEqual(changed.join('\n'), program.record);
    await dropRecord(page, 'changed.jsonl', changed.join('\n'));
    assert.match(await alertText(page), /\S+ .+\.$/);
    await dropRecord(page, 'notes.txt', 'hello\n');
    assert.match(await alertText(page, 'not a run record'), /not a run record/);
  }));

await test('a record beside the page is shown by its address', () =>
  withPage(
    async (page) => {
      await page.goto(`${isolated.url}?view=results&open=run.jsonl`);
      assert.equal(await hallmarkOf(page), program.hallmark);
      await page.goto(`${isolated.url}?view=results&open=none.jsonl`);
      assert.match(await alertText(page), /none\.jsonl could not be fetched: the server answered 404/);
    },
    {
      expected: /404/,
      prepare: (context) =>
        context.route('**/run.jsonl', (route) => route.fulfill({ body: program.record, contentType: 'text/plain' })),
    },
  ));

await test('two tabs do not write the same record', () =>
  withPage(async (page, context) => {
    await open(page, `${isolated.url}?limit=${LIMIT}`);
    await runAndPause(page);
    const other = await context.newPage();
    await open(other, `${isolated.url}?limit=${LIMIT}`);
    await other.click('#run');
    assert.match(await alertText(other), /another tab/);
    await page.click('#resume');
    assert.equal(await hallmarkOf(page), program.hallmark);
  }));

await test("the exported record is the program's, line by line but for time and build", () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?limit=${LIMIT}&autorun=1`);
    await hallmarkOf(page);
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save-record')]);
    const lines = (/** @type {string} */ text) =>
      text
        .trim()
        .split('\n')
        .map((line) => {
          const { seconds, build, ...rest } = JSON.parse(line);
          return rest;
        });
    assert.deepEqual(lines(readFileSync(await file.path(), 'utf8')), lines(program.record));
  }));

await test('a corrupt model is one sentence, and the page stays usable', () =>
  withPage(async (page, context) => {
    await context.route('**/*.gguf', async (route) => {
      const body = await (await route.fetch()).body();
      body.fill(0x41, 0, 4);
      await route.fulfill({ body, contentType: 'application/octet-stream' });
    });
    await open(page, `${isolated.url}?limit=${LIMIT}`);
    await page.click('#run');
    const sentence = await alertText(page);
    assert.match(sentence, /gguf/i);
    await page.screenshot({ path: join(SHOTS, 'corrupt-model.png') });
    await context.unroute('**/*.gguf');
    await page.click('#run');
    assert.equal(await hallmarkOf(page), program.hallmark);
    assert.equal(await page.locator('#alerts .alert').count(), 0);
  }));

await test('a model that is cut off, and one that is not there, are one sentence each', () =>
  withPage(
    async (page, context) => {
      await context.route('**/*.gguf', async (route) => {
        const body = await (await route.fetch()).body();
        await route.fulfill({ body: body.subarray(0, body.length - 100), contentType: 'application/octet-stream' });
      });
      await open(page);
      await page.click('#run');
      assert.match(await alertText(page), /bytes instead of/);
      await context.unroute('**/*.gguf');
      await context.route('**/*.gguf', (route) => route.fulfill({ status: 404 }));
      await page.waitForSelector('#run:visible');
      await page.click('#run');
      assert.match(await alertText(page, '404'), /could not be fetched/);
    },
    { expected: /404/ },
  ));

await test('a shard with a wrong hash is one sentence, whole or by range', () =>
  withPage(async (page, context) => {
    await context.route('**/*.tar', async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      for (let i = 0; i < body.length; i += 97) body[i] ^= 1;
      await route.fulfill({ response, body });
    });
    for (const limit of ['', '?limit=1']) {
      await open(page, `${isolated.url}${limit}`);
      await page.click('#run');
      assert.match(await alertText(page), /(hash|sha-?256)/i);
      await page.waitForSelector('#run:visible');
    }
    await context.unroute('**/*.tar');
    await open(page, `${isolated.url}?limit=${LIMIT}`);
    await page.click('#run');
    assert.equal(await hallmarkOf(page), program.hallmark);
  }));

await test('an address with nonsense in it is told so and works', () =>
  withPage(async (page) => {
    await page.goto(`${isolated.url}?threads=999&colour=%3Cb%3Ered`);
    await page.waitForSelector('#run:not([disabled])');
    const text = await alertText(page);
    assert.match(text, /threads=999/);
    assert.match(text, /colour/);
    assert.equal(await page.locator('#alerts b').count(), 0);
  }));

await closeAll();
