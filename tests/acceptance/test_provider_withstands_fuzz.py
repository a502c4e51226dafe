"""Schemathesis against the provider: whatever fits its OpenAPI document, and what does not, is answered as it says.

For every operation: no 5xx, a documented status and content type, the promised headers, and a body of the promised
schema. What is tried is the same each time. Some requests name records that are there, so that more than 404 is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from integration.sandbox.sis.sis_caller import NO_TLS, SisCaller
from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import RunningSis, SisSettings, load_package, start
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from sis_connect.oneroster.operations import Operation

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
#: Requests for each operation: fitting ones and others, to records that are there and to some that are not.
REQUESTS = 30

#: A record of each collection that is there.
KNOWN = {
    "orgs": "s1",
    "academicSessions": "g1",
    "courses": "k1",
    "classes": "c1",
    "users": "u1",
    "enrollments": "e1",
    "demographics": "u1",
    "resources": "r1",
    "categories": "q1",
    "lineItems": "l1",
    "results": "m1",
}
HOLDERS = {
    "school_id": "s1",
    "class_id": "c1",
    "course_id": "k1",
    "term_id": "t1",
    "student_id": "u1",
    "teacher_id": "v1",
    "user_id": "u1",
    "line_item_id": "l1",
}
#: Records that the rest of the gradebook can do without, for those operations that delete.
SPARE = {"categories": "q2", "lineItems": "l2", "results": "m2"}
PARTS = {"getTeacher": "v1", "getTerm": "t1"}


@dataclass(frozen=True, slots=True)
class Target:
    """A provider, its document, and a token that opens everything."""

    sis: RunningSis
    document: OpenApiSchema
    headers: dict[str, str]
    session: requests.Session


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("fuzzed")
    write_folder(a_district(), folder / "package")
    load_package(folder / "package", folder / "sis.sqlite", at=LOADED_AT)
    with (
        start(SisSettings(), folder / "sis.sqlite") as sis,
        SisCaller(sis) as caller,
        requests.Session() as session,
    ):
        described = httpx2.get(f"{sis.web_url}openapi.json", verify=NO_TLS).json()
        token = caller.token().json()["access_token"]
        yield Target(sis, schemathesis.openapi.from_dict(described), {"Authorization": f"Bearer {token}"}, session)


def known_ids(operation: Operation) -> dict[str, str]:
    """Ids of the path that lead to records that are there."""
    own = SPARE if operation.kind is Kind.DELETE else KNOWN
    id_ = PARTS.get(operation.id, own[operation.entity])
    return {name: HOLDERS.get(name, id_) for name in operation.parameters}


def make_sound(operation: Operation, case: Case[Any]) -> Case[Any]:
    """The record in the body is the one of the path, and what it refers to is there."""
    record = case.body.get(operation.root_key) if isinstance(case.body, dict) else None
    if isinstance(record, dict):
        record["sourcedId"] = case.path_parameters["id"]
        for field in ENTITIES[operation.entity].references:
            record[field.name] = {"sourcedId": KNOWN[str(field.refers_to)]}
    return case


def cases(operation: Operation, document: OpenApiSchema) -> st.SearchStrategy[Case[Any]]:
    described = document.find_operation_by_id(operation.id)
    fitting, unfitting = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    known = described.as_strategy(fitting, path_parameters=known_ids(operation))
    made = [known, described.as_strategy(fitting)]
    if operation.kind in {Kind.LIST, Kind.PUT}:
        made.append(described.as_strategy(unfitting, path_parameters=known_ids(operation)))
    if operation.kind is Kind.PUT:
        made.append(known.map(lambda case: make_sound(operation, case)))
    return st.one_of(made)


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_as_the_document_says_whatever_is_sent(target: Target, name: str) -> None:
    operation = OPERATIONS[name]

    @settings(
        max_examples=REQUESTS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, target.document))
    def send(case: Case[Any]) -> None:
        case.call_and_validate(target.sis.url, target.session, headers=target.headers, checks=CHECKS)

    send()
    assert not [status for status in target.sis.statistics().statuses if status >= 500]


@pytest.mark.parametrize("kind", Kind)
def test_whoever_shows_no_token_gets_the_refusal_that_the_document_says(target: Target, kind: Kind) -> None:
    for operation in OPERATIONS.values():
        if operation.kind is kind:
            case = target.document.find_operation_by_id(operation.id).Case(path_parameters=known_ids(operation))
            assert case.call_and_validate(target.sis.url, target.session, checks=CHECKS[:-1]).status_code == 401
