// The list of models is what its files are: sizes and hashes of every model that lies in this repository.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { skip, test } from '../harness.mjs';
import { parseRegistry } from '../../web/js/data/registry.js';

const path = join(dirname(fileURLToPath(import.meta.url)), '../../data/models.json');

await test('models.json names the size and hash of every model that is here', () => {
  if (!existsSync(path)) skip('there is no data/models.json');
  const models = parseRegistry(readFileSync(path, 'utf8'), pathToFileURL(path).href);
  const files = models
    .flatMap(({ text, vision }) => (vision ? [text, vision] : [text]))
    .filter(({ url }) => url.startsWith('file:'));
  assert.ok(files.length > 0);
  for (const { url, bytes, sha256 } of files) {
    const content = readFileSync(fileURLToPath(url));
    assert.equal(content.length, bytes, url);
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256, url);
  }
  assert.equal(new Set(models.map(({ id }) => id)).size, models.length, 'an id stands twice');
});
