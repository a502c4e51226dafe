"""The tables of a provider's database, derived from the schema: one for each entity, every column text.

Beside the entity's columns stand `record`, which numbers rows in the order they came, and `metadata`, a JSON object.
Lists of references that collections are derived from have a table of their own, kept by triggers. Here: statements
that make tables and indexes. Not here: running them (`storage`), or what is asked of them (`selections`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.frames import identifier, identifiers
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.oneroster.model import Entity

#: Columns by which collections are derived or put in order, besides `sourced_id`.
_INDEXES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "orgs": (("type", "sourced_id"), ("parent_sourced_id",)),
        "academicSessions": (("type", "sourced_id"), ("parent_sourced_id",)),
        "courses": (("org_sourced_id",),),
        "classes": (("school_sourced_id",), ("course_sourced_id",)),
        "users": (("role", "sourced_id"),),
        "enrollments": (("class_sourced_id",), ("user_sourced_id",)),
        "courseResources": (("course_sourced_id",),),
        "classResources": (("class_sourced_id",),),
        "lineItems": (("class_sourced_id",), ("category_sourced_id",)),
        "results": (("line_item_sourced_id",), ("student_sourced_id",)),
    }
)

#: Lists of references by entity and column; the value is the name of their table, with columns `item` and `record`.
LINK_TABLES: Mapping[tuple[str, str], str] = MappingProxyType(
    {("users", "org_sourced_ids"): "users_in_orgs", ("classes", "term_sourced_ids"): "classes_in_terms"}
)


def columns(entity: Entity) -> tuple[str, ...]:
    """The columns in which a record is kept: those of the frame, then `metadata`."""
    return (*entity.columns, "metadata")


def table_statements() -> Iterator[str]:
    """Every table and trigger that is missing exists afterwards."""
    yield "CREATE TABLE IF NOT EXISTS versions (version INTEGER NOT NULL)"
    yield "INSERT INTO versions SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM versions)"
    for entity in ENTITIES.values():
        declared = ", ".join(f"{identifier(column)} TEXT" for column in columns(entity))
        yield f"CREATE TABLE IF NOT EXISTS {entity.table} (record INTEGER PRIMARY KEY, {declared})"
    for (entity_name, column), table in LINK_TABLES.items():
        yield (
            f"CREATE TABLE IF NOT EXISTS {table} (item TEXT NOT NULL, record INTEGER NOT NULL,"
            f" PRIMARY KEY (item, record)) WITHOUT ROWID"
        )
        yield f"CREATE INDEX IF NOT EXISTS {table}_by_record ON {table} (record)"
        yield from _triggers(ENTITIES[entity_name].table, column, table)


def index_statements(entity: Entity) -> Iterator[tuple[str, str]]:
    """The name of each index of an entity and the statement that makes it where it is missing."""
    for indexed in (("sourced_id",), *_INDEXES.get(entity.name, ())):
        name = f"{entity.table}_by_{'_and_'.join(indexed)}"
        yield name, f"CREATE INDEX IF NOT EXISTS {name} ON {entity.table} ({identifiers(indexed)})"


def insert_statement(entity: Entity) -> str:
    """Inserts a record, its values in the order of `columns`."""
    names = columns(entity)
    return f"INSERT INTO {entity.table} ({identifiers(names)}) VALUES ({', '.join('?' * len(names))})"


def _triggers(table: str, column: str, links: str) -> Iterator[str]:
    forget = f"DELETE FROM {links} WHERE record = OLD.record;"
    # json_quote escapes whatever the text holds; then each comma ends one item and begins the next.
    items = f"""json_each('[' || replace(json_quote(NEW.{column}), ',', '","') || ']')"""
    learn = f"INSERT OR IGNORE INTO {links} SELECT trim(value), NEW.record FROM {items} WHERE NEW.{column} IS NOT NULL;"
    for event, actions in (
        ("INSERT", learn),
        ("DELETE", forget),
        (f"UPDATE OF {column}", f"{forget} {learn}"),
    ):
        name = f"{links}_on_{event.partition(' ')[0].lower()}"
        yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} BEGIN {actions} END"
