"""Texts of the LMS as a SIS can keep them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.grades.text import ELLIPSIS, cut, one_line, plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Good <b>work</b>!", "Good work!"),
        ("<p>Good.</p><p>More<br>of it &amp; soon</p>", "Good. More of it & soon"),
        ("<style>p {}</style>Fine<script>alert(1)</script>", "Fine"),
        ("2 < 3 and x<y, 5>4", "2 < 3 and x<y, 5>4"),
        ("a&nbsp;b\tc\r\nd", "a b c d"),
        ("<!-- not this -->this", "this"),
        ('see <a href="https://lms.example">here</a>', "see here"),
        ("it was <i>good", "it was good"),
        ("3 <b", "3 <b"),
        ("nul\x00l \x1b[31m", "null [31m"),
        ("", ""),
    ],
)
def test_a_reader_of_the_comment_reads_the_same(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text() | st.text(alphabet="<>/!-bpi&; \x00\u200b\u0301a"))
def test_no_text_breaks_the_reading_and_it_ends_on_one_clean_line(markup: str) -> None:
    text = plain_text(markup)
    assert one_line(text) == text
    assert text.encode().decode() == text


def test_a_cut_comes_after_a_word() -> None:
    assert cut("Good work this time", 16) == "Good work" + ELLIPSIS
    assert cut("Good work this time", 12) == "Good work" + ELLIPSIS
    assert cut("Good work", 9) == "Good work"
    assert cut("Good work", None) == "Good work"


def test_a_word_that_fills_everything_is_cut_in_itself() -> None:
    assert cut("ab " + "x" * 40, 20) == "ab " + "x" * 14 + ELLIPSIS


@given(st.text(max_size=60), st.integers(0, 40))
def test_a_cut_text_is_no_longer_than_allowed_and_begins_as_it_did(text: str, length: int) -> None:
    short = cut(one_line(text), length)
    assert len(short) <= length
    assert one_line(text).startswith(short.removesuffix(ELLIPSIS))
