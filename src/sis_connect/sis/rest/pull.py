"""A whole roster pulled over REST: every collection read to its proven end, then sealed into a snapshot.

    ways (derived, per_school)  →  listings (reading)  →  parts on disk  →  sealed Parquet (finishing)

Here: the order of things. A pull is complete or it is nothing, and an interrupted one goes on where it was. Not here:
any rule about one listing, and what a delta is (`delta`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sis.progress import NoProgress
from sis_connect.sis.rest.collection import Collection
from sis_connect.sis.rest.fetching import Fetching
from sis_connect.sis.rest.finishing import finishing
from sis_connect.sis.rest.parts import clear_parts, open_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sis.progress import Progress
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import PullSettings

#: The largest collections first: they are sealed while the others are read.
_ORDER = ("enrollments", "users", "demographics", "classes", "courses", "academicSessions", "orgs", "resources")
_EVERYTHING: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought."""

    snapshot: Snapshot
    #: When the reading of each collection began, by the provider's clock, where it told.
    began: Mapping[str, datetime]


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
    return pull(client, settings, frames, into=into, parts=parts, service=service, now=now, progress=progress).snapshot


def pull(
    client: OneRosterClient,
    settings: PullSettings,
    frames: Frames,
    *,
    into: Path,
    parts: Path,
    service: str,
    now: Callable[[], float],
    since: Mapping[str, datetime] = _EVERYTHING,
    progress: Progress | None = None,
) -> Pulled:
    """As `pull_roster`; of the collections in `since` only what changed later, where the service heeds that."""
    names = (*ROSTER_ENTITIES, *settings.extras)
    fingerprint = _fingerprint(service, settings, since)
    open_parts(parts, fingerprint, now=now(), seconds=settings.keeps_parts_seconds)
    collections = {name: Collection(name, settings, parts, since.get(name)) for name in sorted(names, key=_ORDER.index)}
    with finishing(into, frames) as finish:
        try:
            fetching = Fetching(client, settings, frames, collections, parts=parts, progress=progress or NoProgress())
            fetching.run(finish.finish)
        finally:
            for collection in collections.values():
                collection.close()
        snapshot = finish.snapshot()
    clear_parts(parts)
    began = {name: one.began for name, one in collections.items() if one.began is not None}
    return Pulled(snapshot, MappingProxyType(began))


def _fingerprint(service: str, settings: PullSettings, since: Mapping[str, datetime]) -> str:
    """What must be the same for parts to be of use."""
    facts = (service, settings.style, *settings.extras, str(settings.metadata), str(settings.heeds_total))
    marks = (f"{name} {moment.isoformat()}" for name, moment in sorted(since.items()))
    return sha256("\n".join((*facts, *marks)).encode()).hexdigest()
