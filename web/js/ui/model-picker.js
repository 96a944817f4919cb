// The first choice of Evaluate: every known model, where it is, and how to get it or be rid of it; and files of one's own.

import { bytes, timeLeft } from '../eval/format.js';
import { LOCAL } from '../storage/local-model.js';
import { choiceCard, fileButton } from './controls.js';
import { button, el } from './dom.js';

/**
 * @typedef {import('../data/registry.js').KnownModel} KnownModel
 * @typedef {import('../storage/model-shelf.js').Presence} Presence
 *
 * @typedef {object} PickerHandlers
 * @property {(id: string) => void} onModel     LOCAL for files of one's own
 * @property {(id: string) => void} onDownload
 * @property {(id: string) => void} onStop
 * @property {(id: string) => void} onDelete
 * @property {(files: File[]) => void} onFiles
 *
 * @typedef {object} PickerState
 * @property {readonly KnownModel[]} models
 * @property {string} chosen   id, or LOCAL
 * @property {boolean} keeps   whether this browser keeps files
 * @property {(id: string) => Presence} presence
 * @property {{name: string, note: string} | null} local  files of one's own
 */

export class ModelPicker {
  element = el('fieldset', { class: 'panel panel-models' });
  #handlers;
  #list = el('div', { class: 'models' });
  #keeps = true;
  /** @type {readonly KnownModel[]} */
  #models = [];
  /** @type {Map<string, Card>} */
  #cards = new Map();

  /** @param {HTMLElement} legend @param {PickerHandlers} handlers */
  constructor(legend, handlers) {
    this.#handlers = handlers;
    this.element.append(
      legend,
      this.#list,
      el(
        'p',
        { class: 'small soft own-files' },
        fileButton({ id: 'model-files', label: 'Open GGUF files…', accept: '.gguf', multiple: true, onFiles: handlers.onFiles }),
        el('span', {}, 'or drop them on the page: a language model and its mmproj file, or all parts of a split one.'),
      ),
    );
  }

  /** @param {PickerState} state */
  show({ models, chosen, keeps, presence, local }) {
    this.#keeps = keeps;
    if (models !== this.#models) {
      this.#models = models;
      this.#cards = new Map(models.map((model) => [model.id, new Card(model, this.#handlers)]));
    }
    const own = local && new Card(ownModel(local), this.#handlers);
    if (own) this.#cards.set(LOCAL, own);
    else this.#cards.delete(LOCAL);
    for (const [id, card] of this.#cards) {
      card.choose(id === chosen);
      card.update(id === LOCAL ? { state: 'bundled', done: 0, rate: null } : presence(id), keeps);
    }
    const order = [...this.#cards.values()].map(({ element }) => element);
    if (order.some((element, i) => this.#list.children[i] !== element) || this.#list.children.length > order.length)
      this.#list.replaceChildren(...order);
  }

  /** @param {string} id @param {Presence} presence */
  update(id, presence) {
    this.#cards.get(id)?.update(presence, this.#keeps);
  }
}

/** Files of one's own, as an entry. @param {{name: string, note: string}} local @returns {KnownModel} */
function ownModel({ name, note }) {
  return { id: LOCAL, name, note, kind: 'multimodal', licence: '', bytes: 0, bundled: true, text: [], vision: null };
}

/** One model. Its parts stay the same elements while it changes, so that the focus stays where it is. */
class Card {
  #model;
  #radio;
  #where = el('p', { class: 'model-where' });
  #bar = el('progress', { hidden: true });
  #get;
  #stop;
  #delete;

  /** @param {KnownModel} model @param {PickerHandlers} handlers */
  constructor(model, handlers) {
    const { id, name, note, licence } = model;
    const key = id === LOCAL ? 'local' : id;
    this.#model = model;
    this.#get = button('Download', { icon: 'download', id: `get-${key}`, onClick: () => handlers.onDownload(id) });
    this.#stop = button('Cancel', { icon: 'stop', id: `stop-${key}`, onClick: () => handlers.onStop(id) });
    this.#delete = button('Delete', { kind: 'quiet', icon: 'remove', id: `delete-${key}`, onClick: () => handlers.onDelete(id) });
    this.#bar.setAttribute('aria-label', `Download of ${name}`);
    const use = model.kind === 'encoder' ? 'text encoder' : '';
    const choice = choiceCard({
      group: 'model',
      value: key,
      title: name,
      note,
      facts: [model.bytes > 0 ? bytes(model.bytes) : '', licence, use].filter((fact) => fact !== '').join(' · '),
      checked: false,
      disabled: model.kind === 'encoder',
      onChoose: () => handlers.onModel(id),
    });
    this.#radio = /** @type {HTMLInputElement} */ (choice.control);
    this.element = el(
      'div',
      { class: 'model', 'data-model': key },
      choice,
      el('div', { class: 'model-foot' }, this.#where, this.#bar, this.#get, this.#stop, this.#delete),
    );
  }

  /** @param {boolean} chosen */
  choose(chosen) {
    this.#radio.checked = chosen;
  }

  /** @param {Presence} presence @param {boolean} keeps */
  update({ state, done, rate }, keeps) {
    const total = this.#model.bytes;
    const focused = document.activeElement;
    this.element.dataset.state = state;
    this.#where.textContent = this.#say(state, done, rate, keeps);
    this.#bar.hidden = state !== 'coming';
    if (total > 0) {
      this.#bar.max = total;
      this.#bar.value = Math.min(done, total);
    }
    this.#get.hidden = !keeps || !['absent', 'part'].includes(state);
    this.#stop.hidden = state !== 'coming';
    this.#delete.hidden = !['part', 'stored'].includes(state);
    label(this.#get, state === 'part' ? 'Go on' : 'Download', this.#model.name);
    label(this.#stop, 'Cancel', `the download of ${this.#model.name}`);
    label(this.#delete, 'Delete', `${this.#model.name} from this browser`);
    // A button that vanishes under the finger hands the focus to the one that takes its place.
    if (focused === this.#get && this.#get.hidden) this.#stop.focus();
    if (focused === this.#stop && this.#stop.hidden) (this.#get.hidden ? this.#radio : this.#get).focus();
    if (focused === this.#delete && this.#delete.hidden) (this.#get.hidden ? this.#radio : this.#get).focus();
  }

  /** @param {Presence['state']} state @param {number} done @param {number | null} rate @param {boolean} keeps */
  #say(state, done, rate, keeps) {
    const { id, bytes: total } = this.#model;
    const of = total > 0 ? `${bytes(done)} of ${bytes(total)}` : bytes(done);
    const speed = rate === null ? '' : ` · ${bytes(rate)}/s`;
    const left = rate === null || rate <= 0 || total <= done ? '' : ` · ${timeLeft((total - done) / rate)} left`;
    switch (state) {
      case 'bundled':
        return id === LOCAL ? 'On this device; never uploaded.' : 'Comes with the page.';
      case 'stored':
        return 'In this browser.';
      case 'coming':
        return `${of}${speed}${left}`;
      case 'part':
        return `${of} came in.`;
      default:
        return keeps ? 'Not here yet.' : 'Not here, and this browser keeps no files: open them from your device.';
    }
  }
}

/** Short for those who see the card, whole for those who hear the button. @param {HTMLButtonElement} element
 * @param {string} verb @param {string} what */
function label(element, verb, what) {
  const text = element.querySelector('span');
  if (text) text.textContent = verb;
  element.setAttribute('aria-label', `${verb}: ${what}`);
}
