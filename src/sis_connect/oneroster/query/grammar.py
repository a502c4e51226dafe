"""The filter grammar: text to a value that says exactly what was asked.

    filter    = clause [ SP ( "AND" / "OR" ) SP clause ]
    clause    = field predicate "'" value "'"
    predicate = "=" / "!=" / ">" / ">=" / "<" / "<=" / "~"

A quote in a value is written twice; at most one AND or OR. Here: parsing, and refusing what does not follow. Not here:
which element a name means (`elements`) and what a value compares as (`readings`). Serves query grammar, filtering.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.oneroster.query.elements import find_element
from sis_connect.oneroster.query.faults import FilterError, QueryFault
from sis_connect.oneroster.query.readings import Predicate, read_wanted

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.query.elements import Element
    from sis_connect.oneroster.query.readings import Comparable

#: Characters of a filter: more than an address that servers accept, little enough that no filter costs much.
LONGEST_FILTER = 8_000

_CLAUSE = re.compile(r"([^\s'=!<>~]+)(!=|>=|<=|=|>|<|~)'([^']*(?:''[^']*)*)'")
_LOGICAL = re.compile(r" (AND|OR) ")
#: No text: NUL ends it in some databases, and a lone surrogate has no encoding.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class Logical(StrEnum):
    """How two clauses go together."""

    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison."""

    element: Element
    predicate: Predicate
    #: As it was meant, quotes single.
    value: str
    #: What `value` compares as; None for "no value". Of lists each item of `value` is compared by itself.
    wanted: Comparable | None


@dataclass(frozen=True, slots=True)
class Filter:
    """One clause, or two that a logical operator joins."""

    clauses: tuple[Clause, ...]
    logical: Logical = Logical.AND

    def __str__(self) -> str:
        """The filter as the grammar writes it; parsing that gives the same filter."""
        written = (write_clause(one.element.name, one.predicate, one.value) for one in self.clauses)
        return f" {self.logical} ".join(written)


def parse_filter(text: str, entity: Entity) -> Filter:
    """What a filter, already freed from percent-encoding, asks of an entity's records; FilterError when refused."""
    if len(text) > LONGEST_FILTER or is_no_text(text):
        raise FilterError(QueryFault.SYNTAX)
    first, position = _parse_clause(text, 0, entity)
    if position == len(text):
        return Filter((first,))
    logical = _LOGICAL.match(text, position)
    if logical is None:
        raise FilterError(QueryFault.SYNTAX)
    second, position = _parse_clause(text, logical.end(), entity)
    if position != len(text):
        # A second operator would need a precedence, which the standard does not give.
        raise FilterError(QueryFault.SYNTAX)
    return Filter((first, second), Logical(logical[1]))


def write_clause(name: str, predicate: Predicate, value: str) -> str:
    """The clause as text, a quote in its value doubled."""
    doubled = value.replace("'", "''")
    return f"{name}{predicate}'{doubled}'"


def is_no_text(text: str) -> bool:
    """True when some character cannot be part of a query."""
    return _NO_TEXT.search(text) is not None


def _parse_clause(text: str, position: int, entity: Entity) -> tuple[Clause, int]:
    """The clause that begins there, and where it ends."""
    match = _CLAUSE.match(text, position)
    if match is None:
        raise FilterError(QueryFault.SYNTAX)
    name, predicate, value = match[1], Predicate(match[2]), match[3].replace("''", "'")
    element = find_element(entity, name)
    if element is None:
        raise FilterError(QueryFault.UNKNOWN_FIELD, name)
    try:
        wanted = read_wanted(element.reading, predicate, value)
    except ValueError as error:
        raise FilterError(QueryFault.WRONG_TYPE, name) from error
    return Clause(element, predicate, value, wanted), match.end()
