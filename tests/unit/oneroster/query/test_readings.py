"""Values are read for comparison as they are read for the roster, and comparing never takes long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.frames import fetch_scalar, literal, open_frames
from sis_connect.oneroster import values
from sis_connect.oneroster.query.readings import Reading, boolean_of, date_of, instant_of, number_of, read
from sis_connect.oneroster.schema import ENTITIES

BEGIN = ENTITIES["enrollments"].field("begin_date")
ENABLED = ENTITIES["users"].field("enabled_user")
SCORE = ENTITIES["results"].field("score")

_digits = st.text("0123456789", min_size=1, max_size=4)
_dates = st.dates().map(str) | st.builds("{}-{}-{}".format, _digits, _digits, _digits)
_american = st.builds("{}/{}/{}".format, st.integers(0, 13), st.integers(0, 32), st.integers(1000, 3000))
_dated = st.builds("{}{}".format, _dates, st.sampled_from(("", "T10:00:00Z", " 10:00", "Tx", " x", "x")))


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(_dated | _american | st.text("0123456789", min_size=8, max_size=8), min_size=1, max_size=40))
def test_dates_are_read_as_the_roster_reads_them(texts: list[str]) -> None:
    with open_frames() as frames:
        for text in texts:
            meant = fetch_scalar(frames, f"SELECT {values.parsed(BEGIN, literal(text))}")
            assert date_of(text) == (None if meant is None else str(meant))


@pytest.mark.parametrize("text", ["true", "TRUE", " yes ", "Y", "1", "0", "f", "No", "maybe", "", "tru\u0435"])
def test_booleans_are_read_as_the_roster_reads_them(text: str) -> None:
    meant = _as_the_roster_reads(values.parsed(ENABLED, literal(text)))
    assert boolean_of(text) == (None if meant is None else str(meant).lower())


@pytest.mark.parametrize("text", ["9", "-1.50", "+7", "1e3", ".5", "5.", "12abc", "nan", "inf", "1e999", "", "0x10"])
def test_numbers_are_read_as_the_roster_reads_them(text: str) -> None:
    assert number_of(text) == _as_the_roster_reads(values.parsed(SCORE, literal(text)))


@given(moment=st.datetimes(timezones=st.just(None)), digits=st.integers(0, 9), offset=st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_instant_however_it_is_written(moment: object, digits: int, offset: int) -> None:
    """Two writings of one moment, and one a nanosecond later, stand in that order."""
    from datetime import datetime, timedelta

    assert isinstance(moment, datetime)
    moment = moment.replace(microsecond=0)
    try:
        local = moment + timedelta(minutes=offset)
    except OverflowError:
        return
    sign, away = "-" if offset < 0 else "+", abs(offset)
    zeros = "." + "0" * digits if digits else ""
    written = f"{local.isoformat()}{zeros}{sign}{away // 60:02}:{away % 60:02}"
    assert instant_of(written) == instant_of(f"{moment.isoformat()}Z") == moment.isoformat()
    later = instant_of(f"{moment.isoformat()}.000000001Z")
    assert later is not None
    assert later > moment.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-08-15T24:00:00Z",
        "2026-08-15T10:00:00+25:00",
        "2026-08-15T10:00:00 00:00",
        "2026-08-15T10",
        "٢٠٢٦-08-15",
    ],
)
def test_what_is_no_moment_has_no_instant(text: str) -> None:
    assert instant_of(text) is None


@pytest.mark.parametrize("reading", Reading)
@given(text=st.text(st.characters()))
def test_any_text_can_be_read(reading: Reading, text: str) -> None:
    assert read(reading, text) is None or isinstance(read(reading, text), str | float)


@pytest.mark.parametrize("reading", Reading)
@pytest.mark.parametrize("piece", ["0", " ", "-", "/", "1.", "2026-01-01 ", "2026-01-01T", "{", ":", "+", "\u0130"])
def test_a_long_text_is_read_in_one_pass(reading: Reading, piece: str) -> None:
    """A pattern that looked back would not come to an end here."""
    read(reading, piece * 200_000)


def _as_the_roster_reads(sql: str) -> object:
    with open_frames() as frames:
        return fetch_scalar(frames, f"SELECT {sql}")
