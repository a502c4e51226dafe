"""Grades of one user: by section, then grading period, with the computed grades of each category."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

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
from sis_connect.sandbox.schoology.api.grades import NO_COMMENT, final_comments, named_grades, number_asked
from sis_connect.sandbox.schoology.records import grades, sections, users
from sis_connect.sandbox.schoology.records.gradebook import OTHER, Gradebook, read_gradebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.sandbox.schoology.storage import Row


def list_grades(call: Call) -> Reply:
    """A user's grades in active enrollments, or in all; by pages of enrollments where documented."""
    found(users.find(call.storage, call.id("user_id")))
    if call.settings.grades.user_grades_need_section and "section_id" not in call.query:
        raise CallRefusedError(403, "section_id is required.")
    rows = _enrollments(call)
    links = {"self": call.href(call.path)}
    if "timestamp" in call.query or call.flag("include_all_enrollments"):
        start, limit = asked_range(call)
        links = page_links(call, start, limit, has_next=start + limit < len(rows))
        rows = rows[start : start + limit]
    return Reply(200, {"section": [_show_section(call, row) for row in rows], "links": links})


def _enrollments(call: Call) -> Sequence[Row]:
    condition, values = "user_id = ? AND admin = 0", [call.id("user_id")]
    if not call.flag("include_all_enrollments"):
        condition += " AND status = 1"
    if "section_id" in call.query:
        condition += " AND section_id = ?"
        values.append(number_asked(call, "section_id"))
    return call.storage.rows(f"SELECT * FROM enrollments WHERE {condition} ORDER BY id", *values)


def _show_section(call: Call, enrollment: Row) -> Json:
    section = found(sections.find(call.storage, enrollment["section_id"]))
    book = read_gradebook(call.storage, section)
    wanted = set(call.texts("grading_period_ids"))
    return {
        "section_id": str(section["id"]),
        "period": [
            shown for shown in _periods(call, book, enrollment["id"]) if _is_wanted(str(shown["period_id"]), wanted)
        ],
        "final_grade": [
            shown for shown in _finals(call, book, enrollment["id"]) if _is_wanted(str(shown["period_id"]), wanted)
        ],
        "grading_category": [{"id": row["id"], "title": row["title"]} for row in book.categories],
    }


def _is_wanted(name: str, wanted: set[str]) -> bool:
    return not wanted or name.removeprefix("p") in wanted


def _periods(call: Call, book: Gradebook, enrollment_id: int) -> list[Json]:
    conditions, values = [grades.IS_SET, "i.deleted_at IS NULL", "g.enrollment_id = ?"], [enrollment_id]
    if "timestamp" in call.query:
        conditions.append("g.updated_at >= ?")
        values.append(number_asked(call, "timestamp"))
    of_period: defaultdict[int, list[Json]] = defaultdict(list)
    query = f"SELECT {GRADE_COLUMNS} FROM {GRADE_TABLES} WHERE {' AND '.join(conditions)} ORDER BY g.item_id"
    for row in call.storage.rows(query, *values):
        of_period[book.period_of(book.items[row["item_id"]])].append(show_grade(call.service, row))
    shown: list[Json] = [
        {"period_id": f"p{row['id']}", "period_title": row["title"], "assignment": of_period[row["id"]]}
        for row in book.periods
    ]
    if of_period[OTHER]:
        shown.append({"period_id": "other", "period_title": "Other", "assignment": of_period[OTHER]})
    return shown


def _finals(call: Call, book: Gradebook, enrollment_id: int) -> list[Json]:
    computed = book.compute(call.storage, [enrollment_id], call.settings.grades)[enrollment_id]
    comments = final_comments(call, [enrollment_id])
    shown: list[Json] = []
    for name, grade in named_grades(book, computed):
        one: Json = {
            "period_id": name,
            "grade": grade,
            **comments.get((enrollment_id, name), NO_COMMENT),
            "scale_id": book.default_scale,
        }
        if name.startswith("p"):
            of_category = computed.categories[int(name.removeprefix("p"))]
            one["weight"] = plain_number(round(book.period_weight, 2))
            one["grading_category"] = [
                {"category_id": id_, "grade": None if mean is None else plain_number(mean)}
                for id_, mean in of_category.items()
            ]
        shown.append(one)
    return shown
