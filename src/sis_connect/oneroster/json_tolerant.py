"""The tolerant way from JSON to rows: takes what has one meaning only, and counts everything that deviates.

Here: how one decoded record becomes a row, value by value (data model, and the deviations met in the field). Not here:
what stands around the records (`json_envelope`), and whether a text is a good date, role or identifier: that is judged
once for both bindings, by `values`, so texts pass as they are.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.json_deviations import Deviation, RecordFault
from sis_connect.oneroster.json_text import Row, decode_json, is_date_time, metadata_cells, scalar_text
from sis_connect.oneroster.json_versions import other_names, user_of_1_2
from sis_connect.oneroster.model import Field, FieldType
from sis_connect.oneroster.schema import JSON_ONLY
from sis_connect.oneroster.shapes import told_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.oneroster.model import Entity

    _Note: TypeAlias = Callable[[Deviation], None]
    _Read: TypeAlias = Callable[[Any, Field, _Note], str | None]

_METADATA = "metadata"
_RESOURCES = "resources"


class TolerantReader:
    """Reads the records of one reply; `deviations` counts what was tolerated, by code and name of the property."""

    def __init__(self, entity: Entity) -> None:
        """Ready to read the records of one entity."""
        self.deviations: Counter[tuple[Deviation, str]] = Counter()
        #: Ids of resources by the id of the class or course that lists them.
        self.links: list[tuple[str, list[str]]] = []
        self._entity = entity
        self._plan = [
            (field, field.name, field.column, _READS.get(field.type, _text), partial(self._note, field.name))
            for field in entity.fields
        ]
        self._is_plain = {
            field.name: field.type not in _READS and not field.is_secret and not field.is_date_time_in_json
            for field in entity.fields
        }
        only = JSON_ONLY.get(entity.name, {})
        self._known = frozenset((*(field.name for field in entity.fields), _METADATA, *only))
        self._resources = Field(_RESOURCES, FieldType.REFERENCES, refers_to=only.get(_RESOURCES))

    def row(self, record: object) -> Row | RecordFault:
        """The row of a record, or why there is none."""
        if not isinstance(record, dict):
            return RecordFault.NOT_AN_OBJECT
        if not self._known.issuperset(record):
            record = self._renamed(record)
        row: Row = {}
        for field, name, column, read, note in self._plan:
            if name not in record:
                row[column] = None
                continue
            value = record[name]
            # Most values are text that is meant to be text.
            is_plain = type(value) is str and self._is_plain[name]
            row[column] = (value or None) if is_plain else _cell(value, field, read, note)
        if row["sourced_id"] is None:
            return RecordFault.NO_SOURCED_ID
        if _METADATA in record:
            row |= metadata_cells(self._metadata(record[_METADATA]))
        if self._resources.refers_to and _RESOURCES in record:
            self._link(row["sourced_id"], record[_RESOURCES])
        return row

    def _note(self, name: str, deviation: Deviation) -> None:
        self.deviations[deviation, name] += 1

    def _renamed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record with what it says under other names; what has no name here is counted and left out."""
        renamed = {name: value for name, value in record.items() if name in self._known}
        for name, value in record.items():
            if name in self._known:
                continue
            field = other_names(self._entity).get(name.lower())
            if field is not None and field.name not in record and field.name not in renamed:
                renamed[field.name] = value
                self._note(name, Deviation.OTHER_NAME)
            elif name == "roles" and (said := user_of_1_2(record)):
                renamed |= said
                self._note(name, Deviation.ROLES_OF_1_2)
            else:
                self._note(told_name(name), Deviation.UNKNOWN_PROPERTY)
        return renamed

    def _metadata(self, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            if "" in value:
                self._note(_METADATA, Deviation.UNREADABLE_VALUE)
            return {key: item for key, item in value.items() if key}
        if value is None:
            self._note(_METADATA, Deviation.NULL)
            return {}
        inner = _decoded(value) if isinstance(value, str) else value
        if isinstance(inner, dict):
            self._note(_METADATA, Deviation.METADATA_NOT_AN_OBJECT)
            return {key: item for key, item in inner.items() if key}
        is_empty = inner in ("", [])
        self._note(_METADATA, Deviation.METADATA_NOT_AN_OBJECT if is_empty else Deviation.UNREADABLE_VALUE)
        return {}

    def _link(self, sourced_id: str, value: Any) -> None:
        text = _references(value, self._resources, partial(self._note, _RESOURCES))
        if text:
            self.links.append((sourced_id, text.split(",")))


def _cell(value: Any, field: Field, read: _Read, note: _Note) -> str | None:
    if field.is_secret:
        if value not in (None, ""):
            note(Deviation.PASSWORDS_DROPPED)
        return None
    text = read(value, field, note)
    if text and field.is_date_time_in_json and is_date_time(text):
        return text[:10]
    return text or None


def _decoded(text: str) -> Any:
    """What a text says as JSON; the text itself when it is none."""
    try:
        return decode_json(text) if text else text
    except msgspec.DecodeError:
        return text


def _text(value: Any, field: Field, note: _Note) -> str | None:
    """A single value as text."""
    if isinstance(value, list) and len(value) < 2 and not isinstance(next(iter(value), None), list):
        note(Deviation.LIST_FOR_ONE)
        return _text(value[0], field, note) if value else None
    if value is None:
        note(Deviation.NULL)
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (list, dict)):
        note(Deviation.UNREADABLE_VALUE)
        return None
    note(Deviation.BOOLEAN_FOR_STRING if isinstance(value, bool) else Deviation.NUMBER_FOR_STRING)
    return scalar_text(value)


