"""The words of paging: what is asked, what a page says, what follows, and why something is not believed.

Only values. Not here: what follows from what (`paging`), and what the codes mean for people (`rules`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Doubt(StrEnum):
    """Why what was read is not believed; the value is the code of its rule."""

    ROWS_MOVED = "rest.rows_moved"
    PAGE_REPEATS = "rest.page_repeats"
    PAGE_VANISHED = "rest.page_vanished"
    TOTAL_NOT_REACHED = "rest.total_not_reached"
    LINKS_GO_ROUND = "rest.links_go_round"
    RECORDS_REPEAT = "rest.records_repeat"
    TOO_MANY_RECORDS = "rest.too_many_records"


class Note(StrEnum):
    """What was noticed and does not stand in the way; the value is the code of its rule."""

    TOTAL_MISSING = "rest.total_missing"
    TOTAL_WRONG = "rest.total_wrong"
    LIMIT_CLAMPED = "rest.limit_clamped"
    CHANGED_WHILE_READ = "rest.changed_while_read"
    READ_AGAIN = "rest.read_again"
    NOT_FOUND_AT_END = "rest.not_found_at_end"
    NOT_IN_ORDER = "rest.not_in_order"
    LINKS_WITHOUT_OFFSET = "rest.links_without_offset"
    DUPLICATE_RECORDS = "rest.duplicate_records"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is asked and believed at most of one collection."""

    #: Rows of one page asked for.
    limit: int = 1_000
    #: False where the provider's X-Total-Count is known to count something else.
    heeds_total: bool = True
    #: How often the collection is read in all.
    passes: int = 3
    #: Answers in a row that bring nothing new before a pass is given up.
    stumbles: int = 4
    pages: int = 2_000_000
    records: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One page to ask for."""

    offset: int
    limit: int
    #: Query of a link to follow instead of an offset.
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one page said; a page that was not found (404) says nothing, `was_found` being False."""

    #: In the order of the page, "" for a row without one.
    ids: Sequence[str] = ()
    total: int | None = None
    #: Query of its next link, where that may be followed and has no offset of its own (`links`).
    link: str | None = None
    was_found: bool = True


@dataclass(frozen=True, slots=True)
class Complete:
    """Every row was received."""

    records: int
    #: The total that agrees with the count; None when the provider gave none or it is not heeded.
    total: int | None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Every row was received if none came twice: `settle` is to be told how many different ones there are."""


@dataclass(frozen=True, slots=True)
class Again:
    """What was kept is thrown away; the collection is read once more from the start."""

    doubt: Doubt


@dataclass(frozen=True, slots=True)
class Refused:
    """The collection is not believed."""

    doubt: Doubt


Step = Ask | Complete | Unsettled | Again | Refused


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page: its rows from `keep_from` on are new, and what comes next."""

    keep_from: int
    step: Step
