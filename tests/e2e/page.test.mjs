// The page in Chromium, over build/site: what a visitor sees, and that its numbers are the program's.
//
//   node tests/e2e/page.test.mjs        needs build/site, build/assay and Chromium (CHROMIUM names another one)
//
// Screenshots go to build/screenshots.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { skip, test } from '../harness.mjs';
import { serve } from '../../web/serve.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

const SITE = 'build/site';
const PROGRAM = 'build/assay';
const SHOTS = 'build/screenshots';
const LIMIT = 20;
const SLOW = 240000; // milliseconds; for anything that waits for a whole run on a busy machine

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => path !== undefined && existsSync(path));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

const missing = !CHROMIUM ? 'there is no Chromium' : ![join(SITE, 'index.html'), join(SITE, 'data/models.json'), PROGRAM].every(existsSync) ? `${SITE} or ${PROGRAM} is not built` : '';
if (missing !== '') {
  await test('page', () => skip(missing));
  process.exit();
}

const { chromium } = await import('playwright-core');
mkdirSync(SHOTS, { recursive: true });
const isolated = await serve({ root: SITE });
const plain = await serve({ root: SITE, isolation: false });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** What the program says of a run. @param {...string} args */
function native(...args) {
  const record = join('build', `e2e-${args.join('').replaceAll(/[^a-z0-9]/g, '')}.jsonl`);
  const text = execFileSync(PROGRAM, ['run', ...args, '--json', '--quiet', '--force', '--out', record], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const { hallmark, n, accuracy, ci } = JSON.parse(text);
  return { hallmark, n, accuracy, ci, record: readFileSync(record, 'utf8') };
}

/**
 * A page in a profile of its own. Errors of the console, requests to other origins and refusals of the content
 * security policy fail the test, unless they match `expected`.
 * @param {(page: Page, context: BrowserContext) => Promise<void>} use
 * @param {{options?: import('playwright-core').BrowserContextOptions, expected?: RegExp, prepare?: (context: BrowserContext) => Promise<unknown>}} [how]
 */
async function withPage(use, { options = {}, expected = /(?!)/, prepare = async () => {} } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  /** @type {string[]} */
  const faults = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const address = new URL(request.url());
    if (/^(https?|wss?):/.test(address.protocol) && ![isolated.url, plain.url].includes(`${address.origin}/`)) faults.push(`request: ${request.url()}`);
  });
  try {
    await prepare(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    await use(page, context);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** @param {Page} page @param {string} [address] */
async function open(page, address = isolated.url) {
  await page.goto(address);
  await page.waitForSelector('#run:not([disabled])', { state: 'attached' });
}

/** Waits for the results and gives their hallmark. @param {Page} page @returns {Promise<string>} */
async function hallmarkOf(page) {
  const digits = page.locator('#results:not([hidden]) #hallmark');
  await digits.waitFor({ timeout: SLOW });
  return await digits.getAttribute('data-hallmark') ?? '';
}

/** Waits until at least n samples are done and gives how many. @param {Page} page @param {number} n */
async function doneAtLeast(page, n) {
  const handle = await page.waitForFunction((least) => {
    const done = document.querySelectorAll('.strip .cell-right, .strip .cell-wrong, .strip .cell-tie').length;
    return done >= least ? done : 0;
  }, n, { timeout: SLOW });
  return /** @type {Promise<number>} */ (handle.jsonValue());
}

/** Starts a run and pauses it early. @param {Page} page @returns {Promise<number>} samples done */
async function runAndPause(page) {
  await page.click('#run');
  await page.waitForSelector('#pause:not([disabled])', { timeout: SLOW });
  await doneAtLeast(page, 1);
  await page.click('#pause');
  await page.waitForSelector('#resume:not([hidden])');
  await page.waitForTimeout(500);
  return doneAtLeast(page, 1);
}

/** @param {Page} page */
async function alertText(page) {
  await page.waitForSelector('#alerts .alert p', { timeout: SLOW });
  return (await page.locator('#alerts .alert p').allTextContents()).join(' ');
}

/** @param {Page} page */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const program = native('--limit', String(LIMIT));

await test('the first view: one heading, labels, language, nothing wider than the page', () => withPage(async (page) => {
  await open(page);
  assert.equal(await page.title(), 'Assay');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assert.equal(await page.locator('h1:visible').count(), 1);
  assert.equal(await page.locator('main').count(), 1);
  const unnamed = await page.evaluate(() => [...document.querySelectorAll('input, select, button')]
    .filter((element) => !(element instanceof HTMLElement && element.hidden))
    .filter((element) => {
      const labels = /** @type {HTMLInputElement} */ (element).labels ?? [];
      const name = [...labels].map((label) => label.textContent).join('') + (element.getAttribute('aria-label') ?? '') + element.textContent;
      return name.trim() === '';
    }).map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(unnamed, []);
  assert.ok(await page.evaluate(() => [...document.querySelectorAll('img')].every((image) => image.hasAttribute('alt'))));
  assert.ok(await page.evaluate(() => crossOriginIsolated), 'the server did not make the page isolated');
  assert.equal(await page.getAttribute('#engine', 'data-build'), 'mt');
  assert.equal(await overflow(page), 0);
  await page.screenshot({ path: join(SHOTS, 'evaluate.png'), fullPage: true });
}));

await test('the keyboard reaches everything in order, and focus is seen', () => withPage(async (page) => {
  await open(page);
  /** @type {string[]} */
  const order = [];
  for (let i = 0; i < 16 && order.at(-1) !== 'run'; i += 1) {
    await page.keyboard.press('Tab');
    const [name, seen] = await page.evaluate(() => {
      const active = /** @type {HTMLElement} */ (document.activeElement);
      const box = active.matches('input[type=radio]') ? active.closest('label') : active;
      const outlined = [box, ...(box?.querySelectorAll('*') ?? [])].some((part) => part instanceof Element && getComputedStyle(part).outlineStyle !== 'none');
      return [active.id || active.className || active.dataset.view || active.tagName, outlined];
    });
    assert.ok(seen, `the focus on ${name} cannot be seen`);
    order.push(String(name));
  }
  assert.deepEqual(order.slice(0, 4), ['skip', 'brand', 'evaluate', 'results']);
  assert.equal(order.at(-1), 'run');
  assert.ok(order.some((name) => name.startsWith('model-')) && order.some((name) => name.startsWith('limit-')) && order.some((name) => name.startsWith('recipe-')), order.join(' '));
  await page.keyboard.press('Enter');
  await page.waitForSelector('#cancel:not([disabled])');
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2');
}));

await test(`${LIMIT} samples with threads: the program's hallmark, accuracy and interval`, () => withPage(async (page) => {
  await open(page, `${isolated.url}?threads=2`);
  await page.check(`#limit-${LIMIT}`, { force: true });
  await page.click('#run');
  await page.waitForSelector('.stream .sample img', { timeout: SLOW });
  const card = page.locator('.stream .sample').first();
  assert.ok(await card.locator('.option').count() >= 2);
  assert.equal(await card.locator('.mark-choice').count(), 1);
  assert.ok(await card.locator('.mark-gold').count() >= 1);
  assert.equal(await hallmarkOf(page), program.hallmark);
  assert.match(page.url(), /view=results/);
  assert.equal(await page.getAttribute('#engine', 'data-build'), 'mt');
  assert.equal(await page.getAttribute('#engine', 'data-threads'), '2');
  const overall = await page.locator('.score-overall').innerText();
  assert.ok(overall.includes(`${(program.accuracy * 100).toFixed(1)}\u202f%`), overall);
  assert.ok(overall.includes(`${(program.ci[0] * 100).toFixed(1)}–${(program.ci[1] * 100).toFixed(1)}`), overall);
  assert.equal(await page.locator('tr.level-0').count(), await page.locator('.score-dimension').count());
  assert.equal(await page.evaluate(() => [...document.querySelectorAll('tr.level-2 td:nth-child(2)')].reduce((sum, cell) => sum + Number(cell.textContent), 0)), LIMIT);
  await page.waitForFunction(() => [...document.querySelectorAll('.browser-list img')].some((image) => image instanceof HTMLImageElement && image.naturalWidth > 0));
  await page.screenshot({ path: join(SHOTS, 'results.png'), fullPage: true });
}));

await test('one thread, page not isolated: the same hallmark, started by the address alone', () => withPage(async (page) => {
  await page.goto(`${plain.url}?limit=${LIMIT}&autorun=1`);
  assert.equal(await hallmarkOf(page), program.hallmark);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  assert.equal(await page.getAttribute('#engine', 'data-build'), 'st');
  assert.doesNotMatch(page.url(), /autorun/);
}));

await test('the single-threaded engine on demand, and the blind baseline: its own hallmark', () => withPage(async (page) => {
  await page.goto(`${isolated.url}?limit=${LIMIT}&recipe=grey&build=st&autorun=1`);
  const hallmark = await hallmarkOf(page);
  assert.match(hallmark, /^[0-9a-f]{64}$/);
  assert.notEqual(hallmark, program.hallmark);
  assert.equal(await page.getAttribute('#engine', 'data-build'), 'st');
}));

await test('pause holds the run, resume goes on, cancel keeps what is done', () => withPage(async (page) => {
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

await test('a killed tab goes on where it stopped and ends in the same hallmark', () => withPage(async (page, context) => {
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

await test('a reloaded address shows the same results again', () => withPage(async (page) => {
  await page.goto(`${isolated.url}?limit=${LIMIT}&autorun=1`);
  assert.equal(await hallmarkOf(page), program.hallmark);
  await page.check('#show-wrong', { force: true });
  await page.reload();
  assert.equal(await hallmarkOf(page), program.hallmark);
  assert.ok(await page.isChecked('#show-wrong'));
  assert.equal(await page.locator('.browser-list .outcome-right').count(), 0);
}));

/** @param {Page} page @param {string} name @param {string} text */
const dropRecord = (page, name, text) => page.setInputFiles('#record-file', { name, mimeType: 'application/jsonl', buffer: Buffer.from(text) });

await test('the record of the program opens on the page, a changed one is refused', () => withPage(async (page) => {
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
  assert.match(await alertText(page), /not a run record/);
}));

await test('the exported record is the program\'s, line by line but for time and build', () => withPage(async (page) => {
  await page.goto(`${isolated.url}?limit=${LIMIT}&autorun=1`);
  await hallmarkOf(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save-record')]);
  const lines = (/** @type {string} */ text) => text.trim().split('\n').map((line) => {
    const { seconds, build, ...rest } = JSON.parse(line);
    return rest;
  });
  assert.deepEqual(lines(readFileSync(await file.path(), 'utf8')), lines(program.record));
}));

await test('a corrupt model is one sentence, and the page stays usable', () => withPage(async (page, context) => {
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

await test('a model that is cut off, and one that is not there, are one sentence each', () => withPage(async (page, context) => {
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
  await page.waitForFunction(() => document.querySelector('#alerts')?.textContent?.includes('404'));
}, { expected: /404/ }));

await test('a shard with a wrong hash is one sentence, whole or by range', () => withPage(async (page, context) => {
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

await test('an address with nonsense in it is told so and works', () => withPage(async (page) => {
  await open(page, `${isolated.url}?threads=999&colour=%3Cb%3Ered`);
  const text = await alertText(page);
  assert.match(text, /threads=999/);
  assert.match(text, /colour/);
  assert.equal(await page.locator('#alerts b').count(), 0);
}));

// ---- the page alone, over an engine that only pretends ---------------------------------------------------------------

const fake = readFileSync('tests/web/fake-engine.js', 'utf8');
const withFake = { prepare: (/** @type {BrowserContext} */ context) => context.route('**/js/engine/client.js', (route) => route.fulfill({ body: fake, contentType: 'text/javascript' })) };

await test('hostile and long texts stay text, on a phone too', () => withPage(async (page) => {
  await open(page, `${isolated.url}?limit=60`);
  await page.click('#run');
  await page.waitForSelector('.stream .sample');
  await hallmarkOf(page);
  for (let i = 0; i < 3; i += 1) {
    assert.equal(await page.locator('.question img, .question b, .option script').count(), 0);
    assert.equal(await overflow(page), 0);
    await page.getByRole('button', { name: 'Next' }).click();
  }
  assert.ok((await page.locator('.question').allTextContents()).some((text) => text.includes('<img')));
}, { ...withFake, options: { viewport: { width: 360, height: 740 } } }));

await test('text is readable: contrast of at least 4.5 to 1, light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await withPage(async (page) => {
      await open(page, `${isolated.url}?limit=20&autorun=1`);
      await hallmarkOf(page);
      assert.deepEqual(await page.evaluate(poorContrast), []);
      await page.goto(isolated.url);
      await page.waitForSelector('#run:not([disabled])');
      assert.deepEqual(await page.evaluate(poorContrast), []);
    }, { ...withFake, options: { colorScheme } });
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
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
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
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element || !node.textContent?.trim() || !element.checkVisibility() || element.closest(':disabled, .visually-hidden, .skip')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faults.add(`${ratio.toFixed(2)} ${element.className || element.tagName}: ${node.textContent.trim().slice(0, 30)}`);
  }
  return [...faults];
}

await test('screenshots: phone, dark, run under way', async () => {
  const looks = /** @type {const} */ ([['phone', { viewport: { width: 360, height: 740 } }], ['dark', { colorScheme: 'dark' }]]);
  for (const [name, options] of looks) {
    await withPage(async (page) => {
      await open(page, `${isolated.url}?limit=100`);
      await page.screenshot({ path: join(SHOTS, `evaluate-${name}.png`), fullPage: true });
      await page.click('#run');
      await page.waitForSelector('.stream .sample img', { timeout: SLOW });
      await page.screenshot({ path: join(SHOTS, `running-${name}.png`) });
      await hallmarkOf(page);
      await page.waitForFunction(() => [...document.querySelectorAll('.browser-list img')].every((image) => image instanceof HTMLImageElement && image.complete));
      assert.equal(await overflow(page), 0);
      await page.screenshot({ path: join(SHOTS, `results-${name}.png`), fullPage: true });
    }, { options });
  }
});

await browser.close();
await isolated.close();
await plain.close();
