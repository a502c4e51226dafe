"""One listing being read: a collection, or its part below one school, from its first page to its proven end.

Here: what joins the paging machine, the provider's dialect and the parts on disk. Pages are decoded where they are
fetched (`fetch`, in any thread) and taken in the order in which they were asked for (`take`, in one thread). Not here:
which listings a pull needs (`derived`, `per_school`) and who fetches what when (`pull`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import TargetError
from sis_connect.oneroster.json_deviations import RecordFault, UnreadablePageError
from sis_connect.oneroster.schema import ENTITIES, METADATA_PREFIX
from sis_connect.sis.rest.client import is_not_found, is_not_given, is_not_like_this, may_be_too_heavy
from sis_connect.sis.rest.dialect import shows_more
from sis_connect.sis.rest.paging import Paging
from sis_connect.sis.rest.parts import Part, PartState
from sis_connect.sis.rest.place import Look, Place
from sis_connect.sis.rest.rules import refusal
from sis_connect.sis.rest.steps import Again, Ask, Bounds, Complete, Refused, Said, Unsettled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sis_connect.errors import SisConnectError
    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.schema import Entity
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.dialect import Dialect

#: How often a page that cannot be read is asked for in all: what broke on its way comes whole the second time.
_TRIES = 3
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be read."""

    operation: Operation
    path: str
    #: Names its files.
    name: str
    #: True when nothing being there (404) means that there are no records, as below a school.
    may_be_absent: bool = False

    @property
    def entity(self) -> Entity:
        """What its records are."""
        return ENTITIES[self.operation.entity]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One page, decoded, or why there is none."""

    said: Said = field(default_factory=Said)
    #: One line of JSON for each row that could be read.
    lines: bytes = field(repr=False, default=b"")
    #: Positions on the page of what is no row, with its code.
    faults: tuple[tuple[int, str], ...] = ()
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)
    metadata: frozenset[str] = frozenset()
    error: SisConnectError | None = None


class NotGivenError(Exception):
    """The provider does not give this listing; `error` is how it said so."""

    def __init__(self, error: SisConnectError) -> None:
        """With the answer."""
        super().__init__(error.what)
        self.error = error


def fetch(
    client: OneRosterClient,
    listing: Listing,
    ask: Ask,
    dialect: Dialect,
    *,
    metadata: bool,
    slots: AbstractContextManager[object],
) -> Delivered:
    """The page asked for, decoded; errors of the service are part of it, so that they are met in order.

    A request holds one of the `slots`; decoding holds none, so that the next request need not wait for it.
    """
    parameters: dict[str, str | int] = {"limit": ask.limit, "offset": ask.offset}
    parameters |= dialect.parameters(listing.entity, metadata=metadata)
    try:
        with slots:
            if ask.link is not None:
                fetched = client.follow(listing.operation, listing.path, ask.link)
            else:
                fetched = client.fetch_page(listing.operation, listing.path, parameters)
        page = fetched.read()
    except (TargetError, UnreadablePageError) as error:
        return Delivered(Said(was_found=False), error=error)
    noticed: Counter[tuple[str, str]] = Counter(
        {(str(code), name): number for (code, name), number in page.tolerances.items()}
    )
    if fetched.next_link.is_elsewhere:
        noticed["rest.link_elsewhere", ""] += 1
    if ask.offset == 0 and dialect.selects_fields and shows_more(listing.entity, fetched.content, metadata=metadata):
        noticed["rest.fields_ignored", ""] += 1
    ids = [str(row["sourced_id"]) for row in page.rows]
    for position, _ in page.faults:
        ids.insert(position, "")
    columns = len(listing.entity.columns)
    return Delivered(
        Said(ids, fetched.total, fetched.next_link.query),
        _ENCODER.encode_lines(page.rows),
        tuple((position, str(code)) for position, code in page.faults),
        noticed,
        frozenset(name for row in page.rows if len(row) > columns for name in row if name.startswith(METADATA_PREFIX)),
    )


class Reading:
    """One listing on its way to its end."""

    def __init__(self, listing: Listing, folder: Path, bounds: Bounds, dialect: Dialect) -> None:
        """Goes on where the parts in the folder end, if they do."""
        self.listing = listing
        self.dialect = dialect
        self.complete: Complete | None = None
        self.is_absent = False
        self._first_dialect = dialect
        self._bounds = bounds
        self._part = Part(folder, listing.name)
        self._tries = 0
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

    def _is_end(self, error: SisConnectError) -> bool:
        """True for a 404 that says no more than that there are no more rows."""
        if not is_not_found(error):
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
        if isinstance(error, UnreadablePageError):
            self._tries += 1
            if self._tries < _TRIES:
                return
        elif may_be_too_heavy(error) and self._paging.shrink() is not None:
            return
        raise error

    def _keep(self, delivered: Delivered, keep_from: int) -> None:
        lost = sum(position < keep_from for position, _ in delivered.faults)
        start = 0
        for _ in range(keep_from - lost):
            start = delivered.lines.index(b"\n", start) + 1
        self._part.add(memoryview(delivered.lines)[start:])
        self._rows += len(delivered.said.ids) - keep_from - (len(delivered.faults) - lost)
        self.noticed.update((code, "") for position, code in delivered.faults if position >= keep_from)
        self.noticed.update(delivered.noticed)
        self.metadata.update(delivered.metadata)

    def _begin(self, place: Place) -> None:
        self._paging = Paging(self._bounds, place)
        self._rows = 0
        self.noticed: Counter[tuple[str, str]] = Counter()
        self.metadata: set[str] = set()

    def _restart(self, place: Place) -> None:
        self._part.restart()
        self._begin(place)

    def _go_on(self, state: PartState) -> None:
        place = state.place if state.is_complete else state.place.resumed()
        if place is None:
            self._restart(Place(self._bounds.limit))
            return
        self.dialect = state.dialect
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
                noticed=tuple((code, name, number) for (code, name), number in sorted(self.noticed.items())),
            )
        )
