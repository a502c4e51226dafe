"""Courses: told apart by `course_code` over the whole organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import schools
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    merge_details,
    read_flag,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.settings import Strictness
    from sis_connect.sandbox.schoology.storage import Row, Storage

DETAILS = (
    "department",
    "description",
    "credits",
    "grade_level_range_start",
    "grade_level_range_end",
    "subject_area",
    "district_course_name",
)


def find(storage: Storage, course_id: int) -> Row | None:
    """The course, or None."""
    return storage.row("SELECT * FROM courses WHERE id = ?", course_id)


def find_by_code(storage: Storage, course_code: str) -> Row | None:
    """The course with this code, or None."""
    return storage.row("SELECT * FROM courses WHERE course_code = ? ORDER BY id", course_code)


def write(storage: Storage, fields: Fields, before: Row | None, *, made_by: str, strictness: Strictness) -> Written:
    """A course is created, or the one before is updated."""
    require(fields, ("title", "course_code"), is_new=before is None)
    values: dict[str, object] = {name: read_text(fields, name) for name in ("title", "course_code") if name in fields}
    if "synced" in fields:
        values["synced"] = read_flag(fields, "synced")
    if before is None or "building_id" in fields:
        values["building_id"] = schools.building_of(storage, fields)
    values["details"] = merge_details(before, "details", fields, DETAILS)
    own_id = before["id"] if before is not None else 0
    taken = find_by_code(storage, str(values.get("course_code", "")))
    if strictness.unique_keys and taken is not None and taken["id"] != own_id:
        raise RefusedError("A course with this code exists.")
    if before is not None:
        return changed(own_id, is_changed=storage.update("courses", own_id, values))
    return Written(storage.insert("courses", {**values, "made_by": made_by}), Effect.CREATED)


def remove(storage: Storage, course_id: int) -> Written:
    """The course is gone with its sections and their enrollments."""
    if find(storage, course_id) is None:
        raise RefusedError("The course does not exist.", 404)
    storage.run("DELETE FROM sections WHERE course_id = ?", course_id)
    storage.run("DELETE FROM courses WHERE id = ?", course_id)
    return Written(course_id, Effect.REMOVED)
