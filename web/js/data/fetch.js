// Bytes from the page's own server, with one clear sentence for everything that can go wrong.

const PIECE = 1 << 20; // bytes of a file that are read at once

/** @param {string} url */
function fileName(url) {
  return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? url);
}

/** @param {string} url @param {RequestInit} [init] */
async function request(url, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, init);
  } catch {
    throw new Error(`${fileName(url)} could not be fetched: the server does not answer.`);
  }
  if (!response.ok) throw new Error(`${fileName(url)} could not be fetched: the server answered ${response.status}.`);
  return response;
}

/** @param {string} url @param {number} got @param {number} expected */
function lengthError(url, got, expected) {
  return new Error(`${fileName(url)} has ${got} bytes instead of ${expected}: it is cut off or another file.`);
}

/**
 * Hands a file on piece by piece as it comes in, so that it is never held twice.
 * @param {string} url
 * @param {number} expected  its length in bytes; more or less is an error
 * @param {(offset: number, chunk: Uint8Array) => void} write
 * @param {(done: number) => void} onProgress
 */
export async function streamFile(url, expected, write, onProgress) {
  const response = await request(url);
  if (!response.body) throw new Error(`${fileName(url)} came without content.`);
  const { read, cancel } = pieceReader(response.body);
  let done = 0;
  for (;;) {
    const piece = await readPiece(read, `${fileName(url)} could not be read to its end: the connection broke.`);
    if (!piece) break;
    if (done + piece.length > expected) {
      await cancel();
      throw lengthError(url, done + piece.length, expected);
    }
    write(done, piece);
    done += piece.length;
    onProgress(done);
  }
  if (done !== expected) throw lengthError(url, done, expected);
}

/**
 * The same for a file that is on this machine.
 * @param {File} file
 * @param {number} expected
 * @param {(offset: number, chunk: Uint8Array) => void} write
 * @param {(done: number) => void} onProgress
 */
export async function readFile(file, expected, write, onProgress) {
  if (file.size !== expected)
    throw new Error(`${file.name} has ${file.size} bytes instead of ${expected}: it is cut off or another file.`);
  const { read, cancel } = pieceReader(file.stream());
  for (let at = 0; at < expected; ) {
    const piece = await readPiece(read, `${file.name} can no longer be read: it was changed or removed.`);
    if (!piece || piece.length > expected - at) throw new Error(`${file.name} is no longer the file that was chosen.`);
    write(at, piece);
    at += piece.length;
    onProgress(at);
  }
  await cancel();
}

/** Reads piece by piece, where it can be into one buffer that goes round: pieces of their own would pile up until somebody collects
 * them. @param {ReadableStream<Uint8Array>} stream
 * @returns {{read: () => Promise<Uint8Array | undefined>, cancel: () => Promise<void>}} */
function pieceReader(stream) {
  try {
    const reader = stream.getReader({ mode: 'byob' });
    let buffer = new ArrayBuffer(PIECE);
    const read = async () => {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (value) buffer = value.buffer;
      return done ? undefined : value;
    };
    return { read, cancel: () => reader.cancel() };
  } catch {
    const reader = stream.getReader(); // a browser whose files or answers are no byte streams
    return { read: async () => (await reader.read()).value, cancel: () => reader.cancel() };
  }
}

/** @param {() => Promise<Uint8Array | undefined>} read @param {string} broken  the sentence when it fails */
async function readPiece(read, broken) {
  try {
    return await read();
  } catch {
    throw new Error(broken);
  }
}

/**
 * @param {string} url
 * @param {number} limit  bytes; a longer file is refused
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchBytes(url, limit) {
  const response = await request(url);
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > limit) throw new Error(`${fileName(url)} is larger than ${limit} bytes.`);
  const bytes = await bodyBytes(response, url);
  if (bytes.length > limit) throw new Error(`${fileName(url)} is larger than ${limit} bytes.`);
  return bytes;
}

/** @param {Response} response @param {string} url */
async function bodyBytes(response, url) {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new Error(`${fileName(url)} could not be read to its end: the connection broke.`);
  }
}

/**
 * One range of a file. A server that knows no ranges sends the whole file; then the range is cut out of it.
 * @param {string} url
 * @param {number} offset
 * @param {number} size
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchRange(url, offset, size) {
  const response = await request(url, { headers: { range: `bytes=${offset}-${offset + size - 1}` } });
  const bytes = await bodyBytes(response, url);
  if (response.status === 206) {
    if (bytes.length !== size) throw lengthError(url, bytes.length, size);
    return bytes;
  }
  if (bytes.length < offset + size) throw lengthError(url, bytes.length, offset + size);
  return bytes.slice(offset, offset + size);
}
