"""What one pull is given: whom to ask, how, and where things go. Not here: pulling (`pull`, `delta`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.progress import NoProgress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.progress import Progress
    from sis_connect.sis.rest.client import OneRosterClient
    from sis_connect.sis.rest.connection import PullSettings


@dataclass(frozen=True, slots=True)
class PullJob:
    """One pull."""

    client: OneRosterClient
    settings: PullSettings
    frames: Frames
    #: Where the snapshot's files go: an empty folder that the caller owns.
    into: Path
    #: A folder that only pulls use; what an interrupted one left there is gone on with.
    parts: Path
    #: Names address and sign-in, without secrets; parts of another service are not gone on with.
    service: str
    #: Seconds since 1970.
    now: Callable[[], float]
    progress: Progress = field(default_factory=NoProgress)
