"""What a vendor's database holds other than a plain district would: done once to a district that was loaded.

Each function changes the records by fixed rules: the same district comes out the same. Whoever loses an account or a
name is few, so that nothing that watches over numbers has a reason to stop. Not here: what a database does with every
later change (`keeping`), the shape of ids (`ids`), and what is written differently on the wire only (`answering`).
"""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.records import Writing

    Row = dict[str, str | None]

_STUDENTS, _TEACHERS = "role = 'student'", "role = 'teacher'"
#: One of so many is struck.
_FEW = 40


def people_without_accounts_are_gone(writing: Writing) -> None:
    """Few students have no account; they and their enrollments are left out."""
    students = _ids(_few(writing.find("users", _STUDENTS)))
    writing.remove("users", students)
    marks = ", ".join("?" * len(students))
    writing.remove("enrollments", _ids(writing.find("enrollments", f"user_sourced_id IN ({marks})", *students)))


def schools_have_own_sessions(writing: Writing) -> None:
    """Each school has a copy of every session, and its classes name the copies."""
    sessions = writing.find("academicSessions")
    classes = writing.find("classes")
    for school in sorted({str(row["school_sourced_id"]) for row in classes}):
        copies = {str(row["sourced_id"]): _made_up(f"{school}/{row['sourced_id']}") for row in sessions}
        for row in sessions:
            copy = {"sourced_id": copies[str(row["sourced_id"])]}
            parent = {"parent_sourced_id": copies.get(str(row["parent_sourced_id"]))}
            writing.put("academicSessions", row | copy | parent)
        for row in classes:
            if row["school_sourced_id"] == school:
                terms = ",".join(copies.get(term, term) for term in str(row["term_sourced_ids"]).split(","))
                writing.change("classes", _ids([row]), term_sourced_ids=terms)
    writing.remove("academicSessions", _ids(sessions))
    # A year of one school is no year of the district's catalogue.
    writing.change("courses", _ids(writing.find("courses")), school_year_sourced_id=None)


def sessions_are_terms(writing: Writing) -> None:
    """Sessions that classes name are terms without a parent; there are no others."""
    named = {term for row in writing.find("classes") for term in str(row["term_sourced_ids"] or "").split(",") if term}
    sessions = writing.find("academicSessions")
    writing.remove("academicSessions", [id_ for id_ in _ids(sessions) if id_ not in named])
    kept = [id_ for id_ in _ids(sessions) if id_ in named]
    writing.change("academicSessions", kept, type="term", parent_sourced_id=None)
    writing.change("courses", _ids(writing.find("courses")), school_year_sourced_id=None)


def grading_periods_stand_in_for_terms(writing: Writing) -> None:
    """Every grading period is a stand-in with the name and the dates of the term above it."""
    above = {str(row["sourced_id"]): row for row in writing.find("academicSessions")}
    for row in writing.find("academicSessions", "type = 'gradingPeriod'"):
        term = above.get(str(row["parent_sourced_id"]), row)
        same = {name: term[name] for name in ("title", "start_date", "end_date")}
        writing.change("academicSessions", _ids([row]), **same)


def terms_last_as_long_as_their_classes(writing: Writing) -> None:
    """Terms do not touch: each begins a day later than the calendar has it."""
    for row in writing.find("academicSessions", "type IN ('term', 'semester')"):
        year, month, _ = str(row["start_date"]).split("-")
        writing.change("academicSessions", _ids([row]), start_date=f"{year}-{month}-12")


def some_titles_are_blank(writing: Writing) -> None:
    """Few classes have no title."""
    writing.change("classes", _ids(_few(writing.find("classes"))), title=None)


def classes_have_several_teachers(writing: Writing) -> None:
    """Few classes have a second teacher, who is not the primary one."""
    for place in _few(writing.find("enrollments", _TEACHERS)):
        others = writing.find(
            "users",
            f"{_TEACHERS} AND org_sourced_ids = ? AND sourced_id <> ?",
            str(place["school_sourced_id"]),
            str(place["user_sourced_id"]),
        )
        for other in others[:1]:
            id_ = _made_up(f"second/{place['sourced_id']}")
            second = {"sourced_id": id_, "user_sourced_id": other["sourced_id"], "primary": "false"}
            writing.put("enrollments", place | second)


