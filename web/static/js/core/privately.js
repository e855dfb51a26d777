/** What only the therapist is told, made ready to be shown: pure, from the lead of one view. */

/** @typedef {import('./protocol.js').Lead} Lead */

/** Less talk than this, in ms, says nothing about a balance. */
const TOO_LITTLE = 20_000;

/**
 * How the time spoken is shared between the partners, in whole per cent; null while there is too little of it.
 * @param {Pick<Lead, 'talk' | 'partners'>} lead
 * @returns {{name: string, percent: number}[] | null}
 */
export function balance({ talk, partners }) {
  const whole = talk.reduce((sum, it) => sum + it.spoken, 0);
  const [one, other] = partners;
  if (whole < TOO_LITTLE || !one || !other) return null;
  const mine = talk.find((it) => it.seat === one.seat)?.spoken ?? 0;
  const percent = Math.round((100 * mine) / whole);
  return [
    { name: one.name, percent },
    { name: other.name, percent: 100 - percent },
  ];
}

/**
 * Whole minutes of the planned session that are left; null when it has not begun or has no plan.
 * @param {Pick<Lead, 'began' | 'minutes'>} lead
 * @param {number} now ms since the epoch
 */
export function minutesLeft({ began, minutes }, now) {
  return began === null || minutes === null ? null : Math.ceil((began + minutes * 60_000 - now) / 60_000);
}

/**
 * The steps that can be gone back to, the nearest first, with how many steps that is.
 * @param {readonly string[]} trail the latest last; empty where no dialogue ran
 */
export function wayBack(trail) {
  return trail.map((name, index) => ({ name: name || '–', count: trail.length - index })).reverse();
}
