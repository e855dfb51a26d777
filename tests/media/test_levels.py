"""Voice activity."""

from __future__ import annotations

from server.media.levels import SILENCE, VoiceActivity


def speak(voice: VoiceActivity, level: int, begin: float, packets: int) -> list[float]:
    """Packets of 20 ms at this level (dBov below the loudest); when `speaking` changed."""
    return [now for now in (begin + 0.02 * number for number in range(packets)) if voice.heard(0x80 | level, now)]


def test_a_voice_begins_after_a_moment_and_ends_after_a_pause() -> None:
    voice = VoiceActivity()
    [began] = speak(voice, 25, 10.0, 50)
    assert 10.05 < began < 10.1
    assert voice.speaking
    assert -30 < voice.level < -24

    [ended] = speak(voice, 90, 11.0, 50)
    assert 11.3 < ended < 11.45
    assert not voice.speaking


def test_a_knock_is_no_voice_and_a_breath_is_no_end() -> None:
    voice = VoiceActivity()
    assert speak(voice, 20, 1.0, 2) == []
    assert speak(voice, 90, 1.04, 50) == []
    speak(voice, 25, 3.0, 20)
    assert speak(voice, 80, 3.4, 10) == []
    assert voice.speaking


def test_silence_that_is_not_sent_ends_a_voice_too() -> None:
    voice = VoiceActivity()
    speak(voice, 25, 1.0, 20)

    assert not voice.passed(1.6)
    assert voice.passed(1.9)
    assert not voice.speaking
    assert not voice.passed(2.5)
    assert voice.level == SILENCE
