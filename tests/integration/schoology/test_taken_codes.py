"""Courses and sections that people made in Schoology under our codes, after the first sync: held night after night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rosters import a_roster, a_runner
from sis_connect.runs.listing import open_listing

if TYPE_CHECKING:
    from pathlib import Path

    from schoology_side import Side


def test_courses_and_sections_made_by_hand_under_our_codes_cost_no_write_from_the_second_night_on(
    side: Side, tmp_path: Path
) -> None:
    at = [datetime(2026, 10, 1, 3, tzinfo=UTC)]
    runner = a_runner(tmp_path / "data", side.target, now=lambda: at[0])
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    seed = side.sandbox.seed()
    period = seed.grading_period("By hand", "2026-08-01", "2027-07-01")
    course = seed.course("Drama by hand", "drama@south")
    seed.section(course, "Strings by hand", grading_periods=[period], section_school_code="strings")
    by_hand = side.held("courses"), side.held("sections")
    roster.put("courses", "drama", title="Drama", orgSourcedId="district", courseCode="DRAMA")
    roster.class_("play", "drama", school="south")
    roster.class_("strings", "music", school="south")
    roster.enroll("tom", "strings", "teacher", primary="true")
    package = roster.write(tmp_path / "night2")
    first = runner.sync(package)
    assert {one.code for one in first.refused} >= {"target.duplicate_course_code", "target.duplicate_section_code"}

    for _ in range(3):
        at[0] += timedelta(days=1)
        side.sandbox.reset_statistics()
        report = runner.sync(package)
        assert side.sandbox.statistics().write_calls == 0
        assert report.refused == ()
        with open_listing(runner, runner.find_plan(report.plan)) as listing:
            assert {group.cause for group in listing.held()} == {"ownership.not_ours", "dependency"}
        assert all(counts.adds_up for counts in report.records)
        assert {counts.entity: counts.held for counts in report.records if counts.held} == {
            "courses": 1,
            "classes": 2,
            "enrollments": 1,
        }
    assert by_hand == (side.held("courses"), side.held("sections"))
