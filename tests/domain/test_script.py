"""Scripts as values; `test_reading` and `test_soundness` refuse what is none."""

from __future__ import annotations

import pytest

from server.domain.reading import parse
from server.domain.script import END, Role, Script, Voice, fill, pick
from tests.playbook import DIALOGUES, shipped_scripts

SMALL = """
id = "small"
version = 1
start = "say"
languages = ["en", "de"]
drafts = ["de"]
name = { en = "Small", de = "Klein" }
about = { en = "To try things.", de = "Zum Probieren." }

[roles]
sender = { en = "sender", de = "Sender" }
receiver = { en = "receiver", de = "Empfänger" }

[[rule]]
reach = "thanks"
through = "asked/yes"

[[stage]]
id = "talk"
name = { en = "Talk", de = "Reden" }

[[step]]
id = "say"
stage = "talk"
voice = "sender"
name = { en = "Say", de = "Sagen" }
do = { sender = { en = "Speak to {receiver}.", de = "Sprich." }, receiver = { en = "Listen.", de = "Hör zu." } }
stems = { sender = { en = ["I feel…"], de = ["Ich fühle …"] } }
[[step.edge]]
id = "said"
to = "asked"
label = { en = "Ask", de = "Frag" }

[[step]]
id = "asked"
stage = "talk"
voice = "receiver"
check = true
name = { en = "Asked", de = "Gefragt" }
do = { sender = { en = "Say if so.", de = "Sag es." }, receiver = { en = "Ask.", de = "Frag." } }
stems = { receiver = { en = ["Is it so?"], de = ["Ist es so?"] } }
[[step.edge]]
id = "yes"
to = "thanks"
by = "sender"
say = { en = "Yes", de = "Ja" }
label = { en = "Yes", de = "Ja" }
[[step.edge]]
id = "no"
to = "say"
by = "sender"
loop = "again"
say = { en = "No", de = "Nein" }
label = { en = "No", de = "Nein" }

[[step]]
id = "thanks"
stage = "talk"
voice = "none"
name = { en = "Thanks", de = "Danke" }
do = { sender = { en = "Be quiet.", de = "Sei still." }, receiver = { en = "Be quiet.", de = "Sei still." } }
[[step.edge]]
id = "done"
to = "end"
label = { en = "End", de = "Ende" }
[[step.edge]]
id = "switch"
to = "say"
swap = true
label = { en = "Switch", de = "Wechseln" }
"""


def test_a_sound_script_is_read() -> None:
    script = parse(SMALL, "small.toml")
    assert [step.id for step in script.steps] == ["say", "asked", "thanks"]
    assert script.step("asked").check
    edge = script.step("asked").edge("no")
    assert edge is not None
    assert edge.loop == "again"
    assert edge.by is Role.SENDER
    assert script.step("asked").edge("perhaps") is None
    assert script.step("thanks").voice is Voice.NONE
    assert script.stage_index(script.step("asked")) == 0
    with pytest.raises(KeyError):
        script.step("nowhere")


def test_words_are_picked_by_tag_then_base_then_english_then_anything() -> None:
    words = {"en": "more", "de": "mehr", "de-CH": "meh"}
    assert [pick(words, tag) for tag in ("de-CH", "de-AT", "fr", "en")] == ["meh", "mehr", "more", "more"]
    assert pick({"de": "mehr"}, "fr") == "mehr"


def test_names_are_put_in_once_and_never_expanded_again() -> None:
    assert fill("{sender} to {receiver}{other}", sender="{receiver}", receiver="Jo") == "{receiver} to Jo{other}"


def test_every_shipped_script_is_sound_and_named_like_its_file() -> None:
    files = sorted(path.stem for path in DIALOGUES.glob("*.toml"))
    assert files == sorted(shipped_scripts())
    assert "three-step" in files


def steps_before_validation(script: Script) -> set[str]:
    return {step.id for step in script.steps if any(edge.to == "validate" for edge in step.edges)}


def test_three_step_reaches_validation_only_from_the_confirmed_summary_or_its_own_loop() -> None:
    script = shipped_scripts()["three-step"]
    assert steps_before_validation(script) == {"summary-check", "clarify-mirror"}
    assert {rule.through for rule in script.rules} == {"more/no-more", "summary-check/all"}
    assert [edge.to for edge in script.step("harvest").edges] == [END]
