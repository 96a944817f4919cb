// Getting a large file over HTTP: the rules, apart from where the bytes go and how a request is made. Pure: the page's worker and
// the program in Node run it alike, and it does what src/cli/fetch.c does, in the same words.
//
//   - What came in stays where it is, with a note of where it came from and how its server marked that version, so that a later
//     call goes on where this one ended.
//   - A cut connection is tried again with growing pauses, from where it broke. A server that knows no ranges, or has another
//     version by now, starts it over.
//   - The length is that of the caller, or else of the first answer; the hash is computed while the bytes come in (once over what
//     was there before). A wrong one removes what came in. Nothing is held in memory but the piece at hand.

const TRIES = 5; // in a row that bring next to nothing
const WORTH = 65536; // bytes of a try that brought something
const FIRST_PAUSE = 0.5; // seconds; doubled for each further try
const PATIENCE = 60; // seconds without a byte after which a connection counts as broken
const LIMIT = 16 * 2 ** 30; // bytes
const MAX_URL = 2000;
const MAX_MARK = 200;

/**
 * @typedef {'address' | 'network' | 'length' | 'hash' | 'storage' | 'cancelled'} FailureKind
 *
 * @typedef {object} Hasher
 * @property {(bytes: Uint8Array) => void} update
 * @property {() => string} digest  64 hex digits; ends the hasher
 * @property {() => void} free
 *
 * Where the bytes go. What was written is in it, also after a failure.
 * @typedef {object} Sink
 * @property {() => Promise<{size: number, note: string}>} open  bytes that an earlier call left, and its note ('' none)
 * @property {(use: (piece: Uint8Array) => void) => Promise<void>} read  those bytes again, piece by piece
 * @property {(bytes: Uint8Array, offset: number) => void | Promise<void>} write  all of them, or throws
 * @property {(size: number) => void | Promise<void>} truncate
 * @property {(note: string) => void | Promise<void>} keepNote
 * @property {(sha256: string) => void | Promise<void>} finish  gives the file its name, and keeps its hash
 * @property {() => void | Promise<void>} discard  removes what came in
 * @property {() => void | Promise<void>} close  in every case; what came in stays
 *
 * @typedef {object} Wanted
 * @property {string} url      http or https, without user name or password
 * @property {string} name     for sentences
 * @property {number} [bytes]  its size, when it is known
 * @property {string} [sha256] 64 hex digits, when it is known; else the first one is trusted
 * @property {number} [limit]  never more bytes than this
 *
 * @typedef {object} Means
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {() => Hasher} hasher
 * @property {boolean} ifRange  false where that header would need the server's leave: then the answer's own marks are compared
 * @property {(seconds: number) => Promise<void>} [sleep]
 * @property {number} [patience]  seconds
 * @property {AbortSignal} [signal]
 * @property {(done: number, total: number) => void} [onProgress]  total 0: not known
 */

/** One sentence without its full stop. */
export class DownloadError extends Error {
  /** @param {string} message @param {FailureKind} kind */
  constructor(message, kind) {
    super(message);
    this.name = 'DownloadError';
    this.kind = kind;
  }
}

/** No other try will mend it: thrown by a Means' fetch. */
export class FinalError extends Error {}

/** Another try may, and this is the reason: thrown by a Means' fetch that knows it. */
export class BrokenError extends Error {}

