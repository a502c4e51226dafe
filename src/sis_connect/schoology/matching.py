"""Which item of a bulk reply answers which object sent, and what became of it.

Items are in the order of the request and most repeat the object's key; a refused one may repeat nothing. Where neither
order nor keys fit, nobody can tell what was written: OutcomeUnknownError. Pure.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, TypeVar

from sis_connect.errors import OutcomeUnknownError
from sis_connect.schoology.records import Row, text
from sis_connect.schoology.refusals import refusal_of, refuse
from sis_connect.sync.changes import Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sis_connect.schoology.replies import Item

_Record = TypeVar("_Record")

#: Kinds whose later changes need Schoology's id.
_HAVE_IDS = frozenset({Kind.USERS, Kind.COURSES, Kind.CLASSES})
_NOT_FOUND = 404


def match_items(rows: Sequence[Row], items: Sequence[Item], key: Sequence[str]) -> list[Item]:
    """The item of each row, in the order of the rows; `key` are the fields that tell rows apart."""
    keys = [tuple(text(row, name) for name in key) for row in rows]
    told = [tuple(_told(item, name) for name in key) for item in items]
    if len(items) == len(rows) and all(map(_agree, told, keys)):
        return list(items)
    by_key = dict(zip(told, items, strict=True))
    if len(by_key) != len(items) or not by_key.keys() >= set(keys):
        raise OutcomeUnknownError(
            "Schoology's answer to a bulk write does not tell which object is which.",
            fix="Run again: what was written is looked up before anything is written twice.",
        )
    return [by_key[one] for one in keys]


def outcome_of(change: Change, item: Item) -> Outcome:
    """What became of a change; OutcomeUnknownError when a new record's id is not told."""
    if item.is_done:
        lms_id = change.lms_id or item.id or None
        if lms_id is None and change.kind in _HAVE_IDS:
            raise OutcomeUnknownError(
                "Schoology created a record without telling its id.",
                fix="Run again: what was written is looked up before anything is written twice.",
            )
        return Outcome(OutcomeState.APPLIED, lms_id)
    if change.action is Action.REMOVE and item.code == _NOT_FOUND:
        # What was to be removed is not there.
        return applied(change)
    refusal = refusal_of(change.kind, item.code, item.message)
    return refuse(refusal, item.message, personal_values(change))


def applied(change: Change) -> Outcome:
    """The outcome of a change that needed nothing new."""
    return Outcome(OutcomeState.APPLIED, change.lms_id)


def record_of(change: Change, record_type: type[_Record]) -> _Record:
    """A change's record, whose type its kind has told; TypeError when it has not."""
    if not isinstance(change.record, record_type):
        raise TypeError(f"a change of {change.kind} holds another record")
    return change.record


def known_id(change: Change) -> str:
    """Schoology's id of a record that exists; ValueError when the change does not carry it."""
    if change.lms_id is None:
        raise ValueError(f"a change of {change.kind} that exist needs Schoology's id")
    return change.lms_id


def personal_values(change: Change) -> Iterator[str]:
    """Every text of a record: none of them belongs into a message."""
    return (value for value in astuple(change.record) if isinstance(value, str))


def _told(item: Item, name: str) -> str:
    return item.id if name == "id" else text(item.row, name)


def _agree(told: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return all(one in {"", other} for one, other in zip(told, key, strict=True))
