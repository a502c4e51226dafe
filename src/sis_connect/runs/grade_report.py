"""What became of a run of grades, as a value without personal data; kept with the run."""

from __future__ import annotations

from collections import Counter
from datetime import datetime  # kept as JSON, which is read by these annotations
from typing import TYPE_CHECKING

import msgspec

from sis_connect.grades.comparing import NOT_STORED
from sis_connect.grades.plan import CAUSES
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.wanted import Problem

if TYPE_CHECKING:
    from sis_connect.grades.apply import Applied
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.plan import GradePlan
    from sis_connect.store.grade_ledger import GradeRun
    from sis_connect.store.grade_receipts import GradeReceipts


#: Every code of an answer that is no begins so.
_REFUSED = "grades.refused"


class GradeReport(msgspec.Struct, frozen=True):
    """What became of the changes of one run."""

    run: str
    plan: str
    started_at: datetime
    ended_at: datetime
    #: Line items and results that went out, or were to.
    line_items: int
    results: int
    #: Where these results stand at the end, by `ReceiptState`; the sum is `results`.
    states: dict[str, int]
    #: What was refused, postponed or kept differently, each with its place.
    problems: tuple[Problem, ...]
    #: False when the SIS was away, so that the rest was not tried: it goes out with the next run.
    is_sent: bool
    #: False when something that was sent could not be read back: the next run reads it.
    is_read: bool

    @property
    def is_all_confirmed(self) -> bool:
        """True when nothing of it waits for anybody."""
        done = self.states.get(ReceiptState.CONFIRMED, 0) + self.states.get(ReceiptState.WITHDRAWN, 0)
        return done == self.results and not self.problems


def problem_of(receipt: LineItemReceipt | Receipt, manners: Manners) -> Problem | None:
    """Why the SIS has not what it should have; None where it has, or where it waits.

    With it the field that the SIS named, and what is known to be behind it at this SIS.
    """
    if receipt.code is None or receipt.code in CAUSES:
        return None
    student = receipt.student_sourced_id if isinstance(receipt, Receipt) else None
    hint = manners.hint_not_stored if receipt.code == NOT_STORED else None
    if receipt.code.startswith(_REFUSED):
        hint = manners.hint_refused
    named = f"the SIS names `{receipt.field}`" if receipt.field else None
    detail = "; ".join(text for text in (named, hint) if text) or None
    return Problem(receipt.code, receipt.class_key or receipt.class_sourced_id, receipt.item_lms_id, student, detail)


def report_of(
    run: GradeRun,
    plan: GradePlan,
    receipts: GradeReceipts,
    applied: Applied,
    ended_at: datetime,
    *,
    manners: Manners,
) -> GradeReport:
    """The report of a run whose receipts are kept."""
    allowed = plan.allowed(run.approvals)
    results = receipts.results_by_key(one.key for one in allowed.results)
    line_items = {
        key: receipt
        for class_key in dict.fromkeys(one.class_key for one in allowed.line_items)
        for key, receipt in receipts.line_items(class_key).items()
    }
    told: list[LineItemReceipt | Receipt] = [line_items[one.key] for one in allowed.line_items if one.key in line_items]
    told += results.values()
    problems = [problem for one in told if (problem := problem_of(one, manners)) is not None]
    states = Counter(
        str(results[one.key].state if one.key in results else ReceiptState.WAITING) for one in allowed.results
    )
    return GradeReport(
        run.id,
        plan.digest,
        datetime.fromisoformat(run.started_at),
        ended_at,
        len(allowed.line_items),
        len(allowed.results),
        dict(states),
        tuple(problems),
        applied.is_sent,
        applied.is_read,
    )
