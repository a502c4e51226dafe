"""The guard where a district has few of a kind: schools and terms; and what a held one holds in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fakes import FakeLms
from rosters import Roster, a_roster, a_runner
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind, School, Term
from sis_connect.sync.plan.guard import GuardRules, Threshold
from sis_connect.sync.shape.rules import DistrictRules, Schools

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.runs.runner import Runner


def synced(tmp_path: Path, lms: FakeLms, guard: GuardRules | None = None) -> tuple[Runner, Roster]:
    """A runner after its first night, and the roster to change."""
    runner = a_runner(tmp_path / "data", lms, guard=guard)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    return runner, roster


def test_a_feed_that_moves_all_terms_waits_for_a_person(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    before = dict(lms.records[Kind.TERMS])
    for name in ("fall", "spring"):
        roster.rows["academicSessions"][name]["endDate"] = "2027-06-09"
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert lms.records[Kind.TERMS] == before
    assert {(hold.cause, hold.kind) for hold in report.holds} == {("guard.updates", Kind.TERMS)}
    runner.approve(report.plan, by="Pat", because="the board said so", cause="guard.updates", kind=None, school=None)
    runner.apply(report.plan)
    assert all(isinstance(term, Term) and term.end_date.day == 9 for term in lms.records[Kind.TERMS].values())


def test_a_feed_that_renames_all_schools_waits_for_a_person(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    for school in ("north", "south"):
        roster.rows["orgs"][school]["name"] = "Unnamed"
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert {(hold.cause, hold.kind, hold.changes) for hold in report.holds} == {("guard.updates", Kind.SCHOOLS, 2)}
    titles = {school.title for school in lms.records[Kind.SCHOOLS].values() if isinstance(school, School)}
    assert titles == {"North School", "South School"}


def test_one_school_that_gets_a_new_name_flows(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    roster.rows["orgs"]["south"]["name"] = "Lincoln School"
    report = runner.sync(roster.write(tmp_path / "night2"))
    assert not report.holds
    assert any(isinstance(one, School) and one.title == "Lincoln School" for one in lms.records[Kind.SCHOOLS].values())


def test_schools_that_only_get_other_keys_flow(tmp_path: Path) -> None:
    """A SIS that is replaced numbers everything anew; nobody sees that in the LMS."""
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    for school in ("north", "south"):
        roster.rows["orgs"][f"{school}-2"] = roster.rows["orgs"].pop(school) | {"sourcedId": f"{school}-2"}
    for name, column in {
        "users": "orgSourcedIds",
        "classes": "schoolSourcedId",
        "enrollments": "schoolSourcedId",
    }.items():
        for row in roster.rows[name].values():
            row[column] = f"{row[column]}-2"
    plan = runner.plan(roster.write(tmp_path / "night2"))
    assert not [hold for hold in plan.holds if hold.kind is Kind.SCHOOLS]


def test_a_district_sets_its_own_threshold_for_few(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms, GuardRules(term_updates=Threshold(percent=100)))
    for name in ("fall", "spring"):
        roster.rows["academicSessions"][name]["endDate"] = "2027-06-09"
    assert not runner.sync(roster.write(tmp_path / "night2")).holds


def test_a_school_that_may_not_be_made_holds_the_people_who_are_there_too(tmp_path: Path) -> None:
    """Also those whose first school is another one."""
    lms = FakeLms()
    roster = a_roster()
    roster.user("ada", orgSourcedIds="north,south")
    lms.put_by_hand(Kind.SCHOOLS, School("b-1", "North School", None))
    runner = a_runner(tmp_path / "data", lms, rules=DistrictRules(schools=Schools(create=False)))
    plan = runner.plan(roster.write(tmp_path / "night1"))
    report = runner.apply(plan.digest)

    assert all(counts.adds_up for counts in report.records)
    assert ("ada",) not in lms.records[Kind.USERS]
    assert ("bo",) in lms.records[Kind.USERS]
    assert ("fay",) not in lms.records[Kind.USERS]
    assert plan.changes(Kind.SCHOOLS, Action.LINK) == 1


def test_a_class_in_a_term_whose_new_key_is_held_waits_for_it(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    terms = roster.rows["academicSessions"]
    for name in ("fall", "spring"):
        terms[f"{name}-2"] = terms.pop(name) | {"sourcedId": f"{name}-2", "title": f"{name} semester"}
    for row in roster.rows["classes"].values():
        row["termSourcedIds"] = ",".join(f"{term}-2" for term in row["termSourcedIds"].split(","))
    roster.class_("drawing", "music", school="south", terms="fall-2")
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert not report.refused
    assert ("drawing",) not in lms.records[Kind.CLASSES]
    assert all(counts.adds_up for counts in report.records)
    runner.approve(report.plan, by="Pat", because="a new SIS", cause="guard.updates", kind=None, school=None)
    runner.apply(report.plan)
    runner.settings = replace(runner.settings)
    runner.sync(tmp_path / "night2")
    assert ("drawing",) in lms.records[Kind.CLASSES]
