// Peak memory of an evaluation with SmolVLM-256M's shapes in Q8_0 (random weights), natively and in Chromium.
//
//   node tests/bench/memory.mjs [--preset smolvlm-256m] [--type Q8_0] [--threads 2]     needs `make build site`
//
// Both hosts evaluate the suite's first samples: model files from disk or server, one tile for each image, all options. The
// limit is 1.25 x the size of both files + 150 MB. Natively it is the resident set at its highest. In Chromium it is the
// proportional set (Pss) of the renderer that runs the page and the engine: what pages it has for itself, the heap of the engine
// among them, and its share of what several processes have in common, as the browser's program file. Linux only.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '../../web/serve.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

const SAMPLES = 3;
const POLL = 50; // milliseconds
const WAIT = 600000; // milliseconds for the page to finish
const FOLDER = 'build/bench/memory';
const MB = 1e6;

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'smolvlm-256m' },
    type: { type: 'string', default: 'Q8_0' },
    threads: { type: 'string', default: '2' },
  },
});

/** Bytes out of a table of /proc; 0 when the process is gone. @param {number} pid @param {string} table @param {string} key */
function readSize(pid, table, key) {
  try {
    const text = readFileSync(`/proc/${pid}/${table}`, 'utf8');
    return 1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Ids of all processes below one. @param {number} root @returns {number[]} */
function descendants(root) {
  /** @type {Map<number, number>} */
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      if (parent) parents.set(Number(name), Number(parent));
    } catch {
      // it ended between two looks
    }
  }
  /** @param {number} pid @returns {boolean} */
  const isBelow = (pid) => pid === root || (parents.has(pid) && isBelow(Number(parents.get(pid))));
  return [...parents.keys()].filter((pid) => pid !== root && isBelow(pid));
}

/** @param {number} pid */
function isRenderer(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
  } catch {
    return false;
  }
}

/** The page of build/site with one model in its list, the random one, beside it. */
function makeSite() {
  const site = join(FOLDER, 'site');
  const name = `${values.preset}-${values.type}.gguf`;
  const files = [name, `mmproj-${name}`].map((file) => join(site, 'data', file));
  rmSync(site, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  cpSync('build/site', site, { recursive: true });
  execFileSync('build/assay', ['model', 'random', files[0], '--preset', values.preset, '--type', values.type], { stdio: 'inherit' });
  const [text, vision] = files.map((path) => ({
    url: basename(path),
    bytes: statSync(path).size,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  }));
  const model = { id: 'random', name: 'random', kind: 'multimodal', licence: 'none', note: '', text, vision };
  const list = JSON.parse(readFileSync('build/site/data/models.json', 'utf8'));
  writeFileSync(join(site, 'data/models.json'), JSON.stringify({ ...list, models: [model] }));
  return { site, files, bytes: text.bytes + vision.bytes };
}

/** Highest resident bytes of the program. @param {string[]} files @returns {Promise<number>} */
function measureNative(files) {
  const [text, vision] = files;
  const out = join(FOLDER, 'native.jsonl');
  const args = ['run', '--model', text, '--vision', vision, '--limit', String(SAMPLES), '--threads', values.threads];
  const child = spawn('build/assay', [...args, '--out', out, '--force', '--quiet'], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, readSize(Number(child.pid), 'status', 'VmHWM'))), POLL);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(peak);
      else reject(new Error(`build/assay ended with ${code}`));
    });
  });
}

/** @param {string} site */
async function measureChromium(site) {
  const { chromium } = await import('playwright-core');
  const path = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => file && existsSync(file));
  const server = await serve({ root: site });
  const browser = await chromium.launchServer({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  const root = Number(browser.process().pid);
  const most = { share: 0, resident: 0, idle: 0 };
  const look = () => {
    for (const pid of descendants(root).filter(isRenderer)) {
      most.share = Math.max(most.share, readSize(pid, 'smaps_rollup', 'Pss'));
      most.resident = Math.max(most.resident, readSize(pid, 'status', 'VmHWM'));
    }
  };
  const timer = setInterval(look, POLL);
  try {
    const client = await chromium.connect(browser.wsEndpoint());
    const page = await client.newPage();
    await page.goto(server.url);
    await page.waitForSelector('#engine[data-threads]');
    most.idle = most.share;
    await page.goto(`${server.url}?limit=${SAMPLES}&threads=${values.threads}&autorun=1`);
    await page.waitForSelector('.score-overall', { timeout: WAIT });
    look();
    await client.close();
  } finally {
    clearInterval(timer);
    await browser.close();
    server.close();
  }
  return most;
}

/** @param {number} bytes */
const mb = (bytes) => `${(bytes / MB).toFixed(0)} MB`;

const { site, files, bytes } = makeSite();
const limit = 1.25 * bytes + 150 * MB;
console.log(`${values.preset}, ${values.type}: files ${mb(bytes)}, limit ${mb(limit)}`);
const native = await measureNative(files);
console.log(`native    ${mb(native)}`);
const renderer = await measureChromium(site);
console.log(`Chromium  ${mb(renderer.share)} (${mb(renderer.idle)} before the model came; ${mb(renderer.resident)} with all shared pages)`);
rmSync(site, { recursive: true });
assert.ok(native < limit, 'the program takes more than the limit');
assert.ok(renderer.share < limit, 'the renderer takes more than the limit');
