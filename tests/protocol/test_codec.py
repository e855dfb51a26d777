"""Strict decoding: what is a message is read exactly, everything else is refused with a code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.protocol import messages
from server.protocol.codec import BadMessageError, decode, encode


def refused(data: str | bytes) -> str:
    with pytest.raises(BadMessageError) as caught:
        decode(data)
    return caught.value.code


def refusal_or_none(data: str | bytes) -> str | None:
    """The code, or None when it was a message; any other exception fails the test."""
    try:
        decode(data)
    except BadMessageError as error:
        return error.code
    return None


def test_a_command_is_read_with_its_defaults() -> None:
    assert decode('{"type":"advance","id":"c1","revision":3}') == messages.Advance(id="c1", revision=3)
    assert decode(b'{"type":"time-out","id":"c1","revision":0}') == messages.TimeOut(id="c1", revision=0, minutes=20)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"advance"',
        '{"type":"nonsense","id":"c1"}',
        '{"type":"enter"}',
        '{"type":"enter","id":"c1","extra":1}',
        '{"type":"enter","id":"no spaces"}',
        '{"type":"enter","id":"' + "x" * 33 + '"}',
        '{"type":"advance","id":"c1","revision":-1}',
        '{"type":"advance","id":"c1","revision":1.5}',
        '{"type":"advance","id":"c1","revision":"1"}',
        '{"type":"advance","id":"c1","revision":NaN}',
        '{"type":"advance","id":"c1","revision":1e400}',
        '{"type":"advance","id":"c1","revision":99999999999999999999999999}',
        '{"type":"admit","id":"c1","seat":"therapist"}',
        '{"type":"time-out","id":"c1","revision":1,"minutes":0}',
        '{"type":"set-language","id":"c1","language":"<script>"}',
        '{"type":"sdp-offer","id":"c1","sdp":""}',
        '{"type":"view"}',
        "[" * 50_000,
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    assert refused(text) == "bad-message"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refused(b'{"type":"enter","id":"\xff"}') == "bad-message"


def test_only_an_offer_may_be_large() -> None:
    offer = json.dumps({"type": "sdp-offer", "id": "c1", "sdp": "v" * 40_000})
    assert isinstance(decode(offer), messages.SdpOffer)
    assert refused(json.dumps({"type": "sdp-offer", "id": "c1", "sdp": "v" * 49_500})) == "bad-message"
    assert refused(json.dumps({"type": "enter", "id": "c1"}) + " " * messages.MAX_MESSAGE) == "too-large"
    assert refused(" " * 100_000) == "too-large"


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_nothing_but_a_bad_message_comes_of_noise(data: bytes | str) -> None:
    assert refusal_or_none(data) in (None, *messages.REFUSALS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "id", "revision", "edge"]), inner, max_size=4)
        ),
    )
)
def test_nothing_but_a_bad_message_comes_of_json(data: object) -> None:
    assert refusal_or_none(json.dumps(data)) in (None, *messages.REFUSALS)


def test_a_message_is_written_with_its_tag_in_camel_case() -> None:
    text = encode(messages.Refused(code="stale", id="c1"))
    assert json.loads(text) == {"type": "refused", "code": "stale", "id": "c1"}
