"""One collection of a pull: the way it is had, its listings, and what is to be said about it.

Here: going on to the next way where a provider does not give one. Not here: the table of ways (`derived`), and who
fetches what when (`fetching`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.frames import count
from sis_connect.oneroster.model import snake_case
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.oneroster.values import parsed
from sis_connect.sis.rest.paging.dialect import has_links
from sis_connect.sis.rest.paging.listing import changes_of
from sis_connect.sis.rest.paging.metadata import MOST_NAMES, first_names, kept_names
from sis_connect.sis.rest.paging.ordering import Order
from sis_connect.sis.rest.paging.reading import NotGivenError, Reading
from sis_connect.sis.rest.pulling.derived import WAYS
from sis_connect.sis.rest.pulling.per_school import beside, listings_below, whole
from sis_connect.sis.rest.pulling.sealing import Received, scan
from sis_connect.sis.rest.rules import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.sis.rest.connection import PullSettings
    from sis_connect.sis.rest.paging.dialect import Dialect
    from sis_connect.sis.rest.paging.listing import Delivered, Listing
    from sis_connect.sis.rest.pulling.derived import Way


class Collection:
    """A collection on its way to its end."""

    def __init__(self, name: str, settings: PullSettings, folder: Path, since: datetime | None = None) -> None:
        """Begins with the best way; parts in the folder are gone on with.

        Only what changed after `since` is asked for, where the provider heeds that; everything, when it is None.
        """
        self.name = name
        self.is_given = True
        #: Counts the ways that were begun.
        self.attempts = 0
        self._other_parts: list[Path] = []
        self._other_metadata: set[str] = set()
        self._entity = ENTITIES[name]
        self._settings = settings
        self._folder = folder
        self._ways = list(WAYS[settings.style][name])
        # What lacks something on principle is no ground for a delta.
        self._since = since if self.way.is_whole else None
        self._no_delta: str | None = None
        self._readings: list[Reading] | None = None
        self._schools: list[str] | None = None
        #: What the next reading begins with: a parameter that was refused once is not sent again.
        self._dialect = settings.dialect
        self._open_way()

    @property
    def way(self) -> Way:
        """How it is had."""
        return self._ways[0]

    @property
    def mode(self) -> Mode:
        """DELTA when only changes were asked for, and given."""
        return Mode.BULK if self._since is None else Mode.DELTA

    @property
    def began(self) -> datetime | None:
        """When the first of its pages was answered, by the provider's clock."""
        return min((reading.began for reading in self._all if reading.began is not None), default=None)

    @property
    def is_resumed(self) -> bool:
        """True while it holds pages that an earlier pull received."""
        return any(reading.is_resumed for reading in self._all)

    @property
    def waits_for_schools(self) -> bool:
        """True when its listings cannot be named yet."""
        return self.is_given and self._readings is None

    @property
    def is_complete(self) -> bool:
        """True when there is nothing left to be read."""
        return not self.is_given or (
            self._readings is not None and all(reading.complete is not None for reading in self._readings)
        )

    @property
    def open_readings(self) -> list[Reading]:
        """Those of its listings that are not complete."""
        return [reading for reading in self._all if reading.complete is None] if self.is_given else []

    @property
    def parts(self) -> list[Path]:
        """Where its rows are."""
        return [*(reading.path for reading in self._all if not reading.is_left_out), *self._other_parts]

    @property
    def rows(self) -> int:
        """Rows received so far."""
        return sum(reading.rows for reading in self._all)

    @property
    def expected_rows(self) -> int:
        """Rows to be received by what the provider says."""
        return sum(max(reading.rows, reading.place.total or 0) for reading in self._all)

    @property
    def received(self) -> Received:
        """Everything it holds, once complete."""
        return Received(
            self._entity,
            self.parts,
            f"/{self.name}",
            sum(reading.rejected for reading in self._all),
            kept_names(self._metadata),
            all(Order.TEXT in reading.place.orders for reading in self._all),
            self.mode,
            has_links=self._settings.wanted.links and has_links(self._entity),
        )

    @property
    def dialect(self) -> Dialect:
        """How the provider is asked, without what it refused."""
        return self._dialect

    @property
    def lacks_named(self) -> bool:
        """True for users that come from listings of some of them: others may be named somewhere."""
        return self.name == "users" and bool(self.way.beside)

    def add(self, parts: Iterable[Path], metadata: Iterable[str]) -> None:
        """These rows belong to it, too."""
        self._other_parts += parts
        self._other_metadata.update(metadata)

    def open_below(self, schools: list[str]) -> None:
        """Its listings are those below these schools."""
        if not schools:
            raise refusal("rest.no_schools", where=f"/{self.name}")
        self._schools = schools
        self._open([*listings_below(schools, self.way.operations), *beside(self.way.beside)])

    def read_whole(self, because: str | None = None) -> None:
        """Changes alone are not to be had, or not enough; what is to be said of it has the code `because`."""
        self.close()
        self._no_delta = because
        self._since = None
        self._open_way()

    def close(self) -> None:
        """Its files are closed; may be called again."""
        for reading in self._all:
            reading.close()

    def take(self, reading: Reading, delivered: Delivered, count_distinct: Callable[[Path], int]) -> None:
        """A page of one of its listings has come; errors as of `Reading.take`, and when no way is left."""
        if delivered.unfiltered:
            self.read_whole("rest.filter_ignored")
            return
        try:
            reading.take(delivered, count_distinct)
        except NotGivenError as refused:
            if self._since is not None:
                self.read_whole("rest.filter_refused")
            elif reading.listing.finding_without:
                reading.leave_out()
            else:
                self._next_way(refused)
        else:
            self._dialect = reading.dialect
            if self.is_complete and self._readings and all(each.is_absent for each in self._readings):
                self._next_way(None)

    def findings(self, frames: Frames) -> Iterator[Finding]:
        """What is to be said about it, once complete."""
        origin = f"/{self.name}"
        if not self.is_given:
            yield Finding("rest.collection_not_given", file=origin)
            return
        lacking = {reading.listing.finding_without for reading in self._all if reading.is_left_out}
        for code in (*self.way.findings, *sorted(lacking)):
            yield Finding(code, file=origin, detail=self._paths())
        if self._no_delta is not None:
            yield Finding(self._no_delta, file=origin)
        yield from self._dialect_findings(origin)
        if len(self._metadata) > MOST_NAMES:
            yield Finding("rest.too_much_metadata", file=origin)
        noticed: Counter[tuple[str, str, str]] = Counter()
        for reading in self._all:
            # Below schools there are hundreds of listings, and each may have the same to say.
            file = origin if self.way.is_per_school else reading.listing.path
            noticed.update({(file, note, ""): number for note, number in reading.place.notes.items()})
            noticed.update({(file, code, column): number for (code, column), number in reading.noticed.items()})
            noticed[file, "rest.school_not_found", ""] += reading.is_absent and not reading.is_left_out
            noticed[file, "rest.kind_differs", ""] += _others(reading, frames)
        for (file, code, column), number in sorted(noticed.items()):
            if number:
                yield Finding(code, file=file, column=column or None, occurrences=number)

    @property
    def _metadata(self) -> set[str]:
        """Names of metadata that are wanted, one more than are kept where there are too many."""
        if not self._settings.metadata:
            return set()
        return first_names(self._other_metadata.union(*(reading.metadata for reading in self._all)))

    @property
    def _all(self) -> list[Reading]:
        return self._readings or []

    def _open_way(self) -> None:
        self.attempts += 1
        if not self.way.is_per_school:
            self._open([*whole(self.way.operations), *beside(self.way.beside)])
        elif self._schools is not None:
            self.open_below(self._schools)
        else:
            self._readings = None

    def _open(self, listings: list[Listing]) -> None:
        bounds = self._settings.bounds
        if self._since is not None:
            listings = [changes_of(listing, self._since) for listing in listings]
        self._readings = [Reading(listing, self._folder, bounds, self._dialect) for listing in listings]

    def _next_way(self, refused: NotGivenError | None) -> None:
        self.close()
        self._readings = []
        if len(self._ways) > 1:
            self._ways = self._ways[1:]
            self._open_way()
        elif self.name in ROSTER_ENTITIES:
            because = refused.error.what if refused else ""
            raise refusal("rest.collection_refused", where=f"/{self.name}", because=because) from refused
        else:
            self.is_given = False

    def _paths(self) -> str:
        return ", ".join(operation.path for operation in self.way.operations)

    def _dialect_findings(self, origin: str) -> Iterator[Finding]:
        if self._settings.sorts and not self._dialect.sorts:
            yield Finding("rest.sort_refused", file=origin)
        if self._settings.selects_fields and not self._dialect.selects_fields:
            yield Finding("rest.fields_refused", file=origin)


def _others(reading: Reading, frames: Frames) -> int:
    """Records of a listing for one kind that do not say themselves that they are of it."""
    listing = reading.listing
    if listing.operation.selects is None or not reading.rows:
        return 0
    name, value = listing.operation.selects
    column = snake_case(name)
    kind = parsed(listing.entity.field(column), column)
    return count(frames, f"{scan(listing.entity, [reading.path])} WHERE {kind} IS DISTINCT FROM '{value}'")
