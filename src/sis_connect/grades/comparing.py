"""What the SIS holds against what it was sent: the same, or the code of the difference.

Pure. A grade is confirmed only where its value, its status and its comment are there; what a SIS is known to keep in
its own way counts as kept. Not here: reading (`read_back`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from sis_connect.grades.changes import plain_number
from sis_connect.grades.manners import Exempt
from sis_connect.grades.receipts import Sent
from sis_connect.oneroster.gradebook_records import ScoreStatus

if TYPE_CHECKING:
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.target import Row
    from sis_connect.oneroster.gradebook_records import LineItem

NOT_STORED = "grades.not_stored"
STORED_DIFFERENTLY = "grades.stored_differently"
COMMENT_CUT = "grades.comment_cut"
LINE_ITEM_DIFFERS = "grades.line_item_differs"
LINE_ITEM_NOT_STORED = "grades.line_item_not_stored"

#: Statuses whose score is there because the standard wants a number.
_WITHOUT_SCORE = (ScoreStatus.EXEMPT, ScoreStatus.NOT_SUBMITTED, ScoreStatus.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Why something read back does not count as confirmed."""

    code: str
    #: The property that differs, as the standard calls it.
    field: str


def held_of(row: Row) -> Sent:
    """What a result that was read says, its number written as in what is sent."""
    status = (row.get("score_status") or ScoreStatus.FULLY_GRADED).strip().lower()
    return Sent(_plain_number(row.get("score")), status, _plain_text(row.get("comment") or ""))


def compare_results(sent: Sent, held: Sent, manners: Manners) -> Difference | None:
    """None when the SIS holds what it was sent, or what it is known to make of it."""
    if held.score_status != sent.score_status:
        return Difference(STORED_DIFFERENTLY, "scoreStatus")
    if not _is_same_score(sent, held, manners):
        return Difference(STORED_DIFFERENTLY, "score")
    mine = _plain_text(sent.comment)
    if held.comment == mine:
        return None
    is_part = mine.startswith(held.comment.rstrip(" .…"))
    return Difference(COMMENT_CUT if is_part else STORED_DIFFERENTLY, "comment")


def compare_line_items(record: LineItem, row: Row) -> Difference | None:
    """None when the SIS holds the line item as far as results depend on it, and people find it by it."""
    if not record.is_shown_by(row, ("title",)):
        return Difference(LINE_ITEM_DIFFERS, "title")
    if not record.is_shown_by(row, ("result_value_max",)):
        return Difference(LINE_ITEM_DIFFERS, "resultValueMax")
    # A SIS may answer with an instant, in whatever zone, for a day.
    if (row.get("due_date") or "")[:10] != record.due_date.isoformat():
        return Difference(LINE_ITEM_DIFFERS, "dueDate")
    return None


def _is_same_score(sent: Sent, held: Sent, manners: Manners) -> bool:
    if held.score == sent.score:
        return True
    if sent.score_status in _WITHOUT_SCORE and not held.score:
        return True
    return sent.score_status == ScoreStatus.EXEMPT and manners.exempt is Exempt.EXEMPT_AS_ZERO and held.score == "0"


def _plain_number(text: str | None) -> str:
    try:
        return plain_number(Decimal(text or ""))
    except InvalidOperation:
        return text or ""


def _plain_text(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
