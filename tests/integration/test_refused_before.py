"""What the LMS refused is not sent every night again, and what others have under our codes stays held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import NO_GUARD, a_roster, a_runner
from sis_connect.report import ENTITY_OF
from sis_connect.runs.listing import open_listing
from sis_connect.schoology.refusals import DUPLICATES, REFUSALS
from sis_connect.sync.apply import DEPENDS_ON_REFUSED, NO_CLEAR_ANSWER
from sis_connect.sync.changes import KEY_TAKEN, PASSING, Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import Class, Course, Enrollment, Kind, User, record_key
from sis_connect.sync.plan.refusals import Refusals

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.report import Report
    from sis_connect.runs.runner import Runner

THEIR_CLASS = Class("strings", "Their strings", "music", "Music", "MUSIC", "south", [], None)
THEIR_COURSE = Course("drama@south", "Their drama", "D", "south")


@dataclass
class StrictLms(FakeLms):
    """Keeps user names unique, and says that a code is taken in the LMS's own codes."""

    def _carry_out(self, change: Change) -> Outcome:
        outcome = super()._carry_out(change)
        if outcome.code == "target.duplicate":
            code = {Kind.COURSES: "target.duplicate_course_code", Kind.CLASSES: "target.duplicate_section_code"}
            return replace(outcome, code=code.get(change.kind, "target.duplicate_unique_id"))
        return outcome


@dataclass
class District:
    """A runner that goes from night to night."""

    runner: Runner
    lms: FakeLms
    at: list[datetime]

    def night(self, package: Path, *, later: int = 1, retry_refused: bool = False) -> tuple[Report, int]:
        """The report of a night so many days later, and the number of calls that wrote or tried to."""
        self.at[0] += timedelta(days=later)
        before = self.lms.batches
        report = self.runner.sync(package, retry_refused=retry_refused)
        assert all(counts.adds_up for counts in report.records)
        return report, self.lms.batches - before


def a_district(folder: Path, lms: FakeLms) -> District:
    at = [datetime(2026, 10, 1, 3, tzinfo=UTC)]
    return District(a_runner(folder, lms, guard=NO_GUARD, now=lambda: at[0]), lms, at)


def held(report: Report, kind: Kind) -> int:
    """Records of a kind's entity that wait."""
    return next(counts.held for counts in report.records if counts.entity == ENTITY_OF[kind])


def causes(report: Report) -> set[str]:
    return {hold.cause for hold in report.holds}


def test_a_class_that_others_made_under_our_code_is_held_on_every_night_without_a_write(tmp_path: Path) -> None:
    lms = StrictLms()
    roster = a_roster()
    roster.class_("strings", "music", school="south")
    roster.enroll("tom", "strings", "teacher", primary="true")
    lms.put_by_hand(Kind.CLASSES, THEIR_CLASS)
    district = a_district(tmp_path / "data", lms)
    package = roster.write(tmp_path / "night1")
    first, _ = district.night(package)
    for _ in range(3):
        report, writes = district.night(package)
        assert writes == 0
        assert not report.refused
        assert held(report, Kind.CLASSES) == held(first, Kind.CLASSES) == 1
        assert held(report, Kind.ENROLLMENTS) == 1
    assert lms.records[Kind.CLASSES]["strings",] == THEIR_CLASS


@pytest.mark.parametrize("kind", [Kind.COURSES, Kind.CLASSES])
def test_what_others_made_meanwhile_is_refused_once_and_held_from_then_on(tmp_path: Path, kind: Kind) -> None:
    lms = StrictLms()
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    theirs = THEIR_CLASS if kind is Kind.CLASSES else THEIR_COURSE
    lms.put_by_hand(kind, theirs)
    if kind is Kind.CLASSES:
        roster.class_("strings", "music", school="south")
    else:
        roster.put("courses", "drama", title="Drama", orgSourcedId="district", courseCode="DRAMA")
        roster.class_("play", "drama", school="south")
    package = roster.write(tmp_path / "night2")
    refused, _ = district.night(package)
    held_now, writes = district.night(package)

    assert [one.code for one in refused.refused][:1] == [
        "target.duplicate_section_code" if kind is Kind.CLASSES else "target.duplicate_course_code"
    ]
    assert writes == 0
    assert not held_now.refused
    assert held(held_now, kind) == 1
    plan = district.runner.find_plan(held_now.plan)
    with open_listing(district.runner, plan) as listing:
        assert "ownership.not_ours" in {group.cause for group in listing.held()}
    assert lms.records[kind][record_key(theirs)] == theirs


