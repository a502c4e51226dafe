"""Replies of a provider, read as rows of text: strictly where they are, tolerantly and by name where they are not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.oneroster.json_deviations import Deviation, PageFault, RecordFault, UnreadablePageError
from sis_connect.oneroster.json_reader import Page, link_entity, read_page, read_tolerantly
from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.json_typed import typed_reader
from sis_connect.oneroster.json_writer import write_record
from sis_connect.oneroster.model import Entity, Field, FieldType
from sis_connect.oneroster.operations import OPERATIONS, Kind, Operation
from sis_connect.oneroster.schema import ENTITIES, METADATA_PREFIX

BASE = "https://sis.example/ims/oneroster/v1p1"
USERS = OPERATIONS["getAllUsers"]
CLASSES = OPERATIONS["getAllClasses"]
RESULTS = OPERATIONS["getAllResults"]
LISTS = {operation.entity: operation for operation in OPERATIONS.values() if operation.path == f"/{operation.entity}"}

#: Text that survives a list: no comma, nothing empty.
ITEMS = st.text(st.characters(codec="utf-8", exclude_characters=",{}:"), min_size=1)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)


def org(sourced_id: object = "s-1") -> dict[str, object]:
    return {"href": f"{BASE}/orgs/{sourced_id}", "sourcedId": sourced_id, "type": "org"}


def user(**properties: object) -> dict[str, object]:
    return {"sourcedId": "u-1", "status": "active", "role": "student", "orgs": [org()], **properties}


def read(records: object, operation: Operation = USERS) -> Page:
    return read_page(encode_json({operation.root_key: records}), operation)


def read_user(**properties: object) -> tuple[dict[str, str | None], dict[tuple[Deviation, str], int]]:
    page = read([user(**properties)])
    [row] = page.rows
    return row, dict(page.tolerances)


def texts_of(field: Field) -> st.SearchStrategy[str]:
    """Texts of a CSV cell of this field that both bindings can hold."""
    match field.type:
        case FieldType.FLOAT:
            return st.decimals(-999999, 999999, places=2).map(str)
        case FieldType.USER_IDS:
            one = st.tuples(ITEMS, ITEMS).map(lambda pair: f"{{{pair[0]}:{pair[1]}}}")
            return st.lists(one, min_size=1, max_size=3).map(",".join)
        case FieldType.REFERENCES | FieldType.STRINGS | FieldType.ENUMERATIONS:
            return st.lists(ITEMS, min_size=1, max_size=3).map(",".join)
        case FieldType.DATE:
            return st.dates().map(str)
        case _:
            return TEXTS


@st.composite
def rows_of(draw: st.DrawFn, entity: Entity) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for field in entity.fields:
        texts = texts_of(field)
        is_there = field.type is FieldType.GUID or draw(st.booleans())
        row[field.column] = draw(texts) if is_there and not field.is_secret else None
    metadata = draw(st.dictionaries(TEXTS, TEXTS, max_size=2))
    return row | {f"{METADATA_PREFIX}{name}": text for name, text in metadata.items()}


def written(entity: Entity, row: dict[str, str | None]) -> dict[str, Any]:
    metadata = {
        name.removeprefix(METADATA_PREFIX): text
        for name, text in row.items()
        if text and name.startswith(METADATA_PREFIX)
    }
    return write_record(entity, row, metadata, BASE)


@pytest.mark.parametrize("operation", LISTS.values(), ids=lambda operation: operation.entity)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_again_without_a_word(operation: Operation, data: st.DataObject) -> None:
    entity = ENTITIES[operation.entity]
    rows = data.draw(st.lists(rows_of(entity), max_size=3))
    page = read([written(entity, row) for row in rows], operation)
    assert page == Page(rows, len(rows))


@pytest.mark.parametrize("operation", LISTS.values(), ids=lambda operation: operation.entity)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_tolerant_way_reads_the_same_rows_as_the_fast_one(operation: Operation, data: st.DataObject) -> None:
    """A property that the standard does not know makes the whole reply deviate, and changes no row."""
    entity = ENTITIES[operation.entity]
    rows = data.draw(st.lists(rows_of(entity), min_size=1, max_size=3))
    page = read([written(entity, row) | {"x": 1} for row in rows], operation)
    assert page.rows == rows
    assert page.tolerances == {(Deviation.UNKNOWN_PROPERTY, "x"): len(rows)}


def test_an_operation_for_every_entity_is_tried() -> None:
    assert set(ENTITIES) - set(LISTS) == {"courseResources", "classResources"}


@pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS.values() if operation.kind in {Kind.ONE, Kind.PUT}],
    ids=lambda operation: operation.id,
)
def test_a_single_record_is_a_page_of_one(operation: Operation) -> None:
    page = read({"sourcedId": "a", "status": "active"}, operation)
    assert [(row["sourced_id"], row["status"]) for row in page.rows] == [("a", "active")]
    assert page.received == 1
    assert not page.tolerances


def test_a_row_has_every_column_in_the_form_of_csv() -> None:
    row, tolerances = read_user(
        userIds=[{"type": "SIS", "identifier": "9:1"}, {"type": "LDAP", "identifier": "a"}],
        orgs=[org("s-1"), org("s-2")],
        grades=["09", "10"],
        sms="",
        agents=[],
        metadata={"house": "Blue", "rank": 1.50, "nested": {"a": [1, None]}, "is": True, "none": None, "empty": ""},
    )
    assert tolerances == {}
    assert row == dict.fromkeys(ENTITIES["users"].columns) | {
        "sourced_id": "u-1",
        "status": "active",
        "role": "student",
        "org_sourced_ids": "s-1,s-2",
        "user_ids": "{SIS:9:1},{LDAP:a}",
        "grades": "09,10",
        "metadata.house": "Blue",
        "metadata.rank": "1.5",
        "metadata.nested": '{"a":[1,null]}',
        "metadata.is": "true",
    }


def test_rows_can_be_written_as_lines_of_json() -> None:
    lines = msgspec.json.Encoder().encode_lines(read([user(), user(sourcedId="u-2")]).rows)
    assert [msgspec.json.decode(line)["sourced_id"] for line in lines.splitlines()] == ["u-1", "u-2"]


def test_numbers_keep_their_digits() -> None:
    content = b'{"results":[{"sourcedId":"r","score":95.50,"metadata":{"weight":0.10}}]}'
    [row] = read_page(content, RESULTS).rows
    assert (row["score"], row["metadata.weight"]) == ("95.50", "0.10")


def test_a_moment_where_csv_has_a_date_becomes_its_day() -> None:
    """JSON has a DateTime for the dates of line items; other dates pass as they are and are judged with all values."""
    operation = OPERATIONS["getAllLineItems"]
    record = {"sourcedId": "l", "assignDate": "2026-09-01T23:59:59.000Z", "dueDate": "9/2/26"}
    for extra in ({}, {"x": 1}):
        [row] = read([record | extra], operation).rows
        assert (row["assign_date"], row["due_date"]) == ("2026-09-01", "9/2/26")


def test_oddities_of_values_pass_as_text() -> None:
    row, tolerances = read_user(status="Inactive", enabledUser="TRUE", dateLastModified="yesterday", role="student ")
    assert tolerances == {}
    assert (row["status"], row["enabled_user"], row["date_last_modified"], row["role"]) == (
        "Inactive",
        "TRUE",
        "yesterday",
        "student ",
    )


def test_children_are_ignored_and_resources_become_rows_of_their_own() -> None:
    """CSV tells children by the parent of each, and resources in files of their own."""
    assert not read([{"sourcedId": "o", "children": [{"odd": 1}]}], OPERATIONS["getAllOrgs"]).tolerances
    resource = {"href": f"{BASE}/resources/r-1", "sourcedId": "r-1", "type": "resource"}
    for extra in ({}, {"x": 1}):
        page = read([{"sourcedId": "c-1", "resources": [resource]} | extra, {"sourcedId": "c-2"}], CLASSES)
        to = link_entity(ENTITIES["classes"])
        assert to is ENTITIES["classResources"]
        assert page.links == [
            dict.fromkeys(to.columns)
            | {"sourced_id": "c-1@r-1", "class_sourced_id": "c-1", "resource_sourced_id": "r-1"}
        ]
    assert link_entity(ENTITIES["courses"]) is ENTITIES["courseResources"]
    assert link_entity(ENTITIES["users"]) is None


@pytest.mark.parametrize(
    ("properties", "column", "text", "deviation"),
    [
        ({"sourcedId": 17}, "sourced_id", "17", Deviation.NUMBER_FOR_STRING),
        ({"identifier": 12345678901234567890}, "identifier", "12345678901234567890", Deviation.NUMBER_FOR_STRING),
        ({"email": None}, "email", None, Deviation.NULL),
        ({"grades": None}, "grades", None, Deviation.NULL),
        ({"enabledUser": True}, "enabled_user", "true", Deviation.BOOLEAN_FOR_STRING),
        ({"enabledUser": False}, "enabled_user", "false", Deviation.BOOLEAN_FOR_STRING),
        ({"grades": ""}, "grades", None, Deviation.SCALAR_FOR_LIST),
        ({"grades": "09,10"}, "grades", "09,10", Deviation.SCALAR_FOR_LIST),
        ({"grades": ["09,10"]}, "grades", "09,10", Deviation.SEPARATOR_IN_ITEM),
        ({"grades": {"a": 1}}, "grades", None, Deviation.UNREADABLE_VALUE),
        ({"userIds": "{SIS:1}"}, "user_ids", "{SIS:1}", Deviation.SCALAR_FOR_LIST),
        ({"userIds": ["1"]}, "user_ids", None, Deviation.UNREADABLE_VALUE),
        ({"userIds": [{"type": "a"}]}, "user_ids", None, Deviation.UNREADABLE_VALUE),
        ({"userIds": [{"type": "a:b", "identifier": "c"}]}, "user_ids", None, Deviation.UNREADABLE_VALUE),
        ({"userIds": [{"identifier": "c"}]}, "user_ids", "{:c}", Deviation.NULL),
        ({"userIds": [{"type": "a", "identifier": "c", "x": 1}]}, "user_ids", "{a:c}", Deviation.UNKNOWN_PROPERTY),
        ({"userIds": {"type": "a", "identifier": "c"}}, "user_ids", "{a:c}", Deviation.OBJECT_FOR_LIST),
        ({"orgs": org()}, "org_sourced_ids", "s-1", Deviation.OBJECT_FOR_LIST),
        ({"orgs": ["s-1"]}, "org_sourced_ids", "s-1", Deviation.BARE_REFERENCE),
        ({"orgs": [org() | {"href": None}]}, "org_sourced_ids", "s-1", Deviation.REFERENCE_WITHOUT_HREF),
        ({"orgs": [org() | {"href": "~/orgs/s-1"}]}, "org_sourced_ids", "s-1", Deviation.REFERENCE_HREF),
        ({"orgs": [org() | {"type": ""}]}, "org_sourced_ids", "s-1", Deviation.REFERENCE_WITHOUT_TYPE),
        ({"orgs": [org() | {"type": "school"}]}, "org_sourced_ids", "s-1", Deviation.REFERENCE_TYPE),
        ({"orgs": [org() | {"name": "North"}]}, "org_sourced_ids", "s-1", Deviation.UNKNOWN_PROPERTY),
        ({"orgs": [org(7)]}, "org_sourced_ids", "7", Deviation.NUMBER_FOR_STRING),
        ({"orgs": [{}]}, "org_sourced_ids", None, Deviation.EMPTY_REFERENCE),
        ({"orgs": [{"sourcedId": "", "href": "", "type": ""}]}, "org_sourced_ids", None, Deviation.EMPTY_REFERENCE),
        ({"orgs": [""]}, "org_sourced_ids", None, Deviation.EMPTY_REFERENCE),
        ({"orgs": [{"href": f"{BASE}/orgs/s-1"}]}, "org_sourced_ids", None, Deviation.UNREADABLE_VALUE),
        ({"orgs": [[[org()]]]}, "org_sourced_ids", None, Deviation.UNREADABLE_VALUE),
        ({"givenName": ["Ada"]}, "given_name", "Ada", Deviation.LIST_FOR_ONE),
        ({"givenName": []}, "given_name", None, Deviation.LIST_FOR_ONE),
        ({"givenName": ["Ada", "Eva"]}, "given_name", None, Deviation.UNREADABLE_VALUE),
        ({"givenName": {"en": "Ada"}}, "given_name", None, Deviation.UNREADABLE_VALUE),
        ({"password": "secret"}, "password", None, Deviation.PASSWORDS_DROPPED),
    ],
)
def test_a_deviation_with_one_meaning_is_read_and_counted(
    properties: dict[str, object], column: str, text: str | None, deviation: Deviation
) -> None:
    row, tolerances = read_user(**properties)
    assert row[column] == text
    [name] = properties
    assert tolerances == {(deviation, name): 1}


@pytest.mark.parametrize("password", [None, ""])
def test_a_password_that_is_not_there_is_not_worth_a_word(password: str | None) -> None:
    assert read_user(password=password)[1] == {}


@pytest.mark.parametrize(
    ("value", "text", "tolerances"),
    [
        (org(), "s-1", {}),
        ([org()], "s-1", {Deviation.LIST_FOR_ONE: 1}),
        ([], None, {Deviation.LIST_FOR_ONE: 1}),
        ([org(), org("s-2")], None, {Deviation.UNREADABLE_VALUE: 1}),
        ("s-1", "s-1", {Deviation.BARE_REFERENCE: 1}),
        (7, "7", {Deviation.BARE_REFERENCE: 1, Deviation.NUMBER_FOR_STRING: 1}),
        (None, None, {Deviation.NULL: 1}),
        ("", None, {Deviation.EMPTY_REFERENCE: 1}),
    ],
)
def test_a_single_reference_is_read_from_whatever_names_one_record(
    value: object, text: str | None, tolerances: dict[Deviation, int]
) -> None:
    page = read([{"sourcedId": "c", "school": value}], CLASSES)
    assert page.rows[0]["school_sourced_id"] == text
    assert page.tolerances == {(deviation, "school"): number for deviation, number in tolerances.items()}


def test_the_types_that_the_standard_lists_beside_the_base_type_are_no_deviation() -> None:
    agent = {"href": f"{BASE}/students/u-2", "sourcedId": "u-2", "type": "student"}
    assert read_user(agents=[agent])[1] == {}


@pytest.mark.parametrize(
    ("value", "text", "tolerances"),
    [
        ("95.5", "95.5", {Deviation.STRING_FOR_NUMBER: 1}),
        ("ninety", "ninety", {Deviation.STRING_FOR_NUMBER: 1}),
        (None, None, {Deviation.NULL: 1}),
        (True, None, {Deviation.UNREADABLE_VALUE: 1}),
        ({}, None, {Deviation.UNREADABLE_VALUE: 1}),
        (7, "7", {}),
    ],
)
def test_a_number_is_read_from_a_text_too(value: object, text: str | None, tolerances: dict[Deviation, int]) -> None:
    page = read([{"sourcedId": "r", "score": value}], RESULTS)
    assert page.rows[0]["score"] == text
    assert page.tolerances == {(deviation, "score"): number for deviation, number in tolerances.items()}


@pytest.mark.parametrize(
    ("metadata", "cells", "deviation"),
    [
        (None, {}, Deviation.NULL),
        ([], {}, Deviation.METADATA_NOT_AN_OBJECT),
        ("", {}, Deviation.METADATA_NOT_AN_OBJECT),
        ('{"house":"Blue"}', {"metadata.house": "Blue"}, Deviation.METADATA_NOT_AN_OBJECT),
        ("house=Blue", {}, Deviation.UNREADABLE_VALUE),
        (["house"], {}, Deviation.UNREADABLE_VALUE),
        ({"": "Blue", "house": 2}, {"metadata.house": "2"}, Deviation.UNREADABLE_VALUE),
    ],
)
def test_metadata_is_taken_from_what_can_be_an_object(
    metadata: object, cells: dict[str, str], deviation: Deviation
) -> None:
    row, tolerances = read_user(metadata=metadata)
    assert {name: text for name, text in row.items() if name.startswith(METADATA_PREFIX)} == cells
    assert tolerances == {(deviation, "metadata"): 1}


@pytest.mark.parametrize(
    ("name", "value", "column", "text"),
    [
        ("grade", ["09"], "grades", "09"),
        ("Email", "a@b.example", "email", "a@b.example"),
        ("userId", [{"type": "a", "identifier": "b"}], "user_ids", "{a:b}"),
        ("agentSourcedIds", [{"href": "x://y", "sourcedId": "u-2", "type": "user"}], "agent_sourced_ids", "u-2"),
    ],
)
def test_names_of_1_0_and_of_csv_are_read_under_their_name_of_1_1(
    name: str, value: object, column: str, text: str
) -> None:
    row, tolerances = read_user(**{name: value})
    assert row[column] == text
    assert tolerances == {(Deviation.OTHER_NAME, name): 1}


def test_a_name_of_1_1_counts_more_than_another() -> None:
    row, tolerances = read_user(grade="08", grades=["09"])
    assert row["grades"] == "09"
    assert tolerances == {(Deviation.UNKNOWN_PROPERTY, "grade"): 1}


def role(name: object, org_id: str = "s-1", kind: str = "primary") -> dict[str, object]:
    return {"role": name, "roleType": kind, "org": org(org_id)}


@pytest.mark.parametrize(
    ("roles", "expected", "orgs"),
    [
        ([role("student")], "student", "s-1"),
        ([role("parent", kind="secondary"), role("teacher", "s-2")], "teacher", "s-1,s-2"),
        ([role("principal"), role("teacher", "s-2")], "administrator", "s-1,s-2"),
        ([role("aide", kind="secondary"), role("counselor", kind="secondary")], "aide", "s-1"),
        ([role("ext:coach")], "ext:coach", "s-1"),
    ],
)
def test_the_roles_of_1_2_are_read_as_one_role_and_its_orgs(roles: list[object], expected: str, orgs: str) -> None:
    page = read([{"sourcedId": "u-1", "roles": roles}])
    assert (page.rows[0]["role"], page.rows[0]["org_sourced_ids"]) == (expected, orgs)
    assert page.tolerances == {(Deviation.ROLES_OF_1_2, "roles"): 1}


@pytest.mark.parametrize("roles", [[], "student", [role("student"), "teacher"], [role(None)]])
def test_roles_of_1_2_that_say_nothing_clear_are_not_used(roles: object) -> None:
    page = read([{"sourcedId": "u-1", "roles": roles}])
    assert page.rows[0]["role"] is None
    assert page.tolerances == {(Deviation.UNKNOWN_PROPERTY, "roles"): 1}


def test_the_role_of_1_1_counts_more_than_the_roles_of_1_2() -> None:
    row, tolerances = read_user(roles=[role("teacher", "s-9")])
    assert (row["role"], row["org_sourced_ids"]) == ("student", "s-1")
    assert tolerances == {(Deviation.UNKNOWN_PROPERTY, "roles"): 1}


def test_what_is_no_record_is_counted_with_its_place() -> None:
    page = read([user(), "text", None, user(sourcedId=""), user(sourcedId="u-2"), {"status": "active"}])
    assert [row["sourced_id"] for row in page.rows] == ["u-1", "u-2"]
    assert page.faults == (
        (1, RecordFault.NOT_AN_OBJECT),
        (2, RecordFault.NOT_AN_OBJECT),
        (3, RecordFault.NO_SOURCED_ID),
        (5, RecordFault.NO_SOURCED_ID),
    )
    assert page.received == 6


@settings(deadline=None)
@given(
    records=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*USERS.root_key.split(), *LISTS, "sourcedId", "type", "metadata"]), inner
            )
        ),
        max_leaves=12,
    ),
    name=st.sampled_from([field.name for field in ENTITIES["users"].fields if not field.is_secret]),
)
def test_no_value_is_too_odd_and_no_record_is_lost(records: Any, name: str) -> None:
    page = read([user(), user() | {name: records}])
    assert page.received == len(page.rows) + len(page.faults) == 2
    for row in page.rows:
        assert {type(text) for text in row.values()} <= {str, type(None)}
        assert "" not in row.values()


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "a", "a,b", "2026-09-01T00:00:00.000Z", True, 0, 1.5, [], {}, ["a"], [""], ["a,b"], [None]]
) | st.fixed_dictionaries(
    {},
    optional={
        "href": st.sampled_from(["", "x://y", "~/y", None]),
        "sourcedId": st.sampled_from(["", "a", "a,b", 1]),
        "type": st.sampled_from(["org", "user", "resource", "Org", "class", "", "a:b", "{"]),
        "identifier": st.sampled_from(["", "a", "{", ":"]),
        "": st.just(1),
    },
)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), operation=st.sampled_from([*LISTS.values()]))
def test_the_fast_way_takes_only_what_the_tolerant_way_finds_nothing_wrong_with(
    data: st.DataObject, operation: Operation
) -> None:
    names = [*(field.name for field in ENTITIES[operation.entity].fields), "metadata", "children", "resources"]
    values = ODD | st.lists(ODD, min_size=1, max_size=2)
    record = {"sourcedId": "a"} | data.draw(st.dictionaries(st.sampled_from(names), values, max_size=2))
    content = encode_json({operation.root_key: [record]})
    fast = typed_reader(operation).read(content)
    tolerant = read_tolerantly(content, operation)
    is_clean = not tolerant.tolerances and not tolerant.faults
    assert (fast is not None) == is_clean
    if fast is not None:
        assert fast[0] == tolerant.rows


def test_a_page_shows_no_record_when_it_is_printed() -> None:
    assert "u-1" not in repr(read([user()]))


# The envelope


@pytest.mark.parametrize(
    ("name", "key", "deviation"),
    [
        ("getAllStudents", "students", Deviation.ALIAS_ROOT_KEY),
        ("getAllTerms", "terms", Deviation.ALIAS_ROOT_KEY),
        ("getAllUsers", "Users", Deviation.OTHER_ROOT_KEY),
        ("getAllUsers", "user", Deviation.OTHER_ROOT_KEY),
        ("getClassesForTerm", "terms", Deviation.OTHER_ROOT_KEY),
    ],
)
def test_a_root_key_that_entity_or_path_gives_is_taken(name: str, key: str, deviation: Deviation) -> None:
    page = read_page(encode_json({key: [{"sourcedId": "a"}]}), OPERATIONS[name])
    assert [row["sourced_id"] for row in page.rows] == ["a"]
    assert page.tolerances == {(deviation, key): 1}


def test_a_single_record_under_an_alias_is_taken() -> None:
    page = read_page(b'{"student":{"sourcedId":"a"}}', OPERATIONS["getStudent"])
    assert page.tolerances == {(Deviation.ALIAS_ROOT_KEY, "student"): 1}


def test_what_stands_beside_the_root_key_is_named() -> None:
    page = read_page(b'{"users":[],"total":7}', USERS)
    assert page.tolerances == {(Deviation.EXTRA_ROOT_PROPERTY, "total"): 1}


def test_a_collection_of_one_may_be_an_object_and_a_record_a_list_of_one() -> None:
    assert read({"sourcedId": "a"}).tolerances == {(Deviation.OBJECT_FOR_LIST, "users"): 1}
    one = OPERATIONS["getUser"]
    assert read([{"sourcedId": "a"}], one).tolerances == {(Deviation.LIST_FOR_ONE, "user"): 1}


def test_a_byte_order_mark_is_ignored_and_named() -> None:
    page = read_page(b'\xef\xbb\xbf{"users":[{"sourcedId":"a"}]}', USERS)
    assert page.received == 1
    assert page.tolerances == {(Deviation.BYTE_ORDER_MARK, ""): 1}


def test_a_warning_beside_the_records_is_handed_on() -> None:
    notice = {"imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": "invalid_sort_field"}
    page = read_page(encode_json({"users": [], "statusInfoSet": [notice]}), USERS)
    assert [str(notice.code_minor) for notice in page.notices] == ["invalid_sort_field"]
    assert not page.tolerances


FAILURE = b'"statusInfoSet":[{"imsx_codeMajor":"failure","imsx_severity":"error"}]'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", PageFault.EMPTY_BODY),
        (b" \n", PageFault.EMPTY_BODY),
        (b"\n<!DOCTYPE html><title>Sign in</title>", PageFault.HTML),
        (b"Service unavailable", PageFault.NOT_JSON),
        (b'{"users":[{"sourcedId":"u1","shoeSize":1e99999999999999999999}]}', PageFault.BROKEN_JSON),
        (b'{"users":[]} {"users":[]}', PageFault.BROKEN_JSON),
        (b'{"users":[{"sourcedId":"u1","shoeSize":NaN}]}', PageFault.BROKEN_JSON),
        (b'{"users":[{"sourcedId":"u1","givenName":"\\ud800"}]}', PageFault.BROKEN_JSON),
        (b'{"users":[{"sourcedId":"a"},{"sourced', PageFault.TRUNCATED),
        (b'{"users":[{"sourcedId":"\xe9"}]}', PageFault.NOT_UTF_8),
        ('{"users":[]}'.encode("utf-16"), PageFault.NOT_UTF_8),
        (b'{"users":[]}'.decode().encode("utf-16-le"), PageFault.NOT_UTF_8),
        (b'{"users":' + b"[" * 100_000, PageFault.NESTED_TOO_DEEPLY),
        (b"[]", PageFault.NO_ENVELOPE),
        (b"null", PageFault.NO_ENVELOPE),
        (b"{}", PageFault.EMPTY_OBJECT),
        (b'{"total":0}', PageFault.MISSING_ROOT_KEY),
        (b'{"orgs":[]}', PageFault.WRONG_ROOT_KEY),
        (b'{"data":[{"sourcedId":"a"}]}', PageFault.WRONG_ROOT_KEY),
        (b'{"Users":[],"USERS":[]}', PageFault.WRONG_ROOT_KEY),
        (b'{"users":null}', PageFault.NULL_ROOT),
        (b'{"users":{}}', PageFault.WRONG_ROOT_TYPE),
        (b'{"users":"none"}', PageFault.WRONG_ROOT_TYPE),
        (b"{" + FAILURE + b"}", PageFault.ERROR_PAYLOAD),
        (b'{"users":[],' + FAILURE + b"}", PageFault.ERROR_PAYLOAD),
        (b'{"message":"Not authorised"}', PageFault.ERROR_PAYLOAD),
        (b'{"error":"invalid_token"}', PageFault.ERROR_PAYLOAD),
    ],
)
def test_a_reply_that_holds_no_records_is_refused_by_name(content: bytes, fault: PageFault) -> None:
    with pytest.raises(UnreadablePageError) as refusal:
        read_page(content, USERS)
    assert refusal.value.reason is fault
    assert refusal.value.what
    assert refusal.value.fix


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"user":{}}', PageFault.EMPTY_OBJECT),
        (b'{"user":[]}', PageFault.EMPTY_OBJECT),
        (b'{"user":[{"sourcedId":"a"},{"sourcedId":"b"}]}', PageFault.WRONG_ROOT_TYPE),
        (b'{"user":"a"}', PageFault.WRONG_ROOT_TYPE),
    ],
)
def test_no_record_or_several_are_not_a_single_one(content: bytes, fault: PageFault) -> None:
    with pytest.raises(UnreadablePageError) as refusal:
        read_page(content, OPERATIONS["getUser"])
    assert refusal.value.reason is fault


def test_what_the_provider_said_comes_with_the_refusal() -> None:
    with pytest.raises(UnreadablePageError) as refusal:
        read_page(b"{" + FAILURE + b"}", USERS)
    assert [notice.is_failure for notice in refusal.value.notices] == [True]


@settings(deadline=None)
@given(length=st.integers(0, 10_000))
def test_a_reply_cut_anywhere_is_never_believed(length: int) -> None:
    content = encode_json({"users": [user(), user(sourcedId="u-2", metadata={"a": [1, "b"]})]})
    with pytest.raises(UnreadablePageError) as refusal:
        read_page(content[: length % len(content)], USERS)
    assert refusal.value.reason in {PageFault.EMPTY_BODY, PageFault.TRUNCATED}


@settings(deadline=None)
@given(content=st.binary(max_size=40))
def test_no_bytes_are_taken_for_a_page(content: bytes) -> None:
    """The shortest page is longer than chance would hit upon."""
    with pytest.raises(UnreadablePageError):
        read_page(content, USERS)
