from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from server.rooms.scripts import NoScriptsError, load_scripts
from tests.playbook import DIALOGUES

SOUND = DIALOGUES / "three-step.toml"


def faults(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.__dict__["fields"]["script"], record.__dict__["fields"]["fault"]) for record in caplog.records]


def test_all_shipped_dialogues_load(caplog: pytest.LogCaptureFixture) -> None:
    scripts = load_scripts(DIALOGUES)

    assert len(scripts) == len(list(DIALOGUES.glob("*.toml")))
    assert all(scripts[name].script.id == name for name in scripts)
    assert caplog.messages == []


def test_a_bad_file_is_refused_with_its_line_and_reason_and_the_others_load(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(SOUND, tmp_path / "good.toml")
    text = SOUND.read_text("utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("voice = "))
    (tmp_path / "bad.toml").write_text(text.replace('voice = "', 'voice = "nobody-', 1), "utf-8")
    (tmp_path / "worse.toml").write_text("id = =", "utf-8")
    (tmp_path / "notes.txt").write_text("no dialogue")

    with caplog.at_level(logging.ERROR):
        scripts = load_scripts(tmp_path)

    assert list(scripts) == ["three-step"]
    assert caplog.messages == ["A dialogue was refused."] * 2
    (where, why), (other, toml) = faults(caplog)
    assert where == f"bad.toml, line {line}"
    assert text.splitlines()[line - 1].startswith('voice = "')
    assert "nobody" in why
    other, _, other_line = other.partition(", line ")
    assert other == "worse.toml"
    assert other_line == "1"
    assert "This is not TOML" in toml


def test_of_two_files_with_one_id_the_first_counts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.copy(SOUND, tmp_path / "a.toml")
    shutil.copy(SOUND, tmp_path / "b.toml")

    with caplog.at_level(logging.ERROR):
        assert list(load_scripts(tmp_path)) == ["three-step"]

    assert faults(caplog) == [("b.toml", "the id 'three-step' is taken by another file")]


def test_ids_of_therapists_own_dialogues_are_not_for_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.copy(SOUND, tmp_path / "a.toml")
    (tmp_path / "b.toml").write_text(SOUND.read_text("utf-8").replace('id = "three-step"', 'id = "own-b"', 1), "utf-8")

    with caplog.at_level(logging.ERROR):
        assert list(load_scripts(tmp_path)) == ["three-step"]

    assert faults(caplog) == [("b.toml", "ids that begin with 'own-' are kept for therapists' own")]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"id = 1"])
def test_no_sound_dialogue_at_all_is_an_error_with_the_reasons(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.toml").write_bytes(content)

    with pytest.raises(NoScriptsError, match=r"holds no dialogue that can be used: bad\.toml.*: .+\.$"):
        load_scripts(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoScriptsError, match=r"it has no \*\.toml file"):
        load_scripts(tmp_path)
