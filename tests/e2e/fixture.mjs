// What the tests of the page share: servers with and without isolation, a browser, and pages that fail on any error.
//
//   ASSAY_LATE=300 node tests/e2e/annotate.test.mjs
//
// lets every page have its answers so many milliseconds later (late.mjs): the tests hold, or the page or they take something for
// granted that a slower machine does not grant.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { skip, test } from '../harness.mjs';
import { serve } from '../../web/serve.mjs';
import { late } from './late.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

const SITE = 'build/site';
const PROGRAM = 'build/assay';
export const SHOTS = 'build/screenshots';
export const LIMIT = 20;
export const SLOW = 240000; // milliseconds; for anything that waits for a whole run on a busy machine

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const LATE = Number(process.env.ASSAY_LATE ?? 0); // milliseconds
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

if (!CHROMIUM) {
  await test('page in Chromium', () => skip('there is no Chromium; the variable CHROMIUM names one'));
  process.exit();
}
const absent = [join(SITE, 'index.html'), join(SITE, 'data/models.json'), PROGRAM].filter((path) => !existsSync(path));
if (absent.length > 0) {
  await test('page in Chromium', () => assert.fail(`not built: ${absent.join(', ')}`));
  process.exit();
}

const { chromium } = await import('playwright-core');
mkdirSync(SHOTS, { recursive: true });
export const isolated = await serve({ root: SITE });
export const plain = await serve({ root: SITE, isolation: false });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** What the program says of a run. @param {...string} args */
export function native(...args) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-native-'));
  try {
    const record = join(folder, 'run.jsonl');
    const text = execFileSync(PROGRAM, ['run', ...args, '--json', '--quiet', '--out', record], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { hallmark, n, accuracy, ci } = JSON.parse(text);
    return { hallmark, n, accuracy, ci, record: readFileSync(record, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A page in a profile of its own. Errors of the console, requests to other origins and refusals of the content
 * security policy fail the test, unless they match `expected`.
 * @param {(page: Page, context: BrowserContext) => Promise<void>} use
 * @param {{options?: import('playwright-core').BrowserContextOptions, expected?: RegExp, origins?: string[], prepare?: (context: BrowserContext) => Promise<unknown>}} [how]
 *   origins: further ones that may be asked
 */
export async function withPage(use, { options = {}, expected = /(?!)/, origins = [], prepare = async () => {} } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  /** @type {string[]} */
  const faults = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expected.test(message.text()))
      faults.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const address = new URL(request.url());
    if (/^(https?|wss?):/.test(address.protocol) && ![isolated.url, plain.url, ...origins].includes(`${address.origin}/`))
      faults.push(`request: ${request.url()}`);
  });
  try {
    if (LATE > 0) await context.addInitScript(late, LATE);
    await prepare(context);
    const page = await context.newPage();
    page.setDefaultTimeout(SLOW / 2);
    await use(page, context);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** Waits for an element; fails at once with its sentence when the page shows an alert instead.
 * @param {Page} page @param {string} selector @param {'attached' | 'visible'} [state] */
async function expectElement(page, selector, state = 'visible') {
  const wanted = page.locator(selector).first();
  const alert = page.locator('#alerts .alert p').first();
  await Promise.race([wanted.waitFor({ state, timeout: SLOW }), alert.waitFor({ timeout: SLOW }).catch(() => {})]);
  const there = state === 'visible' ? await wanted.isVisible() : (await wanted.count()) > 0;
  if (!there) assert.fail(`instead of ${selector} an alert: ${await alert.textContent()}`);
}

/** @param {Page} page @param {string} [address] */
export async function open(page, address = isolated.url) {
  await page.goto(address);
  await expectElement(page, '#run:not([disabled])', 'attached');
}

/** Waits for the results and gives their hallmark. @param {Page} page @returns {Promise<string>} */
export async function hallmarkOf(page) {
  await expectElement(page, '#results:not([hidden]) #hallmark');
  return (await page.getAttribute('#hallmark', 'data-hallmark')) ?? '';
}

/** Waits until at least n samples are done and gives how many. @param {Page} page @param {number} n */
export async function doneAtLeast(page, n) {
  const handle = await page.waitForFunction(
    (least) => {
      const done = document.querySelectorAll('.strip .cell-right, .strip .cell-wrong, .strip .cell-tie').length;
      return done >= least ? done : 0;
    },
    n,
    { timeout: SLOW },
  );
  return /** @type {Promise<number>} */ (handle.jsonValue());
}

/** Lets so many pictures through to a run that fetches them one by one (of less than a quarter of the suite), so that it cannot be over
 * before it was looked at. @param {Page} page @param {number} [pictures] @returns {Promise<() => void>} lets all others through too */
export async function holdPictures(page, pictures = 6) {
  let asked = 0;
  let release = () => {};
  /** @type {Promise<void>} */
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.context().route('**/shard-*.tar', async (route) => {
    asked += 1;
    if (asked > pictures) await released;
    await route.continue().catch(() => {}); // whoever asked is gone
  });
  return release;
}

/** Starts a run and pauses it early. @param {Page} page @returns {Promise<number>} samples done */
export async function runAndPause(page) {
  const release = await holdPictures(page);
  await page.click('#run');
  await page.waitForSelector('#pause:not([disabled])', { timeout: SLOW });
  await doneAtLeast(page, 1);
  await page.click('#pause');
  release(); // the sample under way ends first
  await page.waitForSelector('#resume:not([hidden])');
  return doneAtLeast(page, 1);
}

/** Ends when the element is there and visible, were it for a moment only. To be called before what brings it.
 * @param {Page} page @param {string} selector @returns {Promise<unknown>} */
export function appears(page, selector) {
  return page.evaluate(
    (wanted) =>
      new Promise((resolve) => {
        new MutationObserver((_, observer) => {
          if (!document.querySelector(wanted)?.checkVisibility()) return;
          observer.disconnect();
          resolve(undefined);
        }).observe(document.body, { subtree: true, childList: true, attributes: true });
      }),
    selector,
  );
}

/** What the alerts say, once they say something. @param {Page} page @param {string} [part] */
export async function alertText(page, part = '') {
  await page.locator('#alerts .alert p', { hasText: part }).first().waitFor({ timeout: SLOW });
  return (await page.locator('#alerts .alert p').allTextContents()).join(' ');
}

/** @param {Page} page */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Opens a record as a visitor does. @param {Page} page @param {string} name @param {string} text */
export const dropRecord = (page, name, text) =>
  page.setInputFiles('#record-file', { name, mimeType: 'application/jsonl', buffer: Buffer.from(text) });

/** At the end of a test program. */
export async function closeAll() {
  await browser.close();
  await isolated.close();
  await plain.close();
}
