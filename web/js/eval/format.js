// Numbers as people read them. The core makes every number; here they only get their form. Pure: runs in Node.

const MINUS = '\u2212';
const NARROW = '\u202f';

/** @param {number | null} share  0..1; null: there is none @param {number} [digits] */
export function percent(share, digits = 1) {
  return share !== null && Number.isFinite(share) ? `${(share * 100).toFixed(digits)}${NARROW}%` : '–';
}

/**
 * A 95 % interval, in percent.
 * @param {readonly [number, number]} ci  0..1
 */
export function interval(ci) {
  return `${(ci[0] * 100).toFixed(1)}–${(ci[1] * 100).toFixed(1)}`;
}

/** A log-probability with a true minus sign. @param {number} value @param {number} [digits] */
export function signed(value, digits = 3) {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** @param {number} n */
export function count(n) {
  return n.toLocaleString('en').replaceAll(',', NARROW);
}

/** @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Decimal units, as download sizes are given. @param {number} n */
export function bytes(n) {
  if (n < 1000) return `${n} bytes`;
  const units = ['kB', 'MB', 'GB'];
  let value = n;
  let unit = -1;
  do {
    value /= 1000;
    unit += 1;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** A duration that has been measured. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 600) return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A duration that is only expected: coarse, so that it does not flicker. @param {number | null} seconds */
export function timeLeft(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return 'estimating…';
  if (seconds <= 0) return 'done';
  if (seconds < 5) return 'a few seconds';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = Math.round((minutes % 60) / 5) * 5;
  return rest === 60 ? `about ${hours + 1} h` : rest === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`;
}

/** @param {number | null} perSecond  samples a second */
export function rate(perSecond) {
  if (perSecond === null || !Number.isFinite(perSecond) || perSecond <= 0) return '–';
  if (perSecond >= 10) return `${Math.round(perSecond)} a second`;
  if (perSecond >= 0.95) return `${perSecond.toFixed(1)} a second`;
  return `${duration(1 / perSecond)} each`;
}

/** A hash in groups of eight digits, to be read aloud or compared by eye. @param {string} hex */
export function groups(hex) {
  return hex.match(/.{1,8}/g) ?? [];
}
