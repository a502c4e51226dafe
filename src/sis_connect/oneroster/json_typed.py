"""The fast way from JSON to rows: for replies that follow the standard to the letter.

Here: typed decoders made from the schema, and how their records become rows. Whatever deviates in any way is left,
as a whole, to `json_tolerant`, which counts every deviation; so nothing is ever tolerated here. Measured: twice as
fast as the tolerant way, since no object becomes a dictionary before it is a row.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.json_text import Row, decode_json, is_date_time, metadata_cells
from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY, FieldType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.schema import Entity, Field

    _Convert: TypeAlias = Callable[[Any], str]

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
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(reply, float_hook=Decimal)
        self._is_list = is_list
        self._values = attrgetter(*(field.column for field in fields))
        self._columns = [field.column for field in (*fields, *(field for field in entity.fields if field.is_secret))]
        self._secrets = [None] * (len(entity.fields) - len(fields))
        self._converts = [(place, convert) for place, field in enumerate(fields) if (convert := _convert(field))]
        self._has_resources = _RESOURCES in JSON_ONLY.get(entity.name, ())

    def read(self, content: bytes) -> tuple[list[Row], list[tuple[str, list[str]]]] | None:
        """The rows, and the resources of each record that has some; None when anything deviates."""
        try:
            root = self._decoder.decode(content).root
            records = root if self._is_list else [root]
            return [self._row(record) for record in records], self._links(records)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _DeviationError):
            return None

    def _row(self, record: Any) -> Row:
        cells = [*self._values(record), *self._secrets]
        for place, convert in self._converts:
            value = cells[place]
            if value is not None:
                cells[place] = convert(value)
        if "" in cells:
            cells = [text or None for text in cells]
        row: Row = dict(zip(self._columns, cells, strict=True))
        if record.metadata:
            row |= metadata_cells(record.metadata)
        return row

    def _links(self, records: Iterable[Any]) -> list[tuple[str, list[str]]]:
        if not self._has_resources:
            return []
        return [(r.sourced_id, [_one(_reference(link)) for link in r.resources]) for r in records if r.resources]


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
    """How a decoded value becomes text; None for what is text already."""
    if field.is_date_time_in_json:
        return _day
    return {
        FieldType.REFERENCE: _reference,
        FieldType.REFERENCES: _references,
        FieldType.STRINGS: _strings,
        FieldType.ENUMERATIONS: _strings,
        FieldType.USER_IDS: _user_ids,
        FieldType.FLOAT: _number,
    }.get(field.type)


def _day(value: str) -> str:
    return value[:10] if is_date_time(value) else value


def _reference(value: Any) -> str:
    if "://" not in value.href:
        raise _DeviationError
    return value.sourcedId  # type: ignore[no-any-return]  # the type was made at run time


def _references(value: list[Any]) -> str:
    # Most lists have one item; joining them would cost as much as decoding them.
    return _strings([_reference(item) for item in value]) if len(value) != 1 else _one(_reference(value[0]))


def _strings(value: list[str]) -> str:
    if len(value) == 1:
        return _one(value[0])
    if any("," in item for item in value):
        raise _DeviationError
    return ",".join(value)


def _one(item: str) -> str:
    if "," in item:
        raise _DeviationError
    return item


def _user_ids(value: list[_UserId]) -> str:
    texts = [f"{{{item.type}:{item.identifier}}}" for item in value]
    if not all(map(_USER_ID, texts)) or any(":" in item.type for item in value):
        raise _DeviationError
    return ",".join(texts)


def _number(value: msgspec.Raw) -> str:
    number = decode_json(value)
    if type(number) is not int and not isinstance(number, Decimal):
        raise _DeviationError
    return str(number)
