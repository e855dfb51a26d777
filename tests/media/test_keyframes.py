"""Requests for key frames, merged."""

from __future__ import annotations

from itertools import pairwise

from server.media.keyframes import KeyFrameRequests


def test_a_storm_of_requests_becomes_two_a_second() -> None:
    requests = KeyFrameRequests()
    sent = []
    for tick in range(500):  # ten seconds, each 20 ms a request
        now = tick * 0.02
        requests.ask(now)
        if requests.due(now):
            sent.append(now)

    assert 18 <= len(sent) <= 20
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(sent))


def test_the_first_goes_out_at_once_and_nothing_without_being_asked() -> None:
    requests = KeyFrameRequests()
    assert not requests.due(1.0)
    requests.ask(1.0)
    assert requests.due(1.0)
    assert not requests.due(5.0)


def test_a_listener_who_comes_does_not_wait_for_the_pause() -> None:
    requests = KeyFrameRequests()
    requests.ask(1.0)
    assert requests.due(1.0)
    requests.ask(1.1)
    assert not requests.due(1.1)
    requests.ask(1.1, at_once=True)
    assert requests.due(1.1)
    assert requests.sent == 2


def test_a_key_frame_that_comes_by_itself_spares_the_request() -> None:
    requests = KeyFrameRequests()
    requests.ask(1.0)
    requests.came()
    assert not requests.due(1.0)
