/**
 * Has what stands in an editor checked by the server: a little after the last change, one check at a time, the latest
 * state last; again and again while there is no connection.
 */

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {{ok: true, body: any} | {ok: false, code: string}} Outcome */

export const WAIT = 500;
export const AGAIN = 3000;

export class Checking {
  #clock;
  #send;
  #told;
  #round = 0; // counts what happened, so that a late reply is known for one
  #due = false;
  #busy = false;
  #cancel = () => {};

  /**
   * @param {Clock} clock
   * @param {() => Promise<Outcome>} send sends the state as it is now
   * @param {(outcome: Outcome) => void} told hears of it, unless the state has changed since
   */
  constructor(clock, send, told) {
    this.#clock = clock;
    this.#send = send;
    this.#told = told;
  }

  /** Whether a check is on its way or still to be made. */
  get waiting() {
    return this.#busy || this.#due;
  }

  /** Something was typed. */
  changed() {
    this.#round += 1;
    this.#due = true;
    this.#later(WAIT);
  }

  /** Check at once. */
  now() {
    this.#round += 1;
    this.#due = true;
    this.#later(0);
  }

  /** What is on its way is void, as after a save that told the same. */
  drop() {
    this.#round += 1;
    this.#due = false;
    this.#cancel();
  }

  /** @param {number} wait */
  #later(wait) {
    this.#cancel();
    this.#cancel = this.#clock.after(wait, () => void this.#check());
  }

  async #check() {
    if (this.#busy || !this.#due) return;
    const round = this.#round;
    this.#busy = true;
    const outcome = await this.#send();
    this.#busy = false;
    if (this.#round === round) {
      const lost = !outcome.ok && outcome.code === 'offline';
      if (lost) this.#later(AGAIN);
      else this.#due = false;
      this.#told(outcome);
    } else if (this.#due) this.#later(WAIT);
  }
}
