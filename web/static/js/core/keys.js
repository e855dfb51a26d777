/** The therapist's keys: pure, from one key press to what it means. */

/** @typedef {{kind: 'primary'} | {kind: 'way', index: number} | {kind: 'undo'} | {kind: 'pause'} | {kind: 'hold'} | {kind: 'time-out'}} Meaning */

/**
 * @typedef {object} Press
 * @property {string} key
 * @property {boolean} ctrlKey
 * @property {boolean} metaKey
 * @property {boolean} altKey
 * @property {boolean} repeat
 * @property {'page' | 'control' | 'field'} on what has the focus: nothing, a button or link, or something to type into or choose from
 */

/** @param {Press} press @returns {Meaning | null} */
export function meaning({ key, ctrlKey, metaKey, altKey, repeat, on }) {
  if (ctrlKey || metaKey || altKey || repeat || on === 'field') return null;
  if (key === ' ') return on === 'page' ? { kind: 'primary' } : null; // a focused button takes the space bar itself
  if (key === 'ArrowRight') return { kind: 'primary' };
  if (/^[1-9]$/.test(key)) return { kind: 'way', index: Number(key) - 1 };
  switch (key.toLowerCase()) {
    case 'z':
      return { kind: 'undo' };
    case 'c':
      return { kind: 'pause' };
    case 'h':
      return { kind: 'hold' };
    case 't':
      return { kind: 'time-out' };
    default:
      return null;
  }
}

/** Two presses of Escape within this many ms are a quick exit; so is one with Shift. */
const TWICE = 900;

export class Escape {
  #last = -Infinity;

  /** Whether this press leaves at once. @param {{key: string, shiftKey: boolean, repeat: boolean}} press @param {number} now */
  leaves({ key, shiftKey, repeat }, now) {
    if (key !== 'Escape' || repeat) return false;
    const twice = now - this.#last < TWICE;
    this.#last = now;
    return shiftKey || twice;
  }
}
