"""The typed views over the records: `clean_<table>`, those that may be used, and `judged_<table>`, those judged.

A clean record is neither quarantined nor deleted, every value has its type, a blank status is active, lists are
never NULL, and values that were found unusable are gone. A judged record may be out, and is only not deleted and no
copy of another. Not here: which records and values those are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import identifier, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.model import Entity, Field, FieldType
from sis_connect.sync.check.record_rules import FIRST_DATE, LAST_DATE

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

#: Small, and read many times: kept as tables. The others are read from the sealed file each time.
_KEPT = ("orgs", "academicSessions", "courses", "classes")

_DEFAULTS = {
    ("classes", "class_type"): "'scheduled'",
    ("users", "enabled_user"): "true",
    ("academicSessions", "school_year"): "CAST(year({end_date}) AS INTEGER)",
}


def define_clean(ledger: Ledger, entity: Entity) -> None:
    """`clean_<table>` shows the usable records as far as known now; defining it again later shows less."""
    _define(ledger, entity, "clean", ledger.left_out(entity))


def define_judged(ledger: Ledger, entity: Entity) -> None:
    """`judged_<table>` shows every record that is not deleted and no copy, usable or not, as far as known now."""
    _define(ledger, entity, "judged", ledger.set_aside(entity))


def _define(ledger: Ledger, entity: Entity, name: str, out: str | None) -> None:
    mended = ledger.mended_columns(entity)
    columns = ", ".join(
        f"{_expression(entity, field, mended)} AS {identifier(field.column)}" for field in entity.fields
    )
    query = f'SELECT r."row", r.line, {columns} FROM received_{entity.table} r'
    if mended:
        query += f' LEFT JOIN ({_mended(entity, mended)}) m ON m."row" = r."row"'
    if out:
        query += f' WHERE NOT EXISTS (FROM ({out}) x WHERE x."row" = r."row")'
    ledger.frames.execute(f"CREATE OR REPLACE VIEW {name}_{entity.table} AS {query}")


def keep_clean(ledger: Ledger, entity: Entity) -> None:
    """`clean_<table>` and `judged_<table>` are final; where the first is small its rows are kept ready."""
    define_clean(ledger, entity)
    if ledger.left_out(entity):
        define_judged(ledger, entity)
    else:
        ledger.frames.execute(f"CREATE OR REPLACE VIEW judged_{entity.table} AS FROM clean_{entity.table}")
    if entity.name in _KEPT:
        kept = f"check_kept_{entity.table}"
        ledger.frames.execute(f"CREATE OR REPLACE TABLE {kept} AS FROM clean_{entity.table}")
        ledger.frames.execute(f"CREATE OR REPLACE VIEW clean_{entity.table} AS FROM {kept}")


def _expression(entity: Entity, field: Field, mended: tuple[str, ...]) -> str:
    value = _value(entity, field)
    own = identifier(field.column)
    if field.column not in mended:
        return value
    if field.type.is_list:
        shown = f"list_transform({value}, lambda i: CASE WHEN map_contains(m.{own}, i) THEN m.{own}[i] ELSE i END)"
        return f"CASE WHEN m.{own} IS NULL THEN {value} ELSE list_filter({shown}, lambda i: i IS NOT NULL) END"
    shown = f"CAST(m.{own}[1] AS DATE)" if field.type is FieldType.DATE else f"m.{own}[1]"
    return f"CASE WHEN len(m.{own}) > 0 THEN {shown} ELSE {value} END"


def _value(entity: Entity, field: Field) -> str:
    if field.is_secret:
        return "CAST(NULL AS VARCHAR)"
    text = f"r.{identifier(field.column)}"
    value = values.parsed(field, text)
    if field.type is FieldType.DATE and not field.is_personal:
        value = _within_reach(value)
    value = _fast(field, text, value)
    if field.name == "status":
        return f"coalesce({value}, 'active')"
    if field.type.is_list:
        return f"coalesce({value}, [])"
    if (entity.name, field.column) in _DEFAULTS:
        default = _DEFAULTS[entity.name, field.column]
        if "{end_date}" in default:
            default = default.format(end_date=_value(entity, entity.field("end_date")))
        return f"coalesce({value}, {default})"
    return value


def _fast(field: Field, text: str, value: str) -> str:
    """SQL: the same value, several times faster where the text is written as the standard says."""
    match field.type:
        case FieldType.DATE:
            date = f"TRY_CAST({text} AS DATE)"
            is_plain = f"{text} BETWEEN '{FIRST_DATE}' AND '{LAST_DATE}' AND CAST({date} AS VARCHAR) = {text}"
            return f"CASE WHEN {is_plain} THEN {date} ELSE {value} END"
        case FieldType.ENUMERATION:
            listed = ", ".join(literal(word) for word in field.values)
            return f"CASE WHEN {text} IN ({listed}) THEN {text} ELSE {value} END"
        case FieldType.BOOLEAN:
            return f"CASE {text} WHEN 'true' THEN true WHEN 'false' THEN false ELSE {value} END"
        case FieldType.STRING:
            # The only blank of ASCII is the space, and all that sorts before it is no letter.
            is_bare = f"strlen({text}) = length({text}) AND {text} > '!' AND NOT ends_with({text}, ' ')"
            return f"CASE WHEN {is_bare} THEN {text} ELSE {value} END"
        case _:
            return value


def _within_reach(date: str) -> str:
    """SQL: the date, brought back between the first and the last that are meant as dates; NULL stays NULL."""
    first, last = f"DATE '{FIRST_DATE}'", f"DATE '{LAST_DATE}'"
    # A date takes much SQL to read; said three times it would cost more to plan than small rosters do to check.
    near = f"CASE WHEN d < {first} THEN {first} WHEN d > {last} THEN {last} ELSE d END"
    return f"list_transform([{date}], lambda d: {near})[1]"


def _mended(entity: Entity, columns: tuple[str, ...]) -> str:
    gathered = []
    for column in columns:
        of_column = f"FILTER (WHERE column_name = {literal(column)})"
        sql = f"list(value) {of_column}"
        if entity.field(column).type.is_list:
            sql = f"map_from_entries(list(DISTINCT {{'k': item, 'v': value}}) {of_column})"
        gathered.append(f"{sql} AS {identifier(column)}")
    return f'SELECT "row", {", ".join(gathered)} FROM check_mended WHERE entity = {literal(entity.name)} GROUP BY "row"'
