"""Grades: one per student and item, with an exception or a comment, stamped with the moment of the last change.

An exception takes the place of the points. A grade is a row from the first thing that was said about it on; clearing
it leaves a row without anything, which lists do not show unless the settings ask for it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import grade_items, grading
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    read_choice,
    read_flag,
    read_number,
    read_text,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sis_connect.sandbox.schoology.storage import Row, Storage

    #: Item, enrollment, section, points, exception, comment, whether it is visible, unix time.
    GradeRow = tuple[int, int, int, float | None, int, str, int | None, int]

EXCUSED, INCOMPLETE, MISSING = 1, 2, 3

#: True for a row of the alias `g` that says anything.
IS_SET = "(g.grade IS NOT NULL OR g.exception > 0 OR g.comment <> '')"

_COLUMNS = ("grade", "exception", "comment", "comment_status")
_NOTHING = (None, 0, "", None)

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


def find(storage: Storage, item_id: int, enrollment_id: int) -> Row | None:
    """The row of a grade, cleared or not, or None."""
    return storage.row("SELECT * FROM grades WHERE item_id = ? AND enrollment_id = ?", item_id, enrollment_id)


def write(storage: Storage, section_id: int, fields: Fields, *, at: int, exceptions: Collection[int]) -> Written:
    """A student's grade holds the fields given; nothing happens, the stamp included, where it already does."""
    item = grade_items.find(storage, section_id, read_number(fields, "assignment_id"))
    if item is None:
        raise RefusedError("The assignment does not exist.", 404)
    if read_text(fields, "type") not in ("", item["type"]):
        raise RefusedError("type is not that of the grade item.")
    enrollment_id = _check_student(storage, section_id, item["id"], read_number(fields, "enrollment_id"))
    before = find(storage, item["id"], enrollment_id)
    old = tuple(before[name] for name in _COLUMNS) if before is not None else _NOTHING
    new = _read(storage, fields, item, old, exceptions)
    if new == old:
        return Written(item["id"], Effect.UNCHANGED)
    put(storage, [(item["id"], enrollment_id, section_id, *new, at)])
    if old[:3] == _NOTHING[:3]:
        return Written(item["id"], Effect.CREATED)
    return Written(item["id"], Effect.REMOVED if new[:3] == _NOTHING[:3] else Effect.UPDATED)


def put(storage: Storage, rows: Iterable[GradeRow]) -> None:
    """The grades are as these rows say, whatever they were; nothing is checked."""
    storage.run_many("INSERT OR REPLACE INTO grades VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def write_final_comment(storage: Storage, section_id: int, fields: Fields, period_ids: Collection[int]) -> Written:
    """A comment on a student's grade of a grading period, or of the whole course, is kept."""
    enrollment_id = _check_student(storage, section_id, 0, read_number(fields, "enrollment_id"))
    period = read_text(fields, "period_id")
    if period != "final" and read_number(fields, "period_id") not in period_ids:
        raise RefusedError("The grading period is none of the section.")
    values = (read_text(fields, "comment"), read_flag(fields, "comment_status"))
    before = storage.row(
        "SELECT comment, comment_status FROM final_comments WHERE enrollment_id = ? AND period = ?",
        enrollment_id,
        period,
    )
    if before is not None and tuple(before) == values:
        return Written(enrollment_id, Effect.UNCHANGED)
    storage.run("INSERT OR REPLACE INTO final_comments VALUES (?, ?, ?, ?)", enrollment_id, period, *values)
    return Written(enrollment_id, Effect.CREATED if before is None else Effect.UPDATED)


def _check_student(storage: Storage, section_id: int, item_id: int, enrollment_id: int) -> int:
    member = storage.row(
        "SELECT 1 FROM enrollments e JOIN users u ON u.id = e.user_id"
        " WHERE e.id = ? AND e.section_id = ? AND e.admin = 0 AND u.inactive_at IS NULL",
        enrollment_id,
        section_id,
    )
    if member is None:
        raise RefusedError("The enrollment is none of a student of the section.", 404)
    assignees = grade_items.assignees_of(storage, item_id)
    if assignees and enrollment_id not in assignees:
        raise RefusedError("The item is not assigned to the student.")
    return enrollment_id


def _read(
    storage: Storage, fields: Fields, item: Row, old: tuple[object, ...], exceptions: Collection[int]
) -> tuple[float | None, int, str, int | None]:
    values = dict(zip(_COLUMNS, old, strict=True))
    if "grade" in fields:
        values["grade"] = _read_points(storage, fields, item)
        values["exception"] = 0
    if "exception" in fields:
        values["exception"] = read_choice({"exception": read_text(fields, "exception") or "0"}, "exception", exceptions)
    if values["exception"]:
        values["grade"] = None
    if "comment" in fields:
        values["comment"] = read_text(fields, "comment")
    if "comment_status" in fields:
        values["comment_status"] = read_flag(fields, "comment_status")
    return values["grade"], values["exception"], values["comment"], values["comment_status"]  # type: ignore[return-value] # columns of four types


def _read_points(storage: Storage, fields: Fields, item: Row) -> float | None:
    text = read_text(fields, "grade")
    if not text:
        return None
    if item["grading_scale"]:
        scale = storage.row("SELECT * FROM grading_scales WHERE id = ?", item["grading_scale"])
        points = grading.points_of(scale, text, item["max_points"]) if scale is not None else None
        if points is not None:
            return points
    if _NUMBER.fullmatch(text) is None or not math.isfinite(float(text)):
        raise RefusedError("grade must be a number, or a letter of the item's grading scale.")
    return float(text)
