"""How a list is compared: the comma list of a filter against the items of a record.

Here: what counts as an item, and the rules for several values (query grammar, multi-valued): `=` wants every listed
value present, `!=` is its opposite, `~` wants any listed value contained in any item, and an ordering any item that
satisfies it. Not here: where the list stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sis_connect.oneroster.query.elements import Shape
from sis_connect.oneroster.query.readings import Predicate, Reading, holds, read, read_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.oneroster.query.readings import Comparable

_USER_ID = re.compile(r"{([^{}]*)}")


def items_of(shape: Shape, text: str) -> list[str]:
    """The items of a list in its CSV form, as `oneroster.values` takes it apart: identifiers keep their blanks."""
    if shape in (Shape.USER_ID_TYPES, Shape.USER_ID_IDENTIFIERS):
        pairs = [inner.partition(":") for inner in _USER_ID.findall(text) if ":" in inner]
        return [type_ if shape is Shape.USER_ID_TYPES else identifier for type_, _, identifier in pairs]
    return text.split(",")


def readable(shape: Shape, reading: Reading, items: Iterable[str]) -> list[Comparable]:
    """What the items compare as, without blank ones."""
    if shape is not Shape.REFERENCES:
        items = (item.strip() for item in items)
    return [value for item in items if item.strip() and (value := read(reading, item)) is not None]


def list_holds(shape: Shape, reading: Reading, predicate: Predicate, items: Iterable[str], value: str) -> bool:
    """Whether a list is as a filter's value wants it; an empty value means "no items", and with `~` "any item"."""
    have = readable(shape, reading, items)
    wanted = _wanted(shape, reading, predicate, value)
    if predicate in (Predicate.EQUALS, Predicate.DIFFERS):
        is_equal = all(one in have for one in wanted) if wanted else not have
        return is_equal is (predicate is Predicate.EQUALS)
    return any(holds(predicate, item, one) for item in have for one in wanted)


@lru_cache(maxsize=256)
def _wanted(shape: Shape, reading: Reading, predicate: Predicate, value: str) -> tuple[Comparable, ...]:
    """Each once: a filter of a thousand equal commas costs no more than one."""
    if predicate not in (Predicate.EQUALS, Predicate.DIFFERS, Predicate.CONTAINS):
        wanted = read_wanted(reading, predicate, value)
        return () if wanted is None else (wanted,)
    listed = readable(shape, reading, value.split(","))
    if predicate is Predicate.CONTAINS and not listed:
        return ("",)
    return tuple(dict.fromkeys(listed))
