"""Rows of grade books as Schoology writes them: documented shapes, with every looseness of types."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.errors import MalformedReplyError
from sis_connect.grades.observed import Category, Exemption, Grade, Period, ScaleKind
from sis_connect.schoology.grade_records import (
    GradeReading,
    GradeRecord,
    ItemRecord,
    parse_category,
    parse_period,
)
from sis_connect.schoology.grade_scales import Scale

if TYPE_CHECKING:
    from sis_connect.schoology.records import Row

READING = GradeReading()
ITEM: Row = {
    "id": 5699937,
    "title": " Fractions ",
    "description": "",
    "due": "2026-10-02 23:59:00",
    "grading_scale": "0",
    "grading_period": "13011",
    "grading_category": "4371",
    "max_points": "20",
    "factor": "1",
    "is_final": "0",
    "published": 1,
    "type": "assignment",
    "num_assignees": 0,
    "assignees": [],
}
GRADE: Row = {
    "enrollment_id": 44783151,
    "assignment_id": 5699937,
    "grade": 17.25,
    "exception": 0,
    "max_points": 20,
    "is_final": 0,
    "timestamp": 1389651403,
    "comment": "Well done",
    "comment_status": 1,
    "type": "assignment",
}
LETTERS = Scale.parse(
    {"id": 1, "type": 1, "scale": {"level": [{"grade": "F", "cutoff": 0}, {"grade": "A", "cutoff": 90, "average": 95}]}}
)


def an_item(**fields: object) -> ItemRecord:
    return ItemRecord.parse(ITEM | fields, READING)


def a_grade(**fields: object) -> GradeRecord:
    return GradeRecord.parse(GRADE | fields, READING)


def owned(record: GradeRecord, scale: Scale | None = None) -> Grade:
    return record.of("7", Decimal(20), scale)


def test_an_item_is_read_as_documented() -> None:
    record = an_item()
    item = record.item
    assert (item.lms_id, item.title, item.due_date) == ("5699937", "Fractions", date(2026, 10, 2))
    assert (item.category_lms_id, item.period_lms_id) == ("4371", "13011")
    assert (item.max_points, item.factor, item.scale) == (Decimal(20), Decimal(1), ScaleKind.POINTS)
    assert (item.is_published, item.counts, item.is_for_some) == (True, True, False)
    assert (record.scale_id, record.is_final) == (None, False)


@pytest.mark.parametrize("nothing", ["0", 0, "", None])
def test_no_category_period_or_scale_is_none(nothing: object) -> None:
    record = an_item(grading_category=nothing, grading_period=nothing, grading_scale=nothing, due=nothing or "")
    assert (record.item.category_lms_id, record.item.period_lms_id, record.scale_id) == (None, None, None)
    assert record.item.due_date is None


@pytest.mark.parametrize(("written", "id_"), [("p13011", "13011"), (13011, "13011"), ("other", None), ("final", None)])
def test_a_period_may_be_written_as_in_replies_about_grades(written: object, id_: str | None) -> None:
    assert an_item(grading_period=written).item.period_lms_id == id_


@pytest.mark.parametrize(
    ("fields", "is_for_some"),
    [
        ({"assignees": [12, 13]}, True),
        ({"assignees": "[12, 13]"}, True),
        ({"assignees": "[]"}, False),
        ({"assignees": ""}, False),
        ({"assignees": None}, False),
        ({"assignees": {"0": 12}}, True),
        ({"assignees": "12,13"}, True),
        ({"grading_group_ids": [534]}, True),
        ({"num_assignees": "4"}, True),
        ({"assignees": "[" * 100_000}, True),
    ],
)
def test_an_item_is_for_some_when_anybody_is_named(fields: Row, *, is_for_some: bool) -> None:
    assert an_item(**fields).item.is_for_some is is_for_some


@pytest.mark.parametrize(
    ("fields", "counts"),
    [({}, True), ({"count_in_grade": 0}, False), ({"count_in_grade": "0"}, False), ({"collected_only": 1}, False)],
)
def test_an_item_counts_unless_it_says_otherwise(fields: Row, *, counts: bool) -> None:
    assert an_item(**fields).item.counts is counts


def test_an_item_that_tells_almost_nothing_has_defaults_and_no_maximum() -> None:
    item = ItemRecord.parse({"id": "9"}, READING).item
    assert (item.title, item.max_points, item.factor, item.is_published, item.counts) == (
        "",
        Decimal(0),
        Decimal(1),
        True,
        True,
    )


def test_the_day_of_an_item_is_the_districts_where_zones_are_set() -> None:
    zones = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
    assert ItemRecord.parse(ITEM, GradeReading(due_zones=zones)).item.due_date == date(2026, 10, 3)


def test_a_grade_is_read_as_documented() -> None:
    grade = owned(a_grade())
    assert (grade.item_lms_id, grade.account_lms_id, grade.score) == ("5699937", "7", Decimal("17.25"))
    assert (grade.exemption, grade.comment, grade.changed_at, grade.level) == (None, "Well done", 1389651403, None)


def test_numbers_as_texts_and_texts_as_numbers_say_the_same() -> None:
    texts: Row = {name: value if value is None else str(value) for name, value in GRADE.items()}
    assert GradeRecord.parse(texts, READING) == a_grade()
    assert a_grade(comment=100).comment == "100"


@pytest.mark.parametrize("empty", [None, ""])
def test_a_cleared_grade_holds_nothing(empty: object) -> None:
    grade = owned(a_grade(grade=empty, exception=empty, comment=empty, comment_status=None), LETTERS)
    assert (grade.score, grade.exemption, grade.comment, grade.level) == (None, None, "", None)


def test_a_zero_is_a_score_and_nothing_is_not_a_zero() -> None:
    assert owned(a_grade(grade=0)).score == 0
    assert owned(a_grade(grade="0")).score == 0
    assert owned(a_grade(grade=None)).score is None


@pytest.mark.parametrize(
    ("code", "exemption"),
    [
        (0, None),
        ("0", None),
        ("0.0", None),
        (1, Exemption.EXCUSED),
        ("2", Exemption.INCOMPLETE),
        (3, Exemption.MISSING),
        (4, Exemption.OTHER),
        (-1, Exemption.OTHER),
        (1.5, Exemption.OTHER),
        ("late", Exemption.OTHER),
    ],
)
def test_an_exception_is_what_its_code_says_and_never_a_score(code: object, exemption: Exemption | None) -> None:
    grade = owned(a_grade(exception=code, grade=17))
    assert grade.exemption is exemption
    assert (grade.score is None) is (exemption is not None)


def test_a_setting_says_what_further_codes_mean_and_changes_no_documented_one() -> None:
    reading = GradeReading(exceptions={4: Exemption.LATE, 1: Exemption.ABSENT})
    assert GradeRecord.parse(GRADE | {"exception": 4}, reading).exemption is Exemption.LATE
    assert GradeRecord.parse(GRADE | {"exception": 1}, reading).exemption is Exemption.EXCUSED


def test_a_score_of_a_scale_names_its_level() -> None:
    assert owned(a_grade(grade=18), LETTERS).level == "A"
    assert owned(a_grade(grade=17.9), LETTERS).level == "F"


def test_a_letter_in_place_of_a_number_is_worth_its_level_and_otherwise_of_no_known_meaning() -> None:
    known, unknown, plain = (
        owned(a_grade(grade="A"), LETTERS), owned(a_grade(grade="Z"), LETTERS), owned(a_grade(grade="A"))
    )  # fmt: skip
    assert (known.score, known.exemption, known.level) == (Decimal(19), None, "A")
    assert (unknown.score, unknown.exemption) == (None, Exemption.OTHER)
    assert (plain.score, plain.exemption) == (None, Exemption.OTHER)


@pytest.mark.parametrize(
    ("status", "reading", "comment"),
    [
        (1, READING, "Well done"),
        (None, READING, "Well done"),
        (0, READING, ""),
        ("0", READING, ""),
        (0, GradeReading(hidden_comments=True), "Well done"),
    ],
)
def test_a_comment_that_is_kept_from_the_student_stays_where_it_is(
    status: object, reading: GradeReading, comment: str
) -> None:
    assert GradeRecord.parse(GRADE | {"comment_status": status}, reading).comment == comment


@given(
    st.dictionaries(st.sampled_from(sorted(GRADE)), st.none() | st.booleans() | st.integers() | st.text() | st.floats())
)
def test_whatever_the_fields_hold_a_grade_is_read_or_the_reply_is_at_fault(fields: Row) -> None:
    try:
        grade = owned(a_grade(**fields), LETTERS)
    except MalformedReplyError:
        return
    assert grade.score is None or grade.exemption is None


@pytest.mark.parametrize("name", ["enrollment_id", "assignment_id"])
def test_a_grade_of_nobody_or_nothing_cannot_be_read(name: str) -> None:
    with pytest.raises(MalformedReplyError, match=name):
        a_grade(**{name: None})


def test_neither_score_nor_comment_is_shown() -> None:
    for shown in (repr(a_grade()), repr(owned(a_grade()))):
        assert "17.25" not in shown
        assert "done" not in shown


def test_categories_and_periods_are_read_as_documented() -> None:
    assert parse_category({"id": 4371, "title": "Homework", "delta": 0}) == Category("4371", "Homework")
    row = {"id": 435, "title": "Fall", "weight": 50, "start": "2026-08-17 00:00:00", "end": "2026-12-18 00:00:00"}
    assert parse_period(row) == Period("435", "Fall", date(2026, 8, 17), date(2026, 12, 18))
    assert parse_period({"id": 435, "title": None}) == Period("435", "", None, None)


def test_an_overlap_below_zero_would_miss_grades() -> None:
    with pytest.raises(ValueError, match="overlap"):
        GradeReading(overlap_seconds=-1)
