"""Rules about identifiers: a sourcedId names one record of its file.

Records that are equal in every value are one record exported twice. Records that differ are never guessed at:
all of them are out. Not here: usernames and e-mail addresses, which are roster sense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifiers

if TYPE_CHECKING:
    from sis_connect.oneroster.schema import Entity
    from sis_connect.sync.check.ledger import Ledger


def check_unique(ledger: Ledger, entity: Entity) -> None:
    """Records that share a sourcedId are findings; those equal to another are used once."""
    file = ledger.file(entity)
    if file is None:
        return
    received = f"(FROM received_{entity.table} WHERE sourced_id <> '')"
    # Hashes are a third of the identifiers' size; what they make suspicious is then compared letter by letter.
    [[records, hashes]] = ledger.frames.execute(
        f"SELECT count(*), count(DISTINCT hash(sourced_id)) FROM {received}"
    ).fetchall()
    if records == hashes:
        return
    columns = identifiers((*entity.columns, *file.metadata_columns))
    ledger.frames.execute(
        f"""
        CREATE OR REPLACE TABLE check_twins AS
        WITH suspects AS (SELECT hash(sourced_id) AS hash FROM {received} GROUP BY ALL HAVING count(*) > 1),
        records AS (
            SELECT r."row", r.sourced_id, CAST([{columns}] AS VARCHAR[]) AS content
            FROM {received} r SEMI JOIN suspects s ON hash(r.sourced_id) = s.hash),
        groups AS (
            SELECT sourced_id, count(*) AS records, count(DISTINCT content) AS contents, min("row") AS first
            FROM records GROUP BY sourced_id HAVING count(*) > 1)
        SELECT r."row", g.records || ' records have it' AS detail, g.contents = 1 AS is_equal,
            r."row" = g.first AS is_first
        FROM records r JOIN groups g USING (sourced_id)"""
    )
    differing = 'SELECT "row", detail FROM check_twins WHERE NOT is_equal'
    repeated = 'SELECT "row", detail FROM check_twins WHERE is_equal AND NOT is_first'
    ledger.enter("roster.duplicate_sourced_id", entity, differing, column="sourced_id")
    if ledger.enter("record.repeated", entity, repeated):
        ledger.exclude("record.repeated", repeated)
