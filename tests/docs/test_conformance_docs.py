"""`docs/conformance.md` lists the checks as they are, and help names the words of the program."""

from __future__ import annotations

from typing import get_args, get_type_hints

from docs import conformance_reference
from sis_connect.cli.sis_options import SCOPES, SIGN_INS
from sis_connect.oneroster.operations import Scope
from sis_connect.settings import SisSettings
from sis_connect.sis.conformance.checks.sign_in import WAYS


def test_page_is_up_to_date() -> None:
    page = conformance_reference.PAGE.read_text(encoding="utf-8")
    assert page == conformance_reference.page(), "renew it: ./dev run python tests/docs/conformance_reference.py"


def test_words_that_help_names_for_quickness_are_those_of_the_program() -> None:
    assert tuple(WAYS) == SIGN_INS
    assert set(get_args(get_type_hints(SisSettings)["sign_in"])) == {*SIGN_INS, "standard"}
    assert tuple(scope.rpartition("/")[2] for scope in Scope) == SCOPES
