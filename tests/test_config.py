from __future__ import annotations

import os
import re
import tomllib
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from server import config
from server.config import SettingError, Settings, load, resource

ROOT = Path(__file__).parent.parent


def from_environment(**values: str) -> Settings:
    return load(environ={f"THIRDCHAIR_{name}": value for name, value in values.items()})


def refused(name: str, **values: str) -> str:
    """The reason for which these values are refused, which must be about the setting `name`."""
    with pytest.raises(SettingError) as caught:
        from_environment(**values)
    assert caught.value.name == name
    return caught.value.reason


def file_of(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_word_it_is_a_server_for_this_machine_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(environ={}) == Settings(
        data=tmp_path / "var",
        host="127.0.0.1",
        port=8080,
        public_url="",
        media_port=7882,
        media_addresses=(),
        tls_certificate=None,
        tls_key=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/var/thirdchair.sqlite",
        valkey_url=None,
    )


def test_the_default_file_names_every_setting() -> None:
    values = tomllib.loads((ROOT / "config/default.toml").read_text(encoding="utf-8"))

    assert values.keys() == {item.name for item in fields(Settings)}


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("THIRDCHAIR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("THIRDCHAIR_PORT", "9000")

    assert load().port == 9000


def test_the_environment_goes_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    path = file_of(tmp_path, 'host = "192.0.2.1"\nport = 1\nmedia_addresses = ["192.0.2.9"]')

    settings = load(path, {"THIRDCHAIR_PORT": "2", "UNRELATED": "3"})

    assert (settings.host, settings.port, settings.media_port) == ("192.0.2.1", 2, 7882)
    assert settings.media_addresses == ("192.0.2.9",)


def test_the_settings_for_tests_let_the_system_choose_the_ports() -> None:
    settings = load(ROOT / "config/test.toml", {})

    assert (settings.port, settings.media_port) == (0, 0)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, "postgresql://thirdchair:s3cret@db/practice\n")

    settings = from_environment(DATABASE_URL_FILE=str(path))

    assert settings.database_url == "postgresql+asyncpg://thirdchair:s3cret@db/practice"
    assert "s3cret" not in repr(settings)


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")

    assert refused("database_url", DATABASE_URL_FILE=missing) == f"cannot be read from the file {missing}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("port = ", "is no TOML"),
        ("prot = 80", "is no setting: prot; is port meant"),
        ("fruit = 'pear'", "is no setting: fruit$"),
        ("host = 80", "must be text, not 80"),
        ("port = true", "must be a whole number"),
        ("media_addresses = 7", "must be a list of IP addresses, not 7"),
        ("media_addresses = [7]", "'7' is none"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SettingError, match=reason):
        load(file_of(tmp_path, text), {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=rf"cannot be read from {re.escape(str(tmp_path / 'none'))}: No such file"):
        load(tmp_path / "none", {})


def test_an_error_says_where_to_put_it_right() -> None:
    with pytest.raises(SettingError, match=r"^port \(environment: THIRDCHAIR_PORT\) must be a whole number"):
        from_environment(PORT="x")


def test_a_misspelt_variable_is_not_passed_over() -> None:
    assert refused("meda_port", MEDA_PORT="1") == "is no setting: THIRDCHAIR_MEDA_PORT; is media_port meant?"


@pytest.mark.parametrize("value", ["-1", "65536", "8o80", "", "80.0", "²"])
def test_a_port_is_a_port(value: str) -> None:
    assert refused("port", PORT=value) == f"must be a whole number from 0 to 65535, not {value!r}"
    assert refused("media_port", MEDIA_PORT=value)


def test_addresses_are_separated_by_commas_and_told_once() -> None:
    settings = from_environment(MEDIA_ADDRESSES="192.0.2.7, 2001:DB8::7,192.0.2.7,")

    assert settings.media_addresses == ("192.0.2.7", "2001:db8::7")


@pytest.mark.parametrize("value", ["localhost", "192.0.2.300", "192.0.2.7 192.0.2.8"])
def test_an_advertised_address_is_no_name(value: str) -> None:
    assert refused("media_addresses", MEDIA_ADDRESSES=value) == f"must hold IP addresses, and {value!r} is none"


@pytest.mark.parametrize("value", ["0.0.0.0", "::", "224.0.0.1"])
def test_an_advertised_address_can_be_sent_to(value: str) -> None:
    assert (
        refused("media_addresses", MEDIA_ADDRESSES=value)
        == f"must hold addresses that browsers can send to, not {value}"
    )


def test_the_host_and_the_data_folder_must_be_something(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert refused("host", HOST=" ") == "must not be empty"
    assert refused("data", DATA="") == "must not be empty"
    assert from_environment(DATA="~/here").data == tmp_path / "here"


def test_a_certificate_comes_with_its_key(tmp_path: Path) -> None:
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    certificate.touch()
    key.touch()

    settings = from_environment(TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))
    assert (settings.tls_certificate, settings.tls_key, settings.tls) == (certificate, key, True)
    assert refused("tls_key", TLS_CERTIFICATE=str(certificate)).startswith("is missing")
    assert refused("tls_certificate", TLS_KEY=str(key)).startswith("is missing")
    assert refused("tls_key", TLS_KEY=str(tmp_path)) == f"names a file that cannot be read: {tmp_path}"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://therapy.example.org", "https://therapy.example.org"),
        ("https://Therapy.Example.org:443/", "https://therapy.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
    ],
)
def test_the_public_address_is_written_in_one_way(given: str, meant: str) -> None:
    settings = from_environment(PUBLIC_URL=given, HOST="192.0.2.1")

    assert settings.public_url == meant
    assert settings.origin() == settings.origin(9000) == meant


@pytest.mark.parametrize(
    "value",
    [
        "https://", "https://a.example/call", "https://a.example?x=1", "https://a.example#x", "https://me:pw@a.example",
    ],
)  # fmt: skip
def test_the_public_address_is_an_origin(value: str) -> None:
    assert refused("public_url", PUBLIC_URL=value).startswith("must be scheme, host and port alone")


@pytest.mark.parametrize("value", ["https://a.example:port", "https://[a.example"])
def test_an_address_that_cannot_be_parsed_is_refused(value: str) -> None:
    assert refused("public_url", PUBLIC_URL=value) == "is no address: its host or port cannot be read"


def test_an_address_has_one_of_the_known_schemes() -> None:
    assert refused("public_url", PUBLIC_URL="a.example") == "must begin with one of https://, http://"
    assert "postgresql://" in refused("database_url", DATABASE_URL="mysql://root:s3cret@db/x")
    assert "s3cret" not in refused("database_url", DATABASE_URL="mysql://root:s3cret@db/x")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:////srv/practice.sqlite", "sqlite+aiosqlite:////srv/practice.sqlite"),
        ("sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///:memory:"),
        (
            "postgresql://me:p%40ss@db:5432/practice?ssl=require",
            "postgresql+asyncpg://me:p%40ss@db:5432/practice?ssl=require",
        ),
    ],
)
def test_the_database_gets_an_asynchronous_driver(given: str, meant: str) -> None:
    assert from_environment(DATABASE_URL=given).database_url == meant


