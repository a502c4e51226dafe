"""Rules about one record at a time: values missing, unreadable, or read only by tolerance.

Every condition is derived from the schema and from how values are read; only the tolerances of the standard's
open points and a few matters of form are named here. Identifiers are judged where they are defined: a reference
to a record with an odd identifier is as good as the record. Not here: anything that looks at two records.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sis_connect.frames import count, identifier, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.model import Entity, Field, FieldType, Requirement
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.check.tolerances import TOLERATED, is_needed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sis_connect.oneroster.snapshot import SealedFile
    from sis_connect.sync.check.ledger import Ledger

#: Dates outside are meant as "no date"; `clean_` shows the nearest of these two.
FIRST_DATE, LAST_DATE = "1970-01-01", "2099-12-31"
#: Entities that begin and end. An end before the first of the two, or a beginning after the last, is not brought
#: back: it would say that nobody is enrolled.
_SPANS = {"enrollments": "value.date_out_of_time", "academicSessions": "roster.session_out_of_time"}
_BEGINNINGS = ("begin_date", "start_date")

_FAULTS = {
    FieldType.ENUMERATION: "value.unknown_enumeration",
    FieldType.ENUMERATIONS: "value.unknown_enumeration",
    FieldType.BOOLEAN: "value.not_a_boolean",
    FieldType.DATE: "value.not_a_date",
    FieldType.DATE_TIME: "value.not_a_date_time",
    FieldType.YEAR: "value.not_a_year",
    FieldType.USER_IDS: "value.not_user_ids",
}
_REPAIRS = {
    FieldType.ENUMERATION: "value.enumeration_repaired",
    FieldType.BOOLEAN: "value.boolean_repaired",
    FieldType.DATE: "value.date_repaired",
    FieldType.DATE_TIME: "value.date_time_repaired",
    FieldType.YEAR: "value.year_repaired",
    FieldType.USER_IDS: "value.user_ids_repaired",
}
_EXPECTED = {
    FieldType.DATE: "expected a date as YYYY-MM-DD",
    FieldType.DATE_TIME: "expected a moment in UTC as YYYY-MM-DDTHH:MM:SS.sssZ",
    FieldType.YEAR: "expected a year as YYYY",
    FieldType.FLOAT: "expected a number with a decimal point",
    FieldType.USER_IDS: "expected {type:identifier}",
}
_DAY_OR_MONTH = "other dates of this column begin with the day, so this one may be two; expected a date as YYYY-MM-DD"
_MARKS = ("status", "date_last_modified")
_NOT_ENROLLABLE = ("aide", "guardian", "parent", "relative")
_GRADE = "(IT|PR|PK|TK|KG|0[1-9]|1[0-3]|PS|UG|Other)"
_EMAIL = "[^@\\s]+@[^@\\s]+"
_PLAIN_EMAIL = "[!-?A-~]+@[!-?A-~]+"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that can be wrong with one column of one record."""

    code: str
    column: str
    #: SQL, true where it is wrong.
    where: str
    detail: str | None = None
    #: SQL, true wherever `where` is and cheaper; None for `where` itself.
    sieve: str | None = None
    #: True where the value is not used.
    is_dropped: bool = False
    #: True where one finding for the file says it, and no record is out for it.
    is_of_file: bool = False


def check_marks(ledger: Ledger, entity: Entity) -> None:
    """Status and dateLastModified are judged by the mode of the file; deleted records are known afterwards.

    `live_<table>` then reads what was received without the deleted.
    """
    file = ledger.file(entity)
    received = f"received_{entity.table}"
    status = entity.field("status")
    is_deleted = f"{values.parsed(status, 'status')} = 'tobedeleted'"
    live = f"SELECT * FROM {received}"
    if file is not None:
        has_suspects = judge(ledger, entity, received, tuple(_mark_conditions(entity, file)))
        # In a bulk file every mark is suspect.
        is_unmarked = _is_blank_by_rule(file) and not has_suspects
        if not is_unmarked and count(ledger.frames, f"{received} WHERE status <> ''"):
            ledger.delete(f'SELECT "row" FROM {received} WHERE {is_deleted}')
            live += f" WHERE ({is_deleted}) IS NOT TRUE"
    ledger.frames.execute(f"CREATE OR REPLACE VIEW live_{entity.table} AS {live}")


