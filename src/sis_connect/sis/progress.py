"""How long work on a package tells how far it is. Only the protocol: who shows it is up to the caller."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told after every piece of work."""

    def advance(self, step: str, done: int, total: int) -> None:
        """`done` of `total` bytes of a step (`unpacking`, `checking`, `reading`) are behind us."""
        ...


class NoProgress:
    """Tells nobody."""

    def advance(self, step: str, done: int, total: int) -> None:
        """Nothing happens."""
