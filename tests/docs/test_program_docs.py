"""`docs/partner-program.md` is what the rules, the commands and the documents of the program say."""

from __future__ import annotations

import click
import pytest

from docs import cli_reference, program_reference
from sis_connect.cli.program_documents import DOCUMENTS
from sis_connect.partners.profile import Status
from sis_connect.partners.program.events import Need

PAGE = program_reference.PAGE.read_text(encoding="utf-8")


def test_page_is_up_to_date() -> None:
    assert program_reference.page() == PAGE, "renew it: ./dev run python tests/docs/program_reference.py"


@pytest.mark.parametrize("word", [*Status, *Need])
def test_every_state_and_evidence_stands_on_the_page(word: str) -> None:
    assert f"| {word} |" in PAGE or f"| `{word}` |" in PAGE


@pytest.mark.parametrize("words", dict(program_reference.commands()))
def test_every_option_of_a_command_stands_on_the_page(words: str) -> None:
    command = dict(program_reference.commands())[words]
    section = PAGE[PAGE.index(f"\n### {words}\n") :].split("\n### ", 2)[1]
    common = {"--program", "--json", "--quiet", "--debug"}
    options = [one for one in command.params if isinstance(one, click.Option) and not common & set(one.opts)]
    assert [one.opts[0] for one in options if f"`{one.opts[0]}" not in section] == []
    assert "With `--json` it answers" in section


@pytest.mark.parametrize("struct", [*DOCUMENTS, *program_reference.shapes()], ids=lambda one: one.__name__)
def test_every_field_of_a_document_has_a_meaning(struct: type) -> None:
    for name in struct.__struct_fields__:  # type: ignore[attr-defined]  # a struct
        assert cli_reference.meaning(struct, name)
