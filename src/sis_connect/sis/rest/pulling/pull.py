"""A whole roster pulled over REST: every collection read to its proven end, then sealed into a snapshot.

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
from sis_connect.oneroster.operations import version_in
from sis_connect.oneroster.schema import ONEROSTER_VERSION, ROSTER_ENTITIES
from sis_connect.sis.rest.paging.parts import clear_parts, open_parts
from sis_connect.sis.rest.pulling.collection import Collection
from sis_connect.sis.rest.pulling.fetching import Fetching
from sis_connect.sis.rest.pulling.finishing import finishing
from sis_connect.sis.rest.pulling.moments import MixedMomentsError
from sis_connect.sis.rest.rules import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sis.rest.connection import PullSettings
    from sis_connect.sis.rest.pulling.job import PullJob

#: The largest collections first: they are sealed while the others are read.
_ORDER = ("enrollments", "users", "demographics", "classes", "courses", "academicSessions", "orgs", "resources")
_EVERYTHING: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought."""

    snapshot: Snapshot
    #: When the reading of each collection began, by the provider's clock, where it told.
    began: Mapping[str, datetime]


def pull_roster(job: PullJob) -> Snapshot:
    """The snapshot of everything the service gives.

    What an interrupted pull left in the parts is gone on with when it was of the same service and is not too old; they
    are empty after a success. Raises PullRefusedError when what is given cannot be proven whole, UnreadablePageError
    when a reply is no page, and the errors of `transport`; then nothing is left where the snapshot goes. The parts keep
    what was proven where asking failed, and nothing of answers that are not believed.
    """
    return pull(job).snapshot


def pull(job: PullJob, since: Mapping[str, datetime] = _EVERYTHING) -> Pulled:
    """As `pull_roster`; of the collections in `since` only what changed later, where the service heeds that."""
    if (said := version_in(job.client.base_url)) not in {"", ONEROSTER_VERSION}:
        raise refusal("rest.other_version", where=job.client.base_url, because=f"It names {said}.")
    try:
        try:
            pulled = _attempt(job, since)
        except MixedMomentsError:
            clear_parts(job.parts)
            pulled = _attempt(job, since)
    except (PullRefusedError, UnreadablePageError):
        # Kept, these answers would be mixed with later ones.
        clear_parts(job.parts)
        raise
    clear_parts(job.parts)
    return pulled


def _attempt(job: PullJob, since: Mapping[str, datetime]) -> Pulled:
    """Goes on with the parts; MixedMomentsError when what they hold does not go with what was received now."""
    settings = job.settings
    fingerprint = _fingerprint(job.service, settings, since)
    open_parts(job.parts, fingerprint, now=job.now(), seconds=settings.keeps_parts_seconds)
    names = sorted((*ROSTER_ENTITIES, *settings.extras), key=_ORDER.index)
    collections = {name: Collection(name, settings, job.parts, since.get(name)) for name in names}
    with finishing(job.into, job.frames) as finish:
        try:
            Fetching(job, collections).run(finish.finish)
        finally:
            for collection in collections.values():
                collection.close()
        resumed = {name for name, collection in collections.items() if collection.is_resumed}
        snapshot = finish.snapshot(resumed)
    began = {name: one.began for name, one in collections.items() if one.began is not None}
    return Pulled(snapshot, MappingProxyType(began))


def _fingerprint(service: str, settings: PullSettings, since: Mapping[str, datetime]) -> str:
    """What must be the same for parts to be of use."""
    facts = (
        service,
        settings.style,
        *settings.extras,
        str(settings.metadata),
        str(settings.heeds_total),
        str(settings.trims_ids),
    )
    marks = (f"{name} {moment.isoformat()}" for name, moment in sorted(since.items()))
    return sha256("\n".join((*facts, *marks)).encode()).hexdigest()
