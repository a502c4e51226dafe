"""Grading periods: one list for the whole organisation, told apart by title, active by their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.records.fields import Fields, RefusedError, Written, changed, read_date, require
from sis_connect.sandbox.schoology.records.fields import read_text as text_of
from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.sandbox.schoology.settings import Strictness
    from sis_connect.sandbox.schoology.storage import Row, Storage


def find(storage: Storage, period_id: int) -> Row | None:
    """The grading period, or None."""
    return storage.row("SELECT * FROM periods WHERE id = ?", period_id)


def check_exist(storage: Storage, period_ids: Iterable[int]) -> None:
    """Refuses grading periods that are not there."""
    for period_id in period_ids:
        if find(storage, period_id) is None:
            raise RefusedError(f"Grading period {period_id} does not exist.")


def write(storage: Storage, fields: Fields, before: Row | None, *, made_by: str, strictness: Strictness) -> Written:
    """A grading period is created, or the one before is updated."""
    require(fields, ("title", "start", "end"), is_new=before is None)
    values: dict[str, object] = {}
    if "title" in fields:
        values["title"] = text_of(fields, "title")
    for name, column in (("start", "start_date"), ("end", "end_date")):
        if name in fields:
            values[column] = read_date(fields, name)
    merged = {**(dict(before) if before is not None else {}), **values}
    if str(merged["end_date"]) < str(merged["start_date"]):
        raise RefusedError("end is before start.")
    own_id = before["id"] if before is not None else 0
    taken = storage.row("SELECT id FROM periods WHERE title = ? AND id <> ?", merged["title"], own_id)
    if strictness.unique_keys and taken is not None:
        raise RefusedError("A grading period with this title exists.")
    if before is not None:
        return changed(own_id, is_changed=storage.update("periods", own_id, values))
    return Written(storage.insert("periods", {**values, "made_by": made_by}), Effect.CREATED)


def remove(storage: Storage, period_id: int, *, strictness: Strictness) -> Written:
    """The grading period is gone, and its grade items have none; refused while sections use it."""
    used = storage.row("SELECT 1 FROM section_periods WHERE period_id = ?", period_id)
    if strictness.keep_used_periods and used is not None:
        raise RefusedError("The grading period is in use.", 403)
    storage.run("DELETE FROM section_periods WHERE period_id = ?", period_id)
    storage.run("UPDATE grade_items SET grading_period = 0 WHERE grading_period = ?", period_id)
    storage.run("DELETE FROM periods WHERE id = ?", period_id)
    return Written(period_id, Effect.REMOVED)
