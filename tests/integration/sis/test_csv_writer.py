"""Writing a package: strictly valid, and reading it gives the same records."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.errors import ConfigurationError
from sis_connect.frames import identifier, literal, open_frames
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.csv_writer import write_package
from sis_packages import ORGS_HEADER, USERS_HEADER, a_package, manifest, text, write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.fixture(scope="module")
def frames() -> Iterator[Frames]:
    with open_frames() as frames:
        yield frames


def read(path: Path, frames: Frames, *, strict: bool = True) -> Snapshot:
    into = Path(tempfile.mkdtemp(dir=path.parent))
    return read_package(path, into, frames, strict=strict)


def relations(snapshot: Snapshot) -> dict[str, str]:
    return {name: file.relation for name, file in snapshot.files.items()}


def rows(snapshot: Snapshot, entity: str, frames: Frames) -> list[tuple[object, ...]]:
    file = snapshot.files[entity]
    columns = [*ENTITIES[entity].columns, *file.metadata_columns]
    return frames.execute(f"SELECT {', '.join(map(identifier, columns))} FROM ({file.relation})").fetchall()


def query(columns: Sequence[str], records: Sequence[Sequence[str | None]]) -> str:
    values = ", ".join(
        "(" + ", ".join("NULL::VARCHAR" if value is None else literal(value) for value in record) + ")"
        for record in records
    )
    return f"SELECT * FROM (VALUES {values}) AS v({', '.join(map(identifier, columns))})"


@pytest.mark.parametrize("name", ["package.zip", "package"])
@pytest.mark.parametrize("sample", ["edfi-oneroster-1.1", "district-medium.zip"])
def test_a_sample_written_again_is_strictly_valid_and_says_the_same(
    tmp_path: Path, frames: Frames, sample: str, name: str
) -> None:
    (tmp_path / "first").mkdir()
    first = read_package(SAMPLES / sample, tmp_path / "first", frames)
    write_package(relations(first), tmp_path / name, frames, system_name=first.system_name)
    second = read(tmp_path / name, frames)
    assert second.findings == ()
    assert second.system_name == first.system_name
    assert second.files.keys() == first.files.keys()
    for entity in first.files:
        before, after = rows(first, entity, frames), rows(second, entity, frames)
        # A bulk package leaves status and dateLastModified blank.
        assert [row[:1] + row[3:] for row in after] == [row[:1] + row[3:] for row in before]
        assert {row[1:3] for row in after} == {(None, None)}


_TEXT = st.none() | st.text(
    alphabet=st.one_of(
        st.sampled_from("\",\n'; \t{}\\é"), st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")
    ),
    min_size=1,
    max_size=12,
)
_NAME = st.text(alphabet=st.sampled_from('abcXYZ019.-_ ",é'), min_size=1, max_size=8)


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_what_was_written_reads_back_the_same(frames: Frames, data: st.DataObject) -> None:
    metadata = data.draw(
        st.lists(_NAME.map(lambda name: f"metadata.{name.strip() or 'x'}"), max_size=3, unique_by=str.lower)
    )
    columns = [*ENTITIES["classes"].columns, *metadata]
    width = len(columns) - 3
    fields = st.lists(_TEXT, min_size=width, max_size=width)
    identifiers = _TEXT.filter(lambda value: value is not None)
    records = data.draw(st.lists(st.tuples(identifiers, fields), min_size=1, max_size=5))
    written = [(sourced_id, None, None, *values) for sourced_id, values in records]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "package.zip")
        write_package({"classes": query(columns, written)}, path, frames)
        snapshot = read(path, frames)
        assert [finding.code for finding in snapshot.findings if finding.code != "row.looks_unclosed"] == []
        assert snapshot.files["classes"].metadata_columns == tuple(metadata)
        assert rows(snapshot, "classes", frames) == written


def test_carriage_returns_become_line_feeds(tmp_path: Path, frames: Frames) -> None:
    columns = ENTITIES["categories"].columns
    write_package({"categories": query(columns, [("c1", None, None, "a\r\nb\rc")])}, tmp_path / "p.zip", frames)
    assert rows(read(tmp_path / "p.zip", frames), "categories", frames) == [("c1", None, None, "a\nb\nc")]


def test_files_without_rows_are_left_out_and_absent(tmp_path: Path, frames: Frames) -> None:
    nothing = f"SELECT * FROM ({query(ENTITIES['orgs'].columns, [('x',) * 7])}) WHERE false"
    write_package({"orgs": nothing}, tmp_path / "p.zip", frames)
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert archive.namelist() == ["manifest.csv"]
        assert b"file.orgs,absent" in archive.read("manifest.csv")
    assert read(tmp_path / "p.zip", frames).files == {}


@pytest.mark.parametrize("status", ["tobedeleted", "ToBeDeleted", "inactive"])
def test_records_to_be_deleted_are_left_out_of_bulk(tmp_path: Path, frames: Frames, status: str) -> None:
    records = [("c1", "active", "2026-08-01T00:00:00Z", "Essays"), ("c2", status, "2026-08-01T00:00:00Z", "Tests")]
    write_package({"categories": query(ENTITIES["categories"].columns, records)}, tmp_path / "p.zip", frames)
    assert rows(read(tmp_path / "p.zip", frames), "categories", frames) == [("c1", None, None, "Essays")]


def test_passwords_are_never_written(tmp_path: Path, frames: Frames) -> None:
    record = ["u1", *[None] * 16, "correct-horse-battery"]
    write_package({"users": query(ENTITIES["users"].columns, [record])}, tmp_path / "package", frames)
    assert b"correct-horse" not in (tmp_path / "package" / "users.csv").read_bytes()


def test_the_bytes_follow_the_binding(tmp_path: Path, frames: Frames) -> None:
    package = write_folder(a_package(), tmp_path / "source")
    write_package(relations(read(package, frames)), tmp_path / "package", frames, system_name="Invented SIS")
    expected = {
        "orgs.csv": text(ORGS_HEADER, "d1,,,Riverbend District,district,100,", "s1,,,Hill School,school,101,d1"),
        "users.csv": text(
            USERS_HEADER,
            "u1,,,true,s1,teacher,ada.field,,Ada,Field,,T1,,,,,,",
            'u2,,,true,"s1,d1",student,bo.lane,{LDAP:bo},Bo,Lane,,S2,,,,,05,',
        ),
        "manifest.csv": manifest({"orgs": "bulk", "users": "bulk"}),
    }
    found = {path.name: path.read_bytes() for path in (tmp_path / "package").iterdir()}
    assert found == {name: content.replace(b"\n", b"\r\n") for name, content in expected.items()}


def test_the_same_records_make_the_same_zip(tmp_path: Path, frames: Frames) -> None:
    snapshot = read(write_folder(a_package(), tmp_path / "source"), frames)
    for name in ("a.zip", "b.zip"):
        write_package(relations(snapshot), tmp_path / name, frames)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_zip_is_replaced_and_an_empty_folder_is_filled(tmp_path: Path, frames: Frames) -> None:
    snapshot = read(write_folder(a_package(), tmp_path / "source"), frames)
    (tmp_path / "p.zip").write_bytes(b"old")
    (tmp_path / "package").mkdir()
    for name in ("p.zip", "package"):
        write_package(relations(snapshot), tmp_path / name, frames)
        assert read(tmp_path / name, frames).files.keys() == {"orgs", "users"}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, frames: Frames) -> None:
    package = write_folder({"mine.txt": b"mine"}, tmp_path / "package")
    with pytest.raises(ConfigurationError, match="not empty"):
        write_package({}, package, frames)
    assert [path.name for path in package.iterdir()] == ["mine.txt"]


def test_a_query_that_fails_leaves_nothing(tmp_path: Path, frames: Frames) -> None:
    (tmp_path / "p.zip").write_bytes(b"old")
    with pytest.raises(Exception, match="nowhere"):
        write_package({"orgs": "SELECT * FROM nowhere"}, tmp_path / "p.zip", frames)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("p.zip", b"old")]
