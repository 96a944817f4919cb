// ONNX Runtime Web, from the site's own files and only when an ONNX encoder is opened.

const FOLDER = new URL('../../ort/', import.meta.url).href;

/** @type {Promise<import('./onnx-encoder.js').Ort> | null} */
let loaded = null;

/** @param {number} threads @returns {Promise<import('./onnx-encoder.js').Ort>} */
async function load(threads) {
  let ort;
  try {
    ort = await import(`${FOLDER}ort.wasm.min.mjs`);
  } catch {
    throw new Error('This site was made without ONNX Runtime: `make deps` gets it, then `make site`.');
  }
  ort.env.wasm.wasmPaths = FOLDER;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}

/** The runtime; its number of threads is that of the first call. @param {number} threads */
export function loadOnnxWeb(threads) {
  loaded ??= load(threads).catch((error) => {
    loaded = null;
    throw error;
  });
  return loaded;
}
