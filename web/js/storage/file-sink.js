// Writes one file of a download into the origin's private file system: as NAME.part while it comes in. For workers alone, which have
// synchronous file handles; a second tab is kept out by the handle's lock.

import { isNamed } from './model-store.js';

const PIECE = 4 << 20; // bytes read at once
const LOCK_TRIES = 10; // the lock of a tab that was just killed takes a moment to go
const LOCK_WAIT = 200; // milliseconds

/** @typedef {import('./download.js').Sink} Sink */
/** What the types of file handles lack. @typedef {FileSystemFileHandle & {move?: (name: string) => Promise<void>}} MovableHandle */

/** @implements {Sink} */
export class FileSink {
  #folder;
  #name;
  /** @type {MovableHandle | null} */
  #handle = null;
  /** @type {FileSystemSyncAccessHandle | null} */
  #access = null;

  /** @param {FileSystemDirectoryHandle} folder @param {string} name */
  constructor(folder, name) {
    this.#folder = folder;
    this.#name = name;
  }

  get #open() {
    if (!this.#access) throw new Error('the part is not open');
    return this.#access;
  }

  async open() {
    this.#handle = await this.#folder.getFileHandle(`${this.#name}.part`, { create: true });
    this.#access = await lock(this.#handle);
    return { size: this.#access.getSize(), note: await this.#read('.part.from') };
  }

  /** @param {(piece: Uint8Array) => void} use */
  async read(use) {
    const access = this.#open;
    const piece = new Uint8Array(PIECE);
    for (let at = 0; ; ) {
      const got = access.read(piece, { at });
      if (got === 0) return;
      use(piece.subarray(0, got));
      at += got;
    }
  }

  /** @param {Uint8Array} bytes @param {number} offset */
  write(bytes, offset) {
    if (this.#open.write(bytes, { at: offset }) !== bytes.length) throw new DOMException('', 'QuotaExceededError');
  }

  /** @param {number} size */
  truncate(size) {
    this.#open.truncate(size);
  }

  /** @param {string} note */
  async keepNote(note) {
    await this.#write('.part.from', note);
  }

  /** The hash first: a file that has its name always has its hash. @param {string} sha256 */
  async finish(sha256) {
    this.#open.flush();
    this.close();
    await this.#write('.sha256', `${sha256}  ${this.#name}\n`);
    const { move } = /** @type {MovableHandle} */ (this.#handle);
    if (!move) throw new Error('this browser cannot give a finished file its name');
    await move.call(this.#handle, this.#name);
    await this.#drop('.part.from');
  }

  async discard() {
    this.close();
    await this.#drop('.part');
    await this.#drop('.part.from');
  }

  close() {
    this.#access?.close();
    this.#access = null;
  }

  /** @param {string} ending */
  async #read(ending) {
    try {
      return await (await (await this.#folder.getFileHandle(this.#name + ending)).getFile()).text();
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return '';
      throw error;
    }
  }

  /** @param {string} ending @param {string} text */
  async #write(ending, text) {
    const handle = await this.#folder.getFileHandle(this.#name + ending, { create: true });
    const access = await handle.createSyncAccessHandle();
    try {
      access.truncate(0);
      const bytes = new TextEncoder().encode(text);
      if (access.write(bytes, { at: 0 }) !== bytes.length) throw new DOMException('', 'QuotaExceededError');
      access.flush();
    } finally {
      access.close();
    }
  }

  /** @param {string} ending */
  async #drop(ending) {
    try {
      await this.#folder.removeEntry(this.#name + ending);
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error;
    }
  }
}

/** @param {FileSystemFileHandle} handle */
async function lock(handle) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (!isNamed(error, 'NoModificationAllowedError')) throw error;
      if (tries === LOCK_TRIES) throw new Error('another tab is fetching it', { cause: error });
      await new Promise((resolve) => {
        setTimeout(resolve, LOCK_WAIT);
      });
    }
  }
}
