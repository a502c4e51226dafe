"""The provider's OpenAPI document: valid, complete, and true to the settings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis

from sis_connect.oneroster.operations import OPERATIONS, Kind, Scope
from sis_connect.oneroster.query import parse_filter
from sis_connect.oneroster.query.elements import property_names
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import SignIn, SisSettings
from sis_connect.sandbox.sis.openapi import build_document
from sis_connect.sandbox.sis.openapi.parameters import queryable_names
from sis_connect.sandbox.sis.routing import find_route

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE, TOKEN = "http://127.0.0.1:9/ims/oneroster/v1p1", "http://127.0.0.1:9/ims/oneroster/v1p1/token"


def document(**settings: Any) -> dict[str, Any]:
    """The document as it goes over the wire."""
    built: dict[str, Any] = json.loads(json.dumps(build_document(SisSettings(**settings), BASE, TOKEN)))
    return built


def described(built: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and what is said of it, for every operation."""
    for path, methods in built["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def pointers(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from pointers(inner)


@pytest.mark.parametrize(
    "settings",
    [{}, {"sign_ins": frozenset({SignIn.BEARER}), "required_headers": {"x-key": "1"}, "lenient_line_items": True}],
)
def test_it_is_valid_and_every_pointer_leads_somewhere(settings: dict[str, Any]) -> None:
    built = document(**settings)
    schemathesis.openapi.from_dict(built).validate()
    for pointer in pointers(built):
        found: Any = built
        for part in pointer.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_it_describes_every_operation_and_nothing_else() -> None:
    said = {operation["operationId"]: (path, method) for path, method, operation in described(document())}
    assert said == {operation.id: (operation.path, operation.method) for operation in OPERATIONS.values()}
    assert len(said) == 61


def test_every_path_it_names_is_routed_to_the_operation_it_names() -> None:
    for path, method, operation in described(document()):
        route = find_route(path.replace("{", "").replace("}", ""))
        assert route.operations[method].id == operation["operationId"]
        assert list(route.ids) == [one["name"] for one in operation["parameters"] if one["in"] == "path"]


def test_each_kind_of_operation_takes_the_parameters_of_the_standard() -> None:
    lists = ["limit", "offset", "sort", "orderBy", "filter", "fields"]
    of_kind = {Kind.LIST: lists, Kind.ONE: ["fields"], Kind.PUT: [], Kind.DELETE: []}
    for _, _, operation in described(document()):
        asked = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        assert asked == of_kind[OPERATIONS[operation["operationId"]].kind]


def test_each_scope_that_suffices_is_an_alternative() -> None:
    for _, _, operation in described(document()):
        scopes = {scope for way in operation["security"] for scope in way.get("oauth2", [])}
        assert scopes == set(OPERATIONS[operation["operationId"]].scopes)
    flows = document()["components"]["securitySchemes"]["oauth2"]["flows"]
    assert flows["clientCredentials"]["tokenUrl"] == TOKEN
    assert set(flows["clientCredentials"]["scopes"]) == set(Scope)


def test_ways_of_signing_in_that_the_provider_refuses_stand_in_it_nowhere() -> None:
    built = document(sign_ins=frozenset({SignIn.OAUTH1}), required_headers={"x-key": "1"})
    assert set(built["components"]["securitySchemes"]) == {"oauth1", "header_x-key"}
    assert {str(operation["security"]) for _, _, operation in described(built)} == {
        "[{'oauth1': [], 'header_x-key': []}]"
    }


def test_records_have_the_properties_of_their_entity_and_no_secrets() -> None:
    schemas = document()["components"]["schemas"]
    for operation in OPERATIONS.values():
        entity = ENTITIES[operation.entity]
        name = entity.singular[0].upper() + entity.singular[1:]
        secrets = {field.name for field in entity.fields if field.is_secret}
        assert set(schemas[name]["properties"]) == set(property_names(entity)) - secrets
    assert "password" not in json.dumps(schemas)


def test_a_lenient_provider_does_not_require_what_it_does_not() -> None:
    def required(built: dict[str, Any]) -> set[str]:
        body = built["components"]["schemas"]["LineItemBody"]
        return set(body["properties"]["lineItem"]["required"])

    assert required(document()) - required(document(lenient_line_items=True)) == {"category", "gradingPeriod"}


@pytest.mark.parametrize("collection", sorted({operation.entity for operation in OPERATIONS.values()}))
def test_the_pattern_of_a_filter_takes_what_the_grammar_takes(collection: str) -> None:
    entity = ENTITIES[collection]
    [schema] = [
        parameter["schema"]
        for _, _, operation in described(document())
        if OPERATIONS[operation["operationId"]].entity == collection
        for parameter in operation["parameters"]
        if parameter["name"] == "filter"
    ][:1]
    pattern = re.compile(schema["pattern"])
    for name in queryable_names(entity):
        text = f"{name}!='' OR metadata.x~'it''s'"
        assert parse_filter(text, entity).clauses
        assert pattern.search(text)
    for text in ("", "password='x'", "sourcedId='a", "sourcedId == 'a'", "sourcedId='a' and sourcedId='b'"):
        assert not pattern.search(text)
