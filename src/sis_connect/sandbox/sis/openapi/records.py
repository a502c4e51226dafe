"""JSON Schemas of what the provider sends and takes, derived from the entities (data model; OpenAPI 3.1 schemas).

Here: records, references, envelopes and the error payload. Not here: operations and their parameters. What is sent is
described strictly, so that a reply can be held against it; of what is taken only what the provider insists on.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.model import Field, FieldType
from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.oneroster.schema import ENTITIES, JSON_ONLY
from sis_connect.oneroster.status_info import STATUS_KEY, CodeMajor, CodeMinor, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation

Schema: TypeAlias = "dict[str, object]"

ERROR = "StatusInfoSet"

#: A GUID has fewer characters (data model, primitive types).
GUID: Mapping[str, object] = MappingProxyType({"type": "string", "minLength": 1, "maxLength": 255})

_USER_ID = {
    "type": "object",
    "properties": {"type": {"type": "string"}, "identifier": {"type": "string"}},
    "required": ["type", "identifier"],
}
_METADATA = {"type": "object", "description": "Whatever else the school's software tells."}
_DAY: Schema = {"type": "string", "format": "date"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}


def reference_to(schema: str) -> Schema:
    """A pointer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{schema}"}


def record_name(entity: str) -> str:
    """What the records of a collection are called in the document: `AcademicSession`."""
    singular = ENTITIES[entity].singular
    return singular[0].upper() + singular[1:]


def page_name(operation: Operation) -> str:
    """What a page, or one record with its envelope, is called in the document: `OrgPage`, `SingleOrg`."""
    name = record_name(operation.entity)
    return f"{name}Page" if operation.kind is Kind.LIST else f"Single{name}"


def body_name(operation: Operation) -> str:
    """What the body of a PUT is called in the document: `ResultBody`."""
    return f"{record_name(operation.entity)}Body"


def record_schemas(optional: Collection[str] = ()) -> dict[str, Schema]:
    """Every schema of the document by name; `optional` are properties of bodies that may be missing all the same."""
    schemas: dict[str, Schema] = {ERROR: _error()}
    for operation in OPERATIONS.values():
        entity, name = ENTITIES[operation.entity], record_name(operation.entity)
        schemas[name] = _sent(entity)
        if operation.kind in {Kind.LIST, Kind.ONE}:
            schemas[page_name(operation)] = _envelope(operation)
        if operation.kind is Kind.PUT:
            schemas[body_name(operation)] = _taken(operation, optional)
    used = {field.refers_to for operation in OPERATIONS.values() for field in ENTITIES[operation.entity].references}
    used |= {to for operation in OPERATIONS.values() for to in JSON_ONLY.get(operation.entity, {}).values()}
    schemas |= {f"{record_name(entity)}Ref": _reference(entity) for entity in sorted(map(str, used))}
    return dict(sorted(schemas.items()))


def _sent(entity: Entity) -> Schema:
    """A record in a reply: all it may have. Nothing is required, since `fields` may ask for anything."""
    properties: dict[str, Schema] = {field.name: _sent_value(field) for field in entity.fields if not field.is_secret}
    for name, collection in JSON_ONLY.get(entity.name, {}).items():
        properties[name] = _list(reference_to(f"{record_name(collection)}Ref"))
    properties["metadata"] = dict(_METADATA)
    return {
        "type": "object",
        "description": f"{entity.about} All that it may have; fewer where `fields` asks for fewer.",
        "properties": properties,
        "additionalProperties": False,
    }


def _taken(operation: Operation, optional: Collection[str]) -> Schema:
    """The body of a PUT: what is needed, and of what type."""
    entity = ENTITIES[operation.entity]
    record: Schema = {
        "type": "object",
        "properties": {
            field.name: _taken_value(field) if field.is_required else _or_nothing(_taken_value(field))
            for field in entity.fields
        }
        | {"metadata": {"type": ["object", "null"]}},
        "required": [field.name for field in entity.fields if field.is_required and field.name not in optional],
    }
    return {
        "type": "object",
        "description": "The record under its root key; its sourcedId is that of the path.",
        "properties": {operation.root_key: record},
        "required": [operation.root_key],
    }


