from __future__ import annotations

import asyncio
import logging

import pytest

from server.domain.events import SeatConnected, SeatDisconnected, SeatEntered, TimerFired
from server.domain.room import THERAPIST_GONE, fold
from server.domain.seats import NO_ROUTES, SEATS
from server.ports import LoggedEvent
from server.protocol import messages
from server.rooms.actor import IDLE_AFTER, INBOX, RoomClosedError
from tests.fakes import MemoryLog
from tests.playbook import shipped_scripts
from tests.rooms.house import ROOM, A, B, House, T, settle, until


def types(sent: list[messages.FromServer]) -> list[str]:
    return [type(message).__name__ for message in sent]


# --- coming and going ----------------------------------------------------------------------------


async def test_who_connects_is_sent_the_whole_view(house: House) -> None:
    await house.build()

    maya = await house.come(A)

    assert types(maya.outbox.sent) == ["View"]
    assert maya.scene == "door"
    assert maya.view.name == "Maya"
    assert house.events() == ["RoomOpened", "RoomReopened", "SeatConnected"]


async def test_a_new_page_at_a_seat_supersedes_the_old_one_without_a_word_in_the_log(house: House) -> None:
    _, maya, _ = await house.full()
    before = house.events()
    maya.outbox.take()

    newer = await house.come(A)

    assert maya.outbox.sent == [messages.Bye(code="superseded", retry=False)]
    assert maya.outbox.closed == (4409, "superseded")
    assert newer.scene == "room"
    await maya.drop()
    assert house.events() == before
    assert newer.actor.room.occupants[A].connected


async def test_the_same_page_on_a_new_socket_has_not_lost_its_seat(house: House) -> None:
    await house.build()
    first = await house.come(A, "page-1")

    second = await house.come(A, "page-1")

    assert first.outbox.of(messages.Bye) == []
    assert first.outbox.closed == (1000, "replaced")
    assert second.scene == "door"


async def test_what_a_superseded_page_still_sends_is_not_heard(house: House) -> None:
    _, maya, _ = await house.full()
    newer = await house.come(A)
    before = house.events()

    assert await maya.code(messages.SetDevices, mic=False, camera=False) == "no reply"
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()

    assert house.events() == before
    assert house.media.offers == {}
    assert newer.view.mic


async def test_others_are_told_who_is_gone_and_who_is_back(house: House) -> None:
    _, maya, jonas = await house.full()

    await maya.drop()
    assert [person.here for person in jonas.view.people] == [True, False]

    await house.come(A)
    assert [person.here for person in jonas.view.people] == [True, True]


async def test_media_does_not_hang_on_the_socket(house: House) -> None:
    _, maya, _ = await house.full()
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()

    await maya.drop()

    assert (ROOM, A) in house.media.connected


async def test_a_reload_of_the_therapist_parts_nobody(house: House) -> None:
    therapist, maya, _ = await house.full()

    await therapist.drop()
    await house.pass_time(9)
    await house.come(T)
    await house.pass_time(60)

    assert maya.scene == "room"
    assert "TimerFired" not in house.events()


async def test_superseding_the_therapist_sets_no_timer(house: House) -> None:
    therapist, _, _ = await house.full()
    await house.come(T)
    await therapist.drop()

    assert house.timers.waiting == []


async def test_the_partners_are_parted_when_the_therapist_stays_away(house: House) -> None:
    therapist, maya, jonas = await house.full()
    assert house.media.open_routes(ROOM)

    await therapist.drop()
    await house.pass_time(10)

    assert maya.scene == jonas.scene == "therapist-gone"
    assert house.media.open_routes(ROOM) == NO_ROUTES
    assert house.log.rooms[ROOM][-1].event == TimerFired(house.clock.now(), THERAPIST_GONE)

    await house.come(T)
    assert maya.scene == "room"


async def test_an_alarm_that_was_in_the_inbox_when_its_timer_was_set_anew_is_not_heard(house: House) -> None:
    therapist, maya, _ = await house.full()
    await therapist.drop()

    house.timers.advance(10)  # the alarm lies in the inbox, and behind it the therapist comes and goes
    actor = therapist.actor
    alarm = actor._inbox.get_nowait()
    back = await house.come(T)
    await back.drop()
    actor._inbox.put_nowait(alarm)
    await settle()

    assert maya.scene == "room"
    await house.pass_time(10)
    assert maya.scene == "therapist-gone"


