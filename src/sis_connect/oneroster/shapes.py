"""What is shown in place of a text that somebody else wrote: its shape.

Pure. `values.shape` is the same rule for SQL. Not here: which texts may be shown as they are (`schema` marks what is
personal, `sis.conformance.masking` heeds it).
"""

from __future__ import annotations

import re

_LONGEST = 120
#: Names that programs give to properties; a sentence, an address or a number of a person is none.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:\-]{0,59}")


def shape_of(text: str, longest: int = _LONGEST) -> str:
    """The text with each letter as `a` or `A` and each digit as `9`, cut after so many characters."""
    cut = "…" if len(text) > longest else ""
    return "".join(_sign(character) for character in text[:longest]) + cut


def told_name(name: str) -> str:
    """The name of a property that the standard does not know, where it looks like one; else its shape."""
    return name if _NAME.fullmatch(name) else shape_of(name, 60)


def _sign(character: str) -> str:
    if character.isdigit() or character.isnumeric():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character if character.isascii() and character.isprintable() else "·"
