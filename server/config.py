"""Settings: read once at the start, checked, and handed on as one frozen value.

The counterpart of ``config/default.toml``, which names every setting and is overridden by a file given on the command
line and then by the environment. Nothing else reads the environment.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

PREFIX: Final = "THIRDCHAIR_"


class SettingError(Exception):
    """A setting that cannot be used: `name` is the setting, `reason` a sentence for the operator.

    The reason never repeats an address that may hold a password.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} (environment: {PREFIX}{name.upper()}) {reason}" if name in NAMES else f"{name} {reason}"
        )
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation's settings, checked and with defaults worked out."""

    data: Path
    """Folder of database and keys."""
    host: str
    """Where the web server listens."""
    port: int
    """Its TCP port; 0 lets the system choose."""
    public_url: str
    """Scheme and authority that people open, without a slash at the end; empty when it follows from host and port."""
    media_port: int
    """UDP and TCP port of the media host; 0 lets the system choose."""
    media_addresses: tuple[str, ...]
    """IP addresses told to browsers; empty when the media host finds them itself."""
    tls_certificate: Path | None
    """Certificate chain (PEM); given with its key or not at all."""
    tls_key: Path | None
    database_url: str = field(repr=False)
    """SQLAlchemy address with an asynchronous driver; it may hold a password."""
    valkey_url: str | None = field(repr=False)
    """None when one process owns all rooms; it may hold a password."""

    @property
    def tls(self) -> bool:
        """Whether this server itself speaks https."""
        return self.tls_certificate is not None

    @property
    def local(self) -> bool:
        """Whether only this machine reaches the pages."""
        return _is_local(self.host)

    def origin(self, port: int | None = None) -> str:
        """Scheme and authority as browsers see them; `port` is the real one where the system chose it."""
        if self.public_url:
            return self.public_url
        scheme, port = ("https" if self.tls else "http"), (self.port if port is None else port)
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  compared, not bound
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}" if port == (443 if self.tls else 80) else f"{scheme}://{host}:{port}"

    @property
    def camera_allowed(self) -> bool:
        """Whether browsers give camera and microphone to everyone who reaches the pages (W3C Secure Contexts).

        False for plain http beyond this machine: then the operator has to be told.
        """
        if self.public_url:
            public = urlsplit(self.public_url)
            return public.scheme == "https" or _is_local(public.hostname or "")
        return self.tls or self.local


