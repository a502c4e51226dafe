"""What a run remembers of the records that it saw, so that a later run can tell whether changes were told.

For each record a pseudonym made of its id with a secret key, a digest of its content made likewise, its status and its
dateLastModified. Whoever has no key learns from it neither ids nor content. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sis_connect.sis.conformance.casting import is_live

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sis_connect.oneroster.json_text import Row

#: Characters of a digest that are kept.
_LENGTH = 20


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """One record."""

    #: Of everything but dateLastModified.
    content: str
    modified: str
    is_live: bool


class Remembered(msgspec.Struct, frozen=True):
    """What one run saw."""

    #: By collection and pseudonym.
    collections: dict[str, dict[str, Mark]]
    #: Collections that were seen whole.
    whole: tuple[str, ...]
    #: Tells which key made the pseudonyms; "" for none.
    key: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What two runs say about one collection."""

    #: Records with another content, and those of them whose dateLastModified tells it.
    changed: int = 0
    told: int = 0
    #: Records that were live and are no longer there at all, and those that are marked as deleted now.
    vanished: int = 0
    deleted: int = 0


def mark(rows: Mapping[str, Iterable[Row]], whole: Iterable[str], key: bytes) -> Remembered:
    """What is remembered of the rows of some collections."""
    collections = {
        name: {_pseudonym(key, str(row["sourced_id"])): _mark(row, key) for row in found}
        for name, found in rows.items()
    }
    return Remembered(collections, tuple(whole), name_of(key))


def name_of(key: bytes) -> str:
    """A name for a key, which does not give it away."""
    return hmac.new(key, b"name of the key", hashlib.sha256).hexdigest()[:_LENGTH]


def compare(earlier: Remembered, later: Remembered) -> dict[str, Change]:
    """What happened between two runs, by collection; vanished records count only where both saw the whole."""
    return {
        name: _compare(marks, later.collections[name], is_whole=name in earlier.whole and name in later.whole)
        for name, marks in earlier.collections.items()
        if name in later.collections
    }


def _compare(earlier: Mapping[str, Mark], later: Mapping[str, Mark], *, is_whole: bool) -> Change:
    both = [(earlier[name], later[name]) for name in earlier.keys() & later.keys()]
    changed = [(before, after) for before, after in both if before.content != after.content]
    gone = earlier.keys() - later.keys() if is_whole else set()
    return Change(
        changed=len(changed),
        told=sum(after.modified > before.modified for before, after in changed),
        vanished=sum(earlier[name].is_live for name in gone),
        deleted=sum(before.is_live and not after.is_live for before, after in both),
    )


def _mark(row: Row, key: bytes) -> Mark:
    content = {name: value for name, value in sorted(row.items()) if name != "date_last_modified"}
    return Mark(_digest(key, msgspec.json.encode(content)), row["date_last_modified"] or "", is_live(row))


def _pseudonym(key: bytes, sourced_id: str) -> str:
    return _digest(key, b"id " + sourced_id.encode("utf-8", "surrogatepass"))


def _digest(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()[:_LENGTH]
