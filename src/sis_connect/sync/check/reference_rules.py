"""Rules about references: what a record refers to is in the package and can be used.

A required reference takes its record along: quarantined with what is unknown or quarantined, deleted with what
is deleted (OneRoster: deleting a parent says nothing about its children). An optional one is dropped, and so is an
item of a list; only a class goes with a quarantined term, since nobody knows how long the class lasts. An item of a
list names the record whose identifier it equals, and where there is none, the one it equals without the blanks
around it. Not here: what a reference means, for example that a class is taught in a school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.findings import Severity
from sis_connect.frames import count, identifier, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.ledger import printable
from sis_connect.sync.check.rules.references import REFERRED
from sis_connect.sync.check.tolerances import takes_along

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity, Field
    from sis_connect.sync.check.ledger import Ledger


def check_reference(ledger: Ledger, entity: Entity, field: Field, dangling: str | None = None) -> None:
    """Every value of a column that points at no clean record is a finding, with its consequence.

    `dangling` is a query for `row` and `target` of such values, where the caller knows a cheaper one.
    """
    if ledger.file(entity) is None or field.refers_to is None:
        return
    parent = ENTITIES[field.refers_to]
    if field.type.is_list:
        _read_lists(ledger, entity, field, parent)
    if not _classify(ledger, parent, dangling or _dangling(ledger, entity, field, parent)):
        return
    if takes_along(entity, field):
        _take_along(ledger, entity, field)
    elif (entity.name, field.column) == ("classes", "term_sourced_ids"):
        _do_without_terms(ledger, entity, field)
    else:
        _do_without(ledger, entity, field)


def _dangling(ledger: Ledger, entity: Entity, field: Field, parent: Entity) -> str:
    text = identifier(field.column)
    live = f"live_{entity.table}"
    rings = f"(FROM check_rings WHERE entity = {literal(entity.name)})"
    if parent is entity and count(ledger.frames, rings):
        # A record that is out for what it refers to is not told so twice.
        live = f'(FROM {live} ANTI JOIN {rings} USING ("row"))'
    usable = f"ANTI JOIN clean_{parent.table} p ON p.sourced_id"
    if not field.type.is_list:
        return f"SELECT d.\"row\", d.{text} AS target FROM {live} d {usable} = d.{text} WHERE d.{text} <> ''"
    return f"""
        SELECT d."row", lost.item, lost.target FROM {live} d JOIN (
            SELECT d.list, d.item, d.target FROM check_lists d {usable} = d.target
        ) lost ON lost.list = d.{text}"""


def _read_lists(ledger: Ledger, entity: Entity, field: Field, parent: Entity) -> None:
    """`check_lists` holds every list once, its items and the identifier that each means; `clean_` shows the latter."""
    text = identifier(field.column)
    live = f"live_{entity.table}"
    ledger.keep(
        "lists",
        f"""
        SELECT list, item, item AS target FROM (
            SELECT list, unnest(list_distinct({values.parsed(field, "list")})) AS item
            FROM (SELECT DISTINCT {text} AS list FROM {live} WHERE {text} <> ''))""",
    )
    with_blanks = values.has_list_blanks("list")
    if not count(ledger.frames, f"check_lists WHERE {with_blanks}"):
        return
    ledger.frames.execute(
        f"""
        UPDATE check_lists SET target = trim(item) WHERE item <> trim(item)
        AND item NOT IN (SELECT sourced_id FROM received_{parent.table} WHERE sourced_id IS NOT NULL)"""
    )
    # An identifier may begin or end with a blank, and then the list is as it should be.
    odd = f"""
        SELECT list FROM check_lists WHERE {with_blanks}
        GROUP BY list HAVING NOT bool_or(item <> trim(item) AND item = target)"""
    offenders = f'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM {live} SEMI JOIN ({odd}) o ON o.list = {text}'
    ledger.enter("value.list_blanks", entity, offenders, column=field.column)
    if ledger.severity("value.list_blanks") is Severity.ERROR:
        # Taking "a, b" as "a,b" is a repair: the record is out, and what the list may have meant is not asked.
        ledger.frames.execute(f"DELETE FROM check_lists WHERE list IN ({odd})")
        return
    meant = f"""
        SELECT d."row", l.item, l.target AS value FROM {live} d JOIN check_lists l ON l.list = d.{text}
        SEMI JOIN clean_{parent.table} p ON p.sourced_id = l.target WHERE l.item <> l.target"""
    ledger.mend(entity, field.column, meant)


def _classify(ledger: Ledger, parent: Entity, dangling: str) -> int:
    """`check_dangling` holds row, target and why the target cannot be used; returns how many there are."""
    # Mostly nothing dangles, and then nothing more needs to be asked.
    if not ledger.keep("dangling", dangling):
        return 0
    name = literal(parent.name)
    return ledger.keep(
        "dangling",
        f"""
        SELECT d.*,
            CASE WHEN d.target IN (SELECT sourced_id FROM quarantine WHERE entity = {name} AND sourced_id IS NOT NULL)
                THEN 'quarantined'
            WHEN d.target IN (SELECT sourced_id FROM tobedeleted WHERE entity = {name} AND sourced_id IS NOT NULL)
                THEN 'deleted'
            ELSE 'unknown' END AS fate
        FROM check_dangling d""",
    )


def _take_along(ledger: Ledger, entity: Entity, field: Field) -> None:
    name = REFERRED[str(field.refers_to)]
    for fate in ("unknown", "quarantined", "deleted"):
        rows = f'SELECT "row", {printable("target")} AS detail FROM check_dangling WHERE fate = {literal(fate)}'
        ledger.enter(f"reference.{fate}_{name}", entity, rows, column=field.column)
    ledger.delete("SELECT \"row\" FROM check_dangling WHERE fate = 'deleted'")


def _do_without(ledger: Ledger, entity: Entity, field: Field, dangling: str = "check_dangling") -> None:
    name = REFERRED[str(field.refers_to)]
    rows = f"SELECT DISTINCT \"row\", fate || ': ' || {printable('target')} AS detail FROM {dangling}"
    ledger.enter(f"reference.ignored_{name}", entity, rows, column=field.column)
    item = "item, " if field.type.is_list else ""
    ledger.mend(entity, field.column, f'SELECT "row", {item}CAST(NULL AS VARCHAR) AS value FROM {dangling}')


def _do_without_terms(ledger: Ledger, entity: Entity, field: Field) -> None:
    """A class goes with a quarantined term, and with its last one; it does without a term that never was or is gone."""
    rows = f"SELECT \"row\", {printable('target')} AS detail FROM check_dangling WHERE fate = 'quarantined'"
    ledger.enter("reference.quarantined_academic_session", entity, rows, column=field.column)
    _do_without(ledger, entity, field, "(FROM check_dangling WHERE fate <> 'quarantined')")
    _require_a_term(ledger, entity, field)


def _require_a_term(ledger: Ledger, entity: Entity, field: Field) -> None:
    """A class of which every term is gone is gone too: deleted when all its terms are, otherwise quarantined."""
    items = values.parsed(field, identifier(field.column))
    ledger.frames.execute(
        f"""
        CREATE OR REPLACE TABLE check_termless AS
        SELECT c."row", bool_and(d.fate = 'deleted') AS is_deleted
        FROM live_{entity.table} c JOIN check_dangling d USING ("row")
        GROUP BY c."row" HAVING count(DISTINCT d.item) = any_value(len(list_distinct({items})))
            AND NOT bool_or(d.fate = 'quarantined')"""
    )
    no_detail = 'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM check_termless WHERE'
    ledger.enter("roster.class_without_term", entity, f"{no_detail} NOT is_deleted", column=field.column)
    ledger.enter("reference.deleted_academic_session", entity, f"{no_detail} is_deleted", column=field.column)
    ledger.delete('SELECT "row" FROM check_termless WHERE is_deleted')
