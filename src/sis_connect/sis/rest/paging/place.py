"""How far the reading of one collection has come: a value that can be written down and gone on from.

Not here: how it moves (`paging`), and where it is kept (`parts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from sis_connect.sis.rest.paging.ordering import Order
from sis_connect.sis.rest.paging.steps import Doubt, Note  # noqa: TC001 -- msgspec reads the types of fields when it runs


class Look(StrEnum):
    """What the next request is for."""

    #: The beginning.
    FIRST = auto()
    #: The last row known, and what follows it.
    ONWARD = auto()
    #: The last row known is not where it was: rows before it.
    BACK = auto()
    #: What follows the last row known, without it.
    BEYOND = auto()
    #: Whether the total stays the same when a single row is asked for.
    TOTAL = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """How far one pass has come; a value, so that it can be written down and gone on from."""

    limit: int
    look: Look = Look.FIRST
    #: Offset of the next request.
    offset: int = 0
    #: Rows of the collection that lie behind us.
    position: int = 0
    #: The sourcedId of the last of them.
    edge: str = ""
    #: Rows kept.
    kept: int = 0
    #: The last sourcedId kept; the highest, where rows ascend.
    highest: str | None = None
    orders: tuple[Order, ...] = tuple(Order)
    #: Kept rows that follow one with the same sourcedId.
    twins: int = 0
    #: Rows passed over as known since the last row kept was met again, and those that were never accounted for.
    unmet: int = 0
    missed: int = 0
    first_total: int | None = None
    total: int | None = None
    largest_page: int = 0
    last_page: int = 0
    pages: int = 0
    stumbles: int = 0
    #: What the first of these stumbles was over.
    doubt: Doubt | None = None
    #: How often the place was lost and found again in this pass.
    found_again: int = 0
    link: str | None = None
    #: Outline of the first page.
    first_page: str = ""
    #: Names the identifiers kept and their order, from where rows do not ascend any more.
    sequence: str = ""
    passes: int = 1
    #: `sequence` of the pass before this one.
    sequence_before: str | None = None
    notes: dict[Note, int] = field(default_factory=dict)

    @property
    def is_ascending(self) -> bool:
        """True while rows came in ascending order of their sourcedId."""
        return bool(self.orders)

    def resumed(self) -> Place | None:
        """Where another reader goes on, noticing with its first request whether rows moved; None: it starts anew."""
        if self.position == 0 or self.largest_page < 2 or self.limit < 2 or self.link is not None:
            return None
        return replace(self, look=Look.ONWARD, offset=self.position - 1, stumbles=0, doubt=None)
