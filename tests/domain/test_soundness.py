"""Each thing that can be wrong with a script, with the line that is wrong and the reason."""

from __future__ import annotations

import pytest

from server.domain.errors import ScriptError
from server.domain.reading import parse
from tests.domain.test_script import SMALL


def refusal(text: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        parse(text, "small.toml")
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "marked", "why"),
    [
        ('to = "asked"', 'to = "nowhere"', 'to = "nowhere"', "edge 'say/said' leads nowhere: 'nowhere'"),
        ('id = "thanks"', 'id = "say"', 'id = "say"', "step 'say' stands twice, or bears the reserved name"),
        ('id = "thanks"', 'id = "end"', 'id = "end"', "step 'end' stands twice, or bears the reserved name"),
        ('start = "say"', 'start = "nowhere"', 'start = "nowhere"', "the start 'nowhere' is no step"),
        ('languages = ["en", "de"]\ndrafts = ["de"]', "languages = []", "languages = []", "no language is named"),
        ('["en", "de"]', '["en", "de", "fr"]', 'name = { en = "Small"', "words are missing in: fr"),
        (
            'name = { en = "Say", de = "Sagen" }',
            'name = { en = "Say" }',
            'name = { en = "Say"',
            "words are missing in: de",
        ),
        ('receiver = { en = "receiver", de = "Empfänger" }', "", "[roles]", "both roles need a name"),
        ('stage = "talk"', 'stage = "walk"', 'stage = "walk"', "step 'say' stands on no known stage: 'walk'"),
        ("{receiver}", "{nobody}", "do = {", "an unknown name stands in braces: nobody"),
        ('de = ["Ich fühle …"]', 'de = ["{x} …"]', "stems = {", "an unknown name stands in braces: x"),
        (
            'stems = { sender = { en = ["I feel…"], de = ["Ich fühle …"] } }',
            "",
            "[[step]]",
            "step 'say' has no stem for the sender, who speaks",
        ),
        (', receiver = { en = "Listen.", de = "Hör zu." }', "", "do = {", "step 'say' must say what each role does"),
        ('say = { en = "Yes", de = "Ja" }', "", 'by = "sender"', "edge 'asked/yes': 'by' and 'say' go together"),
        (
            'by = "sender"\nsay = { en = "Yes"',
            'by = "receiver"\nsay = { en = "Yes"',
            'by = "receiver"',
            "edge 'asked/yes': the receiver cannot release a check",
        ),
        ('id = "no"', 'id = "yes"', 'id = "yes"', "edge 'asked/yes' stands twice"),
        ('through = "asked/yes"', 'through = "asked/perhaps"', "[[rule]]", "names no step or no edge"),
        ('through = "asked/yes"', 'through = "asked/no"', "[[rule]]", "can be reached without 'asked/no'"),
        ('to = "asked"', 'to = "thanks"', "[[step]]", "step 'asked' cannot be reached"),
        ('drafts = ["de"]', 'drafts = ["fr"]', 'drafts = ["fr"]', "the draft 'fr' is none of the languages"),
        ("check = true", 'check = true\ncoach = { en = "Wait." }', "coach = {", "words are missing in: de"),
    ],
)
def test_what_is_not_sound_is_refused_with_its_line(old: str, new: str, marked: str, why: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    error = refusal(text)
    assert error.why.endswith(why)
    assert error.line is not None
    assert text.splitlines()[error.line - 1].startswith(marked)
    assert error.where == f"small.toml, line {error.line}"
    assert error.sentence.format(**error.values) == error.why


def test_of_two_alike_the_wrong_one_is_marked() -> None:
    error = refusal(SMALL.replace('id = "thanks"', 'id = "say"'))
    assert error.line == len(SMALL[: SMALL.index('id = "thanks"')].splitlines()) + 1
    text = SMALL.replace('id = "switch"', 'id = "done"')
    error = refusal(text)
    assert error.line == len(text[: text.rindex('id = "done"')].splitlines()) + 1


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
