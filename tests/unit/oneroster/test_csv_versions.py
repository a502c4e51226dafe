"""Telling roster formats apart by names and headers."""

from __future__ import annotations

import pytest

from sis_connect.oneroster.csv_format import FileMode, Manifest, manifest_rows, parse_manifest
from sis_connect.oneroster.csv_versions import RosterFormat, recognise
from sis_connect.oneroster.schema import ENTITIES

FILES = {"orgs.csv", "users.csv", "classes.csv", "enrollments.csv", "manifest.csv"}
HEADERS_1_1 = {name: ENTITIES[name].csv_header for name in ("orgs", "users", "classes", "enrollments")}
USERS_1_2 = ("sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName")


def a_manifest(version: str = "1.1") -> Manifest:
    rows = manifest_rows({"users": FileMode.BULK})
    return parse_manifest([(name, version if name == "oneroster.version" else value) for name, value in rows])


def test_oneroster_1_1_by_its_manifest() -> None:
    assert recognise(FILES, HEADERS_1_1, a_manifest()) is RosterFormat.ONEROSTER_1_1


@pytest.mark.parametrize("version", ["", "1.0", "1.2", "1.1.0"])
def test_headers_of_1_1_outweigh_another_version_in_the_manifest(version: str) -> None:
    assert recognise(FILES, HEADERS_1_1, a_manifest(version)) is RosterFormat.ONEROSTER_1_1_BY_HEADERS


def test_headers_of_1_1_without_a_manifest() -> None:
    assert recognise(FILES - {"manifest.csv"}, HEADERS_1_1, None) is RosterFormat.WITHOUT_MANIFEST


@pytest.mark.parametrize(
    ("entity", "old", "new"),
    [
        ("demographics", "userSourcedId", "sourcedId"),
        ("classes", "termSourcedId", "termSourcedIds"),
        ("users", "userId", "userIds"),
        ("courses", "grade", "grades"),
    ],
)
@pytest.mark.parametrize("manifest", [None, a_manifest("1.0")], ids=["no manifest", "manifest says 1.0"])
def test_oneroster_1_0_by_its_headers(entity: str, old: str, new: str, manifest: Manifest | None) -> None:
    header = [old if name == new else name for name in ENTITIES[entity].csv_header]
    assert recognise({"orgs.csv", f"{entity}.csv"}, {entity: header}, manifest) is RosterFormat.ONEROSTER_1_0


def test_an_old_header_in_a_package_that_says_1_1_is_1_1() -> None:
    header = ["grade" if name == "grades" else name for name in ENTITIES["users"].csv_header]
    assert recognise({"users.csv"}, {"users": header}, a_manifest()) is RosterFormat.ONEROSTER_1_1


@pytest.mark.parametrize("version", ["1.2", "1.1", ""])
def test_oneroster_1_2_by_users_without_a_role(version: str) -> None:
    headers = {"users": (*USERS_1_2, "userMasterIdentifier", "primaryOrgSourcedId")}
    assert recognise({"users.csv"}, headers, a_manifest(version)) is RosterFormat.ONEROSTER_1_2
    names = {"users.csv", "roles.csv"}
    assert recognise(names, {"users": USERS_1_2}, a_manifest(version)) is RosterFormat.ONEROSTER_1_2


def test_oneroster_1_2_by_its_manifest_where_no_header_speaks_against_it() -> None:
    assert recognise({"orgs.csv"}, {"orgs": ENTITIES["orgs"].csv_header}, a_manifest("1.2.1")) is (
        RosterFormat.ONEROSTER_1_2
    )


def test_users_without_a_role_and_without_any_mark_of_1_2_are_1_1_with_a_fault() -> None:
    assert recognise({"users.csv"}, {"users": USERS_1_2}, a_manifest()) is RosterFormat.ONEROSTER_1_1


@pytest.mark.parametrize(
    ("names", "headers"),
    [
        ({"School.csv", "Section.csv", "Student.csv"}, {}),
        ({"users.csv"}, {"users": ["sourcedId", "username", "givenName", "activeDirectoryMatchId"]}),
        ({"enrollments.csv", "roles.csv"}, {"enrollments": ["classSourcedId", "userSourcedId", "role"]}),
    ],
    ids=["version 1", "version 2 users", "version 2 enrollments"],
)
def test_microsoft_school_data_sync(names: set[str], headers: dict[str, list[str]]) -> None:
    assert recognise(names, headers, None) is RosterFormat.MICROSOFT_SDS


@pytest.mark.parametrize("names", [set(), {"notes.txt"}, {"school.csv"}])
def test_anything_else_is_unknown(names: set[str]) -> None:
    assert recognise(names, {}, None) is RosterFormat.UNKNOWN
