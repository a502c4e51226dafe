"""What a package becomes: the first fills the provider, later ones change it by the state machine of the standard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.sis.sis_world import LOADED_AT, ORGS, USERS, a_district
from sis_connect.errors import PackageRefusedError
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis import load_district, load_package
from sis_connect.sandbox.sis.storage import Storage
from sis_packages import a_package, manifest, text, write_folder, write_zip

if TYPE_CHECKING:
    from pathlib import Path

    from integration.sandbox.sis.conftest import Launch
    from sis_connect.sandbox.sis.storage import Value
    from sis_packages import Package

ORGS_HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
LATER = LOADED_AT + timedelta(days=1)


def rows_of(database: Path, entity: str, *columns: str) -> list[tuple[Value, ...]]:
    """These columns of all records, in the order of ids."""
    storage = Storage(database)
    try:
        with storage.reading() as session:
            return session.rows(
                f"SELECT {', '.join(columns)} FROM {ENTITIES[entity].table} ORDER BY sourced_id, record"
            )
    finally:
        storage.close()


def load(package: Package, folder: Path, **options: object) -> Path:
    """The database after the package was loaded into it."""
    database = folder / "sis.sqlite"
    write_folder(package, folder / f"package-{len(list(folder.iterdir()))}")
    newest = max(folder.glob("package-*"), key=lambda path: path.stat().st_mtime_ns)
    load_package(newest, database, **{"at": LOADED_AT, **options})  # type: ignore[arg-type] # any option
    return database


def orgs(*lines: str, mode: str = "bulk") -> Package:
    """A package of orgs alone."""
    return {"orgs.csv": text(ORGS_HEADER, *lines), "manifest.csv": manifest({"orgs": mode})}


def test_a_bulk_load_stamps_what_it_brings(tmp_path: Path) -> None:
    database = load(orgs("s1,,,Hill,school,,", "s2,tobedeleted,2026-01-02T03:04:05.000Z,Dale,school,,"), tmp_path)
    assert rows_of(database, "orgs", "sourced_id", "status", "date_last_modified") == [
        ("s1", "active", "2026-09-15T06:00:00.000Z"),
        ("s2", "tobedeleted", "2026-01-02T03:04:05.000Z"),
    ]


def test_a_bulk_load_may_leave_the_stamps_blank(launch: Launch) -> None:
    """As the standard allows before a record is activated."""
    caller = launch(stamps=False)
    org = caller.get("/orgs/d1")["org"]
    assert not org.get("status")
    assert not org.get("dateLastModified")


def test_every_value_is_kept_as_it_was_written(tmp_path: Path) -> None:
    """Blanks, quotes, commas and line breaks are the record's own; what is blank is no value."""
    lines = ('a,,," Hill, ""North"" ",SCHOOL, 7 ,', 'b,,,"two\nlines",school,,', "c,,,,,,")
    database = load(orgs(*lines), tmp_path)
    assert rows_of(database, "orgs", "sourced_id", "name", "type", "identifier", "parent_sourced_id") == [
        ("a", ' Hill, "North" ', "SCHOOL", " 7 ", None),
        ("b", "two\nlines", "school", None, None),
        ("c", None, None, None, None),
    ]


@pytest.mark.parametrize("within", ["", "export/2026/"])
def test_a_zip_is_read_as_a_folder_is(tmp_path: Path, within: str) -> None:
    package = a_district()
    archive = write_zip(package, tmp_path / "district.zip", within=within)
    load_package(archive, tmp_path / "zip.sqlite", at=LOADED_AT)
    load_package(write_folder(package, tmp_path / "folder"), tmp_path / "folder.sqlite", at=LOADED_AT)
    for entity in ENTITIES.values():
        everything = (*map('"{}"'.format, entity.columns), "metadata")
        assert rows_of(tmp_path / "zip.sqlite", entity.name, *everything) == rows_of(
            tmp_path / "folder.sqlite", entity.name, *everything
        )


def test_headers_of_the_field_are_understood(tmp_path: Path) -> None:
    """Another order and case, a byte order mark, and columns of the vendor's own."""
    header = "\ufeffname,SOURCEDID,shoeSize,Type,metadata.Colour"
    database = load({"ORGS.CSV": text(header, "Hill,s1,44,school,red", "Dale,s2,45,school,")}, tmp_path)
    assert rows_of(database, "orgs", "sourced_id", "name", "type", "metadata") == [
        ("s1", "Hill", "school", '{"Colour":"red"}'),
        ("s2", "Dale", "school", '{"Colour":""}'),
    ]


