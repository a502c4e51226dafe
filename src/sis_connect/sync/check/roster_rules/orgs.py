"""Roster sense of orgs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run
from sis_connect.sync.check.roster_rules.trees import check_cycles

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_ORGS = ENTITIES["orgs"]

_DOUBTS = (
    Query(
        "roster.orgs_share_identifier",
        """
        SELECT "row", count(*) OVER (PARTITION BY lower(identifier)) || ' schools have it' AS detail
        FROM judged_orgs WHERE type = 'school' AND identifier IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY lower(identifier)) > 1""",
        "identifier",
    ),
    Query(
        "roster.orgs_share_name",
        """
        SELECT "row", count(*) OVER (PARTITION BY lower(name)) || ' schools have it' AS detail
        FROM judged_orgs WHERE type = 'school'
        QUALIFY count(*) OVER (PARTITION BY lower(name)) > 1""",
        "name",
    ),
)
_WITHOUT_CLASSES = Query(
    "roster.school_without_classes",
    """
    SELECT o."row", CAST(NULL AS VARCHAR) AS detail
    FROM clean_orgs o ANTI JOIN clean_classes c ON c.school_sourced_id = o.sourced_id WHERE o.type = 'school'""",
)


def check_errors(ledger: Ledger) -> None:
    """Orgs that cannot be placed are out."""
    check_cycles(ledger, _ORGS, "roster.org_cycle")


def check_doubts(ledger: Ledger) -> None:
    """What a person should look at, once everything is judged."""
    if ledger.file(_ORGS) is None:
        return
    run(ledger, _ORGS, _DOUBTS)
    schools = count(ledger.frames, "(FROM clean_orgs WHERE type = 'school')")
    if not schools:
        ledger.enter_many("roster.no_school", _ORGS, 1)
    elif ledger.file(ENTITIES["classes"]) is not None:
        run(ledger, _ORGS, (_WITHOUT_CLASSES,))
