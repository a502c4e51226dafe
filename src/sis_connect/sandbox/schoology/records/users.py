"""Accounts: their fields, unique names, conflicts of e-mail addresses, and what happens when one is deactivated.

Deleting a user deactivates the account. Unless the caller asks to keep enrollments, grade history is destroyed;
unless the caller says not to, the person is mailed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import schools
from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    merge_details,
    read_date,
    read_flag,
    read_number,
    read_numbers,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.settings import SandboxSettings
    from sis_connect.sandbox.schoology.storage import Row, Storage

_TEXTS = (
    "school_uid",
    "name_title",
    "name_first",
    "name_first_preferred",
    "name_middle",
    "name_last",
    "username",
    "primary_email",
    "position",
    "gender",
    "grad_year",
)
_REQUIRED = ("school_uid", "name_first", "name_last", "role_id")
#: Kept and shown, without any rule.
DETAILS = (
    "name_title_show",
    "name_middle_show",
    "use_preferred_first_name",
    "tz_name",
    "language",
    "bio",
    "subjects_taught",
    "grades_taught",
    "department",
    "phone",
    "website",
    "address",
    "interests",
    "activities",
)
_CHOICES = {
    "name_title": ("", "Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor"),
    "gender": ("", "M", "F"),
}


@dataclass(frozen=True, slots=True)
class EmailRules:
    """What a bulk creation does when an address is in use at another organisation."""

    ignore_conflicts: bool = False
    #: 0 refuse, 1 user name only, 2 merge on a claimed domain and otherwise user name only.
    resolution: int = 0


def find(storage: Storage, user_id: int) -> Row | None:
    """The active account, or None."""
    return storage.row("SELECT * FROM users WHERE id = ? AND inactive_at IS NULL", user_id)


def find_by_school_uid(storage: Storage, school_uid: str) -> Row | None:
    """The active account with this unique id, or None."""
    return storage.row("SELECT * FROM users WHERE school_uid = ? AND inactive_at IS NULL", school_uid)


def create(
    storage: Storage, fields: Fields, *, made_by: str, settings: SandboxSettings, emails: EmailRules | None = None
) -> Written:
    """A new account is created; refused when its unique id, user name or address is taken."""
    require(fields, _REQUIRED, is_new=True)
    values = _read(storage, fields, None)
    _resolve_email(values, settings, emails or EmailRules())
    if not values.get("username") and not values.get("primary_email"):
        raise RefusedError("username or primary_email is required.")
    _check_free(storage, values, 0, settings)
    values.setdefault("building_id", schools.root_id(storage))
    id_ = storage.insert("users", {**values, "made_by": made_by, "modified_by": made_by})
    _set_additional_buildings(storage, id_, fields)
    return Written(id_, Effect.CREATED)


def update(storage: Storage, before: Row, fields: Fields, *, made_by: str, settings: SandboxSettings) -> Written:
    """The account holds the fields given; the others stay."""
    require(fields, _REQUIRED, is_new=False)
    values = _read(storage, fields, before)
    merged = {**dict(before), **values}
    if not merged["username"] and not merged["primary_email"]:
        raise RefusedError("username or primary_email is required.")
    email = str(merged["primary_email"]).lower()
    if settings.strictness.unique_keys and email != before["primary_email"].lower():
        _check_not_elsewhere(email, settings)
    _check_free(storage, merged, before["id"], settings)
    is_changed = storage.update("users", before["id"], values)
    is_changed |= _set_additional_buildings(storage, before["id"], fields)
    if is_changed:
        storage.run("UPDATE users SET modified_by = ? WHERE id = ?", made_by, before["id"])
    return changed(before["id"], is_changed=is_changed)


def upsert(storage: Storage, fields: Fields, *, made_by: str, settings: SandboxSettings, emails: EmailRules) -> Written:
    """The account with this unique id holds the fields given; it is created when there is none."""
    require(fields, ("school_uid",), is_new=True)
    before = storage.row(
        "SELECT * FROM users WHERE school_uid = ? ORDER BY inactive_at IS NOT NULL, id", read_text(fields, "school_uid")
    )
    if before is None:
        return create(storage, fields, made_by=made_by, settings=settings, emails=emails)
    if before["inactive_at"] is not None:
        if settings.strictness.inactive_stays_inactive:
            raise RefusedError("The account is inactive.")
        storage.run("UPDATE users SET inactive_at = NULL WHERE id = ?", before["id"])
        update(storage, before, fields, made_by=made_by, settings=settings)
        return Written(before["id"], Effect.UPDATED)
    return update(storage, before, fields, made_by=made_by, settings=settings)


def deactivate(storage: Storage, user_id: int, *, at: int, made_by: str, keeps_enrollments: bool) -> Written:
    """The account is inactive since the unix time `at`; its enrollments are archived, or destroyed."""
    if find(storage, user_id) is None:
        raise RefusedError("The account does not exist or is inactive.", 404)
    storage.run("UPDATE users SET inactive_at = ?, modified_by = ? WHERE id = ?", at, made_by, user_id)
    if keeps_enrollments:
        storage.run("UPDATE enrollments SET status = 5 WHERE user_id = ?", user_id)
    else:
        storage.run("DELETE FROM enrollments WHERE user_id = ?", user_id)
    return Written(user_id, Effect.REMOVED)


def reactivate(storage: Storage, user_id: int, *, made_by: str, settings: SandboxSettings, reenrolls: bool) -> Written:
    """An inactive account is active again, with its archived enrollments if wanted."""
    before = storage.row("SELECT * FROM users WHERE id = ? AND inactive_at IS NOT NULL", user_id)
    if before is None:
        raise RefusedError("There is no such inactive account.", 404)
    _check_free(storage, dict(before), user_id, settings)
    storage.run("UPDATE users SET inactive_at = NULL, modified_by = ? WHERE id = ?", made_by, user_id)
    if reenrolls:
        storage.run("UPDATE enrollments SET status = 1 WHERE user_id = ? AND status = 5", user_id)
    return Written(user_id, Effect.UPDATED)


def link_parent(storage: Storage, student_uid: str, parent_uid: str, *, made_by: str, is_removal: bool) -> Written:
    """A parent sees a student's work, or does so no longer; both are named by unique id."""
    student = find_by_school_uid(storage, student_uid)
    parent = find_by_school_uid(storage, parent_uid)
    if student is None or parent is None:
        raise RefusedError(f"The {'student' if student is None else 'parent'} does not exist.", 404)
    if student["id"] == parent["id"]:
        raise RefusedError("Nobody is their own parent.")
    pair = (student["id"], parent["id"])
    exists = storage.row("SELECT 1 FROM parent_links WHERE student_id = ? AND parent_id = ?", *pair) is not None
    if is_removal:
        storage.run("DELETE FROM parent_links WHERE student_id = ? AND parent_id = ?", *pair)
        return Written(student["id"], Effect.REMOVED if exists else Effect.UNCHANGED)
    if not exists:
        storage.run("INSERT INTO parent_links (student_id, parent_id, made_by) VALUES (?, ?, ?)", *pair, made_by)
    return Written(student["id"], Effect.UNCHANGED if exists else Effect.CREATED)


