"""Records as a OneRoster 1.1 provider sends them: from rows of text, in the form of the CSV binding, to JSON.

Here: one record, strictly as the standard says, of whatever its row says. A text that its type cannot hold (a score of
`abc`) is written as the text it is: a provider that mends its data hides it from those who check it. What is written
and read again by `json_reader` is the same row. Not here: envelopes, pages and selected fields (the provider).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.guid_refs import reference_writer
from sis_connect.oneroster.model import Field, FieldType
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sis_connect.oneroster.model import Entity

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_USER_ID = re.compile(r"\{([^:{}]*):([^{}]*)\}")
_USER_IDS = re.compile(rf"{_USER_ID.pattern}(,\s*{_USER_ID.pattern})*")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def write_record(
    entity: Entity,
    row: Mapping[str, str | None],
    metadata: Mapping[str, str],
    base_url: str,
    related: Mapping[str, Sequence[str]] = _NOTHING,
) -> dict[str, Any]:
    """The JSON object of a row, to be encoded by `json_text.encode_json`, which keeps the digits of numbers.

    `metadata` is by name without the prefix that CSV gives it. `related` holds the ids of the lists that only JSON has
    (`schema.JSON_ONLY`), for example the children of an org. `base_url` is the root of the service, without a slash at
    its end. Text and lists without a value are sent as "" and [], so that a client finds them; what may not be empty
    is left out, and a password always.
    """
    record: dict[str, Any] = {}
    for column, name, written, is_list, is_string in _plan(entity.name, base_url):
        text = row.get(column)
        if text:
            record[name] = written(text) if written else text
        elif is_list:
            record[name] = []
        elif is_string:
            record[name] = ""
    for name, collection in JSON_ONLY.get(entity.name, _NOTHING).items():
        if name in related:
            record[name] = list(map(reference_writer(collection, base_url), related[name]))
    if metadata:
        record["metadata"] = dict(metadata)
    return record


@cache
def _plan(entity_name: str, base_url: str) -> tuple[tuple[str, str, Callable[[str], Any] | None, bool, bool], ...]:
    """What is done for each record: column, property, how a text is written (as it is, when None), list, string.

    Worked out once: a provider writes ten thousand records for one page.
    """
    return tuple(
        (
            field.column,
            field.name,
            _writer(field, base_url),
            field.type.is_list,
            field.type is FieldType.STRING,
        )
        for field in ENTITIES[entity_name].fields
        if not field.is_secret
    )


def _writer(field: Field, base_url: str) -> Callable[[str], Any] | None:
    match field.type:
        case FieldType.REFERENCE:
            return reference_writer(str(field.refers_to), base_url)
        case FieldType.REFERENCES:
            return partial(_references, reference_writer(str(field.refers_to), base_url))
        case FieldType.STRINGS | FieldType.ENUMERATIONS:
            return _items
        case FieldType.USER_IDS:
            return _user_ids
        case FieldType.FLOAT:
            return _number
        case FieldType.DATE if field.is_date_time_in_json:
            return _moment
        case _:
            return None


def _references(write: Callable[[str], Any], text: str) -> Any:
    return [write(id_) for id_ in text.split(",")]


def _items(text: str) -> Any:
    return text.split(",")


def _number(text: str) -> Any:
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _moment(text: str) -> Any:
    return f"{text}T00:00:00.000Z" if _DATE.fullmatch(text) else text


def _user_ids(text: str) -> Any:
    if not _USER_IDS.fullmatch(text):
        return text
    return [{"type": type_, "identifier": identifier} for type_, identifier in _USER_ID.findall(text)]
