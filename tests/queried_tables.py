"""Records in SQLite as a provider keeps them, to be asked with the SQL of the query language, and as JSON."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.json_text import decode_json, encode_json
from sis_connect.oneroster.json_writer import write_record
from sis_connect.oneroster.query import SQL_FUNCTIONS, filter_sql, matches, parse_filter, parse_sort, sort_sql
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.query import Filter

    Row = Mapping[str, str | None]

#: What each list of references that is no column is made of: entity of the linking rows, their owner, their item.
_LINKS = {
    "orgs": ("children", "orgs", "parent_sourced_id", "sourced_id"),
    "academicSessions": ("children", "academicSessions", "parent_sourced_id", "sourced_id"),
    "courses": ("resources", "courseResources", "course_sourced_id", "resource_sourced_id"),
    "classes": ("resources", "classResources", "class_sourced_id", "resource_sourced_id"),
}


class Tables:
    """Rows by collection; ids are unique within one."""

    def __init__(self, rows: Mapping[str, Iterable[Row]]) -> None:
        self.rows = {name: list(rows.get(name, ())) for name in ENTITIES}

    def shown(self, text: str, collection: str = "users", *, alias: str | None = None) -> list[str]:
        """The ids that the SQL of a filter shows, in the order of ids."""
        entity = ENTITIES[collection]
        condition, parameters = filter_sql(parse_filter(text, entity), entity, alias)
        return self._ids(entity, f"WHERE {condition} ORDER BY 1", parameters, alias)

    def sorted(self, sort: str | None, order_by: str | None = None, collection: str = "users") -> list[str]:
        """All ids in the order asked for."""
        entity = ENTITIES[collection]
        terms, parameters = sort_sql(parse_sort(sort, order_by, entity), entity)
        return self._ids(entity, f"ORDER BY {terms}", parameters)

    def matching(self, text: str, collection: str = "users") -> list[str]:
        """The ids of the JSON records that match a filter, in the order of ids."""
        filter_ = parse_filter(text, ENTITIES[collection])
        return sorted(str(record["sourcedId"]) for record in self.records(collection) if matches(filter_, record))

    def records(self, collection: str) -> list[dict[str, Any]]:
        """The records as they go over the wire."""
        return [self._record(ENTITIES[collection], row) for row in self.rows[collection]]

    def disagreement(self, filter_: Filter, collection: str) -> set[str]:
        """The ids that only one of SQL and `matches` shows."""
        return set(self.shown(str(filter_), collection)) ^ set(self.matching(str(filter_), collection))

    def _ids(self, entity: Entity, rest: str, parameters: list[Any], alias: str | None = None) -> list[str]:
        with closing(sqlite3.connect(":memory:")) as connection:
            for function in SQL_FUNCTIONS:
                connection.create_function(function.name, function.arguments, function.call, deterministic=True)
            needed = {entity.name, *(_LINKS[entity.name][1:2] if entity.name in _LINKS else ())}
            for name in sorted(needed):
                rows = self.rows[name]
                columns = (*ENTITIES[name].columns, "metadata")
                declared = ", ".join(f'"{column}" TEXT' for column in columns)
                connection.execute(f"CREATE TABLE {ENTITIES[name].table} ({declared})")
                places = ", ".join("?" * len(columns))
                values = ([row.get(column) for column in columns] for row in rows)
                connection.executemany(f"INSERT INTO {ENTITIES[name].table} VALUES ({places})", values)
            named = f"{entity.table} AS {alias}" if alias else entity.table
            found = connection.execute(f"SELECT {alias or entity.table}.sourced_id FROM {named} {rest}", parameters)
            return [id_ for (id_,) in found]

    def _record(self, entity: Entity, row: Row) -> dict[str, Any]:
        metadata = decode_json(content) if (content := row.get("metadata")) else {}
        related = {}
        if entity.name in _LINKS:
            property_, linked, owner, item = _LINKS[entity.name]
            live = (link for link in self.rows[linked] if link.get("status") != "tobedeleted")
            ids = [id_ for link in live if link.get(owner) == row["sourced_id"] and (id_ := link.get(item))]
            related[property_] = ids
        record: dict[str, Any] = decode_json(
            encode_json(write_record(entity, row, metadata, "https://sis.example", related))
        )
        return record
