"""Reading a reply of a OneRoster 1.1 provider: bytes become rows of text, in the form of the CSV binding.

Here: what a page is, and the choice between the fast way (`json_typed`), which takes the standard to the letter, and
the tolerant way (`json_envelope`, `json_tolerant`), which counts what deviates. Both give the same rows. Not here:
whether the pages make a whole collection (`sis`), and what the texts mean (`values`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault
from sis_connect.oneroster.json_envelope import open_envelope
from sis_connect.oneroster.json_tolerant import TolerantReader
from sis_connect.oneroster.json_typed import typed_reader
from sis_connect.oneroster.rest_rules import unreadable
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY

if TYPE_CHECKING:
    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.status_info import StatusInfo


@dataclass(frozen=True, slots=True)
class Page:
    """What one reply held."""

    #: One dictionary a record, in the order received: every column of the entity, then the `metadata.*` columns this
    #: record has. `msgspec.json.Encoder().encode_lines(rows)` makes of them the lines that DuckDB's read_json takes.
    rows: list[Row] = field(repr=False)
    #: Records received, rows or not: by this a reader of pages advances.
    received: int
    #: What was tolerated, and how often, by code and name of the property ("" for the reply as a whole).
    tolerances: Counter[tuple[Deviation, str]] = field(default_factory=Counter)
    #: What was received and is no row: its position on the page, counted from 0, and why.
    faults: tuple[tuple[int, RecordFault], ...] = ()
    #: Rows of `link_entity`, from the `resources` of classes and courses; their ids are made of both ids.
    links: list[Row] = field(default_factory=list, repr=False)
    #: What the provider said beside the records, for example that it cannot sort; a pull makes findings of it.
    notices: tuple[StatusInfo, ...] = ()


def read_page(content: bytes, operation: Operation) -> Page:
    """The records in the reply to an operation that was answered with 200 or 201.

    A reply with a single record is a page of one. UnreadablePageError when nothing can be had without a guess.
    """
    entity = ENTITIES[operation.entity]
    typed = typed_reader(operation).read(content)
    if typed is not None:
        rows, links = typed
        return Page(rows, len(rows), links=_links(entity, links))
    try:
        return read_tolerantly(content, operation)
    except RecursionError:
        raise unreadable(PageFault.NESTED_TOO_DEEPLY) from None


def link_entity(entity: Entity) -> Entity | None:
    """The entity of CSV that holds what the `resources` of this one hold in JSON; None where there is none."""
    if "resources" not in JSON_ONLY.get(entity.name, {}):
        return None
    targets = {entity.name, "resources"}
    return next(link for link in ENTITIES.values() if {field.refers_to for field in link.references} == targets)


def read_tolerantly(content: bytes, operation: Operation) -> Page:
    """As `read_page`, never the fast way."""
    envelope = open_envelope(content, operation)
    entity = ENTITIES[operation.entity]
    reader = TolerantReader(entity)
    rows: list[Row] = []
    faults: list[tuple[int, RecordFault]] = []
    for position, record in enumerate(envelope.records):
        row = reader.row(record)
        if isinstance(row, RecordFault):
            faults.append((position, row))
        else:
            rows.append(row)
    return Page(
        rows,
        len(envelope.records),
        envelope.deviations + reader.deviations,
        tuple(faults),
        _links(entity, reader.links),
        envelope.notices,
    )


def _links(entity: Entity, links: list[tuple[str, list[str]]]) -> list[Row]:
    """Rows of the link entity; an id joined by `@` has only characters that ids may have."""
    to = link_entity(entity)
    if to is None:
        return []
    empty: Row = dict.fromkeys(to.columns)
    columns = {reference.refers_to: reference.column for reference in to.references}
    return [
        empty | {"sourced_id": f"{owner}@{resource}", columns[entity.name]: owner, columns["resources"]: resource}
        for owner, resources in links
        for resource in resources
    ]
