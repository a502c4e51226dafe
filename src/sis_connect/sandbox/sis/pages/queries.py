"""What the pages show: one function a list or object, each with paging where it may be long.

Here: SQL over the provider's tables, hidden and broken records included, for a person to find. Not here: what consumers
are shown (`reading`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.frames import identifier
from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.query import filter_sql
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.web.pages import PAGE_SIZE, Page, last_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.oneroster.query import Filter
    from sis_connect.sandbox.sis.storage import Session, Value

Cells = dict[str, str]

#: Words of a search that count.
_WORDS = 6

#: What a list shows of each record besides its id and what it is called.
SHOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "orgs": ("type", "identifier", "parent_sourced_id"),
        "academicSessions": ("type", "start_date", "end_date"),
        "courses": ("course_code", "org_sourced_id"),
        "classes": ("class_code", "course_sourced_id", "school_sourced_id"),
        "users": ("role", "username", "org_sourced_ids"),
        "enrollments": ("role", "user_sourced_id", "class_sourced_id"),
        "demographics": ("birth_date", "sex"),
        "resources": ("vendor_resource_id", "importance"),
        "courseResources": ("course_sourced_id", "resource_sourced_id"),
        "classResources": ("class_sourced_id", "resource_sourced_id"),
        "categories": (),
        "lineItems": ("due_date", "class_sourced_id", "category_sourced_id"),
        "results": ("score", "score_status", "line_item_sourced_id", "student_sourced_id"),
    }
)

#: Columns that say what a record is called.
_NAMES = ("title", "name", "given_name", "family_name")

_LIVE = "IS NOT 'tobedeleted'"
#: Results that consumers see, of a class whose id follows.
_RESULTS = (
    "results r JOIN line_items l ON l.sourced_id = r.line_item_sourced_id LEFT JOIN users t"
    f" ON t.sourced_id = r.student_sourced_id WHERE r.status {_LIVE} AND l.status {_LIVE} AND l.class_sourced_id"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from one record to another."""

    #: Property that holds it.
    field: str
    collection: str
    sourced_id: str
    #: What the other is called, None when it is not there.
    title: str | None


@dataclass(frozen=True, slots=True)
class Referring:
    """Records that refer to one."""

    collection: str
    #: Property by which they do.
    field: str
    count: int


def read_counts(session: Session) -> dict[str, int]:
    """Records by collection, those to be deleted included."""
    return {name: session.number(f"SELECT count(*) FROM {entity.table}") for name, entity in ENTITIES.items()}


def read_records(session: Session, entity: Entity, search: str, asked: Filter | None, number: int) -> Page[Cells]:
    """Records in which every word of the search occurs and that the filter lets through; secrets are not looked into.

    Each has `sourced_id`, `status`, `title` and the columns in `SHOWN`. A number beyond the end gives the last page.
    """
    conditions = ["1"]
    values: list[Value] = []
    searched = " || ' ' || ".join(f"coalesce(t.{identifier(f.column)}, '')" for f in entity.fields if not f.is_secret)
    for word in search.split()[:_WORDS]:
        conditions.append(f"instr(oneroster_folded({searched}), oneroster_folded(?)) > 0")
        values.append(word)
    if asked is not None:
        condition, parameters = filter_sql(asked, entity, "t")
        conditions.append(condition)
        values += parameters
    tables = f"{entity.table} AS t WHERE {' AND '.join(conditions)}"
    return _read_page(session, _columns(entity), tables, values, order="t.sourced_id, t.record", number=number)


def read_links(session: Session, entity: Entity, sourced_id: str) -> list[Link]:
    """The references of a record, in the order of its fields."""
    links = []
    for field in entity.references:
        for id_ in _ids_of(session, entity, field, sourced_id):
            to = str(field.refers_to)
            links.append(Link(field.name, to, id_, read_title(session, ENTITIES[to], id_)))
    return links


def read_referring(session: Session, entity: Entity, sourced_id: str) -> list[Referring]:
    """What refers to a record by columns that hold one reference."""
    found = []
    for other in ENTITIES.values():
        for field in other.references:
            if field.refers_to != entity.name or field.type.is_list or field.name == "sourcedId":
                continue
            count = session.number(
                f"SELECT count(*) FROM {other.table} WHERE {identifier(field.column)} = ?", sourced_id
            )
            if count:
                found.append(Referring(other.name, field.name, count))
    return found


def read_title(session: Session, entity: Entity, sourced_id: str) -> str | None:
    """What a record is called, its id when it has no name; None when there is none."""
    rows = session.rows(
        f"SELECT {_title(entity)} FROM {entity.table} AS t WHERE t.sourced_id = ? ORDER BY t.record LIMIT 1", sourced_id
    )
    return str(rows[0][0]) if rows else None


