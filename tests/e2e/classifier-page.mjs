// What the tests of the Classifier view share: how a visitor uses it, and what it shows.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SLOW, isolated } from './fixture.mjs';

/** @typedef {import('playwright-core').Page} Page */

export const EXAMPLE = 'data/values/example-labels.jsonl';
export const VALUES = ['care', 'fairness', 'loyalty', 'authority', 'sanctity'];
export const site = JSON.parse(readFileSync('build/site/extras.json', 'utf8'));

/** What the program says. @param {...string} args */
export function program(...args) {
  return JSON.parse(execFileSync('build/assay', [...args, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** What the program learns. @param {string} labels @param {string} encoder @param {string} out */
export function calibrated(labels, encoder, out) {
  const said = program('calibrate', '--values', 'moral-foundations-5', '--labels', labels, '--encoder', encoder, '--out', out, '--force', '--quiet');
  return { sha256: said.sha256, accuracy: said.accuracy, macroF1: said.macro_f1, text: readFileSync(out, 'utf8') };
}

/** @param {Page} page @param {string} [address] */
export async function open(page, address = `${isolated.url}?view=classifier&threads=2`) {
  await page.goto(address);
  await page.waitForSelector('#definitions', { timeout: SLOW });
  await page.waitForSelector(`#encoder-site${site.encoder ? ':not([disabled])' : ''}`);
}

/** Drops files on the page as a visitor does. @param {Page} page @param {{name: string, text: string}[]} files */
export async function drop(page, files) {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, text } of given) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.dispatchEvent('#main', 'drop', { dataTransfer: transfer });
}

/** Calibrates on the example by words alone. @param {Page} page */
export async function learnExample(page) {
  await page.check('#encoder-none', { force: true });
  await page.click('#labels-example');
  await page.waitForSelector('#label-facts');
  await page.click('#calibrate');
  await page.waitForSelector('#classifier-sha256', { timeout: SLOW });
}

/** @param {Page} page */
export const shaOf = (page) => page.getAttribute('#classifier-sha256', 'data-sha256');

/** @param {Page} page @param {string} table @param {string} value */
export const cells = (page, table, value) => page.locator(`${table} tr[data-value="${value}"] td`).allInnerTexts();

/** Waits until what a button started has ended. @param {Page} page @param {string} button */
export const ended = (page, button) => page.waitForSelector(`${button}:visible:not([disabled])`, { timeout: SLOW });

/** @param {Page} page */
export async function faultless(page) {
  assert.equal(await page.locator('#alerts .alert').count(), 0, (await page.locator('#alerts').innerText()).trim());
}
