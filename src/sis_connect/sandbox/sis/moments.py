"""What time it is for a provider. Not here: how moments are written (`oneroster.moments`)."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The moment it is, aware."""
    return datetime.now(UTC)
