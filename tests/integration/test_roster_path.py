"""The roster path from package to LMS, on a fake LMS: what a district sees happen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLms
from rosters import NO_GUARD, Roster, a_roster, a_runner
from sis_connect.errors import PackageRefusedError, PlanError, UnavailableError
from sis_connect.sync.apply import DEPENDS_ON_REFUSED
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Class, Enrollment, Kind, School, User
from sis_connect.sync.plan import Ownership
from sis_connect.sync.shape.rules import Classes, DistrictRules, Enrollments, People, Scope

if TYPE_CHECKING:
    from pathlib import Path


_OF_THE_PERSON = ("givenName", "familyName", "username", "identifier", "email")


def members(lms: FakeLms) -> set[tuple[str, str, str]]:
    """Who is in which class, as what."""
    held = lms.records[Kind.ENROLLMENTS].values()
    return {(record.class_key, record.user_key, record.role) for record in held if isinstance(record, Enrollment)}


def test_first_sync_creates_everything_and_counts_every_record(tmp_path: Path) -> None:
    lms = FakeLms()
    report = a_runner(tmp_path / "data", lms).sync(a_roster().write(tmp_path / "night1"))

    assert len(lms.records[Kind.SCHOOLS]) == 2
    assert len(lms.records[Kind.TERMS]) == 2
    assert len(lms.records[Kind.USERS]) == 10
    assert len(lms.records[Kind.CLASSES]) == 3
    assert len(members(lms)) == 14
    assert all(counts.adds_up for counts in report.records)
    assert {counts.entity: counts.applied for counts in report.records} == {
        "orgs": 2,
        "academicSessions": 2,
        "courses": 2,
        "classes": 3,
        "users": 10,
        "enrollments": 14,
    }


def test_second_sync_of_the_same_package_writes_nothing(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    runner.sync(package)
    batches = lms.batches
    report = runner.sync(package)

    assert lms.batches == batches
    assert report.changes == ()
    assert all(counts.adds_up and counts.applied == counts.held == 0 for counts in report.records)


def test_another_order_of_rows_is_the_same_roster(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    runner.sync(a_roster().write(tmp_path / "night1"))
    assert runner.plan(a_roster().write(tmp_path / "night2", seed=5)).is_empty


def test_a_student_who_moves_leaves_one_class_and_joins_the_other(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    roster.drop("enrollments", "algebra.dee.student")
    roster.enroll("dee", "geometry")
    runner.sync(roster.write(tmp_path / "night2"))

    assert ("geometry", "dee", "student") in members(lms)
    assert ("algebra", "dee", "student") not in members(lms)


def test_a_package_cut_short_removes_nobody(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    before = members(lms)
    short = roster.copy()
    for sourced_id in [key for key in short.rows["enrollments"] if not key.startswith("algebra")]:
        short.drop("enrollments", sourced_id)
    report = runner.sync(short.write(tmp_path / "night2"))

    assert members(lms) == before
    assert {hold.cause for hold in report.holds} >= {"guard.district"}
    [removals] = [c for c in report.changes if c.kind is Kind.ENROLLMENTS and c.action is Action.REMOVE]
    assert (removals.planned, removals.held, removals.applied) == (8, 8, 0)


def test_what_is_safe_flows_while_what_is_held_waits_for_a_person(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    for student in ("ada", "bo", "cy"):
        roster.drop("enrollments", f"geometry.{student}.student")
    roster.user("ivy")
    roster.enroll("ivy", "algebra")
    plan = runner.plan(roster.write(tmp_path / "night2"))
    runner.apply(plan.digest)

    assert ("algebra", "ivy", "student") in members(lms)
    assert ("geometry", "ada", "student") in members(lms)
    assert {(hold.cause, hold.subject) for hold in plan.holds} == {("guard.class", "geometry")}

    runner.approve(plan.digest, by="Pat", because="class split", cause="guard.class", kind=None, school=None)
    report = runner.apply(plan.digest)
    assert ("geometry", "ada", "student") not in members(lms)
    assert ("geometry", "tess", "teacher") in members(lms)
    assert all(counts.held == counts.refused == 0 for counts in report.changes)
    assert runner.plan(tmp_path / "night2").is_empty


def test_an_approval_lifts_nothing_but_what_it_names(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    for sourced_id in [key for key in roster.rows["enrollments"] if key.endswith("student")]:
        roster.drop("enrollments", sourced_id)
    plan = runner.plan(roster.write(tmp_path / "night2"))
    runner.approve(plan.digest, by="Pat", because="South only", cause=None, kind=Kind.ENROLLMENTS, school="south")
    runner.apply(plan.digest)

    assert {class_ for class_, _, role in members(lms) if role == "student"} == {"algebra", "geometry"}


def test_an_approval_of_one_night_does_not_open_the_next(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    full, short = a_roster(), a_roster()
    for sourced_id in [key for key in short.rows["enrollments"] if key.endswith("student")]:
        short.drop("enrollments", sourced_id)
    runner.sync(full.write(tmp_path / "night1"))
    first = runner.plan(short.write(tmp_path / "night2"))
    runner.approve(first.digest, by="Pat", because="holidays", cause=None, kind=None, school=None)
    runner.apply(first.digest)
    runner.sync(tmp_path / "night1")
    second = runner.plan(tmp_path / "night2")

    assert second.digest != first.digest
    assert second.held == second.changes(Kind.ENROLLMENTS, Action.REMOVE) == 11


def test_a_renumbered_student_keeps_account_and_classes(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    account = lms.ids[Kind.USERS]["ada",]
    new = a_roster()
    new.drop("users", "ada")
    for class_ in ("algebra", "geometry"):
        new.drop("enrollments", f"{class_}.ada.student")
    new.user("ada-2", **{name: roster.rows["users"]["ada"][name] for name in _OF_THE_PERSON})
    new.enroll("ada-2", "algebra")
    new.enroll("ada-2", "geometry")
    plan = runner.plan(new.write(tmp_path / "night2"))
    assert [(count.kind, count.action, count.changes) for count in plan.counts] == [(Kind.USERS, Action.UPDATE, 1)]
    runner.apply(plan.digest)

    assert lms.ids[Kind.USERS]["ada-2",] == account
    assert ("geometry", "ada-2", "student") in members(lms)
    assert runner.plan(tmp_path / "night2").is_empty


def test_an_identifier_that_returns_under_another_name_is_held_on_both_sides(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms, guard=NO_GUARD)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    roster.drop("users", "hoa")
    roster.drop("enrollments", "choir.hoa.student")
    roster.user("zed", identifier="n-hoa", school="south")
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert ("hoa",) in lms.records[Kind.USERS]
    assert ("zed",) not in lms.records[Kind.USERS]
    assert sum(counts.held for counts in report.changes if counts.kind is Kind.USERS) == 2


def test_a_renumbered_class_keeps_its_section_and_its_people(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    section = lms.ids[Kind.CLASSES]["choir",]
    new = a_roster()
    new.rows["classes"]["choir-2"] = new.rows["classes"].pop("choir") | {"sourcedId": "choir-2"}
    for row in new.rows["enrollments"].values():
        if row["classSourcedId"] == "choir":
            row["classSourcedId"] = "choir-2"
    plan = runner.plan(new.write(tmp_path / "night2"))
    assert [(count.kind, count.action, count.changes) for count in plan.counts] == [(Kind.CLASSES, Action.UPDATE, 1)]
    runner.apply(plan.digest)

    assert lms.ids[Kind.CLASSES]["choir-2",] == section
    assert runner.plan(tmp_path / "night2").is_empty


def test_a_quarantined_student_keeps_the_last_good_state(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms, guard=NO_GUARD)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    before = members(lms)
    roster.user("ada", role="wizard")
    report = runner.sync(roster.write(tmp_path / "night2"))

    assert members(lms) == before
    assert ("ada",) in lms.records[Kind.USERS]
    users = next(counts for counts in report.records if counts.entity == "users")
    enrollments = next(counts for counts in report.records if counts.entity == "enrollments")
    assert (users.quarantined, enrollments.quarantined) == (1, 2)
    assert users.adds_up
    assert enrollments.adds_up


def test_lines_that_are_no_records_hold_every_removal_of_their_kind(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms, guard=NO_GUARD)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    roster.drop("enrollments", "choir.hoa.student")
    package = roster.write(tmp_path / "night2")
    with (package / "enrollments.csv").open("a") as file:
        file.write("choir.hoa.student,torn\n")
    report = runner.sync(package)

    assert ("choir", "hoa", "student") in members(lms)
    assert {hold.cause for hold in report.holds} == {"guard.unreadable"}


def test_a_delta_gives_what_the_full_package_gives(tmp_path: Path) -> None:
    roster = a_roster()
    changed = roster.copy()
    changed.drop("enrollments", "algebra.eli.student")
    changed.user("ivy")
    changed.enroll("ivy", "geometry")
    changed.user("bo", givenName="Robert")
    by_delta, by_bulk = FakeLms(), FakeLms()
    first = a_runner(tmp_path / "delta", by_delta)
    second = a_runner(tmp_path / "bulk", by_bulk)
    base = roster.write(tmp_path / "night1")
    first.sync(base)
    second.sync(base)
    first.sync(changed.write_delta(tmp_path / "night2-delta", roster))
    second.sync(changed.write(tmp_path / "night2"))

    assert by_delta.records == by_bulk.records
    assert first.plan(tmp_path / "night2").is_empty


def test_a_delta_with_nothing_before_it_is_refused(tmp_path: Path) -> None:
    delta = a_roster().write_delta(tmp_path / "delta", a_roster_without_users())
    with pytest.raises(PackageRefusedError) as refusal:
        a_runner(tmp_path / "data", FakeLms()).sync(delta)
    assert refusal.value.code == "package.nothing_before"


def a_roster_without_users() -> Roster:
    roster = a_roster()
    roster.rows["users"].clear()
    return roster


def test_what_others_made_is_used_but_never_changed_or_removed(tmp_path: Path) -> None:
    lms = FakeLms()
    lms.put_by_hand(Kind.SCHOOLS, School("b-1", "North School", None))
    lms.put_by_hand(Kind.USERS, User("ada", "Student", "A.", None, "Hand", "ada.hand", None, None, [], None))
    lms.put_by_hand(Kind.CLASSES, Class("chess", "Chess", "club", "Club", "club", "b-1", [], None))
    lms.put_by_hand(Kind.ENROLLMENTS, Enrollment("chess", "ada", "student"))
    by_hand = {kind: dict(records) for kind, records in lms.records.items()}
    runner = a_runner(tmp_path / "data", lms, guard=NO_GUARD)
    roster = a_roster()
    plan = runner.plan(roster.write(tmp_path / "night1"))
    assert (plan.changes(Kind.SCHOOLS, Action.LINK), plan.changes(Kind.USERS, Action.LINK)) == (1, 1)
    runner.apply(plan.digest)
    assert ("algebra", "ada", "student") in members(lms)
    roster.drop("users", "ada")
    for class_ in ("algebra", "geometry"):
        roster.drop("enrollments", f"{class_}.ada.student")
    runner.sync(roster.write(tmp_path / "night2"))

    assert ("algebra", "ada", "student") not in members(lms)
    for kind, records in by_hand.items():
        for key, record in records.items():
            assert lms.records[kind][key] == record


def test_a_section_that_others_made_under_our_code_is_held_unless_adopted(tmp_path: Path) -> None:
    lms = FakeLms()
    theirs = Class("choir", "Old choir", "music", "Music", "music", "south", [], None)
    lms.put_by_hand(Kind.CLASSES, theirs)
    package = a_roster().write(tmp_path / "night1")
    report = a_runner(tmp_path / "data", lms).sync(package)
    assert lms.records[Kind.CLASSES]["choir",] == theirs
    assert not any(class_ == "choir" for class_, _, _ in members(lms))
    assert next(counts for counts in report.records if counts.entity == "enrollments").held == 4

    fresh = FakeLms()
    fresh.put_by_hand(Kind.CLASSES, theirs)
    a_runner(tmp_path / "adopting", fresh, ownership=Ownership(adopt=("classes",))).sync(package)
    assert fresh.records[Kind.CLASSES]["choir",] != theirs
    assert ("choir", "tom", "teacher") in members(fresh)


def test_classes_of_an_ended_year_are_released_with_everybody_in_them(tmp_path: Path) -> None:
    lms = FakeLms()
    roster = a_roster()
    a_runner(tmp_path / "data", lms).sync(roster.write(tmp_path / "night1"))
    before = members(lms)
    for row in roster.rows["academicSessions"].values():
        row["startDate"] = row["startDate"].replace("2027", "2028").replace("2026", "2027")
        row["endDate"] = row["endDate"].replace("2027", "2028").replace("2026", "2027")
        row["schoolYear"] = "2028"
        row["title"] = row["title"].replace("2026-27", "2027-28")
    for name in ("classes", "enrollments"):
        rows = list(roster.rows[name].values())
        roster.rows[name] = {}
        for row in rows:
            for column in ("sourcedId", "classSourcedId"):
                if column in row and (column == "sourcedId" or name == "enrollments"):
                    row[column] = f"{row[column]}-28"
            roster.rows[name][row["sourcedId"]] = row
    next_year = a_runner(tmp_path / "data", lms, now=lambda: datetime(2027, 9, 1, tzinfo=UTC))
    plan = next_year.plan(roster.write(tmp_path / "night2"))
    assert plan.changes(Kind.ENROLLMENTS, Action.REMOVE) == 0
    assert plan.changes(Kind.CLASSES, Action.RELEASE) == 3
    next_year.apply(plan.digest)

    assert before < members(lms)
    assert next_year.plan(tmp_path / "night2").is_empty


def test_a_refused_record_holds_what_depends_on_it_and_is_tried_again_when_asked(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.USERS: {("ada",)}})
    runner = a_runner(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    report = runner.sync(package)
    users = next(counts for counts in report.records if counts.entity == "users")
    enrollments = next(counts for counts in report.records if counts.entity == "enrollments")
    assert (users.held, enrollments.held) == (1, 2)
    assert all(counts.adds_up for counts in report.records)

    lms.refuses.clear()
    runner.sync(package, retry_refused=True)
    assert ("algebra", "ada", "student") in members(lms)


def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(tmp_path: Path) -> None:
    lms, calm = FakeLms(loses_answer={3, 5, 6, 9}), FakeLms()
    package = a_roster().write(tmp_path / "night1")
    a_runner(tmp_path / "data", lms).sync(package)
    a_runner(tmp_path / "calm", calm).sync(package)

    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    lms, calm = FakeLms(is_away={4, 7, 8}), FakeLms()
    package = a_roster().write(tmp_path / "night1")
    runner = a_runner(tmp_path / "data", lms)
    plan = runner.plan(package)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            runner.apply(plan.digest)
    with pytest.raises(PlanError, match="unfinished"):
        runner.plan(package)
    runner.apply(plan.digest)
    a_runner(tmp_path / "calm", calm).sync(package)

    assert lms.records == calm.records
    assert len(lms.written) == len(calm.written)


def test_an_unfinished_run_can_be_closed_and_the_next_plan_brings_the_rest(tmp_path: Path) -> None:
    lms = FakeLms(is_away={5})
    runner = a_runner(tmp_path / "data", lms)
    package = a_roster().write(tmp_path / "night1")
    with pytest.raises(UnavailableError):
        runner.sync(package)
    report = runner.close()
    assert all(counts.adds_up for counts in report.records)
    written = len(lms.written)
    runner.sync(package)

    assert written > 0
    assert len(lms.written) == len({(change.kind, change.record.KEY, repr(change.record)) for change in lms.written})
    assert runner.plan(package).is_empty


def test_a_plan_that_another_one_overtook_no_longer_applies(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    roster = a_roster()
    first = runner.plan(roster.write(tmp_path / "night1"))
    roster.user("ivy")
    runner.sync(roster.write(tmp_path / "night2"))
    with pytest.raises(PlanError, match="no longer fits"):
        runner.apply(first.digest)


def test_a_plan_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    plan = runner.plan(a_roster().write(tmp_path / "night1"))
    (runner.plan_folder(plan) / "users.parquet").write_bytes(b"something else")
    with pytest.raises(PlanError, match="not what was sealed"):
        runner.apply(plan.digest)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (DistrictRules(scope=Scope(schools=("south",))), {"choir"}),
        (DistrictRules(scope=Scope(terms=("spring",))), {"choir", "geometry"}),
        (
            DistrictRules(classes=Classes(spanning_terms="per_term")),
            {"algebra", "choir", "geometry@fall", "geometry@spring"},
        ),
    ],
    ids=["one school", "one term", "a section for each term"],
)
def test_the_district_says_which_classes_there_are(tmp_path: Path, rules: DistrictRules, expected: set[str]) -> None:
    lms = FakeLms()
    report = a_runner(tmp_path / "data", lms, rules=rules).sync(a_roster().write(tmp_path / "night1"))
    assert {key for (key,) in lms.records[Kind.CLASSES]} == expected
    assert all(counts.adds_up for counts in report.records)


def test_guardians_are_linked_to_their_students_where_the_district_wants_them(tmp_path: Path) -> None:
    roster = a_roster()
    roster.user("mum", "parent", agentSourcedIds="ada")
    roster.user("uncle", "relative")
    roster.rows["users"]["bo"]["agentSourcedIds"] = "uncle"
    lms = FakeLms()
    rules = DistrictRules(people=People(guardians="sync"))
    runner = a_runner(tmp_path / "data", lms, rules=rules)
    runner.sync(roster.write(tmp_path / "night1"))
    assert set(lms.records[Kind.AGENTS]) == {("ada", "mum"), ("bo", "uncle")}

    none = FakeLms()
    a_runner(tmp_path / "without", none).sync(tmp_path / "night1")
    assert not none.records[Kind.AGENTS]
    assert ("mum",) not in none.records[Kind.USERS]


def test_two_records_of_one_person_are_one_account_with_the_higher_role(tmp_path: Path) -> None:
    roster = a_roster()
    as_teacher = {name: roster.rows["users"]["tess"][name] for name in _OF_THE_PERSON}
    roster.user("tess-at-south", "student", school="south", **as_teacher)
    roster.enroll("tess-at-south", "choir")
    lms = FakeLms()
    rules = DistrictRules(people=People(match_by="identifier"))
    report = a_runner(tmp_path / "data", lms, rules=rules).sync(roster.write(tmp_path / "night1"))

    account = lms.records[Kind.USERS]["n-tess",]
    assert isinstance(account, User)
    assert (account.role, account.school_key, account.other_school_keys) == ("Teacher", "north", ["south"])
    assert ("choir", "n-tess", "student") in members(lms)
    assert all(counts.adds_up for counts in report.records)


def test_a_waiting_enrollment_is_put_in_on_its_day(tmp_path: Path) -> None:
    roster = a_roster()
    roster.enroll("dee", "geometry", beginDate="2026-11-01")
    waits = DistrictRules(enrollments=Enrollments(before_begin="wait"))
    lms = FakeLms()
    a_runner(tmp_path / "data", lms, rules=waits).sync(roster.write(tmp_path / "night1"))
    assert ("geometry", "dee", "student") not in members(lms)


def test_a_delta_after_a_night_of_torn_lines_takes_nobody_away(tmp_path: Path) -> None:
    """Whoever stands behind a line that could not be read stays until a bulk file says otherwise."""
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    runner.sync(a_roster().write(tmp_path / "night1"))
    torn = a_roster()
    torn.drop("users", "hoa")
    torn.drop("enrollments", "choir.hoa.student")
    package = torn.write(tmp_path / "night2")
    for name, line in {"users": "hoa,torn", "enrollments": "choir.hoa.student,torn"}.items():
        with (package / f"{name}.csv").open("a") as file:
            file.write(f"{line}\n")
    runner.sync(package)
    changed = torn.copy()
    changed.user("bo", givenName="Robert")
    changed.rows["enrollments"]["algebra.eli.student"]["primary"] = "false"
    report = runner.sync(changed.write_delta(tmp_path / "night3", torn))
    assert ("choir", "hoa", "student") in members(lms)
    assert ("hoa",) in lms.records[Kind.USERS]
    assert all(counts.adds_up for counts in report.records)

    runner.sync(changed.write(tmp_path / "night4"))
    assert ("hoa",) not in lms.records[Kind.USERS]


def test_a_delta_is_laid_over_what_was_applied_last_whatever_was_planned_since(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    what_if = roster.copy()
    what_if.drop("users", "hoa")
    what_if.drop("enrollments", "choir.hoa.student")
    runner.plan(what_if.write(tmp_path / "what-if"), offline=True)
    changed = roster.copy()
    changed.user("bo", givenName="Robert")
    report = runner.sync(changed.write_delta(tmp_path / "night2", roster))

    assert [(counts.kind, counts.action) for counts in report.changes] == [(Kind.USERS, Action.UPDATE)]
    assert ("hoa",) in lms.records[Kind.USERS]


def test_no_delta_is_planned_over_one_that_was_never_applied(tmp_path: Path) -> None:
    lms = FakeLms()
    runner = a_runner(tmp_path / "data", lms)
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    second, third = roster.copy(), roster.copy()
    second.user("ivy")
    third.user("ivy")
    third.user("bo", givenName="Robert")
    first_delta = second.write_delta(tmp_path / "night2", roster)
    second_delta = third.write_delta(tmp_path / "night3", second)
    runner.plan(first_delta)
    plan = runner.plan(first_delta)
    with pytest.raises(PlanError, match="would be lost") as refusal:
        runner.plan(second_delta)
    assert plan.digest[:12] in refusal.value.fix

    runner.apply(plan.digest)
    runner.sync(second_delta)
    assert ("ivy",) in lms.records[Kind.USERS]
    assert runner.plan(third.write(tmp_path / "all")).is_empty


def test_a_bulk_package_takes_the_place_of_a_delta_that_was_never_applied(tmp_path: Path) -> None:
    runner = a_runner(tmp_path / "data", FakeLms())
    roster = a_roster()
    runner.sync(roster.write(tmp_path / "night1"))
    changed = roster.copy()
    changed.user("ivy")
    runner.plan(changed.write_delta(tmp_path / "night2", roster))
    runner.sync(roster.write(tmp_path / "night3"))
    changed.user("joy")
    assert runner.plan(changed.write_delta(tmp_path / "night4", roster)).changes(Kind.USERS, Action.CREATE) == 2


def test_a_school_that_joins_is_looked_at_for_what_others_made_there(tmp_path: Path) -> None:
    lms = FakeLms()
    by_hand = User("ada", "Student", "A.", None, "Hand", None, None, None, [], None)
    lms.put_by_hand(Kind.USERS, by_hand)
    package = a_roster().write(tmp_path / "night1")
    one_school = DistrictRules(scope=Scope(schools=("south",)))
    a_runner(tmp_path / "data", lms, rules=one_school).sync(package)
    report = a_runner(tmp_path / "data", lms).sync(package)

    assert not report.refused
    assert lms.records[Kind.USERS]["ada",] == by_hand
    assert ("algebra", "ada", "student") in members(lms)


def test_a_report_names_what_was_refused_and_why(tmp_path: Path) -> None:
    lms = FakeLms(refuses={Kind.USERS: {("ada",), ("hoa",)}})
    report = a_runner(tmp_path / "data", lms).sync(a_roster().write(tmp_path / "night1"))
    people = {(one.key, one.code, one.message) for one in report.refused if one.kind is Kind.USERS}
    classes = {(one.key, one.code) for one in report.refused if one.kind is Kind.ENROLLMENTS}

    assert people == {("ada", "target.refused", "told to"), ("hoa", "target.refused", "told to")}
    assert classes == {(f"{pair}", DEPENDS_ON_REFUSED) for pair in ("algebra / ada", "geometry / ada", "choir / hoa")}
