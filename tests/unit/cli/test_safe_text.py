"""Text from outside is shown and never obeyed, in a terminal and in a spreadsheet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.cli.safe_text import harmless, harmless_cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Ångström-李", "Zoë Ångström-李"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("line\r\nbreak\x7f\x9b", "line\\x0d\\x0abreak\\x7f\\x9b"),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("half\ud800", "half\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\u0646\u200c\u0645", "\u0646\u200c\u0645"),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
    ],
)
def test_commands_are_written_out_and_letters_stay(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = harmless(text)
    assert not [one for one in shown if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not [one for one in shown if unicodedata.bidirectional(one) in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI"}]


@given(st.text())
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "|calc", "%0A", "\t=1"])
def test_formula_becomes_text(text: str) -> None:
    cell = harmless_cell(text)
    assert cell[0] in "'\\"


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-3, "-3"), (2.5, "2.5"), ("O'Neil", "O'Neil"), ("", "")])
def test_plain_values_stay_plain(value: object, cell: str) -> None:
    assert harmless_cell(value) == cell
