// What the tests of the page share: servers with and without isolation, a browser, and pages that fail on any error.

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
export const SHOTS = 'build/screenshots';
export const LIMIT = 20;
export const SLOW = 240000; // milliseconds; for anything that waits for a whole run on a busy machine

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
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
  const record = join('build', `e2e-${args.join('').replaceAll(/[^a-z0-9]/g, '')}.jsonl`);
  const text = execFileSync(PROGRAM, ['run', ...args, '--json', '--quiet', '--force', '--out', record], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { hallmark, n, accuracy, ci } = JSON.parse(text);
  return { hallmark, n, accuracy, ci, record: readFileSync(record, 'utf8') };
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
    await prepare(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
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
  if (!(await wanted.count())) assert.fail(`instead of ${selector} an alert: ${await alert.textContent()}`);
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

/** Starts a run and pauses it early. @param {Page} page @returns {Promise<number>} samples done */
export async function runAndPause(page) {
  await page.click('#run');
  await page.waitForSelector('#pause:not([disabled])', { timeout: SLOW });
  await doneAtLeast(page, 1);
  await page.click('#pause');
  await page.waitForSelector('#resume:not([hidden])');
  await page.waitForTimeout(500);
  return doneAtLeast(page, 1);
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
