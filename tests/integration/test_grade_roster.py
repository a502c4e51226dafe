"""What the grades path takes from the roster that was applied last: whose a grade is, and where it belongs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import NO_GUARD, a_roster, a_runner
from sis_connect.errors import PlanError
from sis_connect.runs.grade_roster import GradeRosters
from sis_connect.sync.desired import Kind
from sis_connect.sync.shape.rules import Classes, DistrictRules, People

if TYPE_CHECKING:
    from pathlib import Path

    from rosters import Roster as Rows
    from sis_connect.grades.roster import Roster
    from sis_connect.runs.runner import Runner

TODAY = date(2026, 10, 1)


def a_synced_runner(
    folder: Path, roster: Rows, rules: DistrictRules | None = None, *, lms: FakeLms | None = None
) -> Runner:
    runner = a_runner(folder / "data", lms or FakeLms(), rules=rules, guard=NO_GUARD)
    runner.sync(roster.write(folder / "package"))
    return runner


def rosters_of(runner: Runner, as_of: date = TODAY) -> dict[str, Roster]:
    with runner.at_work() as frames:
        laid_out = GradeRosters(runner, frames, as_of)
        return dict(zip(laid_out.schools(), laid_out.of_schools(), strict=True))


def test_each_school_comes_with_its_classes_members_and_sessions(tmp_path: Path) -> None:
    roster = a_roster()
    roster.put(
        "academicSessions",
        "q1",
        title="Quarter 1",
        type="gradingPeriod",
        startDate="2026-08-15",
        endDate="2026-10-16",
        parentSourcedId="fall",
        schoolYear="2027",
    )
    runner = a_synced_runner(tmp_path, roster)
    rosters = rosters_of(runner)
    assert list(rosters) == ["north", "south"]
    algebra = rosters["north"].classes["algebra"]
    assert (algebra.sourced_id, algebra.course_sourced_id, algebra.school_sourced_id) == ("algebra", "maths", "north")
    assert algebra.students == {"ada", "bo", "cy", "dee", "eli"}
    assert algebra.teachers == {"tess"}
    assert [(one.sourced_id, one.type, one.parent_sourced_id) for one in algebra.sessions] == [
        ("fall", "term", "year"),
        ("q1", "gradingPeriod", "fall"),
    ]
    assert set(rosters["south"].classes) == {"choir"}


def test_a_class_is_known_by_the_lms_own_id_and_so_is_each_student(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_synced_runner(tmp_path, a_roster(), lms=lms)
    north = rosters_of(runner)["north"]
    assert north.classes["algebra"].lms_id == lms.ids[Kind.CLASSES]["algebra",]
    assert north.students_of_account[lms.ids[Kind.USERS]["ada",]] == ("ada",)
    assert lms.ids[Kind.USERS]["tess",] not in north.students_of_account


def test_who_left_before_today_is_no_student_of_the_class_and_who_stayed_to_its_end_is(tmp_path: Path) -> None:
    roster = a_roster()
    roster.enroll("ada", "algebra", endDate="2026-09-20")
    roster.enroll("bo", "algebra", endDate="2026-12-20")
    runner = a_synced_runner(tmp_path, roster)
    assert rosters_of(runner)["north"].classes["algebra"].students == {"bo", "cy", "dee", "eli"}
    assert "bo" in rosters_of(runner, date(2027, 3, 1))["north"].classes["algebra"].students


def test_a_class_laid_out_by_term_has_a_key_and_the_sessions_of_each_of_its_sections(tmp_path: Path) -> None:
    runner = a_synced_runner(tmp_path, a_roster(), DistrictRules(classes=Classes(spanning_terms="per_term")))
    sections = {
        key: class_ for key, class_ in rosters_of(runner)["north"].classes.items() if class_.sourced_id == "geometry"
    }
    assert {key: [one.sourced_id for one in section.sessions] for key, section in sections.items()} == {
        "geometry@fall": ["fall"],
        "geometry@spring": ["spring"],
    }


def test_an_account_that_stands_for_two_records_names_both(tmp_path: Path) -> None:
    roster = a_roster()
    roster.user("ada-south", school="south", givenName="Ada", familyName="Adason", identifier="n-ada")
    roster.enroll("ada-south", "choir")
    runner = a_synced_runner(tmp_path, roster, DistrictRules(people=People(match_by="identifier")))
    rosters = rosters_of(runner)
    assert ("ada", "ada-south") in rosters["north"].students_of_account.values()
    assert ("ada", "ada-south") in rosters["south"].students_of_account.values()


def test_without_a_roster_nobody_is_guessed(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    with runner.at_work() as frames, pytest.raises(PlanError, match="No roster has come"):
        GradeRosters(runner, frames, TODAY)
