"""Time that passes only when somebody sleeps."""

from __future__ import annotations


class SimulatedTime:
    """A clock, a sleep that moves it, and a record of the sleeps."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        """It is `now`, in seconds."""
        self.now = now
        self.sleeps: list[float] = []

    def clock(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Time has passed."""
        self.sleeps.append(seconds)
        self.now += seconds