def some_staff_have_no_identifier(writing: Writing) -> None:
    """Few teachers have no identifier."""
    writing.change("users", _ids(_few(writing.find("users", _TEACHERS))), identifier=None)


def some_users_have_no_name(writing: Writing) -> None:
    """There is an account without any name, which belongs to no class."""
    for model in writing.find("users", _TEACHERS)[:1]:
        account = {"sourced_id": _made_up("nameless"), "username": "service", "identifier": "SERVICE", "email": None}
        names = {"given_name": None, "family_name": None, "middle_name": None}
        writing.put("users", model | account | names)


def administrators_are_not_ticked(writing: Writing) -> None:
    """There are no administrators."""
    writing.remove("users", _ids(writing.find("users", "role = 'administrator'")))


def highest_profile_counts(writing: Writing) -> None:
    """A teacher who has an administrator's profile too is an administrator."""
    writing.change("users", _ids(writing.find("users", _TEACHERS)[:1]), role="administrator")


def relatives_are_told(writing: Writing) -> None:
    """A student has a relative, who is no guardian."""
    for student in writing.find("users", _STUDENTS)[:1]:
        name = {"given_name": "Robin", "family_name": "Relative", "middle_name": None, "grades": None}
        account = {"username": "robin.relative", "email": None, "identifier": "R1", "user_ids": None}
        relation = {"sourced_id": _made_up("relative"), "role": "relative", "agent_sourced_ids": student["sourced_id"]}
        writing.put("users", student | name | account | relation)


def some_usernames_have_spaces(writing: Writing) -> None:
    """Few students have a username with a space."""
    for row in _few(writing.find("users", _STUDENTS)):
        username = str(row["username"])
        writing.change("users", _ids([row]), username=f"{username[:2]} {username[2:]}")


def some_characters_are_odd(writing: Writing) -> None:
    """Few classes have names with reserved characters, and codes of more than 50 characters."""
    for row in _few(writing.find("classes", "title IS NOT NULL")):
        code = f"{row['class_code']}#{'x' * 50}"
        writing.change("classes", _ids([row]), title=f"""{row["title"]} `\\:*?"<>|'#,%&""", class_code=code)


def some_references_dangle(writing: Writing) -> None:
    """Few students name an agent who is not there."""
    students = _few(writing.find("users", f"{_STUDENTS} AND agent_sourced_ids IS NULL"))
    writing.change("users", _ids(students), agent_sourced_ids=_made_up("gone"))


def some_enrollments_come_twice(writing: Writing) -> None:
    """Few students dropped a class and were added again: two enrollments in one class."""
    for row in _few(writing.find("enrollments", _STUDENTS)):
        writing.put("enrollments", row | {"sourced_id": _made_up(f"again/{row['sourced_id']}")})


def schools_are_departments(writing: Writing) -> None:
    """No org says that it is a school."""
    writing.change("orgs", _ids(writing.find("orgs", "type = 'school'")), type="department")


def there_is_one_category(writing: Writing) -> None:
    """The only category has an id of zeros."""
    writing.remove("categories", _ids(writing.find("categories")))
    writing.put("categories", {"sourced_id": str(uuid.UUID(int=0)), "title": "Uncategorized"})


def categories_are_there(writing: Writing) -> None:
    """The SIS has categories of its own."""
    for number, title in enumerate(("Homework", "Quizzes", "Tests"), start=1):
        writing.put("categories", {"sourced_id": f"category-{number}", "title": title})


def _ids(rows: list[Row]) -> list[str]:
    return [str(row["sourced_id"]) for row in rows]


def _few(rows: list[Row]) -> list[Row]:
    """One in so many, and at least one."""
    return rows[::_FEW]


def _made_up(about: str) -> str:
    """An id that is the same for the same words."""
    return str(uuid.UUID(int=random.Random(about).getrandbits(128)))  # noqa: S311 -- repeatable, not secret
