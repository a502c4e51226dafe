"""A SIS over REST as the source of a roster: one pull, whole or of changes, with its errors said of the SIS.

Here: what a whole pull needs beside its pages, and which kind of pull is due. Not here: the pulls themselves (`pull`,
`delta`), the rule of the schedule (`honesty`), where settings come from (`config`) and notes are kept (`store`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import ConfigurationError, PullRefusedError, SourceError, TargetError
from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.sis.memory import Memory
from sis_connect.sis.rest.connection import open_client
from sis_connect.sis.rest.paging.reading import is_refused_as_absent
from sis_connect.sis.rest.pulling.delta import OVERLAP, Marks, pull_changes
from sis_connect.sis.rest.pulling.honesty import FullSchedule, is_full_due, judge_deltas
from sis_connect.sis.rest.pulling.job import PullJob
from sis_connect.sis.rest.pulling.pull import pull_roster
from sis_connect.sis.rest.remedies import nothing_there
from sis_connect.transport.addresses import judge_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sis_connect.errors import SisConnectError
    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.progress import Progress
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import RestConnection
    from sis_connect.transport.client import Surroundings
    from sis_connect.transport.oauth2 import TokenCache
    from sis_connect.transport.token_bucket import HostLimiters


_DOCTOR = "Run `sis-connect doctor` to find out where it fails."


@dataclass(frozen=True, slots=True)
class DeltaTerms:
    """How changes alone are asked for, where they are."""

    overlap: timedelta = OVERLAP
    schedule: FullSchedule = field(default_factory=FullSchedule)


class _Notes(msgspec.Struct, frozen=True):
    """From where the next pull goes on."""

    service: str
    #: As `Marks.as_json`.
    marks: dict[str, str]
    #: When the last full pull ended, and the digest of what it brought.
    full_at: datetime
    full: str
    #: Share of the changes that deltas told; None while nothing is known.
    honesty: float | None = None


@dataclass(frozen=True, slots=True)
class RestSource:
    """One SIS."""

    connection: RestConnection
    #: Where an interrupted pull keeps what it received; used by nobody else.
    parts: Path
    surroundings: Surroundings
    #: Shared by everything this process asks.
    tokens: TokenCache
    limiters: HostLimiters
    #: None where everything is asked for each time.
    delta: DeltaTerms | None = None

    @property
    def address(self) -> str:
        """Root of the service as it is called; ConfigurationError when it cannot be."""
        return judge_url(self.connection.url, where="sis.url", reach=self.connection.reach)

    def read(
        self,
        into: Path,
        frames: Frames,
        *,
        strict: bool,  # noqa: ARG002  # what deviates is told alike; how much it weighs is judged with the findings
        progress: Progress,
        known: Callable[[str], Snapshot | None],
        memory: Memory | None = None,
    ) -> Snapshot:
        """The snapshot of what the service gives, its files in the empty folder `into`.

        With `delta` that is what changed since the pull behind `memory`, unless a full pull is due; that one tells what
        the deltas before it concealed. Raises PullRefusedError when what is given cannot be read or proven whole,
        SourceError when the service cannot be asked, and then what was proven so far is kept for the next attempt;
        ConfigurationError when a setting cannot work.
        """
        pull = _Pull(self, frames, into, progress)
        with (
            said_of_the_sis(),
            open_client(self.connection, self.surroundings, tokens=self.tokens, limiters=self.limiters) as client,
        ):
            try:
                if self.delta is None:
                    return pull.whole(client)
                return pull.due(client, self.delta, memory or Memory(), known)
            except PullRefusedError as error:
                if not client.has_answered and is_refused_as_absent(error):
                    error.what = f"{error.what} {nothing_there(self.connection.url)}".strip()
                raise


def advising_doctor(error: SisConnectError) -> SisConnectError:
    """The same error, which names the command that finds out more."""
    error.fix = f"{error.fix} {_DOCTOR}".strip()
    return error


@contextmanager
def said_of_the_sis() -> Iterator[None]:
    """Errors of the block are those of a pull from a SIS."""
    try:
        yield
    except TargetError as error:
        raise advising_doctor(SourceError.of(error)) from error
    except UnreadablePageError as error:
        refused = PullRefusedError(error.reason, error.what, where=error.where, fix=error.fix)
        raise advising_doctor(refused) from error
    except PullRefusedError as error:
        advising_doctor(error)
        raise
    except ConfigurationError as error:
        # Without a cause nothing was asked yet: the address itself, or a number, is wrong.
        if error.cause:
            advising_doctor(error)
        raise


@dataclass(frozen=True, slots=True)
class _Pull:
    """One pull on its way."""

    source: RestSource
    frames: Frames
    into: Path
    progress: Progress

    def whole(self, client: OneRosterClient) -> Snapshot:
        """Everything."""
        return pull_roster(self._job(client))

    def due(
        self, client: OneRosterClient, terms: DeltaTerms, memory: Memory, known: Callable[[str], Snapshot | None]
    ) -> Snapshot:
        """What changed, or everything when that is due; `memory` notes how to go on."""
        connection = self.source.connection
        now = datetime.fromtimestamp(self.source.surroundings.wall_clock(), UTC)
        notes = _read_notes(memory, connection.service)
        marks = Marks.from_json(notes.marks) if notes else Marks()
        is_full = notes is None or is_full_due(notes.full_at, notes.honesty, terms.schedule, now=now, marks=marks)
        changes = pull_changes(self._job(client), Marks() if is_full else marks, terms.overlap)
        snapshot = changes.snapshot
        if notes is None:
            notes = _Notes(connection.service, {}, now, snapshot.digest)
        elif is_full:
            snapshot, honesty = self._judged(snapshot, notes, marks, memory, known)
            notes = _Notes(connection.service, {}, now, snapshot.digest, honesty)
        memory.notes = msgspec.json.encode(msgspec.structs.replace(notes, marks=changes.marks.as_json())).decode()
        return snapshot

    def _job(self, client: OneRosterClient) -> PullJob:
        source = self.source
        return PullJob(
            client,
            source.connection.pull,
            self.frames,
            self.into,
            source.parts,
            source.connection.service,
            source.surroundings.wall_clock,
            self.progress,
        )

    def _judged(
        self,
        full: Snapshot,
        notes: _Notes,
        marks: Marks,
        memory: Memory,
        known: Callable[[str], Snapshot | None],
    ) -> tuple[Snapshot, float | None]:
        """The full pull with what deltas concealed, and how much they told; what is gone proves nothing."""
        base = known(notes.full)
        if base is None or memory.current is None:
            return full, notes.honesty
        found = judge_deltas(self.frames, base=base, known=memory.current, full=full, marks=marks)
        share = notes.honesty if found.share is None else found.share
        return replace(full, findings=(*full.findings, *found.findings())), share


def _read_notes(memory: Memory, service: str) -> _Notes | None:
    """What was noted of this service; None when nothing was, or what it is laid over is gone."""
    if memory.current is None or memory.noted is None:
        return None
    notes = msgspec.json.decode(memory.noted, type=_Notes)
    return notes if notes.service == service else None
