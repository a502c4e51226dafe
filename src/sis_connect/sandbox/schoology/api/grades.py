"""Grades of a section: a page of them with the computed grades of the students on it, and writing them.

Computed grades cannot be written; comments on them can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology import events
from sis_connect.sandbox.schoology.api.calls import (
    Call,
    CallRefusedError,
    Json,
    Reply,
    asked_range,
    found,
    page_links,
    plain_number,
)
from sis_connect.sandbox.schoology.api.grade_views import GRADE_COLUMNS, GRADE_TABLES, show_grade
from sis_connect.sandbox.schoology.records import grades, sections
from sis_connect.sandbox.schoology.records.fields import read_number
from sis_connect.sandbox.schoology.records.gradebook import OTHER, Computed, Gradebook, read_gradebook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.sandbox.schoology.records.fields import Fields
    from sis_connect.sandbox.schoology.storage import Row


def list_grades(call: Call) -> Reply:
    """Grades of a section: all, of an item, of a student, or those changed since a moment, that second included."""
    section = found(sections.find(call.storage, call.id("section_id")))
    tables, values = _select(call)
    start, limit = asked_range(call)
    rows = call.storage.rows(
        f"SELECT {GRADE_COLUMNS} FROM {tables} ORDER BY g.item_id, g.enrollment_id LIMIT ? OFFSET ?",
        *values,
        limit + 1,
        start,
    )
    shown = [show_grade(call.service, row) for row in rows[:limit]]
    book = read_gradebook(call.storage, section)
    body: Json = {"period": [_show_period(book, row) for row in book.periods]}
    students = sorted({row["enrollment_id"] for row in rows[:limit]})
    body["final_grade"] = _show_finals(call, book, students)
    if not rows and call.settings.strictness.sparse_pages:
        return Reply(200, body)
    return Reply(
        200, {"grades": {"grade": shown}, **body, "links": page_links(call, start, limit, has_next=len(rows) > limit)}
    )


def write_grades(call: Call) -> Reply:
    """Up to 50 grades, or comments on computed ones, are set; each answered by itself."""
    section = found(sections.find(call.storage, call.id("section_id")))
    comments = call.items("final_comments", "final_comment")
    if comments is not None:
        results = _write_comments(call, section["id"], comments)
        return Reply(207, {"final_comments": {"final_comment": results}})
    items = call.items("grades", "grade")
    if items is None:
        raise CallRefusedError(400, "grades.grade is required.")
    return Reply(207, {"grades": {"grade": _write(call, section["id"], items)}})


def _write(call: Call, section_id: int, items: list[object]) -> list[Json]:
    at = int(call.service.now.timestamp())
    exceptions = call.settings.grades.exceptions
    saved: list[tuple[int, int]] = []

    def write(fields: Fields) -> Json:
        written = grades.write(call.storage, section_id, fields, at=at, exceptions=exceptions)
        call.record("grades", written)
        saved.append((written.id, read_number(fields, "enrollment_id")))
        return {"response_code": 204}

    results = call.bulk("grades", items, ("assignment_id", "enrollment_id"), write)
    events.announce_grades(call.service, section_id, saved, actor=call.service.administrator_id)
    return results


def _write_comments(call: Call, section_id: int, items: list[object]) -> list[Json]:
    ids = sections.period_ids(call.storage, section_id)

    def write(fields: Fields) -> Json:
        call.record("final_comments", grades.write_final_comment(call.storage, section_id, fields, ids))
        return {"response_code": 204}

    return call.bulk("final_comments", items, ("enrollment_id", "period_id"), write)


def _select(call: Call) -> tuple[str, list[object]]:
    conditions, values = ["g.section_id = ?"], [call.id("section_id")]
    for name, column in (("assignment_id", "g.item_id"), ("enrollment_id", "g.enrollment_id")):
        if name in call.query:
            conditions.append(f"{column} = ?")
            values.append(number_asked(call, name))
    is_poll = "timestamp" in call.query
    if is_poll:
        conditions.append("g.updated_at >= ?")
        values.append(number_asked(call, "timestamp"))
    if not (is_poll and call.settings.grades.tells_of_cleared_grades):
        conditions += [grades.IS_SET, "i.deleted_at IS NULL"]
    return f"{GRADE_TABLES} WHERE {' AND '.join(conditions)}", values  # type: ignore[return-value] # numbers are objects


def number_asked(call: Call, name: str) -> int:
    """A number in the query; a whole-call error for anything else."""
    text = call.query.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise CallRefusedError(400, f"{name} must be a number.")
    return int(text)


def _show_period(book: Gradebook, row: Row) -> Json:
    return {"period_id": f"p{row['id']}", "period_title": row["title"], "weight": f"{book.period_weight:.2f}"}


def _show_finals(call: Call, book: Gradebook, students: Collection[int]) -> list[Json]:
    computed = book.compute(call.storage, students, call.settings.grades)
    comments = final_comments(call, students)
    return [
        {
            "enrollment_id": str(id_),
            "period": [
                {"period_id": name, "grade": grade, **comments.get((id_, name), NO_COMMENT)}
                for name, grade in named_grades(book, computed[id_])
            ],
            "scale_id": book.default_scale,
        }
        for id_ in students
    ]


NO_COMMENT: Json = {"comment": "", "comment_status": None}


def named_grades(book: Gradebook, computed: Computed) -> list[tuple[str, int | float | None]]:
    """The computed grades of a student by the names the API gives them: `p` and the period, `other`, `final`."""
    named = [(f"p{row['id']}", computed.periods[row["id"]]) for row in book.periods]
    named += [("other", computed.periods[OTHER]), ("final", computed.course)]
    return [(name, None if grade is None else plain_number(grade)) for name, grade in named]


def final_comments(call: Call, students: Collection[int]) -> Mapping[tuple[int, str], Json]:
    """Comments on computed grades, by student and the period's name in replies."""
    marks = ", ".join("?" * len(students))
    rows = call.storage.rows(f"SELECT * FROM final_comments WHERE enrollment_id IN ({marks})", *students)
    return {
        (row["enrollment_id"], row["period"] if row["period"] == "final" else f"p{row['period']}"): {
            "comment": row["comment"],
            "comment_status": row["comment_status"],
        }
        for row in rows
    }
