"""How values that are not written as the standard says are read, and which of them are not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sis_connect.frames import fetch_scalar, literal, open_frames
from sis_connect.oneroster import values
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Field

DATE = ENTITIES["enrollments"].field("end_date")
BIRTH_DATE = ENTITIES["demographics"].field("birth_date")
YEAR = ENTITIES["academicSessions"].field("school_year")
ORGS = ENTITIES["users"].field("org_sourced_ids")
SUBJECTS = ENTITIES["classes"].field("subjects")


def read(field: Field, text: str) -> tuple[object, bool, bool]:
    """What a text means, whether it is faulty and whether it is repaired."""
    quoted = literal(text)
    verdicts = [values.is_faulty(field, quoted), values.is_repaired(field, quoted)]
    with open_frames() as frames:
        meaning = fetch_scalar(frames, f"SELECT {values.parsed(field, quoted)}")
        is_faulty, is_repaired = (bool(sql and fetch_scalar(frames, f"SELECT {sql}")) for sql in verdicts)
    return meaning, is_faulty, is_repaired


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("6/10/27", date(2027, 6, 10)),
        ("06/10/27", date(2027, 6, 10)),
        ("6/10/00", date(2000, 6, 10)),
        ("6/10/2027", date(2027, 6, 10)),
        (" 06/10/2027 ", date(2027, 6, 10)),
        ("20270610", date(2027, 6, 10)),
        ("2026-08-15T00:00:00.000Z", date(2026, 8, 15)),
        ("2026-08-15 00:00:00", date(2026, 8, 15)),
        ("2026-08-15 ", date(2026, 8, 15)),
    ],
)
def test_dates_as_spreadsheets_and_databases_write_them_are_repaired(text: str, meaning: date) -> None:
    assert read(DATE, text) == (meaning, False, True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-155",
        "2026-08-15/2027",
        "2026-08-15 2027-06-10",
        "2026-02-30",
        "2026-8-15",
        "6/10/027",
        "6/10/7",
        "6/10/20270",
        "13/13/27",
        "2/30/27",
        "6-10-27",
        "2027610",
        "6/10/27 8:00",
    ],
)
def test_what_is_no_date_for_sure_is_faulty(text: str) -> None:
    assert read(DATE, text) == (None, True, False)


def test_a_date_as_the_standard_writes_it_is_neither_faulty_nor_repaired() -> None:
    assert read(DATE, "2026-08-15") == (date(2026, 8, 15), False, False)


def test_a_birth_date_without_its_century_is_not_guessed_at() -> None:
    assert read(BIRTH_DATE, "6/10/98") == (None, True, False)
    assert read(BIRTH_DATE, "6/10/1998") == (date(1998, 6, 10), False, True)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2026-27", 2027), ("2026-2027", 2027), ("2026/2027", 2027), ("2026 - 27", 2027), ("1999-00", 2000)],
)
def test_a_span_of_two_years_that_follow_each_other_is_the_school_year_in_which_it_ends(text: str, year: int) -> None:
    assert read(YEAR, text) == (year, False, True)


@pytest.mark.parametrize("text", ["2027-06", "2019-2099", "2027-2026", "2026-26", "2026-2026", "2026-027", "26-27"])
def test_what_is_no_span_of_two_such_years_is_faulty(text: str) -> None:
    assert read(YEAR, text) == (None, True, False)


def test_identifiers_in_lists_keep_their_blanks_and_words_do_not() -> None:
    assert read(ORGS, "sp , north,,  ") == (["sp ", " north"], False, False)
    assert read(ORGS, "sp ") == (["sp "], False, False)
    assert read(ORGS, "  ") == (None, False, False)
    assert read(SUBJECTS, "Maths , Logic,,  ") == (["Maths", "Logic"], False, False)
    assert read(SUBJECTS, " Maths") == (["Maths"], False, False)