async def test_a_person_who_left_comes_back_by_entering_on_a_new_socket(house: House) -> None:
    _, maya, jonas = await house.full()
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()
    maya.outbox.take()

    assert await maya.code(messages.Leave) == "done"

    assert types(maya.outbox.sent) == ["View", "Done", "Bye"]
    assert maya.scene == "left"
    assert maya.outbox.sent[-1] == messages.Bye(code="left", retry=False)
    assert maya.outbox.closed == (4403, "left")
    assert house.media.connected == set()
    assert len(jonas.view.people) == 1

    await maya.drop()
    again = await house.come(A)
    assert again.scene == "left"
    assert await again.code(messages.Enter) == "done"
    assert again.scene == "waiting"


async def test_the_end_is_the_end_for_all(house: House) -> None:
    everybody = await house.full()

    assert await everybody[0].code(messages.EndSession) == "done"

    for visitor in everybody:
        assert visitor.scene == "ended"
        assert visitor.outbox.closed == (4403, "ended")
        assert house.media.calls[-3:] == [("disconnect", ROOM, seat) for seat in SEATS]
        await visitor.drop()
    before = house.events()

    late = await house.come(B)
    assert types(late.outbox.sent) == ["View", "Bye"]
    assert late.scene == "ended"
    assert late.outbox.closed == (4403, "ended")
    assert house.events() == before


async def test_revoked_seats_are_closed_with_their_media(house: House) -> None:
    _, maya, jonas = await house.full()
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()

    maya.actor.revoke([A])
    await settle()

    assert maya.outbox.closed == (4401, "revoked")
    assert maya.outbox.sent[-1] == messages.Bye(code="revoked", retry=False)
    assert house.media.connected == set()
    assert jonas.outbox.closed is None


# --- what each may know --------------------------------------------------------------------------


async def test_nothing_is_sent_to_a_seat_whose_view_has_not_changed(house: House) -> None:
    """A partner who waits hears nothing of what the other does, or what is done with the other."""
    await house.build()
    therapist, maya, jonas = [await house.come(seat) for seat in SEATS]
    for visitor in (therapist, maya):
        await visitor.do(messages.Enter)
    maya.outbox.take()

    await jonas.do(messages.Enter)
    await therapist.do(messages.Admit, seat="partner-b")
    await jonas.do(messages.SetDevices, mic=False, camera=True)
    await jonas.do(messages.SetLanguage, language="en")
    await jonas.actor.offer(jonas.page, "o1", "v=0")
    await jonas.drop()
    jonas = await house.come(B)
    await therapist.do(messages.Pause)
    await therapist.do(messages.Resume)
    await therapist.do(messages.Hold, seat="partner-b")
    await therapist.do(messages.SendBack, seat="partner-b")
    await jonas.do(messages.Leave)

    assert maya.outbox.sent == []


async def test_who_spoke_is_logged_when_they_end_and_shown_to_the_therapist_alone(house: House) -> None:
    therapist, maya, jonas = await house.full()
    for visitor in (maya, jonas):
        visitor.outbox.take()
    house.media.voice(ROOM, A, True)
    await settle()
    await house.pass_time(4)
    house.media.voice(ROOM, A, False)
    house.media.voice(ROOM, B, True)
    house.media.voice(ROOM, B, False)  # too short to be an utterance
    house.media.voice("another room", A, True)
    await settle()

    assert house.events()[-1] == "VoiceHeard"
    assert house.events().count("VoiceHeard") == 1
    assert therapist.view.lead is not None
    assert [line.spoken for line in therapist.view.lead.talk] == [4_000, 0]
    assert (maya.outbox.sent, jonas.outbox.sent) == ([], [])

    await maya.do(messages.Leave)
    house.media.voice(ROOM, A, True)
    await settle()
    await house.pass_time(4)
    house.media.voice(ROOM, A, False)
    await settle()
    assert house.events().count("VoiceHeard") == 1


async def test_a_partner_cannot_lead(house: House) -> None:
    therapist, maya, _ = await house.full()
    await therapist.do(messages.StartDialogue, script="three-step", sender="partner-a")
    before = house.events(), maya.actor.room
    therapist.outbox.take()

    for kind, fields in (
        (messages.Advance, {}),
        (messages.Undo, {}),
        (messages.Pause, {}),
        (messages.EndDialogue, {}),
        (messages.Hold, {"seat": "partner-b"}),
        (messages.Admit, {"seat": "partner-b"}),
        (messages.SendBack, {"seat": "partner-b"}),
        (messages.EndSession, {}),
    ):
        assert await maya.code(kind, **fields) in ("not-allowed", "several-ways"), kind

    assert (house.events(), maya.actor.room) == before
    assert therapist.outbox.sent == []


