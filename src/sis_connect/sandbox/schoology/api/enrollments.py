"""Enrollments: per section, over several sections, and by the codes of an outside system.

Bulk replies are wrapped once more than those of other kinds: `enrollments.enrollment[]`.
"""

from __future__ import annotations

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
)
from sis_connect.sandbox.schoology.records import courses, enrollments, sections, users
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    read_flag,
    read_number,
    read_text,
)

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row

_COLUMNS = "e.*, u.school_uid, u.name_title, u.name_first, u.name_first_preferred, u.name_middle, u.name_last"
_TABLES = "enrollments e JOIN users u ON u.id = e.user_id"


def show_enrollment(call: Call, row: Row) -> Json:
    """An enrollment as the API writes it."""
    return {
        "id": row["id"],
        "uid": str(row["user_id"]),
        "school_uid": row["school_uid"],
        "name_title": row["name_title"],
        "name_title_show": "0",
        "name_first": row["name_first"],
        "name_first_preferred": row["name_first_preferred"],
        "name_middle": row["name_middle"],
        "name_middle_show": "0",
        "name_last": row["name_last"],
        "name_display": f"{row['name_first_preferred'] or row['name_first']} {row['name_last']}",
        "admin": row["admin"],
        "status": str(row["status"]),
        "links": {"self": call.href(f"sections/{row['section_id']}/enrollments/{row['id']}")},
    }


def list_of_section(call: Call) -> Reply:
    """Enrollments of a section, all or by users, states or type (`admin`, `member`)."""
    found(sections.find(call.storage, call.id("section_id")))
    conditions, values = ["e.section_id = ?", "u.inactive_at IS NULL"], [call.id("section_id")]
    for name, column in (("uid", "e.user_id"), ("enrollment_status", "e.status")):
        if name in call.query:
            ids = call.ids(name)
            conditions.append(f"{column} IN ({', '.join('?' * len(ids))})")
            values += ids
    if call.query.get("type") in ("admin", "member"):
        conditions.append("e.admin = ?")
        values.append(int(call.query["type"] == "admin"))
    query = Query(_COLUMNS, f"{_TABLES} WHERE {' AND '.join(conditions)}", values, order="e.id")
    return page(call, "enrollment", query, lambda row: show_enrollment(call, row), total_as_text=True)


def get_enrollment(call: Call) -> Reply:
    """One enrollment."""
    return Reply(200, show_enrollment(call, _find(call)))


