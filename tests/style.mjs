// Rules of the house that a program can check: which folder may include which, what the library must not call, one text for all
// platforms, golden files with their generators, and nothing in the sources that holds on one machine only.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from './harness.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));

/** @param {string} folder @returns {string[]} */
function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => !['build', 'node_modules', '.git', '__pycache__'].includes(name)).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

/** C without comments and without the inside of strings. @param {string} path */
function codeOf(path) {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"/g, (text) => (text[0] === '"' ? '""' : text.replace(/[^\n]/g, ' ')));
}

/** @param {string[]} found */
const none = (found) => assert.deepEqual(found, []);

/** Lines of the files that match, as "path:line: text". @param {string[]} paths @param {RegExp} pattern */
function linesMatching(paths, pattern) {
  return paths.flatMap((path) => codeOf(path).split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])));
}

/** What it includes by quotes. @param {string} path */
const includesOf = (path) => [...readFileSync(path, 'utf8').matchAll(/^#\s*include "([^"]+)"/gm)].map((match) => match[1]);

const sources = walk('src').filter((path) => /\.[ch]$/.test(path));
const library = sources.filter((path) => !path.startsWith('src/cli/'));

// What each folder may include besides itself; the public headers stand for the parts behind them.
const BELOW = /** @type {Record<string, string[]>} */ ({
  base: [],
  kernels: ['base'],
  format: ['base', 'kernels'],
  synth: ['base', 'format'],
  model: ['base', 'kernels', 'format', 'assay.h', 'assay_generate.h', 'assay_encoder.h'],
  eval: ['base', 'kernels', 'format', 'model', 'assay.h', 'assay_generate.h', 'assay_encoder.h', 'assay_eval.h'],
  clave: ['base', 'kernels', 'format', 'model', 'eval', 'assay.h', 'assay_generate.h', 'assay_encoder.h', 'assay_eval.h', 'assay_clave.h', 'assay_concepts.h',
    'assay_judge.h'],
  cli: ['base', 'kernels', 'format', 'model', 'eval', 'clave', 'synth', 'assay.h', 'assay_generate.h', 'assay_encoder.h', 'assay_eval.h', 'assay_clave.h',
    'assay_concepts.h', 'assay_judge.h'],
  'assay.h': ['base'],
  'assay_eval.h': ['base', 'format', 'assay.h'],
  'assay_generate.h': ['base', 'assay.h'],
  'assay_encoder.h': ['base', 'assay.h'],
  'assay_clave.h': ['base'],
  'assay_concepts.h': ['base', 'assay.h', 'assay_generate.h', 'assay_clave.h'],
  'assay_judge.h': ['base', 'assay.h', 'assay_clave.h'],
  wasm: ['base', 'kernels', 'format', 'assay.h', 'assay_generate.h', 'assay_encoder.h', 'assay_eval.h', 'assay_clave.h', 'assay_concepts.h',
    'assay_judge.h'],
});

await test('includes point one way', () => {
  const files = [...sources, ...walk('wasm').filter((path) => path.endsWith('.c'))];
  assert.ok(files.length > 20, `only ${files.length} files were found`);
  none(files.flatMap((path) => {
    const parts = path.split('/');
    const layer = parts[0] === 'wasm' ? 'wasm' : parts[1];
    assert.ok(layer in BELOW, `${path}: its folder has no place in the order`);
    return includesOf(path)
      .map((to) => to.split('/')[0])
      .filter((to) => (to in BELOW) && to !== layer && !BELOW[layer].includes(to))
      .map((to) => `${path} includes ${to}`);
  }));
});

// What each folder of a layer may include of the others; what lies beside them is for all, and knows none of them.
const WITHIN = /** @type {Record<string, Record<string, string[]>>} */ ({
  format: { gguf: [], image: [], shard: [], tokenizer: ['gguf'] },
  clave: { labels: [], concepts: [], classifier: ['concepts'], measure: ['concepts'] },
});

await test('the folders of a layer know no more of each other than they must', () => {
  none(sources.flatMap((path) => {
    const [, layer, ...rest] = path.split('/');
    if (!(layer in WITHIN)) return [];
    const folder = rest.slice(0, -1).join('/');
    assert.ok(folder === '' || folder in WITHIN[layer], `${path}: its folder has no place in its layer`);
    return includesOf(path)
      .map((to) => to.split('/'))
      .filter(([of, to, file]) => of === layer && file !== undefined && to !== folder && !WITHIN[layer][folder]?.includes(to))
      .map((to) => `${path} includes ${to.join('/')}`);
  }));
});

await test('the library prints nothing, ends nothing, reads no environment', () => {
  none(linesMatching(library, /(?<![\w.>])(printf|vprintf|fprintf|puts|putchar|fputs|perror|exit|_exit|abort|getenv)\s*\(/));
});

await test('no function of the C library whose last bit differs between platforms', () => {
  none(linesMatching(sources,
    /(?<![\w.>])(exp2?|expm1|log2?|log10|log1p|pow|sin|cos|tan|sinh|cosh|tanh|asin|acos|atan2?|erf|cbrt|hypot|fma|rand|qsort_r)[fl]?\s*\(/));
});

await test('only the os seam knows the platform', () => {
  none(linesMatching(sources.filter((path) => !/^src\/base\/os_\w+\.c$/.test(path)), /__EMSCRIPTEN__|__APPLE__|__linux__|_WIN32/));
});

await test('wasm/exports.list names what the shim exports', () => {
  const listed = readFileSync('wasm/exports.list', 'utf8').split('\n').filter((line) => line.startsWith('_assay'));
  const shim = readdirSync('wasm').filter((name) => name.endsWith('.c')).map((name) => readFileSync(`wasm/${name}`, 'utf8')).join('');
  const defined = [...shim.matchAll(/^EXPORT [^(]*?\b(assay_web_\w+)\(/gm)].map((match) => `_${match[1]}`);
  assert.deepEqual(listed.sort(), defined.sort());
});

await test('every golden file has its generator and hash beside it', () => {
  const folders = [...new Set(walk('tests/golden').map((path) => dirname(path)))].filter((folder) => folder !== 'tests/golden' && !folder.startsWith('tests/golden/gen'));
  assert.ok(folders.length > 0);
  none(folders.flatMap((folder) => {
    const list = join(folder, 'SOURCES.txt');
    if (!existsSync(list)) return [`${folder} has no SOURCES.txt`];
    const text = readFileSync(list, 'utf8');
    const generator = /tests\/golden\/gen\/[\w./-]+\w/.exec(text)?.[0];
    const hashes = new Map([...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map((match) => [match[2].trim(), match[1]]));
    const faults = generator && existsSync(generator) ? [] : [`${list} names no generator`];
    for (const name of readdirSync(folder).filter((file) => file !== 'SOURCES.txt' && statSync(join(folder, file)).isFile())) {
      const hash = createHash('sha256').update(readFileSync(join(folder, name))).digest('hex');
      if (hashes.get(name) !== hash) faults.push(`${join(folder, name)}: ${hashes.has(name) ? 'not the hash in' : 'not in'} ${list}`);
    }
    return faults;
  }));
});

await test('nothing holds on one machine only', () => {
  const texts = walk('.').filter((path) => /\.(c|h|m?js|py|sh|mk|md|json|html|css|txt|yml)$|^Makefile$|^\.ci\/run$/.test(path) && statSync(path).size < 1 << 20);
  const pattern = new RegExp(['work', 'home', 'root', 'Users'].map((name) => `(?<![\\w.~-])/${name}/[\\w.]`).join('|'));
  none(texts.filter((path) => path !== 'tests/style.mjs').flatMap((path) => readFileSync(path, 'utf8').split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : []))));
});

await test('set-up scripts name no host', () => {
  none(walk('deps').concat('Makefile', 'package-lock.json').flatMap((path) => (/https?:\/\//.test(readFileSync(path, 'utf8')) ? [path] : [])));
});
