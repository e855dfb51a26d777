"""What one person must not do or learn, tried from a real page."""

from __future__ import annotations

import json

from prometheus_client.parser import text_string_to_metric_families

from server.domain.seats import SEATS
from server.media.addresses import own_addresses
from tests.e2e.calls import Call

T, A, B = SEATS

FORGE = """async ([path, commands]) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${path}/ws`);
    const replies = [];
    await new Promise((open, fail) => { socket.onopen = open; socket.onerror = fail; });
    socket.onmessage = (event) => replies.push(JSON.parse(event.data));
    socket.send(JSON.stringify({type: 'hello', version: 1, page: 'forged'}));
    for (const command of commands) socket.send(JSON.stringify(command));
    await new Promise((done) => {
        const look = setInterval(() => {
            if (replies.filter((it) => it.type === 'refused').length >= commands.length) {
                clearInterval(look);
                done();
            }
        }, 20);
    });
    socket.close();
    return replies;
}"""


def forged(revision: int) -> list[dict[str, object]]:
    """Everything that only the therapist may do."""
    kinds: list[dict[str, object]] = [
        {"type": "admit", "seat": "partner-b"},
        {"type": "send-back", "seat": "partner-b"},
        {"type": "end-session"},
        {"type": "start-dialogue", "script": "three-step", "sender": "partner-a"},
        {"type": "advance"},
        {"type": "advance", "edge": "appreciate"},
        {"type": "undo"},
        {"type": "pause"},
        {"type": "hold", "seat": "partner-b"},
        {"type": "resume"},
        {"type": "end-dialogue"},
    ]
    plain = {"admit", "send-back", "end-session"}
    return [
        {**kind, "id": f"x{number}", **({} if kind["type"] in plain else {"revision": revision})}
        for number, kind in enumerate(kinds)
    ]


def test_a_partner_who_sends_the_therapists_commands_is_refused_and_changes_nothing(call: Call) -> None:
    call.gather()
    call.therapist.press("start-dialogue", sender=A.value)
    before = call.agree(1)
    path = "/c/" + call.maya.page.url.rsplit("/", 1)[-1]
    commands = forged(revision=1)
    replies = call.maya.page.evaluate(FORGE, [path, commands])
    refused = {reply["id"]: reply["code"] for reply in replies if reply["type"] == "refused"}
    assert set(refused) == {str(command["id"]) for command in commands}
    assert set(refused.values()) <= {"not-allowed", "several-ways"}
    assert not [reply for reply in replies if reply["type"] == "done"]
    assert call.therapist.indicator() | before == call.therapist.indicator()
    call.therapist.press("advance", edge="request")
    for person in (call.therapist, call.jonas):
        person.wait_for_revision(2)


def test_a_waiting_partner_receives_nothing_about_the_other(call: Call) -> None:
    call.therapist.enter(call.link(T))
    call.maya.enter(call.link(A))
    call.maya.wait_for_scene("waiting")
    call.therapist.button("admit", seat=A.value).wait_for()
    call.maya.wait_for_message("sdp-answer")
    about_me = [text for text in call.maya.received if '"pong"' not in text]
    call.jonas.enter(call.link(B))
    call.therapist.press("admit", seat=B.value)
    call.jonas.wait_for_scene("room")
    call.jonas.press("mic")
    call.therapist.wait_for_view(lambda view: any(it["seat"] == B and not it["mic"] for it in view["people"]))
    call.jonas.page.reload()
    call.jonas.wait_for_scene("room")
    # a round trip of Maya's own socket after all that: whatever was sent to her has arrived
    pongs = len(call.maya.messages("pong"))
    call.maya.page.wait_for_timeout(100)
    while len(call.maya.messages("pong")) < pongs + 2:
        call.maya.page.wait_for_timeout(100)
    since = [text for text in call.maya.received if '"pong"' not in text][len(about_me) :]
    assert since == []
    everything = json.dumps(call.maya.received) + call.maya.page.content()
    assert "Jonas" not in everything
    assert "partner-b" not in json.dumps(call.maya.messages("view"))


def test_no_packet_of_a_partner_reaches_anybody_before_admission(call: Call) -> None:
    call.therapist.enter(call.link(T))
    for person, seat in ((call.maya, A), (call.jonas, B)):
        person.enter(call.link(seat))
        person.wait_for_scene("waiting")
        call.therapist.button("admit", seat=seat.value).wait_for()
    before = metric(call, "thirdchair_media_packets_total", direction="in")
    while metric(call, "thirdchair_media_packets_total", direction="in") < before + 200:
        call.therapist.page.wait_for_timeout(100)
    assert metric(call, "thirdchair_media_forwarded") == 0
    call.therapist.press("admit", seat=A.value)
    call.therapist.wait_for_picture(A)
    call.maya.wait_for_picture(T)
    assert metric(call, "thirdchair_media_forwarded") > 0
    assert int(call.jonas.stats()[T.value]["framesDecoded"]) == 0
    assert int(call.jonas.stats()[A.value]["framesDecoded"]) == 0


def metric(call: Call, name: str, **labels: str) -> float:
    """What the server's own metrics say now."""
    text = call.therapist.page.request.get(f"{call.server.url}/metrics").text()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    raise AssertionError(f"no metric {name} {labels}")


def test_no_page_learns_an_address_of_anybody(call: Call) -> None:
    """Only the server's own addresses stand in the answers; no candidate of a browser is passed on."""
    call.gather()
    own = set(own_addresses())
    for person in call.people.values():
        for answer in person.messages("sdp-answer"):
            lines = [line for line in answer["sdp"].split("\r\n") if line.startswith("a=candidate")]
            assert lines
            assert all(line.split()[4] in own and line.split()[5] == str(call.server.media_port) for line in lines)
            assert all(line.split()[6:8] == ["typ", "host"] for line in lines)
        assert "candidate" not in json.dumps(person.messages("view"))
