"""Dates in headers, well and badly written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.transport.http_dates import parse_http_date


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 03 Aug 2026 06:00:30 GMT", datetime(2026, 8, 3, 6, 0, 30, tzinfo=UTC)),
        ("Mon, 03 Aug 2026 06:00:30 +0200", datetime(2026, 8, 3, 4, 0, 30, tzinfo=UTC)),
        ("Mon, 03 Aug 2026 06:00:30 -0000", datetime(2026, 8, 3, 6, 0, 30, tzinfo=UTC)),
        ("Mon, 03 Aug 2026 06:00:30 +99999999999999999", None),
        ("Mon, 03 Aug 20260000000000000000 06:00:30 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_date_is_read_in_utc_or_there_is_none(value: str | None, moment: datetime | None) -> None:
    assert parse_http_date(value) == moment


@given(st.from_regex(r"Mon, \d{1,3} Aug \d{1,25} \d{1,3}:\d\d:\d\d [+-]?\w{1,25}"))
def test_no_date_is_an_error(value: str) -> None:
    found = parse_http_date(value)
    assert found is None or found.tzinfo is UTC
