"""What a grade of the LMS is in the words of a result: a score, a status, a comment; or why there is none.

Pure. A score is points on the range of its line item. What stands in an LMS in place of a score becomes a zero only
when the district says so, and a status only where the SIS is not known to turn it into a zero. Not here: whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sis_connect.grades.findings import Objection
from sis_connect.grades.manners import Exempt, Missing
from sis_connect.grades.observed import Exemption, Grade, Item, ScaleKind
from sis_connect.grades.text import cut, plain_text
from sis_connect.oneroster.gradebook_records import ScoreStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.grades.manners import Manners
    from sis_connect.grades.rules import ExceptionRules, GradeRules

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Score:
    """What a result says."""

    #: A number also where the status alone counts (gradebook, edge cases).
    value: Decimal = field(repr=False)
    status: ScoreStatus = field(default=ScoreStatus.FULLY_GRADED, repr=False)


def has_content(grade: Grade) -> bool:
    """False for a grade that was cleared, whatever comment was left beside it."""
    return grade.score is not None or grade.exemption is not None or grade.level is not None


def score_of(item: Item, grade: Grade, manners: Manners, rules: GradeRules) -> Score | Objection | None:
    """The score that a grade comes to; None for one of which nothing is to be sent by the rules, or the reason."""
    if grade.exemption is Exemption.OTHER:
        return Objection("grades.exception_unknown")
    if grade.score is not None and not (grade.score.is_finite() and grade.score >= 0):
        return Objection("grades.below_minimum" if grade.score.is_finite() else "grades.not_numeric")
    if grade.exemption is not None and (grade.score is None or grade.exemption in _BESIDE_A_SCORE):
        return _DECISIONS[grade.exemption](grade.score, manners, rules.exceptions)
    if item.scale is ScaleKind.LEVELS and rules.levels == "ask":
        return Objection("grades.levels_undecided")
    if grade.score is None:
        return Objection("grades.not_numeric") if grade.level is not None else None
    return Score(plain_number(grade.score))


def comment_of(grade: Grade, manners: Manners, rules: GradeRules) -> str:
    """The teacher's comment as the SIS can keep it; empty where none is sent."""
    return cut(plain_text(grade.comment), manners.comment_length) if rules.comments == "send" else ""


def plain_number(number: Decimal) -> Decimal:
    """The same number, always written the same way."""
    return number.normalize() + _ZERO if number else _ZERO


def _excused(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection:
    if rules.excused == "exempt" or (rules.excused == "sis" and manners.exempt is not None):
        return _exempt(score, manners)
    return Objection("grades.excused_undecided")


def _missing(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection:
    del score
    if rules.missing == "zero":
        return Score(_ZERO)
    if rules.missing == "not_submitted":
        return _not_submitted(manners)
    if rules.missing == "sis" and manners.missing is Missing.NOT_SUBMITTED:
        return _not_submitted(manners)
    if rules.missing == "sis" and manners.missing is Missing.NEEDS_NUMBER:
        return Objection("grades.missing_needs_number")
    return Objection("grades.missing_undecided")


def _incomplete(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection:
    if rules.incomplete == "partially_graded":
        if score is None:
            return Objection("grades.partial_needs_number")
        return Score(plain_number(score), ScoreStatus.PARTIALLY_GRADED)
    if rules.incomplete == "not_submitted":
        return _not_submitted(manners)
    return Objection("grades.incomplete_undecided")


def _late(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection:
    del score
    return _not_submitted(manners) if rules.late == "not_submitted" else Objection("grades.late_undecided")


def _absent(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection:
    if rules.absent == "exempt":
        return _exempt(score, manners)
    return _not_submitted(manners) if rules.absent == "not_submitted" else Objection("grades.absent_undecided")


def _submitted(score: Decimal | None, manners: Manners, rules: ExceptionRules) -> Score | Objection | None:
    del score
    if rules.submitted == "nothing":
        return None
    if manners.keeps_submitted_as_zero:
        return Objection("grades.submitted_as_zero")
    return Score(_ZERO, ScoreStatus.SUBMITTED)


def _exempt(score: Decimal | None, manners: Manners) -> Score | Objection:
    if manners.exempt is Exempt.NOT_SENT:
        return Objection("grades.excused_not_taken")
    is_kept = score is not None and manners.exempt is not Exempt.EXEMPT_AS_ZERO
    return Score(plain_number(score) if is_kept and score is not None else _ZERO, ScoreStatus.EXEMPT)


def _not_submitted(manners: Manners) -> Score | Objection:
    if manners.missing is Missing.ZERO:
        return Objection("grades.not_submitted_as_zero")
    if manners.missing is Missing.NEEDS_NUMBER:
        return Objection("grades.missing_needs_number")
    return Score(_ZERO, ScoreStatus.NOT_SUBMITTED)


#: These count also beside a score; beside the others the teacher's number does.
_BESIDE_A_SCORE: Final = frozenset((Exemption.EXCUSED, Exemption.INCOMPLETE))

_DECISIONS: Final[dict[Exemption, Callable[[Decimal | None, Manners, ExceptionRules], Score | Objection | None]]] = {
    Exemption.EXCUSED: _excused,
    Exemption.INCOMPLETE: _incomplete,
    Exemption.MISSING: _missing,
    Exemption.LATE: _late,
    Exemption.ABSENT: _absent,
    Exemption.SUBMITTED: _submitted,
}
