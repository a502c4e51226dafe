"""What counts as confirmed: value, status and comment as sent, in the SIS's own writing."""

from __future__ import annotations

import pytest

from sis_connect.grades.comparing import COMMENT_CUT, STORED_DIFFERENTLY, Difference, compare_results, held_of
from sis_connect.grades.manners import Exempt, Manners
from sis_connect.grades.receipts import Sent


def a_row(score: str | None, status: str | None = "fully graded", comment: str | None = None) -> dict[str, str | None]:
    return {"score": score, "score_status": status, "comment": comment}


def difference(sent: Sent, row: dict[str, str | None], manners: Manners | None = None) -> Difference | None:
    return compare_results(sent, held_of(row), manners or Manners())


@pytest.mark.parametrize("score", ["17.5", "17.50", "17.500000", "1.75E+1"])
def test_numbers_are_compared_by_what_they_are_worth(score: str) -> None:
    assert difference(Sent("17.5", "fully graded", ""), a_row(score)) is None


@pytest.mark.parametrize("score", ["17", "18", "17.49", None, "A", "-17.5"])
def test_another_score_is_told(score: str | None) -> None:
    assert difference(Sent("17.5", "fully graded", ""), a_row(score)) == Difference(STORED_DIFFERENTLY, "score")


def test_another_status_is_told_even_with_the_same_score() -> None:
    sent = Sent("0", "exempt", "")
    assert difference(sent, a_row("0", "fully graded")) == Difference(STORED_DIFFERENTLY, "scoreStatus")
    assert difference(sent, a_row("0", None)) == Difference(STORED_DIFFERENTLY, "scoreStatus")


def test_excused_score_may_lack_its_number_and_be_zero_only_where_the_sis_is_known_for_it() -> None:
    sent = Sent("80", "exempt", "")
    assert difference(sent, a_row(None, "exempt")) is None
    assert difference(sent, a_row("0", "exempt")) == Difference(STORED_DIFFERENTLY, "score")
    assert difference(sent, a_row("0", "exempt"), Manners(exempt=Exempt.EXEMPT_AS_ZERO)) is None
    assert difference(Sent("80", "fully graded", ""), a_row("0"), Manners(exempt=Exempt.EXEMPT_AS_ZERO)) is not None


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ("Well done.\nGo on", None),
        ("Well done. \r\nGo on\n", None),
        ("Well done", COMMENT_CUT),
        ("Well d...", COMMENT_CUT),
        (None, COMMENT_CUT),
        ("Well done? Go on", STORED_DIFFERENTLY),
    ],
)
def test_comment_counts_as_kept_only_when_it_is_whole(held: str | None, code: str | None) -> None:
    found = difference(Sent("8", "fully graded", "Well done.\nGo on"), a_row("8", comment=held))
    assert (found and found.code) == code


def test_comment_of_others_on_a_grade_without_one_is_told() -> None:
    found = difference(Sent("8", "fully graded", ""), a_row("8", comment="theirs"))
    assert found == Difference(STORED_DIFFERENTLY, "comment")
