// The engine's worker: turns messages into calls of the host and its results into messages.

import { EngineHost } from './host.js';
import { FatalError } from './heap.js';

const host = new EngineHost((name, data, transfer = []) => {
  self.postMessage({ kind: 'event', name, data }, { transfer });
});

/** @param {import('./protocol.js').CallMessage} call */
async function answer({ id, method, args }) {
  try {
    // The page's client is the only caller: its types promise that method and args fit.
    const call = /** @type {(...args: unknown[]) => Promise<unknown>} */ (host[method]);
    self.postMessage({ kind: 'return', id, value: await call.apply(host, args) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage({ kind: 'throw', id, message, fatal: error instanceof FatalError });
  }
}

self.onmessage = (/** @type {MessageEvent} */ event) => {
  void answer(event.data);
};
