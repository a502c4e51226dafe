"""Ids as numbers or texts, empty values in every style."""

from __future__ import annotations

import pytest

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.records import (
    Account,
    Building,
    CatalogCourse,
    GradingPeriod,
    Member,
    Role,
    Row,
    Section,
    as_number,
    text,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (5, "5"), (5.0, "5"), (1.5, "1.5"), (True, "1"), (None, ""), ("", ""), ([], ""), ({}, "")],
)
def test_a_field_is_read_as_text_whatever_its_type(value: object, expected: str) -> None:
    assert text({"field": value}, "field") == expected


def test_the_first_name_that_holds_anything_counts() -> None:
    assert text({"a": "", "b": None, "c": 0, "d": "x"}, "a", "b", "c", "d") == "0"


@pytest.mark.parametrize(
    ("lms_id", "written"), [("12", 12), ("p12", "p12"), ("", ""), ("-1", "-1"), ("٣", "٣"), ("²", "²")]
)
def test_an_id_is_sent_as_a_number_where_it_is_one(lms_id: str, written: int | str) -> None:
    assert as_number(lms_id) == written


def test_objects_are_read_in_either_style_of_types() -> None:
    assert Building.parse({"id": 5, "title": "Birch", "building_code": None}) == Building("5", "Birch", "")
    assert Role.parse({"id": "796380", "title": "Teacher"}) == Role("796380", "Teacher")
    assert GradingPeriod.parse(
        {"id": 9, "title": "Fall", "start": "2026-08-17 00:00:00", "end": "2026-12-18"}
    ) == GradingPeriod("9", "Fall", "2026-08-17", "2026-12-18")
    course: Row = {"id": 3, "course_code": "M", "title": "Math", "building_id": "5", "synced": "0"}
    assert CatalogCourse.parse(course) == CatalogCourse("3", "M", "Math", "5", is_synced=False)
    assert CatalogCourse.parse({**course, "synced": 1}).is_synced


def test_an_account_is_called_as_schoology_shows_it_or_else_by_its_names() -> None:
    assert Account.parse({"uid": "7", "id": 7, "name_display": "Ms. Quill"}).name == "Ms. Quill"
    assert Account.parse({"id": 7, "name_first": "Ada", "name_last": "Quill"}).name == "Ada Quill"
    assert Account.parse({"uid": 7, "name": "Ada Quill"}).name == "Ada Quill"
    assert Account.parse({"uid": 7}).name == ""


def test_a_section_has_its_title_under_either_name() -> None:
    for name in ("title", "section_title"):
        section = Section.parse({"id": "4", name: "A", "section_school_code": "c", "course_id": 3})
        assert (section.id, section.title, section.school_code, section.course_id) == ("4", "A", "c", "3")
        assert section.row["title"] == "A"


@pytest.mark.parametrize(("admin", "is_admin"), [(1, True), ("1", True), (0, False), ("0", False), (None, False)])
def test_a_member_is_an_administrator_in_either_type(admin: object, is_admin: bool) -> None:
    member = Member.parse({"id": 1, "uid": "7", "school_uid": "s", "admin": admin, "status": "1"})
    assert (member.is_admin, member.is_archived) == (is_admin, False)


@pytest.mark.parametrize("status", [5, "5"])
def test_a_member_who_left_is_archived(status: object) -> None:
    assert Member.parse({"id": 1, "status": status}).is_archived


@pytest.mark.parametrize("kind", [Building, Role, GradingPeriod, Account, CatalogCourse, Section, Member])
def test_an_object_without_an_id_is_malformed(kind: type[Building]) -> None:
    with pytest.raises(MalformedReplyError, match="has no"):
        kind.parse({"title": "somebody's"})


def test_neither_accounts_nor_sections_show_their_rows() -> None:
    account = Account.parse({"uid": 7, "primary_email": "ada@district.example"})
    assert "ada@district.example" not in repr(account)
