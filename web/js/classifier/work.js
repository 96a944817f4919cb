// The Classifier view does one thing at a time: told of while it goes on, ended when somebody wants that.

import { count, percent } from '../eval/format.js';

/**
 * @typedef {import('../ui/classifier-view.js').ClassifierState} ClassifierState
 * @typedef {Exclude<ClassifierState['busy'], ''>} Kind
 */

const MOMENT = 300; // milliseconds that a cancel waits for an engine that hears nothing
const PATIENCE = 5000; // and for one that hears it behind the text that it is at; the vectors that it has made stay

/** @param {number} milliseconds @returns {Promise<false>} */
const wait = (milliseconds) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), milliseconds);
  });

export class Work {
  #means;
  #show;
  #busy = /** @type {ClassifierState['busy']} */ ('');
  /** @type {Promise<void>} what is under way */
  #done = Promise.resolve();
  #cancelled = false;
  #learning = false; // the engine has got as far as that

  /**
   * @param {import('../classifier-app.js').Surroundings} means
   * @param {(change: Partial<Pick<ClassifierState, 'busy' | 'progress'>>) => void} show
   */
  constructor(means, show) {
    this.#means = means;
    this.#show = show;
  }

  get busy() {
    return this.#busy;
  }

  /**
   * What goes wrong is one sentence.
   * @param {Kind} kind @param {() => Promise<void>} work
   * @param {boolean} [byHand]  a new attempt: earlier failures go
   * @returns {Promise<boolean>} whether it was done
   */
  async during(kind, work, byHand = true) {
    const { alerts, status } = this.#means;
    if (this.#busy !== '') {
      alerts.show('Something is under way here: let it end or cancel it first.');
      return false;
    }
    if (byHand) alerts.clear();
    this.#cancelled = false;
    this.#learning = false;
    this.#busy = kind;
    this.#show({ busy: kind, progress: { text: kind === 'reading' ? 'Reading…' : 'Starting…', share: null } });
    try {
      this.#done = work();
      await this.#done;
      return true;
    } catch (error) {
      if (this.#cancelled) status.say('Cancelled.');
      else alerts.show(error);
      return false;
    } finally {
      this.#busy = '';
      this.#show({ busy: '', progress: null });
    }
  }

  /** The engine hears of a cancel while it works, but not between two of its works. */
  heedCancel() {
    if (this.#cancelled) throw new Error('Cancelled.');
  }

  /** What does not end soon is ended with its engine: learning without threads hears nothing until it is done. */
  async cancel() {
    this.#cancelled = true;
    this.#show({ progress: { text: 'Cancelling…', share: null } });
    const ended = this.#done.then(
      () => true,
      () => true,
    );
    try {
      const { client, info } = await this.#means.open();
      client.cancel().catch(() => {}); // the engine is ended below
      let waited = 0;
      do {
        if (await Promise.race([ended, wait(MOMENT)])) return;
        waited += MOMENT;
      } while (waited < PATIENCE && !(this.#learning && info.words === null));
      this.#means.restart();
    } catch {
      // no engine: then the work fails as well
    }
  }

  /** How far it is. @param {string} text @param {number} share */
  say(text, share) {
    if (this.#busy !== '' && !this.#cancelled) this.#show({ progress: { text, share } });
  }

  /** What the engine tells of it. @param {import('../engine/protocol.js').EventMessage} message */
  onEvent({ name, data }) {
    const part = (/** @type {{done: number, total: number}} */ { done, total }) => done / Math.max(1, total);
    if (name === 'loading') this.say(`Loading ${data.what}`, part(data));
    else if (name === 'embedding') this.say(`Reading texts: ${count(data.done)} of ${count(data.total)}`, part(data));
    else if (name === 'judging') this.say(`Judging: ${count(data.done)} of ${count(data.total)}`, part(data));
    else if (name === 'calibrating') {
      this.#learning = true;
      if (this.#busy === 'calibrate') this.say(`Calibrating: ${percent(data.done, 0)}`, data.done);
    }
  }
}
