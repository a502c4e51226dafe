"""Moments as the standard writes them (data model, primitive types: DateTime). Not here: reading them (`values`)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def format_moment(moment: datetime) -> str:
    """An aware moment as UTC, cut to milliseconds, with a literal `Z`; ValueError for one without its time zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without its time zone is not a moment.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
