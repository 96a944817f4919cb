// Makes the same run in every variant and compares the hallmarks: exit code 0 when they are equal, 3 when not.
//
//   node tests/hallmark.mjs [options of `assay run`]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VARIANTS, runVariant } from './variants.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-hallmark-'));
/** @type {Set<string>} */
const hallmarks = new Set();
try {
  for (const [i, variant] of VARIANTS.entries()) {
    const start = performance.now();
    const { hallmark, n } = runVariant(variant, ['--out', join(folder, `${i}.jsonl`), ...process.argv.slice(2)]);
    hallmarks.add(hallmark);
    console.log(`${hallmark}  ${String(n).padStart(5)} samples  ${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${variant.name}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(hallmarks.size === 1 ? 'equal' : `${hallmarks.size} different hallmarks`);
process.exitCode = hallmarks.size === 1 ? 0 : 3;
