"""Parameters of the operations, derived from the query rules (queries: pagination, sorting, filtering, selection).

Here: ids of paths, and what a list or one record may be asked. A filter is described by a pattern that knows the names
of its collection, so that whoever makes requests from the document makes some that mean something.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.query import Predicate
from sis_connect.oneroster.query.elements import find_element, property_names
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.openapi.records import GUID

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sandbox.sis.openapi.records import Schema
    from sis_connect.sandbox.sis.settings import SisSettings

#: What may stand after a field's name and a dot.
_PARTS = ("sourcedId", "type", "identifier")
_VALUE = "'([^']|'')*'"


def path_parameters(operation: Operation) -> list[Schema]:
    """The ids of the path, in order."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": "A sourcedId, percent-encoded as one segment.",
            "schema": dict(GUID),
        }
        for name in operation.parameters
    ]


def query_parameters(operation: Operation, settings: SisSettings) -> list[Schema]:
    """What may be asked of the operation."""
    entity = ENTITIES[operation.entity]
    if operation.kind is Kind.LIST:
        return [*_paging(settings), *_ordering(entity), _filter(entity), _fields(entity)]
    return [_fields(entity)] if operation.kind is Kind.ONE else []


def queryable_names(entity: Entity) -> list[str]:
    """Every name that a filter may use, without those of metadata."""
    names = [name for name in property_names(entity) if find_element(entity, name)]
    parts = [f"{name}.{part}" for name in names for part in _PARTS if find_element(entity, f"{name}.{part}")]
    return names + parts


def _paging(settings: SisSettings) -> list[Schema]:
    return [
        _asked(
            "limit",
            f"Records of a page at most; more than {settings.highest_limit} are never given.",
            {"type": "integer", "minimum": 1, "default": settings.default_limit},
        ),
        _asked("offset", "Records to leave out first.", {"type": "integer", "minimum": 0, "default": 0}),
    ]


def _ordering(entity: Entity) -> list[Schema]:
    names = queryable_names(entity)
    return [
        _asked(
            "sort",
            "The field to sort by; a name that no field has is a warning. Ties, and lists without it, go by sourcedId.",
            {"type": "string", "examples": names},
        ),
        _asked("orderBy", "The direction of `sort`.", {"type": "string", "enum": ["asc", "desc"], "default": "asc"}),
    ]


def _filter(entity: Entity) -> Schema:
    names = "|".join([*map(re.escape, queryable_names(entity)), "metadata\\.[A-Za-z0-9_.]+"])
    predicates = "|".join(sorted(Predicate, key=len, reverse=True))
    clause = f"({names})({predicates}){_VALUE}"
    description = (
        "One comparison, or two with AND or OR between them. The predicates are"
        f" {', '.join(f'`{predicate}`' for predicate in Predicate)}, where `~` means: contains."
        " A quote in a value is written twice."
    )
    return _asked("filter", description, {"type": "string", "pattern": f"^{clause}( (AND|OR) {clause})?$"})


def _fields(entity: Entity) -> Schema:
    return _asked(
        "fields",
        "Names of properties with commas between them; a name that no property has is a warning.",
        {"type": "string", "minLength": 1, "examples": [",".join(property_names(entity)[:3])]},
    )


def _asked(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema}
