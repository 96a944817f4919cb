#!/usr/bin/env node
// Brings the sizes and hashes in data/models.json up to date with the model files beside it; what lies on other servers is left as
// it is. Run it after a model was exported:
//
//   node data/refresh-models.mjs

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const list = new URL('models.json', import.meta.url);
const registry = JSON.parse(readFileSync(list, 'utf8'));
for (const { text, vision } of registry.models) {
  for (const file of [text, vision].flat()) {
    const path = file && new URL(file.url, list);
    if (!path || path.protocol !== 'file:' || !existsSync(path)) continue;
    const content = readFileSync(path);
    file.bytes = content.length;
    file.sha256 = createHash('sha256').update(content).digest('hex');
  }
}
writeFileSync(list, `${JSON.stringify(registry, null, 2)}\n`);
