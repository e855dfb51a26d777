from __future__ import annotations

import datetime
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from server.__main__ import _as_json, _in_words, listen, main, only_one
from server.app import StartError
from server.config import load
from server.domain.seats import SEATS
from server.pages.booking import Booked
from server.ports import Call

DAY = datetime.timedelta(days=1)
BOOKED = Booked(Call("room", None, "Maya & Jonas", 0), {seat: f"http://h/j#{seat}" for seat in SEATS}, 0)


def environment(data: Path, **given: str) -> dict[str, str]:
    """That of an operator, on ports that the system chooses."""
    names = {"data": str(data), "port": "0", "media_port": "0", **given}
    return {**os.environ, **{f"THIRDCHAIR_{name.upper()}": value for name, value in names.items()}}


def command(data: Path, *arguments: str, **given: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "default", "-m", "server", *arguments],
        env=environment(data, **given),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# --- what is printed -------------------------------------------------------------------------------------------------


def test_the_line_of_json_is_what_other_tools_read() -> None:
    line = _as_json("http://h", "http://h/setup#s", BOOKED)

    assert "\n" not in line
    assert json.loads(line) == {
        "url": "http://h",
        "setup": "http://h/setup#s",
        "demo": {
            "therapist": "http://h/j#therapist",
            "partner-a": "http://h/j#partner-a",
            "partner-b": "http://h/j#partner-b",
        },
    }
    assert json.loads(_as_json("http://h", None, None)) == {"url": "http://h", "setup": None, "demo": None}


def test_a_person_reads_who_each_link_is_for_and_what_to_do() -> None:
    text = _in_words("http://h", "http://h/setup#s", BOOKED)
    lines = [line.strip() for line in text.splitlines()]

    assert lines[lines.index("http://h/j#therapist") - 1].startswith("Dr. Lind")
    assert lines[lines.index("http://h/j#partner-a") - 1].startswith("Maya")
    assert lines[lines.index("http://h/j#partner-b") - 1].startswith("Jonas")
    assert "http://h/setup#s" in lines
    assert "Thirdchair listens at http://h" in lines


def test_with_an_account_and_without_a_try_out_the_way_home_is_told() -> None:
    assert "http://h/home" in _in_words("http://h", None, None)


# --- what stops a start ----------------------------------------------------------------------------------------------


def test_two_servers_never_share_a_data_folder(tmp_path: Path) -> None:
    with only_one(tmp_path / "var"):
        with (
            pytest.raises(StartError, match=r"Another server is running .* THIRDCHAIR_DATA\."),
            only_one(tmp_path / "var"),
        ):
            pass
    with only_one(tmp_path / "var"):
        assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(StartError, match=r"cannot be used: (not a directory|file exists)\."),
        only_one(tmp_path / "file"),
    ):
        pass


def test_two_servers_never_share_a_port(tmp_path: Path) -> None:
    first = load(environ={"THIRDCHAIR_PORT": "0", "THIRDCHAIR_DATA": str(tmp_path)})
    with listen(first) as listener:
        port = listener.getsockname()[1]
        second = load(environ={"THIRDCHAIR_PORT": str(port), "THIRDCHAIR_DATA": str(tmp_path)})
        with (
            pytest.raises(StartError, match=rf"^The pages .* 127\.0\.0\.1, port {port}: address already in use\. Stop"),
            listen(second),
        ):
            pass


def test_a_setting_that_cannot_be_used_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THIRDCHAIR_PORT", "many")

    for arguments in (["run"], ["setup-link"], ["selftest"]):
        assert main(arguments) == 1
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)
        assert "port (environment: THIRDCHAIR_PORT) must be a whole number" in told.err


def test_an_unknown_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["dance"])

    assert left.value.code == 2
    assert "setup-link" in capsys.readouterr().err


# --- the process -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_tells_its_links_and_stops_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    with command(tmp_path / "var", "run", "--demo", "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"url", "setup", "demo"}
        assert set(told["demo"]) == {"therapist", "partner-a", "partner-b"}
        begun = time.monotonic()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
        assert time.monotonic() - begun < 5
    assert (process.returncode, rest) == (0, "")
    assert "The server is ready." in errors
    assert all(line[:4].isdigit() for line in errors.splitlines()), errors
    for secret in (told["setup"], *told["demo"].values()):
        assert secret.partition("#")[2] not in errors


def certificate(folder: Path) -> dict[str, str]:
    """Settings with a self-signed certificate for localhost, and its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    plain = serialization.NoEncryption()
    (folder / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return {"tls_certificate": str(folder / "chain.pem"), "tls_key": str(folder / "key.pem"), "host": "localhost"}


@pytest.mark.slow
async def test_with_a_certificate_it_speaks_https(tmp_path: Path) -> None:
    own = certificate(tmp_path)
    trust = ssl.create_default_context(cafile=own["tls_certificate"])
    with command(tmp_path / "var", "run", "--demo", "--json", **own) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["url"].startswith("https://localhost:")
        _, invitation, secret = told["demo"]["partner-a"].partition("#")[2].split(".")
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session:
            async with session.get(f"{told['url']}/j") as response:
                assert "wss://localhost:" in response.headers["Content-Security-Policy"]
                assert "Strict-Transport-Security" in response.headers
            async with session.post(
                f"{told['url']}/api/join", json={"id": invitation, "secret": secret}, headers={"Origin": told["url"]}
            ) as response:
                assert list(response.cookies) == [f"__Host-seat-{invitation}"]
        process.terminate()
        process.communicate(timeout=10)


@pytest.mark.slow
def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    own = certificate(tmp_path)
    (tmp_path / "chain.pem").write_text("no certificate")

    with command(tmp_path / "var", "run", **own) as process:
        told, errors = process.communicate(timeout=20)

    assert (process.returncode, told) == (1, "")
    assert errors.splitlines()[0].endswith("both must be PEM, and belong to one another.")
    assert errors.count("\n") == 1


@pytest.mark.slow
def test_a_second_start_says_why_not(tmp_path: Path) -> None:
    with command(tmp_path / "var", "run", "--json") as first:
        assert first.stdout is not None
        port = json.loads(first.stdout.readline())["url"].rpartition(":")[2]
        with (
            command(tmp_path / "var", "run") as same_folder,
            command(tmp_path / "other", "run", port=port) as same_port,
        ):
            assert (same_folder.wait(20), same_port.wait(20)) == (1, 1)
            assert same_folder.stderr is not None
            assert same_port.stderr is not None
            assert same_folder.stderr.read().startswith("Another server is running with the data folder")
            assert same_port.stderr.read().startswith(f"The pages cannot be served on 127.0.0.1, port {port}")
        first.terminate()
        first.communicate(timeout=10)


@pytest.mark.slow
def test_a_port_for_media_that_is_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with command(tmp_path, "run", "--json", media_port=str(taken.getsockname()[1])) as process:
            told, errors = process.communicate(timeout=20)
    assert (process.returncode, told) == (1, "")
    assert errors.startswith("The port ")
    assert errors.count("\n") == 1


@pytest.mark.slow
def test_a_link_for_another_account_can_be_had_at_any_time(tmp_path: Path) -> None:
    with command(tmp_path, "setup-link", port="8099") as process:
        told, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")
    assert told.startswith("http://127.0.0.1:8099/setup#")
    assert len(told.strip().partition("#")[2]) == 43
