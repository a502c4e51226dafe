"""Grading categories and scales of a section.

Items without a category do not count. Scales turn letters and levels into points; no call of the API makes one. Not
here: grading periods (`periods`) and how grades are averaged (`averages`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records.fields import (
    Fields,
    RefusedError,
    Written,
    changed,
    read_choice,
    read_decimal,
    read_number,
    read_text,
    require,
)
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.sandbox.schoology.storage import Row, Storage

#: Calculation types: 1 mean of percents, 2 sum of points.
PERCENT, POINTS = 1, 2
#: Types of scales.
PERCENT_SCALE, POINTS_SCALE = 1, 3
#: What each level of them has.
_LEVELS = {
    PERCENT_SCALE: frozenset({"grade", "cutoff", "average"}),
    POINTS_SCALE: frozenset({"points", "description"}),
}

_LETTERS = (
    ("F", 0), ("D-", 60), ("D", 63), ("D+", 67), ("C-", 70), ("C", 73), ("C+", 77), ("B-", 80), ("B", 83), ("B+", 87),
    ("A-", 90), ("A", 93), ("A+", 97),
)  # fmt: skip


def ensure_scale(storage: Storage) -> None:
    """The scale of letters that every section has stands in the database."""
    if storage.row("SELECT 1 FROM grading_scales WHERE section_id IS NULL") is None:
        levels = [{"grade": letter, "cutoff": percent, "average": percent} for letter, percent in _LETTERS]
        add_scale(storage, None, "Letter grades", levels, type_=PERCENT_SCALE)


def add_scale(
    storage: Storage, section_id: int | None, title: str, levels: Sequence[Mapping[str, object]], *, type_: int
) -> int:
    """A scale of a section, or of all; levels have `grade`, `cutoff` and `average`, or `points` and `description`."""
    names = _LEVELS.get(type_)
    if names is None:
        raise RefusedError("The type of a scale is 1 or 3.")
    for level in levels:
        require(level, names, is_new=True)
        for name in names - {"grade", "description"}:
            read_decimal(level, name)
    values = {"section_id": section_id, "title": title, "type": type_, "levels": json.dumps(list(levels))}
    return storage.insert("grading_scales", values)


def scales_of(storage: Storage, section_id: int) -> list[Row]:
    """The scales that items of a section may use."""
    return storage.rows(
        "SELECT * FROM grading_scales WHERE section_id IS NULL OR section_id = ? ORDER BY id", section_id
    )


def check_scale(storage: Storage, section_id: int, scale_id: int) -> int:
    """Refuses a scale the section does not have; 0 is no scale."""
    if scale_id and scale_id not in {row["id"] for row in scales_of(storage, section_id)}:
        raise RefusedError("The grading scale does not exist.")
    return scale_id


def points_of(scale: Row, text: str, max_points: float) -> float | None:
    """The points that a letter or level stands for on an item; None when the scale has no such one."""
    for level in json.loads(scale["levels"]):
        if scale["type"] == PERCENT_SCALE and level["grade"] == text:
            return float(level["average"]) * max_points / 100
        if scale["type"] == POINTS_SCALE and level["description"] == text:
            return float(level["points"])
    return None


def find_category(storage: Storage, section_id: int, category_id: int) -> Row | None:
    """The category of a section, or None."""
    return storage.row("SELECT * FROM grading_categories WHERE id = ? AND section_id = ?", category_id, section_id)


def categories_of(storage: Storage, section_id: int) -> list[Row]:
    """The categories of a section, in their order."""
    return storage.rows("SELECT * FROM grading_categories WHERE section_id = ? ORDER BY delta, id", section_id)


def write_category(storage: Storage, section_id: int, fields: Fields, before: Row | None, *, made_by: str) -> Written:
    """A category of a section is created, or the one before is updated."""
    require(fields, ("title",), is_new=before is None)
    values: dict[str, object] = {"title": read_text(fields, "title")} if "title" in fields else {}
    if "calculation_type" in fields:
        values["calculation_type"] = read_choice(fields, "calculation_type", (PERCENT, POINTS))
    if "drop_lowest" in fields:
        values["drop_lowest"] = read_choice(fields, "drop_lowest", range(11))
    for name in ("default_grading_scale_id", "default_grading_scale"):
        if name in fields:
            values["default_grading_scale_id"] = check_scale(storage, section_id, read_number(fields, name))
    for name in ("weight", "default_max_points"):
        if name in fields:
            values[name] = read_decimal(fields, name)
    if "delta" in fields:
        values["delta"] = read_number(fields, "delta")
    if before is not None:
        return changed(before["id"], is_changed=storage.update("grading_categories", before["id"], values))
    id_ = storage.insert("grading_categories", {**values, "section_id": section_id, "made_by": made_by})
    return Written(id_, Effect.CREATED)


def remove_category(storage: Storage, category_id: int) -> Written:
    """The category is gone; its items are ungraded."""
    storage.run("UPDATE grade_items SET grading_category = 0 WHERE grading_category = ?", category_id)
    storage.run("DELETE FROM grading_categories WHERE id = ?", category_id)
    return Written(category_id, Effect.REMOVED)
