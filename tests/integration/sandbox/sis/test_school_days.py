"""School life: what happens is honest, is the same for the same seed, and leaves no loose ends."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_world import LOADED_AT
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sandbox.district.write import write_district
from sis_connect.sandbox.sis import Records, load_package
from sis_connect.sandbox.sis.new_year import begin_new_year
from sis_connect.sandbox.sis.school_days import Happening, live_through
from sis_connect.sandbox.sis.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.sandbox.sis.school_days import Row

Table = dict[str, "Row"]

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
NOW = "2026-10-05T12:00:00.000Z"


@dataclass
class School:
    """What a provider serves, its clock standing at noon."""

    records: Records


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is loaded once."""
    folder = tmp_path_factory.mktemp("district")
    write_district(folder / "package", students=60, seed=2)
    load_package(folder / "package", folder / "sis.sqlite", at=LOADED_AT)
    return folder / "sis.sqlite"


@pytest.fixture
def sis(loaded: Path, tmp_path: Path) -> Iterator[School]:
    with a_school(loaded, tmp_path) as school:
        yield school


@contextmanager
def a_school(loaded: Path, folder: Path) -> Iterator[School]:
    folder.mkdir(exist_ok=True)
    storage = Storage(Path(shutil.copy(loaded, folder)))
    try:
        yield School(Records(storage, lambda: NOON))
    finally:
        storage.close()


def table(sis: School, entity: str, *, live: bool = False) -> Table:
    """Records by id."""
    with sis.records.together() as writing:
        rows = writing.find(entity)
    return {str(row["sourced_id"]): row for row in rows if not live or row["status"] != "tobedeleted"}


def places(sis: School) -> set[tuple[str, str, str]]:
    """Who is where as what."""
    rows = table(sis, "enrollments", live=True).values()
    return {(str(row["user_sourced_id"]), str(row["class_sourced_id"]), str(row["role"])) for row in rows}


def loose_ends(sis: School) -> list[tuple[str, str]]:
    """References of live records that lead to none."""
    live = {entity: table(sis, entity, live=True) for entity in ROSTER_ENTITIES}
    return [
        (entity, field.name)
        for entity in ROSTER_ENTITIES
        for field in ENTITIES[entity].references
        for row in live[entity].values()
        for id_ in (row[field.column] or "").split(",")
        if id_ and id_ not in live[str(field.refers_to)]
    ]


@pytest.mark.parametrize("happening", Happening)
def test_what_happens_is_honest(sis: School, happening: Happening) -> None:
    """Exactly what changed bears the moment of the change, and nothing vanishes without a trace."""
    before = {entity: table(sis, entity) for entity in ROSTER_ENTITIES}
    [event] = live_through(sis.records, [happening], seed=3)
    assert event.happening is happening
    for entity in ROSTER_ENTITIES:
        after = table(sis, entity)
        changed = {id_ for id_, row in after.items() if before[entity].get(id_) != row}
        assert changed == set(event.touched.get(entity, ()))
        assert {after[id_]["date_last_modified"] for id_ in changed} <= {NOW}
        assert before[entity].keys() <= after.keys()
    assert event.touched
    assert loose_ends(sis) == []


@pytest.mark.parametrize("happening", Happening)
def test_the_same_seed_does_the_same(loaded: Path, tmp_path: Path, happening: Happening) -> None:
    outcomes = []
    for name in ("first", "second"):
        with a_school(loaded, tmp_path / name) as sis:
            events = live_through(sis.records, [happening], seed=5)
            outcomes.append((events, {entity: table(sis, entity) for entity in ROSTER_ENTITIES}))
    assert outcomes[0] == outcomes[1]


def test_other_seeds_do_something_else(loaded: Path, tmp_path: Path) -> None:
    touched = set()
    for seed in range(3):
        with a_school(loaded, tmp_path / str(seed)) as sis:
            [event] = live_through(sis.records, [Happening.STUDENT_RENAMED], seed=seed)
            touched.add(event.touched["users"])
    assert len(touched) > 1


def test_enrolled_student_is_in_one_class_more(sis: School) -> None:
    before = places(sis)
    live_through(sis.records, [Happening.STUDENT_ENROLLED])
    assert before < places(sis)
    assert len(places(sis)) == len(before) + 1


