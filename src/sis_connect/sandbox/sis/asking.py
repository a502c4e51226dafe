"""What a reading request asks: paging, filter, order and fields, understood once (query grammar).

Here: parameters in, a value out, refusals and warnings as the standard maps them. Not here: answering it (`reading`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import Kind
from sis_connect.oneroster.query import QueryError, Selection, Sort, parse_fields, parse_filter, parse_sort
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sandbox.sis.refusals import RefusedError, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.oneroster.operations import Operation
    from sis_connect.oneroster.query import Filter

_OF_LISTS = ("limit", "offset", "sort", "orderBy", "filter", "fields")
_OF_ONE = ("fields",)

#: More than any district has, and a number that the database can hold.
_FURTHEST = 2**53
_DIGITS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reading request asks."""

    #: Records at most, as clamped.
    limit: int
    #: Records to leave out first.
    offset: int
    filter: Filter | None
    sort: Sort
    fields: Selection

    def warnings(self, operation: str) -> list[StatusInfo]:
        """What the answer says beside its data: unknown names in `sort` and `fields` (mapping of query problems)."""
        minors = []
        if self.sort.unknown is not None:
            minors.append((CodeMinor.INVALID_SORT_FIELD, self.sort.unknown))
        if self.fields.unknown:
            minors.append((CodeMinor.INVALID_SELECTION_FIELD, ",".join(self.fields.unknown)))
        return [
            StatusInfo(CodeMajor.SUCCESS, Severity.WARNING, minor, description, operation)
            for minor, description in minors
        ]


def understand(
    operation: Operation, parameters: Sequence[tuple[str, str]], default_limit: int, highest_limit: int
) -> Asked:
    """What is asked of a list or of one record; raises RefusedError. Parameters it does not know mean nothing."""
    known = _OF_LISTS if operation.kind is Kind.LIST else _OF_ONE
    counts = Counter(name for name, _ in parameters if name in known)
    for name, count in counts.items():
        if count > 1:
            raise invalid_parameter(name)
    given = {name: value for name, value in parameters if name in known}
    entity = ENTITIES[operation.entity]
    try:
        return Asked(
            limit=min(_number(given, "limit", default_limit, lowest=1), highest_limit),
            offset=_number(given, "offset", 0, lowest=0),
            filter=parse_filter(given["filter"], entity) if "filter" in given else None,
            sort=parse_sort(given.get("sort"), given.get("orderBy"), entity),
            fields=parse_fields(given.get("fields"), entity),
        )
    except QueryError as error:
        raise RefusedError(400, CodeMinor(error.code_minor), error.description) from error


def _number(given: dict[str, str], name: str, otherwise: int, *, lowest: int) -> int:
    text = given.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS) or int(text) < lowest:
        raise invalid_parameter(name)
    return min(int(text), _FURTHEST)
