"""What the host knows of a stream that it receives: order, loss and jitter (RFC 3550 sections 6.4.1, A.3 and A.8)."""

from __future__ import annotations

from server.media.rtcp import ReportBlock, SenderReport


class Reception:
    """Counts of one incoming stream; sequence numbers are already unwrapped."""

    __slots__ = (
        "_expected_before",
        "_first",
        "_rate",
        "_received_before",
        "_transit",
        "fraction",
        "highest",
        "jitter",
        "received",
        "report",
        "report_at",
    )

    def __init__(self, first: int, clock_rate: int) -> None:
        self._first = first
        self._rate = clock_rate
        self._expected_before = 0
        self._received_before = 0
        self._transit: float | None = None
        self.highest = first - 1
        self.received = 0
        self.fraction = 0
        """Of 256 packets, how many were lost in the time of the last report."""
        self.jitter = 0.0
        self.report: SenderReport | None = None
        """The sender's last report, and when it came."""
        self.report_at = 0.0

    def arrived(self, sequence: int, timestamp: int, now: float) -> None:
        """Count a packet that came by itself (retransmissions would spoil the jitter)."""
        self.received += 1
        transit = now * self._rate - timestamp
        if sequence > self.highest:
            self.highest = sequence
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < self._rate * 8:  # a timestamp that wrapped or jumped is no jitter
                self.jitter += (difference - self.jitter) / 16
        self._transit = transit

    def recovered(self, sequence: int) -> None:
        """Count a packet that came as a retransmission."""
        self.received += 1
        self.highest = max(self.highest, sequence)

    @property
    def lost(self) -> int:
        """Packets that never came; negative when some came twice."""
        return self.highest - self._first + 1 - self.received

    def block(self, ssrc: int, now: float) -> ReportBlock:
        """The report block for the sender, covering the time since the last one."""
        expected = self.highest - self._first + 1
        expected_now = expected - self._expected_before
        received_now = self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        lost_now = expected_now - received_now
        fraction = min(255, (lost_now << 8) // expected_now) if lost_now > 0 and expected_now > 0 else 0
        self.fraction = fraction
        last, delay = 0, 0
        if self.report is not None:
            last = self.report.ntp >> 16 & 0xFFFFFFFF
            delay = int((now - self.report_at) * 65536)
        return ReportBlock(ssrc, fraction, self.lost, self.highest, int(self.jitter), last, delay)
