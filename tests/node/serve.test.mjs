// The page's server: headers, ranges, and nothing outside its folder.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { parseRange, serve } from '../../web/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-serve-'));
const root = join(folder, 'site');
mkdirSync(join(root, 'js'), { recursive: true });
writeFileSync(join(folder, 'secret.txt'), 'secret');
writeFileSync(join(root, 'index.html'), '<!doctype html>');
writeFileSync(join(root, 'js', 'a.mjs'), 'export {};');
writeFileSync(join(root, 'data.tar'), '0123456789');
writeFileSync(join(root, 'empty.json'), '');
symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));

/** A request whose path is sent as it is; fetch() would tidy the dots away.
 * @param {string} url @param {string} path @param {Record<string, string>} [headers] @param {string} [method]
 * @returns {Promise<{status: number, headers: import('node:http').IncomingHttpHeaders, text: string}>} */
function ask(url, path, headers = {}, method = 'GET') {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; })
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    }).on('error', reject).end();
  });
}

const isolated = await serve({ root });
const plain = await serve({ root, isolation: false });
try {
  await test('isolation headers, and their absence on demand', async () => {
    const page = await ask(isolated.url, '/');
    assert.equal(page.status, 200);
    assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(page.headers['cross-origin-embedder-policy'], 'require-corp');
    assert.equal(page.headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal((await ask(plain.url, '/')).headers['cross-origin-opener-policy'], undefined);
  });

  await test('types that browsers insist on', async () => {
    assert.match(String((await ask(isolated.url, '/')).headers['content-type']), /^text\/html/);
    assert.match(String((await ask(isolated.url, '/js/a.mjs')).headers['content-type']), /^text\/javascript/);
  });

  await test('ranges', async () => {
    const part = await ask(isolated.url, '/data.tar', { Range: 'bytes=2-4' });
    assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, '234', 'bytes 2-4/10']);
    assert.equal((await ask(isolated.url, '/data.tar', { Range: 'bytes=-3' })).text, '789');
    assert.equal((await ask(isolated.url, '/data.tar', { Range: 'bytes=8-99' })).text, '89');
    assert.equal((await ask(isolated.url, '/data.tar', { Range: 'bytes=10-' })).status, 416);
    assert.equal((await ask(isolated.url, '/data.tar')).headers['content-length'], '10');
    assert.equal(parseRange('bytes=0-0', 0), 'unsatisfiable');
    for (const header of ['bytes=4-2', 'bytes=-', 'items=0-1', 'bytes=0-1,3-4', undefined]) assert.equal(parseRange(header, 10), null);
  });

  await test('an unchanged file is not sent again', async () => {
    const { headers } = await ask(isolated.url, '/data.tar');
    assert.equal((await ask(isolated.url, '/data.tar', { 'If-None-Match': String(headers.etag) })).status, 304);
  });

  await test('nothing outside the folder', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/js/..%2f..%2fsecret.txt', '/link.txt', '//etc/passwd', '/%00', '/%zz', '/js']) {
      const { status, text } = await ask(isolated.url, path);
      assert.equal(status, 404, path);
      assert.ok(!text.includes('secret'), path);
    }
  });

  await test('HEAD and other methods', async () => {
    const head = await ask(isolated.url, '/data.tar', {}, 'HEAD');
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '10']);
    assert.equal((await ask(isolated.url, '/data.tar', {}, 'POST')).status, 405);
    assert.equal((await ask(isolated.url, '/empty.json')).status, 200);
  });
} finally {
  await isolated.close();
  await plain.close();
  rmSync(folder, { recursive: true });
}
