// The rules of a download, in memory: what a server, a storage and a user may do on the way. Against the page and the program they
// run in tests/e2e/models.test.mjs and tests/cli/fetch.test.mjs.

import assert from 'node:assert/strict';
import { File as NodeFile } from 'node:buffer';
import { createHash } from 'node:crypto';
import { hostileServer, noise } from '../aids/hostile-server.mjs';
import { test } from '../harness.mjs';
import { architectureOf, kindOf, sortModelFiles } from '../../web/js/data/gguf-kind.js';
import { DownloadError, FinalError, checkUrl, download, urlName } from '../../web/js/storage/download.js';

/** @typedef {import('../../web/js/storage/download.js').Means} Means */
/** @typedef {import('../../web/js/storage/download.js').Wanted} Wanted */
/** @typedef {import('../aids/hostile-server.mjs').Step} Step */

const SIZE = 300000;
const File = /** @type {typeof globalThis.File} */ (/** @type {unknown} */ (NodeFile)); // not everywhere global
const body = noise(SIZE), other = noise(SIZE, 2);
const server = await hostileServer();
/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
let paths = 0;

/** @implements {Sink} @typedef {import('../../web/js/storage/download.js').Sink} Sink */
class MemorySink {
  bytes = new Uint8Array(0);
  note = '';
  sha256 = '';
  finished = false;
  closed = 0;
  most = 0; // bytes of the largest piece
  room = Infinity;

  async open() {
    return { size: this.bytes.length, note: this.note };
  }

  /** @param {(piece: Uint8Array) => void} use */
  async read(use) {
    for (let at = 0; at < this.bytes.length; at += 1000) use(this.bytes.subarray(at, at + 1000));
  }

  /** @param {Uint8Array} piece @param {number} offset */
  write(piece, offset) {
    assert.equal(offset, this.bytes.length);
    if (offset + piece.length > this.room) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    this.most = Math.max(this.most, piece.length);
    this.bytes = Uint8Array.from([...this.bytes, ...piece]);
  }

  /** @param {number} size */
  truncate(size) {
    this.bytes = this.bytes.slice(0, size);
  }

  /** @param {string} note */
  keepNote(note) {
    this.note = note;
  }

  /** @param {string} hash */
  finish(hash) {
    this.sha256 = hash;
    this.finished = true;
  }

  discard() {
    this.bytes = new Uint8Array(0);
    this.note = '';
  }

  close() {
    this.closed += 1;
  }
}

/** @param {Step[]} steps @param {Partial<Wanted>} [wanted] @param {Partial<Means>} [means] @param {MemorySink} [sink] */
function start(steps, wanted = {}, means = {}, sink = new MemorySink()) {
  const path = `/${(paths += 1)}/x.gguf`;
  const url = server.put(path, body, steps);
  /** @type {number[]} */
  const pauses = [];
  const done = download({ url, name: 'x.gguf', ...wanted }, sink, {
    fetch: (address, init) => fetch(address, init),
    hasher: () => {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex'), free() {} };
    },
    ifRange: true,
    sleep: async (seconds) => void pauses.push(seconds),
    ...means,
  });
  return { done, sink, pauses, seen: () => server.seen(path) };
}

/** @param {ReturnType<typeof start>} started @param {RegExp} says @param {string} kind */
async function fails({ done, sink }, says, kind) {
  await assert.rejects(done, (error) => {
    assert.ok(error instanceof DownloadError, String(error));
    assert.match(error.message, says);
    assert.equal(error.kind, kind);
    return true;
  });
  assert.ok(!sink.finished);
  assert.equal(sink.closed, 1);
}

/** @param {ReturnType<typeof start>} started @param {Uint8Array} [content] */
async function succeeds({ done, sink }, content = body) {
  assert.deepEqual(await done, { bytes: content.length, sha256: sha256(content) });
  assert.deepEqual(sink.bytes, content);
  assert.equal(sink.sha256, sha256(content));
  assert.equal(sink.closed, 1);
}

