"""What is removed when a run has ended: snapshots, plans and states that no later command needs.

Kept are the last plans, the snapshots they were made of, and whatever is current. Reports, approvals and the names of
all plans stay in the database. Not here: what a killed process left half done (`folder`).
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec

from sis_connect.sync.plan.plan import DESCRIPTION_FILE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from sis_connect.store.folder import DataFolder
    from sis_connect.store.ledger import Ledger


class _Origin(msgspec.Struct, frozen=True):
    """Of a plan's description, what it was made of."""

    snapshot: str


def discard_unneeded(folder: DataFolder, ledger: Ledger, *, keep_plans: int) -> None:
    """Remove all but the last `keep_plans` plans and what they need; what is current stays in any case.

    Expects that no run is unfinished.
    """
    current = {ledger.latest_plan, ledger.existing_comes_from}
    plans = {*ledger.latest_plans(keep_plans), *(plan for plan in current if plan is not None)}
    snapshots = {snapshot for plan in plans if (snapshot := _snapshot_of(folder.plans / plan))}
    if ledger.snapshot is not None:
        snapshots.add(ledger.snapshot)
    _discard_but(folder.plans, plans)
    _discard_but(folder.snapshots, snapshots)
    _discard_but(folder.existing, {ledger.existing})
    ledger.forget_journals(plans)


def _snapshot_of(plan: Path) -> str | None:
    try:
        return msgspec.json.decode((plan / DESCRIPTION_FILE).read_bytes(), type=_Origin).snapshot
    except (OSError, msgspec.MsgspecError):
        return None


def _discard_but(parent: Path, kept: Collection[str]) -> None:
    for path in parent.iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
