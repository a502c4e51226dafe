"""Hostile feeds: what the SIS holds itself is short, stale or contradictory, and it serves that without a fault.

Serves the pains of partial feeds, reused ids, dangling references and the wrong year. Each function changes the data
once, before anybody reads; nothing on the wire gives it away. Not here: faults on the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.tables import insert_statement

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from sis_connect.sandbox.sis.records import Writing

    Row: TypeAlias = dict[str, str | None]
    #: Changes the data by chance, with the numbers of the scenario.
    Prepare: TypeAlias = Callable[[Writing, random.Random, Mapping[str, int]], None]


def _ids(rows: list[Row]) -> list[str]:
    return [str(row["sourced_id"]) for row in rows]


def orphans(writing: Writing, dice: random.Random, numbers: Mapping[str, int]) -> None:
    """So many students are gone and their enrollments are not."""
    students = _ids(writing.find("users", "role = 'student'"))
    writing.remove("users", dice.sample(students, numbers["students"]))


def students_missing_from_a_school(writing: Writing, dice: random.Random, _: Mapping[str, int]) -> None:
    """The students of one school are gone, with all that named them."""
    school = dice.choice(_ids(writing.find("orgs", "type = 'school'")))
    students = _ids(writing.find("users", "role = 'student' AND org_sourced_ids = ?", school))
    writing.remove("users", students)
    marks = ", ".join("?" * len(students))
    writing.remove("enrollments", _ids(writing.find("enrollments", f"user_sourced_id IN ({marks})", *students)))


def emptied(*entities: str) -> Prepare:
    """These collections have no rows."""

    def prepare(writing: Writing, _: random.Random, __: Mapping[str, int]) -> None:
        for entity in entities:
            writing.remove(entity, _ids(writing.find(entity)))

    return prepare


def records_twice(writing: Writing, dice: random.Random, numbers: Mapping[str, int]) -> None:
    """So many enrollments stand there twice, word for word."""
    for row in dice.sample(writing.find("enrollments"), numbers["records"]):
        _add(writing, "enrollments", row)


def id_shared(writing: Writing, dice: random.Random, _: Mapping[str, int]) -> None:
    """Two students have one id."""
    first, second = dice.sample(writing.find("users", "role = 'student'"), 2)
    _add(writing, "users", second | {"sourced_id": first["sourced_id"]})


def ids_reused(writing: Writing, dice: random.Random, numbers: Mapping[str, int]) -> None:
    """So many ids of students belong to others now, who have other names, numbers and accounts."""
    for number, row in enumerate(dice.sample(writing.find("users", "role = 'student'"), numbers["students"])):
        writing.change(
            "users",
            [str(row["sourced_id"])],
            given_name="Nova",
            family_name=f"Neumann-{number}",
            middle_name=None,
            username=f"nova.neumann{number}",
            email=f"nova.neumann{number}@students.example",
            identifier=f"99{number:04}",
        )


def last_years_feed(writing: Writing, _: random.Random, __: Mapping[str, int]) -> None:
    """Every session, and the days of every enrollment, are a year early."""
    for row in writing.find("academicSessions"):
        year = int(str(row["school_year"])) - 1
        dates = {name: _a_year_before(row[name]) for name in ("start_date", "end_date")}
        writing.change("academicSessions", [str(row["sourced_id"])], school_year=str(year), **dates)
    for row in writing.find("enrollments"):
        dates = {name: _a_year_before(row[name]) for name in ("begin_date", "end_date")}
        writing.change("enrollments", [str(row["sourced_id"])], **dates)


def without_status(writing: Writing, _: random.Random, __: Mapping[str, int]) -> None:
    """No record says its status or when it changed, as after a bulk load."""
    for entity in ENTITIES:
        writing.change(entity, _ids(writing.find(entity)), status=None, date_last_modified=None)


def inactive(writing: Writing, dice: random.Random, numbers: Mapping[str, int]) -> None:
    """So many enrollments have ended by a word of OneRoster 1.0."""
    rows = dice.sample(writing.find("enrollments", "role = 'student'"), numbers["records"])
    writing.change("enrollments", _ids(rows), status="inactive")


def schools_called_departments(writing: Writing, _: random.Random, __: Mapping[str, int]) -> None:
    """No org says that it is a school."""
    writing.change("orgs", _ids(writing.find("orgs", "type = 'school'")), type="department")


def ids_of_dots(writing: Writing, dice: random.Random, _: Mapping[str, int]) -> None:
    """A student and a class have ids that no path can carry, and belong together."""
    student = dice.choice(writing.find("users", "role = 'student'"))
    class_ = dice.choice(writing.find("classes"))
    enrollment = dice.choice(writing.find("enrollments", "role = 'student'"))
    writing.put("users", student | {"sourced_id": ".", "username": "dot", "email": None, "identifier": "dot"})
    writing.put("classes", class_ | {"sourced_id": ".."})
    writing.put(
        "enrollments",
        enrollment
        | {
            "sourced_id": "...",
            "user_sourced_id": ".",
            "class_sourced_id": "..",
            "school_sourced_id": class_["school_sourced_id"],
        },
    )


def ids_of_digits(writing: Writing, _: random.Random, __: Mapping[str, int]) -> None:
    """Orgs, sessions, courses, classes, users and enrollments have plain numbers for ids, and refer to each other."""
    numbers: dict[tuple[str, str], str] = {}
    for place, entity in enumerate(ENTITIES.values(), start=1):
        for number, id_ in enumerate(_ids(writing.find(entity.name))):
            numbers[entity.name, id_] = str(place * 100_000 + number)
    for entity in ENTITIES.values():
        for row in writing.find(entity.name):
            renumbered = row | {"sourced_id": numbers[entity.name, str(row["sourced_id"])]}
            for field in entity.references:
                items = (row[field.column] or "").split(",")
                named = [numbers.get((str(field.refers_to), item), item) for item in items]
                renumbered[field.column] = ",".join(named) or None
            writing.remove(entity.name, [str(row["sourced_id"])])
            writing.put(entity.name, renumbered)


def changed_in_secret(writing: Writing, dice: random.Random, numbers: Mapping[str, int]) -> None:
    """So many students are renamed, and dateLastModified says that nothing happened."""
    for row in dice.sample(writing.find("users", "role = 'student'"), numbers["students"]):
        writing.change(
            "users",
            [str(row["sourced_id"])],
            family_name=f"{row['family_name']}-Vale",
            date_last_modified=row["date_last_modified"],
        )


def _a_year_before(day: str | None) -> str | None:
    return f"{int(day[:4]) - 1}{day[4:]}" if day else None


def _add(writing: Writing, entity: str, row: Row) -> None:
    """The record is there beside whatever has its id."""
    values = [row.get(column) for column in ENTITIES[entity].columns]
    writing.session.run(insert_statement(ENTITIES[entity]), *values, None)
