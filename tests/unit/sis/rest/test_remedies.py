"""What errors of a SIS call its settings."""

from __future__ import annotations

from typing import get_args, get_type_hints

from sis_connect import config
from sis_connect.settings import SisSettings
from sis_connect.sis.rest import remedies
from sis_connect.sis.sign_ins import SignInName


def test_variables_are_those_that_are_read() -> None:
    own = (remedies.KEY_VARIABLE, remedies.SECRET_VARIABLE, remedies.TOKEN_VARIABLE)
    assert own == (config.SIS_KEY_VARIABLE, config.SIS_SECRET_VARIABLE, config.SIS_TOKEN_VARIABLE)


def test_usual_address_is_not_doubted() -> None:
    assert remedies.nothing_there("https://sis.example/ims/oneroster/v1p1/") == ""
    assert remedies.nothing_there("https://sis.example").startswith("Nothing is at https://sis.example; OneRoster")


def test_the_rules_take_every_way_to_sign_in_and_the_partners() -> None:
    """The rules are read by literals, commands and reports name the ways by one list."""
    hints = get_type_hints(SisSettings)
    assert set(get_args(hints["sign_in"])) == {*map(str, SignInName), "standard"}
