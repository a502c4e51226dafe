"""Packages that attack or are broken: a clear refusal, bounded memory, nothing left behind."""

from __future__ import annotations

import codecs
import contextlib
import stat
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from sis_connect.bootstrap import open_district
from sis_connect.errors import PackageRefusedError, StoreError
from sis_connect.frames import open_frames
from sis_connect.progress import NoProgress
from sis_connect.sis.csv_rules import REFUSALS
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.limits import DEFAULT_LIMITS, PackageLimits
from sis_connect.sis.zip_intake import unpack
from sis_packages import ORGS_HEADER, a_package, manifest, text, write_folder, write_zip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.frames import Frames

MEBIBYTE = 1 << 20


@pytest.fixture
def frames() -> Iterator[Frames]:
    with open_frames() as frames:
        yield frames


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshot"
    folder.mkdir()
    return folder


def refused(path: Path, into: Path, frames: Frames, limits: PackageLimits = DEFAULT_LIMITS) -> PackageRefusedError:
    """The refusal of a package, with all that every refusal must be."""
    with pytest.raises(PackageRefusedError) as caught:
        read_package(path, into, frames, limits=limits)
    assert list(into.iterdir()) == []
    rule = next(rule for rule in REFUSALS if rule.code == caught.value.code)
    assert caught.value.what.startswith(rule.title)
    assert caught.value.fix == rule.fix
    return caught.value


def an_entry(name: str, *, mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = method
    entry.external_attr = mode << 16
    return entry


# Zips


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "a/../../users.csv", "/etc/users.csv", "C:\\users.csv", "C:/users.csv", "..\\users.csv"],
)
def test_an_entry_that_would_leave_its_folder_is_refused(tmp_path: Path, into: Path, frames: Frames, name: str) -> None:
    path = write_zip({**a_package(), name: b"x"}, tmp_path / "package.zip")
    assert refused(path, into, frames).code == "package.unsafe_entry"


def test_a_link_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(an_entry("courses.csv", mode=stat.S_IFLNK | 0o777), "/etc/passwd")
    assert refused(path, into, frames).code == "package.unsafe_entry"


def test_an_encrypted_entry_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)
    assert refused(path, into, frames).code == "package.encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(tmp_path: Path, into: Path, frames: Frames, method: int) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(an_entry("users.csv", method=method), "x")
    assert refused(path, into, frames).code == "package.unsupported_compression"


def test_a_zip_bomb_is_refused_by_its_ratio_and_size(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(users=b"0" * (50 * MEBIBYTE)), tmp_path / "package.zip")
    assert path.stat().st_size < MEBIBYTE
    error = refused(path, into, frames, PackageLimits(dense_bytes=40 * MEBIBYTE))
    assert (error.code, error.where) == ("package.suspicious_compression", "users.csv")


def test_the_rules_file_says_to_how_much_a_dense_zip_may_unpack(tmp_path: Path) -> None:
    path = write_zip(a_package(users=b"0" * (5 * MEBIBYTE)), tmp_path / "package.zip")
    rules = tmp_path / "rules.toml"
    rules.write_text('[source]\ndense_size = "4MB"\n', encoding="utf-8")
    with open_district(tmp_path / "data", rules) as district, pytest.raises(PackageRefusedError) as caught:
        district.runner.check(path)
    assert caught.value.code == "package.suspicious_compression"


def test_a_zip_bomb_in_many_parts_is_refused_too(tmp_path: Path, into: Path, frames: Frames) -> None:
    part = b"0" * (15 * MEBIBYTE)
    path = write_zip(a_package(users=part, orgs=part, classes=part), tmp_path / "package.zip")
    assert (
        refused(path, into, frames, PackageLimits(dense_bytes=40 * MEBIBYTE)).code == "package.suspicious_compression"
    )


