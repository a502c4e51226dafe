"""Text from feeds and from Schoology made safe to print, and to open in a spreadsheet.

A name may hold anything: escape sequences that a terminal obeys, characters that turn the line around, a formula that
a spreadsheet runs. Here: the two neutralisers. Not here: what is printed.
"""

from __future__ import annotations

import re

#: Control characters (C0, C1), line and paragraph separators, everything that changes direction or is invisible, and
#: halves of characters that no encoding can carry.
_COMMANDS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_FORMULA = re.compile(r"^\s*[=+\-@|%]")


def harmless(text: object) -> str:
    """The text, with everything that a terminal could take for a command written out as its number."""
    return _COMMANDS.sub(lambda match: _written_out(match[0]), str(text))


def harmless_cell(value: object) -> str:
    """The value as a spreadsheet shows it: what begins like a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = harmless(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _written_out(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
