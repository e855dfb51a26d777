/**
 * The one media connection with the server: nine fixed m-lines, negotiated once.
 *
 * Mic, camera, screen to send; then the same three to receive for each of the two other seats, in the order therapist,
 * partner-a, partner-b. Steps and holds never change it. It heals itself: see `watch.js`. Its counterpart is
 * `server/media/`; the offer travels by `signal.js`, which this module knows only as a function.
 */

import { clock as realClock, randomId } from './clock.js';
import { tileStats } from './stats.js';
import { Watch } from './watch.js';

/** @typedef {import('./protocol.js').SeatName} SeatName */
/** @typedef {'mic' | 'camera' | 'screen'} Medium */

/** @type {readonly SeatName[]} */
export const SEATS = ['therapist', 'partner-a', 'partner-b'];
/** @type {readonly Medium[]} */
export const MEDIA = ['mic', 'camera', 'screen'];

const LOOK_EVERY = 400;
/** A socket that comes back finds the media fine if something came within this, in ms. */
const LIVELY = 700;
/** From 500 on Chromium sends the first frames in full size. */
const START_KILOBITS = 600;
const CAMERA_BITRATE = 1_500_000;
const MIC_BITRATE = 48_000;
/** The camera once more, for those whose link does not take it whole: the host chooses for each. The smallest comes first. */
const SMALL = { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 100_000 };
/** @type {Record<Medium, RTCRtpEncodingParameters[]>} */
const ENCODINGS = {
  mic: [{ maxBitrate: MIC_BITRATE }],
  camera: [SMALL, { rid: 'f', maxBitrate: CAMERA_BITRATE }],
  screen: [{ maxBitrate: CAMERA_BITRATE }],
};

/** The two other seats, in the order of the m-lines. @param {SeatName} seat */
export function others(seat) {
  return SEATS.filter((it) => it !== seat);
}

/** @param {Medium} medium @returns {'audio' | 'video'} */
const kindOf = (medium) => (medium === 'mic' ? 'audio' : 'video');

/**
 * @typedef {object} Options
 * @property {SeatName} seat
 * @property {(id: string, sdp: string) => boolean} offer sends the offer; false where there is no socket
 * @property {(seat: SeatName, medium: Medium, track: MediaStreamTrack) => void} arrived a track to show, again after every fresh connection
 * @property {(help: import('./watch.js').Help) => void} [helped] for the page's own notices and the tests
 * @property {() => RTCPeerConnection} [make]
 * @property {(kind: 'audio' | 'video') => RTCRtpCodec[]} [codecs]
 * @property {() => MediaStream} [stream]
 * @property {import('./clock.js').Clock} [clock]
 */

export class Peer {
  #seat;
  #offer;
  #arrived;
  #helped;
  #make;
  #codecs;
  #stream;
  #clock;
  #watch = new Watch();
  /** @type {RTCPeerConnection | null} */
  #connection = null;
  /** @type {Map<Medium, RTCRtpTransceiver>} */
  #sending = new Map();
  /** @type {Map<string, {seat: SeatName, medium: Medium, transceiver: RTCRtpTransceiver}>} */
  #receiving = new Map();
  /** @type {Map<Medium, MediaStreamTrack | null>} */
  #tracks = new Map();
  /** @type {{id: string, answer: string | null} | null} */
  #round = null;
  #signalled = false;
  #wasOffline = false;
  #restarting = false;
  #closed = false;
  #stopLook = () => {};

  /** @param {Options} options */
  constructor({ seat, offer, arrived, helped = () => {}, make = connect, codecs = preferred, stream = () => new MediaStream(), clock = realClock }) {
    this.#seat = seat;
    this.#offer = offer;
    this.#arrived = arrived;
    this.#helped = helped;
    this.#make = make;
    this.#codecs = codecs;
    this.#stream = stream;
    this.#clock = clock;
  }

  get state() {
    return this.#connection?.connectionState ?? 'closed';
  }

  /** Whether nothing comes although it did. */
  get stalled() {
    return this.#watch.stalled;
  }

