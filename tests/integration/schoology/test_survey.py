"""Listing what Schoology holds, whoever made it, to the very end."""

from __future__ import annotations

import pytest

from schoology_side import Side, Sides, a_class, a_user, an_enrollment, create, remove
from sis_connect.errors import UnauthorisedError
from sis_connect.sandbox.schoology.faults import Fault
from sis_connect.sandbox.schoology.settings import SandboxSettings, Strictness
from sis_connect.sync.desired import Kind


def keys(side: Side, *kinds: Kind) -> list[tuple[Kind, str]]:
    """What a survey lists, without ids."""
    return [(holding.kind, holding.key) for holding in side.target.survey(kinds)]


def test_a_survey_lists_ours_and_what_was_made_by_hand(district: Side) -> None:
    seed = district.sandbox.seed()
    course_id = seed.course("Chess club", "CLUB")
    period_id = seed.grading_period("Summer 2020", "2020-06-01", "2020-06-30")
    section_id = seed.section(course_id, "Chess", grading_periods=[period_id])
    seed.member(section_id, int(district.links.lms_id(Kind.USERS, "student-1") or 0))
    district.apply(create(an_enrollment()))
    assert keys(district, Kind.SCHOOLS, Kind.TERMS, Kind.COURSES) == [
        (Kind.SCHOOLS, "school-1"),
        (Kind.TERMS, "2026-27 Fall"),
        (Kind.TERMS, "Summer 2020"),
        (Kind.COURSES, "MATH-1"),
        (Kind.COURSES, "CLUB"),
    ]
    assert keys(district, Kind.CLASSES, Kind.ENROLLMENTS) == [
        (Kind.CLASSES, "class-1"),
        (Kind.ENROLLMENTS, "class-1"),
        (Kind.CLASSES, ""),
        (Kind.ENROLLMENTS, ""),
    ]
    assert keys(district, Kind.AGENTS) == []


def test_people_are_listed_in_one_call(district: Side) -> None:
    listed = [(holding.key, holding.title) for holding in district.target.survey({Kind.USERS})]
    assert ("student-1", "Ada Quill") in listed
    assert len(listed) == 4
    assert dict(district.sandbox.statistics().calls) == {("GET", "csvexport/users"): 1}


def test_a_key_that_may_not_export_lists_people_page_by_page(district: Side) -> None:
    district.strike(Fault.FORBIDDEN, path="csvexport/users")
    assert len(keys(district, Kind.USERS)) == 4


@pytest.mark.parametrize("strictness", [Strictness(), Strictness(sparse_pages=False, mixed_types=False)])
def test_pages_are_read_to_the_end_however_small_the_server_makes_them(sides: Sides, strictness: Strictness) -> None:
    side = sides(SandboxSettings(rate=None, strictness=strictness, highest_limit=7))
    seed = side.sandbox.seed()
    with seed.together():
        for number in range(50):
            seed.course(f"Course {number}", f"C-{number}")
    side.strike(Fault.FORBIDDEN, path="csvexport/users")
    assert len(keys(side, Kind.COURSES)) == 50


def test_members_of_classes_are_listed_with_the_classs_code(district: Side) -> None:
    district.apply(create(a_class("class-2")))
    district.apply(create(an_enrollment()), create(an_enrollment(user_key="teacher-1", role="teacher")))
    ids = [district.links.lms_id(Kind.CLASSES, key) or "" for key in ("class-1", "class-2")]
    found = list(district.target.members([*ids, "4999999"]))
    assert [(one.kind, one.key, one.member_key, one.title) for one in found] == [
        (Kind.ENROLLMENTS, "class-1", "student-1", "Ada Quill"),
        (Kind.ENROLLMENTS, "class-1", "teacher-1", "Ada Quill"),
    ]
    assert all(one.lms_id for one in found)


def test_those_who_left_are_no_members(district: Side) -> None:
    district.apply(create(an_enrollment()))
    district.apply(remove(a_user(), district.links.lms_id(Kind.USERS, "student-1")))
    assert list(district.target.members([district.links.lms_id(Kind.CLASSES, "class-1") or ""])) == []


def test_a_survey_without_any_right_is_an_error(district: Side) -> None:
    district.strike(Fault.FORBIDDEN, count=None)
    with pytest.raises(UnauthorisedError):
        keys(district, Kind.USERS)
