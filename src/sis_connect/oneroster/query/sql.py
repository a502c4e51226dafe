"""Filters and orders as SQL for SQLite, over tables that hold records in their CSV form.

A table bears the entity's `table` name and its columns, all TEXT, and a `metadata` column with a JSON object. Here:
text of SQL and its parameters, nothing that runs; no value ever becomes part of the text. What SQLite cannot say
exactly (it folds ASCII only, counts days in floats, takes `12abc` for a number) it asks of `SQL_FUNCTIONS`, which the
owner of the connection registers: the very functions that `matching` uses, pure, total and fit to be indexed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sis_connect.frames import identifier, literal
from sis_connect.oneroster.query.elements import Shape
from sis_connect.oneroster.query.lists import items_of, list_holds
from sis_connect.oneroster.query.matching import metadata_text
from sis_connect.oneroster.query.readings import (
    BOOLEAN_WORDS,
    Predicate,
    Reading,
    date_of,
    folded,
    instant_of,
    number_of,
)
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.query.elements import Element, Link
    from sis_connect.oneroster.query.grammar import Clause, Filter
    from sis_connect.oneroster.query.readings import Comparable
    from sis_connect.oneroster.query.shaping import Sort

    Parameters: TypeAlias = list[Comparable | None]


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """A function that SQLite is to be given, with `deterministic=True`."""

    name: str
    #: How many it takes.
    arguments: int
    call: Callable[..., str | float | None]


def _list_holds(shape: str, reading: str, predicate: str, text: str | None, value: str) -> bool:
    kind = Shape(shape)
    return list_holds(kind, Reading(reading), Predicate(predicate), items_of(kind, text or ""), value)


_FOLDED = SqlFunction("oneroster_folded", 1, folded)
_DATE = SqlFunction("oneroster_date", 1, date_of)
_INSTANT = SqlFunction("oneroster_instant", 1, instant_of)
_NUMBER = SqlFunction("oneroster_number", 1, number_of)
_METADATA = SqlFunction("oneroster_metadata", 2, metadata_text)
_LIST = SqlFunction("oneroster_list", 5, _list_holds)

#: Every function that the SQL made here may call.
SQL_FUNCTIONS = (_FOLDED, _DATE, _INSTANT, _NUMBER, _METADATA, _LIST)

_READERS = {Reading.TEXT: _FOLDED, Reading.DATE: _DATE, Reading.INSTANT: _INSTANT, Reading.NUMBER: _NUMBER}


def filter_sql(filter_: Filter, entity: Entity, alias: str | None = None) -> tuple[str, Parameters]:
    """A condition that is true of exactly the rows that the filter asks for, and its parameters in order.

    It stands in parentheses, and its columns are qualified by the table's name, or by `alias` where the query gives
    the table another. It may be NULL where it is not true.
    """
    table = alias or entity.table
    conditions: list[str] = []
    parameters: Parameters = []
    for clause in filter_.clauses:
        condition, values = _clause(clause, table)
        conditions.append(condition)
        parameters += values
    return f"({f' {filter_.logical} '.join(conditions)})", parameters


def sort_sql(sort: Sort, entity: Entity, alias: str | None = None) -> tuple[str, Parameters]:
    """What belongs after ORDER BY, and its parameters: the order asked for, ties by sourcedId so that pages are stable.

    Text goes by code point, dates and numbers by what they mean, records without a value first (last when descending),
    a list by its text.
    """
    table = alias or entity.table
    unique = f"{identifier(table)}.{identifier('sourced_id')}"
    if sort.element is None:
        return unique, []
    text, parameters = _text(sort.element, table)
    reading = sort.element.reading
    # Code-point order, not that of folded text (query grammar, sorting).
    key = f"nullif({text}, '')" if reading is Reading.TEXT or sort.element.shape.is_list else _read(reading, text)
    return f"{key}{' DESC' if sort.is_descending else ''}, {unique}", parameters


def _clause(clause: Clause, table: str) -> tuple[str, Parameters]:
    element, predicate, wanted = clause.element, clause.predicate, clause.wanted
    text, parameters = _text(element, table)
    if element.shape.is_list:
        return _call_list(element, predicate, text), [*parameters, clause.value]
    have = _read(element.reading, text)
    match predicate:
        case Predicate.EQUALS if wanted is not None and element.reading is Reading.EXACT:
            # As plain as an index needs it.
            return f"{text} = ?", [*parameters, wanted]
        case Predicate.EQUALS:
            return f"{have} IS ?", [*parameters, wanted]
        case Predicate.DIFFERS:
            return f"{have} IS NOT ?", [*parameters, wanted]
        case Predicate.CONTAINS:
            return f"instr({have}, ?) > 0", [*parameters, wanted]
        case _:
            return f"{have} {predicate} ?", [*parameters, wanted]


def _text(element: Element, table: str) -> tuple[str, Parameters]:
    """SQL for the text that the element's value is read from, and its parameters."""
    text = _linked(element.link, table) if element.link else f"{identifier(table)}.{identifier(element.column)}"
    if element.shape is Shape.METADATA:
        return f"{_METADATA.name}({text}, ?)", [element.key]
    if element.shape is Shape.REFERENCE_TYPE:
        is_there = f"{_LIST.name}({_words(Shape.REFERENCES, Reading.EXACT, Predicate.CONTAINS)}, {text}, '')"
        return f"CASE WHEN {is_there} THEN {literal(element.type)} END", []
    return text, []


def _linked(link: Link, table: str) -> str:
    """SQL for a list that is no column, in the form it would have as one; links marked as deleted are none."""
    linked = ENTITIES[link.entity].table
    return (
        f"(SELECT group_concat(linked.{identifier(link.item)}) FROM {identifier(linked)} AS linked "
        f"WHERE linked.{identifier(link.owner)} = {identifier(table)}.{identifier('sourced_id')} "
        f"AND linked.status IS NOT 'tobedeleted')"
    )


def _call_list(element: Element, predicate: Predicate, text: str) -> str:
    return f"{_LIST.name}({_words(element.shape, element.reading, predicate)}, {text}, ?)"


def _read(reading: Reading, text: str) -> str:
    """SQL for what the text compares as, NULL when it has no value or cannot be read."""
    if reading is Reading.EXACT:
        return f"nullif({text}, '')"
    if reading is Reading.BOOLEAN:
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(meant)}" for word, meant in BOOLEAN_WORDS.items())
        return f"CASE lower(trim({text})) {cases} END"
    return f"{_READERS[reading].name}({text})"


def _words(*words: str) -> str:
    return ", ".join(literal(word) for word in words)
