/**
 * One seat's live link: the socket and the media connection, and what they know. It draws nothing; the page listens.
 *
 * The media connection is there exactly while the seat is in (waiting or in the call).
 */

import { movingSeats } from '../core/layout.js';
import { socketAddress } from '../core/link.js';
import { Peer } from '../core/peer.js';
import { Signal } from '../core/signal.js';
import { Motion } from '../core/stats.js';
import { whyRefused } from './entry.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/protocol.js').SeatName} SeatName */

/** A picture that has not moved for this long, in ms, is said to stand still. */
const STILL = 2500;
const STATS_EVERY = 1000;

/**
 * @typedef {object} LiveOptions
 * @property {import('./own.js').Own} own
 * @property {(view: View, before: View | null) => void} viewed
 * @property {() => void} changed anything else to draw
 * @property {(code: string) => void} refused
 * @property {(seat: SeatName, medium: string, track: MediaStreamTrack) => void} arrived
 */

/** Whether somebody on this scene is in. @param {View | null} view */
export function isIn(view) {
  return view !== null && !['door', 'left', 'ended'].includes(view.scene);
}

export class Live {
  /** @type {View | null} */
  view = null;
  linked = false;
  /** Why this page cannot go on. @type {string | null} */
  over = null;
  /** @type {Set<SeatName>} */
  still = new Set();
  /** @type {Signal | null} */
  signal = null;
  #own;
  #on;
  /** @type {Peer | null} */
  #peer = null;
  #motion = new Motion();
  #said = '';
  #gone = false;

  /** @param {LiveOptions} options */
  constructor({ own, ...on }) {
    this.#own = own;
    this.#on = on;
  }

  /** Opens the socket of the seat that this page's address names. */
  start() {
    this.#open();
    for (const name of ['online', 'focus']) addEventListener(name, () => this.signal?.wake());
    addEventListener('offline', () => this.#peer?.offline());
    addEventListener('online', () => this.#peer?.online());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.signal?.wake());
    window.setInterval(() => void this.#look(), STATS_EVERY);
  }

  #open() {
    this.signal = new Signal({
      url: socketAddress(location.origin, location.pathname),
      probe: whyRefused,
      on: {
        view: (view) => this.#viewed(view),
        answered: (id, sdp) => void this.#peer?.answered(id, sdp).catch(() => this.#on.refused('bad-offer')),
        refused: (code) => this.#on.refused(code),
        linked: (up) => this.#linked(up),
        over: (code) => this.#over(code),
      },
    });
    this.signal.start();
  }

  /** Comes back in after having left: the socket of the former stay is closed for good, so another is opened. */
  async enter() {
    if (this.#gone) {
      this.#gone = false;
      this.#open();
    }
    return this.command({ type: 'enter' });
  }

  /** The server's time. */
  now() {
    return this.signal?.now() ?? Date.now();
  }

  /** Sends a command and says a refusal. @param {import('../core/signal.js').Wish} wish */
  async command(wish) {
    const outcome = await this.signal?.command(wish);
    if (outcome && !outcome.ok) this.#on.refused(outcome.code);
    return outcome?.ok ?? false;
  }

  /** Own devices changed: send other tracks, and tell the others what is off. */
  devices() {
    this.#peer?.setTrack('mic', this.#own.mic);
    this.#peer?.setTrack('camera', this.#own.camera);
    if (!isIn(this.view) || this.#own.asking || !this.#own.asked) return;
    const { mic, camera } = this.#own.live;
    const key = `${mic} ${camera}`;
    if (key === this.#said) return;
    this.#said = key;
    if (this.view?.mic !== mic || this.view.camera !== camera) void this.command({ type: 'set-devices', mic, camera });
  }

  async stats() {
    return (await this.#peer?.stats()) ?? {};
  }

  /** Ends all without a word. */
  stop() {
    this.signal?.stop();
    this.#close();
  }

  /** @param {View} view */
  #viewed(view) {
    const before = this.view;
    this.view = view;
    if (isIn(view)) this.#connect(view.seat);
    else this.#close();
    for (const seat of this.still) if (!movingSeats(view).includes(seat)) this.still.delete(seat);
    this.#on.viewed(view, before);
  }

  /** @param {SeatName} seat */
  #connect(seat) {
    if (this.#peer) return;
    this.#said = '';
    this.#peer = new Peer({
      seat,
      offer: (id, sdp) => this.signal?.offer(id, sdp) ?? false,
      arrived: this.#on.arrived,
    });
    this.devices();
    this.#peer.signalled();
  }

  #close() {
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {boolean} up */
  #linked(up) {
    this.linked = up;
    if (up) this.#peer?.signalled();
    else this.#peer?.unsignalled();
    this.#on.changed();
  }

  /** @param {string} code */
  #over(code) {
    if (code === 'version') this.#on.refused(code);
    this.#gone = this.view?.scene === 'left'; // a screen of its own, with a way back
    this.over = this.#gone || this.view?.scene === 'ended' ? null : code;
    this.#close();
    this.#own.stop();
    this.#on.changed();
  }

  async #look() {
    const view = this.view;
    const peer = this.#peer;
    if (!view || !peer) return;
    const stats = await peer.stats();
    const moving = movingSeats(view);
    let changed = false;
    for (const [seat, tile] of /** @type {[SeatName, import('../core/stats.js').TileStats][]} */ (Object.entries(stats))) {
      if (!moving.includes(seat)) this.#motion.forget(seat);
      const still = moving.includes(seat) && this.#motion.still(seat, tile.framesDecoded, Date.now()) > STILL;
      if (still === this.still.has(seat)) continue;
      if (still) this.still.add(seat);
      else this.still.delete(seat);
      changed = true;
    }
    if (changed) this.#on.changed();
  }
}
