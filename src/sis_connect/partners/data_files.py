"""Data files that people write, as values: TOML in UTF-8, and what a schema says against it in plain words.

Here: for every file of the partner program. Not here: the schemas, and the rules of the district (`config`).
"""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import msgspec

#: A permanent name: `infinite-campus`.
ID: Final = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
ID_OR_NOTHING: Final = r"^([a-z0-9]+(-[a-z0-9]+)*)?\Z"
EMAIL_OR_NOTHING: Final = r"^([^@\s]+@[^@\s]+\.[^@\s]+)?\Z"
DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
MOMENT: Final = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z"
MOMENT_OR_UNKNOWN: Final = r"^(unknown|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)\Z"
SECURE_URL: Final = r"^https://[^\s]+\Z"
HEADER: Final = r"^[a-z0-9-]+\Z"
#: What is no fact cannot be unknown.
NO_FACT: Final = r"^(?!unknown\Z)"

#: Tables and lists within one another; the files need half as many.
_DEEPEST = 20
_TOO_DEEP = "is nested too deeply"

_ID = "It must be words of small letters and digits, with hyphens between them"
_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        ID: _ID,
        ID_OR_NOTHING: _ID,
        EMAIL_OR_NOTHING: "It is no e-mail address",
        DAY: "It must be a day, such as 2026-11-23",
        MOMENT: "It must be a day, a month or a year, such as 2026-11",
        MOMENT_OR_UNKNOWN: "It must be a day, a month or a year, such as 2026-11, or unknown",
        SECURE_URL: "It must begin with https:// and hold no blank",
        HEADER: "It must be the name of a header in small letters",
        NO_FACT: "It cannot be unknown",
    }
)
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "str": "a text",
        "array": "a list",
        "object": "a table",
        "date": "a day",
        "datetime": "a moment",
        "time": "a time of day",
    }
)
#: What the schema's words mean, the first that fits; names in them are those of `_TYPES`.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"Expected `(?:str|array)` of length >= 1", "It must not be empty"),
    (r"Expected `str` of length <= (\d+)", "It has more than {0} characters"),
    (r"Expected `array` of length <= (\d+)", "It holds more than {0}"),
    (r"Expected `(\w+)` >= (\d+)", "It must be {0} of at least {1}"),
    (r"Expected `(\w+)` <= (\d+)", "It must be {0} of at most {1}"),
    (r"Expected `(\w+)(?: \| [^`]*)?`, got `(\w+)`", "It must be {0} and is {1}"),
    (r"Object contains unknown field `(.*)`", "There is no field {0}"),
    (r"Object missing required field `(.*)`", "The field {0} is missing"),
    (r"Invalid enum value (.*)", "{0} is none of the words that it may be"),
)


def parse_toml(content: bytes) -> dict[str, Any]:
    """What the file says; ValueError with the end of a sentence about what is wrong with it."""
    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not TOML: {error}") from error
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if _is_deeper(found, _DEEPEST):
        raise ValueError(_TOO_DEEP)
    return found


def _is_deeper(value: object, depth: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return any(depth == 0 or _is_deeper(one, depth - 1) for one in inner)


def in_words(error: msgspec.ValidationError) -> tuple[str, str]:
    """What a schema says against a value, as a sentence without its end, and the dotted place."""
    what, _, place = str(error).partition(" - at ")
    place = place.strip("`").removeprefix("key in ").removeprefix("$").lstrip(".")
    if pattern := re.fullmatch(r"Expected `str` matching regex '(.*)'", what):
        known = {repr(regex)[1:-1]: words for regex, words in _PATTERNS.items()} | dict(_PATTERNS)
        return known.get(pattern[1], "It does not have the form that it must have"), place
    for form, words in _WORDS:
        if found := re.fullmatch(form, what):
            return words.format(*(_TYPES.get(group, group) for group in found.groups())), place
    return what, place
