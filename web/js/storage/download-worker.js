// Fetches the files of one model into this browser, one after the other; a worker, because only workers may write there at once and
// because a hash is work. Told what to fetch, it says how far it is, and ends with `done` or `failed`.

import { loadHasher } from '../engine/heap.js';
import { DownloadError, download } from './download.js';
import { FileSink } from './file-sink.js';
import { openModelStore } from './model-store.js';

const TELL_EVERY = 100; // milliseconds

/** @typedef {import('./download-protocol.js').DownloadOrder} DownloadOrder */

const controller = new AbortController();

/** @param {import('./download-protocol.js').DownloadNews} news */
const tell = (news) => self.postMessage(news);

/** Says how far a file is, now and then: no more often than can be seen, and how far it is at last. @param {string} name */
function teller(name) {
  let done = 0;
  let timer = 0;
  const say = () => {
    timer = 0;
    tell({ kind: 'progress', name, done });
  };
  return {
    /** @param {number} bytes */
    at(bytes) {
      done = bytes;
      if (timer === 0) timer = self.setTimeout(say, TELL_EVERY);
    },
    end: () => clearTimeout(timer),
  };
}

/** @param {Extract<DownloadOrder, {kind: 'fetch'}>} order */
async function fetchAll({ id, files }) {
  const store = await openModelStore();
  if (!store) throw new Error('This browser keeps no files for this page: choose them from your device instead.');
  const hasher = await loadHasher(new URL('../../wasm/assay-st.mjs', import.meta.url).href);
  const folder = await store.makeFolder(id);
  const there = new Map((await store.list(id)).filter(({ whole }) => whole).map((file) => [file.name, file]));
  for (const file of files) {
    const old = there.get(file.name);
    if (old && (file.bytes === 0 || old.bytes === file.bytes) && (file.sha256 === '' || old.sha256 === file.sha256)) continue;
    const progress = teller(file.name);
    try {
      await download(file, new FileSink(folder, file.name), {
        fetch: (url, init) => fetch(url, init),
        hasher,
        ifRange: new URL(file.url).origin === self.location.origin,
        signal: controller.signal,
        onProgress: progress.at,
      });
    } finally {
      progress.end();
    }
  }
}

self.onmessage = async (/** @type {MessageEvent<DownloadOrder>} */ { data }) => {
  if (data.kind === 'cancel') {
    controller.abort();
    return;
  }
  try {
    await fetchAll(data);
    tell({ kind: 'done' });
  } catch (error) {
    const cancelled = error instanceof DownloadError && error.kind === 'cancelled';
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', message: /[.!?]$/.test(message) ? message : `${message}.`, cancelled });
  }
};
