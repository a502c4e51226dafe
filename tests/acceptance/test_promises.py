"""The promises of the roster path, for any roster and any change of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeLms
from rosters import NO_GUARD, Roster, a_roster, a_runner
from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Enrollment, Kind
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.shape.rules import Classes, DistrictRules, People

if TYPE_CHECKING:
    from collections.abc import Iterator

_STUDENTS = tuple(f"student{number}" for number in range(12))
_CLASSES = ("algebra", "geometry", "choir")

# Whole runs on real files: a few examples say more than a deadline.
_FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Two schools with some students in some classes, some of them renamed, some of it broken."""
    roster = a_roster()
    for entity in ("users", "enrollments"):
        for key in [key for key, row in roster.rows[entity].items() if row["role"] == "student"]:
            roster.drop(entity, key)
    for student in sorted(draw(st.sets(st.sampled_from(_STUDENTS), max_size=10))):
        name = draw(st.sampled_from(["", "Zoë", "O'Neil", 'Ann "Nan"', "李"]))
        roster.user(student, **({"givenName": name} if name else {}))
        for class_ in sorted(draw(st.sets(st.sampled_from(_CLASSES), max_size=3))):
            roster.enroll(student, class_)
        if draw(st.integers(0, 9)) == 0:
            roster.rows["users"][student]["role"] = "wizard"
    return roster


def expected_members(roster: Roster) -> set[tuple[str, str, str]]:
    """Who should be in which class, by a second way of saying so."""
    return {
        (row["classSourcedId"], row["userSourcedId"], row["role"])
        for row in roster.rows["enrollments"].values()
        if row["userSourcedId"] in usable(roster)
    }


def unreadable(roster: Roster) -> set[str]:
    """Who has a role that nobody knows."""
    return {key for key, row in roster.rows["users"].items() if row["role"] == "wizard"}


def usable(roster: Roster) -> set[str]:
    """Everybody else."""
    return roster.rows["users"].keys() - unreadable(roster)


def take_out_of_classes(users: set[str], roster: Roster) -> None:
    """Of a class with somebody unknown in it nobody can be said to be gone: what leaves it waits for a person."""
    places = roster.rows["enrollments"]
    for key in [key for key, row in places.items() if row["userSourcedId"] in users]:
        roster.drop("enrollments", key)


def members(lms: FakeLms) -> set[tuple[str, str, str]]:
    held = lms.records[Kind.ENROLLMENTS].values()
    return {(record.class_key, record.user_key, record.role) for record in held if isinstance(record, Enrollment)}


def folders() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1000):
            yield Path(folder) / str(number)


@_FEW
@given(first=rosters(), second=rosters(), seed=st.integers(0, 1000))
def test_the_lms_ends_as_the_sis_says_and_then_nothing_is_left_to_do(first: Roster, second: Roster, seed: int) -> None:
    """Apply then plan is empty; plan of a state with itself is empty; delta equals full; order changes nothing."""
    take_out_of_classes(unreadable(second) - usable(first), second)
    new = folders()
    by_bulk, by_delta = FakeLms(), FakeLms()
    bulk = a_runner(next(new), by_bulk, guard=NO_GUARD)
    delta = a_runner(next(new), by_delta, guard=NO_GUARD)
    package = first.write(next(new))
    bulk.sync(package)
    assert members(by_bulk) == expected_members(first)
    assert bulk.plan(package).is_empty
    delta.sync(package)
    changed = second.write(next(new))
    report = bulk.sync(changed)
    assert all(counts.adds_up for counts in report.records)
    assert bulk.plan(second.write(next(new), seed=seed)).is_empty
    # A record that became unreadable keeps its last good state.
    kept = {member for member in expected_members(first) if member[1] in unreadable(second)}
    assert members(by_bulk) == expected_members(second) | kept
    if any(second.rows[name] != first.rows[name] for name in second.rows):
        delta.sync(second.write_delta(next(new), first))
    assert by_delta.records == by_bulk.records