def _read(storage: Storage, fields: Fields, before: Row | None) -> dict[str, object]:
    """The columns that the fields given set."""
    values: dict[str, object] = {name: read_text(fields, name) for name in _TEXTS if name in fields}
    for name, choices in _CHOICES.items():
        if values.get(name, "") not in choices:
            raise RefusedError(f"{name} must be one of {', '.join(choices[1:])}.")
    if "@" not in str(values.get("primary_email") or "@"):
        raise RefusedError("primary_email is no e-mail address.")
    if "birthday_date" in fields:
        values["birthday_date"] = read_date(fields, "birthday_date")
    if "synced" in fields:
        values["synced"] = read_flag(fields, "synced")
    if "role_id" in fields:
        values["role_id"] = read_number(fields, "role_id")
        if storage.row("SELECT 1 FROM roles WHERE id = ?", values["role_id"]) is None:
            raise RefusedError("role_id is no role.")
    if "building_id" in fields:
        values["building_id"] = schools.building_of(storage, fields)
    values["profile"] = merge_details(before, "profile", fields, DETAILS)
    return values


def _set_additional_buildings(storage: Storage, user_id: int, fields: Fields) -> bool:
    if "additional_buildings" not in fields:
        return False
    wanted = [schools.check_exists(storage, id_) for id_ in read_numbers(fields, "additional_buildings")]
    rows = storage.rows("SELECT school_id FROM user_schools WHERE user_id = ? ORDER BY school_id", user_id)
    if [row["school_id"] for row in rows] == wanted:
        return False
    storage.run("DELETE FROM user_schools WHERE user_id = ?", user_id)
    for school_id in wanted:
        storage.run("INSERT INTO user_schools (user_id, school_id) VALUES (?, ?)", user_id, school_id)
    return True


def _resolve_email(values: dict[str, object], settings: SandboxSettings, emails: EmailRules) -> None:
    email = str(values.get("primary_email") or "").lower()
    if not settings.strictness.unique_keys or email not in settings.emails_elsewhere:
        return
    mailbox, _, domain = email.partition("@")
    if emails.resolution == 2 and domain in settings.claimed_domains:
        return
    if emails.resolution in (1, 2):
        values["username"] = values.get("username") or mailbox
    elif emails.ignore_conflicts:
        values["username"] = values.get("username") or values["school_uid"]
    else:
        _check_not_elsewhere(email, settings)
    values["primary_email"] = ""


def _check_not_elsewhere(email: str, settings: SandboxSettings) -> None:
    if email in settings.emails_elsewhere:
        raise RefusedError("The e-mail address is in use at another organisation.")


def _check_free(storage: Storage, values: Fields, own_id: int, settings: SandboxSettings) -> None:
    if not settings.strictness.unique_keys:
        return
    texts = {
        "school_uid": "A user with this unique ID exists.",
        "username": "The user name is taken.",
        "primary_email": "The e-mail address is taken.",
    }
    for name, message in texts.items():
        # An inactive account keeps its unique id and its user name; its address is free for others.
        active = " AND inactive_at IS NULL" if name == "primary_email" else ""
        value = values.get(name)
        if value and storage.row(f"SELECT 1 FROM users WHERE {name} = ? AND id <> ?{active}", value, own_id):
            raise RefusedError(message)
