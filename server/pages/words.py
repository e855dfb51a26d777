"""The words of the pages: gettext catalogues in ``web/locales``, read once at the start.

A message's id is its English sentence; every other language has a catalogue. A page can carry all of them, so that the
language changes without loading it again. What is said in a dialogue is not here: scripts carry their own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from babel import Locale
from babel.messages.pofile import read_po

from server.pages.contexts import Catalogues, LanguageName

SOURCE: Final = "en"
DOMAIN: Final = "thirdchair"

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


@dataclass(frozen=True, slots=True)
class Words:
    """All catalogues. A sentence without a translation stays as it is, in English."""

    catalogues: Catalogues
    """By language and sentence; every language has every sentence."""

    @property
    def languages(self) -> tuple[LanguageName, ...]:
        return tuple(LanguageName(code, _own_name(code)) for code in self.catalogues)

    def only(self, language: str) -> Catalogues:
        """The one catalogue of a page that stays in the language that it was written in."""
        return {language: self.catalogues.get(language, {})}

    def choose(self, *wishes: str | None) -> str:
        """The first language that we have among `wishes`, each a tag or a whole Accept-Language (RFC 9110, 12.5.4)."""
        for wish in wishes:
            for code in _by_preference(wish or ""):
                if code in self.catalogues:
                    return code
        return SOURCE

    def say(self, language: str, sentence: str) -> str:
        """`sentence` in `language`."""
        return self.catalogues.get(language, {}).get(sentence, sentence)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Where lines of `language` begin."""
    return "rtl" if Locale.parse(language, sep="-").text_direction == "rtl" else "ltr"


def load(folder: Path) -> Words:
    """Read ``<folder>/<language>/LC_MESSAGES/thirdchair.po`` of every language; folders are named by primary language.

    Raises ValueError with the file's name when a catalogue cannot be read as one, loses a placeholder or has plurals.
    """
    found = {path.parent.parent.name: _read(path) for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}
    sentences = sorted({sentence for catalogue in found.values() for sentence in catalogue})
    codes = [SOURCE, *(code for code in found if code != SOURCE)]
    return Words({code: {text: found.get(code, {}).get(text) or text for text in sentences} for code in codes})


def _read(path: Path) -> dict[str, str]:
    catalogue: dict[str, str] = {}
    with path.open("rb") as file:
        for message in read_po(file, abort_invalid=True):
            if not message.id or message.fuzzy:
                continue
            if not isinstance(message.id, str) or not isinstance(message.string, str):
                # the pages pick a sentence by its English text alone; a number stands beside its word instead
                raise ValueError(f"{path}: {message.id!r} has plural forms, and the pages know none")
            _check_placeholders(path, message.id, message.string)
            catalogue[message.id] = message.string
    return catalogue


_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|\{\w+\}")


def _check_placeholders(path: Path, sentence: str, translation: str) -> None:
    if translation and set(_PLACEHOLDER.findall(sentence)) != set(_PLACEHOLDER.findall(translation)):
        raise ValueError(f"{path}: the translation of {sentence!r} has other placeholders")


def _by_preference(accepted: str) -> list[str]:
    """The primary languages of an Accept-Language, the most wanted first."""
    ranges: list[tuple[float, str]] = []
    for item in accepted[:500].split(","):
        if (match := _RANGE.fullmatch(item)) and (quality := float(match[2] or 1)) > 0:
            ranges.append((quality, match[1].lower()))
    return [code for _, code in sorted(ranges, key=lambda wish: -wish[0])]


def _own_name(code: str) -> str:
    locale = Locale.parse(code)
    return (locale.get_display_name(locale) or code).capitalize()
