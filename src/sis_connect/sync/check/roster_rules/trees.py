"""Cycles among parents: orgs and sessions form trees.

Not here: whether a parent exists (`reference_rules`) or is of the right type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import literal

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity
    from sis_connect.sync.check.ledger import Ledger


def check_cycles(ledger: Ledger, entity: Entity, code: str) -> None:
    """Every record that is its own ancestor is a finding, and then one of `check_rings`.

    Following parents twice as far in each round, a record that still has an ancestor after as many steps as there
    are records has one in a cycle, and every record of a cycle is such an ancestor: n log n for n records.
    """
    records = ledger.keep(
        "leaps",
        f"""
        SELECT c.sourced_id, p.sourced_id AS ancestor
        FROM judged_{entity.table} c JOIN judged_{entity.table} p ON p.sourced_id = c.parent_sourced_id""",
    )
    steps, left = 1, records
    while steps <= records and left:
        left = ledger.keep(
            "leaps",
            "SELECT a.sourced_id, b.ancestor FROM check_leaps a JOIN check_leaps b ON b.sourced_id = a.ancestor",
        )
        steps *= 2
    if not left:
        return
    ledger.enter(
        code,
        entity,
        f"""
        SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_{entity.table}
        WHERE sourced_id IN (SELECT ancestor FROM check_leaps)""",
        column="parent_sourced_id",
    )
    ledger.frames.execute(f'INSERT INTO check_rings SELECT {literal(entity.name)}, "row" FROM check_offenders')