def test_rows_that_are_no_rows_are_counted_and_left_out(tmp_path: Path) -> None:
    package = orgs("s1,,,Hill,school,,", "s2,too,few", "s3,,,Dale,school,,,one,too,many", "s4,,,Glen,school,,")
    write_folder(package, tmp_path / "package")
    loaded = load_package(tmp_path / "package", tmp_path / "sis.sqlite")
    assert (loaded.rows, loaded.rejected) == ({"orgs": 2}, {"orgs": 2})
    assert rows_of(tmp_path / "sis.sqlite", "orgs", "sourced_id") == [("s1",), ("s4",)]


def test_a_file_of_faulty_rows_alone_is_counted_too(tmp_path: Path) -> None:
    write_folder(orgs("s2,too,few"), tmp_path / "package")
    loaded = load_package(tmp_path / "package", tmp_path / "sis.sqlite")
    assert (loaded.rows, loaded.rejected) == ({"orgs": 0}, {"orgs": 1})


@pytest.mark.parametrize("content", [b"", b"\n", b"sourcedId\n"])
def test_an_empty_file_brings_nothing(tmp_path: Path, content: bytes) -> None:
    assert rows_of(load({"orgs.csv": content}, tmp_path), "orgs", "sourced_id") == []


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "missing.zip", tmp_path / "notes.txt", tmp_path / "empty"):
        with pytest.raises(PackageRefusedError):
            load_package(path, tmp_path / "sis.sqlite")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "notes.txt"]


def test_a_later_bulk_load_marks_what_it_leaves_out_and_stamps_what_changed(tmp_path: Path) -> None:
    load(orgs("s1,,,Hill,school,,", "s2,,,Dale,school,,", "s3,,,Glen,school,,"), tmp_path)
    database = load(orgs("s1,,,Hill,school,,", "s2,,,Dale North,school,,", "s4,,,Moor,school,,"), tmp_path, at=LATER)
    before, after = "2026-09-15T06:00:00.000Z", "2026-09-16T06:00:00.000Z"
    assert rows_of(database, "orgs", "sourced_id", "name", "status", "date_last_modified") == [
        ("s1", "Hill", "active", before),
        ("s2", "Dale North", "active", after),
        ("s3", "Glen", "tobedeleted", after),
        ("s4", "Moor", "active", after),
    ]


def test_a_record_that_comes_back_is_active_again(tmp_path: Path) -> None:
    load(orgs("s1,,,Hill,school,,", "s2,,,Dale,school,,"), tmp_path)
    load(orgs("s1,,,Hill,school,,"), tmp_path)
    database = load(orgs("s1,,,Hill,school,,", "s2,,,Dale,school,,"), tmp_path, at=LATER)
    assert rows_of(database, "orgs", "status", "date_last_modified")[1] == ("active", "2026-09-16T06:00:00.000Z")


def test_a_later_load_leaves_entities_alone_that_it_has_no_file_for(tmp_path: Path) -> None:
    load(a_district(), tmp_path)
    database = load(orgs("d1,,,Riverbend District,district,100,"), tmp_path, at=LATER)
    assert {status for (status,) in rows_of(database, "users", "status")} == {"active"}
    assert rows_of(database, "orgs", "status") == [("active",), ("tobedeleted",), ("tobedeleted",)]


def test_a_delta_changes_what_it_names_alone(tmp_path: Path) -> None:
    load(orgs("s1,,,Hill,school,,", "s2,,,Dale,school,,", "s3,,,Glen,school,,"), tmp_path)
    at = "2026-09-20T00:00:00.000Z"
    delta = orgs(f"s2,active,{at},Dale North,school,,", f"s3,tobedeleted,{at},Glen,school,,", mode="delta")
    database = load(delta, tmp_path, at=LATER)
    assert rows_of(database, "orgs", "sourced_id", "name", "status", "date_last_modified") == [
        ("s1", "Hill", "active", "2026-09-15T06:00:00.000Z"),
        ("s2", "Dale North", "active", at),
        ("s3", "Glen", "tobedeleted", at),
    ]


def test_a_package_may_be_loaded_while_the_provider_runs(launch: Launch, tmp_path: Path) -> None:
    """The next night's import: schools, memberships and pages are those of the new package at once."""
    caller = launch()
    assert caller.ids("/schools/s1/students") == ["u1", "u2"]
    moved = USERS.replace(b"u2,,,true,s1,", b"u2,,,true,s2,")
    night = a_package(orgs=ORGS, users=moved)
    loaded = caller.sis.records.load(write_folder(night, tmp_path / "night"))
    assert loaded.rows == {"orgs": 3, "users": 6}
    assert caller.ids("/schools/s1/students") == ["u1"]
    assert caller.ids("/schools/s2/students") == ["u1", "u2", "u3"]


def test_a_seeded_district_is_served_whole(tmp_path: Path) -> None:
    loaded = load_district(tmp_path / "sis.sqlite", students=40, seed=3)
    assert len(rows_of(tmp_path / "sis.sqlite", "users", "record")) == loaded.rows["users"] > 40
    assert not loaded.rejected
