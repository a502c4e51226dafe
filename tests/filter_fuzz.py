"""Filters that nobody would think of, and rows for them to find: for the query language and for any provider.

`filters` and `hostile_text` make filter texts, `rows` makes records in their CSV form. `judge` asks a running provider
and says what is wrong with its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.query import FilterError, Predicate, matches, parse_filter
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sis_connect.oneroster.model import Entity, Field

#: The entities that have a collection of their own in REST.
COLLECTIONS = tuple(name for name in ENTITIES if name not in ("courseResources", "classResources"))

_IDS = ("a", "A", "b", "sp-1", "sp ", " sp", "x%y", "x_y", "xzy", "o'neil", "a b", "é", "🎒", "%", "_", "\\", ".*")
_WORDS = (
    "Ann",
    "ANN",
    "ann ",
    "Mary Ann",
    "José",
    "JOSÉ",
    "Straße",
    "STRASSE",
    "İ",
    "\u0131",
    "'",
    "''",
    '"',
    "%",
    "_",
    "",
)
_HOSTILE = ("[", "(a+)+$", "\\", "a\nb", "a\tb", "--", "'; DROP TABLE users; --", "\u200b", "\ufeff", "🎒", "null")
_DATES = ("2026-08-15", "2026-8-15", "08/15/2026", "20260815", "2026-08-15T23:30:00-05:00", "2027-06-10", "soon", "")
_INSTANTS = (
    "2026-08-15T10:00:00.000Z",
    "2026-08-15T10:00:00Z",
    "2026-08-15T12:00:00+02:00",
    "2026-08-15T05:00-05",
    "2026-08-15T10:00:00.0000001Z",
    "2026-08-15",
    "2026-08-15T00:00:00.000Z",
    "9999-12-31T23:59:59-10:00",
    "soon",
    "",
)
_NUMBERS = ("9", "9.0", "10", "-1", "1e1", "100", "12abc", "nan", "inf", "0x1", "1_0", "٣", "2027", "")
_BOOLEANS = ("true", "false", "TRUE", " yes ", "\ttrue", "1", "0", "maybe", "")
_USER_IDS = (
    "{LDAP:ann}",
    "{LDAP: Ann },{SIS:7}",
    "{SIS:7}",
    "{:x}",
    "{x:}",
    "{}",
    "{LDAP:a:b}",
    "ann",
    "{",
    "{{a:b}}",
    "",
)
_METADATA = (
    '{"k": "v", "vendor.house": "Blue", "n": 1, "f": 1.5, "b": true}',
    '{"k": "V", "n": 1.0, "nested": {"k": "v"}, "list": ["v"]}',
    '{"k": null, "n": "1"}',
    '{"k": "' + "é'%_" + '"}',
)
_METADATA_KEYS = ("k", "vendor.house", "n", "f", "b", "nested", "list", "none", '"', "$", "k.k", "K")

_text = st.text(st.characters(codec="utf-8"), max_size=12)


def _texts(field: Field) -> st.SearchStrategy[str]:
    """Values of a field, and of filters on it: often the same, so that filters find something."""
    match field.type:
        case FieldType.GUID | FieldType.REFERENCE:
            return st.sampled_from(_IDS)
        case FieldType.REFERENCES:
            return st.lists(st.sampled_from((*_IDS, "")), max_size=3).map(",".join)
        case FieldType.STRINGS:
            return st.lists(st.sampled_from((*_WORDS, *_HOSTILE)) | _text, max_size=3).map(",".join)
        case FieldType.ENUMERATION | FieldType.ENUMERATIONS:
            return st.lists(st.sampled_from((*field.values, "Student", "")), max_size=2).map(",".join)
        case FieldType.DATE | FieldType.DATE_TIME:
            return st.sampled_from((*_DATES, *_INSTANTS))
        case FieldType.FLOAT | FieldType.YEAR:
            return st.sampled_from(_NUMBERS)
        case FieldType.BOOLEAN:
            return st.sampled_from(_BOOLEANS)
        case FieldType.USER_IDS:
            return st.sampled_from(_USER_IDS)
        case FieldType.STRING:
            return st.sampled_from((*_WORDS, *_HOSTILE)) | _text


@st.composite
def rows(draw: st.DrawFn, collection: str, columns: Collection[str] | None = None) -> list[dict[str, str | None]]:
    """A few rows of a collection, tidy or not, their ids different; `columns` are those with values, None for all."""
    entity = ENTITIES[collection]
    ids = draw(st.lists(st.sampled_from(_IDS), unique=True, max_size=6 if columns is None else len(_IDS)))
    filled = [column for column in entity.columns if columns is None or column in columns]
    fields = [entity.field(column) for column in filled if column != "sourced_id"]
    made = []
    for id_ in ids:
        row: dict[str, str | None] = {"sourced_id": id_}
        row |= {field.column: draw(st.none() | _texts(field)) for field in fields}
        if columns is None or "metadata" in columns:
            row["metadata"] = draw(st.none() | st.sampled_from(_METADATA))
        made.append(row)
    return made


@st.composite
def clauses(draw: st.DrawFn, entity: Entity) -> str:
    """One clause that follows the grammar; its value need not be of the field's type."""
    name, values = draw(st.sampled_from(tuple(_names(entity))))
    value = draw(values).replace("'", "''")
    return f"{name}{draw(st.sampled_from(tuple(Predicate)))}'{value}'"