/** Throws when the address may not be fetched at all. @param {string} url */
export function checkUrl(url) {
  const refuse = (/** @type {string} */ what) => {
    throw new DownloadError(what, 'address');
  };
  const shown = url.slice(0, 200);
  const scheme = /^https?:\/\//i.exec(url)?.[0] ?? refuse(`${shown}: not an address of http or https`);
  const host = /^[^/?#]*/.exec(url.slice(scheme.length))?.[0] ?? '';
  if (host === '') refuse(`${shown}: names no server`);
  if (host.includes('@')) refuse('an address with a user name or password in it is not fetched');
  // eslint-disable-next-line no-control-regex
  if (/[\0- \x7f]/.test(url)) refuse(`${shown}: blanks in an address`);
  if (url.length > MAX_URL) refuse(`an address of more than ${MAX_URL} bytes`);
}

/** The last part of an address as a file name, or '' when it is none. @param {string} url */
export function urlName(url) {
  const name = url.replace(/[?#].*$/s, '').split('/').pop() ?? '';
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,118}$/.test(name) ? name : '';
}

/** @param {string | null} text @returns {number | null} */
function number(text) {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** What an answer's header says. @param {Response} response */
function headOf(response) {
  const { headers } = response;
  const encoding = headers.get('content-encoding');
  const plain = encoding === null || encoding === '' || encoding === 'identity';
  const range = /^bytes +(?:(\d+)-\d+|\*)?\/(\d+|\*)/.exec(headers.get('content-range') ?? '');
  const mark = (/** @type {string | null} */ text) => (text !== null && text.length < MAX_MARK ? text : '');
  const etag = mark(headers.get('etag'));
  return {
    status: response.status,
    length: plain ? number(headers.get('content-length')) : null,
    first: number(range?.[1] ?? null),
    total: number(range?.[2] ?? null),
    etag: etag.startsWith('"') ? etag : '',
    modified: mark(headers.get('last-modified')),
  };
}

/** @typedef {ReturnType<typeof headOf>} Head */

/** Ends a try; another one may do better. */
class Again extends Error {
  /** @param {string} message @param {boolean} [over]  from the start */
  constructor(message, over = false) {
    super(message);
    this.over = over;
  }
}

class Transfer {
  at = 0;
  opened = false;
  /** @type {number | null} */
  total;
  mark = '';
  #wanted;
  #sink;
  #means;
  /** @type {Hasher | null} */
  #hash = null;

  /** @param {Wanted} wanted @param {Sink} sink @param {Means} means */
  constructor(wanted, sink, means) {
    this.#wanted = { bytes: 0, sha256: '', limit: LIMIT, ...wanted };
    this.#sink = sink;
    this.#means = means;
    this.total = this.#wanted.bytes > 0 ? this.#wanted.bytes : null;
  }

  /** @param {string} what @param {FailureKind} kind @returns {never} */
  #fail(what, kind) {
    throw new DownloadError(what, kind);
  }

  /** What a storage can do wrong, as one sentence. @template T @param {() => T | Promise<T>} use @returns {Promise<T>} */
  async #stored(use) {
    try {
      return await use();
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      const { name, message, code } = /** @type {Error & {code?: string}} */ (error);
      const full = name === 'QuotaExceededError' || ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code ?? '');
      const what = name === 'QuotaExceededError' ? 'this browser grants the page no more space' : message;
      return this.#fail(
        `${this.#wanted.name}: ${what} after ${this.at} bytes${full ? '; what came in is kept, the same call goes on with it' : ''}`,
        'storage',
      );
    }
  }

  async #empty() {
    this.at = 0;
    this.#hash?.free();
    this.#hash = this.#means.hasher();
    await this.#stored(() => this.#sink.truncate(0));
  }

  /** An earlier part goes on only if it is of this address, and if its end can be checked: by a mark now, or by a hash later. */
  async open() {
    const { bytes, sha256, limit, url, name } = this.#wanted;
    if (bytes > limit) this.#fail(`${name}: more than ${limit} bytes`, 'length');
    const { size, note } = await this.#stored(() => this.#sink.open());
    this.opened = true;
    const [from, mark = ''] = note.split('\n');
    this.at = size;
    this.mark = from === url ? mark : '';
    const useless = from !== url || (this.mark === '' && sha256 === '') || size > Math.min(limit, this.total ?? limit);
    if (size === 0 || useless) {
      await this.#empty();
      if (useless) this.mark = '';
      return;
    }
    const hash = this.#means.hasher();
    this.#hash = hash;
    await this.#stored(() => this.#sink.read((piece) => hash.update(piece)));
  }

  free() {
    this.#hash?.free();
    this.#hash = null;
  }

  /** The whole file begins. @param {Head} head */
  async #whole(head) {
    const { bytes, limit, name, url } = this.#wanted;
    if (bytes === 0) this.total = head.length;
    if (head.length !== null && head.length !== this.total) this.#wrongLength(head.length);
    if (this.total !== null && this.total > limit) this.#fail(`${name}: more than ${limit} bytes`, 'length');
    if (this.at > 0) await this.#empty();
    this.mark = head.etag !== '' ? head.etag : head.modified;
    await this.#stored(() => this.#sink.keepNote(`${url}\n${this.mark}\n`));
  }

  /** @param {number} offered @returns {never} */
  #wrongLength(offered) {
    return this.#fail(
      `${this.#wanted.name}: the server offers ${offered} bytes, it has to be ${this.total}`,
      'length',
    );
  }

  /** The rest of it begins, if it is the rest of the same. @param {Head} head */
  #rest(head) {
    const mark = this.mark.startsWith('"') ? head.etag : head.modified;
    if (mark !== '' && this.mark !== '' && mark !== this.mark)
      throw new Again('the server has another version by now', true);
    // Not every server lets a page of another origin see the range; the body's length then has to fit.
    const first = head.first ?? (!this.#means.ifRange && head.length === (this.total ?? 0) - this.at ? this.at : null);
    if (this.at === 0 || first !== this.at)
      throw new Again('the server sent another range than it was asked for', true);
    if (head.total === null) return;
    this.total ??= head.total;
    if (head.total === this.total) return;
    if (this.#wanted.bytes > 0) this.#wrongLength(head.total);
    throw new Again('the server has a file of another length by now', true);
  }

  /** @param {Head} head @returns {Promise<boolean>} whether a body is wanted */
  async #begin(head) {
    const { status } = head;
    if (status === 200) await this.#whole(head);
    else if (status === 206) this.#rest(head);
    else if (status === 416 && this.at > 0) {
      if (head.total === this.at && (this.total === null || this.total === this.at)) return false;
      throw new Again('the server has no such range', true);
    } else if (status >= 500 || [408, 425, 429].includes(status)) throw new Again(`the server answered ${status}`);
    else this.#refused(`the server answered ${status}`);
    return true;
  }

  /** @param {string} why @returns {never} */
  #refused(why) {
    const { name, url } = this.#wanted;
    return this.#fail(`${name} could not be fetched: ${why} (${url.slice(0, 200)})`, 'network');
  }

  /** @param {Uint8Array} bytes */
  async #take(bytes) {
    const { name, limit } = this.#wanted;
    if (bytes.length > (this.total ?? limit) - this.at) {
      if (this.total === null) this.#fail(`${name}: more than ${limit} bytes`, 'length');
      await this.#empty();
      this.#fail(`${name}: the server sends more than its ${this.total} bytes`, 'length');
    }
    await this.#stored(() => this.#sink.write(bytes, this.at));
    this.#hash?.update(bytes);
    this.at += bytes.length;
    this.progress();
  }

  progress() {
    this.#means.onProgress?.(this.at, this.total ?? 0);
    if (this.#means.signal?.aborted) this.#cancelled();
  }

  /** @returns {never} */
  #cancelled() {
    return this.#fail('stopped; the same call goes on with what came in', 'cancelled');
  }

  /** One request, for what is missing. Throws Again when it brought less. */
  async once() {
    if (this.total !== null && this.at === this.total) return;
    const watch = new Watch(this.#means.patience ?? PATIENCE, this.#means.signal);
    try {
      const response = await this.#network(watch, () => this.#means.fetch(this.#wanted.url, this.#request(watch)));
      if (!(await this.#begin(headOf(response)))) return;
      const reader = response.body?.getReader();
      while (reader) {
        const part = await this.#network(watch, () => reader.read());
        if (part.done) break;
        await this.#take(part.value);
      }
      if (this.total !== null && this.at !== this.total) throw new Again('it ended too early');
    } finally {
      watch.end();
    }
  }

  /** @param {Watch} watch @returns {RequestInit} */
  #request(watch) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (this.at > 0) headers.range = `bytes=${this.at}-`;
    if (this.at > 0 && this.mark !== '' && this.#means.ifRange) headers['if-range'] = this.mark;
    return { headers, signal: watch.signal, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' };
  }

  /** What the network can do wrong is worth another try. @template T @param {Watch} watch @param {() => Promise<T>} use */
  async #network(watch, use) {
    watch.start();
    try {
      return await use();
    } catch (error) {
      if (this.#means.signal?.aborted) this.#cancelled();
      if (error instanceof FinalError) this.#refused(error.message);
      if (watch.expired) throw new Again(`no byte in ${watch.seconds} seconds`);
      const why = error instanceof BrokenError ? error.message : 'the connection broke or the server does not answer';
      throw new Again(why.slice(0, 200));
    } finally {
      watch.stop();
    }
  }

  async all() {
    let pause = FIRST_PAUSE;
    let most = this.at; // a server that starts over again and again brings nothing
    for (let tries = 0; ; ) {
      /** @type {Again} */
      let why;
      try {
        await this.once();
        return;
      } catch (error) {
        if (!(error instanceof Again)) throw error;
        why = error;
      }
      const worth = this.at - most >= WORTH;
      tries = worth ? 1 : tries + 1;
      if (worth) pause = FIRST_PAUSE;
      most = Math.max(most, this.at);
      if (why.over) {
        await this.#empty();
        this.mark = '';
      }
      if (tries === TRIES) this.#giveUp(why.message);
      if (!why.over) {
        await this.#sleep(pause);
        pause *= 2;
      }
      this.progress();
    }
  }

  /** @param {number} seconds */
  async #sleep(seconds) {
    const { sleep, signal } = this.#means;
    if (sleep) {
      await sleep(seconds);
      return;
    }
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }

  /** @param {string} why @returns {never} */
  #giveUp(why) {
    const { name, url } = this.#wanted;
    const kept = this.total === null || this.at === 0 ? '' : `, at ${this.at} of ${this.total} bytes, which are kept`;
    return this.#fail(
      `${name} could not be fetched: ${why}${kept} (${TRIES} tries, ${url.slice(0, kept ? 100 : 200)})`,
      'network',
    );
  }

  async finish() {
    const { name, sha256: wanted } = this.#wanted;
    const sha256 = this.#hash?.digest() ?? '';
    this.#hash = null;
    if (wanted !== '' && sha256 !== wanted) {
      await this.#stored(() => this.#sink.discard());
      this.#fail(`${name}: sha256 is ${sha256}, it has to be ${wanted}; removed`, 'hash');
    }
    await this.#stored(() => this.#sink.finish(sha256));
    return { bytes: this.at, sha256 };
  }
}

