"""What one connection sends: which SSRC is which medium and layer, learnt from the packets themselves."""

from __future__ import annotations

from server.domain.seats import Medium
from server.media.incoming import IncomingStream, RetransmissionStream, Sender
from server.media.sdp import Offer, Section

_MAX_STREAMS = 32


class Sources:
    """The incoming streams of one connection."""

    def __init__(self, peer: Sender, offer: Offer) -> None:
        self.media: dict[tuple[Medium, int], IncomingStream] = {}
        """The main stream of each medium and layer."""
        self.streams: dict[int, IncomingStream | RetransmissionStream] = {}
        """All of them by SSRC."""
        self._peer = peer
        self._sections = {section.mid: section for section in offer.sends}
        self._announced: dict[int, Section] = {}
        for section in offer.sends:
            for ssrc in (section.ssrc, section.rtx_ssrc):
                if ssrc is not None:
                    self._announced[ssrc] = section
        self._camera = offer.sends[1]  # nothing else has layers
        self._mid_id = next((section.extensions.mid for section in offer.sends if section.extensions.mid), 0)
        self._rid_id = self._camera.extensions.rid
        self._repaired_id = self._camera.extensions.repaired_rid

    def learn(
        self, ssrc: int, payload_type: int, number: int, found: dict[int, bytes]
    ) -> IncomingStream | RetransmissionStream | None:
        """The stream of an SSRC that has not been seen: by mid and layer in the packet, else as announced."""
        section = self._section(ssrc, found)
        if section is None or len(self.streams) >= _MAX_STREAMS:
            return None
        main = payload_type == section.payload_type
        layer = 0
        if section.layers:
            name = found.get(self._rid_id if main else self._repaired_id, b"").decode("ascii", "replace")
            if name not in section.layers:
                return None
            layer = section.layers.index(name)
        if main:
            stream = self.media[section.medium, layer] = IncomingStream(self._peer, section, ssrc, number, layer)
            self.streams[ssrc] = stream
        elif payload_type == section.rtx_payload_type:
            self.streams[ssrc] = RetransmissionStream(self._peer, section, layer)
        return self.streams.get(ssrc)

    def _section(self, ssrc: int, found: dict[int, bytes]) -> Section | None:
        mid = found.get(self._mid_id, b"")
        if mid:
            return self._sections.get(mid.decode("ascii", "replace"))
        if self._camera.layers and (self._rid_id in found or self._repaired_id in found):
            return self._camera
        return self._announced.get(ssrc)

    def layer(self, medium: Medium, level: int, current: object, now: float) -> IncomingStream | None:
        """The stream for who may have layer `level`: the best up to it that comes, or the smallest that does.

        When none comes, it is `current` or the smallest known.
        """
        if medium is not Medium.CAMERA or not self._camera.layers:
            return self.media.get((medium, 0))
        known = [it for number in range(len(self._camera.layers)) if (it := self.media.get((medium, number)))]
        coming = [it for it in known if it.alive(now)]
        if not coming:
            return next((it for it in known if it is current), known[0] if known else None)
        return next((it for it in reversed(coming) if it.layer <= level), coming[0])

    def top_layer(self, medium: Medium, now: float) -> int | None:
        """The best layer that comes, or None when there is nothing to see."""
        coming = [layer for (kind, layer), it in self.media.items() if kind is medium and it.alive(now)]
        return max(coming, default=None)
