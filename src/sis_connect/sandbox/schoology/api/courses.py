"""Courses, alone or in bulk, each with its sections nested if wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api import sections as sections_api
from sis_connect.sandbox.schoology.api.calls import (
    Call,
    CallRefusedError,
    Json,
    Query,
    Reply,
    bulk_deleted,
    created,
    found,
    page,
)
from sis_connect.sandbox.schoology.records import courses
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    as_number,
    read_number,
    read_text,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row


def show_course(call: Call, row: Row) -> Json:
    """A course as the API writes it."""
    details = json.loads(row["details"])
    return {
        "id": row["id"],
        "building_id": str(row["building_id"]),
        "title": row["title"],
        "course_code": row["course_code"],
        "department": details.get("department", ""),
        "description": details.get("description", ""),
        "credits": str(details.get("credits", "0")),
        "synced": row["synced"],
        "grade_level_range_start": as_number(details.get("grade_level_range_start")),
        "grade_level_range_end": as_number(details.get("grade_level_range_end")),
        "subject_area": str(details.get("subject_area") or "0"),
        "links": {"self": call.href(f"courses/{row['id']}")},
    }


def list_courses(call: Call) -> Reply:
    """Courses, all or by building."""
    query = Query("*", "courses")
    if "building_id" in call.query:
        query = Query("*", "courses WHERE building_id = ?", [call.query["building_id"]])
    return page(call, "course", query, lambda row: show_course(call, row))


def get_course(call: Call) -> Reply:
    """One course."""
    return Reply(200, show_course(call, found(courses.find(call.storage, call.id("course_id")))))


def create_courses(call: Call) -> Reply:
    """One course, or up to 50; `update_existing` matches by code."""
    items = call.items("courses", "course")
    if items is None:
        written = _write(call, call.fields(), None)
        return created(show_course(call, found(courses.find(call.storage, written.id))))

    def write(fields: Fields) -> Json:
        before = courses.find_by_code(call.storage, read_text(fields, "course_code"))
        written = _write(call, fields, before if call.flag("update_existing") else None)
        return {**_result(call, written), **_write_sections(call, fields, written.id)}

    return Reply(207, {"course": call.bulk("courses", items, ("course_code",), write)})


def update_course(call: Call) -> Reply:
    """One course is updated."""
    _write(call, call.fields(), found(courses.find(call.storage, call.id("course_id"))))
    return Reply(204)


def update_courses(call: Call) -> Reply:
    """Up to 50 courses are updated, by `id`."""
    items = call.items("courses", "course")
    if items is None:
        raise CallRefusedError(400, "courses.course is required.")

    def write(fields: Fields) -> Json:
        before = courses.find(call.storage, read_number(fields, "id"))
        if before is None:
            raise RefusedError("The course does not exist.", 404)
        return {"course_code": before["course_code"], **_result(call, _write(call, fields, before))}

    return Reply(207, {"course": call.bulk("courses", items, ("id", "course_code"), write)})


def delete_course(call: Call) -> Reply:
    """One course is gone with its sections."""
    found(courses.find(call.storage, call.id("course_id")))
    call.record("courses", courses.remove(call.storage, call.id("course_id")))
    return Reply(204)


def delete_courses(call: Call) -> Reply:
    """Up to 50 courses are gone with their sections."""
    results = call.bulk_by_id("courses", "course_ids", lambda id_: courses.remove(call.storage, id_))
    return bulk_deleted(call, {"course": results})


def _write(call: Call, fields: Fields, before: Row | None) -> Written:
    written = courses.write(call.storage, fields, before, made_by=call.key, strictness=call.settings.strictness)
    if written.effect is Effect.UNCHANGED and fields.get("sections") is not None:
        written = replace(written, effect=Effect.CARRIED)
    return call.record("courses", written)


def _write_sections(call: Call, fields: Fields, course_id: int) -> Json:
    wrapped = fields.get("sections")
    if wrapped is None:
        return {}
    items = wrapped.get("section") if isinstance(wrapped, Mapping) else wrapped
    if not isinstance(items, list):
        raise RefusedError("sections.section must be a list.")
    return {"sections": {"section": sections_api.write_bulk(call, items, course_id)}}


def _result(call: Call, written: Written) -> Json:
    return {"id": written.id, "location": call.href(f"courses/{written.id}")}
