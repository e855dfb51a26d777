from __future__ import annotations

import stat
from pathlib import Path

import pytest

from server.keys import KeyFileError, Keys, derive, load

KEY = Path("keys/master.key")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_a_key_that_later_ones_find(tmp_path: Path) -> None:
    data = tmp_path / "var"

    keys = load(data)

    assert load(data) == keys
    assert (mode(data), mode(data / "keys"), mode(data / KEY)) == (0o700, 0o700, 0o600)
    assert [path.name for path in (data / "keys").iterdir()] == ["master.key"]


def test_no_two_installations_share_a_key(tmp_path: Path) -> None:
    first, second = load(tmp_path / "first"), load(tmp_path / "second")

    assert len({first.session, first.pepper, second.session, second.pepper}) == 4


def test_each_use_has_a_key_of_its_own() -> None:
    keys = derive(b"s" * 32)

    assert keys == derive(b"s" * 32)
    assert keys.session != keys.pepper
    assert (len(keys.session), len(keys.pepper)) == (32, 32)


def test_keys_are_not_told_by_accident() -> None:
    assert repr(Keys(session=b"one", pepper=b"two")) == "Keys()"


@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, open_to: int) -> None:
    load(tmp_path)
    (tmp_path / KEY).chmod(open_to)

    with pytest.raises(KeyFileError, match=f"can be read by other users .*{open_to:04o}.*chmod 600"):
        load(tmp_path)


@pytest.mark.parametrize("content", ["", "00" * 31, "00" * 33, "no key", "é"])
def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    load(tmp_path)
    (tmp_path / KEY).write_text(content, encoding="utf-8")

    with pytest.raises(KeyFileError, match="is damaged"):
        load(tmp_path)
    assert (tmp_path / KEY).read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")

    with pytest.raises(KeyFileError, match=r"cannot be read or made: .*\.$"):
        load(tmp_path / "var")
