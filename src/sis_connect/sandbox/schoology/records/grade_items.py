"""Grade items of a section: assignments and whatever else is graded, and for whom.

A deleted item is gone for everyone who asks; its row is kept so that a poll for grades may tell of it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import grading, sections
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    merge_details,
    read_decimal,
    read_flag,
    read_number,
    read_numbers,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Collection

    from sis_connect.sandbox.schoology.storage import Row, Storage

#: What is known to be gradable; only assignments can be made through the API.
TYPES = ("assignment", "assessment", "discussion")
DUE_FORMAT = "%Y-%m-%d %H:%M:%S"

_FLAGS = ("is_final", "published", "count_in_grade", "collected_only")
#: Kept and shown, without any rule.
DETAILS = ("show_comments", "grade_stats", "allow_dropbox", "allow_discussion", "auto_publish_grades")


def find(storage: Storage, section_id: int, item_id: int) -> Row | None:
    """The item of a section, or None."""
    return storage.row(
        "SELECT * FROM grade_items WHERE id = ? AND section_id = ? AND deleted_at IS NULL", item_id, section_id
    )


def items_of(storage: Storage, section_id: int) -> list[Row]:
    """All items of a section: by due date, finals last."""
    return storage.rows(
        "SELECT * FROM grade_items WHERE section_id = ? AND deleted_at IS NULL ORDER BY is_final, due, id", section_id
    )


def assignees_of(storage: Storage, item_id: int) -> list[int]:
    """Enrollments to whom an item is assigned individually; empty when it is for everyone."""
    rows = storage.rows("SELECT enrollment_id FROM assignees WHERE item_id = ? ORDER BY enrollment_id", item_id)
    return [row["enrollment_id"] for row in rows]


def write(
    storage: Storage, section_id: int, fields: Fields, before: Row | None, *, made_by: str, type_: str = "assignment"
) -> Written:
    """An item of a section is created, or the one before is updated; `due` is in the school's zone."""
    require(fields, ("title",), is_new=before is None)
    values: dict[str, object] = {name: read_text(fields, name) for name in ("title", "description") if name in fields}
    if "due" in fields:
        values["due"] = check_due(read_text(fields, "due"))
    values |= {name: read_flag(fields, name) for name in _FLAGS if name in fields}
    values |= {name: read_decimal(fields, name) for name in ("max_points", "factor") if name in fields}
    values |= _read_references(storage, section_id, fields)
    values["details"] = merge_details(before, "details", fields, DETAILS)
    if before is None:
        id_ = storage.insert("grade_items", {**values, "section_id": section_id, "type": type_, "made_by": made_by})
    else:
        id_ = before["id"]
    is_changed = before is not None and storage.update("grade_items", id_, values)
    if "assignees" in fields:
        is_changed |= _assign(storage, section_id, id_, read_numbers(_listed(fields), "assignees"))
    return changed(id_, is_changed=is_changed) if before is not None else Written(id_, Effect.CREATED)


def remove(storage: Storage, item_id: int, *, at: int) -> Written:
    """The item is gone since the unix time `at`, and its grades with it."""
    storage.run("UPDATE grade_items SET deleted_at = ? WHERE id = ?", at, item_id)
    storage.run(
        "UPDATE grades SET grade = NULL, exception = 0, comment = '', comment_status = NULL, updated_at = ?"
        " WHERE item_id = ?",
        at,
        item_id,
    )
    return Written(item_id, Effect.REMOVED)


def check_due(text: str) -> str:
    """A moment written as the API writes it, or nothing."""
    if not text:
        return ""
    try:
        moment = datetime.strptime(text, DUE_FORMAT)  # noqa: DTZ007 -- due carries no zone
    except ValueError:
        raise RefusedError("due must be a time, YYYY-MM-DD HH:MM:SS.") from None
    return moment.strftime(DUE_FORMAT)


def _read_references(storage: Storage, section_id: int, fields: Fields) -> dict[str, object]:
    values: dict[str, object] = {}
    if "grading_scale" in fields:
        values["grading_scale"] = grading.check_scale(storage, section_id, read_number(fields, "grading_scale"))
    if "grading_period" in fields:
        values["grading_period"] = period = read_number(fields, "grading_period")
        if period and period not in sections.period_ids(storage, section_id):
            raise RefusedError("The grading period is none of the section.")
    if "grading_category" in fields:
        values["grading_category"] = category = read_number(fields, "grading_category")
        if category and grading.find_category(storage, section_id, category) is None:
            raise RefusedError("The grading category does not exist.")
    return values


def _listed(fields: Fields) -> Fields:
    """The fields with `assignees` as a list, which clients also send as JSON in a text."""
    sent = fields["assignees"]
    if isinstance(sent, str) and sent.startswith("["):
        try:
            return {"assignees": json.loads(sent)}
        except ValueError:
            raise RefusedError("assignees must be a list.") from None
    return fields


def _assign(storage: Storage, section_id: int, item_id: int, wanted: Collection[int]) -> bool:
    """The item is for these enrollments alone, or for everyone when there are none; True when that is new."""
    members = {
        row["id"] for row in storage.rows("SELECT id FROM enrollments WHERE section_id = ? AND admin = 0", section_id)
    }
    if not members.issuperset(wanted):
        raise RefusedError("An assignee is no student of the section.")
    if assignees_of(storage, item_id) == list(wanted):
        return False
    storage.run("DELETE FROM assignees WHERE item_id = ?", item_id)
    storage.run_many("INSERT INTO assignees VALUES (?, ?)", [(item_id, enrollment) for enrollment in wanted])
    return True
