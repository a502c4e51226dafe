"""Text for the values of JSON, in the form in which a CSV package would hold them.

Here: what both ways of reading (`json_typed`, `json_tolerant`) share, so that they cannot disagree. Serves the map of
names between the two bindings.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from sis_connect.oneroster.schema import METADATA_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A record as text by column, NULL for no value; after the entity's columns come those of its metadata.
Row: TypeAlias = dict[str, str | None]

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_COMPACT = msgspec.json.Encoder(decimal_format="number")


def read_number(digits: str) -> Decimal:
    """The number; ValueError, which the decoder turns into its own, when no decimal can hold it."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError("a number is beyond all bounds") from None


_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=read_number)


def decode_json(content: bytes | str) -> Any:
    """The value of a JSON text, numbers with all their digits; the errors are those of msgspec's decoder."""
    return _DECODER.decode(content)


def encode_json(value: object) -> bytes:
    """The JSON of a value without blanks, decimals as numbers with all their digits."""
    return _COMPACT.encode(value)


def is_date_time(text: str) -> bool:
    """True for a moment as the standard writes it."""
    return _DATE_TIME.fullmatch(text) is not None


def scalar_text(value: Any) -> str:
    """The text of a decoded JSON value: scalars as JSON writes them, without quotes; lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if type(value) is int or isinstance(value, Decimal):
        return str(value)
    return encode_json(value).decode()


def metadata_cells(metadata: Mapping[str, Any]) -> Row:
    """The `metadata.*` cells of a record; a key without a value makes none."""
    return {f"{METADATA_PREFIX}{key}": scalar_text(value) for key, value in metadata.items() if value not in (None, "")}
