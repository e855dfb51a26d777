"""What the views of the pages are given: typed keys, filled by the composition root."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.access import Access
from server.pages.booking import Book
from server.pages.limits import FailureLimit
from server.pages.scripting import Desk
from server.ports import Clock, Practice, Sessions

CLOCK: Final = web.AppKey("clock", Clock)
SESSIONS: Final = web.AppKey("sessions", Sessions)
ACCESS: Final = web.AppKey("access", Access)
PRACTICE: Final = web.AppKey("practice", Practice)
BOOK: Final = web.AppKey("book", Book)
DESK: Final = web.AppKey("desk", Desk)
FAILURES: Final = web.AppKey("failures", FailureLimit)
PROXIED: Final = web.AppKey("proxied", bool)
"""Whether a proxy stands in front and says where requests come from."""
