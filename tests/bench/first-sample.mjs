// From opening the page to the first scored sample: the default model and suite, a fresh browser profile (nothing cached), this
// repository's own server.
//
//   node tests/bench/first-sample.mjs [--runs 5] [--limit 0]     needs `make build site`; Chromium as the tests find it

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, limit: { type: 'string', default: '0' } } });
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
if (!executablePath) throw new Error('there is no Chromium; the variable CHROMIUM names one');

const server = await serve({ root: 'build/site' });
/** @type {number[]} */
const seconds = [];
try {
  for (let run = 0; run < Number(values.runs); run++) {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
    const page = await (await browser.newContext()).newPage();
    const start = performance.now();
    await page.goto(`${server.url}?limit=${values.limit}&autorun=1`, { waitUntil: 'commit' });
    await page.waitForSelector('.stream .sample .mark-choice', { timeout: 60000 });
    seconds.push((performance.now() - start) / 1000);
    console.log(`${seconds.at(-1)?.toFixed(2)} s`);
    await browser.close();
  }
} finally {
  await server.close();
}
seconds.sort((a, b) => a - b);
console.log(`median of ${seconds.length}: ${seconds[Math.floor(seconds.length / 2)].toFixed(2)} s from opening the page to the first scored sample`);
