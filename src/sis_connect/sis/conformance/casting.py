"""Which records play the parts: a school with classes, a class with people, a student in it, and so on.

Pure: rows in, ids out. Operations below a school or a class say something only when they are asked about one that has
something in it, so the fullest ones are taken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sis_connect.oneroster.json_text import Row

    Rows = Callable[[str], list[Row]]

#: Ids that change a path instead of standing in it.
_UNFIT = ("", ".", "..")


@dataclass(frozen=True, slots=True)
class Cast:
    """Ids by the names of the operations' templates; a name without a fitting record is missing."""

    ids: Mapping[str, str]

    def of(self, names: Iterable[str]) -> dict[str, str] | None:
        """The ids for a path; None when one is missing."""
        found = {name: self.ids[name] for name in names if name in self.ids}
        return found if len(found) == len(tuple(names)) else None


def cast_of(rows: Rows, gradebook_class: str = "") -> Cast:
    """The parts, from the rows of each collection."""
    enrollments = [row for row in rows("enrollments") if is_live(row)]
    in_class = Counter(row["class_sourced_id"] for row in enrollments)
    classes = {row["sourced_id"]: row for row in rows("classes") if _fits(row) and is_live(row)}
    class_ = max(classes.values(), key=lambda row: in_class[row["sourced_id"]], default=None)
    if gradebook_class in classes and not class_:
        class_ = classes[gradebook_class]
    roles = {role: [row for row in rows("users") if says(row, "role", role) and _fits(row)] for role in _PEOPLE}
    known = {
        "class_id": class_["sourced_id"] if class_ else None,
        "school_id": _linked(class_, "school_sourced_id", rows("orgs")) or _first(rows("orgs"), "type", "school"),
        "course_id": _linked(class_, "course_sourced_id", rows("courses")) or _first(rows("courses")),
        "term_id": _term(class_, rows("academicSessions")),
        **{f"{role}_id": _member(role, class_, enrollments, roles[role]) for role in _PEOPLE},
        "line_item_id": _line_item(rows("lineItems"), rows("results")),
    }
    known["user_id"] = known["student_id"] or known["teacher_id"]
    return Cast({name: id_ for name, id_ in known.items() if id_ is not None and id_ not in _UNFIT})


def says(row: Row, column: str, word: str) -> bool:
    """True when an enumeration has this word, in whatever case."""
    return (row[column] or "").strip().lower() == word.lower()


def is_live(row: Row) -> bool:
    """True unless the record is to be deleted."""
    return (row["status"] or "").strip().lower() not in {"tobedeleted", "inactive"}


_PEOPLE = ("student", "teacher")


def _fits(row: Row) -> bool:
    return row["sourced_id"] not in _UNFIT


def _first(rows: list[Row], column: str = "", value: str = "") -> str | None:
    fitting = (row for row in rows if _fits(row) and (not column or says(row, column, value)))
    return next((row["sourced_id"] for row in fitting), None)


def _linked(class_: Row | None, column: str, rows: list[Row]) -> str | None:
    """What the class refers to, when it is there."""
    found = class_[column] if class_ else None
    return found if any(row["sourced_id"] == found for row in rows) else None


def _term(class_: Row | None, sessions: list[Row]) -> str | None:
    """A term of the class, before any other term; terms with grading periods below them come first."""
    parents = {row["parent_sourced_id"] for row in sessions if says(row, "type", "gradingPeriod")}
    terms = [row["sourced_id"] for row in sessions if says(row, "type", "term") and _fits(row)]
    taught = set(((class_["term_sourced_ids"] if class_ else None) or "").split(","))
    ranked = sorted(terms, key=lambda term: (term not in taught, term not in parents))
    return ranked[0] if ranked else None


def _member(role: str, class_: Row | None, enrollments: list[Row], people: list[Row]) -> str | None:
    """Somebody in the class with the role, else anybody with it."""
    known = {row["sourced_id"] for row in people}
    members = (
        row["user_sourced_id"]
        for row in enrollments
        if class_ and row["class_sourced_id"] == class_["sourced_id"] and says(row, "role", role)
    )
    return next((member for member in members if member in known), None) or _first(people)


def _line_item(line_items: list[Row], results: list[Row]) -> str | None:
    """The line item with the most results."""
    scored = Counter(row["line_item_sourced_id"] for row in results)
    fullest = max((row for row in line_items if _fits(row)), key=lambda row: scored[row["sourced_id"]], default=None)
    return fullest["sourced_id"] if fullest else None
