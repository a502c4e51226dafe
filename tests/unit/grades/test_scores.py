"""What a grade is in the words of a result, and that nothing becomes a zero by accident."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shaped_books import a_grade, an_item
from sis_connect.grades.findings import Objection
from sis_connect.grades.manners import Exempt, Manners, Missing
from sis_connect.grades.observed import Exemption, Grade, ScaleKind
from sis_connect.grades.rules import ExceptionRules, GradeRules
from sis_connect.grades.scores import Score, comment_of, score_of
from sis_connect.oneroster.gradebook_records import ScoreStatus

EXEMPT, NOT_SUBMITTED = ScoreStatus.EXEMPT, ScoreStatus.NOT_SUBMITTED


def scored(
    grade: Grade, *, scale: ScaleKind = ScaleKind.POINTS, manners: Manners | None = None, levels: Any = "points",
    **exceptions: Any,
) -> Score | Objection | None:  # fmt: skip
    rules = GradeRules(levels=levels, exceptions=ExceptionRules(**exceptions))
    return score_of(an_item(scale=scale), grade, manners or Manners(), rules)


def excepted(exemption: Exemption, score: str | None = None, **more: Any) -> Score | Objection | None:
    return scored(a_grade(score=score, exemption=exemption), **more)


def no(code: str) -> Objection:
    return Objection(f"grades.{code}")


@pytest.mark.parametrize("scale", ScaleKind)
def test_points_go_as_they_are_whatever_the_scale_and_also_above_the_maximum(scale: ScaleKind) -> None:
    assert scored(a_grade(score="17.5"), scale=scale) == Score(Decimal("17.5"))
    assert scored(a_grade(score="300"), scale=scale) == Score(Decimal(300))
    assert scored(a_grade(score="0"), scale=scale) == Score(Decimal(0))


def test_the_same_number_is_always_written_the_same_way() -> None:
    written = {
        str(one.value)
        for text in ("10", "10.0", "1E+1", "10.000")
        if isinstance(one := scored(a_grade(score=text)), Score)
    }
    assert written == {"10"}


def test_levels_are_sent_as_points_unless_the_district_wants_to_be_asked() -> None:
    letter = a_grade(score="18", level="A-")
    assert scored(letter, scale=ScaleKind.LEVELS) == Score(Decimal(18))
    assert scored(letter, scale=ScaleKind.LEVELS, levels="ask") == no("levels_undecided")
    assert scored(a_grade(score=None, level="A-"), scale=ScaleKind.LEVELS) == no("not_numeric")


def test_what_is_no_number_of_zero_or_more_is_told() -> None:
    assert scored(a_grade(score="NaN")) == no("not_numeric")
    assert scored(a_grade(score="-1")) == no("below_minimum")


@pytest.mark.parametrize(
    ("rule", "manner", "comes_to"),
    [
        ("sis", Exempt.EXEMPT, Score(Decimal(0), EXEMPT)),
        ("sis", Exempt.EXEMPT_AS_ZERO, Score(Decimal(0), EXEMPT)),
        ("sis", Exempt.NOT_SENT, no("excused_not_taken")),
        ("sis", None, no("excused_undecided")),
        ("exempt", None, Score(Decimal(0), EXEMPT)),
        ("exempt", Exempt.NOT_SENT, no("excused_not_taken")),
        ("ask", Exempt.EXEMPT, no("excused_undecided")),
    ],
)
def test_excused(rule: str, manner: Exempt | None, comes_to: object) -> None:
    assert excepted(Exemption.EXCUSED, excused=rule, manners=Manners(exempt=manner)) == comes_to


def test_an_excused_score_keeps_its_number_where_the_sis_does() -> None:
    assert excepted(Exemption.EXCUSED, "8", manners=Manners(exempt=Exempt.EXEMPT)) == Score(Decimal(8), EXEMPT)
    as_zero = excepted(Exemption.EXCUSED, "8", manners=Manners(exempt=Exempt.EXEMPT_AS_ZERO))
    assert as_zero == Score(Decimal(0), EXEMPT)


@pytest.mark.parametrize(
    ("rule", "manner", "comes_to"),
    [
        ("sis", None, no("missing_undecided")),
        ("sis", Missing.ZERO, no("missing_undecided")),
        ("sis", Missing.NEEDS_NUMBER, no("missing_needs_number")),
        ("sis", Missing.NOT_SUBMITTED, Score(Decimal(0), NOT_SUBMITTED)),
        ("zero", None, Score(Decimal(0))),
        ("zero", Missing.NOT_SUBMITTED, Score(Decimal(0))),
        ("not_submitted", None, Score(Decimal(0), NOT_SUBMITTED)),
        ("not_submitted", Missing.ZERO, no("not_submitted_as_zero")),
        ("not_submitted", Missing.NEEDS_NUMBER, no("missing_needs_number")),
        ("ask", Missing.NOT_SUBMITTED, no("missing_undecided")),
    ],
)
def test_missing(rule: str, manner: Missing | None, comes_to: object) -> None:
    assert excepted(Exemption.MISSING, missing=rule, manners=Manners(missing=manner)) == comes_to


@pytest.mark.parametrize(
    ("exemption", "rules", "comes_to"),
    [
        (Exemption.INCOMPLETE, {}, no("incomplete_undecided")),
        (Exemption.INCOMPLETE, {"incomplete": "not_submitted"}, Score(Decimal(0), NOT_SUBMITTED)),
        (Exemption.INCOMPLETE, {"incomplete": "partially_graded"}, no("partial_needs_number")),
        (Exemption.LATE, {}, no("late_undecided")),
        (Exemption.LATE, {"late": "not_submitted"}, Score(Decimal(0), NOT_SUBMITTED)),
        (Exemption.ABSENT, {}, no("absent_undecided")),
        (Exemption.ABSENT, {"absent": "exempt"}, Score(Decimal(0), EXEMPT)),
        (Exemption.ABSENT, {"absent": "not_submitted"}, Score(Decimal(0), NOT_SUBMITTED)),
        (Exemption.SUBMITTED, {}, None),
        (Exemption.SUBMITTED, {"submitted": "submitted"}, Score(Decimal(0), ScoreStatus.SUBMITTED)),
        (Exemption.OTHER, {}, no("exception_unknown")),
    ],
)
def test_other_exceptions_are_asked_about_unless_the_district_decides(
    exemption: Exemption, rules: dict[str, str], comes_to: object
) -> None:
    assert excepted(exemption, **rules) == comes_to


def test_what_is_handed_in_stays_here_where_the_sis_would_make_it_a_zero() -> None:
    manners = Manners(keeps_submitted_as_zero=True)
    assert excepted(Exemption.SUBMITTED, manners=manners, submitted="submitted") == no("submitted_as_zero")


def test_the_teachers_number_counts_before_a_mark_beside_it() -> None:
    for exemption in (Exemption.LATE, Exemption.MISSING, Exemption.ABSENT, Exemption.SUBMITTED):
        assert excepted(exemption, "12", missing="zero") == Score(Decimal(12))
    partial = excepted(Exemption.INCOMPLETE, "12", incomplete="partially_graded")
    assert partial == Score(Decimal(12), ScoreStatus.PARTIALLY_GRADED)


def _any_exceptions() -> st.SearchStrategy[ExceptionRules]:
    words = {name: get_args(hint) for name, hint in get_type_hints(ExceptionRules).items()}
    return st.builds(ExceptionRules, **{name: st.sampled_from(values) for name, values in words.items()})


MANNERS = st.builds(
    Manners,
    exempt=st.none() | st.sampled_from(Exempt),
    missing=st.none() | st.sampled_from(Missing),
    numbers_only=st.none() | st.booleans(),
    keeps_submitted_as_zero=st.booleans(),
)
NUMBERS = st.none() | st.decimals(0, 300, allow_nan=False, places=2)


@given(_any_exceptions(), MANNERS, st.none() | st.sampled_from(Exemption), NUMBERS, st.sampled_from(ScaleKind))
def test_a_zero_is_only_sent_where_somebody_said_so(
    exceptions: ExceptionRules, manners: Manners, exemption: Exemption | None, number: Decimal | None, scale: ScaleKind
) -> None:
    """A bare zero is the teacher's, or the district's for missing work; others have a status that the SIS keeps."""
    grade = Grade("100", "1", score=number, exemption=exemption, level="B")
    sent = score_of(an_item(scale=scale), grade, manners, GradeRules(exceptions=exceptions))
    if not isinstance(sent, Score) or (number is not None and sent.value == number):
        return
    assert sent.value == 0
    match sent.status:
        case ScoreStatus.FULLY_GRADED:
            assert exemption is Exemption.MISSING
            assert exceptions.missing == "zero"
        case ScoreStatus.EXEMPT:
            assert manners.exempt in (Exempt.EXEMPT, Exempt.EXEMPT_AS_ZERO) or "exempt" in (
                exceptions.excused,
                exceptions.absent,
            )
            assert manners.exempt is not Exempt.NOT_SENT
        case ScoreStatus.NOT_SUBMITTED:
            assert manners.missing not in (Missing.ZERO, Missing.NEEDS_NUMBER)
            assert "not_submitted" in (
                manners.missing and exceptions.missing == "sis" and "not_submitted",
                exceptions.missing,
                exceptions.late,
                exceptions.incomplete,
                exceptions.absent,
            )
        case ScoreStatus.SUBMITTED:
            assert exceptions.submitted == "submitted"
            assert not manners.keeps_submitted_as_zero
        case ScoreStatus.PARTIALLY_GRADED:
            pytest.fail("a partial grade is the teacher's number")


def test_comments_are_cleaned_and_cut_to_what_the_sis_keeps_and_can_stay_here() -> None:
    grade = a_grade(comment="<p>Good work,\x00 go on</p>")
    assert comment_of(grade, Manners(), GradeRules()) == "Good work, go on"
    assert comment_of(grade, Manners(comment_length=14), GradeRules()) == "Good work,..."
    assert comment_of(grade, Manners(), GradeRules(comments="never")) == ""


def test_no_repr_shows_a_score() -> None:
    assert "17.5" not in repr(scored(a_grade(score="17.5")))
