"""A collection that is read page by page without a network, and the manners a provider may have while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.sis.rest.paging.machine import Paging
from sis_connect.sis.rest.paging.steps import Again, Ask, Bounds, Complete, Refused, Said, Unsettled

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.rest.paging.place import Place
    from sis_connect.sis.rest.paging.steps import Step


def ids(number: int, *, prefix: str = "r") -> list[str]:
    """So many ids in ascending order."""
    return [f"{prefix}{index:06}" for index in range(number)]


@dataclass
class Provider:
    """Honest, unless told otherwise."""

    rows: list[str]
    #: Rows of a page at most, whatever was asked for.
    clamp: int = 10_000
    has_total: bool = True
    asks: list[Ask] = field(default_factory=list)

    def answer(self, ask: Ask) -> Said:
        """The page asked for."""
        self.asks.append(ask)
        page = self.rows[ask.offset : ask.offset + min(ask.limit, self.clamp)]
        return Said(page, len(self.rows) if self.has_total else None)


@dataclass
class Outcome:
    """What a reader ended with."""

    kept: list[str]
    step: Step
    place: Place
    doubts: list[str]


def read(answer: Callable[[Ask], Said], bounds: Bounds | None = None, place: Place | None = None) -> Outcome:
    """Reads to the end, as `listing` does with real pages."""
    paging = Paging(bounds or Bounds(limit=10), place)
    kept: list[str] = []
    doubts: list[str] = []
    for _ in range(100_000):
        said = answer(paging.ask)
        taken = paging.take(said)
        step = taken.step
        if isinstance(step, (Ask, Complete, Unsettled)):
            kept += said.ids[taken.keep_from :]
        if isinstance(step, Unsettled):
            step = paging.settle(len(set(kept)))
        if isinstance(step, Again):
            kept = []
            doubts.append(step.doubt)
        if isinstance(step, (Complete, Refused)):
            return Outcome(kept, step, paging.place, doubts)
    raise AssertionError("the reader does not come to an end")