def test_an_honest_file_of_much_the_same_lines_is_read(tmp_path: Path, into: Path, frames: Frames) -> None:
    """Names and numbers of a generated roster repeat so much that it packs as densely as a bomb."""
    rows = [{"sourcedId": "org-0", "name": "S" * 4000, "type": "school"}] * 2000
    content = text(ORGS_HEADER, *(",".join(row.get(name, "") for name in ORGS_HEADER.split(",")) for row in rows))
    path = write_zip(a_package(orgs=content), tmp_path / "package.zip")
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("orgs.csv")
        assert entry.file_size > 200 * entry.compress_size
    assert read_package(path, into, frames).files["orgs"].records == 2000


@pytest.mark.parametrize("name", ["users.csv", "notes.txt", "inner"])
def test_a_link_out_of_a_folder_is_refused_by_name(tmp_path: Path, into: Path, frames: Frames, name: str) -> None:
    package = write_folder(a_package(), tmp_path / "package")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "users.csv").write_text("sourcedId\n", encoding="utf-8")
    (package / name).unlink(missing_ok=True)
    (package / name).symlink_to(outside if name == "inner" else outside / "users.csv")
    error = refused(package, into, frames)
    assert (error.code, error.where) == ("package.link_outside", name)


def test_a_link_within_a_folder_is_followed(tmp_path: Path, into: Path, frames: Frames) -> None:
    package = write_folder(a_package(), tmp_path / "package")
    (package / "users.csv").rename(package / "people.csv")
    (package / "users.csv").symlink_to("people.csv")
    linked = tmp_path / "linked"
    linked.symlink_to(package)
    assert read_package(linked, into, frames).files["users"].records > 0


def test_a_zip_bomb_in_a_zip_is_never_opened(tmp_path: Path, into: Path, frames: Frames) -> None:
    inner = write_zip({"users.csv": b"0" * (20 * MEBIBYTE)}, tmp_path / "inner.zip")
    path = write_zip({"inner.zip": inner.read_bytes()}, tmp_path / "package.zip")
    error = refused(path, into, frames)
    assert error.code == "package.no_known_files"
    assert "another zip" in error.what


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(users=b"0" * (5 * MEBIBYTE)), tmp_path / "package.zip")
    size = struct.pack("<L", 5 * MEBIBYTE)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 100)))
    assert refused(path, into, frames).code == "package.damaged_zip"


def test_more_than_the_limit_is_refused_before_it_is_unpacked(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    assert refused(path, into, frames, PackageLimits(total_bytes=100)).code == "package.too_large"
    folder = write_folder(a_package(), tmp_path / "package")
    assert refused(folder, into, frames, PackageLimits(total_bytes=100)).code == "package.too_large"


def test_ten_thousand_entries_are_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip({f"{number}.csv": b"" for number in range(10_000)}, tmp_path / "package.zip")
    assert refused(path, into, frames).code == "package.too_many_entries"
    assert refused(path, into, frames, PackageLimits(entries=20_000, directory_bytes=1_000)).code == (
        "package.too_many_entries"
    )


def test_a_number_of_entries_that_needs_the_larger_form_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(dict.fromkeys(map(str, range(66_000)), b""), tmp_path / "package.zip")
    assert refused(path, into, frames).code == "package.too_many_entries"


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    folder = write_folder({f"{number}.csv": b"" for number in range(20)}, tmp_path / "package")
    assert refused(folder, into, frames, PackageLimits(entries=10)).code == "package.too_many_entries"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["users.csv", "Users.csv"])
def test_one_file_twice_is_refused(tmp_path: Path, into: Path, frames: Frames, second: str) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(second, "sourcedId\n")
    error = refused(path, into, frames)
    assert (error.code, error.where) == ("package.duplicate_file", "users.csv")


