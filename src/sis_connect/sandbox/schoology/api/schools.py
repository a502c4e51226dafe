"""Schools and buildings, roles, grading periods."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.api.calls import Call, Json, Query, Reply, created, found, page
from sis_connect.sandbox.schoology.records import periods, schools

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row


def show_school(call: Call, row: Row) -> Json:
    """A school or building as the API writes it."""
    details = dict.fromkeys(schools.DETAILS, "") | json.loads(row["details"])
    shown: Json = {"id": str(row["id"]), "title": row["title"], **details}
    if row["parent_id"] is not None:
        shown["building_code"] = row["building_code"]
    return {**shown, "links": {"self": call.href(f"schools/{row['id']}")}}


def show_period(call: Call, row: Row) -> Json:
    """A grading period as the API writes it."""
    is_active = row["start_date"] <= call.service.today.isoformat() <= row["end_date"]
    return {
        "id": row["id"],
        "title": row["title"],
        "start": row["start_date"],
        "end": row["end_date"],
        "active": "1" if is_active else "0",
        "parent": 0,
        "has_children": False,
        "links": {"self": call.href(f"gradingperiods/{row['id']}")},
    }


def list_schools(call: Call) -> Reply:
    """The root school first, then the buildings."""
    query = Query("*", "schools", order="parent_id IS NOT NULL, id")
    return page(call, "school", query, lambda row: show_school(call, row))


def list_buildings(call: Call) -> Reply:
    """All buildings of a school, on one page."""
    found(schools.find(call.storage, call.id("school_id")))
    rows = call.storage.rows("SELECT * FROM schools WHERE parent_id = ? ORDER BY id", call.id("school_id"))
    if not rows and call.settings.strictness.sparse_pages:
        return Reply(200, {"total": 0})
    return Reply(200, {"building": [show_school(call, row) for row in rows], "total": len(rows)})


def get_school(call: Call) -> Reply:
    """One school or building."""
    return Reply(200, show_school(call, found(schools.find(call.storage, call.id("school_id")))))


def create_school(call: Call) -> Reply:
    """A building is created below the root school."""
    written = call.record("schools", schools.write(call.storage, call.fields(), None, made_by=call.key))
    return created(show_school(call, found(schools.find(call.storage, written.id))))


def create_building(call: Call) -> Reply:
    """As `create_school`, for a school that is there."""
    found(schools.find(call.storage, call.id("school_id")))
    return create_school(call)


def update_school(call: Call) -> Reply:
    """One school or building is updated."""
    before = found(schools.find(call.storage, call.id("school_id")))
    call.record("schools", schools.write(call.storage, call.fields(), before, made_by=call.key))
    return Reply(204)


def delete_school(call: Call) -> Reply:
    """One building is gone."""
    found(schools.find(call.storage, call.id("school_id")))
    call.record("schools", schools.remove(call.storage, call.id("school_id")))
    return Reply(204)


def list_roles(call: Call) -> Reply:
    """All roles, on one page."""
    rows = call.storage.rows("SELECT * FROM roles ORDER BY id")
    return Reply(200, {"role": [_show_role(call, row) for row in rows], "total": len(rows)})


def get_role(call: Call) -> Reply:
    """One role."""
    return Reply(200, _show_role(call, found(call.storage.row("SELECT * FROM roles WHERE id = ?", call.id("role_id")))))


def list_periods(call: Call) -> Reply:
    """Grading periods, all or those with a title."""
    title = call.query.get("title")
    query = Query("*", "periods")
    if title is not None and call.flag("startswith"):
        query = Query("*", "periods WHERE substr(title, 1, length(?)) = ?", (title, title))
    elif title is not None:
        query = Query("*", "periods WHERE title = ?", (title,))
    return page(call, "gradingperiods", query, lambda row: show_period(call, row))


def get_period(call: Call) -> Reply:
    """One grading period."""
    return Reply(200, show_period(call, found(periods.find(call.storage, call.id("period_id")))))


def create_period(call: Call) -> Reply:
    """One grading period is created; there is no bulk call."""
    written = periods.write(call.storage, call.fields(), None, made_by=call.key, strictness=call.settings.strictness)
    call.record("periods", written)
    return created(show_period(call, found(periods.find(call.storage, written.id))))


def update_period(call: Call) -> Reply:
    """One grading period is updated."""
    before = found(periods.find(call.storage, call.id("period_id")))
    written = periods.write(call.storage, call.fields(), before, made_by=call.key, strictness=call.settings.strictness)
    call.record("periods", written)
    return Reply(204)


def delete_period(call: Call) -> Reply:
    """One grading period is gone."""
    found(periods.find(call.storage, call.id("period_id")))
    removed = periods.remove(call.storage, call.id("period_id"), strictness=call.settings.strictness)
    call.record("periods", removed)
    return Reply(204)


def _show_role(call: Call, row: Row) -> Json:
    return {
        "id": str(row["id"]),
        "title": row["title"],
        "faculty": row["faculty"],
        "role_type": 1,
        "links": {"self": call.href(f"roles/{row['id']}")},
    }
