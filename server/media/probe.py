"""A light WebRTC peer that behaves like a call page: for `python -m server selftest`, tests and benches.

It checks and nominates as a controlling ICE agent, is the DTLS client, sends what `synthetic.py` makes, and counts what
arrives. It is no part of the host.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aioice import stun

from server.domain.seats import Medium, Seat, other_seats
from server.media import congestion, ice, rtcp, rtp
from server.media.ice import Credentials
from server.media.sdp import MEDIA
from server.media.secure import Certificate, SecureTransport, SrtpError
from server.media.synthetic import CHROMIUM, Dialect, SyntheticStream, write_offer
from server.media.tcp import TcpLink
from server.media.udp import Link, SocketAddress, UdpLink
from server.tasks import Tasks

_CHECK_SECONDS = 2.5
_RETRY_SECONDS = 0.05


@dataclass(slots=True)
class Heard:
    """What came of one seat's medium."""

    packets: int = 0
    octets: int = 0
    repaired: int = 0
    """Packets that came by RTX."""
    key_frames: int = 0
    reports: list[rtcp.SenderReport] = field(default_factory=list)
    byes: int = 0
    recent: deque[rtp.Packet] = field(default_factory=lambda: deque(maxlen=2000))


class Probe:
    """One seat's peer. Call `offer`, bring it to the host, give the answer to `connect`, then send."""

    def __init__(
        self,
        seat: Seat,
        *,
        dialect: Dialect = CHROMIUM,
        host: str = "127.0.0.1",
        keep: bool = True,
        tcp: bool = False,
    ) -> None:
        """`host` is the address to send from; with `keep` false packets are counted but neither opened nor kept; with
        `tcp` the host is reached by ICE-TCP.
        """
        self.seat = seat
        self.dialect = dialect
        self.heard: dict[tuple[Seat, Medium], Heard] = {
            (other, medium): Heard() for other in other_seats(seat) for medium in MEDIA
        }
        self.datagrams = 0
        """All datagrams of media that came, opened or not."""
        self.feedback: list[dict[int, int | None]] = []
        self.nacked: list[int] = []
        self.reports: list[rtcp.ReportBlock] = []
        self.lose: Callable[[rtp.Packet], bool] = _never
        """Packets for which this is true are not sent at first, as if the uplink had lost them."""
        self.mute = False
        """Nothing is sent or read any more, as if the network had gone."""
        self.streams = {medium: SyntheticStream(medium, str(index), dialect) for index, medium in enumerate(MEDIA)}
        self.layers = {name: SyntheticStream(Medium.CAMERA, "1", dialect, name) for name in dialect.layers}
        self._certificate = Certificate()
        self._own = Credentials.generate()
        self._remote = Credentials("", "")
        self._host = host
        self._target: SocketAddress = ()
        self._keep = keep
        self._nominated = asyncio.Event()
        self._transport_sequence = 0
        self._by_ssrc: dict[int, Heard] = {}
        self._by_rtx: dict[int, Heard] = {}
        self._tasks = Tasks()
        self._link: UdpLink | TcpLink = UdpLink(host, 0, self._receive, _nothing)
        self._tcp = tcp
        self._secure: SecureTransport | None = None
        self.ended = asyncio.Event()
        """The host ended the session, or `close` did."""

    # --- setting up ------------------------------------------------------------------------------

    def offer(self) -> str:
        """The offer that a call page of this seat would make."""
        return write_offer(self.dialect, self._own, self._certificate.fingerprint, self.streams)

    async def connect(self, answer: str, *, seconds: float = 5.0) -> None:
        """Reach the host as the answer says. Raises TimeoutError, HandshakeError or, by TCP, OSError."""
        self._remote = Credentials(_find(r"a=ice-ufrag:(\S+)", answer), _find(r"a=ice-pwd:(\S+)", answer))
        kind = "tcp" if self._tcp else "udp"
        address, port = re.findall(rf"a=candidate:\S+ 1 {kind} \d+ (\S+) (\d+) typ host", answer)[0]
        self._target = (address, int(port))
        self._read_names(answer)
        if self._tcp:
            await self.dial()
        self._secure = SecureTransport(
            self._certificate,
            [("sha-256", _find(r"a=fingerprint:sha-256 (\S+)", answer))],
            self._send,
            self.ended.set,
            client=True,
        )
        async with asyncio.timeout(seconds):
            while not self._nominated.is_set():
                self.check()
                try:
                    await asyncio.wait_for(self._nominated.wait(), _RETRY_SECONDS)
                except TimeoutError:
                    continue
            await self._secure.handshake()
        self._tasks.spawn("probe-checks", self._keep_checking())

    def _read_names(self, answer: str) -> None:
        keys = [(other, medium) for other in other_seats(self.seat) for medium in MEDIA]
        for key, section in zip(keys, re.split(r"(?m)^m=", answer)[4:], strict=True):
            group = re.search(r"a=ssrc-group:FID (\d+) (\d+)", section)
            self._by_ssrc[int(group[1] if group else _find(r"a=ssrc:(\d+) cname", section))] = self.heard[key]
            if group:
                self._by_rtx[int(group[2])] = self.heard[key]

    def ssrc_of(self, seat: Seat, medium: Medium) -> int:
        """The SSRC under which the host sends this."""
        return next(ssrc for ssrc, heard in self._by_ssrc.items() if heard is self.heard[seat, medium])

    def check(self, *, nominate: bool = True) -> None:
        """Send one authenticated binding request."""
        self._send(ice.check(self._remote, self._own.ufrag, nominate=nominate))

    async def _keep_checking(self) -> None:
        while not self.ended.is_set():
            await asyncio.sleep(_CHECK_SECONDS)
            self.check()

    async def dial(self) -> None:
        """Open a connection to the host, and go on by it."""
        family = socket.AF_INET6 if ":" in self._target[0] else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(connection, self._target)
        except OSError:
            connection.close()
            raise
        self._link.close()
        self._link = TcpLink(connection, self._target, self._receive, _nothing, _forget)

    def rebind(self) -> None:
        """Go on from another port, as after a change of network or NAT."""
        self._link.close()
        self._link = UdpLink(self._host, 0, self._receive, _nothing)

    @property
    def address(self) -> SocketAddress:
        """Where the probe sends from, by UDP."""
        return (self._host, self._link.port if isinstance(self._link, UdpLink) else 0)

    async def close(self) -> None:
        """End the session and free the port; idempotent."""
        self.ended.set()
        await self._tasks.close(1.0)
        if self._secure is not None:
            await self._secure.close()
        self._link.close()

    # --- sending ---------------------------------------------------------------------------------

    def _send(self, data: bytes) -> None:
        if not self.mute:
            self._link.send(data, self._target)

    def send_raw(self, data: bytes) -> None:
        """Send octets as they are to the host."""
        self._send(data)

    def send_control(self, packet: bytes) -> None:
        """Protect and send RTCP."""
        if self._secure is not None:
            self._send(self._secure.protect_rtcp(packet))

    def protected(self, packet: bytes) -> bytes:
        """One RTP packet as it goes over the wire. Raises ValueError before the handshake."""
        if self._secure is None:
            raise ValueError("the probe is not connected")
        return self._secure.protect(packet)

    def send_media(self, medium: Medium, size: int, *, level: int = 30, marker: bool = True) -> rtp.Packet:
        """Make and send one packet with a payload of `size` octets; video is a key frame when one was asked for."""
        data = self.make(medium, size, level=level, marker=marker)
        packet = rtp.parse(data)
        if not self.lose(packet):
            self._send(self.protected(data))
        return packet

    def send_layer(self, name: str, size: int) -> rtp.Packet:
        """Make and send one packet of one layer of the camera."""
        self._transport_sequence += 1
        data = self.layers[name].next(size, self._transport_sequence, level=0, marker=True, keep=self._keep)
        packet = rtp.parse(data)
        if not self.lose(packet):
            self._send(self.protected(data))
        return packet

    def make(self, medium: Medium, size: int, *, level: int = 30, marker: bool = True) -> bytes:
        """The next packet of a medium, neither protected nor sent."""
        self._transport_sequence += 1
        stream = self.streams[medium]
        return stream.next(size, self._transport_sequence, level=level, marker=marker, keep=self._keep)

    def send_report(self, medium: Medium) -> None:
        """Send a sender report about one medium."""
        stream = self.streams[medium]
        ntp = int((time.time() + 2_208_988_800) * (1 << 32))
        report = rtcp.SenderReport(stream.ssrc, ntp, stream.timestamp, stream.packets, stream.octets)
        self.send_control(rtcp.sender_report(report))

    def prepare(self, seconds: float, video_size: int = 1100, audio_size: int = 120) -> list[tuple[bytes, ...]]:
        """Datagrams of 10 ms each, ready to send: 100 video packets and 50 audio packets a second, a key frame each."""
        slots = []
        for slot in range(int(seconds * 100)):
            if slot % 100 == 0:
                self.streams[Medium.CAMERA].key_wanted = True
            made = [self.protected(self.make(Medium.CAMERA, video_size))]
            if slot % 2 == 0:
                made.append(self.protected(self.make(Medium.MIC, audio_size, marker=False)))
            slots.append(tuple(made))
        return slots

    # --- receiving -------------------------------------------------------------------------------

    def _receive(self, data: bytes, address: SocketAddress, link: Link) -> None:
        if not data or self.mute or self._secure is None:
            return
        first = data[0]
        if 128 <= first < 192:
            self.datagrams += 1
            if not self._keep:
                return
            try:
                if rtp.is_rtcp(data):
                    self._take_control(self._secure.unprotect_rtcp(data))
                else:
                    self._take_media(rtp.parse(self._secure.unprotect(data)))
            except SrtpError:
                return
        elif 20 <= first < 64:
            self._secure.feed(data)
        elif first < 4:
            message = stun.parse_message(data)
            if message.message_class == stun.Class.RESPONSE and ice.authenticates(message, self._remote):
                self._nominated.set()

    def _take_media(self, packet: rtp.Packet) -> None:
        heard = self._by_ssrc.get(packet.ssrc)
        if heard is None:
            heard = self._by_rtx.get(packet.ssrc)
            if heard is not None:
                heard.repaired += 1
                heard.recent.append(packet)
            return
        heard.packets += 1
        heard.octets += len(packet.payload)
        heard.key_frames += packet.payload_type == self.dialect.vp8 and rtp.starts_key_frame(packet.payload)
        heard.recent.append(packet)

    def _take_control(self, plain: bytes) -> None:
        own = {stream.ssrc: stream for stream in (*self.streams.values(), *self.layers.values())}
        if plain[1] == rtcp.RTPFB and plain[0] & 0x1F == rtcp.RTPFB_TRANSPORT:
            self.feedback.append(congestion.parse(plain[12:]))
            return
        for packet in rtcp.parse(plain):
            match packet:
                case rtcp.SenderReport(ssrc=ssrc) if ssrc in self._by_ssrc:
                    self._by_ssrc[ssrc].reports.append(packet)
                case rtcp.ReceiverReport(reports=reports):
                    self.reports += reports
                case rtcp.Bye(sources=sources):
                    for ssrc in sources:
                        if ssrc in self._by_ssrc:
                            self._by_ssrc[ssrc].byes += 1
                case rtcp.KeyFrameRequest(media=media) if media in own:
                    own[media].key_wanted = True
                    own[media].key_requests += 1
                case rtcp.Nack(media=media, lost=lost) if media in own:
                    self.nacked += lost
                    self._repair(own[media], lost)
                case _:
                    pass

    def _repair(self, stream: SyntheticStream, lost: Sequence[int]) -> None:
        for number in lost:
            data = stream.again(number, self._transport_sequence + 1)
            if data is not None:
                self._transport_sequence += 1
                self._send(self.protected(data))


async def play(probes: Sequence[Probe], seconds: float) -> int:
    """Send the pattern of `Probe.prepare` from all probes at once, spread over each 10 ms; the datagrams sent.

    Everything is encrypted beforehand, so the sending process stays cheap; when it falls behind, it catches up.
    """
    scores = [probe.prepare(seconds) for probe in probes]
    begin = time.monotonic()
    sent = 0
    for slot in range(int(seconds * 100)):
        for probe, score in zip(probes, scores, strict=True):
            for datagram in score[slot]:
                probe.send_raw(datagram)
                sent += 1
        score_end = begin + (slot + 1) / 100
        await asyncio.sleep(max(0.0, score_end - time.monotonic()))
    return sent


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError("the answer lacks something that every answer has")
    return found[1]


def _never(packet: rtp.Packet) -> bool:
    return False


def _nothing() -> None:
    pass


def _forget(link: TcpLink) -> None:
    pass
