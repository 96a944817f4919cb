// assay model info, quantize, random and tokenize, and how a run finds a model's files: parts of a split one, and the
// vision tower beside it. On tiny random models; the written files also in Node.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from '../harness.mjs';
import { VARIANTS, assay as run } from '../variants.mjs';
import { sha256 } from './dataset.mjs';
import { splitGguf } from './split-gguf.mjs';

const TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K'];
// Of 16 matrices of the tiny text model, 96 wide but for two that are 256 wide.
const FALLBACK = new Map([['Q4_K', 'Q5_0'], ['Q5_K', 'Q5_1'], ['Q6_K', 'Q8_0']]);

const folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
const native = { command: [resolve('build/assay')], env: {} };
const node = { ...VARIANTS[4], command: [process.execPath, resolve('build/node/assay.mjs')] };
/** @param {string[]} names */
const at = (...names) => join(folder, ...names);

/** The standard output of a call that must succeed. @param {string[]} args */
function succeeds(args) {
  const { status, stdout, stderr } = run(native, args);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args @param {number} code @param {RegExp | string} sentence */
function fails(args, code, sentence) {
  const { status, stdout, stderr } = run(native, args);
  assert.equal(status, code, `${args.join(' ')}: ${stderr}`);
  if (typeof sentence === 'string') assert.equal(stderr, `assay: ${sentence}\n`);
  else assert.match(stderr, sentence);
  assert.equal(stdout, '');
}

/** @param {string[]} files */
const info = (...files) => JSON.parse(succeeds(['model', 'info', ...files, '--json']));

/** What a run computes, without what names the model. @param {string} model @param {string[]} args */
function bits(model, ...args) {
  const out = at('bits.jsonl');
  succeeds(['run', '--model', model, '--data', at('data'), '--threads', '1', '--quiet', '--out', out, '--force', ...args]);
  return readFileSync(out, 'utf8').split('\n').slice(1, -2).map((line) => JSON.parse(line).bits);
}

try {
  const tiny = at('tiny-F32.gguf'), eyes = at('mmproj-tiny-F32.gguf');
  succeeds(['gen', 'hhh46', '--n', '1', '--out', at('data')]);
  succeeds(['model', 'random', tiny, '--preset', 'tiny', '--type', 'F32']);

  await test('quantize: the file that a random model of that type is', () => {
    for (const type of TYPES) {
      const made = at(`made-${type}.gguf`), wrought = at(`wrought-${type}.gguf`);
      succeeds(['model', 'random', made, '--preset', 'tiny', '--type', type]);
      succeeds(['model', 'quantize', tiny, wrought, type]);
      succeeds(['model', 'quantize', eyes, at(`mmproj-wrought-${type}.gguf`), type]);
      const a = info(made, at(`mmproj-made-${type}.gguf`)), b = info(wrought, at(`mmproj-wrought-${type}.gguf`));
      assert.deepEqual(b.tensors, a.tensors, type);
      assert.deepEqual(b.vision_tensors, a.vision_tensors, type);
      const near = FALLBACK.get(type);
      if (near) assert.deepEqual([b.tensors.F32, b.tensors[type], b.tensors[near]], [5, 2, 14], type);
      else assert.deepEqual(b.tensors, type === 'F32' ? { F32: 21 } : { F32: 5, [type]: 16 }, type);
      assert.deepEqual(bits(wrought), bits(made), type);
    }
  });

  await test('quantize: the report', () => {
    const out = at('report.gguf');
    const report = JSON.parse(succeeds(['model', 'quantize', tiny, out, 'Q8_0', '--json']));
    assert.equal(report.bytes, readFileSync(out).length);
    assert.equal(report.bytes_before, readFileSync(tiny).length);
    assert.equal(report.kinds.length, 12);
    const norms = report.kinds.find((/** @type {any} */ kind) => kind.name === 'blk.*.attn_norm.weight');
    assert.deepEqual(norms, { name: 'blk.*.attn_norm.weight', n: 2, from: 'F32', to: 'F32', bytes_before: 768, bytes: 768, rms_error: 0, relative_error: 0 });
    for (const kind of report.kinds.filter((/** @type {any} */ { to }) => to === 'Q8_0')) {
      assert.ok(kind.relative_error > 0.004 && kind.relative_error < 0.006, `${kind.name}: ${kind.relative_error}`);
      assert.equal(kind.bytes * 4 * 32, kind.bytes_before * 34, kind.name);
    }
    const table = succeeds(['model', 'quantize', tiny, out, 'Q8_0', '--force']);
    assert.match(table, /^blk\.\*\.attn_q\.weight +2 +F32 > Q8_0 +73728 +19584 +[\d.e-]+ +0\.5\d\d%$/m);
    assert.match(table, new RegExp(`^whole file +converted: +${report.bytes_before} +${report.bytes} `, 'm'));
    // From one type to another and back to where nothing is lost.
    succeeds(['model', 'quantize', out, at('wide.gguf'), 'F32']);
    const again = JSON.parse(succeeds(['model', 'quantize', at('wide.gguf'), at('again.gguf'), 'Q8_0', '--json']));
    assert.ok(again.kinds.every((/** @type {any} */ { relative_error: error }) => error < 0.0005), JSON.stringify(again));
  });

  await test('quantize: the metadata stays, but for the type', () => {
    const out = at('meta.gguf');
    succeeds(['model', 'quantize', tiny, out, 'Q8_0']);
    /** @param {string} file */
    const lines = (file) => succeeds(['model', 'info', file, '--metadata']).split('\n').filter((line) => / = /.test(line));
    assert.deepEqual(lines(out), [...lines(tiny), 'general.file_type = 7', 'general.quantization_version = 2']);
    succeeds(['model', 'quantize', out, at('meta-2.gguf'), 'F16']);
    assert.deepEqual(lines(at('meta-2.gguf')), [...lines(tiny), 'general.file_type = 1', 'general.quantization_version = 2']);
  });

  await test('quantize: what is not written', () => {
    const out = at('kept.gguf');
    fails(['model', 'quantize', tiny, tiny, 'Q8_0'], 1, `model quantize: ${tiny} is the input; write to another name`);
    linkSync(tiny, at('same.gguf'));
    fails(['model', 'quantize', tiny, at('same.gguf'), 'Q8_0', '--force'], 1, /is the input; write to another name/);
    writeFileSync(out, 'kept');
    fails(['model', 'quantize', tiny, out, 'Q8_0'], 1, `model quantize: ${out} is there; --force overwrites it`);
    fails(['model', 'quantize', tiny, out, 'Q9_9', '--force'], 1, /^assay: model quantize: type Q9_9; known are F32, F16, /);
    fails(['model', 'quantize', at('nowhere.gguf'), out, 'Q8_0', '--force'], 2, `${at('nowhere.gguf')}: No such file or directory`);
    fails(['model', 'quantize', at('data/manifest.json'), out, 'Q8_0', '--force'], 2, /is no GGUF file$/m);
    writeFileSync(at('cut.gguf'), readFileSync(tiny).subarray(0, 500000));
    fails(['model', 'quantize', at('cut.gguf'), out, 'Q8_0', '--force'], 2, /past the end$/m);
    fails(['model', 'quantize', tiny, at('nowhere', 'out.gguf'), 'Q8_0'], 2, `${at('nowhere', 'out.gguf')}.part: No such file or directory`);
    fails(['model', 'quantize', tiny, out], 1, /something is missing/);
    assert.equal(readFileSync(out, 'utf8'), 'kept');
    assert.ok(!existsSync(`${out}.part`));
    mkdirSync(at('folder'));
    fails(['model', 'quantize', tiny, at('folder'), 'Q8_0', '--force'], 2, /folder: /);
    assert.ok(!existsSync(`${at('folder')}.part`));
  });

  await test('quantize: threads and Node write the same bytes', () => {
    for (const type of TYPES) {
      const want = sha256(readFileSync(at(`wrought-${type}.gguf`)));
      succeeds(['model', 'quantize', tiny, at('serial.gguf'), type, '--threads', '1', '--force']);
      assert.equal(sha256(readFileSync(at('serial.gguf'))), want, type);
    }
    for (const type of ['Q8_0', 'Q4_K']) {
      const { status, stderr } = run(node, ['model', 'quantize', tiny, at('node.gguf'), type, '--force']);
      assert.equal(status, 0, stderr);
      assert.equal(sha256(readFileSync(at('node.gguf'))), sha256(readFileSync(at(`wrought-${type}.gguf`))), type);
    }
  });

  await test('every type has one hallmark: natively, in Node, for any kernels and threads', () => {
    for (const type of TYPES) {
      const args = ['run', '--model', at(`made-${type}.gguf`), '--data', at('data'), '--limit', '3', '--quiet', '--json'];
      const ways = [{ ...native, args: ['--kernels', 'scalar', '--threads', '2'] }, { ...native, args: ['--threads', '1'] }, { ...node, args: ['--threads', '2'] }];
      const hallmarks = ways.map((way) => {
        const { status, stdout, stderr } = run(way, [...args, ...way.args]);
        assert.equal(status, 0, `${type}: ${stderr}`);
        return JSON.parse(stdout).hallmark;
      });
      assert.equal(new Set(hallmarks).size, 1, `${type}: ${hallmarks}`);
    }
  });

  await test('split: any part stands for all', () => {
    const parts = splitGguf(readFileSync(tiny), 3);
    const names = parts.map((_, i) => at('split', `tiny-F32-0000${i + 1}-of-00003.gguf`));
    mkdirSync(at('split'));
    names.forEach((name, i) => writeFileSync(name, parts[i]));
    copyFileSync(eyes, at('split', 'mmproj-tiny-F32.gguf'));
    const want = bits(tiny);
    for (const name of names) assert.deepEqual(bits(name), want, name);
    const told = info(names[1]);
    assert.equal(told.text_sha256, sha256(Buffer.concat(parts)));
    assert.equal(told.text_files, 3);
    assert.deepEqual(told.tensors, { F32: 21 });
    assert.match(succeeds(['model', 'info', names[0]]), /^tensors +21 \(21 F32\) in 3 files$/m);
    assert.match(succeeds(['model', 'info', names[0], '--metadata']), /^split\.no = 2$/m);
    const text = ['--text', 'It is a test.'];
    assert.equal(succeeds(['model', 'tokenize', names[2], ...text]), succeeds(['model', 'tokenize', tiny, ...text]));
    const { status, stderr, stdout } = run(node, ['model', 'info', names[2], '--json']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), told);
    succeeds(['model', 'quantize', names[1], at('whole.gguf'), 'F32']);
    assert.deepEqual(bits(at('whole.gguf'), '--vision', eyes), want);
    assert.deepEqual(info(at('whole.gguf')).tensors, { F32: 21 });
    assert.doesNotMatch(succeeds(['model', 'info', at('whole.gguf'), '--metadata']), /^split\./m);
    fails(['model', 'quantize', names[1], names[2], 'Q8_0', '--force'], 1, /00003-of-00003\.gguf is the input/);
  });

  await test('split: what does not fit together', () => {
    /** @param {number} i */
    const name = (i) => at('split', `tiny-F32-0000${i}-of-00003.gguf`);
    const kept = readFileSync(name(2));
    rmSync(name(2));
    fails(['model', 'info', name(1)], 2, `${name(2)}: No such file or directory`);
    copyFileSync(name(3), name(2));
    fails(['model', 'info', name(1)], 2, `${name(2)} and ${name(3)} are both part 3 of 3`);
    copyFileSync(tiny, name(2));
    fails(['model', 'info', name(1)], 2, `${name(2)}: is no part of a split file, but one of 3 files given`);
    writeFileSync(name(2), splitGguf(readFileSync(tiny), 2)[1]);
    fails(['model', 'info', name(1)], 2, `${name(1)} is one of 3 parts with 21 tensors, ${name(2)} one of 2 with 21: they are not of one split`);
    writeFileSync(name(2), kept);
    writeFileSync(at('lonely.gguf'), kept);
    fails(['model', 'info', at('lonely.gguf')], 2, `${at('lonely.gguf')}: part 2 of 3 of a split file, and all parts are needed`);
    copyFileSync(tiny, at('odd-00004-of-00003.gguf')); // no name of a split: the file itself
    assert.equal(info(at('odd-00004-of-00003.gguf')).text_files, 1);
  });

  await test('vision: the file beside the model', () => {
    const f16 = readFileSync(at('mmproj-wrought-F16.gguf')), q8 = readFileSync(at('mmproj-wrought-Q8_0.gguf')), f32 = readFileSync(eyes);
    /** Which tower a run with these files beside the text model takes.
     * @param {string} text @param {Record<string, Buffer>} towers @returns {string} the standard error, and the hash in the record */
    const taken = (text, towers) => {
      rmSync(at('beside'), { recursive: true, force: true });
      mkdirSync(at('beside'));
      copyFileSync(tiny, at('beside', text));
      for (const [name, bytes] of Object.entries(towers)) writeFileSync(at('beside', name), bytes);
      const args = ['run', '--model', at('beside', text), '--data', at('data'), '--threads', '1', '--limit', '1', '--out', at('beside', 'out.jsonl')];
      const { status, stderr } = run(native, args);
      if (status !== 0) return stderr.trimEnd();
      const hash = JSON.parse(readFileSync(at('beside', 'out.jsonl'), 'utf8').split('\n')[0]).model.vision;
      const name = Object.entries(towers).find(([, bytes]) => sha256(bytes) === hash)?.[0];
      const said = /^vision tower: (.*)$/m.exec(stderr)?.[1];
      assert.equal(said, name === `mmproj-${text}` ? undefined : at('beside', name ?? ''));
      return name ?? '';
    };
    const model = 'Smol-256M-Q4_K_M.gguf';
    assert.equal(taken(model, { 'mmproj-Smol-256M-Q4_K_M.gguf': q8, 'mmproj-Smol-256M-F16.gguf': f16 }), 'mmproj-Smol-256M-Q4_K_M.gguf');
    assert.equal(taken(model, { 'mmproj-Smol-256M-Q8_0.gguf': q8 }), 'mmproj-Smol-256M-Q8_0.gguf');
    assert.equal(taken(model, { 'mmproj-Smol-256M-Q8_0.gguf': q8, 'mmproj-Smol-256M-f16.gguf': f16, 'mmproj-Smol-256M-F32.gguf': f32 }), 'mmproj-Smol-256M-f16.gguf');
    assert.equal(taken(model, { 'mmproj-Smol-256M-Q8_0.gguf': q8, 'mmproj-Smol-256M-F32.gguf': f32 }), 'mmproj-Smol-256M-Q8_0.gguf');
    assert.equal(taken('Smol-256M-F32.gguf', { 'mmproj-smol-256m-q8_0.gguf': q8, 'mmproj-smol-256m-f32.gguf': f32 }), 'mmproj-smol-256m-f32.gguf');
    assert.equal(taken(model, { 'Smol-256M-mmproj-f16.gguf': f16, 'mmproj-Smol-500M-Q8_0.gguf': q8 }), 'Smol-256M-mmproj-f16.gguf');
    assert.equal(taken(model, { 'Smol-256M.mmproj-Q8_0.gguf': q8 }), 'Smol-256M.mmproj-Q8_0.gguf');
    assert.equal(taken('plain.gguf', { 'mmproj-plain-F16.gguf': f16 }), 'mmproj-plain-F16.gguf');
    assert.equal(taken(model, { 'mmproj-Smol-500M-Q8_0.gguf': q8, 'mmproj.gguf': f16 }), 'assay: run: the samples have images, but the model has no vision part');
    assert.match(taken(model, { 'mmproj-Smol-256M-F16.gguf': f16, 'Smol-256M-mmproj-F16.gguf': f16 }), /^assay: .*beside it fit alike; name one with --vision$/);
    assert.match(taken(model, { 'mmproj-Smol-256M-Q5_0.gguf': q8, 'mmproj-Smol-256M-Q4_1.gguf': q8 }), /^assay: .*beside it fit alike; name one with --vision$/);
  });

  await test('a file given as what it is not', () => {
    const alone = info(eyes);
    assert.deepEqual([alone.architecture, alone.block_count, alone.embedding_length, alone.image_size], ['clip', 2, 64, 64]);
    assert.equal(alone.sha256, sha256(readFileSync(eyes)));
    assert.match(succeeds(['model', 'info', eyes]), /^architecture +clip$[\s\S]*^tensors +38 \(38 F32\)$/m);
    const data = ['--data', at('data'), '--quiet'];
    fails(['run', '--model', eyes, ...data], 2, `${eyes}: is a vision tower (mmproj), not a language model: give it as --vision`);
    fails(['run', '--model', tiny, '--vision', tiny, ...data], 2, `${tiny}: is a language model: give it as the text model, and as vision file its mmproj`);
  });

  await test('random: types', () => {
    fails(['model', 'random', at('x.gguf'), '--preset', 'tiny', '--type', 'IQ4_NL'], 1, /type "IQ4_NL"; known are F32, F16, /);
    assert.ok(!existsSync(at('x.gguf')));
    assert.match(run(native, ['model']).stderr, /^usage: assay model .*quantize/);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
