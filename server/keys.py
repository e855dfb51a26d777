"""The one secret of an installation: made at the first start, kept in a file of its own, never a default.

All other keys are derived from it (HKDF, RFC 5869), one for each use, so that none can stand in for another. The file
belongs into the backup of keys, apart from the backup of the database.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIZE: Final = 32


class KeyFileError(Exception):
    """The key file cannot be used; the text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys derived from the installation's secret, 32 bytes each."""

    session: bytes = field(repr=False)
    """Seals the session cookies."""
    pepper: bytes = field(repr=False)
    """Goes into the hash of every link's secret."""


def derive(secret: bytes) -> Keys:
    """The keys that follow from `secret`."""
    return Keys(session=_derive(secret, b"session cookie"), pepper=_derive(secret, b"link pepper"))


def load(data: Path) -> Keys:
    """The keys of the installation whose folder is `data`; both are made if they are not there.

    Raises KeyFileError when the file is readable by others, damaged, or cannot be read or written.
    """
    path = data / "keys" / "master.key"
    try:
        _private_folder(data)
        _private_folder(path.parent)
        if not path.exists():
            _make(path)
        return derive(_read(path))
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read or made: {error.strerror}.") from error


def _derive(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=b"thirdchair 1: " + use).derive(secret)


def _private_folder(path: Path) -> None:
    """Make the folder for its owner alone; one that the operator made stays as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _make(path: Path) -> None:
    # Written aside and then linked: a key file is whole or not there, and of two who make it the first one wins.
    draft = path.with_name(f"draft-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SIZE) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyFileError(
            f"The key file {path} can be read by other users of this machine (mode {mode:04o}). "
            f"Close it with: chmod 600 {path}. If others may have read it, put a new one in its place: "
            "delete it and start again; every link and session made so far is then void."
        )
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SIZE:
        raise KeyFileError(
            f"The key file {path} is damaged: it must hold {2 * SIZE} hexadecimal digits. Put it back from a backup."
        )
    return secret
