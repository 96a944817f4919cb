// Where run records are kept: the origin's private file system, written line by line, so that a killed tab loses at
// most the sample it was at. Where there is none (an insecure address, a private window) they stay in memory.
// Lives in the engine's worker: only workers have synchronous file handles.

import { MemoryStore } from './memory-store.js';

const FOLDER = 'runs';
const SUFFIX = '.jsonl';
const LOCK_TRIES = 10; // the lock of a tab that was just killed takes a moment to go
const LOCK_WAIT = 200; // milliseconds

/** @typedef {import('./memory-store.js').RecordStore} RecordStore */

/** @returns {Promise<RecordStore>} */
export async function openRecordStore() {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    return new FileStore(folder);
  } catch {
    return new MemoryStore();
  }
}

/** @implements {RecordStore} */
export class FileStore {
  persistent = true;
  #folder;

  /** @param {FileSystemDirectoryHandle} folder */
  constructor(folder) {
    this.#folder = folder;
  }

  async all() {
    const records = [];
    for await (const [file, handle] of this.#folder.entries()) {
      if (!file.endsWith(SUFFIX) || !(handle instanceof FileSystemFileHandle)) continue;
      const blob = await handle.getFile();
      records.push({ name: file.slice(0, -SUFFIX.length), text: await blob.text(), modified: blob.lastModified });
    }
    return records;
  }

  /** @param {string} name */
  async read(name) {
    try {
      const handle = await this.#folder.getFileHandle(name + SUFFIX);
      return await (await handle.getFile()).text();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw error;
    }
  }

  /** @param {string} name @param {number} keep */
  async open(name, keep) {
    const handle = await this.#folder.getFileHandle(name + SUFFIX, { create: true });
    const access = await lock(handle);
    access.truncate(keep);
    let at = keep;
    return {
      /** @param {string} text */
      append(text) {
        const bytes = new TextEncoder().encode(text);
        const written = access.write(bytes, { at });
        if (written !== bytes.length) throw new Error('The record of the run could not be written: the disk is full.');
        at += written;
        access.flush();
      },
      close() {
        access.close();
      },
    };
  }

  /** @param {string} name */
  async remove(name) {
    await this.#folder.removeEntry(name + SUFFIX);
  }
}

/** @param {FileSystemFileHandle} handle */
async function lock(handle) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const locked = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!locked) throw error;
      if (tries === LOCK_TRIES) throw new Error('This run is under way in another tab: close that one first.');
      await new Promise((resolve) => {
        setTimeout(resolve, LOCK_WAIT);
      });
    }
  }
}
