"""Commands to copy work as they stand: same data folder, same rules, quoted for a shell."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sis_connect.cli.advice import as_called, command, completed
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


@pytest.mark.parametrize(
    ("called", "said"),
    [
        (".venv/bin/sis-connect", ".venv/bin/sis-connect apply"),
        ("sis-connect", "sis-connect apply"),
        ("/somewhere/pytest", "sis-connect apply"),
        ("/somewhere/pytest/__main__.py", "sis-connect apply"),
    ],
)
def test_command_begins_as_this_one_was_called(monkeypatch: pytest.MonkeyPatch, called: str, said: str) -> None:
    monkeypatch.setattr("sys.argv", [called])
    assert command(options(), "apply") == said
    assert as_called("Run `sis-connect apply`.") == f"Run `{said}`."


def test_command_found_on_the_path_needs_no_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "sis-connect"
    installed.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [str(installed)])
    assert command(options(), "apply") == "sis-connect apply"


def test_odd_names_are_quoted() -> None:
    assert shlex.split(command(options("$(rm -rf x)"), "apply"))[-1] == "$(rm -rf x)"


@pytest.mark.parametrize(
    ("given", "text", "said"),
    [
        (options(), "Run `sis-connect apply 3f9c`.", "Run `sis-connect apply 3f9c`."),
        (options("/d d"), "Run `sis-connect apply 3f9c`.", "Run `sis-connect apply 3f9c --data '/d d'`."),
        (options("d", "r.toml"), "See `sis-connect report`.", "See `sis-connect report --data d --rules r.toml`."),
        (options("d"), "Run `sis-connect apply --data e`.", "Run `sis-connect apply --data e`."),
        (options("d"), "Set `engine.memory`, not `plan`.", "Set `engine.memory`, not `plan`."),
        (options("d\\1"), "See `sis-connect report`.", "See `sis-connect report --data 'd\\1'`."),
    ],
)
def test_commands_in_a_sentence_name_the_same_folder_and_rules(given: Options, text: str, said: str) -> None:
    assert completed(given, text) == said
