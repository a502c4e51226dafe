"""Records as the standard wants them on the wire."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES, write_reference
from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.json_writer import write_record
from sis_connect.oneroster.schema import ENTITIES

BASE = "https://sis.example/ims/oneroster/v1p1"


def reference(collection: str, sourced_id: str, type_: str) -> dict[str, str]:
    return {"href": f"{BASE}/{collection}/{sourced_id}", "sourcedId": sourced_id, "type": type_}


def test_a_user_as_the_standard_writes_it() -> None:
    row = {
        "sourced_id": "u-1",
        "status": "active",
        "date_last_modified": "2026-08-20T06:30:00.000Z",
        "enabled_user": "true",
        "org_sourced_ids": "s-1,s-2",
        "role": "student",
        "username": "ada",
        "user_ids": "{SIS:9:1},{LDAP:ada}",
        "given_name": "Ada",
        "family_name": "Khan",
        "agent_sourced_ids": "g-1",
        "grades": "09",
        "password": "secret",
    }
    assert write_record(ENTITIES["users"], row, {"vendor.house": "Blue"}, BASE) == {
        "sourcedId": "u-1",
        "status": "active",
        "dateLastModified": "2026-08-20T06:30:00.000Z",
        "enabledUser": "true",
        "orgs": [reference("orgs", "s-1", "org"), reference("orgs", "s-2", "org")],
        "role": "student",
        "username": "ada",
        "userIds": [{"type": "SIS", "identifier": "9:1"}, {"type": "LDAP", "identifier": "ada"}],
        "givenName": "Ada",
        "familyName": "Khan",
        "middleName": "",
        "identifier": "",
        "email": "",
        "sms": "",
        "phone": "",
        "agents": [reference("users", "g-1", "user")],
        "grades": ["09"],
        "metadata": {"vendor.house": "Blue"},
    }


def test_what_may_not_be_empty_is_left_out() -> None:
    record = write_record(ENTITIES["enrollments"], {"sourced_id": "e"}, {}, BASE)
    assert record == {"sourcedId": "e"}


def test_numbers_are_numbers_with_the_digits_they_had() -> None:
    row = {"sourced_id": "l", "result_value_min": "0", "result_value_max": "100.50"}
    record = write_record(ENTITIES["lineItems"], row, {}, BASE)
    assert record["resultValueMax"] == Decimal("100.5")
    assert encode_json([record["resultValueMin"], record["resultValueMax"]]) == b"[0,100.50]"


def test_the_dates_of_line_items_are_moments_and_that_of_a_result_is_a_date() -> None:
    line_item = write_record(ENTITIES["lineItems"], {"sourced_id": "l", "due_date": "2026-09-02"}, {}, BASE)
    result = write_record(ENTITIES["results"], {"sourced_id": "r", "score_date": "2026-09-02"}, {}, BASE)
    assert (line_item["dueDate"], result["scoreDate"]) == ("2026-09-02T00:00:00.000Z", "2026-09-02")


@pytest.mark.parametrize(
    ("entity", "column", "name", "text"),
    [
        ("results", "score", "score", "abc"),
        ("results", "score", "score", "1_000"),
        ("users", "user_ids", "userIds", "SIS;1"),
        ("users", "user_ids", "userIds", "{SIS:1};{LDAP:2}"),
        ("lineItems", "due_date", "dueDate", "9/2/26"),
    ],
)
def test_a_text_that_its_type_cannot_hold_stays_as_it_is(entity: str, column: str, name: str, text: str) -> None:
    """A provider that mends its data hides the fault from those who check it."""
    assert write_record(ENTITIES[entity], {"sourced_id": "a", column: text}, {}, BASE)[name] == text


def test_lists_that_only_json_has_are_written_when_they_are_given() -> None:
    orgs = ENTITIES["orgs"]
    assert "children" not in write_record(orgs, {"sourced_id": "d"}, {}, BASE)
    assert write_record(orgs, {"sourced_id": "d"}, {}, BASE, {"children": []})["children"] == []
    record = write_record(ENTITIES["classes"], {"sourced_id": "c"}, {}, BASE, {"resources": ["r-1"]})
    assert record["resources"] == [reference("resources", "r-1", "resource")]


def test_an_id_is_one_segment_of_its_href() -> None:
    assert write_reference("users", "a/b c?", BASE)["href"] == f"{BASE}/users/a%2Fb%20c%3F"


def test_the_types_of_references_are_those_of_the_standard() -> None:
    types = {type_ for collection in REFERENCE_TYPES.values() for type_ in collection}
    aliases = {"gradingPeriod", "term", "student", "teacher"}
    assert types == {entity.singular for entity in ENTITIES.values()} | aliases
