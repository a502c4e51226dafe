"""A whole roster pulled over REST: every collection read to its proven end, then sealed into a snapshot.

    ways (derived, per_school)  →  listings (reading)  →  parts on disk  →  sealed Parquet (finishing)

Here: the order of things. A pull is complete or it is nothing, and an interrupted one goes on where it was, unless what
was kept does not go with what came later (`moments`): then it is begun anew, once. Not here: any rule about one
listing, and what a delta is (`delta`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.errors import PullRefusedError
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sis.progress import NoProgress
from sis_connect.sis.rest.collection import Collection
from sis_connect.sis.rest.fetching import Fetching
from sis_connect.sis.rest.finishing import finishing
from sis_connect.sis.rest.moments import MixedMomentsError
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
    the errors of `transport`; then nothing is left in `into`. `parts` keeps what was proven where asking failed, and
    nothing of answers that are not believed.
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
    fingerprint = _fingerprint(service, settings, since)

    def attempt() -> Pulled:
        open_parts(parts, fingerprint, now=now(), seconds=settings.keeps_parts_seconds)
        return _pull_once(client, settings, frames, into, parts, since, progress or NoProgress())

    try:
        try:
            pulled = attempt()
        except MixedMomentsError:
            clear_parts(parts)
            pulled = attempt()
    except (PullRefusedError, UnreadablePageError):
        # Kept, these answers would be mixed with later ones.
        clear_parts(parts)
        raise
    clear_parts(parts)
    return pulled


def _pull_once(  # noqa: PLR0917  # what `pull` was given
    client: OneRosterClient,
    settings: PullSettings,
    frames: Frames,
    into: Path,
    parts: Path,
    since: Mapping[str, datetime],
    progress: Progress,
) -> Pulled:
    """Goes on with the parts; MixedMomentsError when what they hold does not go with what was received now."""
    names = sorted((*ROSTER_ENTITIES, *settings.extras), key=_ORDER.index)
    collections = {name: Collection(name, settings, parts, since.get(name)) for name in names}
    with finishing(into, frames) as finish:
        try:
            Fetching(client, settings, frames, collections, parts=parts, progress=progress).run(finish.finish)
        finally:
            for collection in collections.values():
                collection.close()
        resumed = {name for name, collection in collections.items() if collection.is_resumed}
        snapshot = finish.snapshot(resumed)
    began = {name: one.began for name, one in collections.items() if one.began is not None}
    return Pulled(snapshot, MappingProxyType(began))


def _fingerprint(service: str, settings: PullSettings, since: Mapping[str, datetime]) -> str:
    """What must be the same for parts to be of use."""
    facts = (service, settings.style, *settings.extras, str(settings.metadata), str(settings.heeds_total))
    marks = (f"{name} {moment.isoformat()}" for name, moment in sorted(since.items()))
    return sha256("\n".join((*facts, *marks)).encode()).hexdigest()
