"""`docs/grades.md` says what the code does: states, causes, exceptions, and commands and rules that can be used."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, get_args, get_type_hints

import click
import pytest

from docs import cli_reference
from docs.reference import DOCS
from sis_connect.config import read_settings, setting_types
from sis_connect.grades.findings import RULES
from sis_connect.grades.plan import APPROVABLE, CAUSES
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.rules import ExceptionRules

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (DOCS / "grades.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_state_of_a_receipt_is_explained() -> None:
    assert re.findall(r"^\| `([a-zA-Z ]+)` \|", PAGE, re.MULTILINE) == list(ReceiptState)


def test_every_cause_of_a_hold_is_told_in_the_words_of_the_program() -> None:
    rows = re.findall(r"^\| `(grades\.\w+)` \| (.+) \| (yes|no) \|$", PAGE, re.MULTILINE)
    told = {cause: (why, answer == "yes") for cause, why, answer in rows}
    assert told == {cause: (why, cause in APPROVABLE) for cause, why in CAUSES.items()}


def test_every_rule_about_exceptions_stands_in_the_table_with_all_that_it_may_be() -> None:
    rows = re.findall(r"^\|[^|]*\| `(\w+) = \"(\w+)\"` \|", PAGE, re.MULTILINE)
    declared = get_type_hints(ExceptionRules)
    assert sorted(rows) == sorted((name, value) for name, type_ in declared.items() for value in get_args(type_))


def test_codes_and_settings_that_it_names_exist() -> None:
    named = set(re.findall(r"`(grades\.[a-z_.]+)`", PAGE))
    assert named - {*RULES, *CAUSES, *setting_types()} == set()


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_command_is_taken_by_the_program(line: str) -> None:
    """Parsed only, as far as its options go."""
    words = shlex.split(line.partition(" <")[0])[1:]
    command = cli_reference.find_command(" ".join(words[:2]))
    command.make_context(words[1], words[2:], parent=click.Context(command), resilient_parsing=False)


def test_timer_and_cron_run_a_command_that_is_taken() -> None:
    lines = re.findall(r"sis-connect (grades send [^\n]*)", "".join((*blocks("text"), *blocks("ini"))))
    assert len(lines) == 2
    for line in lines:
        words = shlex.split(line)
        cli_reference.find_command("grades send").make_context("send", words[2:])


def test_example_is_a_rules_file(tmp_path: Path) -> None:
    [example] = blocks("toml")
    path = tmp_path / "rules.toml"
    path.write_text(example, encoding="utf-8")
    schedule = read_settings(path, {}).grades.schedule
    assert (schedule.mode, schedule.minutes, schedule.by_school) == ("nightly", 15, {"SCH-100": "minutes"})
