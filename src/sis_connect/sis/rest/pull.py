"""A whole roster pulled over REST: every collection read to its proven end, then sealed into a snapshot.

    ways (derived, per_school)  →  listings (listing)  →  parts on disk  →  sealed Parquet (sealing)

Here: the order of things. Pages are fetched and decoded in a few threads and taken in one; a pull is complete or it
is nothing, and an interrupted one goes on where it was. Not here: any rule about one listing.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from hashlib import sha256
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Snapshot
from sis_connect.sis.progress import NoProgress
from sis_connect.sis.rest.collection import Collection
from sis_connect.sis.rest.listing import fetch
from sis_connect.sis.rest.parts import clear_parts, open_parts
from sis_connect.sis.rest.per_school import find_schools
from sis_connect.sis.rest.rules import refusal
from sis_connect.sis.rest.sealing import count_distinct, digest, references_to, seal, sealed_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile
    from sis_connect.sis.progress import Progress
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import PullSettings
    from sis_connect.sis.rest.listing import Delivered, Reading
    from sis_connect.sis.rest.steps import Ask

#: The largest collections first, so that no thread is left with one of them at the end.
_ORDER = ("enrollments", "users", "demographics", "classes", "courses", "academicSessions", "orgs", "resources")


def pull_roster(
    client: OneRosterClient,
    settings: PullSettings,
    frames: Frames,
    *,
    into: Path,
    parts: Path,
    service: str,
    now: Callable[[], float],
    progress: Progress | None = None,
) -> Snapshot:
    """The snapshot of everything the service gives, its Parquet files in `into`, an empty folder the caller owns.

    `parts` is a folder that only pulls use; what an interrupted pull left there is gone on with when it was of the
    same `service` (a name for address and sign-in, without secrets) and is not too old. It is empty after a success.
    `now` gives seconds since 1970.

    Raises PullRefusedError when what is given cannot be proven whole, UnreadablePageError when a reply is no page, and
    the errors of `transport`; then nothing is left in `into`, and `parts` keeps what was proven.
    """
    names = (*ROSTER_ENTITIES, *settings.extras)
    open_parts(parts, _fingerprint(service, settings), now=now(), seconds=settings.keeps_parts_seconds)
    collections = {name: Collection(name, settings, parts) for name in sorted(names, key=_ORDER.index)}
    try:
        _Fetching(client, settings, frames, collections, progress or NoProgress()).run()
    finally:
        for collection in collections.values():
            collection.close()
    try:
        snapshot = _seal(collections, into, frames)
    except BaseException:
        for name in names:
            sealed_path(into, ENTITIES[name]).unlink(missing_ok=True)
        raise
    clear_parts(parts)
    return snapshot


class _Fetching:
    """All collections on their way to their ends."""

    def __init__(
        self,
        client: OneRosterClient,
        settings: PullSettings,
        frames: Frames,
        collections: dict[str, Collection],
        progress: Progress,
    ) -> None:
        self._client = client
        self._settings = settings
        self._frames = frames
        self._collections = collections
        self._progress = progress
        #: So many requests are under way at once; as many pages again may be being decoded.
        self._slots = BoundedSemaphore(settings.concurrency)
        #: Pages asked for and not taken yet, by who asked.
        self._pages: dict[Reading, dict[Ask, Future[Delivered]]] = {}

    def run(self) -> None:
        """Every collection is complete, or known not to be given."""
        with ThreadPoolExecutor(2 * self._settings.concurrency, thread_name_prefix="pull") as pool:
            try:
                while self._open():
                    self._submit(pool)
                    flying = [future for asks in self._pages.values() for future in asks.values() if not future.done()]
                    if not self._take() and flying:
                        wait(flying, return_when=FIRST_COMPLETED)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _open(self) -> bool:
        """Collections that waited for the schools have their listings; False when nothing is left to be read."""
        orgs = self._collections["orgs"]
        waiting = [collection for collection in self._collections.values() if collection.waits_for_schools]
        if waiting and orgs.is_complete:
            schools = find_schools(self._frames, orgs.parts)
            for collection in waiting:
                collection.open_below(schools)
        return not all(collection.is_complete for collection in self._collections.values())

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        """Enough pages are under way: first those that are needed next, then those that will be."""
        still_open = {reading for collection in self._collections.values() for reading in collection.open_readings}
        for reading in self._pages.keys() - still_open:
            for future in self._pages.pop(reading).values():
                future.cancel()
        room = 2 * self._settings.concurrency - sum(len(asks) for asks in self._pages.values())
        for reading, ask in self._wanted():
            if room <= 0:
                return
            asks = self._pages.setdefault(reading, {})
            if ask not in asks:
                asks[ask] = pool.submit(
                    fetch,
                    self._client,
                    reading.listing,
                    ask,
                    reading.dialect,
                    metadata=self._settings.metadata,
                    slots=self._slots,
                )
                room -= 1

    def _wanted(self) -> Iterator[tuple[Reading, Ask]]:
        readings = [reading for collection in self._collections.values() for reading in collection.open_readings]
        yield from ((reading, reading.ask) for reading in readings)
        for reading in readings:
            yield from ((reading, ask) for ask in reading.ahead(2 * self._settings.concurrency))

    def _take(self) -> bool:
        """Takes every page that has come and is next; False when there was none."""
        has_taken = False
        for collection in self._collections.values():
            for reading in collection.open_readings:
                has_taken |= self._take_of(collection, reading)
        return has_taken

    def _take_of(self, collection: Collection, reading: Reading) -> bool:
        asks = self._pages.get(reading, {})
        future = asks.get(reading.ask)
        if future is None or not future.done():
            return False
        del asks[reading.ask]
        collection.take(reading, future.result(), partial(count_distinct, self._frames, reading.listing.entity))
        expected = {reading.ask, *reading.ahead(2 * self._settings.concurrency)}
        for ask in [ask for ask in asks if reading.complete or ask not in expected]:
            # What was asked ahead is of no use after all.
            asks.pop(ask).cancel()
        if not asks:
            self._pages.pop(reading, None)
        self._tell()
        return True

    def _tell(self) -> None:
        done = sum(collection.rows for collection in self._collections.values())
        total = sum(collection.expected_rows for collection in self._collections.values())
        self._progress.advance("pulling", done, max(done, total))


def _seal(collections: dict[str, Collection], into: Path, frames: Frames) -> Snapshot:
    files: dict[str, SealedFile] = {}
    findings: list[Finding] = []
    for name, collection in sorted(collections.items(), key=lambda item: list(ENTITIES).index(item[0])):
        findings += collection.findings(frames)
        if not collection.is_given:
            continue
        sealed, noticed = seal(collection.received, into, frames)
        files[name] = sealed
        findings += noticed
    findings += _judge_empty(files, frames)
    return Snapshot(digest(files, frames), MappingProxyType(files), tuple(findings))


def _judge_empty(files: dict[str, SealedFile], frames: Frames) -> list[Finding]:
    """Nothing at all is no roster, and nothing where others refer to something is no collection."""
    if not any(files[name].received for name in ROSTER_ENTITIES):
        raise refusal("rest.nothing_given")
    empty = [sealed for sealed in files.values() if not sealed.received]
    for sealed in empty:
        references = references_to(sealed.entity, files, frames)
        if references:
            raise refusal("rest.empty_but_referred_to", where=sealed.file, because=f"References found: {references}.")
    return [Finding("rest.collection_empty", file=sealed.file) for sealed in empty]


def _fingerprint(service: str, settings: PullSettings) -> str:
    """What must be the same for parts to be of use."""
    facts = (service, settings.style, *settings.extras, str(settings.metadata), str(settings.heeds_total))
    return sha256("\n".join(facts).encode()).hexdigest()
