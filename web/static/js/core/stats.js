/** What the browser's statistics say about each tile: pure, over the report of one peer connection. */

/** @typedef {import('./protocol.js').SeatName} SeatName */

/**
 * @typedef {object} TileStats
 * @property {number} framesDecoded
 * @property {number} freezes
 * @property {number} width
 * @property {number} height
 * @property {number} framesPerSecond
 * @property {number} videoPackets
 * @property {number} audioPackets
 * @property {number} audioEnergy
 * @property {number | null} roundTrip to the server, ms
 * @property {number} loss share of packets that never came, 0 to 1
 */

/** @typedef {{values(): Iterable<any>}} Report */

/**
 * @param {Report} report
 * @param {Map<string, {seat: SeatName, medium: string}>} mids which m-line shows what
 * @param {readonly SeatName[]} seats
 * @returns {Partial<Record<SeatName, TileStats>>}
 */
export function tileStats(report, mids, seats) {
  const entries = [...report.values()];
  const roundTrip = roundTripOf(entries);
  /** @type {Partial<Record<SeatName, TileStats>>} */
  const tiles = {};
  for (const seat of seats) {
    const inbound = (/** @type {string} */ medium) =>
      entries.find((it) => it.type === 'inbound-rtp' && sits(mids.get(it.mid), seat, medium)) ?? {};
    const camera = inbound('camera');
    const mic = inbound('mic');
    const lost = Math.max(0, camera.packetsLost ?? 0) + Math.max(0, mic.packetsLost ?? 0);
    const came = (camera.packetsReceived ?? 0) + (mic.packetsReceived ?? 0);
    tiles[seat] = {
      framesDecoded: camera.framesDecoded ?? 0,
      freezes: camera.freezeCount ?? 0,
      width: camera.frameWidth ?? 0,
      height: camera.frameHeight ?? 0,
      framesPerSecond: camera.framesPerSecond ?? 0,
      videoPackets: camera.packetsReceived ?? 0,
      audioPackets: mic.packetsReceived ?? 0,
      audioEnergy: mic.totalAudioEnergy ?? 0,
      roundTrip,
      loss: came + lost ? lost / (came + lost) : 0,
    };
  }
  return tiles;
}

/** @param {{seat: SeatName, medium: string} | undefined} place @param {SeatName} seat @param {string} medium */
function sits(place, seat, medium) {
  return place?.seat === seat && place.medium === medium;
}

/** @param {any[]} entries @returns {number | null} */
function roundTripOf(entries) {
  const chosen = entries.find((it) => it.type === 'transport')?.selectedCandidatePairId;
  const pairs = entries.filter((it) => it.type === 'candidate-pair');
  const pair = pairs.find((it) => it.id === chosen) ?? pairs.find((it) => it.selected || it.nominated);
  return pair?.currentRoundTripTime === undefined ? null : Math.round(pair.currentRoundTripTime * 1000);
}

/**
 * Tells for each seat whether its picture moves, from looks that follow one another.
 */
export class Motion {
  /** @type {Map<SeatName, {frames: number, at: number}>} */
  #last = new Map();

  /**
   * @param {SeatName} seat
   * @param {number} frames decoded so far
   * @param {number} now
   * @returns {number} ms since the picture last moved
   */
  still(seat, frames, now) {
    const last = this.#last.get(seat);
    if (!last || last.frames !== frames) {
      this.#last.set(seat, { frames, at: now });
      return 0;
    }
    return now - last.at;
  }

  /** Starts to count anew for a picture that is not expected to move. @param {SeatName} seat */
  forget(seat) {
    this.#last.delete(seat);
  }
}
