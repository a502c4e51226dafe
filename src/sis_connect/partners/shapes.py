"""Addresses with placeholders, such as `https://{host}/campus/api`: recognised, and filled in. Pure text.

Here: nothing of partners and nothing of networks; which addresses may be called is judged by `transport.addresses`.
"""

from __future__ import annotations

import re

#: A placeholder that nobody has described: any number of segments, or none.
_OPEN = "path"
_PLACEHOLDER = re.compile(r"{(\w+)}")


def placeholders(shape: str) -> frozenset[str]:
    """Names of the placeholders in a shape."""
    return frozenset(_PLACEHOLDER.findall(shape))


def fault_of_shape(shape: str) -> str:
    """What keeps a text from being a shape, as the end of a sentence; empty when nothing does.

    Two placeholders without fixed text between them leave open where one ends.
    """
    names = _PLACEHOLDER.findall(shape)
    if len(set(names)) < len(names):
        return "a placeholder stands twice"
    if any(not name.isidentifier() for name in names) or set("{}") & set(_PLACEHOLDER.sub("", shape)):
        return "braces hold something else than a word"
    if "}{" in shape:
        return "two placeholders stand side by side"
    return ""


def fixed_text(shape: str) -> int:
    """How many characters of a shape are not placeholders: of two shapes that fit, the one with more fits closer."""
    return len(_PLACEHOLDER.sub("", shape))


def match(shape: str, text: str) -> dict[str, str] | None:
    """What stands for each placeholder when the text has this shape; None when it has another.

    Schemes are not compared, hosts without regard to case, paths exactly. A placeholder holds one segment of a path or
    one part of a host, a port included; `{path}` holds any number of segments.
    """
    shape_host, shape_path = _parts(shape)
    host, path = _parts(text)
    in_host = re.fullmatch(_pattern(shape_host), host, re.IGNORECASE)
    in_path = re.fullmatch(_pattern(shape_path), path)
    if in_host is None or in_path is None:
        return None
    return {name: value or "" for name, value in (in_host.groupdict() | in_path.groupdict()).items()}


def fill(shape: str, values: dict[str, str]) -> str:
    """The shape with its placeholders filled in; KeyError for one without a value."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], shape)


def _parts(text: str) -> tuple[str, str]:
    without_scheme = text.partition("://")[2]
    host, slash, path = without_scheme.partition("/")
    return host, slash + path


def _pattern(shape: str) -> str:
    pattern, place = "", 0
    for found in _PLACEHOLDER.finditer(shape):
        before = shape[place : found.start()]
        if found[1] == _OPEN and before.endswith("/"):
            pattern += f"{re.escape(before[:-1])}(?:/(?P<{_OPEN}>.*))?"
        else:
            pattern += f"{re.escape(before)}(?P<{found[1]}>[^/?#&]+)"
        place = found.end()
    return pattern + re.escape(shape[place:])
