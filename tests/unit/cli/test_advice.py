"""Commands to copy work as they stand: same data folder, same rules, quoted for a shell."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sis_connect.cli.advice import command
from sis_connect.cli.options import DEFAULT_DATA, Options


def options(data: str = DEFAULT_DATA, rules: str | None = None) -> Options:
    """Options with a data folder and a rules file."""
    return Options(Path(data), Path(rules) if rules else None, as_json=False, quiet=False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (options(), "sis-connect apply 3f9c"),
        (options(rules=f"{DEFAULT_DATA}/rules.toml"), "sis-connect apply 3f9c"),
        (options("/data/our district"), "sis-connect apply 3f9c --data '/data/our district'"),
        (options(rules="ours.toml"), "sis-connect apply 3f9c --rules ours.toml"),
    ],
)
def test_only_what_differs_from_the_default_is_said(given: Options, said: str) -> None:
    assert command(given, "apply", "3f9c") == said


def test_odd_names_are_quoted() -> None:
    assert shlex.split(command(options("$(rm -rf x)"), "apply"))[-1] == "$(rm -rf x)"
