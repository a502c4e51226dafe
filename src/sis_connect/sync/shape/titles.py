"""Title templates, as SQL.

A template is text with `{placeholders}`; a part in `[square brackets]` vanishes when a placeholder in it is empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError
from sis_connect.frames import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART = re.compile(r"\[(?P<optional>[^\[\]]*)\]|(?P<plain>[^\[\]]+)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def title_expression(template: str, placeholders: Mapping[str, str], *, setting: str) -> str:
    """SQL for the title, from placeholder names to SQL expressions.

    Raises ConfigurationError, naming the setting, when the template has an unknown placeholder, unbalanced brackets
    or nothing that differs between records.
    """
    if not _PLACEHOLDER.search(template):
        raise _refusal(template, setting, "it has no placeholder, so every title would be the same", placeholders)
    parts = []
    position = 0
    for match in _PART.finditer(template):
        if match.start() != position:
            break
        position = match.end()
        optional = match["optional"]
        text = optional if optional is not None else match["plain"]
        pieces = [_piece(piece, template, placeholders, setting=setting) for piece in _split(text)]
        if optional is not None:
            parts.append(f"coalesce({' || '.join(pieces) or literal('')}, '')")
        else:
            parts.extend(f"coalesce({piece}, '')" for piece in pieces)
    if position != len(template):
        raise _refusal(template, setting, "its square brackets do not pair up", placeholders)
    return f"trim(regexp_replace({' || '.join(parts)}, '\\s+', ' ', 'g'))"


def _split(text: str) -> list[tuple[bool, str]]:
    """Literal texts and placeholder names, in order; True marks a placeholder."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(_PLACEHOLDER.split(text)) if piece or index % 2 == 1]


def _piece(piece: tuple[bool, str], template: str, placeholders: Mapping[str, str], *, setting: str) -> str:
    is_placeholder, text = piece
    if not is_placeholder:
        return literal(text)
    if text not in placeholders:
        raise _refusal(template, setting, f"{{{text}}} is not a placeholder", placeholders)
    return f"nullif(CAST({placeholders[text]} AS VARCHAR), '')"


def _refusal(template: str, setting: str, why: str, placeholders: Mapping[str, str]) -> ConfigurationError:
    known = ", ".join(f"{{{name}}}" for name in placeholders)
    return ConfigurationError(
        f"The title template {template!r} cannot be used: {why}.", where=setting, fix=f"Use one of {known}."
    )
