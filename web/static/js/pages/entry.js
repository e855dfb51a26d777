/** How a page comes in: by the link in its fragment, by what it kept over a reload, or by the cookie of its seat. */

import { invitationIn, seatPageIn, setupSecretIn } from '../core/link.js';

const KEPT = 'link';

/** @typedef {import('../core/link.js').Invitation} Invitation */

/**
 * Takes the link out of the address at once, and keeps it for this tab until it is redeemed: a person who has to allow
 * the camera loads the page again.
 * @returns {Invitation | null}
 */
export function takeInvitation() {
  const { hash, pathname } = location;
  if (hash) {
    const invitation = invitationIn(hash);
    history.replaceState(null, '', pathname);
    if (invitation) sessionStorage.setItem(KEPT, hash);
    else forgetInvitation();
    return invitation;
  }
  return invitationIn(sessionStorage.getItem(KEPT) ?? '');
}

export function forgetInvitation() {
  sessionStorage.removeItem(KEPT);
}

/** The whole link again, for the person who has to open it elsewhere. @param {Invitation} invitation */
export function linkOf({ id, secret }) {
  return `${location.origin}/j#1.${id}.${secret}`;
}

export function onSeatPage() {
  return seatPageIn(location.pathname) !== null;
}

export function takeSetupSecret() {
  const secret = setupSecretIn(location.hash);
  if (location.hash) history.replaceState(null, '', location.pathname);
  return secret;
}

/**
 * Posts JSON to the own server. Gives up after ten seconds: a dead connection may hang for longer.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<{ok: true, body: any} | {ok: false, code: string}>}
 */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return { ok: true, body: answer };
    return { ok: false, code: typeof answer.code === 'string' ? answer.code : 'internal' };
  } catch {
    return { ok: false, code: 'offline' };
  }
}

/** Why the socket of this page is refused before it opens, if for good. @returns {Promise<string | null>} */
export async function whyRefused() {
  try {
    const response = await fetch(`${location.pathname}/ws`, { signal: AbortSignal.timeout(5000) });
    return response.status === 401 ? 'revoked' : null;
  } catch {
    return null;
  }
}