def _sent_value(field: Field) -> Schema:
    match field.type:
        case FieldType.REFERENCE if field.name != "sourcedId":
            return reference_to(f"{record_name(str(field.refers_to))}Ref")
        case FieldType.REFERENCES:
            return _list(reference_to(f"{record_name(str(field.refers_to))}Ref"))
        case FieldType.USER_IDS:
            return _list(dict(_USER_ID))
        case FieldType.STRINGS:
            return _list({"type": "string"})
        case FieldType.ENUMERATIONS:
            return _list({"type": "string", "enum": list(field.values)})
        case FieldType.DATE if field.is_date_time_in_json:
            return dict(_MOMENT)
        case _:
            return _scalar(field)


def _taken_value(field: Field) -> Schema:
    """As sent, but for what the digest of the gradebook lets a consumer leave out or write in another way."""
    match field.type:
        case FieldType.REFERENCE if field.name != "sourcedId":
            return {
                "type": "object",
                "properties": {"sourcedId": dict(GUID), "href": {"type": "string"}, "type": {"type": "string"}},
                "required": ["sourcedId"],
            }
        case FieldType.DATE:
            return {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}
        case FieldType.STRING if field.is_required:
            return {"type": "string", "minLength": 1}
        case _:
            return _scalar(field)


def _scalar(field: Field) -> Schema:
    match field.type:
        case FieldType.GUID | FieldType.REFERENCE:
            return dict(GUID)
        case FieldType.ENUMERATION | FieldType.BOOLEAN:
            return {"type": "string", "enum": list(field.values)}
        case FieldType.DATE:
            return dict(_DAY)
        case FieldType.DATE_TIME:
            return dict(_MOMENT)
        case FieldType.YEAR:
            return {"type": "string", "pattern": "^[0-9]{4}$"}
        case FieldType.FLOAT:
            return {"type": "number"}
        case _:
            return {"type": "string"}


def _or_nothing(schema: Schema) -> Schema:
    """The same, or no value: null and, for all that is text, the empty one."""
    return {"anyOf": [schema, {"enum": [None, ""]}]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _reference(entity: str) -> Schema:
    """A reference as the provider writes it: with the base type, never an alias (data model, GUIDRef)."""
    return {
        "type": "object",
        "properties": {
            "href": {"type": "string", "format": "uri"},
            "sourcedId": dict(GUID),
            "type": {"const": REFERENCE_TYPES[entity][0]},
        },
        "required": ["href", "sourcedId", "type"],
        "additionalProperties": False,
    }


def _envelope(operation: Operation) -> Schema:
    record = reference_to(record_name(operation.entity))
    return {
        "type": "object",
        "properties": {
            operation.root_key: _list(record) if operation.kind is Kind.LIST else record,
            STATUS_KEY: {
                **_notices(),
                "description": "Warnings: names in `sort` or `fields` that no field has.",
            },
        },
        "required": [operation.root_key],
        "additionalProperties": False,
    }


def _error() -> Schema:
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "properties": {STATUS_KEY: {**_notices(), "minItems": 1}},
        "required": [STATUS_KEY],
        "additionalProperties": False,
    }


def _notices() -> Schema:
    return _list(
        {
            "type": "object",
            "properties": {
                "imsx_codeMajor": {"type": "string", "enum": list(CodeMajor)},
                "imsx_severity": {"type": "string", "enum": list(Severity)},
                "imsx_messageRefIdentifier": {"type": "string"},
                "imsx_operationRefIdentifier": {"type": "string", "enum": list(OPERATIONS)},
                "imsx_description": {"type": "string"},
                "imsx_codeMinor": {"type": "string", "enum": list(CodeMinor)},
            },
            "required": ["imsx_codeMajor", "imsx_severity"],
            "additionalProperties": False,
        }
    )