def check_records(ledger: Ledger, entity: Entity) -> None:
    """Every record that is not deleted is judged by itself."""
    if ledger.file(entity) is None:
        return
    relation = f"live_{entity.table}"
    judged = tuple(conditions(entity))
    if _holds_back(ledger, relation, judged):
        day_first = _day_first(ledger, entity, relation)
        _enter(ledger, entity, relation, tuple(conditions(entity, day_first)) if day_first else judged)


def conditions(entity: Entity, day_first: Collection[str] = ()) -> Iterator[Condition]:
    """What can be wrong with a record, by the schema, except its own identifier and its marks.

    `day_first` are columns of dates of which some can only begin with their day.
    """
    for field in entity.fields:
        if field.column not in ("sourced_id", *_MARKS):
            yield from _missing(entity, field)
            yield from _faulty(entity, field)
            yield from _repaired(field, is_doubtful=field.column in day_first)
            yield from _far(entity, field)
            if field.column in day_first:
                yield _either_first(entity, field)
            yield from _blanks(field)
            yield from _odd(field)
    if entity.name == "users":
        yield from _user_conditions()
    if entity.name == "demographics":
        yield _unborn(entity.field("birth_date"))


def judge(ledger: Ledger, entity: Entity, relation: str, judged: Sequence[Condition]) -> bool:
    """Conditions on the rows of a relation: one cheap pass for all, and only what it holds back is judged by each.

    False when the pass held nothing back.
    """
    if not _holds_back(ledger, relation, judged):
        return False
    _enter(ledger, entity, relation, judged)
    return True


def _suspects(relation: str, judged: Sequence[Condition]) -> str:
    sieves = " OR ".join(dict.fromkeys(condition.sieve or condition.where for condition in judged))
    return f"(FROM {relation} WHERE {sieves})"


def _holds_back(ledger: Ledger, relation: str, judged: Sequence[Condition]) -> bool:
    return count(ledger.frames, _suspects(relation, judged)) > 0


def _enter(ledger: Ledger, entity: Entity, relation: str, judged: Sequence[Condition]) -> None:
    suspects = _suspects(relation, judged)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition.where})" for condition in judged)
    [caught] = ledger.frames.execute(f"SELECT {counts} FROM {suspects}").fetchall()
    for condition, found in zip(judged, caught, strict=True):
        if not found:
            continue
        if condition.is_of_file:
            ledger.enter_many(condition.code, entity, found, column=condition.column)
            continue
        detail = "NULL" if condition.detail is None else literal(condition.detail)
        ledger.enter(
            condition.code,
            entity,
            f'SELECT "row", CAST({detail} AS VARCHAR) AS detail FROM {relation} WHERE {condition.where}',
            column=condition.column,
        )
        if condition.is_dropped:
            ledger.mend(entity, condition.column, 'SELECT "row", CAST(NULL AS VARCHAR) AS value FROM check_offenders')


def _day_first(ledger: Ledger, entity: Entity, relation: str) -> tuple[str, ...]:
    """Columns of dates that say by some value that days stand before months in them."""
    columns = [field.column for field in entity.fields if field.type is FieldType.DATE]
    if not columns:
        return ()
    counts = ", ".join(f"count_if({values.is_day_first(identifier(column))})" for column in columns)
    [found] = ledger.frames.execute(f"SELECT {counts} FROM {relation}").fetchall()
    return tuple(column for column, times in zip(columns, found, strict=True) if times)


def _is_blank_by_rule(file: SealedFile) -> bool:
    """True where the standard wants marks left out: in bulk files, while a service has to fill them in."""
    return file.mode is Mode.BULK and not file.is_served


