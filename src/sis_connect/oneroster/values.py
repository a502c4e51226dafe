"""How a value of each OneRoster type is read, as SQL over a column of text.

For every field three expressions: what the text *means* (`parsed`), whether it *cannot be read* (`is_faulty`),
and whether it was read only by *tolerance* (`is_repaired`). All reading of values is derived from these, so the
checks can never disagree with what is used. Empty text and NULL both mean "no value". Identifiers are opaque:
they are never trimmed, folded or mended here, not even in lists, where a blank may belong to the comma before it.

Not here: which finding a fault becomes and which record an identifier in a list names (`sync.check`), or what a
record means for the LMS (`sync.shape`).
"""

from __future__ import annotations

from sis_connect.frames import literal
from sis_connect.oneroster.model import Field, FieldType

#: GUID (data model, primitive types): fewer than 256 of these characters.
GUID_PATTERN = "[0-9a-zA-Z.\\-_/@]{1,255}"
_GUID_LIMIT = 256

#: Words of OneRoster 1.0 and of the field, by column; keys are folded as `_folded` does.
_ALIASES = {"status": {"inactive": "tobedeleted"}}
_TRUE = ("true", "1", "y", "yes", "t")
_FALSE = ("false", "0", "n", "no", "f")

_DATE = "\\d{4}-\\d{2}-\\d{2}"
_DATE_TIME = _DATE + "T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z"
#: A date, alone or as the beginning of a moment in time.
_DATED = _DATE + "(T.*|\\s+\\d{1,2}:.*)?"
_MONTH_FIRST = "\\d{1,2}/\\d{1,2}/"
_YEAR_RANGE = "\\d{4}\\s*[-/]\\s*(\\d{4}|\\d{2})"
#: Day and month of it may be told from each other, or may not; either way before the year.
_DAY_FIRST = "(1[3-9]|2\\d|3[01])/(0?[1-9]|1[0-2])/\\d+"
_EITHER_FIRST = "0?([1-9]|1[0-2])/0?([1-9]|1[0-2])/\\d+"
_USER_ID = "\\{\\s*([^:{}]*?)\\s*:\\s*([^{}]*?)\\s*\\}"
#: The same without blanks that are left out.
_PLAIN_USER_ID = "\\{[^:{}\\s]([^:{}]*[^:{}\\s])?:[^{}\\s]([^{}]*[^{}\\s])?\\}"


def parsed(field: Field, text: str) -> str:
    """SQL for the value that `text` means, NULL when it has none or cannot be read.

    Types: VARCHAR for text, identifiers and enumerations (in the standard's spelling), VARCHAR[] for lists,
    STRUCT("type" VARCHAR, identifier VARCHAR)[] for userIds, BOOLEAN, DATE, TIMESTAMP (UTC), INTEGER for years,
    DOUBLE.
    """
    match field.type:
        case FieldType.GUID | FieldType.REFERENCE:
            return f"nullif({text}, '')"
        case FieldType.STRING:
            return f"nullif(trim({text}), '')"
        case FieldType.REFERENCES:
            return _items(text, are_opaque=True)
        case FieldType.STRINGS:
            return _items(text)
        case FieldType.ENUMERATION:
            return _choice(field, text)
        case FieldType.ENUMERATIONS:
            return (
                f"list_filter(list_transform({_items(text)}, lambda i: {_choice(field, 'i')}), lambda i: i IS NOT NULL)"
            )
        case FieldType.BOOLEAN:
            folded = f"lower(trim({text}))"
            return f"CASE WHEN {folded} IN {_words(_TRUE)} THEN true WHEN {folded} IN {_words(_FALSE)} THEN false END"
        case FieldType.DATE:
            return _date(field, f"trim({text})")
        case FieldType.DATE_TIME:
            return f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        case FieldType.YEAR:
            return _year(f"trim({text})")
        case FieldType.FLOAT:
            return f"CASE WHEN isfinite(TRY_CAST({text} AS DOUBLE)) THEN TRY_CAST({text} AS DOUBLE) END"
        case FieldType.USER_IDS:
            return (
                f"list_transform(regexp_extract_all({text}, '{_USER_ID}'), lambda i: "
                f"{{'type': regexp_extract(i, '{_USER_ID}', 1), 'identifier': regexp_extract(i, '{_USER_ID}', 2)}})"
            )


def is_blank(text: str) -> str:
    """SQL: there is no value."""
    return f"({text} IS NULL OR {text} = '')"


def is_faulty(field: Field, text: str) -> str | None:
    """SQL: there is a value and it cannot be read; None for types that every text satisfies."""
    present = f"NOT {is_blank(text)}"
    match field.type:
        case FieldType.GUID | FieldType.REFERENCE:
            # Systems drop blanks at the edges, and then two people may be one; it is no identifier that can be kept.
            spoilt = f"{text} <> trim({text}) OR regexp_matches({text}, '[\\x00-\\x1f\\x7f]')"
            return f"({present} AND (length({text}) >= {_GUID_LIMIT} OR {spoilt}))"
        case FieldType.STRING | FieldType.STRINGS | FieldType.REFERENCES:
            return None
        case FieldType.ENUMERATIONS:
            return f"({present} AND len({parsed(field, text)}) < len({_items(text)}))"
        case FieldType.USER_IDS:
            return f"({present} AND len({parsed(field, text)}) = 0)"
        case _:
            return f"({present} AND ({parsed(field, text)}) IS NULL)"


