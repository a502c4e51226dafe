"""Rules about identifiers: a sourcedId is well formed and names one record of its file.

They hold for deleted records too. Records that are equal in every value are one record exported twice. Records
that differ are never guessed at: all of them are out. Not here: usernames and e-mail addresses (`roster_rules`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifier, identifiers, literal
from sis_connect.oneroster import values
from sis_connect.sync.check.record_rules import Condition, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.oneroster.snapshot import SealedFile
    from sis_connect.sync.check.ledger import Ledger


def check_identifiers(ledger: Ledger, entity: Entity) -> None:
    """Identifiers that break the standard or are shared are findings; records equal to another are used once.

    Those that share one are settled.
    """
    file = ledger.file(entity)
    if file is None:
        return
    field = entity.field("sourced_id")
    received = f"received_{entity.table}"
    # Hashes are a third of the identifiers' size; what they make suspicious is then compared letter by letter.
    [[malformed, records, hashes]] = ledger.frames.execute(
        f"SELECT count_if({_is_malformed(field)}), count(*), count(DISTINCT hash(sourced_id)) FROM {received}"
    ).fetchall()
    if records > hashes:
        _check_twins(ledger, entity, file)
        ledger.settle(entity)
    if malformed:
        judge(ledger, entity, received, tuple(_conditions(field)))


def _is_malformed(field: Field) -> str:
    return f"regexp_full_match({identifier(field.column)}, {literal(values.GUID_PATTERN)}) IS NOT TRUE"


def _conditions(field: Field) -> Iterator[Condition]:
    text = identifier(field.column)
    faulty = values.is_faulty(field, text)
    wrong = {
        "record.missing_required": values.is_blank(text),
        "value.guid_too_long": f"length({text}) > 255",
        "value.guid_control_characters": f"({faulty} AND length({text}) <= 255)",
        "value.guid_characters": f"({values.is_repaired(field, text)} AND NOT {faulty})",
    }
    for code, where in wrong.items():
        yield Condition(code, field.column, where, sieve=_is_malformed(field))


def _check_twins(ledger: Ledger, entity: Entity, file: SealedFile) -> None:
    received = f"(FROM received_{entity.table} WHERE sourced_id <> '')"
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