def _mark_conditions(entity: Entity, file: SealedFile) -> Iterator[Condition]:
    fields = [entity.field(column) for column in _MARKS]
    mode = file.mode
    if _is_blank_by_rule(file):
        present = " OR ".join(f"NOT {values.is_blank(column)}" for column in _MARKS)
        yield Condition("record.status_in_bulk", "status", f"({present})", is_of_file=True)
    if mode is Mode.BULK:
        fields = fields[:1]
    for field in fields:
        if mode is Mode.DELTA:
            yield Condition("record.missing_in_delta", field.column, values.is_blank(field.column))
        yield from _faulty(entity, field, is_required=mode is Mode.DELTA and field.column == "status")
        yield from _repaired(field)


def _missing(entity: Entity, field: Field) -> Iterator[Condition]:
    code: str | None = "record.missing_required"
    where, sieve = _is_missing(field), _may_be_missing(field)
    if field.requirement is not Requirement.ALWAYS:
        return
    if (entity.name, field.column) in TOLERATED:
        code = TOLERATED[entity.name, field.column]
    if (entity.name, field.column) == ("users", "username"):
        email = values.parsed(entity.field("email"), "email")
        yield Condition("record.username_missing", field.column, f"({where} AND {email} IS NOT NULL)", sieve=sieve)
        where = f"({where} AND {email} IS NULL)"
    if code is not None:
        yield Condition(code, field.column, where, sieve=sieve)


def _is_missing(field: Field) -> str:
    text = identifier(field.column)
    if field.type is FieldType.STRING:
        return f"coalesce(trim({text}), '') = ''"
    if field.type.is_list:
        return f"coalesce(len({values.parsed(field, text)}), 0) = 0"
    return values.is_blank(text)


def _may_be_missing(field: Field) -> str | None:
    """SQL, cheap: true wherever the value is missing. None where there is no shorter way."""
    # A text of blanks alone is caught by another sieve, as every text with blanks around it.
    return values.is_blank(identifier(field.column)) if field.type is FieldType.STRING else None


def _faulty(entity: Entity, field: Field, *, is_required: bool | None = None) -> Iterator[Condition]:
    text = identifier(field.column)
    where = values.is_faulty(field, text)
    if where is None or field.type in (FieldType.GUID, FieldType.REFERENCE):
        return
    if is_required is None:
        is_required = is_needed(entity, field)
    if (entity.name, field.column) == ("enrollments", "role"):
        outside = f"lower(trim({text})) IN ({', '.join(literal(role) for role in _NOT_ENROLLABLE)})"
        yield Condition("record.role_not_enrollable", field.column, outside, sieve=_sieve(field))
        where = f"({where} AND NOT {outside})"
    code = "record.unreadable_required" if is_required else _FAULTS[field.type]
    yield Condition(code, field.column, where, _expected(field), _sieve(field))


def _repaired(field: Field, *, is_doubtful: bool = False) -> Iterator[Condition]:
    text = identifier(field.column)
    where = values.is_repaired(field, text)
    if where is not None and is_doubtful:
        where = f"({where} AND NOT {values.is_day_or_month_first(text)})"
    if where is not None and field.type in _REPAIRS:
        yield Condition(_REPAIRS[field.type], field.column, where, _expected(field), _sieve(field))


def _far(entity: Entity, field: Field) -> Iterator[Condition]:
    """Dates that stand for no date, and those that would say that nothing goes on."""
    if field.type is not FieldType.DATE or field.is_personal:
        return
    text = identifier(field.column)
    date = values.parsed(field, text)
    before, after = f"({date} < DATE '{FIRST_DATE}')", f"({date} > DATE '{LAST_DATE}')"
    # A text that sorts inside is a date inside, or is caught by another sieve.
    sieve = f"({text} NOT BETWEEN '{FIRST_DATE}' AND '{LAST_DATE}' OR {_sieve(field)})"
    open_ended = f"({before} OR {after})"
    if entity.name in _SPANS:
        open_ended, over = (before, after) if field.column in _BEGINNINGS else (after, before)
        yield Condition(_SPANS[entity.name], field.column, over, sieve=sieve, is_dropped=True)
    yield Condition("value.sentinel_date", field.column, open_ended, sieve=sieve)


