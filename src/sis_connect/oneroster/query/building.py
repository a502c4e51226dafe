"""Filters as a consumer writes them: nothing that the standard leaves open.

Here: conditions to the text of a filter. Percent-encoding is the address's business. A consumer sends at most one
logical operator, and no value with a quote: how a quote is written inside a value is not defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.query.faults import FilterError, QueryFault
from sis_connect.oneroster.query.grammar import Logical, parse_filter, write_clause
from sis_connect.oneroster.query.readings import Predicate

if TYPE_CHECKING:
    from datetime import datetime

    from sis_connect.oneroster.model import Entity


class Condition(NamedTuple):
    """One comparison to be asked for."""

    field: str
    predicate: Predicate
    value: str


def build_filter(entity: Entity, first: Condition, second: Condition | None = None, by: Logical = Logical.AND) -> str:
    """The filter that asks for one or two conditions, joined `by` an operator.

    FilterError for a field that the entity has not, a value not of its type, and, as UNQUOTABLE, a value that cannot
    be written so that every provider reads it alike: with a quote, or with characters that do not print. Then the
    caller reads everything and filters with `matches`.
    """
    conditions = (first,) if second is None else (first, second)
    for condition in conditions:
        if "'" in condition.value or not condition.value.isprintable():
            raise FilterError(QueryFault.UNQUOTABLE, condition.field)
    text = f" {by} ".join(write_clause(*condition) for condition in conditions)
    # A name may hold a whole clause; what is asked for is judged by what a provider would read.
    read_as = (Condition(one.element.name, one.predicate, one.value) for one in parse_filter(text, entity).clauses)
    for meant, understood in zip(conditions, read_as, strict=False):
        if meant != understood:
            raise FilterError(QueryFault.UNKNOWN_FIELD, meant.field)
    return text


def changed_since(moment: datetime, predicate: Predicate = Predicate.ABOVE) -> Condition:
    """The condition of a delta (delta over REST): changed after that moment, which is cut to milliseconds, never later.

    The overlap that a delta needs is the caller's to take off first. ValueError for a moment without a time zone.
    """
    return Condition("dateLastModified", predicate, format_moment(moment))
