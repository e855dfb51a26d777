from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.app import (
    STORE,
    StartError,
    SystemClock,
    beyond_this_machine,
    first_link,
    init_app,
    media_addresses,
    origins,
    try_out,
    warnings,
)
from server.config import Settings, load
from server.domain.seats import SEATS

EVERYWHERE = ("0.0.0.0", "::")


def settings(data: Path = Path("var"), /, **given: str) -> Settings:
    """Settings as an operator gives them, on ports that the system chooses."""
    names = {"data": str(data), "port": "0", "media_port": "0", **given}
    return load(environ={f"THIRDCHAIR_{name.upper()}": value for name, value in names.items()})


@asynccontextmanager
async def running(chosen: Settings) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    listener = socket.create_server(("127.0.0.1", 0))
    app = init_app(chosen, port=listener.getsockname()[1])
    server = TestServer(app, socket_factory=lambda *_: listener, host="127.0.0.1", port=listener.getsockname()[1])
    async with TestClient(server) as client:
        yield client


async def test_everything_opens_answers_and_closes(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as client:
        async with client.get("/health/ready") as response:
            assert (response.status, await response.text()) == (200, "store: ready\nmedia: ready\n")
        async with client.get("/metrics") as response:
            text = await response.text()
    for name in ("rooms", "seats_connected", "sockets", "media_peers", 'media_packets_total{direction="in"}'):
        assert f"thirdchair_{name} 0.0" in text


async def test_a_server_whose_database_fails_is_not_ready(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as client:
        assert client.app is not None
        async with client.app[STORE].database.transaction() as connection:
            await connection.exec_driver_sql("DROP TABLE therapists")
        async with client.get("/health/ready") as response:
            assert (response.status, await response.text()) == (503, "store: not ready\nmedia: ready\n")


async def test_the_first_therapist_is_invited_until_there_is_one(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as client:
        app = client.app
        assert app is not None
        link = await first_link(app)
        assert link is not None
        origin, _, secret = link.partition("/setup#")
        body = {"secret": secret, "name": "Dr. Lind", "language": "de"}
        async with client.post("/api/setup", json=body, headers={"Origin": origin}) as response:
            assert response.status == 200
        assert await first_link(app) is None
        async with client.get("/home") as response:
            assert "Dr. Lind" in await response.text()


async def test_links_of_a_try_out_outlive_a_restart(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as client:
        assert client.app is not None
        booked = await try_out(client.app)
    async with running(settings(tmp_path)) as client:
        assert client.app is not None
        assert list(booked.links) == list(SEATS)
        assert (await try_out(client.app)).call.room_id != booked.call.room_id
        for link in booked.links.values():
            _, invitation, secret = link.partition("#")[2].split(".")
            own = {"Origin": str(client.make_url("/")).rstrip("/")}
            async with client.post("/api/join", json={"id": invitation, "secret": secret}, headers=own) as response:
                assert response.status == 200


async def test_a_media_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        runner = web.AppRunner(init_app(settings(tmp_path, media_port=port), port=8080))
        with pytest.raises(StartError, match=rf"The port {port} for sound and picture .* THIRDCHAIR_MEDIA_PORT\."):
            await runner.setup()
        await runner.cleanup()


def test_on_this_machine_the_server_has_several_names() -> None:
    assert origins(settings(), 8080) == {
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    }
    assert "http://localhost" in origins(settings(), 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_with_a_public_address_there_is_no_other(host: str) -> None:
    assert origins(settings(host=host, public_url="https://therapy.test"), 8080) == {"https://therapy.test"}


@pytest.mark.parametrize(
    ("given", "bind", "told", "beyond"),
    [
        ({}, EVERYWHERE, EVERYWHERE, False),
        ({"host": "localhost"}, EVERYWHERE, EVERYWHERE, False),
        ({"public_url": "http://localhost:9000"}, EVERYWHERE, EVERYWHERE, False),
        ({"host": "0.0.0.0"}, EVERYWHERE, (), True),
        ({"host": "192.168.1.5"}, ("192.168.1.5",), (), True),
        ({"host": "therapy.test"}, EVERYWHERE, (), True),
        ({"public_url": "https://therapy.test"}, EVERYWHERE, (), True),
        ({"media_addresses": "127.0.0.1"}, ("127.0.0.1",), ("127.0.0.1",), False),
        ({"host": "0.0.0.0", "media_addresses": "5.6.7.8"}, ("0.0.0.0",), ("5.6.7.8",), True),
        ({"host": "0.0.0.0", "media_addresses": "2a00::1"}, ("::",), ("2a00::1",), True),
        ({"host": "0.0.0.0", "media_addresses": "5.6.7.8,2a00::1"}, EVERYWHERE, ("5.6.7.8", "2a00::1"), True),
    ],
)
def test_where_sound_and_picture_are_offered(
    given: dict[str, str], bind: tuple[str, ...], told: tuple[str, ...], beyond: bool
) -> None:
    assert media_addresses(settings(**given)) == (bind, told)
    assert beyond_this_machine(settings(**given)) is beyond


@pytest.mark.parametrize(
    ("given", "media", "expected"),
    [
        ({}, ("192.168.1.5", "127.0.0.1"), []),
        ({}, ("127.0.0.1", "::1"), ["Firefox does not"]),
        ({"host": "0.0.0.0"}, ("5.6.7.8",), ["THIRDCHAIR_TLS_CERTIFICATE"]),
        ({"host": "0.0.0.0"}, ("192.168.1.5",), ["Caddy", "THIRDCHAIR_MEDIA_ADDRESSES"]),
        ({"public_url": "http://therapy.test"}, ("5.6.7.8",), ["Browsers will refuse camera and microphone"]),
        ({"public_url": "https://therapy.test"}, ("5.6.7.8",), []),
        ({"public_url": "https://therapy.test"}, ("10.0.0.1", "fd00::1"), ["10.0.0.1, fd00::1"]),
    ],
)
def test_what_an_operator_must_know_is_said(given: dict[str, str], media: tuple[str, ...], expected: list[str]) -> None:
    found = warnings(settings(**given), media)

    assert len(found) == len(expected)
    assert all(words in warning for words, warning in zip(expected, found, strict=True))


def test_a_certificate_of_ones_own_needs_a_public_name(tmp_path: Path) -> None:
    for name in ("chain.pem", "key.pem"):
        (tmp_path / name).touch()
    own = {"tls_certificate": str(tmp_path / "chain.pem"), "tls_key": str(tmp_path / "key.pem"), "host": "0.0.0.0"}

    (warning,) = warnings(settings(**own), ("5.6.7.8",))

    assert "THIRDCHAIR_PUBLIC_URL" in warning
    assert warnings(settings(**own, public_url="https://therapy.test"), ("5.6.7.8",)) == []


def test_the_clock_counts_milliseconds() -> None:
    assert 1_700_000_000_000 < SystemClock().now() < 4_000_000_000_000
