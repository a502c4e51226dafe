"""Credits: never one too many in any window the server can see, and hardly one too few."""

from __future__ import annotations

import heapq
import math
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulated_time import SimulatedTime
from sis_connect.transport.rate_limit import Call, CreditLimit, CreditLimiter, CreditWindow

LIMIT = CreditLimit()
READ, WRITE = LIMIT.read_cost, LIMIT.write_cost
#: For a call: its cost, how long it is on its way to the server, how long its answer is on its way back.
TRIPS = st.tuples(st.sampled_from([READ, WRITE]), st.floats(0.0, 8.0), st.floats(0.0, 8.0))


def simulate(trips: list[tuple[int, float, float]], workers: int) -> list[tuple[float, int]]:
    """When the server saw which cost, with so many workers that send whenever they may."""
    window = CreditWindow(LIMIT)
    seen: list[tuple[float, int]] = []
    under_way: list[tuple[float, int, Call]] = []
    now = 0.0

    for number, (cost, there, back) in enumerate(trips):
        while (delay := window.delay(cost, now)) > 0 or len(under_way) >= workers:
            next_call = now + delay if len(under_way) < workers else math.inf
            if under_way and under_way[0][0] <= next_call:
                at, _, call = heapq.heappop(under_way)
                now = max(now, at)
                window.finish(call, at)
            else:
                now = next_call
        seen.append((now + there, cost))
        heapq.heappush(under_way, (now + there + back, number, window.start(cost)))
    return sorted(seen)


def busiest_window(seen: list[tuple[float, int]], seconds: float) -> int:
    """The most credits in any half-open window of this length."""
    return max(sum(cost for at, cost in seen if start <= at < start + seconds) for start, _ in seen)


@given(st.lists(TRIPS, min_size=1, max_size=150), st.integers(1, 20))
@settings(max_examples=150, deadline=None)
def test_no_window_holds_more_than_the_limit_however_slow_the_calls(
    trips: list[tuple[int, float, float]], workers: int
) -> None:
    assert busiest_window(simulate(trips, workers), LIMIT.seconds) <= LIMIT.credits


@given(st.lists(st.floats(0.001, 0.02), min_size=320, max_size=320))
@settings(max_examples=20, deadline=None)
def test_writes_use_at_least_95_percent_of_the_credits(latencies: list[float]) -> None:
    """Sixteen writes of three credits fill 48 of 50."""
    seen = simulate([(WRITE, latency / 2, latency / 2) for latency in latencies], workers=1)
    windows = len(seen) // (LIMIT.credits // WRITE) - 1
    first_of_last_window = seen[windows * (LIMIT.credits // WRITE)][0]
    used = sum(cost for at, cost in seen if at < first_of_last_window)
    assert used >= 0.95 * LIMIT.credits * (first_of_last_window - seen[0][0]) / LIMIT.seconds


def test_a_call_that_finds_enough_credits_does_not_wait() -> None:
    window = CreditWindow(LIMIT)
    for _ in range(16):
        assert window.delay(WRITE, 0.0) == 0.0
        window.finish(window.start(WRITE), 0.0)
    assert window.delay(READ, 0.0) == 0.0
    assert window.delay(WRITE, 0.0) == pytest.approx(LIMIT.seconds + LIMIT.margin)


def test_credits_of_unanswered_calls_are_not_free_at_any_known_time() -> None:
    window = CreditWindow(LIMIT)
    calls = [window.start(WRITE) for _ in range(16)]
    assert window.delay(WRITE, 1000.0) == math.inf
    window.finish(calls[0], 1000.0)
    assert window.delay(WRITE, 1000.0) == pytest.approx(LIMIT.seconds + LIMIT.margin)


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_cut_it() -> None:
    window = CreditWindow(LIMIT)
    window.pause(30.0, now=100.0)
    window.pause(1.0, now=100.0)
    assert window.delay(READ, 110.0) == pytest.approx(20.0)
    assert window.delay(READ, 130.0) == 0.0


def test_reading_costs_one_credit_and_writing_three() -> None:
    assert [LIMIT.cost(method) for method in ("GET", "head", "OPTIONS", "POST", "put", "DELETE")] == [1, 1, 1, 3, 3, 3]


@pytest.mark.parametrize(
    "wrong",
    [{"credits": 2}, {"seconds": 0.0}, {"read_cost": 0}, {"write_cost": 51}, {"margin": -1.0}],
)
def test_a_limit_under_which_a_call_could_never_be_sent_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"a window|a call"):
        CreditLimit(**wrong)  # type: ignore[arg-type] # the point is a wrong value


def test_the_limiter_sleeps_exactly_until_the_credits_are_free() -> None:
    time = SimulatedTime()
    limiter = CreditLimiter(LIMIT, clock=time.clock, sleep=time.sleep)
    for _ in range(17):
        with limiter.call("POST"):
            pass
    assert time.sleeps == [pytest.approx(LIMIT.seconds + LIMIT.margin)]


def test_a_call_that_fails_keeps_its_credits_too() -> None:
    time = SimulatedTime()
    limiter = CreditLimiter(CreditLimit(credits=3), clock=time.clock, sleep=time.sleep)

    def fail() -> None:
        with limiter.call("POST"):
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    with limiter.call("GET"):
        pass
    assert len(time.sleeps) == 1


def test_the_limiter_pauses_for_everybody() -> None:
    time = SimulatedTime()
    limiter = CreditLimiter(LIMIT, clock=time.clock, sleep=time.sleep)
    limiter.pause(7.0)
    with limiter.call("GET"):
        pass
    assert time.sleeps == [pytest.approx(7.0)]


def test_a_call_waits_for_one_under_way_that_holds_the_last_credits() -> None:
    """The second reads the clock under the lock and gives it back only by waiting."""
    time = SimulatedTime()
    second_asked = threading.Event()

    def clock() -> float:
        if threading.current_thread() is second:
            second_asked.set()
        return time.now

    limiter = CreditLimiter(CreditLimit(credits=3), clock=clock, sleep=time.sleep)
    order = []

    def call() -> None:
        with limiter.call("POST"):
            order.append("second")

    second = threading.Thread(target=call)
    with limiter.call("POST"):
        second.start()
        assert second_asked.wait(timeout=30)
        order.append("first")
    second.join(timeout=30)
    assert order == ["first", "second"]
    assert time.sleeps == [pytest.approx(LIMIT.seconds + LIMIT.margin)]
