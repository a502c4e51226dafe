"""A steady rate: never overrun, hardly wasted, and one for all who call a host."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulated_time import SimulatedTime
from sis_connect.transport.token_bucket import BucketLimiter, HostLimiters, Rate, TokenBucket

RATES = st.builds(Rate, st.floats(0.1, 50.0), st.integers(1, 20))


@given(RATES, st.lists(st.floats(0.0, 5.0), min_size=1, max_size=120))
def test_no_stretch_of_time_holds_more_than_the_burst_and_the_rate(rate: Rate, rests: list[float]) -> None:
    bucket = TokenBucket(rate)
    now = 1000.0
    sent = []
    for rest in rests:
        now += rest
        while (delay := bucket.delay(now)) > 0:
            now += delay
        bucket.take(now)
        sent.append(now)
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= rate.burst + rate.per_second * (sent[last] - start) + 1e-6


@given(RATES, st.integers(1, 100))
def test_a_steady_load_is_sent_at_the_rate(rate: Rate, count: int) -> None:
    simulated = SimulatedTime(0.0)
    limiter = BucketLimiter(rate, clock=simulated.clock, sleep=simulated.sleep)
    for _ in range(rate.burst + count):
        with limiter.call("GET"):
            pass
    assert simulated.now == pytest.approx(count / rate.per_second, rel=1e-6)


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_cut_it() -> None:
    bucket = TokenBucket(Rate())
    bucket.pause(30.0, now=100.0)
    bucket.pause(1.0, now=100.0)
    assert bucket.delay(110.0) == pytest.approx(20.0)
    assert bucket.delay(130.0) == 0.0


def test_a_pause_that_comes_while_somebody_waits_is_waited_for_too() -> None:
    simulated = SimulatedTime()
    bucket = Rate(per_second=1.0, burst=1)

    def sleep(seconds: float) -> None:
        if not simulated.sleeps:
            limiter.pause(5.0)
        simulated.sleep(seconds)

    limiter = BucketLimiter(bucket, clock=simulated.clock, sleep=sleep)
    for _ in range(2):
        with limiter.call("GET"):
            pass
    assert simulated.sleeps == [pytest.approx(1.0), pytest.approx(4.0)]


def test_clients_of_one_host_share_a_limiter_and_its_pauses() -> None:
    simulated = SimulatedTime()
    limiters = HostLimiters(clock=simulated.clock, sleep=simulated.sleep)
    one, same = limiters.of("sis.example.org", Rate()), limiters.of("SIS.example.org", Rate())
    other = limiters.of("other.example.org", Rate())
    assert one is same
    assert one is not other
    one.pause(7.0)
    with other.call("GET"):
        assert simulated.sleeps == []
    with same.call("GET"):
        assert simulated.sleeps == [pytest.approx(7.0)]


def test_of_several_rates_for_one_host_the_strictest_holds() -> None:
    limiters = HostLimiters()
    limiters.of("sis.example.org", Rate(per_second=5.0, burst=2))
    assert limiters.of("sis.example.org", Rate(per_second=1.0, burst=8)).rate == Rate(per_second=1.0, burst=2)


def test_threads_together_never_overrun_the_rate() -> None:
    simulated = SimulatedTime(0.0)
    lock = threading.Lock()
    sent = []

    def sleep(seconds: float) -> None:
        with lock:
            simulated.sleep(seconds)

    limiter = BucketLimiter(Rate(per_second=10.0, burst=3), clock=simulated.clock, sleep=sleep)

    def work() -> None:
        for _ in range(20):
            with limiter.call("GET"):
                sent.append(simulated.now)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(sent) == 80
    assert simulated.now >= (80 - 3) / 10.0 - 1e-6


@pytest.mark.parametrize("wrong", [(0.0, 1), (-1.0, 1), (float("inf"), 1), (float("nan"), 1), (1.0, 0)])
def test_a_rate_under_which_nothing_could_be_sent_is_refused(wrong: tuple[float, int]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Rate(*wrong)
