"""Chance that can be repeated: everything a seeded district leaves to chance is asked of these.

Here: the SQL macros `dice` and `guid`, which depend on the seed and on what is asked and on nothing else, so that
neither the order of rows nor the number of threads matters; and how small tables get into a session. MD5 is used
because its result is the same everywhere, not as a protection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.frames import Frames


def cast_dice(frames: Frames, seed: int) -> None:
    """The session knows `dice(what, whose, sides)`, from 0 to sides - 1, and `guid(kind, key)`, 36 characters."""
    frames.execute(
        f"CREATE OR REPLACE MACRO dice(what, whose, sides) AS "
        f"CAST(md5_number_lower(concat('{seed}|', what, '|', whose)) % sides AS BIGINT)"
    )
    frames.execute(
        f"CREATE OR REPLACE MACRO guid(kind, key) AS "
        f"CAST(CAST(md5(concat('{seed}|', kind, '|', key)) AS UUID) AS VARCHAR)"
    )


def load(frames: Frames, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """The table holds the rows, in order; there must be one at least."""
    values = ", ".join("(" + ", ".join(_value(value) for value in row) + ")" for row in rows)
    frames.execute(f"CREATE TABLE {table} ({columns})")
    frames.execute(f"INSERT INTO {table} VALUES {values}")


def _value(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else literal(str(value))