@_FEW
@given(first=rosters(), second=rosters(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_change_the_plan(first: Roster, second: Roster, seed: int) -> None:
    new = folders()
    runner = a_runner(next(new), FakeLms())
    runner.sync(first.write(next(new)))
    straight = runner.plan(second.write(next(new)))
    shuffled = runner.plan(second.write(next(new), seed=seed))
    assert (shuffled.digest, shuffled.counts, shuffled.holds) == (straight.digest, straight.counts, straight.holds)


@_FEW
@given(first=rosters(), second=rosters())
def test_no_removal_beyond_the_guard_without_approval(first: Roster, second: Roster) -> None:
    new = folders()
    lms = FakeLms()
    runner = a_runner(next(new), lms)
    runner.sync(first.write(next(new)))
    before = members(lms)
    people = set(lms.records[Kind.USERS])
    lms.written.clear()
    runner.sync(second.write(next(new)))
    guard = GuardRules()
    gone = before - members(lms)
    assert not guard.district.is_exceeded(len(gone), len(before))
    for class_ in _CLASSES:
        of_class = {member for member in before if member[0] == class_}
        assert not guard.class_.is_exceeded(len(of_class & gone), len(of_class))
    removed = [change for change in lms.written if change.action is Action.REMOVE and change.kind is Kind.USERS]
    assert not guard.district.is_exceeded(len(removed), len(people))


_SPOILT = {
    "orgs": {"type": "castle"},
    "academicSessions": {"startDate": "soon", "type": "eternity"},
    "courses": {"title": ""},
    "classes": {"classType": "imaginary", "title": ""},
    "users": {"role": "wizard", "enabledUser": "perhaps"},
    "enrollments": {"role": "wizard"},
}


@_FEW
@given(
    roster=rosters(),
    data=st.data(),
    rules=st.sampled_from(
        [
            DistrictRules(),
            DistrictRules(people=People(match_by="identifier")),
            DistrictRules(classes=Classes(spanning_terms="per_term")),
        ]
    ),
)
def test_what_cannot_be_read_removes_nobody(roster: Roster, data: st.DataObject, rules: DistrictRules) -> None:
    """Records spoilt in one value, and lines torn in two: whoever was there before is there afterwards."""
    new = folders()
    lms = FakeLms()
    runner = a_runner(next(new), lms, guard=NO_GUARD, rules=rules)
    runner.sync(roster.write(next(new)))
    before, accounts = members(lms), set(lms.records[Kind.USERS])
    for _ in range(data.draw(st.integers(1, 4), label="spoilt values")):
        entity = data.draw(st.sampled_from(sorted(_SPOILT)), label="entity")
        if roster.rows[entity]:
            key = data.draw(st.sampled_from(sorted(roster.rows[entity])), label="record")
            column = data.draw(st.sampled_from(sorted(_SPOILT[entity])), label="column")
            roster.rows[entity][key][column] = _SPOILT[entity][column]
    package = roster.write(next(new))
    torn = data.draw(st.sampled_from(["", "users", "enrollments", "classes"]), label="torn line of")
    if torn and (package / f"{torn}.csv").exists():
        lines = (package / f"{torn}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        place = data.draw(st.integers(1, len(lines) - 1), label="line")
        lines[place] = lines[place].split(",")[0] + ",torn\n"
        (package / f"{torn}.csv").write_text("".join(lines), encoding="utf-8")
    report = runner.sync(package)
    assert members(lms) == before
    assert set(lms.records[Kind.USERS]) == accounts
    assert all(counts.adds_up for counts in report.records)


@_FEW
@given(roster=rosters(), data=st.data())
def test_everybody_renumbered_is_everybody_still_there(roster: Roster, data: st.DataObject) -> None:
    """New sourcedIds for people and classes: the same accounts and sections, and then nothing is left to do."""
    new = folders()
    lms = FakeLms()
    runner = a_runner(next(new), lms, guard=NO_GUARD)
    runner.sync(roster.write(next(new)))
    accounts, sections = set(lms.ids[Kind.USERS].values()), set(lms.ids[Kind.CLASSES].values())
    usable = [key for key, row in roster.rows["users"].items() if row["role"] != "wizard"]
    chosen = data.draw(st.sets(st.sampled_from(sorted(usable))), label="people")
    classes = data.draw(st.sets(st.sampled_from(_CLASSES)), label="classes")
    renamed = {key: f"{key}-new" for key in chosen | classes}
    for entity, columns in {"users": (), "classes": (), "enrollments": ("userSourcedId", "classSourcedId")}.items():
        for key, row in list(roster.rows[entity].items()):
            if entity != "enrollments" and key in renamed:
                roster.rows[entity][renamed[key]] = roster.rows[entity].pop(key) | {"sourcedId": renamed[key]}
            for column in columns:
                row[column] = renamed.get(row[column], row[column])
    package = roster.write(next(new))
    runner.sync(package)
    assert members(lms) == expected_members(roster)
    assert set(lms.ids[Kind.USERS].values()) == accounts
    assert set(lms.ids[Kind.CLASSES].values()) == sections
    assert runner.plan(package).is_empty
