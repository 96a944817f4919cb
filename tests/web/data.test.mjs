// How the page fetches models and shards, and the store of records that stays in memory.

import assert from 'node:assert/strict';
import { File as NodeFile } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { fetchBytes, fetchRange, readFile, streamFile } from '../../web/js/data/fetch.js';
import { SuiteSource } from '../../web/js/data/suite-source.js';
import { MemoryStore } from '../../web/js/storage/memory-store.js';
import { serve } from '../../web/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
const shard = Uint8Array.from({ length: 100000 }, (_, i) => (i * 7) & 255);
writeFileSync(join(folder, 'a.tar'), shard);
const { url, close } = await serve({ root: folder });

// A server that knows no ranges, and one that breaks off in the middle.
const plain = createServer((request, response) => {
  if (request.url === '/broken.tar') {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('x'.repeat(10), () => response.destroy());
  } else {
    response.end(shard);
  }
});
await new Promise((resolve) => {
  plain.listen(0, '127.0.0.1', () => resolve(undefined));
});
const { port } = /** @type {import('node:net').AddressInfo} */ (plain.address());
const plainUrl = `http://127.0.0.1:${port}/`;

/** @param {string} base @param {{shard?: () => void, member?: () => void}} [checks] */
function source(base, checks = {}) {
  const images = (/** @type {number} */ offset) => [{ shard: 0, name: 'x.png', offset, size: 16, sha256: '' }];
  const samples = Array.from({ length: 8 }, (_, i) => ({
    id: `s${i}`,
    dimension: '',
    domain: '',
    task: '',
    question: '',
    options: [],
    gold: [],
    images: images(512 * i),
  }));
  return new SuiteSource(base, ['a.tar'], samples, {
    shard: checks.shard ?? (() => {}),
    member: checks.member ?? (() => {}),
  });
}

try {
  await test('a model file arrives piece by piece, whole and in order', async () => {
    const got = new Uint8Array(shard.length);
    let last = 0;
    await streamFile(
      `${url}a.tar`,
      shard.length,
      (offset, chunk) => got.set(chunk, offset),
      (done) => {
        assert.ok(done > last);
        last = done;
      },
    );
    assert.deepEqual(got, shard);
    assert.equal(last, shard.length);
  });

  await test('a file of this machine arrives piece by piece, in order, into one buffer that goes round', async () => {
    const large = Uint8Array.from({ length: 3000001 }, (_, i) => (i * 31 + (i >> 8)) & 255);
    const make = (/** @type {Uint8Array} */ bytes) => /** @type {File} */ (/** @type {unknown} */ (new NodeFile([bytes], 'a.gguf')));
    const plain = make(large);
    const { stream } = plain;
    plain.stream = () => /** @type {any} */ ({
      getReader: (/** @type {unknown} */ mode) => {
        if (mode) throw new TypeError('no byte stream');
        return stream.call(plain).getReader();
      },
    });
    for (const file of [make(large), plain]) {
      const got = new Uint8Array(large.length);
      let last = 0;
      await readFile(file, large.length, (offset, chunk) => got.set(chunk, offset), (done) => {
        assert.ok(done > last);
        last = done;
      });
      assert.deepEqual(got, large);
      assert.equal(last, large.length);
    }
    await assert.rejects(readFile(make(large), 5, () => {}, () => {}), /a\.gguf has 3000001 bytes instead of 5/);
  });

  await test('a file of another length is refused, and never written past its block', async () => {
    let most = 0;
    const write = (/** @type {number} */ offset, /** @type {Uint8Array} */ chunk) => {
      most = Math.max(most, offset + chunk.length);
    };
    await assert.rejects(
      streamFile(`${url}a.tar`, 99999, write, () => {}),
      /a\.tar has .* instead of 99999/,
    );
    assert.ok(most <= 99999);
    await assert.rejects(
      streamFile(`${url}a.tar`, 100001, write, () => {}),
      /a\.tar has 100000 bytes instead of 100001/,
    );
  });

  await test('a missing file, a silent server and a broken connection give one sentence each', async () => {
    await assert.rejects(fetchBytes(`${url}none.tar`, 10), /none\.tar could not be fetched: the server answered 404/);
    await assert.rejects(
      fetchBytes('http://127.0.0.1:1/none.tar', 10),
      /none\.tar could not be fetched: the server does not answer/,
    );
    await assert.rejects(fetchBytes(`${plainUrl}broken.tar`, 5000), /broken\.tar could not be read to its end/);
    await assert.rejects(
      streamFile(
        `${plainUrl}broken.tar`,
        1000,
        () => {},
        () => {},
      ),
      /broken\.tar could not be read to its end/,
    );
    await assert.rejects(fetchBytes(`${url}a.tar`, 99999), /a\.tar is larger/);
  });

  await test('a range is the same bytes from a server that knows ranges and from one that does not', async () => {
    assert.deepEqual(await fetchRange(`${url}a.tar`, 512, 16), shard.slice(512, 528));
    assert.deepEqual(await fetchRange(`${plainUrl}a.tar`, 512, 16), shard.slice(512, 528));
    await assert.rejects(fetchRange(`${plainUrl}a.tar`, 99999, 16), /a\.tar has/);
    await assert.rejects(fetchRange(`${url}a.tar`, 99999, 16), /a\.tar has/);
  });

  await test('few samples are fetched by range and checked one by one, many as whole shards checked once', async () => {
    let shards = 0;
    let members = 0;
    const few = source(url, {
      shard: () => {
        shards += 1;
      },
      member: () => {
        members += 1;
      },
    });
    few.plan(1);
    assert.deepEqual((await few.images(3))[0], shard.slice(1536, 1552));
    assert.deepEqual([shards, members], [0, 1]);
    few.plan(8);
    assert.deepEqual((await few.images(4))[0], shard.slice(2048, 2064));
    assert.deepEqual((await few.images(5))[0], shard.slice(2560, 2576));
    assert.deepEqual([shards, members], [1, 1]);
  });

  await test('what fails its check is not handed out, and is fetched again at the next try', async () => {
    let fail = true;
    const check = () => {
      if (fail) throw new Error('wrong hash');
    };
    for (const samples of [1, 8]) {
      fail = true;
      const bad = source(url, { shard: check, member: check });
      bad.plan(samples);
      await assert.rejects(bad.images(0), /wrong hash/);
      fail = false;
      assert.equal((await bad.images(0))[0].length, 16);
    }
  });

  await test('records in memory are appended to, cut and removed', async () => {
    const store = new MemoryStore();
    assert.equal(await store.read('a'), null);
    const first = await store.open('a', 0);
    first.append('één\n');
    first.append('cut');
    first.close();
    assert.equal(await store.read('a'), 'één\ncut');
    const second = await store.open('a', new TextEncoder().encode('één\n').length);
    second.append('two\n');
    assert.equal(await store.read('a'), 'één\ntwo\n');
    assert.deepEqual(
      (await store.all()).map(({ name, text }) => [name, text]),
      [['a', 'één\ntwo\n']],
    );
    await store.remove('a');
    assert.equal(await store.read('a'), null);
  });
} finally {
  await close();
  plain.closeAllConnections();
  plain.close();
  rmSync(folder, { recursive: true });
}
