"""Where words go, and that lines keep to the width they are given."""

from __future__ import annotations

import io
import shlex

import pytest
from rich.console import Console
from rich.text import Text

from sis_connect.cli.progress import ProgressBars
from sis_connect.cli.screen import Screen, counted, data, indented, number


def drawn(what: object, width: int) -> list[str]:
    """The lines of something on a terminal of that width."""
    file = io.StringIO()
    Console(file=file, width=width, markup=False, highlight=False).print(what)
    return file.getvalue().splitlines()


def test_further_lines_stand_below_the_first_word() -> None:
    lines = drawn(indented("one two three four five six seven", 2, "• "), 24)
    assert lines == ["  • one two three four", "    five six seven"]


@pytest.mark.parametrize("width", [30, 80, 120])
def test_indented_text_keeps_to_the_width_and_leaves_no_blanks(width: int) -> None:
    lines = drawn(indented("word " * 60, 6, Text("warning ")), width)
    assert all(len(line) <= width and line == line.rstrip() for line in lines)


def test_data_is_never_taken_for_markup() -> None:
    assert drawn(data("[red]x[/red]\x1b[0m"), 80) == ["[red]x[/red]\\x1b[0m"]


def test_result_goes_to_stdout_and_nothing_else_does(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.show("result")
    screen.advise("advice")
    assert capsys.readouterr() == ("result\nadvice\n", "")


def test_under_json_stdout_is_left_to_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.show("result")
    screen.advise("advice")
    screen.advise_commands(["sis-connect apply"])
    assert capsys.readouterr() == ("", "advice\n  sis-connect apply\n")


def test_quiet_leaves_the_result_only(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(quiet=True)
    screen.show("result")
    screen.advise("advice")
    screen.advise_commands(["sis-connect apply"])
    assert capsys.readouterr() == ("result\n", "")


@pytest.mark.parametrize("reason", ["x" * 200, "two words", "it's"])
def test_command_to_copy_is_the_same_to_a_shell_however_long(capsys: pytest.CaptureFixture[str], reason: str) -> None:
    words = ["sis-connect", "approve", "3f9c", "--data", "/a/long/way/to/our district", "--because", reason]
    Screen().advise_commands([shlex.join(words)])
    out = capsys.readouterr().out
    assert shlex.split(out.replace("\\\n", "")) == words
    assert all(len(line) <= 80 or "x" * 200 in line for line in out.splitlines())


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen().progress() as progress:
        progress.advance("users", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_bars_tell_the_step_and_how_far_it_is() -> None:
    file = io.StringIO()
    with ProgressBars(Console(file=file, force_terminal=True, width=100)) as bars:
        bars.advance("reading", 10, 10)
        bars.advance("users", 50, 200)
        bars.advance("members", 100, 0)
    shown = file.getvalue()
    for words in ("Reading records", "Writing users", "50 of 200", "Reading class members"):
        assert words in shown


@pytest.mark.parametrize(("amount", "said"), [(0, "0 classes"), (1, "1 class"), (2_000, "2,000 classes")])
def test_amounts_read_well(amount: int, said: str) -> None:
    assert counted(amount, "class", "classes") == said
    assert number(amount).plain == said.partition(" ")[0]
