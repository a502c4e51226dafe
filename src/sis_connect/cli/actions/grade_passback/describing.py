"""From plans and reports of grades to the documents about them: keys become titles and names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule
from sis_connect.cli.grade_documents import (
    GradeClass,
    GradeCounts,
    GradeHold,
    GradePreview,
    GradeProblem,
    GradeProblemPlace,
)
from sis_connect.findings import Severity
from sis_connect.grades.changes import CategoryChange, GradeChange, LineItemChange, ResultChange, sent_of
from sis_connect.grades.plan import APPROVABLE
from sis_connect.grades.receipts import ReceiptState
from sis_connect.runs.grade_names import name_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sis_connect.grades.changes import ResultKey
    from sis_connect.grades.plan import GradePlan, Hold
    from sis_connect.grades.receipts import Receipt, Sent
    from sis_connect.grades.wanted import Problem
    from sis_connect.runs.grade_names import GradeNames
    from sis_connect.runs.grade_passback import GradePassback

#: Places of one problem that are named; how many there were stands beside.
_PLACES = 50
_SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Describing:
    """Words for the plans and receipts of a district."""

    names: GradeNames

    def classes(self, plan: GradePlan) -> tuple[GradeClass, ...]:
        """The classes in which there is something to tell."""
        busy = {change.class_key for change in plan.changes}
        return tuple(
            GradeClass(
                one.class_key,
                self.names.class_(one.class_key),
                one.line_items_created,
                one.line_items_changed,
                one.results_created,
                one.results_changed,
                one.withdrawals,
                one.held,
                one.unchanged,
                one.problems,
            )
            for one in plan.counts
            if one.problems or one.held or one.class_key in busy
        )

    def holds(self, holds: Iterable[Hold]) -> tuple[GradeHold, ...]:
        """What waits."""
        return tuple(
            GradeHold(
                one.cause,
                str(one),
                one.class_key,
                self.names.class_(one.class_key),
                one.changes,
                one.cause in APPROVABLE,
            )
            for one in holds
        )

    def problems(self, problems: Iterable[Problem]) -> tuple[GradeProblem, ...]:
        """One entry for each code, the worst first."""
        places: dict[str, list[Problem]] = defaultdict(list)
        for one in problems:
            places[one.code].append(one)
        entries = [
            GradeProblem(
                code,
                rule.severity.value,
                rule.fixer.value,
                rule.title,
                rule.fix,
                len(found),
                tuple(self._place(one) for one in found[:_PLACES]),
            )
            for code, found in places.items()
            for rule in (find_rule(code),)
        ]
        return tuple(sorted(entries, key=lambda one: (_SEVERITIES.index(Severity(one.severity)), one.code)))

    def preview(self, plan: GradePlan, receipts: Mapping[ResultKey, Receipt], limit: int) -> tuple[GradePreview, ...]:
        """The first changes, held ones first."""
        changes = sorted(plan.changes, key=lambda one: one.held is None)[:limit]
        return tuple(self._preview(one, receipts) for one in changes)

    def _preview(self, change: GradeChange, receipts: Mapping[ResultKey, Receipt]) -> GradePreview:
        item, student, after, before, replaces = "", None, "", None, False
        match change:
            case CategoryChange():
                item, after = change.record.title, "a category"
            case LineItemChange():
                item, replaces = self.names.item(change.class_key, change.item_lms_id), change.replaces_sis_edit
                after = "taken back"
                if change.record is not None:
                    item = change.record.title
                    after = f"due {change.record.due_date}, out of {change.record.result_value_max:f}"
            case ResultChange():
                item, replaces = self.names.item(change.class_key, change.item_lms_id), change.replaces_sis_edit
                student = self.names.student(change.student_sourced_id)
                known = receipts.get(change.key)
                before = in_words(known.sent) if known and known.is_there and known.sent else None
                after = in_words(sent_of(change.record)) if change.record else "taken back"
        return GradePreview(
            change.step.value,
            change.action.value,
            self.names.class_(change.class_key),
            item,
            student,
            after,
            before,
            change.held,
            replaces,
        )

    def _place(self, one: Problem) -> GradeProblemPlace:
        item = self.names.item(one.class_key, one.item_lms_id) if one.item_lms_id else None
        return GradeProblemPlace(
            one.class_key, self.names.class_(one.class_key), item, one.student_sourced_id, one.detail
        )


def describing(passback: GradePassback, plan: GradePlan, problems: Sequence[Problem] = ()) -> Describing:
    """Words for a plan; students are named where their changes are."""
    students = {one.student_sourced_id for one in plan.results}
    keys = {*plan.classes, *(one.class_key for one in problems)}
    return Describing(name_all(passback.runner, passback.books, keys, students))


def count_states(states: Mapping[str, int]) -> tuple[GradeCounts, ...]:
    """Where results stand, in the order of their way; those of which there are any."""
    return tuple(GradeCounts(state.value, states[state]) for state in ReceiptState if states.get(state))


def in_words(sent: Sent) -> str:
    """What was sent, or is held, for a result."""
    score = sent.score if sent.score_status == "fully graded" else f"{sent.score_status}, {sent.score}"
    return f"{score}, “{sent.comment}”" if sent.comment else score


def moment(text: str | None) -> datetime | None:
    """The instant of a receipt."""
    return datetime.fromisoformat(text) if text else None
