"""Only what changed since the last pull: a snapshot of changes, to be laid over the last roster by `sync.stage`.

How far a collection is known is its mark: the newest dateLastModified it showed, never later than the moment at which
the provider says that reading began, and never by our clock. The next pull asks for what changed after the mark, less
an overlap. What has no mark is read as a whole, and so is what a provider does not give like this. That a delta tells
everything is a promise of the provider, not a proof: `honesty` puts it to the test. Serves delta over REST.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.frames import fetch_scalar
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.oneroster.values import parsed
from sis_connect.sis.rest.paging.dialect import has_links
from sis_connect.sis.rest.pulling.pull import pull

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot
    from sis_connect.sis.rest.pulling.job import PullJob

#: How long after the moment it bears a change may become visible: transactions end late, and clocks differ.
OVERLAP = timedelta(minutes=15)
#: Read as a whole always: it is small, and tells which schools there are.
_WHOLE = frozenset(("orgs",))


@dataclass(frozen=True, slots=True)
class Marks:
    """How far each collection is known, by the provider's own values; kept by the caller from pull to pull."""

    #: Instants in UTC by collection; a collection that is not here is read as a whole.
    by_collection: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """True when a delta can be asked for at all."""
        return bool(self.by_collection)

    def as_json(self) -> dict[str, str]:
        """A plain value that can be stored."""
        return {name: moment.isoformat() for name, moment in sorted(self.by_collection.items())}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Marks:
        """The marks of `as_json`; ValueError when it is not that."""
        return cls(MappingProxyType({name: datetime.fromisoformat(text) for name, text in stored.items()}))


@dataclass(frozen=True, slots=True)
class Changes:
    """What a pull of changes brought."""

    #: Files in delta mode hold what changed; files in bulk mode hold everything.
    snapshot: Snapshot
    #: What the next pull of changes begins with, once this snapshot is staged.
    marks: Marks


def pull_changes(job: PullJob, marks: Marks, overlap: timedelta = OVERLAP) -> Changes:
    """What changed since `marks`; without marks everything, with the marks to begin with.

    The errors are those of `pull.pull_roster`.
    """
    since = {
        name: moment - overlap
        for name, moment in marks.by_collection.items()
        if name not in _WHOLE and not (job.settings.wanted.links and has_links(ENTITIES[name]))
    }
    pulled = pull(job, since)
    # Links have no dates of their own; they come with the records that have them.
    own = {name: sealed for name, sealed in pulled.snapshot.files.items() if sealed.file == f"/{name}"}
    found = {
        name: _mark(job.frames, sealed, pulled.began.get(name), marks.by_collection.get(name))
        for name, sealed in own.items()
    }
    known = {name: moment for name, moment in found.items() if moment is not None}
    return Changes(pulled.snapshot, Marks(MappingProxyType(known)))


def newest(frames: Frames, sealed: SealedFile) -> datetime | None:
    """The last dateLastModified of a file; None when no record has one that can be read."""
    column = "date_last_modified"
    modified = parsed(ENTITIES[sealed.entity].field(column), column)
    text = fetch_scalar(frames, f"SELECT strftime(max({modified}), '%Y-%m-%dT%H:%M:%S.%f') FROM ({sealed.relation})")
    return None if text is None else datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


def _mark(frames: Frames, sealed: SealedFile, began: datetime | None, before: datetime | None) -> datetime | None:
    """How far the collection is known now; None when nothing of the provider tells."""
    last = newest(frames, sealed)
    if last is None:
        if sealed.mode is Mode.DELTA:
            return before
        # Where no record is dated, a filter by date gives nothing for ever.
        return None if sealed.records else began
    # A date in the future, or of a change made while others were read, must not hide what came before it.
    reached = last if began is None else min(last, began)
    return reached if before is None or sealed.mode is Mode.BULK else max(reached, before)
