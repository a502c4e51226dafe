"""Dates in headers (RFC 9110, 5.6.7), however badly written. Not here: what follows from one."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def parse_http_date(value: str | None) -> datetime | None:
    """The moment in UTC, a date without a zone being in UTC; None when there is none, or none that can be told."""
    try:
        date = parsedate_to_datetime(value or "")
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        # Zones of many digits, years beyond the last, and moments that are beyond it in UTC alone.
        return None
