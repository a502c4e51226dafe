"""Reading what a client sent for one object, and refusing it with a code and a text.

Here: what all kinds share. Clients send numbers as texts and texts as numbers; both are taken, as the service does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.statistics import Effect

if TYPE_CHECKING:
    from sis_connect.sandbox.schoology.storage import Row

#: Who made what a person made at the screen.
BY_HAND = "hand"

Fields = Mapping[str, object]


class RefusedError(Exception):
    """One object is not accepted; others of the same call may be."""

    def __init__(self, message: str, code: int = 400) -> None:
        """`code` as in `response_code` of a bulk reply; the message is for the client's engineer."""
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Written:
    """One object was accepted."""

    id: int
    effect: Effect


def changed(id_: int, *, is_changed: bool) -> Written:
    """An object that existed was written."""
    return Written(id_, Effect.UPDATED if is_changed else Effect.UNCHANGED)


def read_text(fields: Fields, name: str) -> str:
    """The field as text without blanks around it; empty when absent or null."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if not isinstance(value, str | int | float):
        raise RefusedError(f"{name} must be a text.")
    text = str(value).strip()
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RefusedError(f"{name} is no valid text.")
    return text


def read_number(fields: Fields, name: str) -> int:
    """The field as a whole number."""
    text = read_text(fields, name)
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise RefusedError(f"{name} must be a number.")
    return int(text)


def read_flag(fields: Fields, name: str) -> int:
    """The field as 0 or 1; 0 when absent."""
    text = read_text(fields, name)
    if text not in ("", "0", "1"):
        raise RefusedError(f"{name} must be 0 or 1.")
    return int(text or "0")


def read_numbers(fields: Fields, name: str) -> list[int]:
    """The field as a list of numbers, sent as a list or as a text with commas; in order, without repeats."""
    value = fields.get(name)
    items = value if isinstance(value, list) else read_text(fields, name).split(",")
    texts = [text for item in items if (text := str(item).strip())]
    return sorted({read_number({name: text}, name) for text in texts})


def read_date(fields: Fields, name: str) -> str:
    """The field as a date written YYYY-MM-DD; empty when absent."""
    text = read_text(fields, name)
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise RefusedError(f"{name} must be a date, YYYY-MM-DD.") from None


def require(fields: Fields, names: Collection[str], *, is_new: bool) -> None:
    """Refuses an object in which one of these is blank, or, when new, absent."""
    for name in names:
        if (is_new or name in fields) and not read_text(fields, name):
            raise RefusedError(f"{name} is required.")


def merge_details(before: Row | None, column: str, fields: Fields, names: Collection[str]) -> str:
    """JSON of those fields that are kept but never asked about, with what was kept before."""
    kept = json.loads(before[column]) if before is not None else {}
    for name in names:
        if name in fields:
            value = fields[name]
            kept[name] = value if isinstance(value, dict | list) else read_text(fields, name)
    return json.dumps(kept, sort_keys=True)


def as_number(value: object) -> int:
    """A kept detail as the number it should be; 0 for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def read_decimal(fields: Fields, name: str) -> float:
    """The field as a number that is not negative, with or without a fraction."""
    text = read_text(fields, name)
    if re.fullmatch(r"\d{1,9}(\.\d{0,9})?|\.\d{1,9}", text, re.ASCII) is None:
        raise RefusedError(f"{name} must be a number.")
    return float(text)


def read_choice(fields: Fields, name: str, choices: Collection[int]) -> int:
    """The field as one of these numbers."""
    number = read_number(fields, name)
    if number not in choices:
        raise RefusedError(f"{name} must be one of {', '.join(map(str, sorted(choices)))}.")
    return number
