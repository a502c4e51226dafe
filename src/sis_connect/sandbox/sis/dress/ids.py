"""Ids in a vendor's shape: `s123456`, `TCH_1234`, `8_1002`. Patterns come from the wardrobe.

Here: ids for new records, and new names for all that were loaded, with everything that refers to them. The same
district gets the same ids each time. Not here: which vendor has which ids.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sis_connect.frames import identifier
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis.habits import MakeId
    from sis_connect.sandbox.sis.records import Writing

#: Numbers of ids; large enough that a free one is found at once.
_NUMBERS = range(1_000_000, 10_000_000)
#: What stands for the school of a record that belongs to none.
_DISTRICT = "0"


def id_maker(patterns: Mapping[str, str]) -> MakeId | None:
    """Makes ids by these patterns, and random ones for other collections; None without any pattern."""
    if not patterns:
        return None

    def make_id(writing: Writing, entity: str, like: Mapping[str, str | None], dice: random.Random) -> str:
        kind = like.get("role") or like.get("type")
        pattern = patterns.get(f"{entity}.{kind}", patterns.get(entity))
        number = dice.choice(_NUMBERS)
        if pattern is None:
            return f"{dice.getrandbits(128):032x}"
        return pattern.format(number=number, school=_school_of(writing, entity, like))

    return make_id


def rename_all(writing: Writing) -> None:
    """Every record has a new id of the provider's own making, and is referred to by it; no date changes."""
    dice = random.Random("ids")  # noqa: S311 -- repeatable, not secret
    # Schools first: other ids may hold theirs.
    for name in ("orgs", "academicSessions", "courses", "users", "classes", "enrollments"):
        renamed = {}
        for row in writing.find(name):
            old = str(row["sourced_id"])
            renamed[old] = writing.new_id(name, row, dice)
            writing.change(name, [old], sourced_id=renamed[old], date_last_modified=row["date_last_modified"])
        _refer(writing, name, renamed)


def _refer(writing: Writing, target: str, renamed: Mapping[str, str]) -> None:
    """Whatever refers to records of one collection does so by their new ids."""
    for entity in ENTITIES.values():
        columns = [field.column for field in entity.references if field.refers_to == target]
        for row in writing.find(entity.name) if columns else ():
            changed = {column: _translated(row[column], renamed) for column in columns}
            if any(changed[column] != row[column] for column in columns):
                stamp = row["date_last_modified"]
                writing.change(entity.name, [str(row["sourced_id"])], **changed, date_last_modified=stamp)


def _translated(value: str | None, renamed: Mapping[str, str]) -> str | None:
    return value and ",".join(renamed.get(item, item) for item in value.split(","))


def _school_of(writing: Writing, entity: str, row: Mapping[str, str | None]) -> str:
    """The id of the school that a record belongs to."""
    if entity == "academicSessions":
        rows = writing.session.rows(
            "SELECT school_sourced_id FROM classes JOIN classes_in_terms USING (record)"
            f" WHERE item = ? AND {identifier('school_sourced_id')} IS NOT NULL LIMIT 1",
            row.get("sourced_id"),
        )
        return str(rows[0][0]) if rows else _DISTRICT
    return row.get("school_sourced_id") or str(row.get("org_sourced_ids") or _DISTRICT).split(",")[0]
