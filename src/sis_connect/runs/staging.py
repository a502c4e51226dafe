"""From a source to a complete roster: read, kept, and laid over what is known where it brings only changes.

Here: what is lost when a plan of it is never applied, and what is not. Not here: reading (`sis`), merging
(`sync.stage`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.errors import PlanError
from sis_connect.sis.memory import Memory
from sis_connect.sync.stage import is_complete, merge, merged_digest

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.progress import Progress
    from sis_connect.runs.roster_source import RosterSource
    from sis_connect.runs.runner import Runner


@dataclass(frozen=True, slots=True)
class Staged:
    """A complete roster, kept."""

    snapshot: Snapshot
    #: What the source said, and over what it was laid where it brings only changes; None where nothing was known.
    incoming: Snapshot
    previous: Snapshot | None
    #: Root of the SIS that was asked; empty for a package.
    address: str
    #: Digest of a package that brought only changes: nobody says them again, so its plan must be applied.
    delta: str | None = None
    #: What the source is to be told once a run of this roster began; None for a source without a memory.
    notes: str | None = None


def stage(
    runner: Runner, frames: Frames, source: RosterSource, progress: Progress, *, is_planning: bool = False
) -> Staged:
    """The roster after what the source says; PlanError when planning it would lose changes that wait."""
    current = runner.ledger.snapshot
    previous = runner.snapshots.find(current) if current else None
    memory = Memory(previous, runner.ledger.source_notes)
    strict, known = runner.settings.strict, runner.snapshots.find
    incoming = runner.snapshots.keep(
        lambda into: source.read(into, frames, strict=strict, progress=progress, known=known, memory=memory)
    )
    if is_complete(incoming):
        return Staged(incoming, incoming, previous, source.address, notes=memory.notes)
    if is_planning:
        _refuse_beside_waiting_delta(runner, incoming)
    # A source with a memory says everything again that came since the latest run began.
    delta = incoming.digest if memory.notes is None else None
    merged = runner.snapshots.find(merged_digest(previous, incoming)) if previous is not None else None
    if merged is None:
        merged = runner.snapshots.keep(lambda into: merge(frames, previous, incoming, into))
    return Staged(merged, incoming, previous, source.address, delta, memory.notes)


def _refuse_beside_waiting_delta(runner: Runner, incoming: Snapshot) -> None:
    waiting = runner.ledger.waiting_delta
    if waiting is not None and waiting != incoming.digest:
        plan = str(runner.ledger.latest_plan)[:12]
        raise PlanError(
            f"Plan {plan} is of another package of changes and was not applied; its changes would be lost.",
            where=str(runner.folder.root),
            fix=f"Apply it first with `sis-connect apply {plan}`, or plan a bulk package in its place.",
        )
