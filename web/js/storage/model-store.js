// Models that were downloaded, in the origin's private file system: models/ID/NAME, with NAME.sha256 beside it; while it comes in
// NAME.part and NAME.part.from. The page lists, reads and removes;
// file-sink.js writes.

const FOLDER = 'models';

/**
 * @typedef {object} StoredFile
 * @property {string} name
 * @property {number} bytes
 * @property {boolean} whole  else a part that is still coming in
 * @property {string} sha256  of a whole one
 */

/** @param {unknown} error @param {string} name */
export const isNamed = (error, name) => error instanceof DOMException && error.name === name;

/** Null where the browser keeps no files: an insecure address, a private window. @returns {Promise<ModelStore | null>} */
export async function openModelStore() {
  try {
    const root = await navigator.storage.getDirectory();
    return new ModelStore(await root.getDirectoryHandle(FOLDER, { create: true }));
  } catch {
    return null;
  }
}

export class ModelStore {
  #root;

  /** @param {FileSystemDirectoryHandle} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string} id @param {boolean} [create] @returns {Promise<FileSystemDirectoryHandle | null>} */
  async #folder(id, create = false) {
    try {
      return await this.#root.getDirectoryHandle(id, { create });
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return null;
      throw error;
    }
  }

  /** What there is of a model. @param {string} id @returns {Promise<StoredFile[]>} */
  async list(id) {
    const folder = await this.#folder(id);
    if (!folder) return [];
    /** @type {Map<string, File>} */
    const files = new Map();
    for await (const [name, handle] of folder.entries())
      if (handle instanceof FileSystemFileHandle) files.set(name, await handle.getFile());
    /** @type {StoredFile[]} */
    const found = [];
    for (const [name, { size }] of files) {
      if (/\.(sha256|from)$/.test(name)) continue;
      const whole = !name.endsWith('.part');
      const hash = whole ? ((await files.get(`${name}.sha256`)?.text()) ?? '').slice(0, 64) : '';
      found.push({ name: whole ? name : name.slice(0, -'.part'.length), bytes: size, whole, sha256: hash });
    }
    return found;
  }

  /** A whole file, to be read piece by piece. @param {string} id @param {string} name @returns {Promise<File>} */
  async file(id, name) {
    const folder = await this.#folder(id);
    try {
      if (folder) return await (await folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error;
    }
    throw new Error(`${name} is no longer in this browser: download it again.`);
  }

  /** All that there is of a model. @param {string} id */
  async remove(id) {
    try {
      await this.#root.removeEntry(id, { recursive: true });
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return;
      if (isNamed(error, 'NoModificationAllowedError'))
        throw new Error('This model is being fetched in another tab: cancel it there first.');
      throw error;
    }
  }

  /** Where a download puts its files. @param {string} id */
  async makeFolder(id) {
    const folder = await this.#folder(id, true);
    if (!folder) throw new Error('This browser keeps no files for this page.');
    return folder;
  }
}