def test_a_code_that_others_gave_up_is_used_in_the_next_night(tmp_path: Path) -> None:
    lms = StrictLms()
    lms.put_by_hand(Kind.CLASSES, THEIR_CLASS)
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    roster.class_("strings", "music", school="south")
    package = roster.write(tmp_path / "night1")
    district.night(package)
    district.night(package)
    del lms.records[Kind.CLASSES]["strings",]
    report, _ = district.night(package)

    assert held(report, Kind.CLASSES) == 0
    assert lms.records[Kind.CLASSES]["strings",] != THEIR_CLASS


def test_an_account_that_others_made_meanwhile_is_refused_once_and_used_from_then_on(tmp_path: Path) -> None:
    lms = StrictLms()
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    theirs = User("ivy", "Student", "I.", None, "Hand", None, None, None, [], None)
    lms.put_by_hand(Kind.USERS, theirs)
    roster.user("ivy")
    roster.enroll("ivy", "geometry")
    package = roster.write(tmp_path / "night2")
    district.night(package)
    district.night(package)
    _, writes = district.night(package)

    assert writes == 0
    assert lms.records[Kind.USERS]["ivy",] == theirs
    assert ("geometry", "ivy") in lms.records[Kind.ENROLLMENTS]


def test_a_plan_that_does_not_look_holds_what_others_had_when_it_was_looked_at(tmp_path: Path) -> None:
    lms = StrictLms()
    lms.put_by_hand(Kind.CLASSES, THEIR_CLASS)
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    roster.class_("strings", "music", school="south")
    package = roster.write(tmp_path / "night1")
    district.night(package)
    plan = district.runner.plan(package, offline=True)
    assert (plan.changes(Kind.CLASSES), plan.held) == (1, 1)


def test_a_refused_change_waits_with_what_depends_on_it_for_the_nights_that_are_set(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.USERS: {("ada",)}})
    district = a_district(tmp_path / "data", lms)
    district.runner.settings = replace(district.runner.settings, refusals=Refusals(retry_after_nights=3))
    package = a_roster().write(tmp_path / "night1")
    first, _ = district.night(package)
    assert (held(first, Kind.USERS), held(first, Kind.ENROLLMENTS)) == (1, 2)
    for _ in range(2):
        report, writes = district.night(package)
        assert writes == 0
        assert causes(report) == {"refused.before", "dependency"}
        assert (held(report, Kind.USERS), held(report, Kind.ENROLLMENTS)) == (1, 2)
    again, writes = district.night(package)
    assert writes == 1
    assert [one.key for one in again.refused if one.kind is Kind.USERS] == ["ada"]
    _, writes = district.night(package)
    assert writes == 0


def test_a_refused_change_is_sent_again_when_a_person_says_so(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.USERS: {("ada",)}})
    district = a_district(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    district.night(package)
    lms.refuses.clear()
    report, _ = district.night(package, retry_refused=True)

    assert ("ada",) in lms.records[Kind.USERS]
    assert ("algebra", "ada") in lms.records[Kind.ENROLLMENTS]
    assert not report.needs_a_person
    assert district.runner.plan(package).is_empty


def test_a_refused_change_is_sent_again_when_its_content_changes(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.USERS: {("ada",)}})
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    lms.refuses.clear()
    roster.user("ada", username="ada.2")
    district.night(roster.write(tmp_path / "night2"))
    account = lms.records[Kind.USERS]["ada",]
    assert isinstance(account, User)
    assert account.username == "ada.2"


def test_an_update_that_was_refused_waits_and_a_later_one_does_not(tmp_path: Path) -> None:
    lms = FakeLms()
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    lms.refuses[Kind.USERS] = {("bo",)}
    roster.user("bo", givenName="Robert")
    package = roster.write(tmp_path / "night2")
    district.night(package)
    report, writes = district.night(package)
    assert (writes, held(report, Kind.USERS), causes(report)) == (0, 1, {"refused.before"})

    lms.refuses.clear()
    roster.user("bo", givenName="Rob")
    district.night(roster.write(tmp_path / "night4"))
    assert "Rob " in repr(lms.records[Kind.USERS]["bo",]).replace("'", " ")


