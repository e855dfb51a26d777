/**
 * The page's end of the socket: says hello, pings, opens again for ever, and keeps every command until the server has it.
 *
 * It knows messages, not what they mean; its counterpart is `server/signalling/`. Nothing of the page may be named here.
 */

import { clock as realClock, median, randomId } from './clock.js';

/** @typedef {import('./protocol.js').FromPage} FromPage */
/** @typedef {import('./protocol.js').AnyCommand} AnyCommand */
/** @typedef {import('./protocol.js').FromServer} FromServer */
/** @typedef {import('./protocol.js').View} View */
/** @typedef {AnyCommand extends infer C ? C extends AnyCommand ? Omit<C, 'id'> : never : never} Wish a command without its id */

/** The wire's version; see `server/protocol/messages.py`. */
export const VERSION = 1;
export const PING_EVERY = 1500;
export const SILENCE = 3500;
export const OPEN_WITHIN = 5000;
/** When to try again, in ms after the loss; then every `RETRY_EVERY`. Varied by 30 % so that pages do not come back in step. */
export const RETRIES = [0, 300, 1200, 2700, 4800, 7000];
export const RETRY_EVERY = 4000;
/** After being told of too many messages. */
const AFTER_RATE = 5000;
const PINGS_KEPT = 5;

/** Close codes after which coming back makes no sense. @type {Readonly<Record<number, string>>} */
export const FINAL = { 4401: 'revoked', 4403: 'ended', 4409: 'superseded' };

/**
 * @typedef {object} Listener what the page hears
 * @property {(view: View) => void} view
 * @property {(id: string, sdp: string) => void} answered
 * @property {(code: string) => void} refused a message that was no command was refused
 * @property {(up: boolean) => void} linked the socket is there (again), or gone
 * @property {(code: string) => void} over closed for good
 */

/** @typedef {{ok: true} | {ok: false, code: string}} Outcome */

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {Listener} on
 * @property {(url: string) => WebSocket} [open]
 * @property {() => Promise<string | null>} [probe] why the socket is refused before it opens, if for good (a code), else null
 * @property {import('./clock.js').Clock} [clock]
 * @property {() => number} [random]
 */

export class Signal {
  /** Whether the server has greeted back. */
  up = false;
  /** The server's clock minus this one, in ms: the median of the last pings. */
  offset = 0;

  #url;
  #on;
  #open;
  #probe;
  #clock;
  #random;
  #page = randomId();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, {message: AnyCommand, settle: (outcome: Outcome) => void}>} */
  #waiting = new Map();
  /** @type {number[]} */
  #offsets = [];
  #tries = 0;
  #over = false;
  #stopTimer = () => {};
  #stopRetry = () => {};
  /** @type {(() => void) | null} */
  #stopSilence = null;

  /** @param {Options} options */
  constructor({ url, on, open = (it) => new WebSocket(it), probe = async () => null, clock = realClock, random = Math.random }) {
    this.#url = url;
    this.#on = on;
    this.#open = open;
    this.#probe = probe;
    this.#clock = clock;
    this.#random = random;
  }

  /** Opens the socket, and opens it again whenever it is lost. */
  start() {
    if (!this.#socket && !this.#over) this.#connect();
  }

  /** The server's time now, in ms since 1970. */
  now() {
    return this.#clock.now() + this.offset;
  }

  /**
   * Sends a command, now or as soon as the socket is there again; settles when the server has said done or refused.
   * @param {Wish} wish
   * @returns {Promise<Outcome>}
   */
  command(wish) {
    if (this.#over) return Promise.resolve({ ok: false, code: 'ended' });
    const message = /** @type {AnyCommand} */ ({ ...wish, id: randomId() });
    return new Promise((settle) => {
      this.#waiting.set(message.id, { message, settle });
      if (this.up) this.#send(message);
    });
  }

  /** Offers media; says whether there was a socket to send it on. @param {string} id @param {string} sdp */
  offer(id, sdp) {
    if (this.up) this.#send({ type: 'sdp-offer', id, sdp });
    return this.up;
  }

  /** The network or the page is back: look at once, do not wait for a timer. */
  wake() {
    if (this.#over) return;
    if (!this.#socket) this.#connect();
    else if (this.up) this.#ping();
  }

  /** Closes for good, without a word to the server. */
  stop() {
    this.#end();
    for (const { settle } of this.#waiting.values()) settle({ ok: false, code: 'ended' });
    this.#waiting.clear();
  }

  #connect() {
    this.#stopRetry();
    const socket = this.#open(this.#url);
    this.#socket = socket;
    const mine = () => this.#socket === socket;
    let opened = false;
    socket.onopen = () => {
      if (!mine()) return;
      opened = true;
      this.#send({ type: 'hello', version: VERSION, page: this.#page });
      this.#beat();
    };
    socket.onmessage = (event) => {
      if (mine()) this.#take(event.data);
    };
    socket.onclose = (event) => {
      if (!mine()) return;
      const code = FINAL[event.code];
      if (code) this.#finish(code);
      else this.#lost(event.code === 4429 ? AFTER_RATE : null, !opened);
    };
    this.#stopTimer();
    this.#stopTimer = this.#clock.after(OPEN_WITHIN, () => {
      if (mine() && !opened) this.#lost();
    });
  }

  #beat() {
    this.#stopTimer();
    this.#ping();
    this.#stopTimer = this.#clock.after(PING_EVERY, () => this.#beat());
  }

  /**
   * A ping that nothing follows ends the socket. The wait counts from the ping, not from the last word heard:
   * a page in the background beats seldom, and that alone is no silence.
   */
  #ping() {
    this.#send({ type: 'ping', sent: this.#clock.now() });
    this.#stopSilence ??= this.#clock.after(SILENCE - PING_EVERY, () => this.#lost());
  }

