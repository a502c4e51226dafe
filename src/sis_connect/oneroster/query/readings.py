"""What a value is compared as: text folded, dates as dates, moments as instants, numbers as numbers.

Here: from the text of a value to something that compares, and the comparisons. Records and filters are read by the
same functions, in SQL too, so that no two places can disagree. Not here: where in a record the text stands. Every
function is total: text that cannot be read has no value. Regular expressions are linear on any input.
"""

from __future__ import annotations

import math
import operator
import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.schema import BOOLEANS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Comparable: TypeAlias = str | float

_TRUE = ("true", "1", "y", "yes", "t")
_FALSE = ("false", "0", "n", "no", "f")
BOOLEAN_WORDS: Mapping[str, str] = MappingProxyType(dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false"))

_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|\s+[0-9]{1,2}:.*)?", re.DOTALL)
_MONTH_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,]([0-9]+))?"
    r"(?:[Zz]|([+-][0-9]{2})(?::?([0-5][0-9]))?)?)?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class Predicate(StrEnum):
    """How a field is compared with a value (query grammar, predicates)."""

    EQUALS = "="
    DIFFERS = "!="
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    CONTAINS = "~"


ORDERINGS: Mapping[Predicate, Callable[[Comparable, Comparable], bool]] = MappingProxyType(
    {
        Predicate.ABOVE: operator.gt,
        Predicate.AT_LEAST: operator.ge,
        Predicate.BELOW: operator.lt,
        Predicate.AT_MOST: operator.le,
    }
)
_EQUALITY = frozenset({Predicate.EQUALS, Predicate.DIFFERS})


class Reading(StrEnum):
    """As what a value is compared."""

    #: Identifiers and words of enumerations: to the letter.
    EXACT = "exact"
    #: Free text: without regard to case or to blanks at its edges, ordered by code point.
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    NUMBER = "number"

    @property
    def is_text(self) -> bool:
        """True where `~` and the empty value have their plain meaning."""
        return self in (Reading.EXACT, Reading.TEXT)

    @property
    def predicates(self) -> frozenset[Predicate]:
        """The predicates that say something about such a value."""
        if self.is_text:
            return frozenset(Predicate)
        if self is Reading.BOOLEAN:
            return _EQUALITY
        return frozenset(Predicate) - {Predicate.CONTAINS}


#: How a single value of each type is compared; in lists, how each of its items is.
READINGS: Mapping[FieldType, Reading] = MappingProxyType(
    {
        FieldType.GUID: Reading.EXACT,
        FieldType.REFERENCE: Reading.EXACT,
        FieldType.REFERENCES: Reading.EXACT,
        FieldType.ENUMERATION: Reading.EXACT,
        FieldType.ENUMERATIONS: Reading.EXACT,
        FieldType.STRING: Reading.TEXT,
        FieldType.STRINGS: Reading.TEXT,
        FieldType.USER_IDS: Reading.TEXT,
        FieldType.BOOLEAN: Reading.BOOLEAN,
        FieldType.DATE: Reading.DATE,
        FieldType.DATE_TIME: Reading.INSTANT,
        FieldType.YEAR: Reading.NUMBER,
        FieldType.FLOAT: Reading.NUMBER,
    }
)


def read(reading: Reading, text: str | None) -> Comparable | None:
    """What the text of a record compares as; None when there is no value or it cannot be read."""
    return _READERS[reading](text)


def read_wanted(reading: Reading, predicate: Predicate, value: str) -> Comparable | None:
    """What the value of a filter compares as; ValueError when it is not of the type or the predicate does not apply.

    None, which the empty value means together with `=` and `!=`, is "no value". Values of filters are read more
    strictly than those of records: tolerating a consumer's faults would hide them from it.
    """
    if predicate not in reading.predicates:
        raise ValueError("The predicate says nothing about a value of this type.")
    if reading.is_text:
        return _wanted_text(reading, predicate, value)
    if not value and predicate in _EQUALITY:
        return None
    wanted = read(reading, value) if _is_as_written(reading, value) else None
    if wanted is None:
        raise ValueError("The value is not of the field's type.")
    return wanted


def holds(predicate: Predicate, have: Comparable | None, wanted: Comparable | None) -> bool:
    """Whether a single value is as wanted; what has no value satisfies `!=` and `=''` only."""
    if predicate is Predicate.EQUALS:
        return have == wanted
    if predicate is Predicate.DIFFERS:
        return have != wanted
    if have is None or wanted is None:
        return False
    if predicate is Predicate.CONTAINS:
        return str(wanted) in str(have)
    return ORDERINGS[predicate](have, wanted)


def folded(text: str | None) -> str | None:
    """Free text without regard to case and to blanks at its edges; None when nothing is left."""
    return (text or "").strip().casefold() or None


def date_of(text: str | None) -> str | None:
    """`YYYY-MM-DD` of a date, or of the day a moment is written with, in the forms that `oneroster.values` reads.

    Dates without their century are not among them.
    """
    trimmed = (text or "").strip()
    if match := _DATE.fullmatch(trimmed):
        return _valid_date(match[1])
    if match := _MONTH_FIRST.fullmatch(trimmed):
        return _valid_date(f"{match[3]}-{match[1]:0>2}-{match[2]:0>2}")
    if match := _COMPACT.fullmatch(trimmed):
        return _valid_date("-".join(match.groups()))
    return None


@lru_cache(maxsize=4096)  # whole collections share the moment at which they were loaded
def instant_of(text: str | None) -> str | None:
    """A moment in UTC as text that compares as moments do: ISO 8601 with any precision and offset.

    Without an offset it is UTC, a date alone is its midnight (deviations, timestamps).
    """
    match = _INSTANT.fullmatch((text or "").strip())
    if match is None:
        return None
    day, time, fraction, hours, minutes = match.groups()
    try:
        zone = timezone(timedelta(hours=int(hours or 0), minutes=int(f"{(hours or '+')[0]}{minutes or 0}")))
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    digits = (fraction or "").rstrip("0")
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + (f".{digits}" if digits else "")


def number_of(text: str | None) -> float | None:
    """A finite decimal number."""
    trimmed = (text or "").strip()
    if not _NUMBER.fullmatch(trimmed):
        return None
    number = float(trimmed)
    return number if math.isfinite(number) else None


def boolean_of(text: str | None) -> str | None:
    """`true` or `false`, in any of the words that `oneroster.values` reads."""
    return BOOLEAN_WORDS.get((text or "").strip(" ").lower())


def exact(text: str | None) -> str | None:
    """The text itself, None when there is none."""
    return text or None


_READERS: Mapping[Reading, Callable[[str | None], Comparable | None]] = MappingProxyType(
    {
        Reading.EXACT: exact,
        Reading.TEXT: folded,
        Reading.BOOLEAN: boolean_of,
        Reading.DATE: date_of,
        Reading.INSTANT: instant_of,
        Reading.NUMBER: number_of,
    }
)


def _wanted_text(reading: Reading, predicate: Predicate, value: str) -> str | None:
    if predicate in _EQUALITY:
        return exact(value) if reading is Reading.EXACT else folded(value)
    if reading is Reading.EXACT:
        return value
    # Blanks at the edges of a part are part of it: “y a” is in “Mary Ann”, and “ya” is not.
    return value.casefold() if predicate is Predicate.CONTAINS else folded(value) or ""


def _is_as_written(reading: Reading, value: str) -> bool:
    if reading is Reading.BOOLEAN:
        return value in BOOLEANS
    if reading is Reading.DATE:
        return instant_of(value) is not None
    return True


def _valid_date(iso: str) -> str | None:
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError:
        return None
