/**
 * Which tiles a page shows, where, and with what ring: pure, from one view.
 *
 * Partners face each other and the therapist sits at the side; the therapist sees both alike, always in the same seats.
 */

/** @typedef {import('./protocol.js').View} View */
/** @typedef {import('./protocol.js').SeatName} SeatName */
/** @typedef {import('./protocol.js').Person} Person */

/** @typedef {'large' | 'small' | 'left' | 'right' | 'none'} Place */
/** @typedef {'absent' | 'waiting' | 'left' | 'apart' | 'time-out' | 'away' | 'own-network' | 'still' | 'camera-off'} Veil */

/**
 * @typedef {object} Tile
 * @property {SeatName} seat
 * @property {Place} place
 * @property {string} name
 * @property {'sender' | 'receiver' | 'therapist' | null} role the ring's colour
 * @property {boolean} voice the ring is thick
 * @property {boolean} muted
 * @property {boolean} soft to be heard softly
 * @property {Veil | null} veil what lies over the picture
 */

/** What the page itself knows: whether its own link is up, and whose picture does not move. */
/** @typedef {{linked: boolean, still: ReadonlySet<SeatName>}} Local */

/** Scenes in which the page shows one calm sentence and nobody's picture. */
const ALONE = new Set(['door', 'waiting', 'apart', 'time-out', 'therapist-gone', 'left', 'ended']);

/** Whether this view is drawn as a call, with tiles. @param {View} view */
export function inCall(view) {
  return view.lead !== null || !ALONE.has(view.scene);
}

/** The name of a seat, as far as this view knows it. @param {View} view @param {string} seat @returns {string | null} */
export function nameOf(view, seat) {
  if (seat === view.seat) return view.name;
  return (
    view.people.find((it) => it.seat === seat)?.name ?? view.lead?.partners.find((it) => it.seat === seat)?.name ?? null
  );
}

/**
 * @param {View} view
 * @param {Local} local
 * @returns {Tile[]} one for each other seat
 */
export function tiles(view, local) {
  /** @type {SeatName[]} */
  const seats = ['therapist', 'partner-a', 'partner-b'];
  return seats.filter((seat) => seat !== view.seat).map((seat) => tile(view, local, seat));
}

/** @param {View} view @param {Local} local @param {SeatName} seat @returns {Tile} */
function tile(view, local, seat) {
  const person = view.people.find((it) => it.seat === seat);
  return {
    seat,
    place: placeOf(view, seat),
    name: nameOf(view, seat) ?? '',
    ...ringOf(view, seat),
    muted: person ? person.here && !person.mic : false,
    soft: person?.sound === 'soft',
    veil: veilOf(view, local, seat, person),
  };
}

/** @param {View} view @param {SeatName} seat @returns {Place} */
function placeOf(view, seat) {
  if (!inCall(view)) return 'none';
  if (view.lead) return seat === 'partner-a' ? 'left' : 'right';
  const known = view.people.map((it) => it.seat);
  if (!known.includes(seat)) return 'none';
  return seat !== 'therapist' || known.length === 1 ? 'large' : 'small';
}

/** @param {View} view @param {SeatName} seat @returns {Pick<Tile, 'role' | 'voice'>} */
function ringOf(view, seat) {
  const it = view.indicator;
  if (!it) return { role: null, voice: false };
  if (seat === 'therapist') {
    const speaks = view.dimmed || it.voice === 'therapist';
    return { role: speaks ? 'therapist' : null, voice: speaks };
  }
  const voice = !view.dimmed && (it.voice === seat || it.voice === 'both');
  return { role: it.sender === seat ? 'sender' : 'receiver', voice };
}

/** @param {View} view @param {Local} local @param {SeatName} seat @param {Person | undefined} person @returns {Veil | null} */
function veilOf(view, local, seat, person) {
  const state = view.lead?.partners.find((it) => it.seat === seat);
  if (state && state.presence !== 'admitted') return state.presence;
  if (view.scene === 'time-out') return 'time-out';
  if (view.lead?.held && view.lead.held !== seat) return 'apart';
  if (!local.linked) return 'own-network';
  if (person && !person.here) return 'away';
  if (person && !person.camera) return 'camera-off';
  return local.still.has(seat) ? 'still' : null;
}

/** The seats whose picture ought to move now. @param {View} view @returns {SeatName[]} */
export function movingSeats(view) {
  return tiles(view, { linked: true, still: new Set() })
    .filter((it) => it.place !== 'none' && it.veil === null)
    .map((it) => it.seat);
}
