"""An empty application: every question of the program as a comment above the place of its answer."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from msgspec import inspect

from sis_connect.partners.facts import UNKNOWN, Known
from sis_connect.partners.profile import Profile
from sis_connect.partners.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum

#: Facts that the application asks for in a table of their own.
ASKED_APART = ("service.certification", "support.escalation")
_HEAD = resources.files("sis_connect.partners.program") / "templates" / "application.toml"
_WIDTH = 116


def write_template() -> str:
    """The text of an empty application, which reads as one."""
    lines: list[str] = []
    for path, (_, question) in QUESTIONS.items():
        if path not in ASKED_APART:
            lines += _comment(question.format(name="your SIS", vendor="your company"))
            lines += _comment(f"Answer: {answer_form(path)}.")
            lines += [f'{path} = "{UNKNOWN}"', ""]
    return _HEAD.read_text(encoding="utf-8") + "\n".join(lines)


def answer_form(path: str) -> str:
    """What an answer to the question of a fact looks like, with the words that it may have."""
    return _in_words(_fact_type(path))


def _fact_type(path: str) -> inspect.Type:
    found: inspect.Type = inspect.type_info(Profile)
    for name in path.split("."):
        struct = next(one for one in _alternatives(found) if isinstance(one, inspect.StructType))
        found = next(field.type for field in struct.fields if field.name == name)
    known = next(one for one in _alternatives(found) if isinstance(one, inspect.StructType) and _is_known(one.cls))
    return known.fields[0].type


def _alternatives(type_: inspect.Type) -> tuple[inspect.Type, ...]:
    return type_.types if isinstance(type_, inspect.UnionType) else (type_,)


def _is_known(struct: object) -> bool:
    return getattr(struct, "__origin__", struct) is Known


def _in_words(type_: inspect.Type) -> str:
    match type_:
        case inspect.EnumType(cls=words):
            return " or ".join(f'"{_word(one)}"' for one in words)
        case inspect.VarTupleType(item_type=inspect.StrType()):
            return "a list of texts"
        case inspect.VarTupleType(item_type=item):
            return f"a list of {_in_words(item)}"
        case inspect.StructType(fields=fields):
            return f"{{ {', '.join(f'{field.name} = …' for field in fields)} }}"
    return {inspect.BoolType: "true or false", inspect.IntType: "a whole number"}.get(type(type_), "a text")


def _word(one: Enum) -> str:
    return str(one.value)


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) >= _WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line