def test_a_zip_that_was_cut_short_is_refused_wherever_it_was_cut(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    content = path.read_bytes()
    for kept in range(4, len(content), 97):
        path.write_bytes(content[:kept])
        assert refused(path, into, frames).code == "package.damaged_zip"


def test_a_zip_with_a_damaged_byte_is_refused_or_says_what_is_missing(
    tmp_path: Path, into: Path, frames: Frames
) -> None:
    """Whatever the damage hits, the answer is one of ours and never other data."""
    path = write_zip(a_package(), tmp_path / "package.zip")
    content = path.read_bytes()
    whole = read_package(path, into, frames)
    for at in range(0, len(content), 3):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        with contextlib.suppress(PackageRefusedError):
            found = read_package(path, into, frames, known={whole.digest: whole}.get)
            codes = {finding.code for finding in found.findings}
            assert found is whole or codes == {"package.unknown_file", "package.file_missing"}


def test_a_name_that_is_no_text_is_refused_or_shown_harmlessly(tmp_path: Path, into: Path, frames: Frames) -> None:
    path = write_zip({**a_package(), "\x1b[2J\u00fc.txt": b""}, tmp_path / "package.zip")
    [finding] = read_package(path, into, frames).findings
    assert finding.detail == "\N{REPLACEMENT CHARACTER}[2J\u00fc.txt"
    path.write_bytes(path.read_bytes().replace("\u00fc".encode(), b"\xff\xff"))
    with pytest.raises(PackageRefusedError) as caught:
        read_package(path, into, frames)
    assert caught.value.code == "package.damaged_zip"


def test_a_disk_that_is_too_small_is_named_before_anything_is_unpacked(tmp_path: Path, into: Path) -> None:
    path = write_zip(a_package(), tmp_path / "package.zip")
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("users.csv")
        entry.file_size = 1 << 60
        with pytest.raises(StoreError, match="are free"):
            unpack(archive, {"users.csv": entry}, into, NoProgress())
    assert list(into.iterdir()) == []


# Paths


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    assert refused(tmp_path / "nowhere.zip", into, frames).code == "package.not_found"


@pytest.mark.parametrize("content", [b"", b"sourcedId,name\n", b"%PDF-1.7"])
def test_a_file_that_is_no_zip_is_refused(tmp_path: Path, into: Path, frames: Frames, content: bytes) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(content)
    assert refused(path, into, frames).code == "package.not_a_package"


def test_an_empty_folder_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    (tmp_path / "package").mkdir()
    assert refused(tmp_path / "package", into, frames).code == "package.no_known_files"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    folder = write_folder(a_package(), tmp_path / "package")

    class Uploader:
        def advance(self, step: str, done: int, total: int) -> None:
            if step == "reading":
                with (folder / "users.csv").open("ab") as file:
                    file.write(b"u3")

    with pytest.raises(PackageRefusedError) as caught:
        read_package(folder, into, frames, progress=Uploader())
    assert caught.value.code == "package.changed_while_read"
    assert list(into.iterdir()) == []


# Bytes


def test_nul_bytes_are_refused_with_their_line(tmp_path: Path, into: Path, frames: Frames) -> None:
    orgs = text(ORGS_HEADER, "d1,,,District,district,,", "s1,,,Hi\0ll,school,,d1")
    error = refused(write_folder(a_package(orgs=orgs), tmp_path / "package"), into, frames)
    assert (error.code, error.where) == ("file.nul_byte", "orgs.csv, line 3")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-32-be"])
def test_wide_encodings_are_refused_by_name(tmp_path: Path, into: Path, frames: Frames, encoding: str) -> None:
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF32_BE if encoding == "utf-32-be" else b""
    orgs = mark + a_package()["orgs.csv"].decode().encode(encoding)
    error = refused(write_folder(a_package(orgs=orgs), tmp_path / "package"), into, frames)
    assert (error.code, error.where) == ("file.utf_16", "orgs.csv")


COURSES_HEADER = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,title"


def test_what_stands_against_several_files_is_told_at_once(tmp_path: Path, into: Path, frames: Frames) -> None:
    """A file that cannot be looked into hides neither the next one nor a header that is none."""
    package = a_package(courses=text(COURSES_HEADER, "c1,,,,Algebra,,,d1,"), classes=text("a;b", "1;2"))
    package["orgs.csv"] = package["orgs.csv"].decode().encode("utf-16")
    package["users.csv"] += b"\0\n"
    error = refused(write_folder(package, tmp_path / "package"), into, frames)
    told = {(one.code, one.where) for one in (error, *error.others)}
    assert told == {
        ("file.utf_16", "orgs.csv"),
        ("file.nul_byte", "users.csv, line 4"),
        ("header.duplicate", "courses.csv, column title"),
        ("header.wrong_delimiter", "classes.csv"),
    }
    for one in error.others:
        assert f"{one.where}: {one.what} {one.fix}" in error.what


def test_a_manifest_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path, into: Path, frames: Frames) -> None:
    package = a_package(courses=text(COURSES_HEADER))
    package["manifest.csv"] += b"\0"
    error = refused(write_folder(package, tmp_path / "package"), into, frames)
    assert [one.code for one in (error, *error.others)] == ["file.nul_byte", "header.duplicate"]