async def test_routes_are_in_force_before_anybody_sees_the_room(house: House) -> None:
    await house.build()
    therapist, maya = await house.come(T), await house.come(A)
    await therapist.do(messages.Enter)
    await maya.do(messages.Enter)
    assert house.media.open_routes(ROOM) == NO_ROUTES
    seen = []

    def send(message: messages.FromServer) -> None:
        seen.append((type(message).__name__, bool(house.media.open_routes(ROOM))))

    maya.outbox.send = send  # type: ignore[method-assign]
    await therapist.do(messages.Admit, seat="partner-a")

    assert seen == [("View", True)]


# --- the log comes first -------------------------------------------------------------------------


async def test_what_cannot_be_stored_has_not_happened(house: House, caplog: pytest.LogCaptureFixture) -> None:
    therapist, maya, _ = await house.full()
    before = maya.actor.room
    house.log.failing = OSError("disk full: Maya")
    maya.outbox.take()
    calls = len(house.media.calls)

    with caplog.at_level(logging.ERROR, "server.rooms"):
        assert await maya.code(messages.Leave, id="again") == "not-saved"
    assert caplog.messages == ["An event could not be stored."]
    assert maya.actor.room is before
    assert len(house.media.calls) == calls
    assert maya.outbox.of(messages.View) == []

    house.log.failing = None
    assert await therapist.code(messages.Pause) == "done"
    assert await maya.code(messages.Leave, id="again") == "done"


async def test_who_cannot_be_stored_as_connected_is_asked_to_come_again(house: House) -> None:
    await house.build()
    await house.come(A)
    house.log.failing = OSError()

    jonas = await house.come(B)

    assert jonas.outbox.sent == [messages.Bye(code="not-saved", retry=True)]
    assert jonas.outbox.closed == (4503, "not-saved")


async def test_the_therapists_going_is_stored_as_soon_as_it_can_be(house: House) -> None:
    therapist, maya, _ = await house.full()
    house.log.failing = OSError()
    await therapist.drop()
    await house.pass_time(2)
    assert maya.actor.room.occupants[T].connected

    house.log.failing = None
    await house.pass_time(2)
    assert not maya.actor.room.occupants[T].connected

    house.log.failing = OSError()
    await house.pass_time(10)
    assert maya.scene == "room"
    house.log.failing = None
    await house.pass_time(2)
    assert maya.scene == "therapist-gone"


async def test_a_room_that_is_written_elsewhere_is_closed_here(house: House) -> None:
    everybody = await house.full()
    log: MemoryLog = house.log
    taken = LoggedEvent(len(log.rooms[ROOM]) + 1, SeatDisconnected(1, A))
    await log.append(ROOM, [taken])

    assert await everybody[0].code(messages.Pause) == "no reply"

    for visitor in everybody:
        assert visitor.outbox.sent[-1] == messages.Bye(code="drain", retry=True)
        assert visitor.outbox.closed == (4503, "drain")
    assert house.directory.rooms == 0
    assert log.rooms[ROOM][-1] == taken
    assert ("close", ROOM) in house.media.calls

    again = await house.come(A)
    assert again.scene == "room"


async def test_a_command_sent_again_is_done_once_even_by_the_next_process(house: House) -> None:
    therapist, _, _ = await house.full()
    await therapist.do(messages.StartDialogue, script="three-step", sender="partner-a")
    edges = [way.edge for way in therapist.view.lead.ways] if therapist.view.lead else []
    command = messages.Advance(id="step-1", revision=therapist.revision, edge=edges[0])

    assert await therapist.send(command) == messages.Done(id="step-1")
    after = therapist.actor.room
    assert await therapist.send(command) == messages.Done(id="step-1")
    assert therapist.actor.room is after
    await house.kill()

    following = House(house.log)
    therapist = await following.come(T)
    count = len(following.log.rooms[ROOM])
    assert await therapist.send(command) == messages.Done(id="step-1")
    assert len(following.log.rooms[ROOM]) == count
    await following.close()


