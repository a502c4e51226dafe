"""Sections of courses: their two codes, their grading periods, and how `update_existing` finds one.

A section is current while one of its grading periods is active. `section_school_code` is unique over the
organisation; `section_code` within a course and grading period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import periods
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    merge_details,
    read_flag,
    read_numbers,
    read_text,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.settings import Strictness
    from sis_connect.sandbox.schoology.storage import Row, Storage

DETAILS = ("description", "meeting_days", "start_time", "end_time", "class_periods", "weight", "options")

#: True for a section of the alias `s` that has an active grading period; takes the day twice.
IS_CURRENT = (
    "EXISTS (SELECT 1 FROM section_periods JOIN periods ON periods.id = period_id"
    " WHERE section_id = s.id AND start_date <= ? AND end_date >= ?)"
)


def find(storage: Storage, section_id: int) -> Row | None:
    """The section, or None."""
    return storage.row("SELECT * FROM sections WHERE id = ?", section_id)


def find_by_school_code(storage: Storage, section_school_code: str) -> Row | None:
    """The section with this code, or None."""
    return storage.row("SELECT * FROM sections WHERE section_school_code = ? ORDER BY id", section_school_code)


def period_ids(storage: Storage, section_id: int) -> list[int]:
    """The grading periods of a section, in order."""
    rows = storage.rows("SELECT period_id FROM section_periods WHERE section_id = ? ORDER BY period_id", section_id)
    return [row["period_id"] for row in rows]


def write(
    storage: Storage, fields: Fields, before: Row | None, *, course_id: int, made_by: str, strictness: Strictness
) -> Written:
    """A section of the course is created, or the one before is updated."""
    own_id = before["id"] if before is not None else 0
    values, own_periods = _read(storage, fields, before)
    merged = {"section_code": "", "section_school_code": "", **(dict(before) if before is not None else {}), **values}
    if not merged["section_code"] and not merged["section_school_code"]:
        raise RefusedError("section_code or section_school_code is required.")
    if strictness.unique_keys:
        _check_free(storage, merged, own_periods, own_id, course_id)
    if before is None:
        own_id = storage.insert("sections", {**values, "course_id": course_id, "made_by": made_by})
        _set_periods(storage, own_id, own_periods)
        return Written(own_id, Effect.CREATED)
    is_changed = storage.update("sections", own_id, values)
    if period_ids(storage, own_id) != own_periods:
        _set_periods(storage, own_id, own_periods)
        is_changed = True
    return changed(own_id, is_changed=is_changed)


def find_match(storage: Storage, fields: Fields, *, course_id: int, strictness: Strictness) -> Row | None:
    """The section that `update_existing` means, or None."""
    code = read_text(fields, "section_code")
    school_code = read_text(fields, "section_school_code")
    if not code or not strictness.section_match_by_periods:
        # Not documented; clients in the field send no section_code and rely on it.
        match = find_by_school_code(storage, school_code) if school_code else None
        return match if match is not None and match["course_id"] == course_id else None
    wanted = read_numbers(fields, "grading_periods")
    for row in storage.rows(
        "SELECT * FROM sections WHERE course_id = ? AND section_code = ? ORDER BY id", course_id, code
    ):
        if period_ids(storage, row["id"]) == wanted:
            return row
    return None


def remove(storage: Storage, section_id: int) -> Written:
    """The section is gone with its enrollments."""
    if find(storage, section_id) is None:
        raise RefusedError("The section does not exist.", 404)
    storage.run("DELETE FROM sections WHERE id = ?", section_id)
    return Written(section_id, Effect.REMOVED)


def _read(storage: Storage, fields: Fields, before: Row | None) -> tuple[dict[str, object], list[int]]:
    values: dict[str, object] = {
        name: read_text(fields, name) for name in ("section_code", "section_school_code", "location") if name in fields
    }
    for name in ("title", "section_title"):
        if name in fields:
            values["title"] = read_text(fields, name)
    if not values.get("title", before is not None):
        raise RefusedError("title is required.")
    if "synced" in fields:
        values["synced"] = read_flag(fields, "synced")
    values["details"] = merge_details(before, "details", fields, DETAILS)
    if before is not None and "grading_periods" not in fields:
        return values, period_ids(storage, before["id"])
    own_periods = read_numbers(fields, "grading_periods")
    if not own_periods:
        raise RefusedError("grading_periods is required.")
    periods.check_exist(storage, own_periods)
    return values, own_periods


def _set_periods(storage: Storage, section_id: int, ids: list[int]) -> None:
    storage.run("DELETE FROM section_periods WHERE section_id = ?", section_id)
    for period_id in ids:
        storage.run("INSERT INTO section_periods (section_id, period_id) VALUES (?, ?)", section_id, period_id)


def _check_free(storage: Storage, values: Fields, ids: list[int], own_id: int, course_id: int) -> None:
    school_code = read_text(values, "section_school_code")
    if school_code and storage.row(
        "SELECT 1 FROM sections WHERE section_school_code = ? AND id <> ?", school_code, own_id
    ):
        raise RefusedError("A section with this school code exists.")
    code = read_text(values, "section_code")
    if not code:
        return
    for row in storage.rows(
        "SELECT id FROM sections WHERE course_id = ? AND section_code = ? AND id <> ?", course_id, code, own_id
    ):
        if set(ids) & set(period_ids(storage, row["id"])):
            raise RefusedError("A section with this code exists in this course and grading period.")
