"""Which addresses a peer has proven to be its own, and which of them the host sends to (RFC 8445, RFC 7675).

An address is proven by an authenticated check. The path moves on a check that nominates, or when authentic media comes
from elsewhere and the old path has been silent: Firefox's later checks nominate nothing. Of several nominated paths UDP
is better than TCP (RFC 6544 section 4.2) as long as it is heard.
"""

from __future__ import annotations

from server.media.udp import Link, Owner, SocketAddress

MAX_PROVEN = 8
CONSENT_SECONDS = 30.0
"""Nothing is sent to a peer for longer than this after its last authenticated check."""
SILENT_SECONDS = 0.5
_TRANSACTION_SECONDS = 60.0
_MAX_TRANSACTIONS = 256

_Place = tuple[Link, SocketAddress]


class Paths:
    """The addresses of one peer."""

    __slots__ = (
        "_nominated",
        "_owner",
        "_proven",
        "_transactions",
        "address",
        "checked_at",
        "heard_at",
        "link",
        "moves",
    )

    def __init__(self, owner: Owner, now: float) -> None:
        self._owner = owner
        self._proven: dict[_Place, float] = {}
        self._transactions: dict[bytes, tuple[_Place, float]] = {}
        self.link: Link | None = None
        """Where the host sends to; None before the first check."""
        self.address: SocketAddress = ()
        self.checked_at = now
        """The last authenticated check, or the beginning."""
        self.heard_at = now
        """When something authentic last came by the current path."""
        self.moves = 0
        self._nominated = False
        """The peer itself chose the current path."""

    def replayed(self, transaction: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        """Whether a check's transaction was seen before from another place; it is remembered for a minute."""
        for known, (_, seen) in list(self._transactions.items()):
            if now - seen < _TRANSACTION_SECONDS and len(self._transactions) < _MAX_TRANSACTIONS:
                break
            del self._transactions[known]
        place, _ = self._transactions.setdefault(transaction, ((link, address), now))
        return place != (link, address)

    def checked(self, link: Link, address: SocketAddress, *, nominated: bool, now: float) -> None:
        """An authenticated check came from here."""
        self.checked_at = now
        self.prove(link, address, now)
        if self.link is None or (nominated and not self._is_worse(link, now)):
            self.move(link, address, now)
            self._nominated = nominated
        elif self.is_current(link, address):
            self.heard_at = now

    def _is_worse(self, link: Link, now: float) -> bool:
        """Whether this is TCP, and the peer nominated UDP too and still comes by it."""
        current = self.link
        return link.stream and current is not None and not current.stream and self._nominated and not self.silent(now)

    def prove(self, link: Link, address: SocketAddress, now: float) -> None:
        """Remember that this address is the peer's; the stalest of more than eight is forgotten."""
        self._proven.pop((link, address), None)
        self._proven[link, address] = now
        link.owners[address] = self._owner
        if len(self._proven) > MAX_PROVEN:
            for place in self._proven:
                if not self.is_current(*place):
                    self._forget(place)
                    break

    def is_current(self, link: Link, address: SocketAddress) -> bool:
        return address == self.address and link is self.link

    def move(self, link: Link, address: SocketAddress, now: float) -> None:
        """Send to this address from now on."""
        if not self.is_current(link, address):
            self.moves += self.link is not None
            self.link, self.address = link, address
        self.heard_at = now

    def heard(self, link: Link, address: SocketAddress, now: float) -> None:
        """Authentic media came from here: the path follows it when the old one is silent."""
        if self.is_current(link, address):
            self.heard_at = now
        elif self.silent(now):
            self.prove(link, address, now)
            self.move(link, address, now)

    def silent(self, now: float) -> bool:
        """Whether nothing has come by the current path for half a second."""
        return now - self.heard_at >= SILENT_SECONDS

    def prune(self, now: float) -> None:
        """Forget addresses whose proof is older than the consent."""
        for place, proven in list(self._proven.items()):
            if now - proven > CONSENT_SECONDS and not self.is_current(*place):
                self._forget(place)

    def _forget(self, place: _Place) -> None:
        del self._proven[place]
        link, address = place
        if link.owners.get(address) is self._owner:
            del link.owners[address]

    def close(self) -> None:
        """Forget everything; nothing is sent any more."""
        for place in list(self._proven):
            self._forget(place)
        self.link, self.address = None, ()
