"""One listing being read: a collection, or its part below one school, from its first page to its proven end.

Here: what joins the paging machine, the provider's dialect and the parts on disk. Pages are taken in the order in which
they were asked for, in one thread. Not here: fetching a page (`listing`), and who fetches what when (`fetching`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import RecordFault, UnreadablePageError
from sis_connect.oneroster.operations import Kind
from sis_connect.sis.rest.client import is_not_found, is_not_given, is_not_like_this, may_be_too_heavy
from sis_connect.sis.rest.paging.machine import Paging
from sis_connect.sis.rest.paging.metadata import first_names
from sis_connect.sis.rest.paging.noticing import folded
from sis_connect.sis.rest.paging.parts import Part, PartState
from sis_connect.sis.rest.paging.place import Look, Place
from sis_connect.sis.rest.paging.steps import Again, Ask, Complete, Refused, Unsettled
from sis_connect.sis.rest.rules import refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sis_connect.errors import PullRefusedError, SisConnectError
    from sis_connect.sis.rest.paging.dialect import Dialect
    from sis_connect.sis.rest.paging.listing import Delivered, Listing
    from sis_connect.sis.rest.paging.steps import Bounds

#: How often a page that cannot be read is asked for in all: what broke on its way comes whole the second time.
_TRIES = 3


class NotGivenError(Exception):
    """The provider does not give this listing; `error` is how it said so."""

    def __init__(self, error: SisConnectError) -> None:
        """With the answer."""
        super().__init__(error.what)
        self.error = error


def is_refused_as_absent(error: PullRefusedError) -> bool:
    """True when a pull was refused because there is nothing at an address."""
    cause = error.__cause__
    return isinstance(cause, NotGivenError) and is_not_found(cause.error, Kind.LIST)


class Reading:
    """One listing on its way to its end."""

    def __init__(self, listing: Listing, folder: Path, bounds: Bounds, dialect: Dialect) -> None:
        """Goes on where the parts in the folder end, if they do."""
        self.listing = listing
        self.dialect = dialect
        self.complete: Complete | None = None
        self.is_absent = False
        #: True when it is not given, and others do without it.
        self.is_left_out = False
        #: True while it holds pages that an earlier pull received.
        self.is_resumed = False
        #: When the first page was answered, by the provider's clock.
        self.began: datetime | None = None
        self._first_dialect = dialect
        self._bounds = bounds
        self._part = Part(folder, listing.name)
        self._tries = 0
        #: What was noticed, by code and property, and names of metadata met.
        self.noticed: Counter[tuple[str, str]] = Counter()
        self.metadata: set[str] = set()
        self._begin(Place(bounds.limit))
        state = self._part.open()
        if state is not None:
            self._go_on(state)

    @property
    def path(self) -> Path:
        """The rows kept so far."""
        return self._part.path

    @property
    def ask(self) -> Ask:
        """What to fetch now."""
        return self._paging.ask

    def ahead(self, most: int) -> list[Ask]:
        """What will be asked after that, as far as it is no guess."""
        return self._paging.ahead(most)

    @property
    def rows(self) -> int:
        """Rows kept."""
        return self._rows

    @property
    def rejected(self) -> int:
        """Records received that are no rows."""
        return sum(self.noticed[fault, ""] for fault in RecordFault)

    @property
    def place(self) -> Place:
        """How far it is."""
        return self._paging.place

    def close(self) -> None:
        """Its files are closed; may be called again."""
        self._part.close()

    def take(self, delivered: Delivered, count_distinct: Callable[[Path], int]) -> None:
        """The page asked for by `ask` has come.

        NotGivenError when the provider does not give this listing; PullRefusedError or the provider's error when it
        is not to be had whole.
        """
        if delivered.error is not None and not self._is_end(delivered.error):
            self._overcome(delivered.error)
            return
        self._tries = 0
        if self.place.look is Look.FIRST:
            self.began = self.began or delivered.date
        taken = self._paging.take(delivered.said)
        step = taken.step
        if isinstance(step, (Ask, Complete, Unsettled)):
            self._keep(delivered, taken.keep_from)
        if isinstance(step, Unsettled):
            step = self._paging.settle(count_distinct(self.path) + self.rejected)
        match step:
            case Again():
                self._restart(self._paging.place)
            case Refused():
                raise refusal(step.doubt, where=self.listing.path)
            case Complete():
                self.complete = step
        self._write()
        if self.complete is not None:
            # A district has many schools, and a process may hold few files open.
            self._part.close()

    def leave_out(self) -> None:
        """It is not given, and others do without it."""
        self.close()
        self.is_left_out = True
        self.complete = Complete(0, None)

    def _is_end(self, error: SisConnectError) -> bool:
        """True for a 404 that says no more than that there are no more rows."""
        if not is_not_found(error, self.listing.operation.kind):
            return False
        if self.place.look is Look.FIRST and self.listing.may_be_absent:
            self.is_absent = True
            self._paging.place = Place(self._bounds.limit, stumbles=1)
        return self.place.look is not Look.FIRST or self.is_absent

    def _overcome(self, error: SisConnectError) -> None:
        """What is asked next is asked in another way; or the error stands."""
        if self.place.look is Look.FIRST and is_not_given(error):
            raise NotGivenError(error)
        if self.place.look is Look.FIRST and is_not_like_this(error):
            simpler = self.dialect.simpler(self._first_dialect)
            if simpler is not None:
                self.dialect = simpler
                return
            if self.listing.filter:
                raise NotGivenError(error)
        if self.place.look is Look.FIRST and self.listing.filter and may_be_too_heavy(error):
            # Some fall over a filter that they do not know.
            raise NotGivenError(error)
        if isinstance(error, UnreadablePageError):
            self._tries += 1
            if self._tries < _TRIES:
                return
        elif may_be_too_heavy(error) and self._paging.shrink() is not None:
            return
        error.where = error.where or self.listing.path
        raise error

    def _keep(self, delivered: Delivered, keep_from: int) -> None:
        lost = sum(position < keep_from for position, _ in delivered.faults)
        start = 0
        for _ in range(keep_from - lost):
            start = delivered.lines.index(b"\n", start) + 1
        self._part.add(memoryview(delivered.lines)[start:])
        self._rows += len(delivered.said.ids) - keep_from - (len(delivered.faults) - lost)
        self.noticed.update((code, "") for position, code in delivered.faults if position >= keep_from)
        self.noticed = folded(self.noticed + delivered.noticed)
        self.metadata = first_names(self.metadata | delivered.metadata)

    def _begin(self, place: Place) -> None:
        self._paging = Paging(self._bounds, place)
        self._rows = 0
        self.noticed = Counter()
        self.metadata = set()

    def _restart(self, place: Place) -> None:
        self._part.restart()
        self.is_resumed = False
        self.began = None
        self._begin(place)

    def _go_on(self, state: PartState) -> None:
        place = state.place if state.is_complete else state.place.resumed()
        if place is None:
            self._restart(Place(self._bounds.limit))
            return
        self.is_resumed = True
        self.dialect = state.dialect
        self.began = state.began
        self._begin(place)
        self._rows = state.rows
        self.noticed = Counter({(code, name): number for code, name, number in state.noticed})
        self.metadata = set(state.metadata)
        if state.is_complete:
            self.complete = Complete(place.kept, place.total)

    def _write(self) -> None:
        self._part.write(
            PartState(
                self.place,
                self.dialect,
                rows=self._rows,
                is_complete=self.complete is not None,
                metadata=tuple(sorted(self.metadata)),
                began=self.began,
                noticed=tuple((code, name, number) for (code, name), number in sorted(self.noticed.items())),
            )
        )
