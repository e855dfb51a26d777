"""Who may come in: personal links are minted, redeemed once per device, and looked at again whenever a socket opens.

The secret of a link stands in its fragment only; what is kept is a keyed hash, useless without the installation's own
pepper. Cookies and pages are not known here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Literal

from server.domain.seats import Seat
from server.ports import Invitation, Invitations

LINK_VERSION: Final = "1"
ID_BYTES: Final = 8
SECRET_BYTES: Final = 32
SECRET_LENGTH: Final = 43
"""Characters of a secret in base64url without padding."""

AccessCode = Literal["bad-link", "too-early", "expired"]


class AccessError(Exception):
    """Nobody comes in by this link or session now. `code` is stable; a revoked link and an unknown one look alike."""

    def __init__(self, code: AccessCode) -> None:
        super().__init__(code)
        self.code: AccessCode = code


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to one seat of one room, until `expires` (ms since the epoch)."""

    room_id: str
    seat: Seat
    invitation_id: str
    expires: int


class Access:
    """The links of one installation. `pepper` is its secret key, at least 16 bytes."""

    def __init__(self, invitations: Invitations, pepper: bytes) -> None:
        if len(pepper) < 16:
            raise ValueError("the pepper is too short")
        self._invitations = invitations
        self._pepper = pepper
        self._nobodys = self.hash_secret(secrets.token_urlsafe(SECRET_BYTES))

    def hash_secret(self, secret: str) -> bytes:
        """What is kept of a secret: HMAC-SHA256 under the pepper."""
        return hmac.new(self._pepper, secret.encode(errors="surrogatepass"), hashlib.sha256).digest()

    async def mint(self, room_id: str, seat: Seat, not_before: int, expires: int) -> tuple[Invitation, str]:
        """Store a new invitation; with it comes the fragment of its link, which exists nowhere else."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        invitation = Invitation(
            id=secrets.token_urlsafe(ID_BYTES),
            room_id=room_id,
            seat=seat,
            secret_hash=self.hash_secret(secret),
            not_before=not_before,
            expires=expires,
        )
        await self._invitations.add(invitation)
        return invitation, f"{LINK_VERSION}.{invitation.id}.{secret}"

    async def redeem(self, invitation_id: str, secret: str, now: int) -> Grant:
        """What a link is good for at the time `now`. Raises AccessError.

        An unknown id costs what a wrong secret costs, and the secret is compared in constant time.
        """
        invitation = await self._invitations.find(invitation_id)
        expected = self._nobodys if invitation is None else invitation.secret_hash
        matches = hmac.compare_digest(self.hash_secret(secret[: SECRET_LENGTH + 1]), expected)
        if invitation is None or not matches:
            raise AccessError("bad-link")
        return _granted(invitation, now)

    async def grant(self, invitation_id: str, now: int) -> Grant:
        """What a session that once redeemed this link is good for at the time `now`. Raises AccessError."""
        invitation = await self._invitations.find(invitation_id)
        if invitation is None:
            raise AccessError("bad-link")
        return _granted(invitation, now)

    async def revoke_room(self, room_id: str) -> None:
        """Make every link of a room, and every session that came by one, worthless."""
        for invitation in await self._invitations.of_room(room_id):
            await self._invitations.revoke(invitation.id)


def _granted(invitation: Invitation, now: int) -> Grant:
    if invitation.revoked:
        raise AccessError("bad-link")
    if now < invitation.not_before:
        raise AccessError("too-early")
    if now >= invitation.expires:
        raise AccessError("expired")
    return Grant(invitation.room_id, invitation.seat, invitation.id, invitation.expires)
