"""Header rows and the columns of the binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.oneroster.csv_headers import HeaderFault, match_header
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from sis_connect.oneroster.model import Entity

ORGS = ENTITIES["orgs"]
USERS = ENTITIES["users"]


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_the_binding_s_own_header_matches_without_a_word(entity: Entity) -> None:
    match = match_header(entity, entity.csv_header)
    assert dict(match.positions) == {column: position for position, column in enumerate(entity.columns)}
    assert match.faults == ()
    assert match.repeated == ()


@given(header=st.permutations([*USERS.csv_header, "metadata.a", "metadata.b"]))
def test_columns_are_found_by_name_in_any_order(header: list[str]) -> None:
    match = match_header(USERS, header)
    assert {header[position] for position in match.positions.values()} == set(USERS.csv_header)
    assert {name: header[position] for name, position in match.metadata.items()} == {
        "metadata.a": "metadata.a",
        "metadata.b": "metadata.b",
    }
    assert {fault for fault, _ in match.faults} <= {HeaderFault.WRONG_ORDER, HeaderFault.METADATA_NOT_LAST}


def test_shuffled_columns_are_named_once() -> None:
    assert match_header(ORGS, ORGS.csv_header[::-1]).faults == ((HeaderFault.WRONG_ORDER, ""),)


def test_metadata_before_a_column_of_the_standard_is_named() -> None:
    match = match_header(ORGS, ["metadata.early", *ORGS.csv_header, "metadata.late"])
    assert match.faults == ((HeaderFault.METADATA_NOT_LAST, "metadata.early"),)
    assert dict(match.metadata) == {"metadata.early": 0, "metadata.late": 8}


def test_case_and_blanks_are_tolerated_and_named() -> None:
    match = match_header(ORGS, ["SourcedID", " status", *ORGS.csv_header[2:], "Metadata.Address1"])
    assert match.positions["sourced_id"] == 0
    assert match.positions["status"] == 1
    assert dict(match.metadata) == {"metadata.Address1": 7}
    assert match.faults == (
        (HeaderFault.WRONG_CASE, "SourcedID"),
        (HeaderFault.BLANKS, "status"),
        (HeaderFault.WRONG_CASE, "Metadata.Address1"),
    )


@pytest.mark.parametrize(
    ("entity", "old", "column"),
    [
        ("users", "userId", "user_ids"),
        ("users", "agents", "agent_sourced_ids"),
        ("users", "grade", "grades"),
        ("users", "orgSourcedId", "org_sourced_ids"),
        ("demographics", "gender", "sex"),
        ("demographics", "userSourcedId", "sourced_id"),
        ("classes", "termSourcedId", "term_sourced_ids"),
        ("courses", "schoolYearId", "school_year_sourced_id"),
    ],
)
def test_names_of_oneroster_1_0_are_understood_and_named(entity: str, old: str, column: str) -> None:
    declared = ENTITIES[entity]
    header = [old if field.column == column else field.csv_name for field in declared.fields]
    match = match_header(declared, header)
    assert match.positions[column] == header.index(old)
    assert match.faults == ((HeaderFault.OLD_NAME, old),)


def test_an_old_name_beside_its_new_one_is_a_repetition() -> None:
    assert match_header(USERS, [*USERS.csv_header, "grade"]).repeated == ("grades",)


def test_metadata_columns_that_differ_in_case_alone_are_a_repetition() -> None:
    match = match_header(ORGS, [*ORGS.csv_header, "metadata.City", "metadata.city"])
    assert match.repeated == ("metadata.City", "metadata.city")


def test_missing_columns_are_named_by_whether_a_value_is_required() -> None:
    match = match_header(ORGS, ["sourcedId", "status", "dateLastModified", "name", "identifier", "parentSourcedId"])
    assert match.faults == ((HeaderFault.MISSING_REQUIRED, "type"),)
    match = match_header(ORGS, ["sourcedId", "name", "type", "identifier", "parentSourcedId"])
    assert {name for fault, name in match.faults if fault is HeaderFault.MISSING_OPTIONAL} == {
        "status",
        "dateLastModified",
    }


@pytest.mark.parametrize("header", ["nickname", "", "metadata", "metadata."])
def test_columns_that_the_binding_does_not_know_are_dropped_and_named(header: str) -> None:
    match = match_header(ORGS, [*ORGS.csv_header, header])
    assert match.faults == ((HeaderFault.UNKNOWN_COLUMN, header),)
    assert match.metadata == {}


def test_trailing_nameless_columns_are_no_repetition() -> None:
    assert match_header(ORGS, [*ORGS.csv_header, "", ""]).repeated == ()