  #listened() {
    this.#stopSilence?.();
    this.#stopSilence = null;
  }

  /** @param {unknown} text */
  #take(text) {
    const message = read(text);
    if (!message) return;
    this.#listened();
    switch (message.type) {
      case 'pong':
        this.#timed(message.sent, message.now);
        break;
      case 'view':
        this.#greeted();
        this.#on.view(message);
        break;
      case 'sdp-answer':
        this.#on.answered(message.id, message.sdp);
        break;
      case 'done':
        this.#settle(message.id, { ok: true });
        break;
      case 'refused':
        if (message.id && this.#waiting.has(message.id)) this.#settle(message.id, { ok: false, code: message.code });
        else this.#on.refused(message.code);
        break;
      case 'bye':
        if (!message.retry) this.#finish(message.code);
        break;
    }
  }

  /** The first view after hello: the server knows this page. What it has not acknowledged is sent again, in order. */
  #greeted() {
    if (this.up) return;
    this.up = true;
    this.#tries = 0;
    this.#on.linked(true);
    for (const { message } of this.#waiting.values()) this.#send(message);
  }

  /** @param {string} id @param {Outcome} outcome */
  #settle(id, outcome) {
    this.#waiting.get(id)?.settle(outcome);
    this.#waiting.delete(id);
  }

  /** @param {number} sent @param {number} now */
  #timed(sent, now) {
    const offset = now - (sent + this.#clock.now()) / 2;
    this.#offsets = [...this.#offsets, offset].slice(-PINGS_KEPT);
    this.offset = median(this.#offsets);
  }

  /** @param {number | null} wait @param {boolean} refused whether it never opened */
  #lost(wait = null, refused = false) {
    this.#drop();
    const [at = 0, former = 0] = [RETRIES[this.#tries], RETRIES[this.#tries - 1]];
    const base = wait ?? (this.#tries < RETRIES.length ? at - former : RETRY_EVERY);
    this.#tries += 1;
    this.#stopRetry = this.#clock.after(base * (0.7 + 0.6 * this.#random()), () => this.#connect());
    if (refused) void this.#ask();
  }

  /** A browser does not say why a socket was refused; plain HTTP does. */
  async #ask() {
    const code = await this.#probe();
    if (code && !this.up) this.#finish(code);
  }

  #drop() {
    const socket = this.#socket;
    const wasUp = this.up;
    this.#socket = null;
    this.up = false;
    this.#stopTimer();
    this.#listened();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    if (wasUp) this.#on.linked(false);
  }

  #end() {
    this.#over = true;
    this.#stopRetry();
    this.#drop();
  }

  /** @param {string} code */
  #finish(code) {
    if (this.#over) return;
    this.stop();
    this.#on.over(code);
  }

  /** @param {FromPage} message */
  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }
}

/**
 * A message of the server, or null for what is none.
 * @param {unknown} text
 * @returns {FromServer | null}
 */
function read(text) {
  if (typeof text !== 'string') return null;
  try {
    const value = JSON.parse(text);
    return value && typeof value.type === 'string' ? value : null;
  } catch {
    return null;
  }
}
