// A local web server that does what servers and networks do on bad days, one request after the other as told.
//
//   const server = await hostileServer();
//   server.put('/a.gguf', bytes, [{ cut: 1000 }, {}]);      the first request breaks after 1000 bytes, all others are answered well
//   server.seen('/a.gguf')                                  the requests that came

import { createServer } from 'node:http';

const PIECE = 16384;

/**
 * What is wrong with an answer; {} is a good one.
 * @typedef {object} Step
 * @property {number} [status]      instead of a body
 * @property {number} [cut]         the connection is destroyed after so many bytes of the body
 * @property {number} [stall]       nothing more is sent after so many bytes of the body
 * @property {Promise<unknown>} [until]  the cut waits for this, and a stall ends with it
 * @property {number} [flip]        this byte of the file is another one
 * @property {boolean} [noRange]    ranges are ignored
 * @property {number} [shift]       a range begins so many bytes later than asked for
 * @property {boolean} [no416]      every range is unsatisfiable
 * @property {number} [length]      the Content-Length, whatever is sent
 * @property {boolean} [chunked]    no Content-Length
 * @property {boolean} [endless]    the body never ends
 * @property {number} [pause]       milliseconds between two pieces
 * @property {string} [redirect]    where to
 * @property {string} [etag]        '' for none; else of this version
 * @property {string} [modified]    Last-Modified
 * @property {boolean} [blind]      If-Range is ignored
 * @property {Uint8Array} [body]    of another version
 *
 * @typedef {object} Seen
 * @property {string | undefined} range
 * @property {string | undefined} ifRange
 * @property {Record<string, string | string[] | undefined>} headers
 */

/** Bytes that look like nothing, the same at every call. @param {number} n @param {number} [seed] */
export function noise(n, seed = 1) {
  const bytes = new Uint8Array(n);
  let state = (seed * 2654435761) >>> 0;
  for (let i = 0; i < n; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Ends when the piece is out, or the connection gone. @param {import('node:http').ServerResponse} response @param {Uint8Array} piece */
function written(response, piece) {
  return new Promise((resolve) => {
    const end = () => {
      response.off('close', end);
      resolve(undefined);
    };
    response.once('close', end);
    if (response.destroyed) end();
    else response.write(piece, end);
  });
}

class Stage {
  /** @type {Map<string, {body: Uint8Array, steps: Step[], seen: Seen[]}>} */
  plays = new Map();
  /** @type {Record<string, string>} */
  headers = {};
  /** @type {((request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void) | null} */
  otherwise = null;

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  answer(request, response) {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const play = this.plays.get(path);
    if (request.method === 'OPTIONS') return void response.writeHead(204, this.headers).end();
    if (!play) {
      if (this.otherwise) return void this.otherwise(request, response);
      return void response.writeHead(404, this.headers).end('nothing here');
    }
    const step = play.steps[Math.min(play.seen.length, play.steps.length - 1)] ?? {};
    const { headers } = request;
    play.seen.push({ range: headers.range, ifRange: /** @type {string | undefined} */ (headers['if-range']), headers });
    if (step.redirect !== undefined) return void response.writeHead(302, { ...this.headers, location: step.redirect }).end('elsewhere');
    if (step.status !== undefined) return void response.writeHead(step.status, this.headers).end(`${step.status}`);
    this.#send(step, step.body ?? play.body, headers, response);
  }

  /** @param {Step} step @param {Uint8Array} whole @param {import('node:http').IncomingHttpHeaders} asked
   * @param {import('node:http').ServerResponse} response */
  #send(step, whole, asked, response) {
    const body = step.flip === undefined ? whole : whole.map((byte, i) => (i === step.flip ? byte ^ 1 : byte));
    const mark = step.etag ?? '"one"';
    const first = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? -1);
    const fits = step.blind || asked['if-range'] === undefined || asked['if-range'] === mark || asked['if-range'] === step.modified;
    const partial = first >= 0 && !step.noRange && fits;
    if (partial && (step.no416 || first >= body.length))
      return void response.writeHead(416, { ...this.headers, 'content-range': `bytes */${body.length}` }).end();
    const start = partial ? Math.min(first + (step.shift ?? 0), body.length) : 0;
    /** @type {Record<string, string | number>} */
    const headers = { ...this.headers, 'content-type': 'application/octet-stream' };
    if (!step.chunked) headers['content-length'] = step.length ?? (step.endless ? 2 ** 40 : body.length - start);
    if (partial) headers['content-range'] = `bytes ${start}-${body.length - 1}/${body.length}`;
    if (mark !== '') headers.etag = mark;
    if (step.modified !== undefined) headers['last-modified'] = step.modified;
    response.writeHead(partial ? 206 : 200, headers);
    void this.#pour(step, body.subarray(start), response);
  }

  /** @param {Step} step @param {Uint8Array} body @param {import('node:http').ServerResponse} response */
  async #pour(step, body, response) {
    const most = step.cut ?? step.stall ?? (step.endless ? Infinity : body.length);
    const send = async (/** @type {number} */ from, /** @type {number} */ to) => {
      for (let at = from; at < to && !response.destroyed; ) {
        const end = Math.min(at + PIECE, to);
        const piece = step.endless ? new Uint8Array(PIECE) : body.subarray(at, end);
        await written(response, piece);
        if (step.pause) await new Promise((resolve) => setTimeout(resolve, step.pause));
        at = end;
      }
    };
    await send(0, most);
    if (step.stall !== undefined && !step.until) return;
    await step.until;
    if (step.stall !== undefined) await send(most, body.length);
    if (step.cut !== undefined || (step.length ?? 0) > body.length) response.destroy();
    else response.end();
  }
}

/** @param {{headers?: Record<string, string>}} [options]  headers of every answer */
export async function hostileServer({ headers = {} } = {}) {
  const stage = new Stage();
  stage.headers = headers;
  const server = createServer((request, response) => stage.answer(request, response));
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** What answers a path that was not put. @param {NonNullable<Stage['otherwise']>} answer */
    otherwise(answer) {
      stage.otherwise = answer;
    },
    /** @param {string} path @param {Uint8Array} body @param {Step[]} [steps]  the last one stays */
    put(path, body, steps = [{}]) {
      stage.plays.set(path, { body, steps, seen: [] });
      return `http://127.0.0.1:${port}${path}`;
    },
    /** @param {string} path @returns {Seen[]} */
    seen: (path) => stage.plays.get(path)?.seen ?? [],
    close: () =>
      new Promise((closed) => {
        server.close(() => closed(undefined));
        server.closeAllConnections?.();
      }),
  };
}
