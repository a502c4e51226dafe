"""Rows of the database as records of the standard, many at once.

Here: which columns are read, and the lists that stand in no column of their own: children and resources. How a record
is written is in `oneroster.json_writer`.
"""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.frames import identifiers
from sis_connect.oneroster.json_writer import write_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.oneroster.model import Entity
    from sis_connect.sandbox.sis.exchange import Record
    from sis_connect.sandbox.sis.storage import Session, Value

#: By entity: the property, and the query for pairs of a record's id and an id in its list; `?` is a JSON list of ids.
_RELATED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "orgs": ("children", "SELECT parent_sourced_id, sourced_id FROM orgs"),
        "academicSessions": ("children", "SELECT parent_sourced_id, sourced_id FROM academic_sessions"),
        "courses": ("resources", "SELECT course_sourced_id, resource_sourced_id FROM course_resources"),
        "classes": ("resources", "SELECT class_sourced_id, resource_sourced_id FROM class_resources"),
    }
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class RecordWriter:
    """Writes the records of one entity."""

    def __init__(self, entity: Entity, base_url: str) -> None:
        """`base_url` is what hrefs begin with."""
        self._entity = entity
        self._base_url = base_url
        #: What to select from the entity's table as `t`: its number, the entity's columns and the metadata.
        self.columns = f"t.record, {identifiers(entity.columns, 't.')}, t.metadata"

    def write(self, session: Session, rows: Sequence[tuple[Value, ...]]) -> list[Record]:
        """The records of rows that were selected by `columns`."""
        columns = self._entity.columns
        related = self._related(session, rows)
        records: list[Record] = []
        for row in rows:
            metadata: Any = msgspec.json.decode(str(row[-1])) if row[-1] is not None else _NOTHING
            # Every column is text.
            cells: Any = dict(zip(columns, row[1:-1], strict=True))
            lists = {name: ids[row[1]] for name, ids in related.items()}
            records.append(write_record(self._entity, cells, metadata, self._base_url, lists))
        return records

    def _related(self, session: Session, rows: Sequence[tuple[Value, ...]]) -> dict[str, dict[Value, list[str]]]:
        """By property and id: the ids in a list that stands in no column, live ones only."""
        if self._entity.name not in _RELATED:
            return {}
        name, query = _RELATED[self._entity.name]
        owner = query.split()[1].rstrip(",")
        lists: defaultdict[Value, list[str]] = defaultdict(list)
        asked = msgspec.json.encode([row[1] for row in rows]).decode()
        for id_, item in session.rows(
            f"{query} WHERE {owner} IN (SELECT value FROM json_each(?)) AND status IS NOT 'tobedeleted' ORDER BY 1, 2",
            asked,
        ):
            if item:
                lists[id_].append(str(item))
        return {name: lists}
