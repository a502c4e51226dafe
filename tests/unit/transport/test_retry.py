"""The table from answers and failures to what is known."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.transport.retry import Backoff, Effect, judge_failure, parse_retry_after
from sis_connect.transport.statuses import judge_status

NOW = datetime(2026, 8, 3, 6, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("status", "effect"),
    [
        (200, Effect.DONE),
        (201, Effect.DONE),
        (204, Effect.DONE),
        (207, Effect.DONE),
        (301, Effect.REDIRECTED),
        (303, Effect.REDIRECTED),
        (400, Effect.REFUSED),
        (401, Effect.UNAUTHORISED),
        (403, Effect.UNAUTHORISED),
        (404, Effect.REFUSED),
        (405, Effect.REFUSED),
        (408, Effect.IN_DOUBT),
        (410, Effect.REFUSED),
        (415, Effect.REFUSED),
        (422, Effect.REFUSED),
        (425, Effect.NOT_DONE),
        (429, Effect.NOT_DONE),
        (500, Effect.IN_DOUBT),
        (502, Effect.IN_DOUBT),
        (503, Effect.IN_DOUBT),
        (504, Effect.IN_DOUBT),
    ],
)
def test_each_status_has_its_meaning(status: int, effect: Effect) -> None:
    assert judge_status(status, has_retry_after=False) is effect


def test_a_503_that_names_a_time_turned_the_request_away() -> None:
    assert judge_status(503, has_retry_after=True) is Effect.NOT_DONE


@given(st.integers(100, 999), st.booleans())
def test_every_status_has_some_meaning(status: int, has_retry_after: bool) -> None:
    assert judge_status(status, has_retry_after=has_retry_after) in Effect


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
    assert judge_failure(error("")) is Effect.NOT_DONE


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
    assert judge_failure(error("")) is Effect.IN_DOUBT


def test_an_answer_that_cannot_be_unpacked_is_in_doubt() -> None:
    assert judge_failure(httpx2.DecodingError("")) is Effect.IN_DOUBT


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
