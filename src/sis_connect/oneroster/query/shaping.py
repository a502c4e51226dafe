"""What a query asks about the shape of an answer: `sort` with `orderBy`, and `fields`.

Here: parsing both, and cutting a record to the fields asked for. An unknown name here is a warning beside the full
answer, unlike in a filter (mapping of query problems); the caller says so in its payload, one entry each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.oneroster.query.elements import find_element, property_names
from sis_connect.oneroster.query.faults import QueryError, QueryFault
from sis_connect.oneroster.query.grammar import is_no_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.query.elements import Element

_ORDERS = {"asc": False, "desc": True}


@dataclass(frozen=True, slots=True)
class Sort:
    """In what order records are wanted."""

    #: None for the default order, by sourcedId.
    element: Element | None = None
    is_descending: bool = False
    #: The name that no field has; a warning `invalid_sort_field`, and the default order.
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which properties of a record are wanted."""

    #: None for all of them.
    names: frozenset[str] | None = None
    #: The names that no field has; a warning `invalid_selection_field`, and all properties.
    unknown: tuple[str, ...] = ()

    def of(self, record: Mapping[str, object]) -> dict[str, object]:
        """Exactly the wanted properties of a record, in the record's order; not even sourcedId unless asked for."""
        names = self.names
        return {name: value for name, value in record.items() if names is None or name in names}


def parse_sort(sort: str | None, order_by: str | None, entity: Entity) -> Sort:
    """The order asked for; QueryError for an `orderBy` that is neither `asc` nor `desc`.

    A list that only JSON has has no order to sort by, and counts as unknown.
    """
    if order_by is not None and order_by not in _ORDERS:
        raise QueryError(QueryFault.WRONG_ORDER, "orderBy")
    if sort is None:
        return Sort()
    element = None if is_no_text(sort) else find_element(entity, sort)
    if element is None or element.link is not None:
        return Sort(unknown=sort)
    return Sort(element, is_descending=_ORDERS[order_by or "asc"])


def parse_fields(fields: str | None, entity: Entity) -> Selection:
    """The selection asked for; QueryError when it is blank. Names with dots are not defined here, and so unknown."""
    if fields is None:
        return Selection()
    names = [name for part in fields.split(",") if (name := part.strip())]
    if not names:
        raise QueryError(QueryFault.BLANK_SELECTION, "fields")
    known = frozenset(property_names(entity))
    unknown = tuple(dict.fromkeys(name for name in names if name not in known))
    return Selection(unknown=unknown) if unknown else Selection(frozenset(names))
