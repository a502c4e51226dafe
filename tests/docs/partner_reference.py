"""`docs/partner-profiles.md`, made from the schema, the questions, the quirks and the profiles: run to renew it."""

from __future__ import annotations

import inspect as source_of
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import inspect

from sis_connect.partners.directory import load
from sis_connect.partners.facts import Grade, Known, Source
from sis_connect.partners.profile import Profile
from sis_connect.partners.questions import QUESTIONS, questions
from sis_connect.partners.quirks import QUIRKS, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from enum import Enum

PAGE = Path(__file__).resolve().parents[2] / "docs" / "partner-profiles.md"

_ABOUT = """\
# Partner profiles

What is known of each SIS stands in one data file, `src/sis_connect/partners/profiles/ID.toml`; adding a partner is
adding a file. This page is made from the code.

Every fact names its sources, which stand at the end of the file with their publisher, their grade and their dates:

```text
[gradebook.limits]
title_length = { value = 49, sources = ["otus"], note = "Under 50." }
exempt = "unknown"

[sources]
otus = { title = "Admin Guide", publisher = "Otus", grade = "B", recorded = 2026-11-23, dated = "unknown" }
```

`"unknown"` means that nothing usable was found; it does not mean no. An unknown fact is never guessed: it becomes a
question to the district or to the SIS vendor, and whatever depends on it is asked when a connection is made. A fact
that only a source of grade D supports is treated the same way; its value is suggested, never relied on.

The profiles come from public documents. SIS Connect was not tried against the vendors' live services for them."""

_GRADES = {
    Grade.VENDOR: "the SIS vendor's own documentation",
    Grade.CONSUMER: "a consumer, a partner or a district that connects to this SIS",
    Grade.INTEGRATOR: "public source code or notes of an integrator who has talked to this SIS",
    Grade.WEAK: "one unverified note, an inference, or a source that mixes products",
}


def page() -> str:
    """The whole page."""
    parts = [_ABOUT, _table(("grade", "source"), ((grade.value, words) for grade, words in _GRADES.items()))]
    parts += ["## The directory", _table(("id", "name", "status", "note", "open questions"), _directory())]
    facts = ((f"`{f.name}`", meaning(Known, f.name)) for f in _struct_fields(Known[str]))
    parts += ["## Fields", "### A fact", _about(Known), _table(("field", "meaning"), facts)]
    for path, struct in sections():
        parts += [f"### {_heading(path, struct)}", _about(struct)]
        parts.append(_table(("field", "may be", "meaning", "asked while unknown"), _fields(path, struct)))
    parts += ["## Words", "What stands between quotation marks in the files."]
    for words in enumerations():
        rows = ((f"`{one.value}`", meaning(words, one.name)) for one in words)
        parts += [f"### {words.__name__}", _about(words), _table(("word", "meaning"), rows)]
    parts += ["## Quirks", "A profile switches a quirk on by naming it with its sources."]
    for part in Part:
        quirks = ((f"`{q.name}`", q.what, q.effect, q.provenance) for q in QUIRKS.values() if q.part is part)
        parts += [
            f"### {part.capitalize()}",
            _table(("quirk", "what", "what it asks of SIS Connect", "learned from"), quirks),
        ]
    return "\n\n".join(parts) + "\n"


def sections() -> list[tuple[str, type[msgspec.Struct]]]:
    """Every table of a profile by its dotted place, outer ones first; what is used in several places stands once."""
    found: dict[type[msgspec.Struct], str] = {}
    waiting: list[tuple[str, type[msgspec.Struct]]] = [("", Profile)]
    while waiting:
        path, struct = waiting.pop(0)
        if struct not in found:
            found[struct] = path
            inner = [(f"{path}.{f.name}".lstrip("."), one) for f in _struct_fields(struct) for one in _structs(f.type)]
            waiting = inner + waiting
    return [(path, struct) for struct, path in found.items()]


