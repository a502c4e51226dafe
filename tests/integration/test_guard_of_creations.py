"""The guard counts what is new, too; and ids that are only written otherwise double nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import NO_GUARD, Roster, a_roster, a_runner
from sis_connect.runs.listing import open_listing
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.guard import GuardRules, Threshold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.runs.runner import Runner
    from sis_connect.sync.plan.plan import Plan

FEW = Threshold(percent=50, at_least=2)


def synced(tmp_path: Path, lms: FakeLms, guard: GuardRules | None = None) -> tuple[Runner, Roster]:
    """A runner after its first night, and the roster to change."""
    runner = a_runner(tmp_path / "data", lms, guard=guard)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    return runner, roster


def causes(plan: Plan) -> set[tuple[str, Kind]]:
    """What holds changes of which kind."""
    return {(hold.cause, hold.kind) for hold in plan.holds}


def rewritten(roster: Roster, write: Callable[[str], str], *entities: str) -> Roster:
    """The same roster, the ids of these entities written otherwise wherever they stand."""
    ids = {id_: write(id_) for name in entities for id_ in roster.rows[name]}
    other = Roster()
    for entity, rows in roster.rows.items():
        for sourced_id, row in rows.items():
            new = ids.get(sourced_id, sourced_id) if entity in entities else sourced_id
            references = {
                name: ",".join(ids.get(one, one) for one in value.split(","))
                for name, value in row.items()
                if value and name.endswith(("SourcedId", "SourcedIds"))
            }
            other.rows[entity][new] = row | references | {"sourcedId": new}
    return other


def test_more_new_people_than_the_threshold_wait_with_their_classes(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    roster.class_("drawing")
    for number in range(30):
        roster.user(f"new{number}")
        roster.enroll(f"new{number}", "drawing")
    report = runner.sync(roster.write(tmp_path / "night2"))

    held = {(hold.cause, hold.kind, hold.action, hold.changes, hold.held) for hold in report.holds}
    assert ("guard.creations", Kind.USERS, Action.CREATE, 30, 10) in held
    assert ("dependency", Kind.ENROLLMENTS, Action.CREATE, 30, 0) in held
    assert len(lms.records[Kind.USERS]) == 10
    assert ("drawing",) in lms.records[Kind.CLASSES]
    runner.approve(report.plan, by="Pat", because="a school joins", cause="guard.creations", kind=None, school=None)
    runner.apply(report.plan)
    assert len(lms.records[Kind.USERS]) == 40


def test_a_first_night_is_no_crowd(tmp_path: Path) -> None:
    roster = a_roster()
    for number in range(30):
        roster.user(f"new{number}")
    assert not a_runner(tmp_path / "data", FakeLms()).sync(roster.write(tmp_path / "night1")).holds


def test_a_new_year_of_classes_and_a_class_of_newcomers_flow(tmp_path: Path) -> None:
    """All classes and enrollments are made anew, and some people and courses are new."""
    lms = FakeLms()
    guard = GuardRules(creations=FEW, school_creations=FEW, class_=Threshold(percent=100), role=Threshold(percent=100))
    runner, roster = synced(tmp_path, lms, guard)
    roster.put("courses", "drama", title="Drama", orgSourcedId="district", courseCode="DRAMA")
    for number in range(30):
        roster.class_(f"section{number}", "drama" if number == 0 else "maths", terms="spring")
        roster.enroll("ada", f"section{number}")
    for number in range(5):
        roster.user(f"new{number}")
    plan = runner.plan(roster.write(tmp_path / "night2"))
    assert plan.changes(Kind.CLASSES, Action.CREATE) == 30
    assert not plan.holds


def test_schools_and_courses_have_thresholds_too(tmp_path: Path) -> None:
    runner, roster = synced(tmp_path, FakeLms(), GuardRules(creations=FEW))
    for name in ("west", "east"):
        roster.put("orgs", name, name=f"{name.title()} School", type="school", parentSourcedId="district")
    for number in range(3):
        roster.put("courses", f"c{number}", title=f"C{number}", orgSourcedId="district", courseCode=f"C{number}")
        roster.class_(f"k{number}", f"c{number}")
    held = causes(runner.plan(roster.write(tmp_path / "night2")))
    assert {("guard.creations", Kind.SCHOOLS), ("guard.creations", Kind.COURSES)} <= held
    assert ("dependency", Kind.CLASSES) in held


def test_a_district_sets_its_own_threshold_for_what_is_new(tmp_path: Path) -> None:
    runner, roster = synced(tmp_path, FakeLms(), GuardRules(creations=Threshold(percent=500)))
    for number in range(30):
        roster.user(f"new{number}")
    assert not runner.plan(roster.write(tmp_path / "night2")).holds


def test_people_whom_schoology_refused_before_are_no_newcomers(tmp_path: Path) -> None:
    """They were planned once, and wait for a reason of their own."""
    lms = FakeLms(refuses={Kind.USERS: {(name,) for name in ("bo", "cy", "dee", "eli", "fay", "gil", "hoa")}})
    runner, roster = synced(tmp_path, lms, GuardRules(creations=FEW))
    plan = runner.plan(roster.write(tmp_path / "night2"))
    assert ("refused.before", Kind.USERS) in causes(plan)
    assert "guard.creations" not in {hold.cause for hold in plan.holds}


@pytest.mark.parametrize("write", [str.upper, lambda id_: f"{id_[:1].upper()}{id_[1:]}"])
def test_a_feed_that_writes_all_ids_otherwise_doubles_nothing_and_loses_nobody(
    tmp_path: Path, write: Callable[[str], str]
) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    before = {kind: len(records) for kind, records in lms.records.items()}
    entities = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
    plan = runner.plan(rewritten(roster, write, *entities).write(tmp_path / "night2"))
    runner.apply(plan.digest)

    assert not any(c.action in {Action.CREATE, Action.REMOVE} and c.changes > c.held for c in plan.counts)
    assert {kind: len(records) for kind, records in lms.records.items()} == before
    assert (write("algebra"),) in lms.records[Kind.CLASSES]
    assert runner.plan(tmp_path / "night2").is_empty


def test_an_id_that_is_only_written_otherwise_under_another_name_waits_and_nobody_is_taken_out(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms, NO_GUARD)
    members = set(lms.records[Kind.ENROLLMENTS])
    other = rewritten(roster, str.upper, "classes")
    other.rows["classes"]["ALGEBRA"] |= {"title": "Algebra again"}
    plan = runner.plan(other.write(tmp_path / "night2"))
    runner.apply(plan.digest)

    assert ("keys.alike", Kind.CLASSES) in causes(plan)
    assert ("ALGEBRA",) not in lms.records[Kind.CLASSES]
    assert {member for member in members if member[0] == "algebra"} <= lms.records[Kind.ENROLLMENTS].keys()
    with open_listing(runner, plan) as listing:
        [group] = [one for one in listing.held() if (one.cause, one.kind) == ("keys.alike", Kind.CLASSES)]
    assert group.is_approvable
    assert "upper and lower case" in group.explanation
    runner.approve(plan.digest, by="Pat", because="two classes", cause="keys.alike", kind=None, school=None)
    runner.apply(plan.digest)
    assert {("ALGEBRA",), ("algebra",)} <= lms.records[Kind.CLASSES].keys()


def test_changes_that_write_ids_otherwise_wait_beside_what_is_known(tmp_path: Path) -> None:
    """Laid over what is known, both ids are in the roster."""
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    changed = rewritten(roster, str.upper, "classes", "users")
    known = changed.copy()
    known.rows["classes"], known.rows["users"] = {}, {}
    plan = runner.plan(changed.write_delta(tmp_path / "delta", known))
    runner.apply(plan.digest)

    assert {("keys.alike", Kind.CLASSES), ("keys.alike", Kind.USERS)} <= causes(plan)
    assert len(lms.records[Kind.CLASSES]) == 3
    assert len(lms.records[Kind.USERS]) == 10


def test_somebody_else_under_a_like_id_waits_with_the_one_who_is_there(tmp_path: Path) -> None:
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms, NO_GUARD)
    other = rewritten(roster, lambda id_: id_.upper() if id_ == "ada" else id_, "users")
    other.rows["users"]["ADA"] |= {
        "givenName": "Zora",
        "familyName": "Quill",
        "username": "zora",
        "email": "zora@district.example",
        "identifier": "n-new",
    }
    plan = runner.plan(other.write(tmp_path / "night2"))
    runner.apply(plan.digest)
    assert ("keys.alike", Kind.USERS) in causes(plan)
    assert ("ada",) in lms.records[Kind.USERS]
    assert ("ADA",) not in lms.records[Kind.USERS]
    assert ("algebra", "ada") in lms.records[Kind.ENROLLMENTS]


def test_every_cause_that_holds_a_change_is_named_with_the_plan_and_its_report(tmp_path: Path) -> None:
    """Also those that are no threshold: once the plan is gone, its report is all that explains them."""
    lms = FakeLms()
    runner, roster = synced(tmp_path, lms)
    roster.user("ada", givenName="Nova", familyName="Other", username="nova", email="n@x.example", identifier="n-9")
    report = runner.sync(roster.write(tmp_path / "night2"))
    assert [(hold.cause, hold.kind, hold.action, hold.changes) for hold in report.holds] == [
        ("renumbering.doubtful", Kind.USERS, Action.UPDATE, 1)
    ]
