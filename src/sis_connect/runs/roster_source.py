"""Where a roster comes from, as far as runs need to know: a package, or a SIS asked over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.progress import Progress
    from sis_connect.sis.memory import Memory


class RosterSource(Protocol):
    """Says what the SIS says."""

    @property
    def address(self) -> str:
        """Root of the SIS as it is called, without secrets; empty for a package."""
        ...

    def read(
        self,
        into: Path,
        frames: Frames,
        *,
        strict: bool,
        progress: Progress,
        known: Callable[[str], Snapshot | None],
        memory: Memory,
    ) -> Snapshot:
        """The snapshot of everything it says, its files in the empty folder `into`.

        `known` gives the snapshot kept under a digest; a source that can tell its digest beforehand gives that one.
        A source that says only what changed since notes into `memory` from where it is to go on.
        Raises PackageRefusedError, PullRefusedError or SourceError; then nothing is left in `into`.
        """
        ...
