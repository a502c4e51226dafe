"""Roster sense of line items and results; schools may mean most of what looks odd here, so nothing is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_LINE_ITEM_DOUBTS = (
    Query(
        "roster.line_item_due_before_assigned",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_line_items WHERE due_date < assign_date',
        "due_date",
    ),
    Query(
        "roster.line_item_range_reversed",
        """
        SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_line_items
        WHERE result_value_min > result_value_max""",
        "result_value_max",
    ),
)
_RESULT_DOUBTS = (
    Query(
        "roster.score_above_maximum",
        """
        SELECT r."row", CAST(NULL AS VARCHAR) AS detail
        FROM judged_results r JOIN clean_line_items i ON i.sourced_id = r.line_item_sourced_id
        WHERE r.score > i.result_value_max AND i.result_value_min <= i.result_value_max""",
        "score",
    ),
    Query(
        "roster.result_repeated",
        """
        SELECT "row", count(*) OVER twins || ' results' AS detail FROM judged_results
        WHERE line_item_sourced_id IS NOT NULL AND student_sourced_id IS NOT NULL
        WINDOW twins AS (PARTITION BY line_item_sourced_id, student_sourced_id) QUALIFY count(*) OVER twins > 1""",
        "student_sourced_id",
    ),
)


def check_doubts(ledger: Ledger) -> None:
    """What a person should look at, where the package has a grade book."""
    for name, doubts in {"lineItems": _LINE_ITEM_DOUBTS, "results": _RESULT_DOUBTS}.items():
        if ledger.file(ENTITIES[name]) is not None:
            run(ledger, ENTITIES[name], doubts)
