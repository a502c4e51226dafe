"""The table of operations."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.oneroster.operations import OPERATIONS, Kind, Operation, Scope, operation_of, version_in
from sis_connect.oneroster.schema import ENTITIES


def test_there_are_61_operations_in_three_services() -> None:
    services = Counter(
        "gradebook" if "gradebook" in scope else "resource" if "resource." in scope else "rostering"
        for operation in OPERATIONS.values()
        for scope in operation.scopes[:1]
    )
    assert services == {"rostering": 41, "resource": 4, "gradebook": 16}


def test_no_two_operations_share_a_method_and_a_path() -> None:
    assert len({(operation.method, operation.path) for operation in OPERATIONS.values()}) == 61


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_the_id_says_what_the_operation_does(operation: Operation) -> None:
    """`getAll…` and `get…For…` are lists, `get…` is one record, `put…` and `delete…` are the writes."""
    is_list = operation.id.startswith("getAll") or "For" in operation.id
    expected = Kind.LIST if is_list else {"g": Kind.ONE, "p": Kind.PUT, "d": Kind.DELETE}[operation.id[0]]
    assert operation.kind is expected
    assert operation.method.lower() == (expected.value if expected in {Kind.PUT, Kind.DELETE} else "get")


@pytest.mark.parametrize(
    ("name", "entity", "root_key", "alias_keys", "selects"),
    [
        ("getAllSchools", "orgs", "orgs", ("schools",), ("type", "school")),
        ("getSchool", "orgs", "org", ("school",), ("type", "school")),
        ("getAllStudents", "users", "users", ("students",), ("role", "student")),
        ("getTeacher", "users", "user", ("teacher",), ("role", "teacher")),
        ("getTermsForSchool", "academicSessions", "academicSessions", ("terms",), ("type", "term")),
        ("getGradingPeriod", "academicSessions", "academicSession", ("gradingPeriod",), ("type", "gradingPeriod")),
        ("getStudentsForClassInSchool", "users", "users", ("students",), ("role", "student")),
        ("getAllDemographics", "demographics", "demographics", (), None),
        ("getDemographics", "demographics", "demographics", (), None),
        ("getClassesForStudent", "classes", "classes", (), None),
        ("putLineItem", "lineItems", "lineItem", (), None),
        ("getResultsForStudentForClass", "results", "results", (), None),
        ("deleteCategory", "categories", "", (), None),
    ],
)
def test_the_root_key_names_the_underlying_entity_and_never_the_path(
    name: str, entity: str, root_key: str, alias_keys: tuple[str, ...], selects: tuple[str, str] | None
) -> None:
    operation = OPERATIONS[name]
    assert (operation.entity, operation.root_key) == (entity, root_key)
    assert (operation.alias_keys, operation.selects) == (alias_keys, selects)


def test_every_part_of_a_collection_is_one_the_data_model_knows() -> None:
    for operation in OPERATIONS.values():
        if operation.selects:
            name, value = operation.selects
            [field] = [field for field in ENTITIES[operation.entity].fields if field.name == name]
            assert value in field.values


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("getAllUsers", {Scope.ROSTER_CORE, Scope.ROSTER}),
        ("getClassesForSchool", {Scope.ROSTER}),
        ("getDemographics", {Scope.DEMOGRAPHICS}),
        ("getResourcesForClass", {Scope.RESOURCE}),
        ("getResultsForClass", {Scope.GRADEBOOK}),
        ("putResult", {Scope.GRADEBOOK_CREATE_PUT}),
        ("deleteResult", {Scope.GRADEBOOK_DELETE}),
    ],
)
def test_the_scopes_that_open_an_operation(name: str, scopes: set[Scope]) -> None:
    assert set(OPERATIONS[name].scopes) == scopes


def test_a_scope_is_asked_for_by_its_whole_address() -> None:
    assert str(Scope.ROSTER_CORE) == "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
    assert len(Scope) == 7


@pytest.mark.parametrize(
    ("name", "parent"),
    [("getAllUsers", None), ("getUser", None), ("getTermsForSchool", "schools"), ("getResultsForClass", "classes")],
)
def test_the_parent_is_the_collection_that_the_path_leads_through(name: str, parent: str | None) -> None:
    assert OPERATIONS[name].parent == parent


def test_ids_stand_in_the_path_in_order() -> None:
    operation = OPERATIONS["getResultsForLineItemForClass"]
    assert operation.parameters == ("class_id", "line_item_id")
    assert operation.path_with(line_item_id="b", class_id="a") == "/classes/a/lineItems/b/results"


@settings(deadline=None)
@given(id_=st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda id_: id_ not in {".", ".."}))
def test_an_id_is_one_segment_of_the_path_whatever_it_holds(id_: str) -> None:
    path = OPERATIONS["getUser"].path_with(id=id_)
    assert path.startswith("/users/")
    assert path.count("/") == 2
    assert not set(path) & set("?#% +") - {"%"}
    assert unquote(path.removeprefix("/users/")) == id_


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_an_id_that_would_change_the_path_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match="No path can carry"):
        OPERATIONS["getUser"].path_with(id=id_)


def test_a_path_needs_all_of_its_ids() -> None:
    with pytest.raises(KeyError):
        OPERATIONS["getResultsForStudentForClass"].path_with(class_id="a")


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://sis.example.org/ims/oneroster/v1p1", "1.1"),
        ("https://sis.example.org/ims/oneroster/rostering/v1p2", "1.2"),
        ("https://sis.example.org/v1p1/ims/oneroster/v1p0/", "1.0"),
        ("https://v1p2.example.org/oneroster", ""),
        ("https://sis.example.org/v1p1x", ""),
    ],
)
def test_version_is_the_one_that_the_path_names_last(url: str, version: str) -> None:
    assert version_in(url) == version


def test_operation_on_a_collection_is_the_one_on_the_collection_itself() -> None:
    """`/users` and not `/students`, `/users/{id}` and not `/teachers/{id}`."""
    for (entity, kind), path in {
        ("users", Kind.LIST): "/users",
        ("users", Kind.ONE): "/users/{id}",
        ("orgs", Kind.LIST): "/orgs",
        ("results", Kind.PUT): "/results/{id}",
        ("lineItems", Kind.DELETE): "/lineItems/{id}",
    }.items():
        assert operation_of(entity, kind).path == path
    with pytest.raises(KeyError):
        operation_of("users", Kind.PUT)
