"""The fast way from JSON to rows: for replies that follow the standard to the letter.

Here: typed decoders made from the schema, and how their records become rows. Whatever deviates in any way is left,
as a whole, to `json_tolerant`, which counts every deviation; so nothing is ever tolerated here. Measured: twice as
fast as the tolerant way, since no object becomes a dictionary before it is a row.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.json_text import Row, decode_json, is_date_time, metadata_cells, read_number
from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.oneroster.operations import Operation

    _Column: TypeAlias = Sequence[Any]
    _Convert: TypeAlias = Callable[[_Column], _Column]

_METADATA = "metadata"
_RESOURCES = "resources"
#: As CSV writes it; another brace, or a colon in the type, would be read as something else.
_USER_ID = re.compile(r"\{[^:{}]*:[^{}]*\}").fullmatch
_Id = Annotated[str, msgspec.Meta(min_length=1)]


class _DeviationError(Exception):
    """Something that types cannot tell is not as the standard says."""


class _UserId(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: str
    identifier: str


class TypedReader:
    """Reads the replies of one operation."""

    def __init__(self, operation: Operation) -> None:
        """Ready to read any number of replies."""
        entity = ENTITIES[operation.entity]
        fields = [field for field in entity.fields if not field.is_secret]
        is_list = operation.kind is Kind.LIST
        record = _record_type(entity, fields)
        reply = msgspec.defstruct(
            "Reply",
            [("root", _list_of(record) if is_list else record)],
            rename={"root": operation.root_key},
            forbid_unknown_fields=True,
        )
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(reply, float_hook=read_number)
        self._is_list = is_list
        self._values = attrgetter(*(field.column for field in fields), _METADATA)
        self._columns = [field.column for field in (*fields, *(field for field in entity.fields if field.is_secret))]
        self._secrets = len(entity.fields) - len(fields)
        self._converts = [(place, convert) for place, field in enumerate(fields) if (convert := _convert(field))]
        self._has_resources = _RESOURCES in JSON_ONLY.get(entity.name, ())

    def read(self, content: bytes) -> tuple[list[Row], list[tuple[str, list[str]]]] | None:
        """The rows, and the resources of each record that has some; None when anything deviates."""
        try:
            root = self._decoder.decode(content).root
            records = root if self._is_list else [root]
            return self._rows(records), self._links(records)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _DeviationError):
            return None

    def _rows(self, records: list[Any]) -> list[Row]:
        """Column by column: a loop over a column costs a fraction of a call for each of its cells."""
        if not records:
            return []
        *columns, metadata = zip(*map(self._values, records), strict=True)
        cells: list[Any] = list(columns)
        for place, convert in self._converts:
            cells[place] = convert(columns[place])
        cells = [[text or None for text in column] if "" in column else column for column in cells]
        cells += [repeat(None)] * self._secrets
        rows: list[Row] = [dict(zip(self._columns, row, strict=False)) for row in zip(*cells, strict=False)]
        for place, entries in enumerate(metadata):
            if entries:
                rows[place] |= metadata_cells(entries)
        return rows

    def _links(self, records: Iterable[Any]) -> list[tuple[str, list[str]]]:
        if not self._has_resources:
            return []
        return [(r.sourced_id, [_joined([id_]) for id_ in _references(r.resources)]) for r in records if r.resources]


@cache
def typed_reader(operation: Operation) -> TypedReader:
    """The reader of an operation, made once."""
    return TypedReader(operation)


def _record_type(entity: Entity, fields: list[Field]) -> type:
    """The Struct of an entity; attributes are the frame's columns, every one but the id may be absent."""
    extras: dict[str, Any] = {_METADATA: dict[_Id, Any]}
    for name, collection in JSON_ONLY.get(entity.name, {}).items():
        # What children there are is told by the children themselves: anything may stand there.
        extras[name] = _list_of(_reference_type(collection)) if name == _RESOURCES else msgspec.Raw
    names = {field.column: field.name for field in fields} | {name: name for name in extras}
    types = [(field.column, _type(field), None) for field in fields if field.type is not FieldType.GUID]
    return msgspec.defstruct(
        entity.singular,
        [("sourced_id", _Id), *types, *((name, type_, None) for name, type_ in extras.items())],
        rename=names,
        forbid_unknown_fields=True,
        gc=False,
    )


def _type(field: Field) -> Any:
    match field.type:
        case FieldType.REFERENCE:
            return _reference_type(str(field.refers_to))
        case FieldType.REFERENCES:
            return _list_of(_reference_type(str(field.refers_to)))
        case FieldType.STRINGS | FieldType.ENUMERATIONS:
            return list[str]
        case FieldType.USER_IDS:
            return list[_UserId]
        case FieldType.FLOAT:
            # The declared type for numbers that keep their digits would take texts as well.
            return msgspec.Raw
        case _:
            return str


def _list_of(type_: Any) -> Any:
    return list[type_]


@cache
def _reference_type(collection: str) -> Any:
    return msgspec.defstruct(
        f"{collection}_reference",
        [("href", str), ("sourcedId", _Id), ("type", Literal[REFERENCE_TYPES[collection]])],
        forbid_unknown_fields=True,
        gc=False,
    )


def _convert(field: Field) -> _Convert | None:
    """How the decoded values of a column become text; None for what is text already."""
    if field.is_date_time_in_json:
        return _days
    return {
        FieldType.REFERENCE: _references,
        FieldType.REFERENCES: _reference_lists,
        FieldType.STRINGS: _string_lists,
        FieldType.ENUMERATIONS: _string_lists,
        FieldType.USER_IDS: _user_ids,
        FieldType.FLOAT: _numbers,
    }.get(field.type)


def _days(column: _Column) -> _Column:
    return [value[:10] if value and is_date_time(value) else value for value in column]


def _references(column: _Column) -> _Column:
    if not all("://" in value.href for value in column if value is not None):
        raise _DeviationError
    return [None if value is None else value.sourcedId for value in column]


def _reference_lists(column: _Column) -> _Column:
    # Most lists have one item, and then the column is one of references.
    if all(value is not None and len(value) == 1 for value in column):
        ids = _references([value[0] for value in column])
        if any("," in id_ for id_ in ids):
            raise _DeviationError
        return ids
    return [_joined(_references(value)) if value else None for value in column]


def _string_lists(column: _Column) -> _Column:
    return [_joined(value) if value else None for value in column]


def _joined(items: Sequence[str]) -> str:
    # Most lists have one item.
    text = items[0] if len(items) == 1 else ",".join(items)
    if text.count(",") != len(items) - 1:
        raise _DeviationError
    return text


def _user_ids(column: _Column) -> _Column:
    return [_user_id_list(value) if value else None for value in column]


def _user_id_list(value: Sequence[_UserId]) -> str:
    texts = [f"{{{item.type}:{item.identifier}}}" for item in value]
    if not all(map(_USER_ID, texts)) or any(":" in item.type for item in value):
        raise _DeviationError
    return ",".join(texts)


def _numbers(column: _Column) -> _Column:
    return [None if value is None else _number(value) for value in column]


def _number(value: msgspec.Raw) -> str:
    number = decode_json(value)
    if type(number) is not int and not isinstance(number, Decimal):
        raise _DeviationError
    return str(number)
