"""How a vendor's own database keeps its records: what new ones are called, and what becomes of the old.

A plain provider has none of these habits; a dressed one (`dress`) has those of its vendor. Not here: any one habit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from sis_connect.sandbox.sis.records import Writing

    #: Proposes an id for a new record of a collection, which is like the row; asked again while it is taken.
    MakeId: TypeAlias = Callable[[Writing, str, Mapping[str, str | None], random.Random], str]
    #: Changes records within a transaction.
    Change: TypeAlias = Callable[[Writing], None]


@dataclass(frozen=True, slots=True)
class Habits:
    """What a database does by itself."""

    #: None for random UUIDs.
    make_id: MakeId | None = None
    #: Done before every commit, in this order.
    before_commit: tuple[Change, ...] = ()
