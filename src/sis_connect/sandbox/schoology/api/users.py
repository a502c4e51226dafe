"""Users: reading, bulk writing, deactivating and reactivating, parents, and the CSV export."""

from __future__ import annotations

import csv
import io
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
)
from sis_connect.sandbox.schoology.records import schools, users
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    as_number,
    read_flag,
    read_number,
    read_text,
)
from sis_connect.sandbox.schoology.records.users import EmailRules

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row

_COLUMNS = (
    "u.*,"
    " (SELECT group_concat(school_id) FROM user_schools WHERE user_id = u.id) AS additional_buildings,"
    " (SELECT group_concat(parent_id) FROM parent_links WHERE student_id = u.id) AS parent_uids,"
    " (SELECT group_concat(student_id) FROM parent_links WHERE parent_id = u.id) AS child_uids"
)

_LANGUAGES = {"de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "pt": "Português"}

#: Columns of the CSV export and where their values stand.
_EXPORTED = {
    "uid": "u.id",
    "school_uid": "school_uid",
    "building_nid": "building_id",
    "name_title": "name_title",
    "name_first": "name_first",
    "name_first_preferred": "name_first_preferred",
    "name_middle": "name_middle",
    "name_last": "name_last",
    "role_name": "r.title",
    "name": "username",
    "mail": "primary_email",
    "position": "position",
    "grad_year": "grad_year",
    "birthday": "birthday_date",
    "gender": "gender",
}


def show_user(call: Call, row: Row) -> Json:
    """A user as the API writes it."""
    profile = json.loads(row["profile"])
    return {
        "uid": str(row["id"]),
        "id": row["id"],
        "school_id": schools.root_id(call.storage),
        "synced": row["synced"],
        "school_uid": row["school_uid"],
        "building_id": row["building_id"],
        "additional_buildings": row["additional_buildings"] or "",
        "name_title": row["name_title"],
        "name_title_show": as_number(profile.get("name_title_show")),
        "name_first": row["name_first"],
        "name_first_preferred": row["name_first_preferred"],
        "use_preferred_first_name": str(profile.get("use_preferred_first_name") or "1"),
        "name_middle": row["name_middle"],
        "name_middle_show": as_number(profile.get("name_middle_show")),
        "name_last": row["name_last"],
        "name_display": f"{row['name_first_preferred'] or row['name_first']} {row['name_last']}",
        "username": row["username"],
        "primary_email": row["primary_email"],
        "position": row["position"] or None,
        "gender": row["gender"] or None,
        "grad_year": row["grad_year"],
        "birthday_date": row["birthday_date"],
        "password": "",
        "role_id": row["role_id"],
        "tz_offset": -5,
        "tz_name": profile.get("tz_name") or "America/New_York",
        "parents": None,
        "parent_uids": row["parent_uids"] or "",
        "child_uids": row["child_uids"],
        "send_message": 1,
        "language": profile.get("language") or "",
        "permissions": {"is_directory_public": 1, "allow_connections": 1},
        "links": {"self": call.href(f"users/{row['id']}")},
    }


def list_users(call: Call) -> Reply:
    """Active users, all or by building, roles or unique ids."""
    conditions, values = ["u.inactive_at IS NULL"], list[object]()
    if "building_id" in call.query:
        conditions.append("u.building_id = ?")
        values.append(call.query["building_id"])
    for name, column in (("role_ids", "u.role_id"), ("school_uids", "u.school_uid")):
        if texts := call.texts(name):
            conditions.append(f"{column} IN ({', '.join('?' * len(texts))})")
            values += texts
    query = Query(_COLUMNS, f"users u WHERE {' AND '.join(conditions)}", values)
    return page(call, "user", query, lambda row: show_user(call, row))


def get_user(call: Call) -> Reply:
    """One active user."""
    row = call.storage.row(
        f"SELECT {_COLUMNS} FROM users u WHERE u.id = ? AND u.inactive_at IS NULL", call.id("user_id")
    )
    return Reply(200, show_user(call, found(row)))


def get_me(call: Call) -> Reply:
    """303 to the account the key belongs to."""
    return _redirect(call, call.service.administrator_id)


def get_external(call: Call) -> Reply:
    """303 to the account with this unique id."""
    return _redirect(call, found(users.find_by_school_uid(call.storage, call.parts["school_uid"]))["id"])


def get_app_user_info(call: Call) -> Reply:
    """Whose key it is, without a redirect."""
    at = int(call.service.now.timestamp())
    return Reply(200, {"api_uid": call.service.administrator_id, "web_session_timestamp": at})


def list_languages(_: Call) -> Reply:
    """The languages an account may have."""
    languages = [{"language_code": code, "language_name": name} for code, name in _LANGUAGES.items()]
    return Reply(200, {"language": languages, "total": len(languages)})


def list_inactive(call: Call) -> Reply:
    """Inactive users."""
    query = Query("*", "users WHERE inactive_at IS NOT NULL")
    return page(call, "user", query, lambda row: _show_inactive(call, row), total_as_text=True)


def get_inactive(call: Call) -> Reply:
    """One inactive user."""
    row = call.storage.row("SELECT * FROM users WHERE id = ? AND inactive_at IS NOT NULL", call.id("user_id"))
    return Reply(200, _show_inactive(call, found(row)))


def create_users(call: Call) -> Reply:
    """One user, or up to 50 of them with `update_existing` and rules for e-mail conflicts."""
    items = call.items("users", "user")
    if items is None:
        written = users.create(call.storage, call.fields(), made_by=call.key, settings=call.settings)
        call.record("users", written)
        return created(
            show_user(call, found(call.storage.row(f"SELECT {_COLUMNS} FROM users u WHERE u.id = ?", written.id)))
        )
    resolution = call.query.get("email_conflict_resolution", "0")
    rules = EmailRules(
        ignore_conflicts=call.flag("ignore_email_conflicts"),
        resolution=int(resolution) if resolution in ("1", "2") else 0,
    )
    put = users.upsert if call.flag("update_existing") else users.create

    def write(fields: Fields) -> Json:
        return _result(call, put(call.storage, fields, made_by=call.key, settings=call.settings, emails=rules))

    return Reply(207, {"user": call.bulk("users", items, ("school_uid",), write)})


def update_user(call: Call) -> Reply:
    """One user is updated."""
    before = found(users.find(call.storage, call.id("user_id")))
    written = users.update(call.storage, before, call.fields(), made_by=call.key, settings=call.settings)
    call.record("users", written)
    return Reply(204)


def update_users(call: Call) -> Reply:
    """Up to 50 users are updated, by `id`."""
    items = call.items("users", "user")
    if items is None:
        raise CallRefusedError(400, "users.user is required.")

    def write(fields: Fields) -> Json:
        id_ = read_number(fields, "id" if "id" in fields else "uid")
        before = users.find(call.storage, id_)
        if before is None:
            raise RefusedError("The account does not exist or is inactive.", 404)
        written = users.update(call.storage, before, fields, made_by=call.key, settings=call.settings)
        return {"school_uid": before["school_uid"], **_result(call, written)}

    return Reply(207, {"user": call.bulk("users", items, ("id", "school_uid"), write)})


def delete_user(call: Call) -> Reply:
    """One account is deactivated."""
    found(users.find(call.storage, call.id("user_id")))
    call.record("users", _deactivate(call, call.id("user_id")))
    return Reply(204)


def delete_users(call: Call) -> Reply:
    """Up to 50 accounts are deactivated."""
    results = call.bulk_by_id("users", "uids", lambda user_id: _deactivate(call, user_id))
    return bulk_deleted(call, {"user": results})


def reactivate_users(call: Call) -> Reply:
    """Up to 50 accounts are active again."""
    items = call.items("users", "user") or call.items("user", "user")
    if items is None:
        raise CallRefusedError(400, "user is required.")

    def write(fields: Fields) -> Json:
        written = users.reactivate(
            call.storage,
            read_number(fields, "uid"),
            made_by=call.key,
            settings=call.settings,
            reenrolls=bool(read_flag(fields, "option_reenroll")),
        )
        return {**_result(call, written), "message": "Reactivated."}

    return Reply(207, {"user": call.bulk("users", items, ("uid",), write)})


def import_parents(call: Call) -> Reply:
    """Up to 50 links between students and parents are made or undone, by unique ids."""
    items = call.items("associations", "association")
    if items is None:
        raise CallRefusedError(400, "associations.association is required.")

    def write(fields: Fields) -> Json:
        written = users.link_parent(
            call.storage,
            read_text(fields, "student_school_uid"),
            read_text(fields, "parent_school_uid"),
            made_by=call.key,
            is_removal=bool(read_flag(fields, "delete")),
        )
        call.record("associations", written)
        return {}

    echo = ("student_school_uid", "parent_school_uid")
    return Reply(207, {"association": call.bulk("associations", items, echo, write)})


def export_csv(call: Call) -> Reply:
    """All active users as CSV with the columns asked for."""
    names = [name for name in call.query.get("fields", "").split(",") if name]
    unknown = [name for name in names if name not in _EXPORTED and name not in users.DETAILS]
    if not names or unknown:
        raise CallRefusedError(400, "fields must name columns of the export.")
    columns = ", ".join(_EXPORTED.get(name) or f"profile ->> '{name}'" for name in names)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(
        call.storage.rows(
            f"SELECT {columns} FROM users u JOIN roles r ON r.id = u.role_id WHERE inactive_at IS NULL ORDER BY u.id"
        )
    )
    return Reply(200, text=text.getvalue(), media_type="text/csv")


def _redirect(call: Call, user_id: int) -> Reply:
    if call.settings.strictness.redirects:
        return Reply(303, headers={"Location": call.href(f"users/{user_id}")})
    return Reply(
        200, show_user(call, found(call.storage.row(f"SELECT {_COLUMNS} FROM users u WHERE u.id = ?", user_id)))
    )


def _show_inactive(call: Call, row: Row) -> Json:
    return {
        "uid": str(row["id"]),
        "name": f"{row['name_first']} {row['name_last']}",
        "school_uid": row["school_uid"],
        "synced": row["synced"],
        "inactive_timestamp": str(row["inactive_at"]),
        "modified_by_uid": str(call.service.administrator_id),
    }


def _result(call: Call, written: Written) -> Json:
    call.record("users", written)
    return {"id": written.id, "location": call.href(f"users/{written.id}")}


def _deactivate(call: Call, user_id: int) -> Written:
    keeps = call.flag("option_keep_enrollments")
    at = int(call.service.now.timestamp())
    written = users.deactivate(call.storage, user_id, at=at, made_by=call.key, keeps_enrollments=keeps)
    if not keeps:
        call.service.tally.lost_history()
    if call.query.get("email_notification") != "0":
        call.service.tally.mailed()
    return written
