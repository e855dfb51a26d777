/**
 * Decides when a media connection needs help, from what it received: pure, fed by `peer.js` a few times a second.
 *
 * A restart keeps the connection and looks for a new network path, without a word to the server. A fresh connection is
 * offered anew through the socket. Silence alone is no stall: only a flow that was there and stops is one.
 */

/** No byte for this long, after a flow, is a stall. */
export const STALL = 1000;
/** A restart that brings nothing within this is given up for a fresh connection. */
export const RESTART_WAIT = 2500;
/** Restarts follow one another this fast: Firefox needs it while its network comes and goes. */
export const RESTART_EVERY = 1000;
/** A fresh connection may take this long, then longer each time. */
export const FRESH_WAITS = [3000, 5000, 8000];
/** So many growing looks in a row make a flow. */
const FLOW = 3;

/** @typedef {'nothing' | 'restart' | 'fresh'} Help */
/** @typedef {{now: number, connection: RTCPeerConnectionState, bytes: number, signalled: boolean}} Look */

export class Watch {
  #opened = 0;
  #fresh = 0;
  #bytes = 0;
  #grew = 0;
  #growths = 0;
  #connected = false;
  /** @type {number | null} */
  #stalled = null;
  #restarted = 0;

  /** A fresh connection begins. @param {number} now */
  begin(now) {
    this.#opened = now;
    this.#grew = now;
    this.#bytes = 0;
    this.#growths = 0;
    this.#connected = false;
    this.#stalled = null;
    this.#fresh += 1;
  }

  /** How long ago the last byte came, in ms; for ever if none flowed yet. @param {number} now */
  quiet(now) {
    return this.#growths ? now - this.#grew : Infinity;
  }

  /** Whether help was asked for and nothing has come since. */
  get stalled() {
    return this.#stalled !== null;
  }

  /** @param {Look} look @returns {Help} */
  observe(look) {
    if (look.bytes > this.#bytes) this.#flows(look);
    if (look.connection === 'connected') this.#connected = true;
    if (look.connection === 'failed' || look.connection === 'closed') return this.#renew(look);
    if (!this.#connected) return look.now - this.#opened > this.#patience() ? this.#renew(look) : 'nothing';
    const stall = this.#growths >= FLOW && look.now - this.#grew > STALL;
    if (!stall && look.connection !== 'disconnected') {
      this.#stalled = null;
      return 'nothing';
    }
    return this.#help(look);
  }

  /** @param {Look} look */
  #flows(look) {
    this.#growths += 1;
    this.#bytes = look.bytes;
    this.#grew = look.now;
    this.#stalled = null;
    if (this.#growths >= FLOW) this.#fresh = 0;
  }

  /** @param {Look} look @returns {Help} */
  #help(look) {
    this.#stalled ??= look.now;
    if (look.signalled && look.now - this.#stalled > RESTART_WAIT) return 'fresh';
    if (look.now - this.#restarted < RESTART_EVERY) return 'nothing';
    this.#restarted = look.now;
    return 'restart';
  }

  /** @param {Look} look @returns {Help} */
  #renew(look) {
    this.#stalled ??= look.now;
    const soon = look.now - this.#opened <= Math.min(this.#patience(), 1000);
    return look.signalled && !soon ? 'fresh' : 'nothing';
  }

  #patience() {
    return FRESH_WAITS[Math.min(Math.max(this.#fresh - 1, 0), FRESH_WAITS.length - 1)] ?? 3000;
  }
}