def test_a_database_server_needs_the_name_of_a_database() -> None:
    assert refused("database_url", DATABASE_URL="postgresql://db/").startswith("must name a database")


def test_valkey_speaks_by_either_name() -> None:
    assert from_environment(VALKEY_URL="redis://cache:6379").valkey_url == "valkey://cache:6379"
    assert from_environment(VALKEY_URL="valkeys://cache").valkey_url == "valkeys://cache"
    assert refused("valkey_url", VALKEY_URL="valkey://") == "must name a host, such as valkey://host:6379"


def test_the_origin_follows_from_host_port_and_certificate(tmp_path: Path) -> None:
    pem = tmp_path / "both.pem"
    pem.touch()
    tls = {"TLS_CERTIFICATE": str(pem), "TLS_KEY": str(pem)}

    assert from_environment().origin() == "http://127.0.0.1:8080"
    assert from_environment(PORT="0").origin(4711) == "http://127.0.0.1:4711"
    assert from_environment(HOST="0.0.0.0", PORT="80").origin() == "http://localhost"
    assert from_environment(HOST="::1").origin() == "http://[::1]:8080"
    assert from_environment(HOST="192.0.2.1", PORT="443", **tls).origin() == "https://192.0.2.1"


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "therapy.example.org"}, False),
        ({"HOST": "0.0.0.0", "PUBLIC_URL": "https://therapy.example.org"}, True),
        ({"HOST": "0.0.0.0", "PUBLIC_URL": "http://therapy.example.org"}, False),
        ({"HOST": "0.0.0.0", "PUBLIC_URL": "http://tc.localhost"}, True),
    ],
)
def test_browsers_give_the_camera_to_https_and_to_this_machine(values: dict[str, str], allowed: bool) -> None:
    settings = from_environment(**values)

    assert settings.camera_allowed is allowed


def test_a_certificate_lets_browsers_give_the_camera(tmp_path: Path) -> None:
    pem = tmp_path / "both.pem"
    pem.touch()

    assert from_environment(HOST="0.0.0.0", TLS_CERTIFICATE=str(pem), TLS_KEY=str(pem)).camera_allowed


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load(environ={}).port = 1  # type: ignore[misc]  # this is what is tested


def test_resources_are_found_in_a_checkout_and_in_an_installed_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert resource("config/default.toml") == ROOT / "config/default.toml"

    (tmp_path / "server/share").mkdir(parents=True)
    monkeypatch.setattr(config, "__file__", str(tmp_path / "server/config.py"))
    assert resource("web/templates") == tmp_path / "server/share/web/templates"
