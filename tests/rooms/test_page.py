from __future__ import annotations

from msgspec.structs import replace

from server.domain.seats import Seat
from server.protocol import messages
from server.rooms import translate
from server.rooms.page import Page
from tests.fakes import RecordingOutbox
from tests.playbook import empty_room

VIEW = translate.to_message(empty_room().view(Seat.PARTNER_A))


def page(name: str = "one") -> tuple[Page, RecordingOutbox]:
    outbox = RecordingOutbox()
    return Page(Seat.PARTNER_A, name, outbox), outbox


def test_a_view_is_sent_when_it_is_another() -> None:
    shown, outbox = page()

    shown.show(VIEW)
    shown.show(replace(VIEW))
    shown.show(replace(VIEW, mic=False))
    shown.show(VIEW)

    assert outbox.sent == [VIEW, replace(VIEW, mic=False), VIEW]


def test_replies_name_their_command() -> None:
    shown, outbox = page()

    shown.done("a")
    shown.refuse("b", "stale")
    shown.take_answer("c", "v=0")

    assert outbox.sent == [
        messages.Done(id="a"),
        messages.Refused(code="stale", id="b"),
        messages.SdpAnswer(id="c", sdp="v=0"),
    ]


def test_the_end_is_said_once_and_nothing_is_shown_after_it() -> None:
    shown, outbox = page()

    shown.end("left", 4403, retry=False)
    shown.end("drain", 4503, retry=True)
    shown.show(VIEW)

    assert outbox.sent == [messages.Bye(code="left", retry=False)]
    assert outbox.closed == (4403, "left")


def test_another_page_takes_the_seat_away_and_a_new_socket_does_not() -> None:
    (lost, lost_outbox), (kept, kept_outbox) = page("one"), page("one")

    lost.replace(page("other")[0])
    kept.replace(page("one")[0])

    assert lost_outbox.closed == (4409, "superseded")
    assert lost_outbox.sent == [messages.Bye(code="superseded", retry=False)]
    assert kept_outbox.closed == (1000, "replaced")
    assert kept_outbox.sent == []
    assert kept.ended
