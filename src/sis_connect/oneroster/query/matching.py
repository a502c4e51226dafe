"""Whether a record, as it came over the wire, is what a filter asks for.

A consumer's own check on a provider that ignores filters or reads them in its own way; it agrees with what `sql` finds
in a table. Records may deviate as the digest of deviations tells: booleans and numbers in either form, references
without decoration, a list where one value is due and the other way round.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from sis_connect.oneroster.query.elements import Shape
from sis_connect.oneroster.query.grammar import Logical
from sis_connect.oneroster.query.lists import items_of, list_holds, readable
from sis_connect.oneroster.query.readings import holds, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.query.elements import Element
    from sis_connect.oneroster.query.grammar import Clause, Filter

_USER_ID_PARTS = {Shape.USER_ID_TYPES: "type", Shape.USER_ID_IDENTIFIERS: "identifier"}
_ID = "sourcedId"


def matches(filter_: Filter, record: Mapping[str, object]) -> bool:
    """Whether the record, a decoded JSON object, satisfies the filter; any JSON at all has an answer."""
    verdicts = (_satisfies(clause, record.get(clause.element.property)) for clause in filter_.clauses)
    return any(verdicts) if filter_.logical is Logical.OR else all(verdicts)


def metadata_text(content: str | None, key: str) -> str | None:
    """The value of a key in a JSON object given as text, itself as text; None where there is none, or no scalar."""
    return _scalar(_decoded(content).get(key))


def _satisfies(clause: Clause, value: object) -> bool:
    element = clause.element
    if element.shape.is_list:
        items = _items(element.shape, value)
        return list_holds(element.shape, element.reading, clause.predicate, items, clause.value)
    return holds(clause.predicate, read(element.reading, _text(element, value)), clause.wanted)


def _text(element: Element, value: object) -> str | None:
    """The text of a single value."""
    match element.shape:
        case Shape.METADATA:
            return _scalar(_metadata(value).get(element.key))
        case Shape.REFERENCE_TYPE:
            return element.type if readable(Shape.REFERENCES, element.reading, _references(value)) else None
        case Shape.REFERENCE:
            return next(iter(_references(value)), None)
        case _:
            return _scalar(_only(value))


def _items(shape: Shape, value: object) -> list[str]:
    """The items of a list, blank ones included."""
    if isinstance(value, str):
        return items_of(shape, value)
    if shape is Shape.REFERENCES:
        return _references(value)
    if part := _USER_ID_PARTS.get(shape):
        value = [one.get(part) for one in _listed(value) if isinstance(one, dict)]
    return [text for one in _listed(value) if (text := _scalar(one)) is not None]


def _references(value: object) -> list[str]:
    ids = [one.get(_ID) if isinstance(one, dict) else one for one in _listed(value)]
    return [text for id_ in ids if (text := _scalar(id_)) is not None]


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _only(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _scalar(value: object) -> str | None:
    """The text of a JSON scalar; the same for a number whether it was decoded as a float or with all its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return repr(float(value)) if isinstance(value, float | Decimal) else None


def _metadata(value: object) -> Mapping[str, object]:
    """Metadata as an object, also where a provider writes it as JSON inside a string."""
    if isinstance(value, str):
        return _decoded(value)
    return value if isinstance(value, dict) else {}


def _decoded(content: str | None) -> Mapping[str, object]:
    try:
        value = msgspec.json.decode(content or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
