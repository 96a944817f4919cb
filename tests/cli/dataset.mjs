// Datasets made without the program: a second, independent writer of the format, which can also make crooked ones.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string | Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @typedef {{name: string, bytes: Uint8Array}} Member */

/** A ustar archive. @param {Member[]} members */
export function tar(members) {
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {number[]} */
  const offsets = [];
  let at = 0;
  for (const { name, bytes } of members) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\0' + '00', 257);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    offsets.push(at + 512);
    const padded = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    parts.push(header, padded);
    at += 512 + padded.length;
  }
  parts.push(Buffer.alloc(1024));
  return { bytes: Buffer.concat(parts), offsets };
}

/** Writes a dataset of one shard whose hashes are right, whatever is in it.
 * @param {string} folder @param {{sample?: object, images: Member[], extra?: Member[]}[]} samples */
export function writeDataset(folder, samples) {
  mkdirSync(folder, { recursive: true });
  const members = samples.flatMap(({ images, extra }) => [...images, ...(extra ?? [])]);
  const { bytes, offsets } = tar(members);
  const lines = samples.map(({ sample, images }, i) => JSON.stringify({
    id: `sample-${i}`, dimension: 'Honest', domain: 'Hallucination', task: 'Object', question: 'What is it?', options: ['a ball', 'a box'], gold: [0],
    sight: true,
    images: images.map((image) => ({ shard: 0, name: image.name.replace(/^.*[/\\]/, ''), offset: offsets[members.indexOf(image)], size: image.bytes.length, sha256: sha256(image.bytes) })),
    ...sample,
  }));
  const index = `${lines.join('\n')}\n`;
  writeFileSync(join(folder, 'shard.tar'), bytes);
  writeFileSync(join(folder, 'index.jsonl'), index);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({
    format: 1, name: 'made', version: '1', licence: 'CC0-1.0', n_samples: samples.length,
    index: { file: 'index.jsonl', bytes: Buffer.byteLength(index), sha256: sha256(index) },
    shards: [{ file: 'shard.tar', bytes: bytes.length, sha256: sha256(bytes) }],
  }));
}
