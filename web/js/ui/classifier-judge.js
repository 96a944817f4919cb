// Step 5 of the classifier: a text, and what the classifier says of it and why.

import { percent } from '../eval/format.js';
import { stepTitle } from './controls.js';
import { button, el } from './dom.js';
import { judgementList } from './judgements.js';

/** @typedef {import('./classifier-view.js').ClassifierState} ClassifierState */
/**
 * @typedef {object} JudgeHandlers
 * @property {(text: {scenario: string, response: string}) => void} onJudge
 * @property {(level: number) => void} onMinConfidence
 */

const STEP = 0.05;
const MOST = 0.95;

export class JudgePart {
  element = el('section', { class: 'panel step', 'aria-labelledby': 'judge-title' });
  #missing = el('p', { class: 'step-missing' }, 'Calibrate in step 3 first, or open a classifier.');
  #scenario = el('input', { type: 'text', id: 'judge-scenario', class: 'text-input', dir: 'auto' });
  #response = el('textarea', { id: 'judge-response', rows: 4, dir: 'auto', class: 'text-input' });
  #level = el('input', { type: 'range', id: 'judge-level', min: 0, max: MOST, step: STEP });
  #levelText = el('output', { for: 'judge-level' });
  #go;
  #result = el('div', { class: 'result' });
  /** @type {ClassifierState['judged']} */
  #last = null;

  /** @param {JudgeHandlers} handlers */
  constructor(handlers) {
    const judge = () =>
      handlers.onJudge({ scenario: this.#scenario.value.trim(), response: this.#response.value.trim() });
    this.#go = button('Judge', { kind: 'primary', icon: 'play', id: 'judge', onClick: judge });
    this.#level.addEventListener('input', () => this.#sayLevel());
    this.#level.addEventListener('change', () => handlers.onMinConfidence(Number(this.#level.value)));
    this.#response.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || this.#go.disabled) return;
      event.preventDefault();
      judge();
    });
    this.element.append(
      stepTitle('5', 'Judge a text', 'judge-title'),
      this.#missing,
      el('label', { class: 'field', for: 'judge-scenario' }, 'What it answers (may be empty)'),
      this.#scenario,
      el('label', { class: 'field', for: 'judge-response' }, 'Text'),
      this.#response,
      el(
        'div',
        { class: 'go' },
        this.#go,
        el(
          'div',
          { class: 'level' },
          el('label', { for: 'judge-level' }, 'Abstain when less sure than ', this.#levelText),
          this.#level,
        ),
      ),
      this.#result,
    );
    this.#sayLevel();
  }

  /** @param {ClassifierState} state */
  show({ classifier, busy, judged, minConfidence, text }) {
    this.#missing.hidden = classifier !== null;
    this.#go.disabled = !classifier || !['', 'judge'].includes(busy); // judging one text is short: the focus stays
    if (this.#level !== document.activeElement) {
      this.#level.value = String(minConfidence);
      this.#sayLevel();
    }
    if (judged === this.#last) return;
    this.#last = judged;
    if (!judged || !classifier) {
      this.#result.replaceChildren();
      return;
    }
    if (text && this.#response.value.trim() === '') this.#response.value = text.response;
    this.#result.replaceChildren(judgementList(judged, classifier.values));
  }

  #sayLevel() {
    const level = Number(this.#level.value);
    this.#levelText.textContent = level === 0 ? '0\u202f%: never' : percent(level, 0);
  }
}