  /** The socket is there, for the first time or again: offers unless the media is alive. */
  signalled() {
    if (this.#closed) return;
    this.#signalled = true;
    const alive = this.state === 'connected' && this.#watch.quiet(this.#clock.now()) < LIVELY;
    if (!alive) void this.#begin('fresh');
    if (!this.#connection) return;
    this.#stopLook();
    this.#stopLook = this.#clock.after(LOOK_EVERY, () => this.#look());
  }

  unsignalled() {
    this.#signalled = false;
  }

  offline() {
    this.#wasOffline = true;
  }

  /** After `offline` a fresh connection is the fastest way back in Chromium. */
  online() {
    if (!this.#wasOffline || this.#closed) return;
    this.#wasOffline = false;
    if (this.#signalled) void this.#begin('fresh');
  }

  /**
   * What to send from now on; null sends nothing. Needs no negotiation.
   * @param {Medium} medium
   * @param {MediaStreamTrack | null} track
   */
  setTrack(medium, track) {
    this.#tracks.set(medium, track);
    void this.#sending.get(medium)?.sender.replaceTrack(track).catch(() => {});
  }

  /**
   * The server's answer; one to an older offer is passed over.
   * @param {string} id
   * @param {string} sdp
   */
  async answered(id, sdp) {
    const connection = this.#connection;
    if (!connection || this.#round?.id !== id || this.#round.answer) return;
    this.#round.answer = startSharp(sdp);
    await connection.setRemoteDescription({ type: 'answer', sdp: this.#round.answer });
    if (connection !== this.#connection) return;
    await this.#tune();
  }

  /** Per other seat: what is received and shown. */
  async stats() {
    const report = this.#connection ? await this.#connection.getStats() : new Map();
    return tileStats(report, this.#mids(), others(this.#seat));
  }

  close() {
    this.#closed = true;
    this.#stopLook();
    this.#connection?.close();
    this.#connection = null;
  }

  /** @param {'fresh'} why */
  async #begin(why) {
    this.#helped(why);
    this.#connection?.close();
    const connection = this.#make();
    this.#connection = connection;
    this.#watch.begin(this.#clock.now());
    connection.onconnectionstatechange = () => {
      if (connection === this.#connection && connection.connectionState === 'disconnected') this.#look();
    };
    this.#lay(connection);
    const id = randomId();
    this.#round = { id, answer: null };
    await connection.setLocalDescription();
    const sdp = connection.localDescription?.sdp;
    if (connection !== this.#connection || !sdp) return;
    if (!this.#offer(id, sdp)) this.#signalled = false;
  }

  /** Adds the nine m-lines. @param {RTCPeerConnection} connection */
  #lay(connection) {
    this.#sending.clear();
    this.#receiving.clear();
    const stream = this.#stream();
    for (const medium of MEDIA) {
      const transceiver = connection.addTransceiver(kindOf(medium), {
        direction: 'sendonly',
        streams: medium === 'screen' ? [] : [stream],
        sendEncodings: ENCODINGS[medium].map((it) => ({ ...it })),
      });
      this.#prefer(transceiver, medium);
      this.#sending.set(medium, transceiver);
      const track = this.#tracks.get(medium);
      if (track) void transceiver.sender.replaceTrack(track).catch(() => {});
    }
    for (const seat of others(this.#seat)) {
      for (const medium of MEDIA) {
        const transceiver = connection.addTransceiver(kindOf(medium), { direction: 'recvonly' });
        this.#prefer(transceiver, medium);
        this.#receiving.set(`${seat} ${medium}`, { seat, medium, transceiver });
        this.#arrived(seat, medium, transceiver.receiver.track);
      }
    }
  }

  /** Only what is used keeps the offer under 12 KB; with every codec Chromium's has 34. @param {RTCRtpTransceiver} transceiver @param {Medium} medium */
  #prefer(transceiver, medium) {
    const codecs = this.#codecs(kindOf(medium));
    if (codecs.length) transceiver.setCodecPreferences?.(codecs);
  }

  /** Sound goes first, and a picture gives way in size and in pace alike: not every browser takes this before the answer. */
  async #tune() {
    for (const [medium, { sender }] of this.#sending) {
      const parameters = sender.getParameters();
      if (!parameters.encodings?.length) continue;
      for (const encoding of parameters.encodings) {
        const small = encoding.rid === SMALL.rid ? SMALL.maxBitrate : CAMERA_BITRATE;
        encoding.maxBitrate = medium === 'mic' ? MIC_BITRATE : small;
        encoding.priority = encoding.networkPriority = medium === 'mic' ? 'high' : 'medium';
      }
      if (medium === 'camera') parameters.degradationPreference = 'balanced';
      await sender.setParameters(parameters).catch(() => {}); // a browser that knows less sends all the same
    }
  }

  async #look() {
    this.#stopLook();
    const connection = this.#connection;
    if (!connection || this.#closed) return;
    const bytes = await received(connection);
    if (connection !== this.#connection || this.#closed) return;
    const now = this.#clock.now();
    const help = this.#watch.observe({ now, connection: connection.connectionState, bytes, signalled: this.#signalled });
    if (help === 'restart') void this.#restart(connection);
    if (help === 'fresh') void this.#begin('fresh');
    this.#stopLook();
    this.#stopLook = this.#clock.after(LOOK_EVERY, () => this.#look());
  }

  /**
   * A new path under the same connection, told to nobody: an ICE-lite host checks only its own credentials, and DTLS
   * goes on. So it works in just the moment when the socket is dead too.
   * @param {RTCPeerConnection} connection
   */
  async #restart(connection) {
    const answer = this.#round?.answer;
    if (!answer || this.#restarting) return;
    this.#restarting = true;
    this.#helped('restart');
    try {
      if (connection.signalingState === 'stable') connection.restartIce();
      await connection.setLocalDescription();
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    } catch {
      // closed meanwhile, or half-way: the watch asks again
    } finally {
      this.#restarting = false;
    }
  }

  #mids() {
    /** @type {Map<string, {seat: SeatName, medium: Medium}>} */
    const mids = new Map();
    for (const { seat, medium, transceiver } of this.#receiving.values()) {
      if (transceiver.mid !== null) mids.set(transceiver.mid, { seat, medium });
    }
    return mids;
  }
}

/**
 * The answer with a wish of Chromium's own: it begins at 300 kbit/s, shrinks the picture to that before it has measured
 * anything, and is slow to grow it again. Others pass over it.
 * @param {string} sdp
 */
export function startSharp(sdp) {
  return sdp.replace(/^(a=rtpmap:(\d+) VP8\/90000)(\r?\n)/gm, `$1$3a=fmtp:$2 x-google-start-bitrate=${START_KILOBITS}$3`);
}

function connect() {
  return new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
}

/** Opus; VP8 and its retransmission. @param {'audio' | 'video'} kind */
function preferred(kind) {
  const wanted = kind === 'audio' ? ['audio/opus'] : ['video/vp8', 'video/rtx'];
  const all = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  return all.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
}

/** Bytes that came in on any path, media and feedback alike. @param {RTCPeerConnection} connection */
async function received(connection) {
  let bytes = 0;
  const report = await connection.getStats().catch(() => new Map());
  for (const it of report.values()) {
    if (it.type === 'candidate-pair') bytes += it.bytesReceived ?? 0;
  }
  return bytes;
}