def is_repaired(field: Field, text: str) -> str | None:
    """SQL: the value was read, but is not written as the standard says; None where that cannot be."""
    present = f"NOT {is_blank(text)}"
    match field.type:
        case FieldType.GUID | FieldType.REFERENCE:
            canonical = f"regexp_full_match({text}, '{GUID_PATTERN}')"
        case FieldType.ENUMERATION | FieldType.BOOLEAN:
            canonical = f"{text} IN {_words(field.values)}"
        case FieldType.DATE:
            canonical = f"regexp_full_match({text}, '{_DATE}')"
        case FieldType.DATE_TIME:
            canonical = f"regexp_full_match({text}, '{_DATE_TIME}')"
        case FieldType.YEAR:
            canonical = f"regexp_full_match({text}, '\\d{{4}}')"
        case FieldType.USER_IDS:
            canonical = (
                f"(regexp_full_match({text}, '{_PLAIN_USER_ID}(,{_PLAIN_USER_ID})*') OR {is_faulty(field, text)})"
            )
        case _:
            return None
    return f"({present} AND ({parsed(field, text)}) IS NOT NULL AND NOT {canonical})"


def has_edge_blanks(text: str) -> str:
    """SQL, cheap: the value begins or ends with a blank."""
    return f"(starts_with({text}, ' ') OR ends_with({text}, ' '))"


def has_list_blanks(text: str) -> str:
    """SQL, cheap: an item of the comma-separated list has blanks around it, or none stands where one should."""
    spoilt = f"contains({text}, ', ') OR contains({text}, ' ,') OR contains({text}, ',,')"
    spoilt += f" OR starts_with({text}, ',') OR ends_with({text}, ',')"
    return f"((contains({text}, ',') AND ({spoilt})) OR {has_edge_blanks(text)})"


def is_day_first(text: str) -> str:
    """SQL: the text can only be a date that begins with its day, as no date is read here."""
    return f"(contains({text}, '/') AND regexp_full_match(trim({text}), '{_DAY_FIRST}'))"


def is_day_or_month_first(text: str) -> str:
    """SQL: the text is read as a date that begins with its month, and would be another one if it began with its day."""
    day, month = (f"regexp_extract(trim({text}), '{_EITHER_FIRST}', {group})" for group in (1, 2))
    return f"(contains({text}, '/') AND regexp_full_match(trim({text}), '{_EITHER_FIRST}') AND {day} <> {month})"


def shape(text: str) -> str:
    """SQL: the value with every letter an `a` or `A` and every digit a `9`, cut at 40: safe to show and to log."""
    capitals = f"regexp_replace({text}, '\\p{{Lu}}', 'A', 'g')"
    letters = f"regexp_replace({capitals}, '[\\p{{Ll}}\\p{{Lt}}\\p{{Lm}}\\p{{Lo}}\\p{{M}}]', 'a', 'g')"
    return f"left(regexp_replace({letters}, '\\p{{N}}', '9', 'g'), 40)"


def _date(field: Field, trimmed: str) -> str:
    """SQL: the date, alone or as the beginning of a moment, as the standard, a spreadsheet or a database writes it."""
    # A spreadsheet's 8/15/2026 is month first: all SIS products served here are American.
    month_first = f"try_strptime({trimmed}, '%m/%d/%Y')"
    meanings = {
        _DATED: f"TRY_CAST(left({trimmed}, 10) AS DATE)",
        _MONTH_FIRST + "\\d{4}": month_first,
        "\\d{8}": f"try_strptime({trimmed}, '%Y%m%d')",
    }
    if not field.is_personal:
        # It writes 8/15/26 as well; rosters are of this century, births need not be.
        in_full = f"regexp_replace({trimmed}, '(\\d+)$', '20\\1')"
        meanings[_MONTH_FIRST + "\\d{2}"] = f"try_strptime({in_full}, '%m/%d/%Y')"
    cases = " ".join(f"WHEN regexp_full_match({trimmed}, '{form}') THEN {date}" for form, date in meanings.items())
    return f"CAST(CASE {cases} END AS DATE)"


def _year(trimmed: str) -> str:
    """SQL: the year in which a school year ends; a span is one of two years that follow each other."""
    following = f"(TRY_CAST(left({trimmed}, 4) AS INTEGER) + 1)"
    end = f"regexp_extract({trimmed}, '{_YEAR_RANGE}', 1)"
    return (
        f"CASE WHEN regexp_full_match({trimmed}, '\\d{{4}}') THEN CAST({trimmed} AS INTEGER) "
        # 2026-27 ends in 2027, and 2027-06 is no span.
        f"WHEN regexp_full_match({trimmed}, '{_YEAR_RANGE}') "
        f"AND right(CAST({following} AS VARCHAR), length({end})) = {end} THEN {following} END"
    )


def _items(text: str, *, are_opaque: bool = False) -> str:
    """SQL: the parts of a comma-separated list, trimmed unless opaque, without blank ones; NULL when there is none."""
    several = f"list_filter(string_split({text}, ','), lambda i: trim(i) <> '')"
    only = text
    if not are_opaque:
        several = f"list_transform({several}, lambda i: trim(i))"
        only = f"trim({text})"
    # Most lists have one item; taking them apart one by one would cost millions of rows their time.
    return f"CASE WHEN contains({text}, ',') THEN {several} WHEN trim({text}) <> '' THEN [{only}] END"


def _folded(text: str) -> str:
    return f"regexp_replace(lower({text}), '[\\s_-]', '', 'g')"


def _choice(field: Field, text: str) -> str:
    meanings = {value.lower().replace(" ", ""): value for value in field.values}
    meanings |= _ALIASES.get(field.name, {})
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in meanings.items())
    return f"CASE {_folded(text)} {cases} END"


def _words(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"
