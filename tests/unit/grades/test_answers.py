"""What a SIS's answer means for a person."""

from __future__ import annotations

import pytest

from sis_connect.grades.answers import CATEGORY_MISSING, LINE_ITEM_MISSING, code_of
from sis_connect.grades.comparing import COMMENT_CUT, LINE_ITEM_DIFFERS, LINE_ITEM_NOT_STORED, NOT_STORED
from sis_connect.grades.diff import DELETE_NOT_TAKEN
from sis_connect.grades.findings import RULES
from sis_connect.grades.read_back import CHANGED_IN_SIS, DELETED_IN_SIS
from sis_connect.grades.target import WriteOutcome, WriteState

FIELDS = ("category", "gradingPeriod", "dueDate", "student", "class", "lineItem", "score", "title", "")


@pytest.mark.parametrize(
    ("code", "field", "expected"),
    [
        ("status.refused:invalid data", "student", "grades.refused_student_unknown"),
        ("status.refused:invalid data", "category", "grades.refused_category"),
        ("status.refused", "", "grades.refused_invalid"),
        ("status.forbidden", "score", "grades.refused_forbidden"),
        ("status.not_implemented", "", "grades.refused"),
    ],
)
def test_property_that_is_named_says_most(code: str, field: str, expected: str) -> None:
    assert code_of(WriteOutcome(WriteState.REFUSED, "1", code=code, field=field)) == expected


def test_what_was_done_has_no_code() -> None:
    assert code_of(WriteOutcome(WriteState.WRITTEN, "1")) is None
    assert code_of(WriteOutcome(WriteState.DELETED, "1")) is None


def test_every_code_that_a_receipt_may_have_has_a_rule() -> None:
    answers = {
        code_of(WriteOutcome(state, "1", code=code, field=field))
        for state in (WriteState.REFUSED, WriteState.POSTPONED, WriteState.IN_DOUBT)
        for code in ("status.refused", "status.bad_request", "status.forbidden", "status.gone", "reply.timeout")
        for field in FIELDS
    }
    read = {COMMENT_CUT, LINE_ITEM_DIFFERS, LINE_ITEM_NOT_STORED, NOT_STORED, CHANGED_IN_SIS, DELETED_IN_SIS}
    assert answers | read | {CATEGORY_MISSING, LINE_ITEM_MISSING, DELETE_NOT_TAKEN} <= set(RULES)
