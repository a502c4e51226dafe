"""`docs/configuration.md` lists every setting with what it may be and its default, and its example can be used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sis_connect.config import read_settings, setting_types
from sis_connect.settings import Settings
from sis_connect.sync.desired import Kind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def documented() -> dict[str, tuple[str, str]]:
    """Every setting of the tables: what it may be, and its default."""
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \| `([^`]*)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: (words, default) for key, words, default in rows}


def default_of(key: str) -> Any:
    """The default of a setting."""
    value: Any = msgspec.to_builtins(Settings())
    for part in key.split("."):
        value = value[part]
    return list(value) if isinstance(value, tuple) else value


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert documented().keys() == setting_types().keys()


@pytest.mark.parametrize(("key", "words"), setting_types().items())
def test_setting_is_documented_as_it_is(key: str, words: str) -> None:
    default = default_of(key)
    shown = default if isinstance(default, str) else msgspec.json.encode(default).decode()
    assert documented()[key] == (words, shown)


def test_example_is_a_rules_file_that_decides_something(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    path = tmp_path / "rules.toml"
    path.write_text(example, encoding="utf-8")
    settings = read_settings(path, {})
    assert settings.guard.class_.at_least == 5
    assert settings.scope.schools == ("SCH-100", "SCH-200")
    given = tomllib.loads(example)
    assert all(table in msgspec.to_builtins(Settings()) for table in given)
    assert settings != Settings()


def test_message_of_the_page_is_the_message_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[people]\nmatch_by = "user_name"\n', encoding="utf-8")
    with pytest.raises(Exception, match=r"people\.match_by must be") as caught:
        read_settings(path, {})
    assert caught.value.what in " ".join(PAGE.read_text(encoding="utf-8").split())  # type: ignore[attr-defined]  # ours


def test_kinds_that_can_be_adopted_are_kinds() -> None:
    assert {kind for kind in ("users", "courses", "classes") if kind in setting_types()["ownership.adopt"]} <= set(Kind)