def filters(entity: Entity) -> st.SearchStrategy[str]:
    """Filters that follow the grammar."""
    two = st.tuples(clauses(entity), st.sampled_from((" AND ", " OR ")), clauses(entity)).map("".join)
    return clauses(entity) | two


def hostile_text(entity: Entity) -> st.SearchStrategy[str]:
    """Anything, from noise to filters with one thing wrong."""
    pieces = st.sampled_from(
        ("'", "''", "=", "!=", ">=", "<", "~", "!", " ", "  ", " AND ", " OR ", " and ", ".", "..", "a", "%", "\x00")
    )
    words = st.sampled_from((*(name for name, _ in _names(entity)), "metadata.", "shoeSize", "orgs.name", "password"))
    soup = st.lists(pieces | words | st.text(max_size=4), max_size=12).map("".join)
    spoilt = st.tuples(filters(entity), st.integers(0, 80), soup).map(lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :])
    return soup | spoilt | st.text(max_size=40) | filters(entity)


def judge(
    text: str, entity: Entity, everything: Iterable[dict[str, Any]], ask: Callable[[str], tuple[int, set[str], str]]
) -> str | None:
    """What is wrong with a provider's answer to a filter, None when it is right.

    `everything` are all records of the collection as the provider writes them; `ask` sends the filter and returns the
    HTTP status, the ids of all records shown and the `imsx_codeMinor` of the first notice, "" when there is none.
    """
    status, shown, code_minor = ask(text)
    try:
        filter_ = parse_filter(text, entity)
    except FilterError as error:
        if (status, shown, code_minor) != (400, set(), error.code_minor):
            return f"a filter to be refused with {error.code_minor} was answered {status} {code_minor}"
        return None
    if status != 200:
        return f"a good filter was answered {status} {code_minor}"
    due = {str(record["sourcedId"]) for record in everything if matches(filter_, record)}
    if shown - due:
        return f"{len(shown - due)} records are shown that the filter hides"
    return f"{len(due - shown)} records are hidden that the filter shows" if due - shown else None


def _names(entity: Entity) -> Iterable[tuple[str, st.SearchStrategy[str]]]:
    """Every name that a filter may use, with values for it."""
    for field in entity.fields:
        if field.is_secret:
            continue
        yield field.name, _texts(field)
        if field.type in (FieldType.REFERENCE, FieldType.REFERENCES):
            yield f"{field.name}.sourcedId", _texts(field)
            yield f"{field.name}.type", st.sampled_from(("org", "user", "class", "academicSession", ""))
        if field.type is FieldType.USER_IDS:
            for part in ("identifier", "type"):
                yield f"{field.name}.{part}", st.sampled_from(("ann", "ANN", "LDAP", "SIS,LDAP", "7", "x", "a:b", ""))
    for key in _METADATA_KEYS:
        if not set(key) & set("'"):
            yield (
                f"metadata.{key}",
                st.sampled_from(("v", "V", "1", "1.0", "1.5", "true", "True", "é'%_", "blue", "")) | _text,
            )
    if entity.name in ("orgs", "academicSessions", "courses", "classes"):
        linked = "children" if entity.name in ("orgs", "academicSessions") else "resources"
        ids = st.lists(st.sampled_from(_IDS), max_size=2).map(",".join)
        yield linked, ids
        yield f"{linked}.sourcedId", ids
        yield f"{linked}.type", st.sampled_from(("org", "resource", ""))
