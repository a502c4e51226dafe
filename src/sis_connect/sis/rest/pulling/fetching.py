"""All collections of a pull on their way to their ends: who asks for which page when.

Pages are fetched and decoded in a few threads and taken in one. Not here: any rule about one listing (`reading`) or
one collection (`collection`), and what becomes of the rows (`finishing`).
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from sis_connect.oneroster.snapshot import Mode
from sis_connect.sis.rest.paging.listing import fetch
from sis_connect.sis.rest.paging.steps import Ask
from sis_connect.sis.rest.pulling.named_users import NamedUsers
from sis_connect.sis.rest.pulling.per_school import find_schools
from sis_connect.sis.rest.pulling.sealing import count_distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sis_connect.sis.rest.paging.listing import Delivered, Listing
    from sis_connect.sis.rest.paging.reading import Reading
    from sis_connect.sis.rest.pulling.collection import Collection
    from sis_connect.sis.rest.pulling.job import PullJob


class Fetching:
    """All collections on their way to their ends."""

    def __init__(self, job: PullJob, collections: dict[str, Collection]) -> None:
        """Reads into the job's parts."""
        self._client = job.client
        self._settings = job.settings
        self._frames = job.frames
        self._collections = collections
        self._progress = job.progress
        self._parts = job.parts
        #: So many requests are under way at once; as many pages again may be being decoded.
        self._slots = BoundedSemaphore(job.settings.concurrency)
        #: Pages asked for and not taken yet, by who asked.
        self._pages: dict[Reading, dict[Ask, Future[Delivered]]] = {}

    def run(self, finish: Callable[[Collection], None]) -> None:
        """Every collection is complete, or known not to be given; `finish` is told of each as soon as it is.

        Errors of the service, and PullRefusedError.
        """
        waiting = dict(self._collections)
        with ThreadPoolExecutor(2 * self._settings.concurrency, thread_name_prefix="pull") as pool:
            try:
                while self._open():
                    self._submit(pool)
                    flying = [future for asks in self._pages.values() for future in asks.values() if not future.done()]
                    if not self._take() and flying:
                        wait(flying, return_when=FIRST_COMPLETED)
                    for name in [name for name, one in waiting.items() if self._is_settled(one)]:
                        finish(waiting.pop(name))
                for collection in waiting.values():
                    if collection.lacks_named:
                        self._read_named(collection, pool)
                    finish(collection)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _open(self) -> bool:
        """What waited for the schools, or for how users are had, has its listings; False when nothing is left."""
        orgs, users, enrollments = (self._collections[name] for name in ("orgs", "users", "enrollments"))
        if users.lacks_named and enrollments.mode is Mode.DELTA:
            # Whom an enrollment names that did not change is asked for, too.
            enrollments.read_whole()
        waiting = [collection for collection in self._collections.values() if collection.waits_for_schools]
        if waiting and orgs.is_complete:
            schools = find_schools(self._frames, orgs.parts)
            for collection in waiting:
                collection.open_below(schools)
        return not all(collection.is_complete for collection in self._collections.values())

    def _is_settled(self, collection: Collection) -> bool:
        """True when all of it was read, and no other collection can have more read of it."""
        users = self._collections["users"]
        if collection.name == "enrollments" and collection.mode is Mode.DELTA:
            return collection.is_complete and users.is_complete and not users.lacks_named
        return collection.is_complete and not collection.lacks_named

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        """Enough pages are under way: first those that are needed next, then those that will be."""
        still_open = {reading for collection in self._collections.values() for reading in collection.open_readings}
        for reading in self._pages.keys() - still_open:
            for future in self._pages.pop(reading).values():
                future.cancel()
        # Until one was answered, it is not known whether the sign-in is good; a wrong one is shown as rarely as can be.
        most = 2 * self._settings.concurrency if self._client.has_answered else 1
        room = most - sum(len(asks) for asks in self._pages.values())
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
                    wanted=self._settings.wanted,
                    slots=self._slots,
                )
                room -= 1

    def _wanted(self) -> Iterator[tuple[Reading, Ask]]:
        """What begins or ends a collection; then one listing after the other, so that it can be sealed meanwhile."""
        collections = self._collections.values()
        for collection in collections:
            if collection.rows >= collection.expected_rows:
                yield from ((reading, reading.ask) for reading in collection.open_readings[:1])
        for collection in collections:
            for reading in collection.open_readings:
                yield reading, reading.ask
                yield from ((reading, ask) for ask in reading.ahead(2 * self._settings.concurrency))

    def _take(self) -> bool:
        """Takes every page that has come and is next; False when there was none."""
        has_taken = False
        for collection in self._collections.values():
            attempt = collection.attempts
            for reading in collection.open_readings:
                has_taken |= self._take_of(collection, reading)
                if collection.attempts != attempt:
                    # The other listings of a way that was given up are of no use, nor is what they say.
                    break
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

    def _read_named(self, users: Collection, pool: ThreadPoolExecutor) -> None:
        """Whom others name and no listing gave is asked for."""
        dialect = users.dialect

        def fetch_all(listings: Sequence[Listing]) -> Iterator[Delivered]:
            def fetch_one(listing: Listing) -> Delivered:
                return fetch(self._client, listing, Ask(0, 1), dialect, wanted=self._settings.wanted, slots=self._slots)

            return pool.map(fetch_one, listings)

        named = NamedUsers(self._parts, dialect)
        named.read(self._frames, users.parts, self._collections["enrollments"].parts, fetch_all)
        users.add(named.parts, named.metadata)

    def _tell(self) -> None:
        done = sum(collection.rows for collection in self._collections.values())
        total = sum(collection.expected_rows for collection in self._collections.values())
        self._progress.advance("pulling", done, max(done, total))
