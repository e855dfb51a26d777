/** Time, as the modules that wait take it: the browser's here, a clock that goes by hand in the tests. */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(wait: number, then: () => void) => () => void} after runs once, later; the result cancels it
 */

/** @type {Clock} */
export const clock = {
  now: () => Date.now(),
  after(wait, then) {
    const timer = setTimeout(then, wait);
    return () => clearTimeout(timer);
  },
};

/**
 * A random id of 24 characters, fit for `id` and `page` of a message.
 * @returns {string}
 */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Minutes and seconds of a span, like `4:07`; from an hour on like `1:04:07`.
 * @param {number} span milliseconds
 */
export function spell(span) {
  const seconds = Math.max(0, Math.floor(span / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/**
 * The middle one of some numbers, or 0 of none.
 * @param {readonly number[]} numbers
 */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
