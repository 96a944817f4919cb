// What a session is at its beginning, and its answers as a file at any time. Pure: runs in Node.

import { exportLines, exportName } from './export.js';
import { shuffled } from './order.js';
import { Queue } from './queue.js';

/** @typedef {import('./session-store.js').Session} Session */
/** @typedef {import('./session-store.js').Material} Material */
/** @typedef {import('./texts.js').Text} Text */

/**
 * @param {Pick<Session, 'system' | 'value' | 'annotator' | 'source' | 'textsHash'>} about
 * @param {readonly Text[]} texts
 * @returns {{session: Session, material: Material}}
 */
export function newSession({ system, value, annotator, source, textsHash }, texts) {
  const time = Date.now();
  return {
    session: {
      id: `${time.toString(36)}-${Math.floor(Math.random() * 2 ** 32).toString(36)}`,
      system: { id: system.id, name: system.name, json: system.json },
      value: { id: value.id, name: value.name, definition: value.definition },
      source,
      textsHash,
      annotator,
      n: texts.length,
      done: 0,
      skipped: 0,
      created: time,
      modified: time,
    },
    material: { texts, order: shuffled(texts.length, `${annotator}\n${value.id}`) },
  };
}

/** Whether two sessions differ in their value at most. @param {Session} a @param {Session} b */
export function alike(a, b) {
  return a.system.json === b.system.json && a.textsHash === b.textsHash && a.annotator === b.annotator;
}

/**
 * @param {Pick<import('../engine/judging-protocol.js').JudgingMethods, 'readLabels' | 'writeLabels'>} client
 * @param {{session: Session, material: Material, steps: import('./queue.js').Step[]}} kept
 * @param {import('./export.js').Format} format
 * @returns {Promise<{name: string, text: string, n: number}>} n: answers in it
 */
export async function exportFile(client, { session, material, steps }, format) {
  const { system, value, annotator } = session;
  const what = { system: system.id, value: value.id, annotator };
  const answers = new Queue(material.order, steps).answers();
  const bytes = new TextEncoder().encode(exportLines(what, material.texts, answers));
  const files = [{ name: 'answers', format: 'jsonl', bytes }];
  const { jsonl: labels } = await client.readLabels({ values: system.json, files });
  const text = await client.writeLabels({ values: system.json, labels, format: format.id });
  return { name: exportName(what, format), text, n: answers.length };
}
