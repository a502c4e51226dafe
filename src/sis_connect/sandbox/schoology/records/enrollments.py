"""Who is in which section: members and course administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records import users
from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written, changed, read_flag, read_text
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row, Storage

#: 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
STATUSES = ("1", "2", "3", "4", "5")


def find(storage: Storage, enrollment_id: int) -> Row | None:
    """The enrollment of an active account, or None."""
    return storage.row(
        "SELECT e.* FROM enrollments e JOIN users u ON u.id = e.user_id WHERE e.id = ? AND u.inactive_at IS NULL",
        enrollment_id,
    )


def find_pair(storage: Storage, section_id: int, user_id: int) -> Row | None:
    """The enrollment of this user in this section, or None."""
    return storage.row("SELECT * FROM enrollments WHERE section_id = ? AND user_id = ?", section_id, user_id)


def enroll(storage: Storage, section_id: int, user_id: int, fields: Fields, *, made_by: str, updates: bool) -> Written:
    """The user is in the section; one who was there already is updated, or refused."""
    if users.find(storage, user_id) is None:
        raise RefusedError("The user does not exist or is inactive.", 404)
    before = find_pair(storage, section_id, user_id)
    if before is not None:
        if not updates:
            raise RefusedError("The user is enrolled already.")
        return update(storage, before, {"status": 1, **fields})
    values = {"admin": 0, "status": 1, **_read(fields)}
    id_ = storage.insert("enrollments", {**values, "section_id": section_id, "user_id": user_id, "made_by": made_by})
    return Written(id_, Effect.CREATED)


def update(storage: Storage, before: Row, fields: Fields) -> Written:
    """The enrollment holds the fields given."""
    return changed(before["id"], is_changed=storage.update("enrollments", before["id"], _read(fields)))


def remove(storage: Storage, enrollment_id: int) -> Written:
    """The enrollment is gone; enrolling again gives another id."""
    if find(storage, enrollment_id) is None:
        raise RefusedError("The enrollment does not exist.", 404)
    storage.run("DELETE FROM enrollments WHERE id = ?", enrollment_id)
    return Written(enrollment_id, Effect.REMOVED)


def _read(fields: Fields) -> dict[str, object]:
    values: dict[str, object] = {}
    if "admin" in fields:
        values["admin"] = read_flag(fields, "admin")
    if "status" in fields:
        status = read_text(fields, "status") or "1"
        if status not in STATUSES:
            raise RefusedError("status must be one of 1, 2, 3, 4, 5.")
        values["status"] = int(status)
    return values
