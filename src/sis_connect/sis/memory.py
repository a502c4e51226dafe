"""What one reading of a SIS hands to the next. Who keeps it, and when it counts, is not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.oneroster.snapshot import Snapshot


@dataclass(slots=True)
class Memory:
    """What a source is told before it reads, and what it says afterwards."""

    #: The roster behind the latest run that began; None before the first.
    current: Snapshot | None = None
    #: What the source itself noted when that was read; None when it noted nothing, or another source was read.
    noted: str | None = None
    #: What it notes now, to be told again once a run of what it says has begun.
    notes: str | None = None
