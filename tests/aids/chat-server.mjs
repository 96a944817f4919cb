// A local chat endpoint that speaks OpenAI's protocol, over real sockets, and misbehaves one request after the other as told.
//
//   const server = await chatServer();
//   server.play([{ status: 429, retryAfter: '1' }, {}]);     the first request is turned away, all others are answered well
//   server.seen                                              the requests that came: headers, body, time

import { createServer } from 'node:http';

/**
 * What is wrong with an answer; {} is a good one.
 * @typedef {object} Step
 * @property {number} [status]      instead of an answer, with a message that repeats the request's Authorization header
 * @property {string | (() => string)} [retryAfter]  Retry-After
 * @property {boolean} [silent]     nothing is ever sent
 * @property {number} [cut]         the connection is destroyed after so many bytes of the body
 * @property {string} [raw]         the body
 * @property {string} [content]     what the model says
 * @property {number} [huge]        so many bytes of body, without a Content-Length
 * @property {string} [redirect]    where to, with the status, or 307
 * @property {number} [drip]        milliseconds before each byte of the body
 * @property {string} [wire]        these bytes in place of any HTTP; then the connection is closed
 *
 * @typedef {object} Seen
 * @property {number} at            milliseconds
 * @property {string} path
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {any} body             parsed
 */

/** What a good model says of a question: two phrases, the same for the same question. @param {string} question */
function goodContent(question) {
  let hash = 7;
  for (const letter of question) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  const verbs = ['Offering', 'Refusing', 'Explaining', 'Praising', 'Doubting', 'Sharing'];
  const nouns = ['practical help', 'cruel jokes', 'honest advice', 'old customs', 'bold plans', 'fair rules'];
  const phrase = (/** @type {number} */ n) => `${verbs[n % 6]} ${nouns[(n >>> 4) % 6]} number ${n % 1000}`;
  const concepts = [{ text: phrase(hash), valence: 'adheres' }, { text: `${phrase(hash >>> 7)}.`, valence: 'opposes' }];
  return `Here you are:\n\`\`\`json\n${JSON.stringify({ concepts })}\n\`\`\``;
}

/** @param {Step} step @param {any} body @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response */
function answer(step, body, request, response) {
  if (step.silent) return;
  if (step.wire !== undefined) return void request.socket.end(step.wire, 'latin1');
  if (step.redirect !== undefined) return void response.writeHead(step.status ?? 307, { location: step.redirect }).end();
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json' };
  if (step.retryAfter !== undefined) headers['retry-after'] = typeof step.retryAfter === 'function' ? step.retryAfter() : step.retryAfter;
  if (step.status !== undefined)
    return void response.writeHead(step.status, headers).end(JSON.stringify({ error: { message: `no, ${request.headers.authorization}` } }));
  response.writeHead(200, headers);
  if (step.huge !== undefined) {
    for (let sent = 0; sent < step.huge; sent += 65536) response.write(' '.repeat(65536));
    return void response.end('{}');
  }
  const content = step.content ?? goodContent(body.messages[0].content);
  const text = step.raw ?? JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] });
  if (step.drip !== undefined) {
    let sent = 0;
    const timer = setInterval(() => response.write(text.charAt(sent % text.length), () => { sent += 1; }), step.drip);
    return void response.on('close', () => clearInterval(timer));
  }
  if (step.cut === undefined) return void response.end(text);
  response.write(text.slice(0, step.cut), () => response.destroy());
}

export async function chatServer() {
  /** @type {Step[]} */
  let steps = [{}];
  /** @type {Seen[]} */
  const seen = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece) => { text += piece; });
    request.on('end', () => {
      const step = steps[Math.min(seen.length, steps.length - 1)];
      const body = JSON.parse(text);
      seen.push({ at: Date.now(), path: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(step, body, request, response);
    });
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    host: `127.0.0.1:${port}`,
    seen,
    /** Begins anew. @param {Step[]} next  the last one stays */
    play(next) {
      steps = next;
      seen.length = 0;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed(undefined));
        server.closeAllConnections?.();
      }),
  };
}
