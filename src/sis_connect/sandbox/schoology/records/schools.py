"""The district, its buildings and the roles of its people.

The district itself is the root school; users and courses without a building belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    merge_details,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.sandbox.schoology.settings import Role
    from sis_connect.sandbox.schoology.storage import Row, Storage

DETAILS = (
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "country",
    "website",
    "phone",
    "fax",
    "picture_url",
)


def ensure_district(storage: Storage, title: str, roles: Iterable[Role]) -> None:
    """The root school and the roles stand in the database."""
    if storage.row("SELECT 1 FROM schools WHERE parent_id IS NULL") is None:
        storage.insert("schools", {"title": title, "made_by": "hand"})
    for role in roles:
        storage.run(
            "INSERT INTO roles (id, title, faculty) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET title = excluded.title, faculty = excluded.faculty",
            role.id,
            role.title,
            int(role.is_faculty),
        )


def root_id(storage: Storage) -> int:
    """The id of the root school."""
    return storage.number("SELECT id FROM schools WHERE parent_id IS NULL ORDER BY id LIMIT 1")


def find(storage: Storage, school_id: int) -> Row | None:
    """The school or building, or None."""
    return storage.row("SELECT * FROM schools WHERE id = ?", school_id)


def check_exists(storage: Storage, school_id: int) -> int:
    """Refuses a building that is not there."""
    if find(storage, school_id) is None:
        raise RefusedError(f"Building {school_id} does not exist.", 404)
    return school_id


def building_of(storage: Storage, fields: Fields) -> int:
    """The building an object belongs to; the root school when it names none."""
    text = read_text(fields, "building_id")
    if text in ("", "0"):
        return root_id(storage)
    if not text.isdigit():
        raise RefusedError("building_id must be a number.")
    return check_exists(storage, int(text))


def write(storage: Storage, fields: Fields, before: Row | None, *, made_by: str) -> Written:
    """A building is created below the root, or the one before is updated."""
    require(fields, ("title",), is_new=before is None)
    values: dict[str, object] = {name: read_text(fields, name) for name in ("title", "building_code") if name in fields}
    values["details"] = merge_details(before, "details", fields, DETAILS)
    if before is not None:
        return changed(before["id"], is_changed=storage.update("schools", before["id"], values))
    id_ = storage.insert("schools", {**values, "parent_id": root_id(storage), "made_by": made_by})
    return Written(id_, Effect.CREATED)


def remove(storage: Storage, school_id: int) -> Written:
    """The building is gone; refused for the root and while people or courses belong to it."""
    used = storage.row(
        "SELECT 1 FROM schools WHERE id = ?1 AND parent_id IS NULL"
        " UNION ALL SELECT 1 FROM users WHERE building_id = ?1 UNION ALL SELECT 1 FROM courses WHERE building_id = ?1"
        " UNION ALL SELECT 1 FROM user_schools WHERE school_id = ?1 LIMIT 1",
        school_id,
    )
    if used is not None:
        raise RefusedError("The school is in use.", 403)
    storage.run("DELETE FROM schools WHERE id = ?", school_id)
    return Written(school_id, Effect.REMOVED)
