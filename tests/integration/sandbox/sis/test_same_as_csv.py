"""What is read over REST is what the CSV package says: the same records, the same text, no tolerance needed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_world import a_district
from sis_connect.oneroster.json_reader import read_page
from sis_connect.oneroster.operations import OPERATIONS, Kind
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.district import write_district

if TYPE_CHECKING:
    from pathlib import Path

    from integration.sandbox.sis.conftest import Launch
    from integration.sandbox.sis.sis_caller import SisCaller
    from sis_connect.oneroster.operations import Operation
    from sis_packages import Package

WHOLE = [
    operation
    for operation in OPERATIONS.values()
    if operation.kind is Kind.LIST and operation.parent is None and operation.selects is None
]


def rows_in_package(package: Package, operation: Operation) -> list[dict[str, str | None]]:
    """The rows of a file by column, in the order of ids; passwords, which no provider sends, are none."""
    entity = ENTITIES[operation.entity]
    lines = list(csv.reader(io.StringIO(package[entity.csv_file].decode()))) if entity.csv_file in package else [[]]
    secret = {field.column for field in entity.fields if field.is_secret}
    names = (*entity.columns, *lines[0][len(entity.columns) :])
    rows = [
        {name: None if name in secret else value or None for name, value in zip(names, line, strict=True)}
        for line in lines[1:]
    ]
    return sorted(rows, key=lambda row: str(row["sourced_id"]))


def rows_over_rest(caller: SisCaller, operation: Operation, limit: int) -> list[dict[str, str | None]]:
    """The rows of all pages, none of which deviates from the standard."""
    rows: list[dict[str, str | None]] = []
    while True:
        page = read_page(caller.send("GET", operation.path, limit=limit, offset=len(rows)).content, operation)
        assert not page.tolerances
        assert not page.faults
        if not page.rows:
            return rows
        rows += page.rows


def without_blanks(rows: list[dict[str, str | None]]) -> list[dict[str, str]]:
    """A key without a value means the same as no key."""
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_a_small_district_is_the_same_over_rest(launch: Launch, limit: int) -> None:
    """A bulk package, stamps left blank: what may be blank is as blank over REST."""
    caller = launch(stamps=False)
    for operation in WHOLE:
        expected = rows_in_package(a_district(), operation)
        assert without_blanks(rows_over_rest(caller, operation, limit)) == without_blanks(expected), operation.id


def test_a_seeded_district_is_the_same_over_rest(launch: Launch, tmp_path: Path) -> None:
    write_district(tmp_path / "district", students=60, guardians=True)
    package = {path.name: path.read_bytes() for path in (tmp_path / "district").iterdir()}
    caller = launch(stamps=False, package=package)
    for operation in WHOLE:
        expected = rows_in_package(package, operation)
        assert rows_over_rest(caller, operation, 100) == expected, operation.id
