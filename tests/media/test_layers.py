"""Which layers a link takes: a small model of browsers' estimates stands for the link."""

from __future__ import annotations

from server.domain.seats import Medium, Seat
from server.media.layers import DECIDE_SECONDS, PAUSED, Ladder, LinkJudge

RATES = {PAUSED: 0, 0: 120_000, 1: 1_200_000}
SOUND = 80_000


class Receiver:
    """A browser behind a link of so many bits a second, which estimates as browsers do."""

    def __init__(self, capacity: float, *ladders: Ladder) -> None:
        self.capacity = capacity
        self.ladders = list(ladders)
        self.now = 0.0
        self.judge = LinkJudge(0.0)
        self.estimate = 300_000.0
        self.levels: list[tuple[int, ...]] = []
        self.lossy = 0.0

    @property
    def sent(self) -> float:
        return SOUND + sum(RATES[it.level] for it in self.ladders)

    def live(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += DECIDE_SECONDS
            through = min(self.sent, self.capacity)
            if self.sent > self.capacity:
                self.estimate = min(self.estimate, 0.85 * through)
            else:
                self.estimate = max(self.estimate, min(self.estimate * 1.04, 1.5 * through + 10_000))
            loss = max(self.lossy, 1 - self.capacity / self.sent)
            self.judge.decide(self.ladders, int(self.estimate), self.sent, loss, self.now)
            self.levels.append(tuple(it.level for it in self.ladders))


def cameras(listener: Seat = Seat.PARTNER_A, top: int = 1) -> tuple[Ladder, Ladder]:
    sources = [seat for seat in Seat if seat is not listener]
    first, second = (Ladder(seat, Medium.CAMERA, top=top) for seat in sources)
    return first, second


def test_a_good_link_has_everything_within_seconds_and_keeps_it() -> None:
    receiver = Receiver(50e6, *cameras())
    receiver.live(3)
    assert receiver.levels[-1] == (1, 1)

    receiver.live(120)

    assert set(receiver.levels[6:]) == {(1, 1)}


def test_a_link_for_the_small_layers_stays_at_them_and_tries_ever_more_seldom() -> None:
    receiver = Receiver(400_000, *cameras())
    receiver.live(180)

    late = receiver.levels[len(receiver.levels) // 2 :]
    assert late.count((0, 0)) > 0.9 * len(late)
    assert all(PAUSED not in levels for levels in receiver.levels)


def test_a_link_that_gets_narrow_loses_the_large_layers_soon() -> None:
    receiver = Receiver(50e6, *cameras())
    receiver.live(30)
    receiver.capacity = 400_000
    receiver.live(5)
    assert receiver.levels[-1] == (0, 0)

    receiver.capacity = 50e6
    receiver.live(90)

    assert receiver.levels[-1] == (1, 1)


def test_where_not_even_the_small_layers_fit_the_partner_pauses_first_and_the_therapist_last() -> None:
    partner, therapist = Ladder(Seat.PARTNER_B, Medium.CAMERA), Ladder(Seat.THERAPIST, Medium.CAMERA)
    screen = Ladder(Seat.THERAPIST, Medium.SCREEN)
    receiver = Receiver(90_000, therapist, partner, screen)
    receiver.live(12)

    order = list(dict.fromkeys(receiver.levels))
    assert order[:4] == [(0, 0, 0), (0, 0, PAUSED), (0, PAUSED, PAUSED), (PAUSED, PAUSED, PAUSED)]
    receiver.capacity = 50e6
    receiver.live(120)
    assert receiver.levels[-1] == (0, 0, 0)


def test_one_bad_moment_changes_nothing() -> None:
    receiver = Receiver(50e6, *cameras())
    receiver.live(20)
    receiver.estimate = 1_000_000
    receiver.live(DECIDE_SECONDS)
    receiver.estimate = 3_000_000
    receiver.live(2)
    receiver.lossy = 0.5
    receiver.live(DECIDE_SECONDS)
    receiver.lossy = 0.0
    receiver.live(10)

    assert set(receiver.levels[6:]) == {(1, 1)}


def test_without_an_estimate_and_without_loss_there_is_no_trouble() -> None:
    ladders = [Ladder(Seat.THERAPIST, Medium.CAMERA, top=2)]
    judge = LinkJudge(0.0)
    for step in range(20):
        judge.decide(ladders, None, 1e6, 0.0, step * DECIDE_SECONDS)

    assert ladders[0].level == 2


def test_nothing_to_show_is_nothing_to_decide() -> None:
    judge = LinkJudge(0.0)

    assert not any(judge.decide([], 50_000, 1e6, 0.9, step * DECIDE_SECONDS) for step in range(40))
