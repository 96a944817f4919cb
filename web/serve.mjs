#!/usr/bin/env node
// A static server for the page, for development and tests; any other static server will do.
//
//   node web/serve.mjs [--root build/site] [--port 8046] [--host 127.0.0.1] [--no-isolation]
//
// It sends the headers that make the page cross-origin isolated, so that threads work; --no-isolation leaves them out, to try
// the page with one thread. Nothing is compressed, so that ranges are ranges of the file.

import { createReadStream, existsSync, realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.json': 'application/json; charset=utf-8', '.jsonl': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8', '.md': 'text/plain; charset=utf-8', '.wasm': 'application/wasm', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.jpg': 'image/jpeg', '.ico': 'image/x-icon', '.webmanifest': 'application/manifest+json',
};

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** A file of the folder, or null: nothing outside the folder is reachable, by dots or by links.
 * @param {string} root @param {string} pathname */
async function findFile(root, pathname) {
  let path;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  if (path.endsWith('/')) path += 'index.html';
  const file = join(root, path);
  try {
    if (!realpathSync(file).startsWith(root + sep)) return null;
    const info = await stat(file);
    return info.isFile() ? { file, size: info.size, modified: info.mtime } : null;
  } catch {
    return null;
  }
}

/** The bytes that a Range header asks for: null for all of them, 'unsatisfiable' when there are none.
 * @param {string | undefined} header @param {number} size @returns {{start: number, end: number} | null | 'unsatisfiable'} */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null; // none, malformed or several: the whole file answers them
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < start) return null;
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * @param {string} root @param {boolean} isolation
 * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
 */
async function answer(root, isolation, request, response) {
  /** @param {number} code @param {string} text @param {Record<string, string>} [headers] */
  const refuse = (code, text, headers = {}) => {
    response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
  const [pathname] = (request.url ?? '/').split(/[?#]/, 1);
  const found = await findFile(root, pathname);
  if (!found) return refuse(404, 'There is no such file.');

  const etag = `"${found.size.toString(16)}-${found.modified.getTime().toString(16)}"`;
  /** @type {Record<string, string | number>} */
  const headers = {
    'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    ETag: etag,
    ...(isolation ? ISOLATION : {}),
  };
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, headers).end();
  const range = parseRange(request.headers.range, found.size);
  if (range === 'unsatisfiable') return refuse(416, 'No such range.', { 'Content-Range': `bytes */${found.size}` });
  const { start, end } = range ?? { start: 0, end: found.size - 1 };
  headers['Content-Length'] = end - start + 1;
  if (range) headers['Content-Range'] = `bytes ${start}-${end}/${found.size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === 'HEAD' || found.size === 0) return void response.end();
  await pipeline(createReadStream(found.file, { start, end }), response);
}

/**
 * @param {{root: string, port?: number, host?: string, isolation?: boolean}} options  port 0: any free one
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export function serve({ root, port = 0, host = '127.0.0.1', isolation = true }) {
  const folder = realpathSync(resolve(root));
  const server = createServer((request, response) => {
    answer(folder, isolation, request, response).catch(() => response.destroy()); // the browser went away
  });
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      done({
        url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/`,
        close: () => new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections?.();
        }),
      });
    });
  });
}

async function main() {
  const { values } = parseArgs({
    options: {
      root: { type: 'string', default: 'build/site' },
      port: { type: 'string', default: '8046' },
      host: { type: 'string', default: '127.0.0.1' },
      'no-isolation': { type: 'boolean', default: false },
    },
  });
  const { root, port, host } = /** @type {{root: string, port: string, host: string}} */ (values);
  try {
    const { url } = await serve({ root, port: Number(port), host, isolation: !values['no-isolation'] });
    process.stdout.write(`Serving ${root} at ${url} (Ctrl-C ends)\n`);
    if (existsSync(join(root, 'run.jsonl'))) process.stdout.write(`The finished run: ${url}?view=results&open=run.jsonl\n`);
  } catch (error) {
    process.stderr.write(`serve: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
