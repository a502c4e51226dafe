"""How a value of each OneRoster type is read, as SQL over a column of text.

For every field three expressions: what the text *means* (`parsed`), whether it *cannot be read* (`is_faulty`),
and whether it was read only by *tolerance* (`is_repaired`). All reading of values is derived from these, so the
checks can never disagree with what is used. Empty text and NULL both mean "no value". Identifiers are opaque:
they are never trimmed, folded or mended.

Not here: which finding a fault becomes (`sync.check`), or what a record means for the LMS (`sync.shape`).
"""

from __future__ import annotations

from sis_connect.frames import literal
from sis_connect.oneroster.schema import Field, FieldType

#: GUID (data model, primitive types): fewer than 256 of these characters.
GUID_PATTERN = "[0-9a-zA-Z.\\-_/@]{1,255}"
_GUID_LIMIT = 256

#: Words of OneRoster 1.0 and of the field, by column; keys are folded as `_folded` does.
_ALIASES = {"status": {"inactive": "tobedeleted"}}
_TRUE = ("true", "1", "y", "yes", "t")
_FALSE = ("false", "0", "n", "no", "f")

_DATE = "\\d{4}-\\d{2}-\\d{2}"
_DATE_TIME = _DATE + "T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z"
_YEAR_RANGE = "\\d{4}\\s*[-/]\\s*(\\d{4})"
_YEAR_SHORT_RANGE = "(\\d{2})\\d{2}\\s*[-/]\\s*(\\d{2})"
_USER_ID = "\\{\\s*([^:{}]*?)\\s*:\\s*([^{}]*?)\\s*\\}"


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
        case FieldType.REFERENCES | FieldType.STRINGS:
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
            begins_iso = f"CASE WHEN regexp_matches({text}, '^\\s*{_DATE}') THEN left(trim({text}), 10) END"
            # A spreadsheet's 8/15/2026 is month first: all SIS products served here are American.
            return (
                f"coalesce(TRY_CAST({begins_iso} AS DATE), "
                f"CAST(try_strptime(trim({text}), ['%m/%d/%Y', '%Y%m%d']) AS DATE))"
            )
        case FieldType.DATE_TIME:
            return f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        case FieldType.YEAR:
            trimmed = f"trim({text})"
            return (
                f"CASE WHEN regexp_full_match({trimmed}, '\\d{{4}}') THEN CAST({trimmed} AS INTEGER) "
                f"WHEN regexp_full_match({trimmed}, '{_YEAR_RANGE}') "
                f"THEN CAST(regexp_extract({trimmed}, '{_YEAR_RANGE}', 1) AS INTEGER) "
                f"WHEN regexp_full_match({trimmed}, '{_YEAR_SHORT_RANGE}') "
                # 2026-27 ends in 2027; 1999-00 ends in 2000.
                f"THEN CAST(left({trimmed}, 4) AS INTEGER) + "
                f"(100 + CAST(right({trimmed}, 2) AS INTEGER) - CAST({trimmed}[3:4] AS INTEGER)) % 100 END"
            )
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
            return f"({present} AND (length({text}) >= {_GUID_LIMIT} OR regexp_matches({text}, '[\\x00-\\x1f\\x7f]')))"
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
            canonical = f"(regexp_full_match({text}, '{_USER_ID}(\\s*,\\s*{_USER_ID})*') OR {is_faulty(field, text)})"
        case _:
            return None
    return f"({present} AND ({parsed(field, text)}) IS NOT NULL AND NOT {canonical})"


def shape(text: str) -> str:
    """SQL: the value with every letter an `a` or `A` and every digit a `9`, cut at 40: safe to show and to log."""
    capitals = f"regexp_replace({text}, '\\p{{Lu}}', 'A', 'g')"
    letters = f"regexp_replace({capitals}, '[\\p{{Ll}}\\p{{Lt}}\\p{{Lm}}\\p{{Lo}}\\p{{M}}]', 'a', 'g')"
    return f"left(regexp_replace({letters}, '\\p{{N}}', '9', 'g'), 40)"


def _items(text: str) -> str:
    """SQL: the parts of a comma-separated list, trimmed, without empty ones; NULL when there is no value."""
    several = f"list_filter(list_transform(string_split({text}, ','), lambda i: trim(i)), lambda i: i <> '')"
    # Most lists have one item; taking them apart one by one would cost millions of rows their time.
    return f"CASE WHEN contains({text}, ',') THEN {several} WHEN trim({text}) <> '' THEN [trim({text})] END"


def _folded(text: str) -> str:
    return f"regexp_replace(lower({text}), '[\\s_-]', '', 'g')"


def _choice(field: Field, text: str) -> str:
    meanings = {value.lower().replace(" ", ""): value for value in field.values}
    meanings |= _ALIASES.get(field.name, {})
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in meanings.items())
    return f"CASE {_folded(text)} {cases} END"


def _words(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"
