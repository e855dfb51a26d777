from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from server.pages.metrics import Metrics
from tests.pages.site import Site


@dataclass(frozen=True)
class Link:
    packets: int


@dataclass(frozen=True)
class Room:
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Counts:
    rooms: tuple[Room, ...] = (Room((Link(30), Link(12))), Room(()))
    peers: int = 3
    packets_in: int = 10
    packets_out: int = 20
    octets_in: int = 1000
    octets_out: int = 2000
    offers: int = 4
    handshakes_failed: int = 1
    path_moves: int = 2
    key_frame_requests: int = 5
    nacks_in: int = 6
    nacks_out: int = 7
    recovered: int = 8
    retransmitted: int = 9
    dropped: dict[str, int] = field(default_factory=lambda: {"stranger": 11})
    worst_tick: float = 0.25


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_the_media_host_counts_is_shown() -> None:
    metrics = Metrics()
    metrics.media(Counts)
    metrics.gauge("rooms", "Rooms open.", lambda: 2)

    shown = samples(metrics.text().decode())

    assert shown["thirdchair_rooms",] == 2
    assert shown["thirdchair_media_peers",] == 3
    assert shown["thirdchair_media_forwarded",] == 42
    assert shown["thirdchair_media_packets_total", "in"] == 10
    assert shown["thirdchair_media_packets_total", "out"] == 20
    assert shown["thirdchair_media_octets_total", "out"] == 2000
    assert shown["thirdchair_media_nacks_total", "in"] == 6
    assert shown["thirdchair_media_dropped_total", "stranger"] == 11
    assert shown["thirdchair_media_handshakes_failed_total",] == 1
    assert shown["thirdchair_media_late_seconds",] == 0.25


def test_two_servers_in_one_process_do_not_meet() -> None:
    first, second = Metrics(), Metrics()
    first.request("GET /", 200, 0.01)

    assert ("thirdchair_requests_total", "GET /", "200") in samples(first.text().decode())
    assert ("thirdchair_requests_total", "GET /", "200") not in samples(second.text().decode())


async def test_requests_are_counted_by_pattern_and_never_by_person(site: Site) -> None:
    link = await site.link()
    assert (await site.post("/api/join", link))[0] == 200
    async with site.client.get(f"/c/{link['id']}"):
        pass
    async with site.client.get(f"/{link['id']}"):
        pass

    async with site.client.get("/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = await response.text()

    shown = samples(text)
    assert shown["thirdchair_requests_total", "GET /c/{invitation}", "200"] == 1
    assert shown["thirdchair_requests_total", "GET none", "404"] == 1
    assert link["id"] not in text
    assert link["secret"] not in text
