"""A rule of roster sense as a value: a code and the query that finds what breaks it.

`getvariable('as_of')` is the day of the check, in every query. Not here: the queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sync.check.ledger import SINGLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.oneroster.model import Entity
    from sis_connect.sync.check.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Query:
    """Finds the records of one entity that break one rule."""

    code: str
    #: Gives `row` and `detail`.
    sql: str
    column: str | None = None
    singles: int = SINGLES


def run(ledger: Ledger, entity: Entity, queries: Iterable[Query]) -> None:
    """Everything the queries return is in the ledger."""
    for query in queries:
        ledger.enter(query.code, entity, query.sql, column=query.column, singles=query.singles)