def resource(path: str) -> Path:
    """The file or folder `path` of ``config/`` or ``web/``, in a checkout or in an installed package."""
    package = Path(__file__).parent
    share = package / "share"
    return (share if share.is_dir() else package.parent) / path


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the defaults, the file `path` and `environ`, the later over the earlier.

    Raises SettingError with the name of the first setting that cannot be used.
    """
    values = _read(resource("config/default.toml"))
    if path is not None:
        values |= _read(path)
    values |= _from_environment(environ)

    data = _path("data", values["data"])
    certificate, key = (_optional_file(name, values[name]) for name in ("tls_certificate", "tls_key"))
    if (certificate is None) != (key is None):
        missing = "tls_key" if key is None else "tls_certificate"
        raise SettingError(missing, "is missing: a certificate and its key are given together")
    return Settings(
        data=data,
        host=_text("host", values["host"]),
        port=_port("port", values["port"]),
        public_url=_public_url("public_url", values["public_url"]),
        media_port=_port("media_port", values["media_port"]),
        media_addresses=_addresses("media_addresses", values["media_addresses"]),
        tls_certificate=certificate,
        tls_key=key,
        database_url=_database_url("database_url", values["database_url"], data),
        valkey_url=_valkey_url("valkey_url", values["valkey_url"]),
    )


# --- where values come from ------------------------------------------------------------------------------------------

NAMES: Final = tuple(item.name for item in fields(Settings))


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError("config", f"cannot be read from {path}: {error.strerror}") from error
    except ValueError as error:
        raise SettingError("config", f"in {path} is no TOML: {error}") from error
    for name in values:
        _known(name, name)
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in NAMES and name.removesuffix("_file") in NAMES:
            name = name.removesuffix("_file")
            values[name] = _read_secret(name, environ[variable])
        else:
            _known(name, variable)
            values[name] = environ[variable]
    return values


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingError(name, f"cannot be read from the file {path}") from error


def _known(name: str, written: str) -> None:
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        raise SettingError(name, f"is no setting: {written}" + (f"; is {near[0]} meant?" if near else ""))


# --- what values may be ----------------------------------------------------------------------------------------------


def _string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingError(name, f"must be text, not {value!r}")
    return value.strip()


def _text(name: str, value: object) -> str:
    text = _string(name, value)
    if not text:
        raise SettingError(name, "must not be empty")
    return text


def _path(name: str, value: object) -> Path:
    return Path(_text(name, value)).expanduser().absolute()


def _optional_file(name: str, value: object) -> Path | None:
    if not _string(name, value):
        return None
    path = _path(name, value)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise SettingError(name, f"names a file that cannot be read: {path}")
    return path


def _port(name: str, value: object) -> int:
    port = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise SettingError(name, f"must be a whole number from 0 to 65535, not {value!r}")
    return port


def _addresses(name: str, value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise SettingError(name, f"must be a list of IP addresses, not {value!r}")
    addresses = []
    for item in (str(item).strip() for item in items):
        if not item:
            continue
        try:
            address = ipaddress.ip_address(item)
        except ValueError as error:
            raise SettingError(name, f"must hold IP addresses, and {item!r} is none") from error
        if address.is_unspecified or address.is_multicast:
            raise SettingError(name, f"must hold addresses that browsers can send to, not {item}")
        addresses.append(str(address))
    return tuple(dict.fromkeys(addresses))


def _url(name: str, value: object, schemes: Mapping[str, str]) -> SplitResult | None:
    """The parsed address with its scheme put into the form wanted; None when empty. Its text is never repeated."""
    text = _string(name, value)
    if not text:
        return None
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError as error:
        raise SettingError(name, "is no address: its host or port cannot be read") from error
    if url.scheme not in schemes:
        raise SettingError(name, f"must begin with one of {', '.join(f'{scheme}://' for scheme in schemes)}")
    return url._replace(scheme=schemes[url.scheme])


def _public_url(name: str, value: object) -> str:
    url = _url(name, value, {"https": "https", "http": "http"})
    if url is None:
        return ""
    if not url.hostname or url.username is not None or url.path.strip("/") or url.query or url.fragment:
        raise SettingError(name, "must be scheme, host and port alone, such as https://therapy.example.org")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    usual = {"https": 443, "http": 80}[url.scheme]
    return f"{url.scheme}://{host}" + ("" if url.port in (None, usual) else f":{url.port}")


def _database_url(name: str, value: object, data: Path) -> str:
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgresql+asyncpg": "postgresql+asyncpg",
    }
    url = _url(name, value, drivers)
    if url is None:
        return f"sqlite+aiosqlite:///{data / 'thirdchair.sqlite'}"
    if url.scheme.startswith("postgresql") and not url.path.strip("/"):
        raise SettingError(name, "must name a database, such as postgresql://host/thirdchair")
    # urlunsplit writes an empty authority away, and SQLite's addresses have one: sqlite:///file
    return f"{url.scheme}://{url.netloc}{url.path}" + (f"?{url.query}" if url.query else "")


def _valkey_url(name: str, value: object) -> str | None:
    schemes = {"valkey": "valkey", "valkeys": "valkeys", "redis": "valkey", "rediss": "valkeys"}
    url = _url(name, value, schemes)
    if url is not None and not url.hostname:
        raise SettingError(name, "must name a host, such as valkey://host:6379")
    return None if url is None else url.geturl()


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
