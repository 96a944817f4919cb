// How the page looks and reads: hostile and long texts, contrast, phones. Screenshots go to build/screenshots.
//
//   node tests/e2e/look.test.mjs

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { SHOTS, SLOW, appears, closeAll, hallmarkOf, holdPictures, isolated, open, overflow, withPage } from './fixture.mjs';

/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

const fake = readFileSync('tests/web/fake-engine.js', 'utf8');
const withFake = {
  prepare: (/** @type {BrowserContext} */ context) =>
    context.route('**/js/engine/client.js', (route) => route.fulfill({ body: fake, contentType: 'text/javascript' })),
};

await test('hostile and long texts stay text, on a phone too', () =>
  withPage(
    async (page) => {
      await open(page, `${isolated.url}?limit=60`);
      const streamed = appears(page, '.stream .sample');
      await page.click('#run');
      await streamed;
      await hallmarkOf(page);
      for (let i = 0; i < 3; i += 1) {
        assert.equal(await page.locator('.question img, .question b, .option script').count(), 0);
        assert.equal(await overflow(page), 0);
        await page.getByRole('button', { name: 'Next' }).click();
      }
      assert.ok((await page.locator('.question').allTextContents()).some((text) => text.includes('<img')));
    },
    { ...withFake, options: { viewport: { width: 360, height: 740 } } },
  ));

await test('text is readable: contrast of at least 4.5 to 1, light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await withPage(
      async (page) => {
        await open(page, `${isolated.url}?limit=20&autorun=1`);
        await hallmarkOf(page);
        assert.deepEqual(await page.evaluate(poorContrast), []);
        await page.goto(isolated.url);
        await page.waitForSelector('#run:not([disabled])');
        assert.deepEqual(await page.evaluate(poorContrast), []);
      },
      { ...withFake, options: { colorScheme } },
    );
  }
});

/** Runs in the page: texts whose colour is too near that of what lies behind them. */
function poorContrast() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return ['no canvas'];
  const parse = (/** @type {string} */ colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (/** @type {number[]} */ rgb) => {
    const [r, g, b] = rgb
      .slice(0, 3)
      .map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (/** @type {Element | null} */ element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const faults = new Set();
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (
      !element ||
      !node.textContent?.trim() ||
      !element.checkVisibility() ||
      element.closest(':disabled, .visually-hidden, .skip')
    )
      continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    seen += 1;
    if (ratio < 4.5)
      faults.add(
        `${ratio.toFixed(2)} ${element.className || element.tagName}: ${node.textContent.trim().slice(0, 30)}`,
      );
  }
  if (seen < 30) faults.add(`only ${seen} texts were looked at`);
  return [...faults];
}

await test('screenshots: phone, dark, run under way', async () => {
  const looks = /** @type {const} */ ([
    ['phone', { viewport: { width: 360, height: 740 } }],
    ['dark', { colorScheme: 'dark' }],
  ]);
  for (const [name, options] of looks) {
    await withPage(
      async (page) => {
        await open(page, `${isolated.url}?limit=60`);
        await page.screenshot({ path: join(SHOTS, `evaluate-${name}.png`), fullPage: true });
        const release = await holdPictures(page, 30);
        await page.click('#run');
        await page.waitForSelector('.stream .sample img', { timeout: SLOW });
        await page.screenshot({ path: join(SHOTS, `running-${name}.png`) });
        release();
        await hallmarkOf(page);
        await page.waitForFunction(() =>
          [...document.querySelectorAll('.browser-list img')].every(
            (image) => image instanceof HTMLImageElement && image.complete,
          ),
        );
        assert.equal(await overflow(page), 0);
        await page.screenshot({ path: join(SHOTS, `results-${name}.png`), fullPage: true });
      },
      { options },
    );
  }
});

await closeAll();
