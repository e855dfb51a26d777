from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from server.config import resource
from server.pages.contexts import LanguageName
from server.pages.errors import REFUSALS
from server.pages.words import Words, direction, load

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(folder: Path, language: str, text: str) -> None:
    path = folder / language / "LC_MESSAGES"
    path.mkdir(parents=True)
    (path / "thirdchair.po").write_text(HEAD + text, encoding="utf-8")


def test_a_catalogue_translates_and_english_is_its_own(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", 'msgid "Leave"\nmsgstr "Verlassen"\n\nmsgid "Enter"\nmsgstr ""\n')

    words = load(tmp_path)

    assert words.catalogues == {
        "en": {"Enter": "Enter", "Leave": "Leave"},
        "de": {"Enter": "Enter", "Leave": "Verlassen"},
    }
    assert words.languages == (LanguageName("en", "English"), LanguageName("de", "Deutsch"))
    assert (words.say("de", "Leave"), words.say("de", "New"), words.say("fr", "Leave")) == ("Verlassen", "New", "Leave")


def test_a_page_that_keeps_its_language_takes_no_other_words() -> None:
    words = Words({"en": {"Leave": "Leave"}, "de": {"Leave": "Verlassen"}})

    assert words.only("de") == {"de": {"Leave": "Verlassen"}}
    assert words.only("fr") == {"fr": {}}


@pytest.mark.parametrize(("language", "lines"), [("pt", "ltr"), ("de-AT", "ltr"), ("he", "rtl"), ("ar-EG", "rtl")])
def test_lines_begin_where_the_script_of_the_language_begins(language: str, lines: str) -> None:
    assert direction(language) == lines


def test_a_doubtful_translation_is_not_shown(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", '#, fuzzy\nmsgid "Leave"\nmsgstr "Urlaub"\n')

    assert load(tmp_path).say("de", "Leave") == "Leave"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('msgid "Good to see you, {name}."\nmsgstr "Schön, {wer}."\n', "placeholders"),
        ('msgid "%(count)s calls"\nmsgstr "Anrufe"\n', "placeholders"),
        ('msgid "a call"\nmsgid_plural "calls"\nmsgstr[0] "Anruf"\nmsgstr[1] "Anrufe"\n', "plural"),
    ],
)
def test_a_catalogue_that_would_fail_later_fails_now(tmp_path: Path, text: str, why: str) -> None:
    catalogue(tmp_path, "de", text)

    with pytest.raises(ValueError, match=rf"thirdchair\.po: .*{why}"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("de", "de"),
        ("de-CH,fr;q=0.9", "de"),
        ("DE", "de"),
        ("fr,de;q=0.5,en;q=0.4", "de"),
        ("en;q=0.4, de;q=0.5", "de"),
        ("de;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("de;q=2", "en"),
        ("den,\0;;q=", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_browser_chooses_among_our_languages(wish: str | None, language: str) -> None:
    assert Words({"en": {}, "de": {}}).choose(wish) == language


def test_the_first_wish_that_can_be_met_counts() -> None:
    words = Words({"en": {}, "de": {}})

    assert words.choose(None, "fr", "de", "en") == "de"


def test_all_that_the_server_and_its_templates_say_is_translated() -> None:
    words = load(resource("web/locales"))
    said = {text for refusal in REFUSALS.values() for text in (refusal.title, refusal.advice)}
    for template in resource("web/templates").glob("*.html"):
        said |= set(re.findall(r"""_\("([^"]+)"\)""", template.read_text("utf-8")))

    missing = {text for text in said if text not in words.catalogues["de"] or words.say("de", text) == text}
    assert not missing - {"Name"}


def test_every_catalogue_has_every_sentence() -> None:
    translated = {path.parent.parent.name: sentences(path) for path in resource("web/locales").glob("*/*/*.po")}
    every = set().union(*translated.values())

    assert set(translated) == {"de", "es", "fr", "it", "nl", "pt"}
    assert {language: every - own for language, own in translated.items() if every != own} == {}
    assert [it.name for it in load(resource("web/locales")).languages] == [
        "English",
        "Deutsch",
        "Español",
        "Français",
        "Italiano",
        "Nederlands",
        "Português",
    ]


def test_french_signs_stand_apart_by_a_space_that_does_not_break() -> None:
    french = load(resource("web/locales")).catalogues["fr"].values()

    assert [text for text in french if re.search(r"[^\xa0][?!;»]|[^\xa0s]:|«[^\xa0]", text)] == []


def sentences(path: Path) -> set[str]:
    """What a catalogue translates, without doubt."""
    with path.open("rb") as file:
        return {str(it.id) for it in read_po(file) if it.id and it.string and not it.fuzzy}
