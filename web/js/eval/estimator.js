// Time left of a run. Robust: the middle half of the latest steps (an interquartile mean), so that one slow step
// (a tab in the background, a shard being fetched) does not make the figure jump. Pure: runs in Node.

const WINDOW = 48;
const ENOUGH = 2;

/**
 * @param {readonly number[]} values
 * @returns {number} mean of the values between the quartiles; NaN when there are none
 */
export function interquartileMean(values) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Collects the time of every step, pauses left out, and predicts the rest. */
export class Estimator {
  /** @type {number[]} */
  #recent = [];
  #seconds = 0;
  #steps = 0;

  /** @param {number} seconds  wall time of one finished sample */
  add(seconds) {
    if (!Number.isFinite(seconds) || seconds < 0) return;
    this.#recent.push(seconds);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    this.#seconds += seconds;
    this.#steps += 1;
  }

  /** Wall time of the run so far, pauses left out. */
  get seconds() {
    return this.#seconds;
  }

  /** @returns {number | null} samples a second, or null while it is too early to say */
  rate() {
    if (this.#steps < ENOUGH) return null;
    const mean = interquartileMean(this.#recent);
    return mean > 0 ? 1 / mean : null;
  }

  /**
   * @param {number} remaining  samples
   * @returns {number | null} seconds, or null while it is too early to say
   */
  left(remaining) {
    if (remaining <= 0) return 0;
    const rate = this.rate();
    return rate === null ? null : remaining / rate;
  }
}
