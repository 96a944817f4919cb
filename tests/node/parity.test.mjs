// One run, every way to make it: native and WebAssembly in Node, scalar and SIMD, one thread and two. A small random model on a
// small drawn suite; with the default model and suite, where they are there, on a few samples. Also what the program itself does in
// Node: paths, exit codes, output, resume.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { skip, test } from '../harness.mjs';
import { VARIANTS, assay, runVariant } from '../variants.mjs';

const NATIVE = VARIANTS[0];
const NODE = VARIANTS.filter(({ name }) => name.startsWith('Node'));
const folder = mkdtempSync(join(tmpdir(), 'assay-parity-'));
const at = (/** @type {string} */ name) => join(folder, name);
const RUN = ['--model', at('tiny.gguf'), '--data', at('suite')];

/** @param {typeof NATIVE} variant @param {string[]} args @param {string} [cwd] */
function must(variant, args, cwd) {
  const { status, stdout, stderr } = assay(variant, args, cwd);
  assert.equal(status, 0, `${variant.name}: assay ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The lines of a record without what may differ: timing, and what the build says of itself. @param {string} path */
function comparable(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => {
    const { seconds: _seconds, build: _build, engine: _engine, ...rest } = JSON.parse(line);
    return rest;
  });
}

try {
  await test('suite and model are written bit for bit alike', () => {
    must(NATIVE, ['gen', 'hhh46', '--seed', '7', '--n', '1', '--out', at('suite')]);
    must(NATIVE, ['model', 'random', at('tiny.gguf'), '--preset', 'tiny']);
    for (const [i, variant] of NODE.entries()) {
      must(variant, ['gen', 'hhh46', '--seed', '7', '--n', '1', '--out', at(`suite${i}`)]);
      must(variant, ['model', 'random', at(`tiny${i}.gguf`), '--preset', 'tiny']);
      for (const file of readdirSync(at('suite'))) {
        assert.ok(readFileSync(at(`suite/${file}`)).equals(readFileSync(at(`suite${i}/${file}`))), `${variant.name}: ${file}`);
      }
      assert.ok(readFileSync(at('tiny.gguf')).equals(readFileSync(at(`tiny${i}.gguf`))), variant.name);
    }
  });

  /** @type {string} */
  let hallmark = '';
  await test('one hallmark and one record, whatever runs it', () => {
    hallmark = runVariant(NATIVE, [...RUN, '--out', at('0.jsonl')]).hallmark;
    assert.match(hallmark, /^[0-9a-f]{64}$/);
    const lines = comparable(at('0.jsonl'));
    assert.ok(lines.length > 10, `only ${lines.length} lines`);
    for (const [i, variant] of VARIANTS.entries()) {
      if (i === 0) continue;
      assert.equal(runVariant(variant, [...RUN, '--out', at(`${i}.jsonl`)]).hallmark, hallmark, variant.name);
      assert.deepEqual(comparable(at(`${i}.jsonl`)), lines, variant.name);
    }
  });

  await test('the hallmark follows the images', () => {
    assert.notEqual(runVariant(NATIVE, [...RUN, '--recipe', 'grey']).hallmark, hallmark);
  });

  await test('a record that was cut off goes on in another build and ends alike', () => {
    const lines = readFileSync(at('0.jsonl'), 'utf8').split('\n');
    for (const [i, variant] of NODE.entries()) {
      writeFileSync(at(`cut${i}.jsonl`), `${lines.slice(0, 6).join('\n')}\n${lines[6].slice(0, 20)}`);
      assert.equal(runVariant(variant, [...RUN, '--out', at(`cut${i}.jsonl`), '--resume']).hallmark, hallmark, variant.name);
      assert.deepEqual(comparable(at(`cut${i}.jsonl`)), comparable(at('0.jsonl')), variant.name);
    }
  });

  await test('Node verifies the native record, and sees a changed bit', () => {
    must(NODE[0], ['verify', at('0.jsonl'), ...RUN, '--samples', '3']);
    const text = readFileSync(at('0.jsonl'), 'utf8');
    const bits = /"bits":\["([0-9a-f]{8})/.exec(text)?.[1] ?? '';
    const flipped = ((Number.parseInt(bits, 16) ^ 1) >>> 0).toString(16).padStart(8, '0');
    writeFileSync(at('changed.jsonl'), text.replace(`"bits":["${bits}`, `"bits":["${flipped}`));
    assert.equal(assay(NODE[0], ['verify', at('changed.jsonl'), ...RUN]).status, 3);
  });

  await test('Node: relative paths, a working folder of its own, exit codes', () => {
    const node = { ...NODE[0], command: NODE[0].command.map((part) => (part.endsWith('.mjs') ? resolve(part) : part)) };
    mkdirSync(at('inner/deep'), { recursive: true });
    const text = must(node, ['run', '--model', '../../tiny.gguf', '--data', '../../suite', '--limit', '2', '--json', '--out', 'r.jsonl', '--quiet'], at('inner/deep'));
    assert.equal(JSON.parse(text).n, 2);
    assert.ok(existsSync(at('inner/deep/r.jsonl')));
    assert.equal(assay(node, ['--help']).status, 0);
    assert.equal(assay(node, ['nonsense']).status, 1);
    assert.equal(assay(node, ['run', '--no-such-option']).status, 1);
    const absent = assay(node, ['run', '--model', at('absent.gguf'), '--data', at('suite')]);
    assert.equal(absent.status, 2);
    assert.match(absent.stderr, /absent\.gguf/);
    assert.equal(absent.stdout, '');
  });

  await test('Node: output is the native one, byte for byte', () => {
    for (const args of [['--help'], ['run', '--help'], ['model', 'info', at('tiny.gguf')], ['report', at('0.jsonl'), '--data', at('suite')]]) {
      assert.equal(must(NODE[0], args), must(NATIVE, args), args.join(' '));
    }
  });

  await test('the default model and suite', () => {
    if (!existsSync('data/suites/hhh46/manifest.json') || !existsSync('data/models/assay-mini/assay-mini-Q8_0.gguf')) skip('they are not there');
    const first = runVariant(NATIVE, ['--limit', '4']).hallmark;
    for (const variant of VARIANTS.slice(1)) assert.equal(runVariant(variant, ['--limit', '4']).hallmark, first, variant.name);
  });
} finally {
  rmSync(folder, { recursive: true });
}