def _either_first(entity: Entity, field: Field) -> Condition:
    """A date that may be two, in a column where others can only begin with their day."""
    where = values.is_day_or_month_first(identifier(field.column))
    code = "record.unreadable_required" if is_needed(entity, field) else _FAULTS[field.type]
    return Condition(code, field.column, where, _DAY_OR_MONTH, sieve=_sieve(field), is_dropped=True)


def _blanks(field: Field) -> Iterator[Condition]:
    """Blanks that are left out; those in lists of references are known when the references are."""
    text = identifier(field.column)
    match field.type:
        case FieldType.STRING if not field.is_secret:
            around = values.has_edge_blanks(text)
            # A required text of blanks alone is missing.
            where = f"({around} AND trim({text}) <> '')" if field.is_required else around
            yield Condition("value.blanks_trimmed", field.column, where, sieve=around)
        case FieldType.FLOAT:
            yield Condition("value.blanks_trimmed", field.column, values.has_edge_blanks(text))
        case FieldType.STRINGS | FieldType.ENUMERATIONS:
            yield Condition("value.list_blanks", field.column, values.has_list_blanks(text))
        case _:
            return


def _odd(field: Field) -> Iterator[Condition]:
    """Values that follow the standard and still cannot be meant."""
    text = identifier(field.column)
    if field.name == "grades":
        listed = f"regexp_full_match({text}, '\\s*{_GRADE}\\s*(,\\s*{_GRADE}\\s*)*')"
        yield Condition("value.unknown_grade", field.column, f"(NOT {values.is_blank(text)} AND NOT {listed})")
    if field.type is FieldType.STRING and not field.is_secret:
        yield Condition("value.broken_characters", field.column, f"contains({text}, chr(65533))")


def _user_conditions() -> Iterator[Condition]:
    email = f"coalesce(trim(email), '') <> '' AND NOT regexp_full_match(trim(email), '{_EMAIL}')"
    # Trimming and classes of all letters there are cost several times what ASCII does, which nearly all of these are.
    plain = f"regexp_full_match(email, '{_PLAIN_EMAIL}')"
    yield Condition(
        "value.not_an_email", "email", f"({email})", sieve=f"(email <> '' AND NOT {plain})", is_dropped=True
    )
    spaced = "regexp_matches(trim(username), '\\s')"
    yield Condition("value.username_with_spaces", "username", spaced, sieve="regexp_matches(username, '\\s')")


def _unborn(field: Field) -> Condition:
    where = f"(({values.parsed(field, field.column)}) > getvariable('as_of'))"
    # A text that sorts later is a date that is later, or is caught by another sieve.
    sieve = f"({field.column} > CAST(getvariable('as_of') AS VARCHAR) OR {_sieve(field)})"
    return Condition("value.birth_date_in_future", field.column, where, sieve=sieve)


def _sieve(field: Field) -> str | None:
    """SQL, cheap: the value is not written as the standard says. None where there is no shorter way."""
    text = identifier(field.column)
    match field.type:
        case FieldType.ENUMERATION | FieldType.BOOLEAN:
            return f"{text} NOT IN ({', '.join(literal(value) for value in chain(field.values, ('',)))})"
        case FieldType.DATE:
            return (
                f"(NOT {values.is_blank(text)} AND CAST(TRY_CAST({text} AS DATE) AS VARCHAR) IS DISTINCT FROM {text})"
            )
        case FieldType.USER_IDS:
            plain = "\\{[^{}:,\\s]+:[^{}:,\\s]+\\}"
            return f"(NOT {values.is_blank(text)} AND NOT regexp_full_match({text}, '{plain}(,{plain})*'))"
        case _:
            return None


def _expected(field: Field) -> str:
    if field.values:
        return "expected one of " + ", ".join(field.values)
    return _EXPECTED[field.type]