async def test_ids_of_two_seats_do_not_meet(house: House) -> None:
    await house.build()
    maya, jonas = await house.come(A), await house.come(B)

    assert await maya.code(messages.Enter, id="same") == "done"
    assert await jonas.code(messages.Enter, id="same") == "done"

    assert jonas.actor.room.occupants[B].presence == "waiting"


async def test_a_refused_command_may_be_tried_again_with_its_id(house: House) -> None:
    await house.build()
    therapist, maya = await house.come(T), await house.come(A)
    await therapist.do(messages.Enter)

    assert await therapist.code(messages.Admit, id="x", seat="partner-a") == "not-waiting"
    await maya.do(messages.Enter)
    assert await therapist.code(messages.Admit, id="x", seat="partner-a") == "done"


async def test_killed_between_the_log_and_the_effects_the_room_stands_after_it(house: House) -> None:
    therapist, maya, _ = await house.full()
    await therapist.do(messages.StartDialogue, script="three-step", sender="partner-a")
    house.log.hanging = True
    maya.outbox.take()
    revision = therapist.revision

    assert await therapist.code(messages.Pause, id="pause") == "no reply"
    assert maya.outbox.sent == []
    await house.kill()

    house.log.hanging = False
    following = House(house.log)
    maya = await following.come(A)
    assert maya.view.dimmed
    assert maya.view.revision == revision + 1
    therapist = await following.come(T)
    again = messages.Pause(id="pause", revision=revision)
    assert await therapist.send(again) == messages.Done(id="pause")
    assert therapist.revision == revision + 1
    await following.close()


async def test_after_a_crash_the_plan_is_in_force_again_and_the_therapist_awaited(house: House) -> None:
    await house.full()
    routes = house.media.open_routes(ROOM)
    await house.kill()

    following = House(house.log)
    maya = await following.come(A)

    assert following.media.open_routes(ROOM) == routes != NO_ROUTES
    assert [person.here for person in maya.view.people] == [False, False]
    await following.pass_time(10)
    assert maya.scene == "therapist-gone"
    assert following.media.open_routes(ROOM) == NO_ROUTES
    await following.close()


# --- faults stay where they are ------------------------------------------------------------------


async def test_a_fault_in_the_room_is_told_and_logged_once_and_the_room_lives(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    therapist, _, _ = await house.full()
    sound = therapist.actor._room

    class Faulty:
        occupants = sound.occupants
        ended = False

        def handle(self, event: object) -> None:
            raise ZeroDivisionError("Maya")

    therapist.actor._room = Faulty()  # type: ignore[assignment]
    with caplog.at_level(logging.ERROR, "server.rooms"):
        reply = await therapist.send(messages.Pause(id="x", revision=0))
    assert reply == messages.Refused(code="internal", id="x")
    assert caplog.messages == ["A room failed to handle an input."]

    therapist.actor._room = sound
    assert await therapist.code(messages.Pause) == "done"


async def test_a_view_that_cannot_be_made_keeps_nothing_from_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    therapist, maya, _ = await house.full()
    failing = maya.page.show

    def show(view: messages.View) -> None:
        raise ZeroDivisionError

    maya.page.show = show  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR, "server.rooms"):
        assert await therapist.code(messages.Pause) == "done"
    assert caplog.messages == ["A view could not be made."]
    assert therapist.view.lead is not None
    assert therapist.view.lead.paused

    maya.page.show = failing  # type: ignore[method-assign]
    assert await therapist.code(messages.EndSession) == "done"
    assert maya.outbox.closed == (4403, "ended")


async def test_routes_that_cannot_be_set_close_the_room_and_its_media(house: House) -> None:
    therapist, maya, _ = await house.full()
    house.media.failing = RuntimeError()

    assert await therapist.code(messages.Hold, id="aside", seat="partner-a") == "no reply"

    assert maya.outbox.closed == (4503, "drain")
    assert house.media.calls[-1] == ("close", ROOM)
    house.media.failing = None
    back = await house.come(T)
    held = messages.Hold(id="aside", revision=0, seat="partner-a")
    assert await back.send(held) == messages.Done(id="aside")
    assert back.scene == "aside"


# --- media ---------------------------------------------------------------------------------------


async def test_an_offer_is_answered(house: House) -> None:
    await house.build()
    maya = await house.come(A)

    await maya.actor.offer(maya.page, "o1", "v=0 mine")
    await settle()

    assert maya.outbox.sent[-1] == messages.SdpAnswer(id="o1", sdp="answer to v=0 mine")


