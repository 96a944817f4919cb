// Free answers in the page: chosen as a recipe, the program's hallmark, and the model's own words on the cards.

import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { closeAll, hallmarkOf, isolated, native, open, withPage } from './fixture.mjs';

const LIMIT = 4;

await test('a run with free answers: the same hallmark, and each answer as text on its card', () =>
  withPage(async (page) => {
    const { hallmark, record } = native('--limit', String(LIMIT), '--recipe', 'ch3ef-answers');
    await open(page, `${isolated.url}?limit=${LIMIT}&recipe=ch3ef-answers`);
    assert.ok(await page.isChecked('#recipe-ch3ef-answers'));
    await page.click('#run');
    assert.equal(await hallmarkOf(page), hallmark);
    const said = record
      .split('\n')
      .slice(1, -2)
      .map((line) => JSON.parse(line).free_text.text.trim());
    assert.equal(said.length, LIMIT);
    const cards = page.locator('#results .sample');
    await cards.nth(LIMIT - 1).waitFor();
    assert.deepEqual(await cards.locator('.own-words-text').allTextContents(), said);
  }));

await closeAll();
