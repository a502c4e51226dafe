"""Titles of line items: short enough for the SIS, and apart from each other where it wants them so.

Pure and deterministic: an item keeps the title under which it was sent as long as that still says its title, and the
others find theirs in the order of their ids. Not here: what happens to items whose title must change (`shape`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.grades.text import ELLIPSIS, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NUMBERED = re.compile(r" ?\(?(\d+)\)?$")
#: Below it an ellipsis would leave too little of the words.
_LEAST_FOR_ELLIPSIS = 12


@dataclass(frozen=True, slots=True)
class Title:
    """The title under which an item may be sent."""

    #: None when nothing of it is left, or no form of it is free.
    text: str | None
    #: True when it is not the item's own because that is too long, or would not be apart from another.
    is_too_long: bool = False
    is_taken: bool = False
    #: True when the item was sent under it before.
    is_kept: bool = False


def choose_titles(
    items: Mapping[str, str],
    *,
    remembered: Mapping[str, str],
    taken: Iterable[str],
    length: int | None,
    must_differ: bool,
) -> dict[str, Title]:
    """A title for each item of one class, by the item's id of the LMS; `items` has the titles as the LMS writes them.

    `remembered` are those under which items were sent, `taken` others that the class has in the SIS. Titles that differ
    in capitals alone count as the same. Whatever was cut differs from every other, also where not all titles must.
    """
    cleaned = {item: one_line(title) for item, title in items.items()}
    chosen: dict[str, Title] = {}
    used: set[str] = set()
    for item in _in_order(cleaned):
        sent = remembered.get(item)
        if sent and _is_form_of(sent, cleaned[item], length) and not (must_differ and _key(sent) in used):
            used.add(_key(sent))
            chosen[item] = _title(sent, cleaned[item], length, is_kept=True)
    # What the SIS has beside ours counts for new titles only: it took the others as they are.
    used |= {_key(title) for title in taken}
    #: Numbers that are known to be taken, by title: there may be thousands of a kind.
    numbers: Counter[str] = Counter()
    for item in _in_order(cleaned):
        if item not in chosen:
            chosen[item] = _choose(cleaned[item], used, numbers, length, must_differ=must_differ)
            used.add(_key(chosen[item].text or ""))
    return chosen


def short_form(title: str, length: int) -> str:
    """The title in `length` characters: its beginning and, as titles often differ there, its end."""
    if len(title) <= length:
        return title
    if length < _LEAST_FOR_ELLIPSIS:
        return title[:length].rstrip()
    tail = title[-(length // 3) :]
    # From the beginning of a word, if one begins in it.
    tail = tail.partition(" ")[2] or tail
    head = title[: length - len(ELLIPSIS) - len(tail)]
    return f"{head.rstrip()}{ELLIPSIS}{tail}"


def _choose(title: str, used: set[str], numbers: Counter[str], length: int | None, *, must_differ: bool) -> Title:
    for number in range(numbers[title] + 1, len(used) + 3):
        form = _form(title, length, number)
        is_own = number == 1 and form == title
        if form and (_key(form) not in used or (is_own and not must_differ)):
            return _title(form, title, length)
        numbers[title] = number
    return Title(None, is_too_long=length is not None and len(title) > length, is_taken=True)


def _title(text: str, own: str, length: int | None, *, is_kept: bool = False) -> Title:
    is_too_long = length is not None and len(own) > length
    return Title(text, is_too_long, is_taken=text != own and not is_too_long, is_kept=is_kept)


def _form(title: str, length: int | None, number: int) -> str:
    """The title, cut if need be, with a number from 2 on; empty where not even a number fits."""
    if not title:
        return ""
    if number == 1:
        return title if length is None else short_form(title, length)
    suffix = f" ({number})"
    if length is None:
        return title + suffix
    if len(suffix) >= length:
        suffix = str(number)
    return (short_form(title, length - len(suffix)) + suffix) if len(suffix) <= length else ""


def _is_form_of(sent: str, title: str, length: int | None) -> bool:
    """True when the title could have been sent as that."""
    if sent == _form(title, length, 1):
        return True
    match = _NUMBERED.search(sent)
    return match is not None and len(match[1]) < 6 and sent == _form(title, length, int(match[1]))


def _in_order(items: Iterable[str]) -> list[str]:
    """Ids of an LMS are mostly numbers, and then the older comes first."""
    return sorted(items, key=lambda item: (len(item), item))


def _key(title: str) -> str:
    return title.casefold()
