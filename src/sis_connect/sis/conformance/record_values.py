"""How the values of looked-at records are written, judged by the same expressions that judge a roster.

What is faulty here would be a finding in a run, what is repaired here would be read by tolerance there
(`oneroster.values`), so a report can say what SIS Connect can live with. Shapes leave here, never values.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, enter_rows, identifier, open_frames
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.values import is_blank, is_faulty, is_repaired, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sis_connect.frames import Frames
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity, Field

_LIMITS = Limits(memory="512MB", threads=1)
#: No column of an entity has this name.
_ROW = "looked_at_row"


class Oddity(StrEnum):
    """What can be odd about a value."""

    MISSING = "missing"
    #: It cannot be read.
    FAULTY = "cannot be read"
    #: It is read, though it is not written as the standard says.
    REPAIRED = "written otherwise"


@dataclass(frozen=True, slots=True)
class OddValues:
    """Values of one field that are odd in one way."""

    entity: str
    field: Field
    oddity: Oddity
    #: How many of how many records.
    amount: int
    records: int
    #: The shape of the first of them, and which row it stands in, counted from 0.
    shape: str
    first: int


def odd_values(rows: Mapping[str, Sequence[Row]]) -> list[OddValues]:
    """Everything odd, field by field in the order of the schema; `rows` are by collection."""
    with open_frames(_LIMITS) as frames:
        return [odd for name, found in rows.items() if found for odd in _of_entity(frames, ENTITIES[name], found)]


def _of_entity(frames: Frames, entity: Entity, rows: Sequence[Row]) -> Iterator[OddValues]:
    columns = dict.fromkeys(entity.columns, "VARCHAR")
    numbered = ({name: row.get(name) for name in columns} | {_ROW: at} for at, row in enumerate(rows))
    enter_rows(frames, "looked_at", columns | {_ROW: "BIGINT"}, numbered)
    for field in entity.fields:
        text = identifier(field.column)
        for oddity, condition in _conditions(field, text):
            query = f"SELECT count(*), arg_min({shape(text)}, {_ROW}), min({_ROW}) FROM looked_at WHERE {condition}"
            [(amount, seen, first)] = frames.execute(query).fetchall()
            if amount:
                yield OddValues(entity.name, field, oddity, int(amount), len(rows), seen or "", int(first))


def _conditions(field: Field, text: str) -> Iterator[tuple[Oddity, str]]:
    yield Oddity.MISSING, is_blank(text)
    faulty, repaired = is_faulty(field, text), is_repaired(field, text)
    if faulty:
        yield Oddity.FAULTY, faulty
    if repaired:
        yield Oddity.REPAIRED, repaired