def enumerations() -> list[type[Enum]]:
    """Every closed set of words that a field may hold, in the order in which a reader meets them."""
    return list(
        dict.fromkeys(one for _, struct in sections() for f in _struct_fields(struct) for one in _enums(f.type))
    )


def meaning(declared: type, name: str) -> str:
    """What is written above a field or a word where it is declared; empty when nothing is."""
    lines = source_of.getsource(declared).splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith((f"    {name}: ", f"    {name} = ")))
    above = takewhile(lambda line: line.startswith("#:"), (one.strip() for one in reversed(lines[:place])))
    return " ".join(reversed([line.removeprefix("#:").strip() for line in above]))


def _directory() -> Iterator[tuple[str, ...]]:
    for profile in load().profiles:
        status, note = (profile.program.status.value, profile.program.note) if profile.program else ("", "")
        yield f"`{profile.id}`", profile.display_name, status, note, str(len(questions(profile)))


def _heading(path: str, struct: type[msgspec.Struct]) -> str:
    if not path:
        return "At the top"
    return f"A source: `[{path}]`" if struct is Source else f"`[{path}]`"


def _about(struct: type) -> str:
    return str(source_of.getdoc(struct)).partition("\n\n")[0]


def _fields(path: str, struct: type[msgspec.Struct]) -> Iterator[tuple[str, str, str, str]]:
    for field in _struct_fields(struct):
        asked = QUESTIONS.get(f"{path}.{field.name}")
        question = f"{asked[0].value}: {asked[1]}" if asked else ""
        words = _in_words(field.type)
        yield (
            f"`{field.name}`",
            words,
            meaning(struct, field.name),
            question.format(name="the SIS", vendor="the vendor"),
        )


def _struct_fields(struct: object) -> tuple[inspect.Field, ...]:
    declared = inspect.type_info(struct)
    assert isinstance(declared, inspect.StructType)
    return declared.fields


def _structs(type_: inspect.Type) -> Iterator[type[msgspec.Struct]]:
    """The tables inside a type; a fact is seen through."""
    match type_:
        case inspect.StructType(cls=struct, fields=fields) if _is_fact(struct):
            yield from _structs(fields[0].type)
        case inspect.StructType(cls=struct):
            yield struct
        case inspect.VarTupleType(item_type=item):
            yield from _structs(item)
        case inspect.DictType(value_type=value):
            yield from _structs(value)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _structs(one)


def _enums(type_: inspect.Type) -> Iterator[type[Enum]]:
    match type_:
        case inspect.StructType(cls=struct, fields=fields) if _is_fact(struct):
            yield from _enums(fields[0].type)
        case inspect.EnumType(cls=words):
            yield words
        case inspect.VarTupleType(item_type=item):
            yield from _enums(item)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _enums(one)


def _is_fact(struct: object) -> bool:
    return getattr(struct, "__origin__", struct) is Known


def _in_words(type_: inspect.Type) -> str:
    """What a field may be, as a person reads it."""
    match type_:
        case inspect.UnionType(types=types):
            facts = [one for one in types if isinstance(one, inspect.StructType) and _is_fact(one.cls)]
            if facts:
                rest = " or left out" if any(isinstance(one, inspect.NoneType) for one in types) else ""
                return f"fact: {_in_words(facts[0].fields[0].type)}{rest}"
            return " or ".join(_in_words(one) for one in types)
        case inspect.StructType():
            return "table"
        case inspect.VarTupleType(item_type=item):
            return f"list of {_in_words(item)}"
        case inspect.DictType(value_type=value):
            return f"table, by name: {_in_words(value)}"
        case inspect.EnumType(cls=choices):
            return " or ".join(f"`{_value(choice)}`" for choice in choices)
    return _SIMPLE[type(type_)]


def _value(choice: Enum) -> str:
    return str(choice.value)


_SIMPLE: dict[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.BoolType: "true or false",
    inspect.NoneType: "left out",
}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
