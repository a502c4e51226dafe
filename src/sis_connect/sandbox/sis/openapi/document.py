"""The whole document: every operation with its parameters, bodies, replies and the ways of signing in.

Made from `operations.OPERATIONS`; what the provider's settings leave out stands in it nowhere. Not here: schemas
(`records`) and parameters (`parameters`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.model import snake_case
from sis_connect.oneroster.operations import OPERATIONS, Kind, Scope
from sis_connect.oneroster.schema import ENTITIES, ONEROSTER_VERSION
from sis_connect.sandbox.sis.gradebook import OFTEN_MISSING
from sis_connect.sandbox.sis.openapi.parameters import path_parameters, query_parameters
from sis_connect.sandbox.sis.openapi.records import (
    ERROR,
    body_name,
    page_name,
    record_schemas,
    reference_to,
)
from sis_connect.sandbox.sis.settings import SignIn

if TYPE_CHECKING:
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sandbox.sis.openapi.records import Schema
    from sis_connect.sandbox.sis.settings import SisSettings

_JSON = "application/json"
_ABOUT = (
    "A reference provider of OneRoster 1.1 with invented data: rostering, resources and gradebook."
    " It runs on one machine, for trying consumers out."
)
_REFUSALS = {
    400: "The request is malformed.",
    401: "Nobody has signed in.",
    403: "The sender may not.",
    404: "There is no such record.",
    413: "The body is too large.",
    422: "The model does not allow it.",
}
#: By kind: what may go wrong besides 400, 401 and 403.
_MORE_REFUSALS = {Kind.LIST: (), Kind.ONE: (404,), Kind.PUT: (413, 422), Kind.DELETE: (404, 422)}
_SERVICES = {
    "Rostering": "Schools, terms, courses, classes, people and enrollments.",
    "Resources": "Digital resources of courses and classes.",
    "Gradebook": "Categories, line items and results.",
}


def build_document(settings: SisSettings, base_url: str, token_url: str) -> Schema:
    """The document of a provider with these settings at these addresses; plain JSON."""
    paths: dict[str, dict[str, Schema]] = {}
    for operation in OPERATIONS.values():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, settings)
    return {
        "openapi": "3.1.0",
        "info": {"title": "OneRoster sandbox", "version": ONEROSTER_VERSION, "description": _ABOUT},
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": about} for name, about in _SERVICES.items()],
        "paths": paths,
        "components": {
            "schemas": record_schemas(OFTEN_MISSING if settings.lenient_line_items else ()),
            "responses": {_refusal_name(status): _refusal(status) for status in _REFUSALS},
            "securitySchemes": _security_schemes(settings, token_url),
        },
    }


def _describe(operation: Operation, settings: SisSettings) -> Schema:
    described: Schema = {
        "operationId": operation.id,
        "summary": _summary(operation),
        "tags": [_service_of(operation)],
        "parameters": [*path_parameters(operation), *query_parameters(operation, settings)],
        "responses": {**_successes(operation), **_refusals(operation)},
        "security": _security(operation, settings),
    }
    if operation.kind is Kind.PUT:
        described["requestBody"] = {"required": True, "content": _content(body_name(operation))}
    return described


def _summary(operation: Operation) -> str:
    """The path in words: “Students of a class of a school”."""
    *holders, last = [part for part in operation.path.split("/")[1:] if not part.startswith("{")]
    if operation.kind is Kind.LIST:
        ofs = [f" of a {_words(ENTITIES[name].singular if name in ENTITIES else name[:-1])}" for name in holders[::-1]]
        text = f"{_words(last)}{''.join(ofs)}" if holders else f"all {_words(last)}"
    else:
        verb = {Kind.ONE: "one", Kind.PUT: "create or replace a", Kind.DELETE: "delete a"}[operation.kind]
        text = f"{verb} {_words(ENTITIES[last].singular if last in ENTITIES else last[:-1])}"
    return text[0].upper() + text[1:]


def _words(name: str) -> str:
    return snake_case(name).replace("_", " ")


def _service_of(operation: Operation) -> str:
    if Scope.RESOURCE in operation.scopes:
        return "Resources"
    return "Gradebook" if any("gradebook" in scope for scope in operation.scopes) else "Rostering"


def _successes(operation: Operation) -> dict[str, Schema]:
    match operation.kind:
        case Kind.LIST:
            page: Schema = {
                "description": "A page.",
                "headers": _page_headers(),
                "content": _content(page_name(operation)),
            }
            return {"200": page}
        case Kind.ONE:
            return {"200": {"description": "The record.", "content": _content(page_name(operation))}}
        case Kind.PUT:
            content = _content(page_name(operation))
            return {
                "200": {"description": "The record was replaced; as it is now.", "content": content},
                "201": {"description": "The record was created; as it is now.", "content": content},
            }
        case Kind.DELETE:
            return {"204": {"description": "The record is gone."}}


def _page_headers() -> dict[str, Schema]:
    return {
        "X-Total-Count": {
            "required": True,
            "description": "Records on all pages.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "Link": {
            "required": True,
            "description": "Addresses of the next, prev, first and last page (RFC 8288).",
            "schema": {"type": "string"},
        },
    }


def _refusals(operation: Operation) -> dict[str, Schema]:
    statuses = {400, 401, 403, *_MORE_REFUSALS[operation.kind], *((404,) if operation.parent else ())}
    return {str(status): {"$ref": f"#/components/responses/{_refusal_name(status)}"} for status in sorted(statuses)}


def _refusal_name(status: int) -> str:
    return f"Refused{status}"


def _refusal(status: int) -> Schema:
    refusal: Schema = {"description": _REFUSALS[status], "content": _content(ERROR)}
    if status == 401:
        refusal["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return refusal


def _content(schema: str) -> Schema:
    return {_JSON: {"schema": reference_to(schema)}}


def _security_schemes(settings: SisSettings, token_url: str) -> dict[str, Schema]:
    scopes = {str(scope): scope.rpartition("/")[2] for scope in Scope}
    schemes: dict[SignIn, Schema] = {
        SignIn.OAUTH1: {
            "type": "http",
            "scheme": "OAuth",
            "description": "Signed requests: OAuth 1.0a, two-legged, HMAC-SHA1 or HMAC-SHA256.",
        },
        SignIn.OAUTH2: {
            "type": "oauth2",
            "description": "A token for the client's id and secret.",
            "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": scopes}},
        },
        SignIn.BEARER: {"type": "http", "scheme": "bearer", "description": "A token that was agreed upon once."},
    }
    headers: dict[str, Schema] = {
        _header_scheme(name): {"type": "apiKey", "in": "header", "name": name} for name in settings.required_headers
    }
    return {str(way): scheme for way, scheme in schemes.items() if way in settings.sign_ins} | headers


def _security(operation: Operation, settings: SisSettings) -> list[Schema]:
    """Alternatives: each way of signing in, and each scope that suffices; required headers come with all of them."""
    headers: Schema = {_header_scheme(name): [] for name in settings.required_headers}
    alternatives: list[Schema] = []
    for way in SignIn:
        if way is SignIn.OAUTH2 and way in settings.sign_ins:
            alternatives += [{way.value: [str(scope)], **headers} for scope in operation.scopes]
        elif way in settings.sign_ins:
            alternatives.append({way.value: [], **headers})
    return alternatives


def _header_scheme(name: str) -> str:
    return f"header_{name}"
