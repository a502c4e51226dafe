"""What an event of Schoology hints at: in which classes grades or items may have changed.

Events are not signed, and are lost after a few failed deliveries, so they are reasons to poll and never data: nothing
of an event but the class is read. Pages Event Triggers and Event Objects of the REST API v1. Not here: who receives
events, and who polls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sis_connect.errors import MalformedReplyError
from sis_connect.schoology.grade_lists import rows_of
from sis_connect.schoology.records import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.schoology.records import Row

#: A body beyond this hints at nothing, and need not be received further.
LARGEST_BODY = 1024 * 1024
_TRIGGERS = frozenset({"grades", "grade_item"})
#: More sections than one save can concern.
_MOST_SECTIONS = 1000
_LONGEST_CODE = 255


@dataclass(frozen=True, slots=True)
class Hint:
    """Where something may have changed; empty where nothing is told. Anybody may have sent it."""

    #: Codes of sections, which are the keys of our classes (`grades.roster.Class.key`).
    class_keys: frozenset[str] = frozenset()
    #: Schoology's own ids of sections (`grades.roster.Class.lms_id`), of which the code may be unknown.
    section_ids: frozenset[str] = frozenset()


def parse_hint(body: bytes) -> Hint:
    """The classes that an event is about; of any other event, and of anything that is no event, an empty hint."""
    if len(body) > LARGEST_BODY:
        return Hint()
    try:
        event = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Hint()
    if not isinstance(event, dict) or text(event, "type").partition(".")[0] not in _TRIGGERS:
        return Hint()
    try:
        rows = rows_of(event.get("data"))
    except MalformedReplyError:
        return Hint()
    ids = (text(row, "section_id") or _realm_id(row) for row in rows)
    return Hint(_some(text(row, "section_school_code") for row in rows), _some(filter(str.isdigit, ids)))


def _realm_id(row: Row) -> str:
    return text(row, "realm_id") if text(row, "realm") == "section" else ""


def _some(values: Iterable[str]) -> frozenset[str]:
    """Those that can name a class, no more than there can be."""
    usable = {value for value in values if 0 < len(value) <= _LONGEST_CODE and value.isprintable()}
    return frozenset(sorted(usable)[:_MOST_SECTIONS])
