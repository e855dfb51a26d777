"""The link by which a therapist's account is set up: it works once, within a day."""

from __future__ import annotations

import secrets
from typing import Final

from server.access import SECRET_BYTES, Access
from server.ports import Clock, Practice

HOURS: Final = 24


async def setup_link(practice: Practice, access: Access, clock: Clock, origin: str) -> str:
    """A new link; its secret exists nowhere else."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    await practice.add_setup_link(access.hash_secret(secret), clock.now() + HOURS * 3_600_000)
    return f"{origin}/setup#{secret}"
