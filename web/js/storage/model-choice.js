// The model that is chosen: one of the known ones, or files from this device; what of it is known before it is loaded.

import { sortModelFiles } from '../data/gguf-kind.js';
import { parseRegistry } from '../data/registry.js';
import { bytes, plural } from '../eval/format.js';
import { LOCAL } from './local-model.js';
import { ModelShelf } from './model-shelf.js';

/**
 * @typedef {import('../data/registry.js').KnownModel} KnownModel
 * @typedef {import('../engine/protocol.js').ModelFiles} ModelFiles
 * @typedef {{text: string, vision: string}} Hashes  SHA-256 of the files of a model
 */

export class ModelChoice {
  /** @type {readonly KnownModel[]} */
  #models = [];
  #keepsFiles = true;
  /** @type {ModelFiles | null} */
  #local = null;
  #useLocal = false;
  /** @type {Map<string, Hashes>} */
  #hashes = new Map(); // of models that have been loaded
  #named;

  /**
   * @param {() => string} named  id of the known model that the address names; '' is the first
   * @param {(id: string) => void} onPresence  where a known model is has changed
   */
  constructor(named, onPresence) {
    this.#named = named;
    this.shelf = new ModelShelf(onPresence);
  }

  /** Reads the list, and looks which models are here. @param {string} url */
  async load(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`The list of models could not be fetched: the server answered ${response.status}.`);
    this.#models = parseRegistry(await response.text(), url);
    this.#keepsFiles = await this.shelf.keeps();
    await this.shelf.look(this.#models);
  }

  /** @param {string} id @returns {KnownModel | undefined} */
  find(id) {
    return this.#models.find((model) => model.id === id);
  }

  /** The known model that the address names, also while local files are chosen. */
  get known() {
    return this.#named() === '' ? this.#models[0] : this.find(this.#named());
  }

  /** @param {boolean} local  else the known model that the address names */
  use(local) {
    this.#useLocal = local && this.#local !== null;
  }

  /** Takes files from this device, and chooses them. Throws one sentence when they are no model. @param {readonly File[]} files */
  async take(files) {
    const { text, vision } = await sortModelFiles(files);
    /** @param {File} file @returns {import('../engine/protocol.js').ModelFile} */
    const own = (file) => ({ name: file.name, bytes: file.size, sha256: '', source: { kind: 'file', file } });
    this.#local = { name: text[0].name, text: text.map(own), vision: vision ? own(vision) : null };
    this.#hashes.delete(LOCAL);
    this.#useLocal = true;
  }

  get #key() {
    return this.#useLocal ? LOCAL : (this.known?.id ?? '');
  }

  get name() {
    return (this.#useLocal ? this.#local?.name : this.known?.name) ?? '';
  }

  /** Why it cannot be run yet, or ''. */
  get missing() {
    const model = this.known;
    if (this.#useLocal) return '';
    if (!model) return 'Choose a model.';
    if (model.kind === 'encoder') return `${model.name} answers no questions: choose another model.`;
    return this.shelf.has(model.id) ? '' : `Download ${model.name} first, or open its files.`;
  }

  /** @returns {Promise<ModelFiles>} */
  async files() {
    if (this.#useLocal && this.#local) return this.#local;
    if (!this.known) throw new Error('No model is chosen.');
    return this.shelf.files(this.known);
  }

  /** As far as they are known: by the list, or because it has been loaded. @returns {Hashes | null} */
  get hashes() {
    const found = this.#hashes.get(this.#key);
    const model = this.#useLocal ? undefined : this.known;
    if (found || !model || model.text.length > 1) return found ?? null;
    if (model.text[0].sha256 === '' || model.vision?.sha256 === '') return null;
    return { text: model.text[0].sha256, vision: model.vision?.sha256 ?? '' };
  }

  /** @param {import('../engine/protocol.js').ModelInfo} info  of the chosen model, which has been loaded */
  loaded({ text_sha256: text, vision_sha256: vision }) {
    this.#hashes.set(this.#key, { text, vision });
  }

  /** What the picker shows. @returns {import('../ui/model-picker.js').PickerState} */
  get picker() {
    const local = this.#local;
    const files = local ? [...local.text, ...(local.vision ? [local.vision] : [])] : [];
    const size = files.reduce((sum, file) => sum + file.bytes, 0);
    return {
      models: this.#models,
      chosen: this.#key,
      keeps: this.#keepsFiles,
      presence: (id) => this.shelf.presence(id),
      local: local && {
        name: local.name,
        note: `${plural(files.length, 'file')}, ${bytes(size)}${local.vision ? '' : ', without a vision file'}.`,
      },
    };
  }

  /** What is said of it beside Run. @returns {import('../ui/evaluate-view.js').Chosen | null} */
  get summary() {
    if (this.#key === '') return null;
    return { name: this.name, bytes: this.#useLocal ? 0 : (this.known?.bytes ?? 0), missing: this.missing };
  }
}
