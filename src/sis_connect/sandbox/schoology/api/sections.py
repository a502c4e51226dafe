"""Sections: by course, by code and by member; bulk writing; and what lies below a section without roster data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
    plain_number,
)
from sis_connect.sandbox.schoology.api.schools import show_period
from sis_connect.sandbox.schoology.records import courses, schools, sections, users
from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written, read_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.sandbox.schoology.storage import Row

_ECHO = ("id", "section_code", "section_school_code", "synced", "grading_periods")

#: Lists a section has beside its roster and its grades, by path and list key; a sandbox keeps none of them.
EMPTY_LISTS = {
    "attendance": "date",
    "discussions": "discussion",
    "events": "event",
    "posts": "post",
    "updates": "update",
    "submissions/{item_id}": "revision",
    "submissions/{item_id}/{user_id}": "revision",
}


def show_section(call: Call, row: Row) -> Json:
    """A section as the API writes it."""
    course = found(courses.find(call.storage, row["course_id"]))
    details = json.loads(row["details"])
    ids = sections.period_ids(call.storage, row["id"])
    today = call.service.today.isoformat()
    is_active = call.storage.number(
        f"SELECT {sections.IS_CURRENT} FROM sections s WHERE s.id = ?", today, today, row["id"]
    )
    return {
        "id": str(row["id"]),
        "course_title": course["title"],
        "course_code": course["course_code"],
        "course_id": str(course["id"]),
        "school_id": str(schools.root_id(call.storage)),
        "building_id": str(course["building_id"]),
        "access_code": f"{row['id']:X}-SBX",
        "section_title": row["title"],
        "section_code": row["section_code"],
        "section_school_code": row["section_school_code"],
        "synced": str(row["synced"]),
        "active": is_active,
        "description": details.get("description") or "",
        "subject_area": json.loads(course["details"]).get("subject_area") or "0",
        "parent_id": None,
        "grading_periods": ids,
        "profile_url": "",
        "location": row["location"],
        "meeting_days": details.get("meeting_days") or [""],
        "start_time": details.get("start_time") or "",
        "end_time": details.get("end_time") or "",
        "class_periods": details.get("class_periods") or "",
        "weight": str(details.get("weight") or "0"),
        "options": details.get("options") or {"course_format": "1", "content_index_visibility": []},
        "admin": 1,
        "links": {"self": call.href(f"sections/{row['id']}")},
    }


def list_of_course(call: Call) -> Reply:
    """Sections of a course: current ones, or all with `include_past=1`."""
    found(courses.find(call.storage, call.id("course_id")))
    return _page(call, "s.course_id = ?", (call.id("course_id"),))


def list_of_user(call: Call) -> Reply:
    """Sections a user is enrolled in: current ones, or all with `include_past=1`."""
    found(users.find(call.storage, call.id("user_id")))
    condition = "s.id IN (SELECT section_id FROM enrollments WHERE user_id = ? AND status = 1)"
    return _page(call, condition, (call.id("user_id"),))


def list_by_codes(call: Call) -> Reply:
    """Sections with these school codes; without codes the call is forbidden."""
    codes = call.texts("section_school_codes")
    if not codes:
        raise CallRefusedError(403, "section_school_codes is required.")
    return _page(call, f"s.section_school_code IN ({', '.join('?' * len(codes))})", codes)


def get_section(call: Call) -> Reply:
    """One section."""
    return Reply(200, show_section(call, found(sections.find(call.storage, call.id("section_id")))))


def get_external(call: Call) -> Reply:
    """The section with this school code, without a redirect."""
    row = sections.find_by_school_code(call.storage, call.parts["section_school_code"])
    return Reply(200, show_section(call, found(row)))


def list_periods(call: Call) -> Reply:
    """Grading periods of a section, on one page."""
    found(sections.find(call.storage, call.id("section_id")))
    rows = call.storage.rows(
        "SELECT periods.* FROM section_periods JOIN periods ON periods.id = period_id WHERE section_id = ? ORDER BY id",
        call.id("section_id"),
    )
    shown = []
    weight = plain_number(round(100 / len(rows), 2)) if rows else 0
    for row in rows:
        times = {"start": f"{row['start_date']} 00:00:00", "end": f"{row['end_date']} 23:59:59", "weight": weight}
        shown.append({**show_period(call, row), **times})
    return Reply(200, {"grading_period": shown, "total": len(shown)})


def create_sections(call: Call) -> Reply:
    """One section of a course, or up to 50."""
    course_id = call.id("course_id")
    found(courses.find(call.storage, course_id))
    items = call.items("sections", "section")
    if items is None:
        written = _write(call, call.fields(), None, course_id)
        return created(show_section(call, found(sections.find(call.storage, written.id))))
    return Reply(207, {"section": write_bulk(call, items, course_id)})


def write_bulk(call: Call, items: Sequence[object], course_id: int) -> list[Json]:
    """Sections of one course are written; `update_existing` matches as `records.sections.find_match` says."""

    def write(fields: Fields) -> Json:
        strictness = call.settings.strictness
        match = sections.find_match(call.storage, fields, course_id=course_id, strictness=strictness)
        return _result(call, _write(call, fields, match if call.flag("update_existing") else None, course_id))

    return call.bulk("sections", items, _ECHO, write)


def update_section(call: Call) -> Reply:
    """One section is updated."""
    before = found(sections.find(call.storage, call.id("section_id")))
    _write(call, call.fields(), before, before["course_id"])
    return Reply(204)


def update_sections(call: Call) -> Reply:
    """Up to 50 sections are updated, by `id`."""
    items = call.items("sections", "section")
    if items is None:
        raise CallRefusedError(400, "sections.section is required.")

    def write(fields: Fields) -> Json:
        before = sections.find(call.storage, read_number(fields, "id"))
        if before is None:
            raise RefusedError("The section does not exist.", 404)
        return _result(call, _write(call, fields, before, before["course_id"]))

    return Reply(207, {"section": call.bulk("sections", items, _ECHO, write)})


def delete_section(call: Call) -> Reply:
    """One section is gone with its enrollments."""
    found(sections.find(call.storage, call.id("section_id")))
    call.record("sections", sections.remove(call.storage, call.id("section_id")))
    return Reply(204)


def delete_sections(call: Call) -> Reply:
    """Up to 50 sections are gone with their enrollments."""
    results = call.bulk_by_id("sections", "section_ids", lambda id_: sections.remove(call.storage, id_))
    return bulk_deleted(call, {"section": results})


def list_nothing(call: Call) -> Reply:
    """An empty list."""
    found(sections.find(call.storage, call.id("section_id")))
    path = call.path.rstrip("/").split("/")[2:]
    key = EMPTY_LISTS.get(path[0], "revision")
    return Reply(200, {key: [], "total": 0, "links": {"self": call.href(call.path)}})


def _page(call: Call, condition: str, values: Sequence[object]) -> Reply:
    today = call.service.today.isoformat()
    if call.settings.strictness.hide_past_sections and not call.flag("include_past"):
        condition, values = f"{condition} AND {sections.IS_CURRENT}", (*values, today, today)
    query = Query("s.*", f"sections s WHERE {condition}", values)
    return page(call, "section", query, lambda row: show_section(call, row))


def _write(call: Call, fields: Fields, before: Row | None, course_id: int) -> Written:
    strictness = call.settings.strictness
    written = sections.write(call.storage, fields, before, course_id=course_id, made_by=call.key, strictness=strictness)
    return call.record("sections", written)


def _result(call: Call, written: Written) -> Json:
    row = found(sections.find(call.storage, written.id))
    return {
        "id": str(written.id),
        "section_code": row["section_code"],
        "section_school_code": row["section_school_code"],
        "synced": str(row["synced"]),
        "grading_periods": sections.period_ids(call.storage, written.id),
        "location": call.href(f"sections/{written.id}"),
    }