const cut = { cut: 120000, pause: 5 };

try {
  await test('good, cut, ignored, shifted, changed: the file is whole in the end', async () => {
    await succeeds(start([{}]));
    await succeeds(start([{ chunked: true }]));
    for (const next of [{}, { noRange: true }, { shift: 3 }, { no416: true }, { blind: true, etag: '"one"' }]) {
      const run = start([cut, next, {}], { sha256: sha256(body), bytes: SIZE });
      await succeeds(run);
      assert.match(String(run.seen()[1].range), /^bytes=\d+-$/);
      assert.equal(run.seen()[1].ifRange, '"one"');
      assert.ok(run.sink.most <= 65536, `a piece of ${run.sink.most} bytes`);
    }
    await succeeds(start([cut, { body: other, etag: '"two"' }]), other);
    await succeeds(start([cut, { body: other, etag: '"two"', blind: true }]), other);
  });

  await test('pauses grow, and are short again after a try that brought something', async () => {
    const down = start([{ status: 503 }]);
    await fails(down, /^x\.gguf could not be fetched: the server answered 503 \(5 tries, http/, 'network');
    assert.deepEqual(down.pauses, [0.5, 1, 2, 4]);
    const mended = start([{ status: 500 }, { status: 500 }, cut, { status: 500 }, { status: 500 }, {}], { sha256: sha256(body) });
    await succeeds(mended);
    assert.deepEqual(mended.pauses, [0.5, 1, 0.5, 1, 2]);
  });

  await test('lengths and hashes that do not fit', async () => {
    await fails(start([{}], { bytes: SIZE + 1 }), /the server offers 300000 bytes, it has to be 300001$/, 'length');
    await fails(start([{ endless: true, chunked: true }], { bytes: SIZE }), /sends more than its 300000 bytes$/, 'length');
    await fails(start([{ endless: true, chunked: true }], { limit: SIZE }), /more than 300000 bytes$/, 'length');
    await fails(start([{}], { limit: 1000 }), /more than 1000 bytes$/, 'length');
    await fails(start([{ length: SIZE + 10 }]), /at 300000 of 300010 bytes, which are kept/, 'network');
    const wrong = start([{ flip: 5 }], { sha256: sha256(body) });
    await fails(wrong, new RegExp(`sha256 is [0-9a-f]{64}, it has to be ${sha256(body)}; removed$`), 'hash');
    assert.equal(wrong.sink.bytes.length, 0);
  });

  await test('a storage that is full is one sentence, and with more room it goes on', async () => {
    const sink = new MemorySink();
    sink.room = 150000;
    const path = `/${paths + 1}/x.gguf`;
    await fails(start([{}], {}, {}, sink), /^x\.gguf: no space left after \d+ bytes; what came in is kept, the same call goes on with it$/, 'storage');
    assert.ok(sink.bytes.length > 0 && sink.bytes.length <= 150000);
    sink.room = Infinity;
    sink.closed = 0;
    paths -= 1; // the same address
    const again = start([{}], {}, {}, sink);
    await succeeds(again);
    assert.match(String(server.seen(path)[0].range), /^bytes=[1-9]/);
  });

  await test('a user who stops it, and a server that falls silent', async () => {
    const controller = new AbortController();
    const stopped = start([{ pause: 20 }], {}, {
      signal: controller.signal,
      onProgress: (done) => {
        if (done > 60000) controller.abort();
      },
    });
    await fails(stopped, /^stopped; the same call goes on with what came in$/, 'cancelled');
    assert.ok(stopped.sink.bytes.length > 60000 && stopped.sink.bytes.length < SIZE);
    const silent = start([{ stall: 50000 }, {}], {}, { patience: 0.5 });
    await succeeds(silent);
    assert.equal(silent.seen().length, 2);
    const early = new AbortController();
    early.abort();
    await fails(start([{}], {}, { signal: early.signal }), /^stopped/, 'cancelled');
  });

  await test('what can never work is not tried again', async () => {
    const never = start([{}], {}, {
      fetch: async () => {
        throw new FinalError('more than 5 redirects');
      },
    });
    await fails(never, /^x\.gguf could not be fetched: more than 5 redirects \(http/, 'network');
    assert.deepEqual(never.pauses, []);
    for (const status of [400, 401, 403, 404, 410]) {
      const run = start([{ status }]);
      await fails(run, new RegExp(`the server answered ${status} \\(http`), 'network');
      assert.equal(run.seen().length, 1);
    }
  });

  await test('addresses', () => {
    for (const url of ['', 'x', 'ftp://h/x', 'file:///x', 'http://', 'http:///x', 'https://a:b@h/x', 'http://h/a b', 'http://h/\n', 'javascript:x', `http://h/${'x'.repeat(3000)}`])
      assert.throws(() => checkUrl(url), DownloadError, url);
    checkUrl('HTTPS://h:80/x?y#z@w');
    assert.deepEqual(['http://h/a/b.gguf', 'http://h/b.gguf?x=/c.gguf#d', 'http://h/', 'http://h/.gguf', 'http://h/-x', 'http://h/a%2Fb', 'http://h/..'].map(urlName),
      ['b.gguf', 'b.gguf', '', '', '', '', '']);
  });

  await test('files are told apart by the architecture in them, else by their name', async () => {
    const gguf = (/** @type {string} */ name, /** @type {string} */ architecture) => {
      const key = 'general.architecture';
      const head = Buffer.alloc(24 + 8 + key.length + 4 + 8);
      head.write('GGUF');
      head.writeUInt32LE(3, 4);
      head.writeUInt32LE(key.length, 24);
      head.write(key, 32);
      head.writeUInt32LE(8, 32 + key.length);
      head.writeUInt32LE(architecture.length, 36 + key.length);
      return new File([head, architecture], name);
    };
    const bare = (/** @type {string} */ name) => new File(['GGUF and nothing else that could be read'], name);
    const names = async (/** @type {File[]} */ ...files) => {
      const { text, vision } = await sortModelFiles(files);
      return [text.map(({ name }) => name), vision?.name];
    };
    assert.equal(architectureOf(new Uint8Array(await gguf('x', 'llama').arrayBuffer())), 'llama');
    assert.equal(architectureOf(new Uint8Array(10)), '');
    assert.equal(await kindOf(bare('mmproj-x.gguf')), 'vision');
    assert.equal(await kindOf(bare('x.gguf')), 'text');
    assert.equal(await kindOf(gguf('mmproj-x.gguf', 'llama')), 'text');
    assert.deepEqual(await names(gguf('b.gguf', 'clip'), gguf('a.gguf', 'llama')), [['a.gguf'], 'b.gguf']);
    assert.deepEqual(await names(bare('x-00002-of-00002.gguf'), bare('x-00001-of-00002.gguf')), [['x-00001-of-00002.gguf', 'x-00002-of-00002.gguf'], undefined]);
    for (const [files, says] of /** @type {[File[], RegExp][]} */ ([
      [[new File(['no'], 'x.gguf')], /x\.gguf is no GGUF file/],
      [[gguf('m.gguf', 'clip')], /A language model is missing/],
      [[bare('a.gguf'), bare('b.gguf')], /two language models, a\.gguf and b\.gguf/],
      [[bare('a.gguf'), gguf('m.gguf', 'clip'), gguf('n.gguf', 'clip')], /two vision files, m\.gguf and n\.gguf/],
      [[bare('x-00001-of-00003.gguf'), bare('x-00002-of-00003.gguf')], /x is split into 3 parts, and 2 of them/],
      [[bare('x-00001-of-00002.gguf'), bare('x-00001-of-00002.gguf')], /x is split into 2 parts, and 2 of them/],
    ])) {
      await assert.rejects(sortModelFiles(files), says);
    }
  });
} finally {
  await server.close();
}
