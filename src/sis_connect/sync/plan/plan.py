"""A plan is a value: counted, hashed, sealed in a folder, shown, approved, and applied exactly as it is.

Here: the plan's description, kept as `plan.json`. Not here: its changes (`sealing`), how they are found (`diff`,
`memberships`, `guard`), or which of them a person approved (`approval`).
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from sis_connect.sync.changes import Action
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.guard import Hold
from sis_connect.sync.plan.origin import OriginChange

DESCRIPTION_FILE = "plan.json"


class Count(msgspec.Struct, frozen=True):
    """Changes of one kind and action."""

    kind: Kind
    action: Action
    changes: int
    #: How many of them wait for a person, or for what they depend on.
    held: int
    #: Received records that these changes decide, and those decided by held ones.
    records: int
    held_records: int


class Received(msgspec.Struct, frozen=True):
    """What became of the records of one entity before planning; the rest is planned or unchanged."""

    entity: str
    received: int
    quarantined: int
    out_of_scope: dict[str, int]
    in_scope: int


class Plan(msgspec.Struct, frozen=True):
    """A sealed plan."""

    #: Names the plan by what it would do, whatever the order of rows.
    digest: str
    made_at: datetime
    #: The day it was made for.
    as_of: date
    #: The snapshot, and the existing state of the LMS, that it came from.
    snapshot: str
    existing: str
    school_year: int | None
    #: True when the LMS was not looked at, so that the plan is good to read and not to apply.
    is_offline: bool
    counts: tuple[Count, ...]
    holds: tuple[Hold, ...]
    received: tuple[Received, ...]
    #: Findings by code: (severity, occurrences).
    findings: dict[str, tuple[str, int]]
    #: sha256 of each sealed file, by its name without ending.
    files: dict[str, str]
    #: The district's settings by their dotted keys, each as JSON.
    settings: dict[str, str] = {}
    #: Keys of the settings that differ from those of the last applied plan, in order.
    changed_settings: tuple[str, ...] = ()
    #: Where its roster comes from, in words.
    origin: str = ""
    #: How that differs from where the roster applied before came from; None when it does not.
    origin_change: OriginChange | None = None

    def changes(self, kind: Kind | None = None, action: Action | None = None) -> int:
        """How many changes, of a kind or an action or in all."""
        return sum(
            c.changes
            for c in self.counts
            if (kind is None or c.kind is kind) and (action is None or c.action is action)
        )

    @property
    def held(self) -> int:
        """How many changes wait."""
        return sum(c.held for c in self.counts)

    @property
    def is_empty(self) -> bool:
        """True when nothing is to be done."""
        return not self.counts
