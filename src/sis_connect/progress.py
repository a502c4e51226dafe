"""How long work tells how far it is. Only the protocol and its silent version: who shows it is up to the face."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told after every piece of work."""

    def advance(self, step: str, done: int, total: int) -> None:
        """`done` of `total` of a step are behind us: bytes while reading, changes while applying, else pieces."""
        ...


class NoProgress:
    """Tells nobody."""

    def advance(self, step: str, done: int, total: int) -> None:
        """Nothing happens."""
