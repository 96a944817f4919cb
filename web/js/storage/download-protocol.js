// What the page and the worker that fetches a model say to each other: types only.

/**
 * @typedef {{url: string, name: string, bytes: number, sha256: string}} OrderedFile
 * @typedef {{kind: 'fetch', id: string, files: OrderedFile[]} | {kind: 'cancel'}} DownloadOrder
 * @typedef {{kind: 'progress', name: string, done: number} | {kind: 'done'} | {kind: 'failed', message: string, cancelled: boolean}} DownloadNews
 */

export {};
