// The list of models: its form, what it says of the files that lie in this repository, and that the program reads the same in it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { skip, test } from '../harness.mjs';
import { filesOf, parseRegistry } from '../../web/js/data/registry.js';

const path = join(dirname(fileURLToPath(import.meta.url)), '../../data/models.json');
const models = parseRegistry(readFileSync(path, 'utf8'), pathToFileURL(path).href);

await test('models.json names the size and hash of every model that is here', () => {
  const files = models.flatMap(filesOf).filter(({ bundled }) => bundled);
  assert.ok(files.length > 0);
  for (const { url, bytes, sha256 } of files) {
    const content = readFileSync(fileURLToPath(url));
    assert.equal(content.length, bytes, url);
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256, url);
  }
});

await test('the first model comes with the page, all others over a secure address', () => {
  assert.ok(models[0].bundled && models[0].kind === 'multimodal');
  for (const { id, licence, text, vision, kind } of models) {
    assert.ok(licence.length > 0, id);
    assert.equal(vision !== null, kind === 'multimodal', `${id}: its kind and its files do not fit`);
    for (const { url, bundled } of [...text, ...(vision ? [vision] : [])]) assert.ok(bundled || url.startsWith('https://'), url);
    // The vision tower is found by its name when the language model is given as a path.
    if (vision) assert.equal(vision.name, `mmproj-${text[0].name}`);
  }
});

await test('the program reads the same list', () => {
  if (!existsSync('build/assay')) skip('build/assay is not built');
  const { status, stdout, stderr } = spawnSync('build/assay', ['model', 'list', '--json', '--cache', 'build/no-such-cache'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const listed = /** @type {{id: string, kind: string, bytes: number, bundled: boolean, here: boolean}[]} */ (JSON.parse(stdout));
  assert.deepEqual(
    listed.map(({ id, kind, bytes, bundled }) => ({ id, kind, bytes, bundled })),
    models.map(({ id, kind, bytes, bundled }) => ({ id, kind, bytes, bundled })),
  );
  for (const { bundled, here } of listed) assert.equal(here, bundled);
});
