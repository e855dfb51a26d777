"""Every way in which a request is refused: a stable code for programs, and what happened and what to do for people.

:class:`RefusalError` is raised by views; the table here has words for its code, which the catalogues translate.
Words never repeat what was sent, and a failure of the server tells nothing about itself but that it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


class RefusalError(Exception):
    """The request is refused with `status` and one of `REFUSALS`. Times to come back are in seconds."""

    def __init__(self, status: int, code: str, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Refused:
    """What a person reads: both are keys of the catalogues."""

    title: str
    advice: str


REFUSALS: Final = {
    "bad-request": Refused("The page sent something that this server cannot read.", "Load the page again."),
    "unauthorized": Refused(
        "You are not signed in on this device.", "Open your personal link again, or ask for a set-up link."
    ),
    "foreign-origin": Refused("This request came from another web site.", "Open your personal link again."),
    "forbidden": Refused("This is not open to you.", "Open your personal link again."),
    "bad-link": Refused("This link is not valid.", "Ask your therapist for a new one."),
    "too-early": Refused("It is too early for this link.", "Open it again shortly before your session."),
    "expired": Refused("This link has expired.", "Ask your therapist for a new one."),
    "not-found": Refused("There is no page at this address.", "Check the address, or open your personal link again."),
    "wrong-method": Refused("This address does not work that way.", "Open your personal link again."),
    "too-large": Refused("The page sent more than this server takes.", "Load the page again."),
    "too-many": Refused("There are fifty dialogues of your own.", "Delete one that you no longer use."),
    "changed": Refused(
        "This dialogue was changed in another window.", "Copy what you typed here, and load the page again."
    ),
    "slow": Refused("The request took too long to arrive.", "Check your connection and try again."),
    "rate": Refused("Too many attempts in a short time.", "Wait a minute and try again."),
    "internal": Refused("Something went wrong on the server.", "Try again in a moment. Nothing that you did was lost."),
    "unavailable": Refused("The server is not ready.", "Try again in a moment."),
}

_BY_STATUS: Final = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "wrong-method",
    408: "slow",
    413: "too-large",
    429: "rate",
    503: "unavailable",
}


def code_of(status: int) -> str:
    """The code of a refusal that has nothing but its HTTP status."""
    return _BY_STATUS.get(status, "bad-request" if status < 500 else "internal")
