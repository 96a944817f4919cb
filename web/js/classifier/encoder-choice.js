// Which encoder reads texts beside their words: the one of the site, or files of one's own; opened in the engine when it is needed.

/**
 * @typedef {import('../engine/client.js').EngineClient} EngineClient
 * @typedef {import('../engine/protocol.js').EncoderInfo} EncoderInfo
 * @typedef {import('../engine/protocol.js').EncoderRequest} EncoderRequest
 */

const SITE_FILE = 'all-MiniLM-L6-v2-Q8_0.gguf';
const SITE_FOLDER = 'models/';

export class EncoderChoice {
  /** Whether the site has one. */
  atSite = false;
  /** @type {EncoderRequest | null} */
  #own = null;
  /** @type {{client: EngineClient, request: EncoderRequest, info: EncoderInfo} | null} what is open in an engine */
  #opened = null;

  async lookAtSite() {
    try {
      const response = await fetch(new URL('extras.json', document.baseURI));
      this.atSite = response.ok && (await response.json()).encoder === true;
    } catch {
      this.atSite = false;
    }
  }

  /**
   * Takes files of one's own.
   * @param {readonly File[]} models      .gguf or .onnx
   * @param {readonly File[]} tokenizers
   * @returns {string} what to call it
   */
  take(models, tokenizers) {
    const onnx = models.find(({ name }) => /\.onnx$/i.test(name));
    const model = onnx ?? models[0];
    const tokenizer = onnx ? (tokenizers[0] ?? models.find((file) => file !== onnx)) : undefined;
    if (onnx && !tokenizer) throw new Error(`${onnx.name} needs its tokenizer.json or vocab.txt: open both together.`);
    this.#own = {
      model: localFile(model),
      tokenizer: tokenizer ? localFile(tokenizer) : null,
      pooling: 'mean',
      maxTokens: 0,
    };
    return model.name;
  }

  /** Opens an encoder unless it is the one that is open. @param {EngineClient} client @param {'site' | 'files'} which */
  async open(client, which) {
    const last = this.#opened;
    const own = which === 'files' ? this.#own : null;
    if (which === 'files' && !own) throw new Error('No encoder of your own is open.');
    if (last?.client === client && (own ? last.request === own : isOfSite(last.request))) return last.info;
    const request = own ?? (await siteRequest());
    this.#opened = null;
    const info = await client.openEncoder(request);
    this.#opened = { client, request, info };
    return info;
  }

  /** Which one a classifier means; null: none that is at hand. @param {string} name @returns {'site' | 'files' | null} */
  find(name) {
    if (this.#own?.model.name.startsWith(`${name}.`)) return 'files';
    return this.atSite && SITE_FILE.startsWith(`${name}.`) ? 'site' : null;
  }

  /** The one that a classifier names; null when it needs none. @param {EngineClient} client @param {string} name */
  async openNamed(client, name) {
    if (name === '') return null;
    const which = this.find(name);
    if (which) return this.open(client, which);
    throw new Error(`This classifier sees texts through the encoder ${name}: open its file in step 3.`);
  }
}

/** @param {EncoderRequest} request */
function isOfSite({ model }) {
  return model.source.kind === 'url';
}

/** @returns {Promise<EncoderRequest>} */
async function siteRequest() {
  const url = new URL(SITE_FOLDER + SITE_FILE, document.baseURI).href;
  const response = await fetch(url, { method: 'HEAD' });
  const bytes = Number(response.headers.get('content-length'));
  if (!response.ok) throw new Error(`${SITE_FILE} could not be fetched: the server answered ${response.status}.`);
  if (!(bytes > 0)) throw new Error(`${SITE_FILE} could not be fetched: the server does not say how large it is.`);
  const model = { name: SITE_FILE, bytes, sha256: '', source: /** @type {const} */ ({ kind: 'url', url }) };
  return { model, tokenizer: null, pooling: 'mean', maxTokens: 0 };
}

/** @param {File} file @returns {import('../engine/protocol.js').ModelFile} */
function localFile(file) {
  return { name: file.name, bytes: file.size, sha256: '', source: { kind: 'file', file } };
}
