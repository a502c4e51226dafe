"""The body of a PUT, read strictly: what the model does not allow is refused by the name of its field (gradebook, PUT).

Pure: bytes in, the values of a record out, as text in the form in which records are kept. Lenient only where the digest
of the field says so: references may lack href and type, dates may be moments and moments dates. Not here: whether what
a reference names is there (`gradebook`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from sis_connect.oneroster.json_text import decode_json, encode_json, scalar_text
from sis_connect.oneroster.model import Field, FieldType, Requirement
from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.status_info import CodeMinor
from sis_connect.sandbox.sis.refusals import RefusedError, invalid_data

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.oneroster.operations import Operation

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})")
#: A GUID has fewer characters (data model, primitive types).
_GUID_LIMIT = 256
#: Characters of a text at most; the standard wants 255 to be taken.
_TEXT_LIMIT = 32_768


@dataclass(frozen=True, slots=True)
class Body:
    """A record as a consumer sent it."""

    #: By column; None where the consumer sent nothing.
    row: Mapping[str, str | None]
    #: A JSON object, None when none was sent.
    metadata: str | None


def read_body(operation: Operation, sourced_id: str, content: bytes, optional: Collection[str] = ()) -> Body:
    """The record of a PUT to this id; RefusedError 400 for what is no JSON, 422 for what breaks the model.

    `optional` names properties that may be missing though the model wants them.
    """
    entity = ENTITIES[operation.entity]
    record = _read_record(operation, content)
    if not 0 < len(sourced_id) < _GUID_LIMIT or record.get("sourcedId") != sourced_id:
        raise invalid_data("sourcedId")
    row = {
        field.column: _text(field, record.get(field.name), is_needed=_is_needed(field, optional))
        for field in entity.fields
    }
    return Body(row, _metadata(record.get("metadata")))


def _read_record(operation: Operation, content: bytes) -> Mapping[str, object]:
    try:
        document = decode_json(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RefusedError(400, CodeMinor.INVALID_DATA, "The body is no JSON.") from None
    record = document.get(operation.root_key) if isinstance(document, dict) else None
    if not isinstance(record, dict):
        raise invalid_data(operation.root_key)
    return record


def _is_needed(field: Field, optional: Collection[str]) -> bool:
    return field.requirement is Requirement.ALWAYS and field.name not in optional


def _text(field: Field, value: object, *, is_needed: bool) -> str | None:
    """The value as text; None for none."""
    if value is None or value == "":
        if is_needed:
            raise invalid_data(field.name)
        return None
    text = _READERS[field.type](field, value)
    if text is None or len(text) > _TEXT_LIMIT or "\x00" in text:
        raise invalid_data(field.name)
    return text


def _string(_: Field, value: object) -> str | None:
    return value if isinstance(value, str) else None


def _choice(field: Field, value: object) -> str | None:
    return value if isinstance(value, str) and value in field.values else None


def _reference(_: Field, value: object) -> str | None:
    sourced_id = value.get("sourcedId") if isinstance(value, dict) else None
    return sourced_id if isinstance(sourced_id, str) and 0 < len(sourced_id) < _GUID_LIMIT else None


def _number(_: Field, value: object) -> str | None:
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool) and math.isfinite(value)
    return scalar_text(value) if is_number else None


def _day(field: Field, value: object) -> str | None:
    """A date; of a moment its day, where the field holds no moment."""
    if not isinstance(value, str):
        return None
    if _DATE.fullmatch(value):
        return value if _is_day(value) else None
    moment = _moment(field, value)
    if moment is None or field.is_date_time_in_json:
        return moment
    return value[:10]


def _moment(_: Field, value: object) -> str | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return format_moment(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


#: How each type of the gradebook is read; its entities have no lists.
_READERS = {
    FieldType.GUID: _string,
    FieldType.STRING: _string,
    FieldType.ENUMERATION: _choice,
    FieldType.REFERENCE: _reference,
    FieldType.FLOAT: _number,
    FieldType.DATE: _day,
    FieldType.DATE_TIME: _moment,
}


def _metadata(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid_data("metadata")
    return encode_json(value).decode()
