// One person's way through the texts: what was answered, what comes next, what undo takes back. All of it follows from the order
// of the texts and a log of steps that is only ever added to, so that a log on disk is the whole state. Pure: runs in Node.

/** @typedef {import('../engine/judging-protocol.js').Valence} Valence */
/**
 * @typedef {object} Answer
 * @property {number} text           index
 * @property {Valence | null} label  null: skipped
 * @property {number} time           seconds since 1970
 * @property {string} note
 *
 * again: the skipped texts come once more.
 * @typedef {({kind: 'answer'} & Answer) | {kind: 'undo', time: number} | {kind: 'again', time: number}} Step
 *
 * @typedef {object} Counts
 * @property {number} adheres
 * @property {number} opposes
 * @property {number} unrelated
 * @property {number} skipped
 */

export class Queue {
  #order;
  /** @type {(Answer | undefined)[]} */
  #given;
  #round; // the texts that are gone through now, in order
  #at = 0;
  /** @type {{answer: Answer, before: Answer | undefined, round: readonly number[], at: number}[]} */
  #past = [];

  /** @param {readonly number[]} order  of the texts 0 .. n - 1 @param {readonly Step[]} [steps] */
  constructor(order, steps = []) {
    this.#order = order;
    this.#round = order;
    this.#given = new Array(order.length).fill(undefined);
    for (const step of steps) this.take(step);
  }

  /** One step further. Throws where the step cannot be: the log is of other texts. @param {Step} step */
  take(step) {
    if (step.kind === 'answer') this.#answer(step);
    else if (step.kind === 'undo') this.#undo();
    else {
      this.#round = this.#order.filter((text) => this.#given[text]?.label === null);
      this.#at = 0;
    }
  }

  /** @param {Answer} step */
  #answer({ text, label, time, note }) {
    if (text !== this.current) throw new Error('The kept answers do not fit the texts of this session.');
    const answer = Object.freeze({ text, label, time, note });
    this.#past.push({ answer, before: this.#given[text], round: this.#round, at: this.#at });
    this.#given[text] = answer;
    this.#at += 1;
  }

  #undo() {
    const last = this.#past.pop();
    if (!last) throw new Error('The kept answers do not fit the texts of this session.');
    this.#given[last.answer.text] = last.before;
    this.#round = last.round;
    this.#at = last.at;
  }

  /** The text that is asked about; null: there is none left. @returns {number | null} */
  get current() {
    return this.#at < this.#round.length ? this.#round[this.#at] : null;
  }

  /** How many are to come in this round, the current one among them. */
  get remaining() {
    return this.#round.length - this.#at;
  }

  /** Of the current one in this round, from 1. */
  get position() {
    return this.#at + 1;
  }

  /** Texts in this round. */
  get roundSize() {
    return this.#round.length;
  }

  /** Whether the skipped ones are gone through once more. */
  get again() {
    return this.#round !== this.#order;
  }

  /** How many texts there are. */
  get size() {
    return this.#order.length;
  }

  /** How many have an answer or were skipped. */
  get done() {
    return this.#given.filter(Boolean).length;
  }

  /** The answer that undo takes back. @returns {Answer | null} */
  get last() {
    return this.#past.at(-1)?.answer ?? null;
  }

  /** @returns {Counts} */
  get counts() {
    const of = (/** @type {Valence | null} */ label) => this.#given.filter((answer) => answer?.label === label).length;
    return { adheres: of(1), opposes: of(-1), unrelated: of(0), skipped: of(null) };
  }

  /** What stands now, by text. @returns {Answer[]} */
  answers() {
    return this.#given.filter((answer) => answer !== undefined);
  }
}
