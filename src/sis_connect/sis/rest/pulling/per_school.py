"""Reading below schools, for providers that refuse to give the whole district at once.

Here: which schools there are by the orgs just read, and the listings below each. A school that is to be deleted has
none. Not here: how the listings become one collection again (`sealing`). Serves the REST binding, derived collections.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.values import parsed
from sis_connect.sis.rest.paging.listing import Listing
from sis_connect.sis.rest.pulling.sealing import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sis.rest.pulling.derived import Beside


def find_schools(frames: Frames, parts: Sequence[Path]) -> list[str]:
    """The ids of the schools among the orgs in these parts, in order."""
    orgs = ENTITIES["orgs"]
    kind, status = parsed(orgs.field("type"), "type"), parsed(orgs.field("status"), "status")
    rows = frames.execute(
        f"SELECT DISTINCT sourced_id FROM {scan(orgs, parts)} "
        f"WHERE {kind} = 'school' AND {status} IS DISTINCT FROM 'tobedeleted' ORDER BY sourced_id"
    ).fetchall()
    return [str(sourced_id) for (sourced_id,) in rows]


def listings_below(schools: Iterable[str], operations: Iterable[Operation]) -> list[Listing]:
    """One listing of each operation below each school."""
    operations = tuple(operations)
    return [
        Listing(operation, operation.path_with(school_id=school), _name(operation, school), may_be_absent=True)
        for school in schools
        for operation in operations
    ]


def whole(operations: Iterable[Operation]) -> list[Listing]:
    """The listings of operations that have no id in their path."""
    return [Listing(operation, operation.path, operation.id) for operation in operations]


def beside(others: Iterable[Beside]) -> list[Listing]:
    """The listings of what others lack."""
    return [
        Listing(
            other.operation,
            other.operation.path,
            f"{other.operation.id}.others",
            filter=other.filter,
            finding_without=other.finding,
        )
        for other in others
    ]


def _name(operation: Operation, school: str) -> str:
    # Ids may hold what no file name can.
    return f"{operation.id}-{hashlib.sha256(school.encode()).hexdigest()[:24]}"
