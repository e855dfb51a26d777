"""Silence, and what it means."""

from __future__ import annotations

from server.media.liveness import Life, Liveness


def test_when_media_flowed_silence_is_noticed_soon() -> None:
    life = Liveness(0.0)
    life.heard_media(10.0)
    life.heard(10.3)

    assert life.judge(11.7) is Life.ALIVE
    assert life.judge(11.9) is Life.STALLED
    assert life.judge(16.2) is Life.STALLED
    assert life.judge(16.4) is Life.GONE
    assert life.silence(16.3) == 6.0
    life.heard_media(17.0)
    assert life.judge(17.0) is Life.ALIVE


def test_who_only_listens_is_given_until_the_next_check() -> None:
    """Without camera and microphone a browser sends little: Firefox checks every four to six seconds."""
    life = Liveness(0.0)
    life.heard_media(10.0)
    life.heard(12.0)

    assert life.judge(18.1) is Life.ALIVE
    assert life.judge(20.0) is Life.STALLED
    assert life.judge(27.5) is Life.GONE
