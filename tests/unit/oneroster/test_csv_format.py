"""The manifest of a CSV package, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.oneroster.csv_format import (
    FileMode,
    ManifestFault,
    canonical_file_name,
    manifest_rows,
    parse_manifest,
)
from sis_connect.oneroster.schema import ENTITIES

ALL_BULK = dict.fromkeys(ENTITIES, FileMode.BULK)


@given(modes=st.dictionaries(st.sampled_from(sorted(ENTITIES)), st.sampled_from(FileMode)), data=st.data())
def test_a_written_manifest_reads_back_whatever_the_order_of_its_rows(
    modes: dict[str, FileMode], data: st.DataObject
) -> None:
    header, *rows = manifest_rows(modes, "Invented SIS")
    manifest = parse_manifest([header, *data.draw(st.permutations(rows))])
    assert manifest.modes == {name: modes.get(name, FileMode.ABSENT) for name in ENTITIES}
    assert manifest.oneroster_version == "1.1"
    assert manifest.system_name == "Invented SIS"
    assert manifest.faults == ()


def test_blanks_around_properties_and_blank_rows_mean_nothing() -> None:
    rows = [(f" {name}", f"{value} ") for name, value in manifest_rows(ALL_BULK)]
    assert parse_manifest([*rows, (), ("", "")]) == parse_manifest(manifest_rows(ALL_BULK))


def test_a_version_that_a_spreadsheet_shortened_is_named_and_tolerated() -> None:
    rows = [(name, "1" if name == "manifest.version" else value) for name, value in manifest_rows(ALL_BULK)]
    assert parse_manifest(rows).faults == ((ManifestFault.WRONG_VALUE, "manifest.version"),)


@pytest.mark.parametrize("written", ["BULK", "Bulk"])
def test_a_mode_in_another_case_counts_and_is_named(written: str) -> None:
    rows = [*manifest_rows({}), ("file.users", written)]
    manifest = parse_manifest(rows)
    assert manifest.modes["users"] is FileMode.BULK
    assert (ManifestFault.WRONG_VALUE, "file.users") in manifest.faults


def test_a_mode_that_is_no_mode_is_no_mode() -> None:
    rows = [row for row in manifest_rows({}) if row[0] != "file.users"]
    manifest = parse_manifest([*rows, ("file.users", "maybe")])
    assert "users" not in manifest.modes
    assert manifest.faults == ((ManifestFault.WRONG_VALUE, "file.users"),)


def test_unknown_and_repeated_properties_are_named_and_the_last_one_counts() -> None:
    rows = [*manifest_rows({}), ("mainfest.version", "1.0"), ("file.users", "delta")]
    manifest = parse_manifest(rows)
    assert manifest.modes["users"] is FileMode.DELTA
    assert manifest.faults == (
        (ManifestFault.UNKNOWN_PROPERTY, "mainfest.version"),
        (ManifestFault.REPEATED_PROPERTY, "file.users"),
    )


def test_a_property_in_another_case_is_understood_and_named() -> None:
    rows = [*manifest_rows({})[:-1], ("File.Users", "bulk")]
    manifest = parse_manifest(rows)
    assert manifest.modes["users"] is FileMode.BULK
    assert (ManifestFault.UNKNOWN_PROPERTY, "File.Users") in manifest.faults


def test_what_a_manifest_lacks_is_named() -> None:
    manifest = parse_manifest([("propertyName", "value"), ("oneroster.version", "1.1")])
    missing = {name for fault, name in manifest.faults if fault is ManifestFault.MISSING_PROPERTY}
    assert missing == {"manifest.version", *(f"file.{name}" for name in ENTITIES)}
    assert manifest.modes == {}


@pytest.mark.parametrize("header", [("PropertyName", "Value"), ("propertyName", "")])
def test_a_header_that_is_nearly_right_is_named(header: tuple[str, str]) -> None:
    assert parse_manifest([header, *manifest_rows({})[1:]]).faults == ((ManifestFault.WRONG_HEADER, header[0]),)


def test_a_manifest_without_header_is_read_from_its_first_row() -> None:
    manifest = parse_manifest(manifest_rows(ALL_BULK)[1:])
    assert manifest.faults == ((ManifestFault.WRONG_HEADER, ""),)
    assert manifest.oneroster_version == "1.1"


def test_file_names_are_known_in_any_case() -> None:
    assert canonical_file_name("USERS.CSV") == "users.csv"
    assert canonical_file_name("lineitems.csv") == "lineItems.csv"
    assert canonical_file_name("roles.csv") is None
