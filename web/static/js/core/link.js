/**
 * Personal links: what stands in the fragment of `/j#1.<id>.<secret>` and `/setup#<secret>`.
 *
 * The fragment never reaches the server by itself; the page redeems it by POST. Its counterpart is `server/access.py`.
 */

const INVITATION = /^#1\.([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]{43})$/;
const SECRET = /^#([A-Za-z0-9_.-]{16,128})$/;
const SEAT_PAGE = /^\/c\/([A-Za-z0-9_-]{11})$/;

/** @typedef {{id: string, secret: string}} Invitation */

/**
 * The invitation in a fragment, or null where there is none or it is damaged.
 * @param {string} fragment with its leading `#`
 * @returns {Invitation | null}
 */
export function invitationIn(fragment) {
  const [, id, secret] = INVITATION.exec(fragment.trim()) ?? [];
  return id && secret ? { id, secret } : null;
}

/**
 * The secret of a set-up link, or null.
 * @param {string} fragment
 */
export function setupSecretIn(fragment) {
  return SECRET.exec(fragment.trim())?.[1] ?? null;
}

/**
 * The invitation id in the path of a seat's own page, or null.
 * @param {string} path
 */
export function seatPageIn(path) {
  return SEAT_PAGE.exec(path)?.[1] ?? null;
}

/**
 * Where a seat's page opens its socket.
 * @param {string} origin like `https://example.org`
 * @param {string} path like `/c/abcdefghijk`
 */
export function socketAddress(origin, path) {
  return `${origin.replace(/^http/, 'ws')}${path}/ws`;
}