def read_graded_classes(session: Session, number: int) -> Page[Cells]:
    """Classes with line items that consumers see, with their numbers of line items and results."""
    columns = (
        "c.sourced_id",
        "c.title",
        "coalesce(o.name, c.school_sourced_id, '') AS school",
        f"(SELECT count(*) FROM line_items WHERE class_sourced_id = c.sourced_id AND status {_LIVE}) AS line_items",
        f"(SELECT count(*) FROM {_RESULTS} = c.sourced_id) AS results",
    )
    tables = (
        "classes c LEFT JOIN orgs o ON o.sourced_id = c.school_sourced_id"
        f" WHERE c.sourced_id IN (SELECT class_sourced_id FROM line_items WHERE status {_LIVE})"
    )
    return _read_page(session, columns, tables, (), order="c.title, c.sourced_id", number=number)


def read_line_items(session: Session, class_id: str) -> list[Cells]:
    """The line items of a class that consumers see, the latest first."""
    columns = (
        "l.sourced_id",
        "l.title",
        "coalesce(q.title, l.category_sourced_id, '') AS category",
        "coalesce(g.title, l.grading_period_sourced_id, '') AS grading_period",
        "l.due_date",
        "l.result_value_min",
        "l.result_value_max",
        f"(SELECT count(*) FROM results WHERE line_item_sourced_id = l.sourced_id AND status {_LIVE}) AS results",
    )
    tables = (
        "line_items l LEFT JOIN categories q ON q.sourced_id = l.category_sourced_id"
        " LEFT JOIN academic_sessions g ON g.sourced_id = l.grading_period_sourced_id"
        f" WHERE l.class_sourced_id = ? AND l.status {_LIVE}"
    )
    return _read(session, columns, f"{tables} ORDER BY l.due_date DESC, l.title, l.sourced_id", (class_id,))


def read_results(session: Session, class_id: str, number: int) -> Page[Cells]:
    """The results of a class that consumers see, by line item and student."""
    columns = (
        "r.sourced_id",
        "l.title AS line_item",
        "l.sourced_id AS line_item_id",
        f"coalesce({_title(ENTITIES['users'])}, r.student_sourced_id) AS student",
        "r.student_sourced_id AS student_id",
        "r.score",
        "r.score_status",
        "r.score_date",
        "r.comment",
    )
    tables = f"{_RESULTS} = ?"
    order = "l.due_date DESC, l.title, l.sourced_id, t.family_name, t.given_name, r.sourced_id"
    return _read_page(session, columns, tables, (class_id,), order=order, number=number)


def _columns(entity: Entity) -> tuple[str, ...]:
    return (
        "t.sourced_id",
        "t.status",
        f"{_title(entity)} AS title",
        *(f"t.{identifier(c)}" for c in SHOWN[entity.name]),
    )


def _title(entity: Entity) -> str:
    names = [f"coalesce(t.{identifier(name)}, '')" for name in _NAMES if name in entity.columns]
    called = " || ' ' || ".join(names) or "''"
    return f"coalesce(nullif(trim({called}), ''), t.sourced_id)"


def _ids_of(session: Session, entity: Entity, field: Field, sourced_id: str) -> Iterator[str]:
    rows = session.rows(
        f"SELECT {identifier(field.column)} FROM {entity.table} WHERE sourced_id = ? ORDER BY record LIMIT 1",
        sourced_id,
    )
    for (text,) in rows:
        ids = str(text or "").split(",") if field.type is FieldType.REFERENCES else [str(text or "")]
        yield from filter(None, ids)


def _read_page(
    session: Session, columns: Sequence[str], tables: str, values: Sequence[Value], *, order: str, number: int
) -> Page[Cells]:
    total = session.number(f"SELECT count(*) FROM {tables}", *values)
    number = min(max(1, number), last_page(total))
    rest = f"{tables} ORDER BY {order} LIMIT {PAGE_SIZE} OFFSET {(number - 1) * PAGE_SIZE}"
    return Page(_read(session, columns, rest, values), total, number)


def _read(session: Session, columns: Sequence[str], rest: str, values: Sequence[Value]) -> list[Cells]:
    """Rows by the names of their columns: what stands after AS or after the table's alias; "" for no value."""
    names = [column.rpartition(" AS ")[2].rpartition(".")[2].strip('"') for column in columns]
    rows = session.rows(f"SELECT {', '.join(columns)} FROM {rest}", *values)
    return [{name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)} for row in rows]