def test_dropped_student_is_in_one_class_less(sis: School) -> None:
    before = places(sis)
    live_through(sis.records, [Happening.STUDENT_DROPPED])
    assert before > places(sis)
    assert len(places(sis)) == len(before) - 1


def test_moved_student_changes_one_class_for_another_at_the_same_school(sis: School) -> None:
    before = places(sis)
    live_through(sis.records, [Happening.STUDENT_MOVED])
    [gone], [new] = before - places(sis), places(sis) - before
    classes = table(sis, "classes")
    assert gone[0] == new[0]
    assert classes[gone[1]]["school_sourced_id"] == classes[new[1]]["school_sourced_id"]


def test_renumbered_student_keeps_classes_and_identifier(sis: School) -> None:
    before, users = places(sis), table(sis, "users", live=True)
    live_through(sis.records, [Happening.STUDENT_RENUMBERED])
    after = table(sis, "users", live=True)
    [old], [new] = users.keys() - after.keys(), after.keys() - users.keys()
    assert users[old]["identifier"] == after[new]["identifier"]
    assert {(new if user == old else user, class_, role) for user, class_, role in before} == places(sis)


def test_student_who_left_is_nowhere_and_no_class_is_left_empty(sis: School) -> None:
    classes = {class_ for _, class_, role in places(sis) if role == "student"}
    [event] = live_through(sis.records, [Happening.STUDENT_LEFT])
    [left] = event.touched["users"]
    assert left not in table(sis, "users", live=True)
    assert all(user != left for user, _, _ in places(sis))
    assert {class_ for _, class_, role in places(sis) if role == "student"} == classes


def test_new_teacher_takes_a_class_over(sis: School) -> None:
    before = places(sis)
    live_through(sis.records, [Happening.TEACHER_JOINED])
    [gone], [new] = before - places(sis), places(sis) - before
    assert gone[1:] == new[1:]
    assert new[2] == "teacher"


def test_many_days_leave_no_loose_ends(sis: School) -> None:
    for day in range(20):
        live_through(sis.records, seed=day)
    assert loose_ends(sis) == []
    taught = {class_ for _, class_, role in places(sis) if role == "teacher"}
    assert {class_ for _, class_, role in places(sis) if role == "student"} <= taught


def test_what_cannot_happen_does_not(sis: School) -> None:
    with sis.records.together() as writing:
        writing.remove("users", [str(row["sourced_id"]) for row in writing.find("users")])
    assert [event.happening for event in live_through(sis.records, [Happening.STUDENT_RENAMED])] == []


def test_new_year_ends_last_years_classes_and_begins_its_own(sis: School) -> None:
    sessions, classes = table(sis, "academicSessions"), table(sis, "classes")
    begin_new_year(sis.records)
    assert table(sis, "academicSessions", live=True).keys().isdisjoint(sessions)
    assert table(sis, "classes", live=True).keys().isdisjoint(classes)
    assert {row["school_year"] for row in table(sis, "academicSessions", live=True).values()} == {"2028"}
    assert len(table(sis, "classes", live=True)) == len(classes)
    assert loose_ends(sis) == []


def test_new_year_moves_everybody_up(sis: School) -> None:
    before = table(sis, "users", live=True)
    begin_new_year(sis.records)
    after = table(sis, "users", live=True)
    stayed = {id_ for id_, row in before.items() if row["role"] == "student" and id_ in after}
    assert stayed
    assert all(after[id_]["grades"] != before[id_]["grades"] for id_ in stayed)
    in_classes = {user for user, _, role in places(sis) if role == "student"}
    assert stayed <= in_classes
    students = [sum(row["role"] == "student" for row in people.values()) for people in (before, after)]
    assert students[0] == students[1]


def test_new_year_is_the_same_for_the_same_seed(loaded: Path, tmp_path: Path) -> None:
    outcomes = []
    for name in ("first", "second"):
        with a_school(loaded, tmp_path / name) as sis:
            outcomes.append((begin_new_year(sis.records, seed=4), table(sis, "enrollments")))
    assert outcomes[0] == outcomes[1]
