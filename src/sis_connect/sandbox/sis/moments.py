"""Moments as the standard writes them (data model, primitive types: DateTime)."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The moment it is, aware."""
    return datetime.now(UTC)


def format_moment(moment: datetime) -> str:
    """An aware moment as UTC with milliseconds and a literal `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