/** Aborts a request when nothing comes for too long, or when the caller wants no more. */
class Watch {
  expired = false;
  #controller = new AbortController();
  #outer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onAbort = () => this.#controller.abort();

  /** @param {number} seconds @param {AbortSignal | undefined} outer */
  constructor(seconds, outer) {
    this.seconds = seconds;
    this.#outer = outer;
    outer?.addEventListener('abort', this.#onAbort);
    if (outer?.aborted) this.#controller.abort();
  }

  get signal() {
    return this.#controller.signal;
  }

  start() {
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#controller.abort();
    }, this.seconds * 1000);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** Ends the request too: a body that is not wanted is not read to its end. */
  end() {
    this.stop();
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }
}

/**
 * @param {Wanted} wanted
 * @param {Sink} sink
 * @param {Means} means
 * @returns {Promise<{bytes: number, sha256: string}>}
 */
export async function download(wanted, sink, means) {
  checkUrl(wanted.url);
  const transfer = new Transfer(wanted, sink, means);
  try {
    await transfer.open();
    transfer.progress();
    await transfer.all();
    return await transfer.finish();
  } catch (error) {
    if (transfer.opened && transfer.at === 0) await sink.discard(); // nothing came: nothing to go on with
    throw error;
  } finally {
    transfer.free();
    await sink.close();
  }
}
