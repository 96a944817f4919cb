// Models for the program in Node: WebAssembly has no network, so what is to be fetched is fetched here, by the page's own rules and
// into the same cache as natively. Everything else (what an id means, what is printed of a model) stays with the program.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, parseRegistry } from '../web/js/data/registry.js';
import { BrokenError, DownloadError, FinalError, checkUrl, download, urlName } from '../web/js/storage/download.js';

const PIECE = 1 << 20; // bytes
const REDIRECTS = 5;
const SECONDS_ON_TERMINAL = 0.2;
const SECONDS_IN_LOG = 5;
const EXIT = { usage: 1, input: 2, check: 3, stopped: 130 };

/** @typedef {{name: string, url: string, bytes: number, sha256: string, path: string, bundled: boolean}} Target */
/** @typedef {{quiet: boolean, patience: number, signal: AbortSignal}} How */

/** Ends the program with one line. */
class Refusal extends Error {
  /** @param {string} message @param {number} code */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** @param {string} [given] */
export function cacheFolder(given) {
  const { ASSAY_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home } = process.env;
  return given ?? (own || (xdg?.startsWith('/') ? join(xdg, 'assay') : join(home || homedir(), '.cache', 'assay')));
}

// ---- the disk ----

/** A part beside its file, as the native program leaves it. @implements {Sink} @typedef {import('../web/js/storage/download.js').Sink} Sink */
class DiskSink {
  #path;
  #file = -1;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  async open() {
    mkdirSync(dirname(this.#path), { recursive: true });
    const part = `${this.#path}.part`;
    this.#file = openSync(part, existsSync(part) ? 'r+' : 'w+');
    const note = existsSync(`${part}.from`) ? readFileSync(`${part}.from`, 'utf8') : '';
    return { size: statSync(part).size, note };
  }

  /** @param {(piece: Uint8Array) => void} use */
  async read(use) {
    readAll(this.#file, use);
  }

  /** @param {Uint8Array} bytes @param {number} offset */
  write(bytes, offset) {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, offset + at);
    } catch (error) {
      ftruncateSync(this.#file, offset); // half a piece is none
      throw error;
    }
  }

  /** @param {number} size */
  truncate(size) {
    ftruncateSync(this.#file, size);
  }

  /** @param {string} note */
  keepNote(note) {
    replaceFile(`${this.#path}.part.from`, note);
  }

  /** @param {string} sha256 */
  finish(sha256) {
    fsyncSync(this.#file);
    keepHash(this.#path, sha256);
    renameSync(`${this.#path}.part`, this.#path);
    rmSync(`${this.#path}.part.from`, { force: true });
  }

  discard() {
    rmSync(`${this.#path}.part`, { force: true });
    rmSync(`${this.#path}.part.from`, { force: true });
  }

  close() {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}

/** @param {number} file @param {(piece: Uint8Array) => void} use */
function readAll(file, use) {
  const piece = new Uint8Array(PIECE);
  for (let at = 0; ; ) {
    const got = readSync(file, piece, 0, PIECE, at);
    if (got === 0) return;
    use(piece.subarray(0, got));
    at += got;
  }
}

/** @param {string} path @param {string} text */
function replaceFile(path, text) {
  writeFileSync(`${path}.new`, text, { flush: true });
  renameSync(`${path}.new`, path);
}

function hasher() {
  const hash = createHash('sha256');
  return {
    /** @param {Uint8Array} bytes */
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest('hex'),
    free() {},
  };
}

/** @param {string} path */
function hashOf(path) {
  const hash = hasher();
  const file = openSync(path, 'r');
  try {
    readAll(file, hash.update);
  } finally {
    closeSync(file);
  }
  return hash.digest();
}

/** @param {string} path @param {string} sha256 */
function keepHash(path, sha256) {
  replaceFile(`${path}.sha256`, `${sha256}  ${path.split('/').pop()}\n`);
}

/** The hash that is kept beside a file, or ''. @param {string} path */
function keptHash(path) {
  if (!existsSync(`${path}.sha256`)) return '';
  return /^[0-9a-f]{64}(?=\s)/.exec(readFileSync(`${path}.sha256`, 'utf8'))?.[0] ?? '';
}

// ---- the network ----

/** With the reason of a failure, which fetch keeps in its cause. @param {string} url @param {RequestInit} init */
async function fetchOnce(url, init) {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code = '', message = '' } = /** @type {{cause?: {code?: string, message?: string}}} */ (error).cause ?? {};
    if (/CERT|SIGNATURE|ISSUER/.test(code)) throw new FinalError(`the server's certificate is not trusted: ${message}`);
    if (message !== '') throw new BrokenError(message);
    throw error;
  }
}

/** Follows redirects itself: a few, and from a secure address only to secure ones. @param {string} url @param {RequestInit} init */
async function fetchFollowing(url, init) {
  let at = url;
  for (let hops = 0; ; hops += 1) {
    const headers = { ...init.headers, 'accept-encoding': 'identity', 'user-agent': 'assay' };
    const response = await fetchOnce(at, { ...init, headers, redirect: 'manual' });
    const to = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null;
    if (to === null) return response;
    await response.body?.cancel();
    if (hops === REDIRECTS) throw new FinalError(`more than ${REDIRECTS} redirects`);
    const next = new URL(to, at);
    const allowed = at.startsWith('https:') ? ['https:'] : ['http:', 'https:'];
    if (!allowed.includes(next.protocol)) throw new FinalError(`a redirect to ${next.protocol} is not followed`);
    at = next.href;
  }
}

/** @param {number} n */
function amount(n) {
  const units = ['kB', 'MB', 'GB', 'TB'];
  if (n < 1000) return `${n} bytes`;
  let value = n / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit < 3; unit += 1) value /= 1000;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** The line of progress on standard error. @param {string} name @param {boolean} quiet */
function meter(name, quiet) {
  const terminal = process.stderr.isTTY === true;
  let shown = performance.now();
  let width = 0;
  /** @type {{time: number, done: number} | null} */
  let start = null;
  return {
    /** @param {number} done @param {number} total */
    step(done, total) {
      const now = performance.now();
      if (!start || done < start.done) start = { time: now, done };
      if (quiet || now - shown < (terminal ? SECONDS_ON_TERMINAL : SECONDS_IN_LOG) * 1000) return;
      shown = now;
      const speed = now > start.time ? ((done - start.done) * 1000) / (now - start.time) : 0;
      const of = total > 0 ? ` of ${amount(total)}  ${((100 * done) / total).toFixed(0)} %` : '';
      const seconds = speed > 1 ? Math.round((total - done) / speed) : 0;
      const left = total > done && speed > 1 ? `  ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left` : '';
      const line = `${name}  ${amount(done)}${of}  ${amount(Math.round(speed))}/s${left}`;
      process.stderr.write(terminal ? `\r${line.padEnd(width)}` : `${line}\n`);
      width = line.length;
    },
    end() {
      if (terminal && width > 0) process.stderr.write(`\r${' '.repeat(width)}\r`);
    },
  };
}

// ---- one file ----

/** Whether the file can be the one: its size, and the hash that was found when it came. One that somebody put there is taken when its
 * bytes are right. @param {Target} target */
function holds({ path, bytes, sha256 }) {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || (bytes > 0 && size !== bytes)) return false;
  if (!existsSync(`${path}.sha256`)) {
    const hash = hashOf(path);
    if (sha256 === '' || hash === sha256) keepHash(path, hash);
  }
  const kept = keptHash(path);
  return kept !== '' && (sha256 === '' || kept === sha256);
}

/** @param {Target} target @param {How} how @returns {Promise<string>} its hash */
async function fetchTarget(target, { quiet, patience, signal }) {
  const line = meter(target.name, quiet);
  try {
    const { sha256 } = await download(target, new DiskSink(target.path), {
      fetch: fetchFollowing,
      hasher,
      ifRange: true,
      patience,
      signal,
      onProgress: line.step,
    });
    return sha256;
  } finally {
    line.end();
  }
}

/** What `model get` does for a file. @param {Target} target @param {How} how */
async function getTarget(target, how) {
  let sha256 = '';
  if (holds(target)) {
    sha256 = hashOf(target.path);
    if (sha256 !== (target.sha256 || keptHash(target.path))) {
      if (!how.quiet) process.stderr.write(`assay: ${target.path} has changed since it came; it is fetched again\n`);
      sha256 = '';
    }
  }
  if (sha256 === '') {
    sha256 = await fetchTarget(target, how);
    if (target.sha256 === '' && !how.quiet)
      process.stderr.write(`assay: the hash of ${target.name} was not known; from now on it is this one\n`);
  }
  process.stdout.write(`${sha256}  ${target.path}\n`);
}

// ---- the command line ----

/** A known model, out of the list where the program looks for its data. What is wrong with that list, the program says itself.
 * @param {string} program @param {string} id */
function findModel(program, id) {
  const path = ['data', join(dirname(program), '../data'), join(dirname(program), '../../data')]
    .map((folder) => join(folder, 'models.json')).find((file) => existsSync(file)) ?? 'data/models.json';
  try {
    return parseRegistry(readFileSync(path, 'utf8'), pathToFileURL(path).href).find((model) => model.id === id);
  } catch {
    return undefined;
  }
}

/** @param {import('../web/js/data/registry.js').KnownModel} model @param {string} cache @returns {Target[]} */
function targetsOf(model, cache) {
  return filesOf(model).map((file) => ({ ...file, path: join(cache, 'models', model.id, file.name) })).filter(({ bundled }) => !bundled);
}

/** @param {string} url @param {string | undefined} hash @param {string} cache @returns {Target} */
function targetOfUrl(url, hash, cache) {
  checkUrl(url);
  if (hash !== undefined && !/^[0-9a-fA-F]{64}$/.test(hash))
    throw new Refusal(`model get: ${hash.slice(0, 80)} is not 64 hex digits (--sha256)`, EXIT.usage);
  const name = urlName(url);
  if (name === '') throw new Refusal(`${url.slice(0, 300)}: does not end in a file name`, EXIT.usage);
  const place = createHash('sha256').update(url.replace(/[?#].*$/s, '').slice(0, -name.length)).digest('hex').slice(0, 16);
  return { name, url, bytes: 0, sha256: (hash ?? '').toLowerCase(), path: join(cache, 'urls', place, name), bundled: false };
}

/** `assay model get` as far as it needs the network; null when the program itself can answer: help, and what is wrong in the call.
 * @param {string[]} args */
function parseGet(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { sha256: { type: 'string' }, cache: { type: 'string' }, patience: { type: 'string' }, quiet: { type: 'boolean' } },
    });
    const { patience = '60' } = values;
    if (positionals.length !== 1 || !/^\d{1,4}$/.test(patience) || Number(patience) < 1 || Number(patience) > 3600) return null;
    return { ...values, word: positionals[0], patience: Number(patience) };
  } catch {
    return null;
  }
}

/** @param {string} program @param {NonNullable<ReturnType<typeof parseGet>>} call @param {AbortSignal} signal
 * @returns {Promise<boolean>} false: for the program itself */
async function runGet(program, call, signal) {
  const { word, sha256, quiet = false, patience } = call;
  const cache = cacheFolder(call.cache);
  const url = word.includes('://');
  const model = url || sha256 !== undefined ? undefined : findModel(program, word);
  const targets = url ? [targetOfUrl(word, sha256, cache)] : model ? targetsOf(model, cache) : [];
  if (targets.length === 0) return false;
  for (const target of targets) await getTarget(target, { quiet, patience, signal });
  return true;
}

/** Fetches the model that --model names by its id, if it is not here. @param {string} program @param {string[]} args
 * @param {AbortSignal} signal */
async function fetchNamed(program, args, signal) {
  const id = valueOf(args, '--model');
  if (id === undefined || /[/\\]/.test(id) || existsSync(id) || args.includes('--offline')) return;
  const model = findModel(program, id);
  if (!model) return;
  const how = { quiet: args.includes('--quiet'), patience: 60, signal };
  for (const target of targetsOf(model, cacheFolder(valueOf(args, '--cache')))) if (!holds(target)) await fetchTarget(target, how);
}

/** The last value of an option, as the program reads it. @param {string[]} args @param {string} name */
function valueOf(args, name) {
  /** @type {string | undefined} */
  let value;
  for (let i = 0; i < args.length && args[i] !== '--'; i += 1) {
    if (args[i] === name) value = args[i + 1];
    else if (args[i].startsWith(`${name}=`)) value = args[i].slice(name.length + 1);
  }
  return value;
}

/** @param {unknown} error @returns {{message: string, code: number}} */
function outcomeOf(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof Error && 'syscall' in error) return { message: error.message, code: EXIT.input }; // of the disk
  if (!(error instanceof DownloadError)) throw error;
  const codes = /** @type {Record<string, number>} */ ({ address: EXIT.usage, hash: EXIT.check, cancelled: EXIT.stopped });
  return { message: error.message, code: codes[error.kind] ?? EXIT.input };
}

/**
 * Does what the program cannot do in WebAssembly, before it starts.
 * @param {string} program  its path
 * @param {string[]} args
 * @returns {Promise<{args: string[]} | {code: number}>}  how the program shall be called, or its exit code when all is done
 */
export async function prepareModels(program, args) {
  const controller = new AbortController();
  const onInterrupt = () => controller.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const get = args[0] === 'model' && args[1] === 'get' ? parseGet(args.slice(2)) : null;
    if (get && (await runGet(program, get, controller.signal))) return { code: 0 };
    if (args[0] !== 'model') await fetchNamed(program, args, controller.signal);
  } catch (error) {
    const { message, code } = outcomeOf(error);
    // eslint-disable-next-line no-control-regex
    process.stderr.write(`assay: ${message.replace(/[\0-\x1f\x7f]/g, '?')}\n`);
    return { code };
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
  // The module does not see the environment.
  const caching = ['run', 'verify', 'generate', 'embed'].includes(args[0]) || (args[0] === 'model' && ['list', 'get'].includes(args[1]));
  const asks = args.includes('--help') || args.includes('-h');
  if (!caching || asks || valueOf(args, '--cache') !== undefined) return { args };
  const at = args[0] === 'model' ? 2 : 1;
  return { args: [...args.slice(0, at), '--cache', cacheFolder(), ...args.slice(at)] };
}
