"""A profile's content as the TOML text in which profiles are kept: tables below one another, facts in one line each."""

from __future__ import annotations

import json
import re
from typing import Any

_DAYS = ("revised", "recorded")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(content: dict[str, Any]) -> str:
    """The text; what is None is left out."""
    lines = [f"{_key(name)} = {_value(value, name)}" for name, value in content.items() if not isinstance(value, dict)]
    for name, value in content.items():
        if isinstance(value, dict):
            lines += _table(value, _key(name))
    return "\n".join(lines) + "\n"


def _table(content: dict[str, Any], path: str) -> list[str]:
    inner = {name: value for name, value in content.items() if _is_section(value, path)}
    lines = ["", f"[{path}]"]
    lines += [f"{_key(name)} = {_value(value, name)}" for name, value in content.items() if name not in inner]
    for name, value in inner.items():
        lines += _table(value, f"{path}.{_key(name)}")
    return lines


def _is_section(value: object, path: str) -> bool:
    """A table that holds facts; facts themselves and sources stand in one line."""
    return isinstance(value, dict) and "sources" not in value and path != "sources"


def _value(value: object, name: str = "") -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_value(one, key)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if name in _DAYS and re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        return str(value)
    return _text(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(value: str) -> str:
    """A string of JSON, which is one of TOML but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