async def test_a_slow_offer_holds_up_nobody(house: House) -> None:
    therapist, maya, _ = await house.full()
    house.media.gate = asyncio.Event()
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()

    assert await therapist.code(messages.Pause) == "done"
    assert await maya.code(messages.SetDevices, mic=False, camera=True) == "done"
    assert maya.outbox.of(messages.SdpAnswer) == []

    house.media.gate.set()
    await settle()
    assert len(maya.outbox.of(messages.SdpAnswer)) == 1


async def test_who_leaves_while_an_offer_is_in_work_is_disconnected_after_it(house: House) -> None:
    _, maya, _ = await house.full()
    house.media.gate = asyncio.Event()
    await maya.actor.offer(maya.page, "o1", "v=0")
    await settle()
    await maya.do(messages.Leave)
    house.media.gate.set()
    await settle()

    of_seat = [call for call in house.media.calls if call[1:] == (ROOM, A)]
    assert of_seat == [("connect", ROOM, A), ("disconnect", ROOM, A)]
    assert house.media.connected == set()


# --- bounds and closing --------------------------------------------------------------------------


async def test_the_inbox_is_bounded_and_who_brings_more_waits(house: House) -> None:
    _, maya, _ = await house.full()
    gate = asyncio.Event()
    append = house.log.append

    async def slow(room_id: str, entries: list[LoggedEvent]) -> None:
        await gate.wait()
        await append(room_id, entries)

    house.log.append = slow
    brought = 0

    async def flood() -> None:
        nonlocal brought
        for number in range(INBOX + 50):
            command = messages.SetDevices(id=f"f{number}", mic=bool(number % 2), camera=True)
            await maya.actor.command(maya.page, command)
            brought += 1

    flooding = house.tasks.start("flood", flood())
    await settle()
    await until(lambda: brought > INBOX)
    await settle()
    assert brought == INBOX + 1  # one is in work

    gate.set()
    await flooding
    await until(lambda: messages.Done(id=f"f{INBOX + 49}") in maya.outbox.sent)
    assert len(maya.outbox.of(messages.Done)) == INBOX + 51


async def test_a_room_without_anybody_is_forgotten_after_a_while(house: House) -> None:
    therapist, maya, jonas = await house.full()
    await therapist.drop()
    await maya.drop()
    await house.pass_time(IDLE_AFTER)
    assert house.directory.rooms == 1

    await jonas.drop()
    await house.pass_time(IDLE_AFTER - 1)
    assert house.directory.rooms == 1
    await house.pass_time(1)
    assert house.directory.rooms == 0
    assert house.media.calls[-1] == ("close", ROOM)
    with pytest.raises(RoomClosedError):
        await maya.actor.command(maya.page, messages.Enter(id="x"))

    back = await house.come(A)
    assert back.scene == "therapist-gone"


async def test_who_comes_while_the_idle_room_is_closing_is_asked_to_come_again_or_let_in(house: House) -> None:
    await house.build()
    actor = await house.directory.open(ROOM)
    await settle()
    house.timers.advance(IDLE_AFTER)  # lies in the inbox
    maya = await house.come(A)

    assert maya.outbox.closed == (4503, "drain") or maya.scene == "door"
    assert actor.finished.is_set() == actor.closing


async def test_closing_says_when_to_come_back_and_leaves_no_timer(house: House) -> None:
    everybody = await house.full()
    await everybody[0].drop()

    await house.directory.close()

    for visitor in everybody[1:]:
        assert visitor.outbox.sent[-1] == messages.Bye(code="drain", retry=True)
        assert visitor.outbox.closed == (4503, "drain")
    assert house.timers.waiting == []


async def test_the_log_is_what_happened(house: House) -> None:
    therapist, maya, _ = await house.full()

    entries = house.log.rooms[ROOM]
    assert [entry.index for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.event for entry in entries if isinstance(entry.event, SeatConnected | SeatEntered)][:2] == [
        SeatConnected(house.clock.now(), T),
        SeatConnected(house.clock.now(), A),
    ]
    assert [entry.command is None for entry in entries[-2:]] == [False, False]
    assert all(entry.command is None or entry.command.startswith(("therapist:", "partner-")) for entry in entries)
    assert fold((entry.event for entry in entries), shipped_scripts()) == maya.actor.room == therapist.actor.room
