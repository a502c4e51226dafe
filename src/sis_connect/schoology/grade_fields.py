"""Numbers, flags and days of Schoology's replies, which come as numbers here and as texts there.

Not here: which field is what (`grade_records`, `grade_scales`), and ids and texts (`records`).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d)?", re.ASCII)


def number(row: Mapping[str, object], name: str) -> Decimal | None:
    """The number in a field, exactly as written; None when the field is empty, missing or no number."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    written = str(value).strip()
    return Decimal(written) if _NUMBER.fullmatch(written) else None


def whole(row: Mapping[str, object], name: str) -> int:
    """The whole number in a field, 0 where there is none."""
    return int(number(row, name) or 0)


def flag(row: Mapping[str, object], name: str, *, default: bool) -> bool:
    """A field that is 0 or 1, false or true; `default` where it holds neither."""
    value = row.get(name)
    if isinstance(value, bool):
        return value
    held = number(row, name)
    return default if held is None else held != 0


def day(written: str, zones: tuple[tzinfo, tzinfo | None] | None = None) -> date | None:
    """The day of `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD`; None for anything else, as for `0000-00-00`.

    `zones`: that in which the time was written, and that in which the day is wanted, None for the machine's.
    """
    if _DAY.match(written.strip()) is None:
        return None
    try:
        moment = datetime.fromisoformat(written.strip())
        if zones is not None and ":" in written:
            of_writing, wanted = zones
            moment = moment.replace(tzinfo=moment.tzinfo or of_writing).astimezone(wanted)
    except (ValueError, OverflowError):
        return None
    return moment.date()
