// Classifier: values, labels, calibration, learning curve, judging a text, judging the answers of a run. One column of steps; each says
// what it still needs, and redraws only what has changed, so that what somebody is typing stays.

import { CurvePart } from './classifier-curve.js';
import { JudgePart } from './classifier-judge.js';
import { KeptPart } from './classifier-kept.js';
import { LabelsPart } from './classifier-labels.js';
import { LearnPart } from './classifier-learn.js';
import { ProfilePart } from './classifier-profile.js';
import { ValuesPart } from './classifier-values.js';
import { fileButton } from './controls.js';
import { button, el } from './dom.js';

/** @typedef {import('./classifier-kept.js').KeptHandlers} KeptHandlers */
/** @typedef {import('./classifier-values.js').ValuesHandlers} ValuesHandlers */
/** @typedef {import('./classifier-labels.js').LabelsHandlers} LabelsHandlers */
/** @typedef {import('./classifier-learn.js').LearnHandlers} LearnHandlers */
/** @typedef {import('./classifier-curve.js').CurveHandlers} CurveHandlers */
/** @typedef {import('./classifier-judge.js').JudgeHandlers} JudgeHandlers */
/** @typedef {import('./classifier-profile.js').ProfileHandlers} ProfileHandlers */
/**
 * @typedef {import('../engine/judging-protocol.js').ValueSystem} ValueSystem
 * @typedef {import('../engine/judging-protocol.js').LabelSet} LabelSet
 * @typedef {import('../engine/judging-protocol.js').ClassifierInfo} ClassifierInfo
 *
 * @typedef {object} ClassifierState
 * @property {string} chosen            id of a value system of the page, or OWN
 * @property {ValueSystem | null} values
 * @property {LabelSet | null} labels
 * @property {readonly string[]} files  names of the label files
 * @property {boolean} example          the labels are those of the page
 * @property {import('./classifier-learn.js').EncoderChoice} encoder
 * @property {'unknown' | 'there' | 'absent'} site  the encoder of the site
 * @property {string} encoderName       of one's own encoder; ''
 * @property {string} pool              file name of one's own concept pool; ''
 * @property {ClassifierInfo | null} classifier
 * @property {string} needs             encoder without which the classifier cannot judge and which is not at hand; ''
 * @property {boolean} keeps            whether this browser keeps a classifier
 * @property {import('../classifier/kept.js').Kept | null} kept  in this browser
 * @property {string} keptProblem       why it could not be opened; ''
 * @property {readonly import('../engine/judging-protocol.js').CurvePoint[]} points
 * @property {{scenario: string, response: string} | null} text  that was judged last
 * @property {readonly import('../engine/judging-protocol.js').Judgement[] | null} judged
 * @property {number} minConfidence
 * @property {readonly import('../engine/protocol.js').RecordSummary[]} records
 * @property {import('../engine/judging-protocol.js').Profile | null} profile
 * @property {string} profiled          what the profile is of
 * @property {'' | 'reading' | 'calibrate' | 'curve' | 'judge' | 'profile'} busy
 * @property {{text: string, share: number | null} | null} progress  of what is under way
 *
 * @typedef {object} OwnHandlers
 * @property {() => void} onTry  everything at once, on the example
 *
 * @typedef {KeptHandlers & ValuesHandlers & LabelsHandlers & LearnHandlers & CurveHandlers & JudgeHandlers & ProfileHandlers} PartHandlers
 * @typedef {OwnHandlers & PartHandlers} ClassifierHandlers
 */

export class ClassifierView {
  #container;
  #title = el('h1', { id: 'classifier-title', tabindex: -1 }, 'Which values does a text carry?');
  #try;
  #start;
  #kept;
  #parts;

  /** @param {HTMLElement} container @param {ClassifierHandlers} handlers */
  constructor(container, handlers) {
    this.#container = container;
    this.#try = button('Show me an example', {
      kind: 'primary',
      icon: 'play',
      id: 'classifier-example',
      onClick: handlers.onTry,
    });
    this.#start = el(
      'div',
      { class: 'notice start' },
      el('p', {}, el('strong', {}, 'New here? '), '120 invented texts with labels take you through every step.'),
      this.#try,
      fileButton({ id: 'classifier-file', label: 'Open a classifier…', accept: '.json', onFiles: handlers.onFiles }),
    );
    this.#kept = new KeptPart(handlers);
    this.#parts = [
      new ValuesPart(handlers),
      new LabelsPart(handlers),
      new LearnPart(handlers),
      new CurvePart(handlers),
      new JudgePart(handlers),
      new ProfilePart(handlers),
    ];
    container.replaceChildren(
      this.#title,
      el(
        'p',
        { class: 'lead' },
        'For each value of a system, Assay says whether a text adheres to it, opposes it, or has nothing to do with it. ',
        'It learns that from a few labels of yours, shows why, and abstains where it is not sure. ',
        'Texts, labels and classifiers stay on this machine.',
      ),
      this.#start,
      this.#kept.element,
      el('div', { class: 'steps' }, ...this.#parts.map(({ element }) => element)),
    );
  }

  focus() {
    this.#title.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  /** @param {ClassifierState} state */
  show(state) {
    this.#try.disabled = state.busy !== '';
    this.#container.setAttribute('aria-busy', String(state.busy !== ''));
    this.#kept.show(state);
    for (const part of this.#parts) part.show(state);
  }

  /** Puts a step before the eyes. @param {'labels' | 'learn' | 'judge' | 'profile'} step */
  reveal(step) {
    const title = document.getElementById(`${step}-title`);
    title?.scrollIntoView({ block: 'start' });
    title?.focus({ preventScroll: true });
  }
}
