"""How many of a vendor's own properties are kept: each becomes a column, and columns are not for anybody to multiply.

Which ones does not depend on the order in which pages come: the first in alphabetical order. Not here: what metadata
mean (`oneroster.json_text`), and how columns are stored (`sealing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Names kept of one collection; vendors were seen to use some dozens.
MOST_NAMES = 250
#: Characters of a name beyond which it is none.
LONGEST_NAME = 255


def first_names(names: Iterable[str]) -> set[str]:
    """The names that are kept, and one more where there are too many, so that this can be told."""
    return set(sorted(set(names))[: MOST_NAMES + 1])


def kept_names(names: Iterable[str]) -> list[str]:
    """The names that become columns, in order."""
    return sorted(names)[:MOST_NAMES]


def is_name(name: str) -> bool:
    """True for what can be the name of a column."""
    return len(name) <= LONGEST_NAME
