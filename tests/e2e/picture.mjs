// Takes the picture of the README: the results of a whole run of the default model on the default suite.
//
//   node tests/e2e/picture.mjs        writes web/screenshot.png from build/site

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { closeAll, hallmarkOf, isolated, withPage } from './fixture.mjs';

const FILE = 'web/screenshot.png';
const MOST = 250000; // bytes: it lies in git

await withPage(
  async (page) => {
    await page.goto(`${isolated.url}?autorun=1`);
    await hallmarkOf(page);
    await page.screenshot({ path: FILE });
    const { size } = statSync(FILE);
    assert.ok(size <= MOST, `${FILE} has ${size} bytes`);
    console.log(`${FILE}  ${size} bytes`);
  },
  { options: { viewport: { width: 1280, height: 1040 } } },
);
await closeAll();
