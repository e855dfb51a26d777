"""Who a browser is: sessions kept on the server, for seats and for therapists.

The cookie holds nothing but a random id of 256 bit, sealed by AES-256-GCM and bound to the cookie's name; what the
session is about is a row, found by the SHA-256 of the id (threats: a stolen database opens no session). A seat has a
cookie for each invitation, so that three tabs on one machine do not disturb one another; a therapist has one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
import warnings
from typing import Final

import aiohttp_session
from aiohttp import web
from aiohttp_session import AbstractStorage, Session, SessionData
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from server.pages.resources import CLOCK, SESSIONS
from server.ports import StoredSession

INVITATION: Final = "invitation"
"""The key of a seat's session: the id of its invitation."""

THERAPIST: Final = "therapist"
"""The key of an account's session: the id of the therapist."""

ACCOUNT_COOKIE: Final = "practice"

_SEAT_PATH: Final = re.compile(r"/c/([A-Za-z0-9_-]{11})(?:/|\Z)")
_ID_SIZE: Final = 32
_NONCE_SIZE: Final = 12


def setup(app: web.Application, storage: SealedSessions) -> None:
    """Give every request of `app` its session, by ``aiohttp_session.get_session`` and ``new_session``."""
    # the library keeps two things in the request under plain names, of which aiohttp warns at every start
    warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")
    aiohttp_session.setup(app, storage)


class SealedSessions(AbstractStorage):
    """Sessions in the store of the request's application, under a cookie sealed by `key` (32 bytes).

    Which cookie counts follows from the path: ``/c/<invitation>…`` is a seat's, every other the account's. Which one is
    set follows from the session's data. A cookie that was altered, is unknown or has expired is no session.
    """

    def __init__(self, key: bytes, *, https: bool) -> None:
        super().__init__(path="/", secure=https, httponly=True, samesite="Strict")
        self._seal = AESGCM(key)
        self._prefix = "__Host-" if https else ""

    @override
    async def load_session(self, request: web.Request) -> Session:
        seat = _SEAT_PATH.match(request.path)
        name = self._cookie(f"seat-{seat[1]}" if seat else ACCOUNT_COOKIE)
        if (session_id := self._open(name, request.cookies.get(name))) is None:
            return await self.new_session()
        stored = await request.app[SESSIONS].get(_key(session_id), request.app[CLOCK].now())
        if stored is None:
            return await self.new_session()
        data = SessionData(created=stored.created // 1000, session=json.loads(stored.data))
        return Session(session_id, data=data, new=False)  # its end is the store's to know

    @override
    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        """Store the session under a new id, or delete it with its row if it is empty.

        A changed session gets a new id and the former one ends, so an id never outlives a change of rights. Its
        `max_age` in seconds must be set. Raises ValueError when it is not, or when the data belongs to nobody.
        """
        sessions = request.app[SESSIONS]
        if session.identity is not None:
            await sessions.delete(_key(session.identity))
        if session.empty:
            seat = _SEAT_PATH.match(request.path)
            self._forget(response, self._cookie(f"seat-{seat[1]}" if seat else ACCOUNT_COOKIE))
            return
        if session.max_age is None:
            raise ValueError("a session needs an end")
        if INVITATION in session:
            name = self._cookie(f"seat-{session[INVITATION]}")
        elif THERAPIST in session:
            name = self._cookie(ACCOUNT_COOKIE)
        else:
            raise ValueError("a session is a seat's or a therapist's")
        if (former := self._open(name, request.cookies.get(name))) is not None:
            await sessions.delete(_key(former))
        session_id, now = secrets.token_bytes(_ID_SIZE), request.app[CLOCK].now()
        await sessions.put(
            StoredSession(_key(session_id), json.dumps(dict(session)), now, now + session.max_age * 1000)
        )
        response.set_cookie(
            name,
            self._close(name, session_id),
            max_age=session.max_age,
            path="/",
            secure=bool(self._prefix),
            httponly=True,
            samesite="Strict",
        )

    def _forget(self, response: web.StreamResponse, name: str) -> None:
        # a browser takes the deletion of a __Host- cookie only with the attributes that it was set with
        response.del_cookie(name, path="/", secure=bool(self._prefix), httponly=True, samesite="Strict")

    def _cookie(self, name: str) -> str:
        return self._prefix + name

    def _close(self, name: str, session_id: bytes) -> str:
        nonce = secrets.token_bytes(_NONCE_SIZE)
        sealed = nonce + self._seal.encrypt(nonce, session_id, name.encode())
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def _open(self, name: str, cookie: str | None) -> bytes | None:
        if not cookie:
            return None
        try:
            sealed = base64.b64decode(cookie + "=" * (-len(cookie) % 4), altchars=b"-_", validate=True)
            return self._seal.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], name.encode())
        except (InvalidTag, binascii.Error, ValueError):
            return None


def _key(session_id: bytes) -> bytes:
    return hashlib.sha256(session_id).digest()
