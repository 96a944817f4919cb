// One scored sample: image, question, options, and what the model says freely. Owns the blob addresses of its images.

import { percent } from '../eval/format.js';
import { optionRows, ownWords } from '../eval/options.js';
import { dimensionKey, title } from '../eval/report.js';
import { el, icon } from './dom.js';
import { optionBars } from './option-bars.js';

/** @typedef {import('../engine/protocol.js').SuiteSample} SuiteSample */
/** @typedef {import('../eval/record.js').RecordSample} RecordSample */

/** What the first bytes of a file say it is. @param {ArrayBuffer} buffer */
function imageType(buffer) {
  const [first] = new Uint8Array(buffer, 0, Math.min(1, buffer.byteLength));
  return first === 0xff ? 'image/jpeg' : 'image/png';
}

export class SampleCard {
  /** @type {string[]} */
  #urls = [];
  #images;

  /**
   * @param {SuiteSample} sample
   * @param {RecordSample} result
   * @param {string} place  for example '12 of 320'
   */
  constructor(sample, result, place) {
    this.#images = el(
      'div',
      { class: 'sample-images' },
      el('p', { class: 'no-image' }, sample.images.length === 0 ? 'No image' : ''),
    );
    /** @type {HTMLElement} */
    this.element = el(
      'article',
      { class: 'sample panel', 'aria-label': `Sample ${place}` },
      this.#images,
      el(
        'div',
        { class: 'sample-body' },
        el('div', { class: 'sample-head' }, chips(sample), outcomes(result)),
        el('p', { class: 'question' }, sample.question),
        optionBars(optionRows(sample.options, result.scores, result.prediction, sample.gold)),
        result.free_text && freeAnswer(result.free_text),
        el(
          'p',
          { class: 'sample-foot' },
          el('span', {}, `Sample ${place}`),
          el('span', {}, `confidence ${percent(result.confidence)}`),
          el('span', {}, sample.id),
        ),
      ),
    );
  }

  /** @param {readonly ArrayBuffer[]} images  encoded */
  showImages(images) {
    this.dispose();
    this.#urls = images.map((buffer) => URL.createObjectURL(new Blob([buffer], { type: imageType(buffer) })));
    const pictures = this.#urls.map((url, i) =>
      el('img', {
        src: url,
        width: 208,
        height: 208,
        alt: images.length === 1 ? 'The image the question is about' : `Image ${i + 1} of ${images.length}`,
      }),
    );
    if (pictures.length > 0) this.#images.replaceChildren(...pictures);
  }

  /** @param {string} sentence */
  showNoImages(sentence) {
    this.#images.replaceChildren(el('p', { class: 'no-image' }, sentence));
  }

  /** Gives the images' memory back. */
  dispose() {
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#urls = [];
  }
}

/** @param {SuiteSample} sample */
function chips(sample) {
  return el(
    'p',
    { class: 'chips' },
    el('span', { class: 'chip', 'data-dimension': dimensionKey(sample.dimension) }, title(sample.dimension)),
    el('span', { class: 'chip' }, sample.domain),
    el('span', { class: 'chip' }, sample.task),
  );
}

/** @param {RecordSample} result */
function outcomes(result) {
  return el(
    'p',
    { class: 'outcomes' },
    result.tie && el('span', { class: 'outcome outcome-tie' }, icon('tie'), 'Tie'),
    result.correct
      ? el('span', { class: 'outcome outcome-right' }, icon('right'), 'Right')
      : el('span', { class: 'outcome outcome-wrong' }, icon('wrong'), 'Wrong'),
  );
}

/** @param {import('../eval/record.js').FreeText} freeText */
function freeAnswer(freeText) {
  const { text, note } = ownWords(freeText);
  return el(
    'div',
    { class: 'own-words' },
    el('p', { class: 'own-words-title' }, 'In its own words'),
    text !== '' && el('p', { class: 'own-words-text' }, text),
    note !== '' && el('p', { class: 'small soft' }, note),
  );
}