def test_another_format_is_named_beside_a_file_that_cannot_be_read(tmp_path: Path, into: Path, frames: Frames) -> None:
    package = a_package(manifest=manifest({"orgs": "bulk", "users": "bulk"}).replace(b"version,1.1", b"version,1.2"))
    package["users.csv"] = package["users.csv"].replace(b",role,", b",pronouns,")
    package["orgs.csv"] += b"\0"
    error = refused(write_folder(package, tmp_path / "package"), into, frames)
    assert [one.code for one in (error, *error.others)] == ["file.nul_byte", "package.oneroster_1_2"]


def test_utf_16_without_a_mark_is_refused_for_its_nul_bytes(tmp_path: Path, into: Path, frames: Frames) -> None:
    orgs = a_package()["orgs.csv"].decode().encode("utf-16-le")
    error = refused(write_folder(a_package(orgs=orgs), tmp_path / "package"), into, frames)
    assert error.code == "file.nul_byte"
    assert "UTF-16" in error.what


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("length", [999, 1_000, 1_001, 1_500, 5_000])
def test_a_line_over_the_limit_is_refused_with_its_number(
    tmp_path: Path, into: Path, frames: Frames, end: str, length: int
) -> None:
    row = "s1,,,{},school,,"
    orgs = end.join([ORGS_HEADER, "d1,,,District,district,,", row.format("x" * (length - len(row) + 2)), ""]).encode()
    folder = write_folder(a_package(orgs=orgs), tmp_path / "package")
    limits = PackageLimits(line_bytes=1_000)
    if length <= 1_000:
        assert read_package(folder, into, frames, limits=limits).files["orgs"].records == 2
    else:
        error = refused(folder, into, frames, limits)
        assert (error.code, error.where) == ("file.line_too_long", "orgs.csv, line 3")


def test_a_manifest_beyond_measure_is_refused(tmp_path: Path, into: Path, frames: Frames) -> None:
    package = a_package(manifest=manifest({}) + b"x,y\n" * 500)
    error = refused(write_folder(package, tmp_path / "package"), into, frames, PackageLimits(manifest_bytes=1_000))
    assert (error.code, error.where) == ("file.too_large", "manifest.csv")


_READ_IN_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from sis_connect.errors import PackageRefusedError
from sis_connect.frames import Limits, open_frames
from sis_connect.sis.csv_source import read_package

with open_frames(Limits(memory="256MB", threads=1)) as frames:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        read_package(Path(sys.argv[1]), Path(sys.argv[2]), frames)
    except PackageRefusedError as error:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(error.code, error.where, grown // 1024, sep="|")
"""


@pytest.mark.parametrize("opening", [b"", b'"'], ids=["bare", "quoted"])
def test_a_field_of_hundreds_of_megabytes_is_refused_in_little_memory(
    tmp_path: Path, into: Path, opening: bytes
) -> None:
    folder = write_folder(a_package(), tmp_path / "package")
    with (folder / "users.csv").open("ab") as file:
        file.write(b"u3,,,true,s1,student," + opening)
        for _ in range(300):
            file.write(b"x" * MEBIBYTE)
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own script
        [sys.executable, "-c", _READ_IN_LITTLE_MEMORY, str(folder), str(into)],
        check=True,
        capture_output=True,
        text=True,
    )
    code, where, grown = done.stdout.strip().split("|")
    assert (code, where) == ("file.line_too_long", "users.csv, line 4")
    assert int(grown) < 50
    assert list(into.iterdir()) == []
