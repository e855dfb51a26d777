"""Strict decoding of what pages send, and encoding of what they are sent."""

from __future__ import annotations

import msgspec

from server.protocol.messages import MAX_MESSAGE, MAX_OFFER, FromPage, FromServer, SdpOffer


class BadMessageError(Exception):
    """Bytes that are no message of this wire. `code` is one of `messages.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_decoder: msgspec.json.Decoder[FromPage] = msgspec.json.Decoder(FromPage, strict=True)
_encoder = msgspec.json.Encoder()


def decode(data: str | bytes) -> FromPage:
    """The message in a text frame. Raises BadMessageError (`bad-message`, `too-large`)."""
    size = len(data)
    if size > MAX_OFFER + MAX_MESSAGE:
        raise BadMessageError("too-large")
    try:
        message = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadMessageError("bad-message") from error
    if size > MAX_MESSAGE and not isinstance(message, SdpOffer):
        raise BadMessageError("too-large")
    return message


def encode(message: FromServer) -> str:
    """One JSON text frame."""
    return _encoder.encode(message).decode()