def test_an_enrollment_that_was_refused_waits_until_its_person_or_class_changes(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.ENROLLMENTS: {("algebra", "dee"), ("choir", "hoa")}})
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    package = roster.write(tmp_path / "night1")
    district.night(package)
    report, writes = district.night(package)
    assert (writes, held(report, Kind.ENROLLMENTS)) == (0, 2)
    assert [(hold.subject, hold.changes) for hold in report.holds] == [("target.refused", 2)]

    lms.refuses.clear()
    roster.user("dee", givenName="Deirdre")
    district.night(roster.write(tmp_path / "night3"))
    assert ("algebra", "dee") in lms.records[Kind.ENROLLMENTS]
    assert ("choir", "hoa") not in lms.records[Kind.ENROLLMENTS]


def test_removals_that_were_refused_wait_too(tmp_path: Path) -> None:
    lms = FakeLms()
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    lms.refuses = {Kind.USERS: {("hoa",)}, Kind.ENROLLMENTS: {("choir", "hoa")}}
    roster.drop("users", "hoa")
    roster.drop("enrollments", "choir.hoa.student")
    package = roster.write(tmp_path / "night2")
    first, _ = district.night(package)
    report, writes = district.night(package)

    assert len(first.refused) == 2
    assert writes == 0
    assert {(hold.kind, hold.action) for hold in report.holds} == {
        (Kind.USERS, Action.REMOVE),
        (Kind.ENROLLMENTS, Action.REMOVE),
    }


@dataclass
class NamesOnce(FakeLms):
    """Refuses an account whose user name another one has."""

    def _carry_out(self, change: Change) -> Outcome:
        record = change.record
        if isinstance(record, User) and change.action is not Action.REMOVE:
            others = (one for key, one in self.records[Kind.USERS].items() if key != (record.key,))
            if any(isinstance(one, User) and one.username == record.username for one in others):
                return Outcome(OutcomeState.REFUSED, code="target.duplicate_username", message="taken")
        return super()._carry_out(change)


def test_a_user_name_that_somebody_of_ours_gives_up_is_given_in_the_same_night(tmp_path: Path) -> None:
    lms = NamesOnce()
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    lms.refuses[Kind.USERS] = {("ada",)}
    roster.user("ada", username="ada.quill")
    roster.user("ivy", username="ada")
    package = roster.write(tmp_path / "night2")
    first, _ = district.night(package)
    assert {one.code for one in first.refused} == {"target.refused", "target.duplicate_username"}
    _, writes = district.night(package)
    assert writes == 0
    lms.refuses.clear()
    roster.user("ada", username="ada.quill", givenName="Adelaide")
    district.night(roster.write(tmp_path / "night4"))
    assert ("ivy",) in lms.records[Kind.USERS]


def test_what_was_refused_for_nothing_of_its_own_is_sent_in_the_next_night(tmp_path: Path) -> None:
    lms = FakeLms(never_answers={("ada",)})
    district = a_district(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    first, _ = district.night(package)
    assert NO_CLEAR_ANSWER in {one.code for one in first.refused}
    lms.never_answers.clear()
    district.night(package)
    assert ("ada",) in lms.records[Kind.USERS]


def test_a_run_that_only_refuses_is_remembered(tmp_path: Path) -> None:
    """Nothing was applied, and yet the next night knows more."""
    lms = FakeLms(refuses={kind: _every_key() for kind in Kind})
    district = a_district(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    district.night(package)
    _, writes = district.night(package)
    assert writes == 0


def _every_key() -> set[tuple[str, ...]]:
    class Everything(set[tuple[str, ...]]):
        def __contains__(self, key: object) -> bool:
            return True

    return Everything()


def test_codes_that_mean_something_to_plans_are_codes_of_the_target() -> None:
    known = {refusal.code for refusal in REFUSALS} | {DEPENDS_ON_REFUSED, NO_CLEAR_ANSWER}
    assert known >= PASSING
    assert known >= KEY_TAKEN
    assert set(DUPLICATES) - KEY_TAKEN == {"target.duplicate_username", "target.duplicate_email"}


def test_a_record_that_is_no_longer_wanted_is_forgotten(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.ENROLLMENTS: {("algebra", "dee")}})
    district = a_district(tmp_path / "data", lms)
    roster = a_roster()
    district.night(roster.write(tmp_path / "night1"))
    without = roster.copy()
    without.drop("enrollments", "algebra.dee.student")
    district.night(without.write(tmp_path / "night2"))
    lms.refuses.clear()
    district.night(roster.write(tmp_path / "night3"))
    assert lms.records[Kind.ENROLLMENTS]["algebra", "dee"] == Enrollment("algebra", "dee", "student")
