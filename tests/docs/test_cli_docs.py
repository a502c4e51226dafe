"""`docs/cli.md` is what the commands say of themselves, and its JSON is what they answer."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

import click
import msgspec
import pytest

from docs import cli_reference
from sis_connect.cli.app import SUMMARIES
from sis_connect.cli.commands.grades import grades
from sis_connect.cli.commands.sandbox import FAULTS, LAX
from sis_connect.cli.exits import ENDINGS, EVERYWHERE, GRADE_ENDINGS, MEANINGS, ExitCode
from sis_connect.cli.options import KINDS
from sis_connect.sandbox.schoology import Fault, Strictness
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from sis_connect.cli.failure import Document


def test_page_is_up_to_date() -> None:
    page = cli_reference.PAGE.read_text(encoding="utf-8")
    assert page == cli_reference.page(), "renew it: ./dev run python tests/docs/cli_reference.py"


@pytest.mark.parametrize("name", cli_reference.names())
def test_every_option_of_a_command_stands_on_the_page(name: str) -> None:
    page = cli_reference.PAGE.read_text(encoding="utf-8")
    section = page[page.index(f"\n### {name}\n") :].split("\n### ", 2)[1]
    for option in cli_reference.find_command(name).params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[0]}" in section


@pytest.mark.parametrize("name", cli_reference.names())
def test_help_teaches_with_a_paragraph_and_an_example(name: str) -> None:
    help_ = cli_reference.find_command(name).help or ""
    assert f"Example:\n  sis-connect {name}" in help_
    assert len(help_.split("\n\n")) >= 3
    assert all(option.help for option in cli_reference.find_command(name).params if isinstance(option, click.Option))


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_every_command_says_how_it_may_end() -> None:
    """That it ends in no other way, `command_line` sees to wherever a test runs one."""
    assert set(ENDINGS) == set(SUMMARIES)
    assert set(GRADE_ENDINGS) == set(grades.commands)
    assert set(EVERYWHERE).union(*ENDINGS.values()) == set(ExitCode)


@pytest.mark.parametrize("document", cli_reference.DOCUMENTS, ids=lambda document: document.__name__)
def test_example_is_a_document_with_every_field(document: type[Document]) -> None:
    text = (cli_reference.EXAMPLES / f"{document.__name__}.json").read_text(encoding="utf-8")
    known = msgspec.to_builtins(msgspec.json.decode(text, type=document))
    assert keys_of(json.loads(text)) == keys_of(known)


def keys_of(value: object) -> object:
    """The shape of a document: its fields, without their values."""
    if isinstance(value, dict):
        return {key: keys_of(one) for key, one in value.items()}
    return [keys_of(one) for one in value] if isinstance(value, list | tuple) else None


def test_words_that_help_names_for_quickness_are_those_of_the_program() -> None:
    assert list(KINDS) == list(Kind)
    assert list(FAULTS) == list(Fault)
    assert list(LAX) == [field.name for field in fields(Strictness)]
