"""What an operator's Prometheus reads at ``/metrics``: sums over the whole installation, never of a room or a seat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from typing_extensions import override


class LinkCounts(Protocol):
    """What went from one seat to another."""

    @property
    def packets(self) -> int: ...


class RoomCounts(Protocol):
    """The links of an open room."""

    @property
    def links(self) -> Sequence[LinkCounts]: ...


class MediaCounts(Protocol):
    """The sums that the media host keeps since its start, and its open rooms."""

    @property
    def rooms(self) -> Sequence[RoomCounts]: ...
    @property
    def peers(self) -> int: ...
    @property
    def packets_in(self) -> int: ...
    @property
    def packets_out(self) -> int: ...
    @property
    def octets_in(self) -> int: ...
    @property
    def octets_out(self) -> int: ...
    @property
    def offers(self) -> int: ...
    @property
    def handshakes_failed(self) -> int: ...
    @property
    def path_moves(self) -> int: ...
    @property
    def key_frame_requests(self) -> int: ...
    @property
    def nacks_in(self) -> int: ...
    @property
    def nacks_out(self) -> int: ...
    @property
    def recovered(self) -> int: ...
    @property
    def retransmitted(self) -> int: ...
    @property
    def dropped(self) -> Mapping[str, int]: ...
    @property
    def worst_tick(self) -> float: ...


class Metrics:
    """The metrics of one server. Each has its own registry, so that two in one process do not meet."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        _ = ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "thirdchair_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "thirdchair_request_seconds", "How long they took, sockets left out.", registry=self._registry
        )

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is method and pattern."""
        self._requests.labels(route, str(status)).inc()
        if status != 101:
            self._seconds.observe(seconds)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Show what `read` returns, as ``thirdchair_<name>``."""
        Gauge(f"thirdchair_{name}", text, registry=self._registry).set_function(read)

    def media(self, read: Callable[[], MediaCounts]) -> None:
        """Show the counts of the media host."""
        self._registry.register(_MediaCollector(read))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


METRICS: Final = web.AppKey("metrics", Metrics)


async def metrics(request: web.Request) -> web.Response:
    """``GET /metrics``."""
    return web.Response(body=request.app[METRICS].text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _MediaCollector(Collector):
    def __init__(self, read: Callable[[], MediaCounts]) -> None:
        self._read = read

    @override
    def collect(self) -> Iterator[Metric]:
        counts = self._read()
        yield GaugeMetricFamily("thirdchair_media_peers", "Media connections that stand.", counts.peers)
        yield GaugeMetricFamily(
            "thirdchair_media_late_seconds", "The longest that the host's periodic work was late.", counts.worst_tick
        )
        yield GaugeMetricFamily(
            "thirdchair_media_forwarded",
            "Media packets that went from one seat to another, in the rooms that are open.",
            sum(link.packets for room in counts.rooms for link in room.links),
        )
        packets = CounterMetricFamily("thirdchair_media_packets", "Datagrams of any kind.", labels=["direction"])
        octets = CounterMetricFamily("thirdchair_media_octets", "Octets in datagrams.", labels=["direction"])
        nacks = CounterMetricFamily("thirdchair_media_nacks", "Requests for lost packets.", labels=["direction"])
        for family, come, go in (
            (packets, counts.packets_in, counts.packets_out),
            (octets, counts.octets_in, counts.octets_out),
            (nacks, counts.nacks_in, counts.nacks_out),
        ):
            family.add_metric(["in"], come)
            family.add_metric(["out"], go)
            yield family
        dropped = CounterMetricFamily("thirdchair_media_dropped", "Datagrams dropped.", labels=["reason"])
        for reason, count in counts.dropped.items():
            dropped.add_metric([reason], count)
        yield dropped
        for name, text, count in (
            ("offers", "Offers taken.", counts.offers),
            ("handshakes_failed", "DTLS handshakes that failed.", counts.handshakes_failed),
            ("path_moves", "Peers that moved to another network path.", counts.path_moves),
            ("key_frame_requests", "Key frames asked of senders.", counts.key_frame_requests),
            ("recovered", "Lost packets that came after all.", counts.recovered),
            ("retransmitted", "Packets sent again.", counts.retransmitted),
        ):
            yield CounterMetricFamily(f"thirdchair_media_{name}", text, count)
