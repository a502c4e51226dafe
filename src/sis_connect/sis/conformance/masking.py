"""Requests and answers as a report may show them: enough to find the fault, nothing personal, nothing secret.

The schema decides: values of fields that tell something about a person become shapes (`Aaa 99`), and so do ids of
people and of what carries their ids, everything that the data model does not know, and all metadata. What is no JSON is
shown by its shape alone. Pure.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sis_connect.oneroster.csv_headers import OLD_NAMES
from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.model import FieldType
from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY
from sis_connect.oneroster.shapes import shape_of
from sis_connect.oneroster.status_info import STATUS_KEY, CodeMajor, CodeMinor, Severity
from sis_connect.sis.rest.paging.links import LONGEST_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Field
    from sis_connect.sis.conformance.asking import Answered, Asked

#: Entities whose ids are, or carry, ids of people.
_PERSONAL_IDS = frozenset(("users", "demographics", "enrollments", "results"))
#: Parameters of paths that are ids of people.
_PERSONAL_PARAMETERS = frozenset(("student_id", "teacher_id", "user_id"))
_MOMENT = r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
#: Headers of answers that say something, and how they are written: what is written otherwise may be about anybody.
_HEADERS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        name: re.compile(pattern, re.ASCII)
        for name, pattern in (
            ("Content-Type", r"[a-z]{1,20}/[a-z0-9.+-]{1,60}(; ?charset=\"?[A-Za-z0-9-]{1,20}\"?)?"),
            ("Content-Length", r"\d{1,15}"),
            ("Date", _MOMENT),
            ("X-Total-Count", r"-?\d{1,15}"),
            ("Retry-After", rf"\d{{1,9}}|{_MOMENT}"),
            ("Allow", r"[A-Z]{3,7}(, ?[A-Z]{3,7})*"),
        )
    }
)
#: How somebody may sign in, and why a token is not taken (RFC 6750, 3.1); the rest may repeat what was sent.
_CHALLENGE = re.compile(
    r"\b(Basic|Bearer|OAuth|Digest)\b|\b(error)=\"?(invalid_request|invalid_token|insufficient_scope)\b"
)
#: Codes of notices: words of the standard, or nothing.
_CODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "imsx_codeMajor": frozenset(CodeMajor),
        "imsx_severity": frozenset(Severity),
        "imsx_codeMinor": frozenset(CodeMinor),
        "imsx_operationRefIdentifier": frozenset(OPERATIONS),
    }
)
#: What a value of these types may be written with; anything else may be about anybody.
_WRITTEN: Mapping[FieldType, re.Pattern[str]] = MappingProxyType(
    dict.fromkeys((FieldType.DATE, FieldType.DATE_TIME, FieldType.YEAR, FieldType.FLOAT), re.compile(r"[0-9TZ.:+/-]*"))
    | {FieldType.BOOLEAN: re.compile("true|false|[yn01]", re.IGNORECASE)}
)
_CLAUSE = re.compile(r"([A-Za-z][A-Za-z0-9.]*)(!=|>=|<=|[=><~])'([^']*)'")
_RECORDS_SHOWN = 2
_ITEMS_SHOWN = 3
_LONGEST = 120
_TEXT_SHOWN = 300


def masked_path(asked: Asked) -> str:
    """The path; ids of people are shapes."""
    operation = asked.operation
    if operation is None:
        return asked.path
    shown = {
        name: shape_of(id_) if _is_personal_id(name, operation.entity) else quote(id_, safe="")
        for name, id_ in asked.ids.items()
    }
    return operation.path.format_map(shown)


def masked_parameters(asked: Asked) -> dict[str, str]:
    """The parameters; values in a filter are shapes where they tell something about a person."""
    entity = asked.operation.entity if asked.operation else ""
    return {
        name: _CLAUSE.sub(lambda clause: _masked_clause(clause, entity), str(value)) if name == "filter" else str(value)
        for name, value in asked.parameters.items()
    }


def masked_headers(taken: Answered) -> dict[str, str]:
    """The headers that say something; of a link, only its relations, and of a challenge its known words."""
    headers = {
        name: value if pattern.fullmatch(value) else shape_of(value)
        for name, pattern in _HEADERS.items()
        if (value := taken.header(name))
    }
    if challenge := taken.header("WWW-Authenticate"):
        known = (scheme or f"{name}={code}" for scheme, name, code in _CHALLENGE.findall(challenge[:LONGEST_HEADER]))
        headers["WWW-Authenticate"] = ", ".join([*dict.fromkeys(known), "…"])
    if link := taken.header("Link"):
        headers["Link"] = ", ".join(re.findall(r'rel="?(first|prev|next|last)', link[:LONGEST_HEADER])[:4]) or "…"
    return headers


def masked_body(content: bytes, document: object, entity: str, shown: int | None = None) -> object:
    """What a body holds; of what is no JSON, its shape; of a list its first records, or the one that is `shown`."""
    if not content:
        return ""
    if document is None:
        return shape_of(content[: 4 * _TEXT_SHOWN].decode("utf-8", "replace"), _TEXT_SHOWN)
    if not isinstance(document, dict):
        return _masked_unknown(document)
    return {masked_name(name): _masked_root(name, value, entity, shown) for name, value in document.items()}


def _is_personal_id(parameter: str, entity: str) -> bool:
    return parameter in _PERSONAL_PARAMETERS or (parameter == "id" and entity in _PERSONAL_IDS)


def _masked_clause(clause: re.Match[str], entity: str) -> str:
    name, predicate, value = clause.groups()
    head = name.partition(".")[0]
    field = _fields(entity).get(head) if entity else None
    shown = value if field and _is_shown(field, entity) and _is_word(value, field) else shape_of(value)
    return f"{name}{predicate}'{shown}'"


def masked_name(name: str) -> str:
    """The name of a property of OneRoster, of any version and in any case; of any other, its shape."""
    return name if name.lower() in _NAMES else shape_of(name)


def _masked_root(name: str, value: object, entity: str, shown: int | None) -> object:
    if name == STATUS_KEY:
        notices = value if isinstance(value, list) else [value]
        return [_masked_notice(notice) for notice in notices[:_ITEMS_SHOWN]]
    if not isinstance(value, list):
        return _masked_record(value, entity)
    begin, end = (0, _RECORDS_SHOWN) if shown is None else (shown, shown + 1)
    records: list[object] = [_masked_record(record, entity) for record in value[begin:end]]
    before = [f"… {begin:,} before"] if begin else []
    after = [f"… {len(value) - end:,} more"] if len(value) > end else []
    return [*before, *records, *after]


def _masked_notice(notice: object) -> object:
    if not isinstance(notice, dict):
        return _masked_unknown(notice)
    return {
        masked_name(name): value
        if isinstance(value, str) and value.lower() in _CODES.get(name, ())
        else _masked_unknown(value)
        for name, value in notice.items()
    }


def _masked_record(record: object, entity: str) -> object:
    if not isinstance(record, dict) or not entity:
        return _masked_unknown(record)
    return {masked_name(name): _masked_value(name, value, entity) for name, value in record.items()}


def _masked_value(name: str, value: object, entity: str) -> object:
    field = _fields(entity).get(name)
    target = JSON_ONLY.get(entity, {}).get(name)
    if field is not None and field.is_secret:
        return "…"
    if field is None and target is None:
        return _masked_unknown(value)
    if isinstance(value, list):
        shown: list[object] = [_masked_value(name, item, entity) for item in value[:_ITEMS_SHOWN]]
        return [*shown, f"… {len(value) - len(shown):,} more"] if len(value) > len(shown) else shown
    if isinstance(value, dict):
        return _masked_reference(value, target or (field.refers_to if field else None))
    if field is None or not _is_shown(field, entity):
        return _masked_unknown(value)
    if not isinstance(value, str):
        return value
    return value[:_LONGEST] if _is_word(value, field) else shape_of(value)


def _masked_reference(value: Mapping[str, Any], target: str | None) -> object:
    """A reference keeps its id and type unless it leads to a person."""
    is_shown = target is not None and target not in _PERSONAL_IDS
    return {
        masked_name(name): item
        if isinstance(item, str)
        and len(item) < _LONGEST
        and ((name == "type" and item in _REFERENCE_TYPES) or (name == "sourcedId" and is_shown))
        else _masked_unknown(item)
        for name, item in value.items()
    }


def _masked_unknown(value: object) -> object:
    """The shape of anything at all."""
    if isinstance(value, str):
        return shape_of(value)
    if isinstance(value, dict):
        return {masked_name(str(name)): _masked_unknown(item) for name, item in list(value.items())[:_ITEMS_SHOWN]}
    if isinstance(value, list):
        return [_masked_unknown(item) for item in value[:_ITEMS_SHOWN]]
    if value is None or isinstance(value, bool):
        return value
    return 9


@cache
def _fields(entity: str) -> dict[str, Field]:
    return {field.name: field for field in ENTITIES[entity].fields}


#: Names that are no field of 1.1: of replies and references, and those of 1.2 that services of 1.1 were seen to send.
_OTHER_NAMES = (
    *("metadata", "href", "type", "identifier", "errors", "error", "message", "warnings"),
    *(STATUS_KEY, "imsx_StatusInfo", "imsx_description", "imsx_messageRefIdentifier", *_CODES),
    *("roles", "role", "roleType", "org", "beginDate", "endDate", "userProfiles", "userMasterIdentifier", "primaryOrg"),
    *("preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns"),
)
#: Every property that some version of OneRoster or its CSV binding names, and every path, in lower case.
_NAMES = frozenset(
    name.lower()
    for entity in ENTITIES.values()
    for name in (
        *(entity.name, entity.singular, *JSON_ONLY.get(entity.name, ()), *OLD_NAMES.get(entity.name, ())),
        *(name for field in entity.fields for name in (field.name, field.csv_name)),
        *(part for operation in OPERATIONS.values() for part in operation.path.split("/")),
        *_OTHER_NAMES,
    )
)
_REFERENCE_TYPES = frozenset(type_ for types in REFERENCE_TYPES.values() for type_ in types)

#: Names that tell something about a person in one entity are not shown in any.
_PERSONAL_NAMES = frozenset(
    field.name for entity in ENTITIES.values() for field in entity.fields if field.is_personal or field.is_secret
)


def _is_word(value: str, field: Field) -> bool:
    """True for a value of its type, as far as types tell: what is none may be anything, a name of somebody too."""
    if field.values:
        return value in field.values
    written = _WRITTEN.get(field.type)
    return written is None or written.fullmatch(value) is not None


def _is_shown(field: Field, entity: str) -> bool:
    if field.name in _PERSONAL_NAMES:
        return False
    if field.type is FieldType.GUID:
        return entity not in _PERSONAL_IDS
    return field.refers_to not in _PERSONAL_IDS
