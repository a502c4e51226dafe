"""What the SIS's answer to a write means for a person: an outcome to a code of `findings`.

Pure. SISs say little about why they refuse; the property that they name is the best clue, the cause comes next. Not
here: the rules behind the codes (`findings`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.grades.target import WriteState

if TYPE_CHECKING:
    from sis_connect.grades.target import WriteOutcome

POSTPONED = "grades.postponed"
IN_DOUBT = "grades.in_doubt"
LINE_ITEM_MISSING = "grades.line_item_missing"
CATEGORY_MISSING = "grades.category_missing"

_BY_CAUSE = {
    "status.forbidden": "grades.refused_forbidden",
    "status.unauthorised": "grades.refused_forbidden",
    "status.refused": "grades.refused_invalid",
    "status.bad_request": "grades.refused_invalid",
}
#: Property of the record, as the standard calls it.
_BY_FIELD = {
    "title": "grades.refused_title",
    "category": "grades.refused_category",
    "gradingPeriod": "grades.refused_period",
    "dueDate": "grades.refused_period",
    "assignDate": "grades.refused_period",
    "student": "grades.refused_student_unknown",
    "class": "grades.refused_class_unknown",
    "lineItem": LINE_ITEM_MISSING,
    "score": "grades.refused_score",
}


def code_of(outcome: WriteOutcome) -> str | None:
    """One of `findings.RULES`; None for what was done."""
    if outcome.state is WriteState.POSTPONED:
        return POSTPONED
    if outcome.state is WriteState.IN_DOUBT:
        return IN_DOUBT
    if outcome.state is not WriteState.REFUSED:
        return None
    cause = outcome.code.partition(":")[0]
    by_cause = _BY_CAUSE.get(cause, "grades.refused")
    return by_cause if by_cause == "grades.refused_forbidden" else _BY_FIELD.get(outcome.field, by_cause)
