"""Scripts: what is sound is read, what is not is refused with its place and reason."""

from __future__ import annotations

import pytest

from server.domain.errors import ScriptError
from server.domain.script import END, Role, Script, Voice, fill, parse, pick
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


def refusal(text: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        parse(text, "small.toml")
    return caught.value


def without(text: str, *lines: str) -> str:
    for line in lines:
        assert line in text
        text = text.replace(line, "", 1)
    return text


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


@pytest.mark.parametrize(
    ("old", "new", "step", "why"),
    [
        ('to = "asked"', 'to = "nowhere"', 0, "leads nowhere"),
        ('voice = "sender"\n', "", 0, "voice"),
        ('voice = "sender"', 'voice = "dog"', 0, "voice"),
        ('id = "thanks"', 'id = "say"', 2, "stands twice"),
        ('id = "thanks"', 'id = "end"', 2, "reserved"),
        ('start = "say"', 'start = "nowhere"', None, "is no step"),
        ('languages = ["en", "de"]\ndrafts = ["de"]', "languages = []", None, "no language"),
        ('languages = ["en", "de"]', 'languages = ["en", "de", "fr"]', None, "missing in: fr"),
        ('receiver = { en = "receiver", de = "Empfänger" }', "", None, "both roles"),
        ('stage = "talk"', 'stage = "walk"', 0, "no known stage"),
        ('name = { en = "Say", de = "Sagen" }', 'name = { en = "Say" }', 0, "its name is missing in: de"),
        ("{receiver}", "{nobody}", 0, "unknown name in braces: nobody"),
        ('de = ["Ich fühle …"]', 'de = ["{x} …"]', 0, "unknown name in braces: x"),
        ('stems = { sender = { en = ["I feel…"], de = ["Ich fühle …"] } }', "", 0, "no stem for the sender"),
        (', receiver = { en = "Listen.", de = "Hör zu." }', "", 0, "what each role does"),
        ('by = "sender"\nsay = { en = "Yes", de = "Ja" }', 'by = "sender"', 1, "go together"),
        ('by = "sender"\nsay = { en = "Yes"', 'by = "receiver"\nsay = { en = "Yes"', 1, "cannot release"),
        ('id = "no"', 'id = "yes"', 1, "stands twice"),
        ('through = "asked/yes"', 'through = "asked/perhaps"', None, "names no step or no edge"),
        ('to = "asked"', 'to = "thanks"', 1, "cannot be reached"),
        ('through = "asked/yes"', 'through = "asked/no"', None, "can be reached without"),
        ('drafts = ["de"]', 'drafts = ["fr"]', None, "none of the languages"),
        ("check = true", 'check = true\ncoach = { en = "Wait." }', 1, "note for the therapist is missing in: de"),
        ("version = 1", "version = 1\ncolour = 1", None, "colour"),
        ("version = 1", "version = ", None, "not TOML"),
        ('id = "small"', 'id = "Not An Id"', None, "id"),
    ],
)
def test_what_is_not_sound_is_refused_with_its_place(old: str, new: str, step: int | None, why: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    headers = [number for number, line in enumerate(text.splitlines(), 1) if line == "[[step]]"]
    error = refusal(text)
    assert error.where == ("small.toml" if step is None else f"small.toml, line {headers[step]}")
    assert why in error.why


def test_a_step_without_a_way_on_is_refused() -> None:
    edges = SMALL[SMALL.index('[[step.edge]]\nid = "done"') :]
    error = refusal(SMALL.replace(edges, "edge = []\n"))
    assert "no way on" in error.why


def test_a_check_that_nobody_can_release_is_refused() -> None:
    text = SMALL
    for words in ("Yes", "No"):
        german = {"Yes": "Ja", "No": "Nein"}[words]
        text = text.replace(f'say = {{ en = "{words}", de = "{german}" }}\n', "", 1)
    error = refusal(text.replace('by = "sender"\n', ""))
    assert "no way to release it" in error.why


def test_a_dialogue_that_can_never_end_is_refused() -> None:
    error = refusal(
        SMALL.replace('to = "end"', 'to = "say"').replace('[[rule]]\nreach = "thanks"\nthrough = "asked/yes"', "")
    )
    assert "can never end" in error.why


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