def create_enrollments(call: Call) -> Reply:
    """One enrollment in a section, or up to 50."""
    section_id = call.id("section_id")
    found(sections.find(call.storage, section_id))
    items = call.items("enrollments", "enrollment")
    if items is None:
        written = _enroll(call, call.fields(), section_id)
        return created(
            _show_created(call, found(call.storage.row(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE e.id = ?", written.id)))
        )

    def write(fields: Fields) -> Json:
        return _result(call, _enroll(call, fields, section_id), section_id)

    return Reply(207, _wrap(call.bulk("enrollments", items, ("uid",), write)))


def create_over_realms(call: Call) -> Reply:
    """Up to 50 enrollments in several sections; groups are not offered."""
    items = _items(call)

    def write(fields: Fields) -> Json:
        if read_text(fields, "realm") != "section":
            raise RefusedError("The realm is not available.", 403)
        section_id = read_number(fields, "section_id")
        if sections.find(call.storage, section_id) is None:
            raise RefusedError("The section does not exist.", 404)
        result = _result(call, _enroll(call, fields, section_id), section_id)
        return {**result, "realm_id": str(section_id)}

    return Reply(207, _wrap(call.bulk("enrollments", items, ("uid", "realm", "section_id"), write)))


def import_by_codes(call: Call) -> Reply:
    """Up to 50 enrollments are added, updated or deleted, by section school code and unique id."""
    items = _items(call)

    def write(fields: Fields) -> Json:
        return _import(
            call, sections.find_by_school_code(call.storage, read_text(fields, "section_school_code")), fields
        )

    return Reply(207, _wrap(call.bulk("enrollments", items, ("section_school_code", "school_uid"), write)))


def import_by_period(call: Call) -> Reply:
    """As `import_by_codes`, by course code, section code and the grading periods in the path."""
    items = _items(call)
    period_ids = {int(text) for text in call.parts["period_ids"].split(",") if text.isdigit()}

    def write(fields: Fields) -> Json:
        return _import(call, _find_in_periods(call, fields, period_ids), fields)

    return Reply(207, _wrap(call.bulk("enrollments", items, ("course_code", "section_code", "school_uid"), write)))


def update_enrollment(call: Call) -> Reply:
    """One enrollment is updated."""
    call.record("enrollments", enrollments.update(call.storage, _find(call), call.fields()))
    return Reply(204)


def update_enrollments(call: Call) -> Reply:
    """Up to 50 enrollments of a section are updated, by `id`."""
    section_id = call.id("section_id")
    found(sections.find(call.storage, section_id))

    def write(fields: Fields) -> Json:
        before = enrollments.find(call.storage, read_number(fields, "id"))
        if before is None or before["section_id"] != section_id:
            raise RefusedError("The enrollment does not exist.", 404)
        return _result(call, enrollments.update(call.storage, before, fields), section_id)

    return Reply(207, _wrap(call.bulk("enrollments", _items(call), ("id", "uid"), write)))


def delete_enrollment(call: Call) -> Reply:
    """One enrollment is gone."""
    call.record("enrollments", enrollments.remove(call.storage, _find(call)["id"]))
    return Reply(204)


def delete_enrollments(call: Call) -> Reply:
    """Up to 50 enrollments are gone."""
    results = call.bulk_by_id("enrollments", "enrollment_ids", lambda id_: enrollments.remove(call.storage, id_))
    return bulk_deleted(call, _wrap(results))


def _items(call: Call) -> list[object]:
    items = call.items("enrollments", "enrollment")
    if items is None:
        raise CallRefusedError(400, "enrollments.enrollment is required.")
    return items


def _wrap(results: list[Json]) -> Json:
    return {"enrollments": {"enrollment": results}}


def _find(call: Call) -> Row:
    row = call.storage.row(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE e.id = ? AND e.section_id = ? AND u.inactive_at IS NULL",
        call.id("enrollment_id"),
        call.id("section_id"),
    )
    return found(row)


def _enroll(call: Call, fields: Fields, section_id: int) -> Written:
    return enrollments.enroll(
        call.storage,
        section_id,
        read_number(fields, "uid"),
        fields,
        made_by=call.key,
        updates=call.flag("update_existing"),
    )


def _import(call: Call, section: Row | None, fields: Fields) -> Json:
    user = users.find_by_school_uid(call.storage, read_text(fields, "school_uid"))
    if section is None or user is None:
        raise RefusedError(f"The {'section' if section is None else 'user'} does not exist.", 404)
    if read_flag(fields, "delete"):
        before = enrollments.find_pair(call.storage, section["id"], user["id"])
        if before is None:
            raise RefusedError("The user is not enrolled.", 404)
        written = enrollments.remove(call.storage, before["id"])
    else:
        known = {"admin": fields.get("admin", 0)}
        written = enrollments.enroll(call.storage, section["id"], user["id"], known, made_by=call.key, updates=True)
    course = found(courses.find(call.storage, section["course_id"]))
    codes = {
        "uid": user["id"],
        "school_uid": user["school_uid"],
        "course_code": course["course_code"],
        "section_code": section["section_code"],
        "section_school_code": section["section_school_code"],
    }
    return {**_result(call, written, section["id"]), **codes}


def _find_in_periods(call: Call, fields: Fields, period_ids: set[int]) -> Row | None:
    rows = call.storage.rows(
        "SELECT s.* FROM sections s JOIN courses c ON c.id = s.course_id"
        " WHERE c.course_code = ? AND s.section_code = ? ORDER BY s.id",
        read_text(fields, "course_code"),
        read_text(fields, "section_code"),
    )
    return next((row for row in rows if period_ids & set(sections.period_ids(call.storage, row["id"]))), None)


def _show_created(call: Call, row: Row) -> Json:
    return {**show_enrollment(call, row), "status": row["status"]}


def _result(call: Call, written: Written, section_id: int) -> Json:
    call.record("enrollments", written)
    row = call.storage.row("SELECT user_id FROM enrollments WHERE id = ?", written.id)
    result: Json = {
        "id": str(written.id),
        "location": call.href(f"sections/{section_id}/enrollments/{written.id}"),
    }
    return result if row is None else {**result, "uid": row["user_id"]}
