"""The table from answers and failures to what is known."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.transport.retry import Backoff, Verdict, judge_failure, judge_status, parse_retry_after

NOW = datetime(2026, 8, 3, 6, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DONE),
        (201, Verdict.DONE),
        (204, Verdict.DONE),
        (207, Verdict.DONE),
        (301, Verdict.REDIRECTED),
        (303, Verdict.REDIRECTED),
        (400, Verdict.REFUSED),
        (401, Verdict.UNAUTHORISED),
        (403, Verdict.UNAUTHORISED),
        (404, Verdict.REFUSED),
        (405, Verdict.REFUSED),
        (408, Verdict.IN_DOUBT),
        (410, Verdict.REFUSED),
        (415, Verdict.REFUSED),
        (422, Verdict.REFUSED),
        (425, Verdict.NOT_DONE),
        (429, Verdict.NOT_DONE),
        (500, Verdict.IN_DOUBT),
        (502, Verdict.IN_DOUBT),
        (503, Verdict.IN_DOUBT),
        (504, Verdict.IN_DOUBT),
    ],
)
def test_each_status_has_its_meaning(status: int, verdict: Verdict) -> None:
    assert judge_status(status, has_retry_after=False) is verdict


def test_a_503_that_names_a_time_turned_the_request_away() -> None:
    assert judge_status(503, has_retry_after=True) is Verdict.NOT_DONE


@given(st.integers(100, 999), st.booleans())
def test_every_status_has_some_meaning(status: int, has_retry_after: bool) -> None:
    assert judge_status(status, has_retry_after=has_retry_after) in Verdict


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.LocalProtocolError,
        httpx2.UnsupportedProtocol,
    ],
)
def test_what_was_never_sent_was_not_done(error: type[httpx2.TransportError]) -> None:
    assert judge_failure(error("")) is Verdict.NOT_DONE


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ReadTimeout,
        httpx2.WriteTimeout,
        httpx2.ReadError,
        httpx2.WriteError,
        httpx2.CloseError,
        httpx2.RemoteProtocolError,
    ],
)
def test_what_was_sent_and_not_answered_is_in_doubt(error: type[httpx2.TransportError]) -> None:
    assert judge_failure(error("")) is Verdict.IN_DOUBT


def test_an_answer_that_cannot_be_unpacked_is_in_doubt() -> None:
    assert judge_failure(httpx2.DecodingError("")) is Verdict.IN_DOUBT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("5", 5.0),
        ("2.5", 2.5),
        ("-3", 0.0),
        ("Mon, 03 Aug 2026 06:00:30 GMT", 30.0),
        ("Mon, 03 Aug 2026 05:00:00 GMT", 0.0),
        ("Mon, 03 Aug 2026 06:00:30 -0000", 30.0),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


def test_waits_double_up_to_the_longest_and_at_least_half_of_each_is_waited() -> None:
    backoff = Backoff(first=1.0, longest=5.0)
    assert [backoff.seconds(attempt, lambda: 0.0) for attempt in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 2.5]
    assert backoff.seconds(2, lambda: 0.5) == 1.5