def _number(value: Any, field: Field, note: _Note) -> str | None:
    if type(value) is int or isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str):
        note(Deviation.STRING_FOR_NUMBER)
        return value
    if isinstance(value, bool):
        note(Deviation.UNREADABLE_VALUE)
        return None
    return _text(value, field, note)


def _reference(value: Any, field: Field, note: _Note) -> str | None:
    """The id in a reference; the property tells what it points at, whatever its `type` says."""
    if isinstance(value, list) and len(value) < 2 and not isinstance(next(iter(value), None), list):
        note(Deviation.LIST_FOR_ONE)
        return _reference(value[0], field, note) if value else None
    if not isinstance(value, dict):
        if value not in (None, "") and not isinstance(value, list):
            note(Deviation.BARE_REFERENCE)
        elif value == "":
            note(Deviation.EMPTY_REFERENCE)
        return _text(value, field, note)
    sourced_id = value.get("sourcedId")
    if sourced_id in (None, ""):
        is_empty = not any(value.values())
        note(Deviation.EMPTY_REFERENCE if is_empty else Deviation.UNREADABLE_VALUE)
        return None
    _note_manners(value, field, note)
    return _text(sourced_id, field, note)


def _note_manners(reference: Mapping[str, Any], field: Field, note: _Note) -> None:
    """Counts what a reference lacks beside its id; nothing of it is needed."""
    href, type_ = reference.get("href"), reference.get("type")
    if href in (None, ""):
        note(Deviation.REFERENCE_WITHOUT_HREF)
    elif not isinstance(href, str) or "://" not in href:
        note(Deviation.REFERENCE_HREF)
    if type_ in (None, ""):
        note(Deviation.REFERENCE_WITHOUT_TYPE)
    elif type_ not in REFERENCE_TYPES[str(field.refers_to)]:
        note(Deviation.REFERENCE_TYPE)
    if len(reference) > 3:
        note(Deviation.UNKNOWN_PROPERTY)


def _references(value: Any, field: Field, note: _Note) -> str | None:
    return _list(value, field, note, _reference)


def _strings(value: Any, field: Field, note: _Note) -> str | None:
    return _list(value, field, note, _text)


def _user_ids(value: Any, field: Field, note: _Note) -> str | None:
    return _list(value, field, note, _user_id)


def _user_id(value: Any, field: Field, note: _Note) -> str | None:
    if not isinstance(value, dict) or "identifier" not in value:
        note(Deviation.UNREADABLE_VALUE)
        return None
    if len(value) > 2:
        note(Deviation.UNKNOWN_PROPERTY)
    type_, identifier = (_text(value.get(name), field, note) or "" for name in ("type", "identifier"))
    if set(":{}") & set(type_) or set("{}") & set(identifier):
        note(Deviation.UNREADABLE_VALUE)
        return None
    return f"{{{type_}:{identifier}}}"


def _list(value: Any, field: Field, note: _Note, read: _Read) -> str | None:
    """The items as CSV writes a list: separated by commas. A text is taken for a list that is written so."""
    if value is None:
        note(Deviation.NULL)
        return None
    if isinstance(value, str):
        note(Deviation.SCALAR_FOR_LIST)
        return value
    if isinstance(value, dict) and read is _text:
        return _text(value, field, note)
    if not isinstance(value, list):
        note(Deviation.OBJECT_FOR_LIST if isinstance(value, dict) else Deviation.SCALAR_FOR_LIST)
    items = value if isinstance(value, list) else [value]
    texts = [text for item in items if (text := read(item, field, note)) is not None]
    if field.type is not FieldType.USER_IDS and any("," in text for text in texts):
        note(Deviation.SEPARATOR_IN_ITEM)
    return ",".join(texts)


_READS: Mapping[FieldType, _Read] = {
    FieldType.REFERENCE: _reference,
    FieldType.REFERENCES: _references,
    FieldType.STRINGS: _strings,
    FieldType.ENUMERATIONS: _strings,
    FieldType.USER_IDS: _user_ids,
    FieldType.FLOAT: _number,
}
