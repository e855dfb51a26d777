"""How long each person spoke, and how much of it while it was their voice.

It counts utterances that the media host heard by their level; what was said is never known. For the
therapist alone, and never a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.seats import Seat

LONGEST = 15 * 60_000
"""An utterance beyond this many ms is a noise in the room, or a clock that jumped."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Milliseconds: `spoken` in all, `in_voice` of them while the dialogue gave this seat the voice."""

    spoken: int = 0
    in_voice: int = 0


Talks = Mapping[Seat, Talk]


def with_utterance(talks: Talks, seat: Seat, lasted: int, *, in_voice: bool) -> Talks:
    """The balance after somebody spoke for `lasted` ms; spans that cannot be are left out."""
    if not 0 < lasted <= LONGEST:
        return talks
    before = talks.get(seat, Talk())
    return {**talks, seat: Talk(before.spoken + lasted, before.in_voice + (lasted if in_voice else 0))}
