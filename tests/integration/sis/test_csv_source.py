"""Packages become snapshots: what is repaired is named, what is faulty is located, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sis_connect.errors import PackageRefusedError
from sis_connect.findings import Severity
from sis_connect.frames import open_frames
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sis.csv_rules import RULES
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.hygiene import CHUNK_BYTES
from sis_connect.sis.limits import PackageLimits
from sis_packages import ORGS_HEADER, USERS_HEADER, a_package, manifest, text, write_folder, write_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.findings import Finding
    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
SEVERITIES = {rule.code: rule.severity for rule in RULES}


class Reader:
    """Reads packages into fresh folders and keeps the session for questions."""

    def __init__(self, frames: Frames, folder: Path) -> None:
        self.frames = frames
        self.folder = folder
        self._reads = 0

    def into(self) -> Path:
        self._reads += 1
        into = self.folder / f"snapshot-{self._reads}"
        into.mkdir()
        return into

    def read(self, package: dict[str, bytes] | Path, *, strict: bool = False) -> Snapshot:
        if isinstance(package, dict):
            package = write_folder(package, self.folder / f"package-{self._reads}")
        return read_package(package, self.into(), self.frames, strict=strict)

    def rows(self, snapshot: Snapshot, entity: str, *columns: str) -> list[tuple[object, ...]]:
        selected = ", ".join(f'"{column}"' for column in columns)
        return self.frames.execute(f"SELECT {selected} FROM ({snapshot.files[entity].relation})").fetchall()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with open_frames() as frames:
        yield Reader(frames, tmp_path)


def codes(snapshot: Snapshot) -> list[str]:
    return [finding.code for finding in snapshot.findings]


def only(snapshot: Snapshot) -> Finding:
    [finding] = snapshot.findings
    return finding


def test_a_valid_package_is_read_in_strict_mode_without_a_word(reader: Reader) -> None:
    snapshot = reader.read(a_package(), strict=True)
    assert snapshot.findings == ()
    assert snapshot.system_name == "Invented SIS"
    assert {name: (file.mode, file.records, file.rejected) for name, file in snapshot.files.items()} == {
        "orgs": (Mode.BULK, 2, 0),
        "users": (Mode.BULK, 2, 0),
    }
    assert reader.rows(snapshot, "orgs", "row", "line", "sourced_id", "name", "parent_sourced_id") == [
        (0, 2, "d1", "Riverbend District", None),
        (1, 3, "s1", "Hill School", "d1"),
    ]
    assert reader.rows(snapshot, "users", "sourced_id", "org_sourced_ids", "status") == [
        ("u1", "s1", None),
        ("u2", "s1,d1", None),
    ]


def test_lenient_and_strict_mode_read_the_same_rows(reader: Reader) -> None:
    lenient, strict = reader.read(a_package()), reader.read(a_package(), strict=True)
    assert lenient.digest != strict.digest
    columns = ("row", "line", "sourced_id", "username", "given_name")
    assert reader.rows(lenient, "users", *columns) == reader.rows(strict, "users", *columns)


def test_the_sealed_files_alone_are_left_in_the_folder(reader: Reader) -> None:
    into = reader.into()
    read_package(write_zip(a_package(), reader.folder / "package.zip"), into, reader.frames)
    assert {path.name for path in into.iterdir()} == {"orgs.parquet", "users.parquet"}


def test_the_digest_names_the_content_zipped_or_not(reader: Reader) -> None:
    package = a_package()
    folder = reader.read(package)
    zipped = reader.read(write_zip(package, reader.folder / "a.zip", within="export/"))
    other = reader.read(a_package(orgs=package["orgs.csv"].replace(b"Hill", b"Dale")))
    assert folder.digest == zipped.digest
    assert folder.digest != other.digest


def test_a_package_that_is_known_is_not_read_again(reader: Reader) -> None:
    path = write_folder(a_package(), reader.folder / "package")
    first = read_package(path, reader.into(), reader.frames)
    into = reader.into()
    assert read_package(path, into, reader.frames, known={first.digest: first}.get) is first
    assert list(into.iterdir()) == []
    assert read_package(path, into, reader.frames, known=lambda _: None).digest == first.digest
    assert {sealed.name for sealed in into.iterdir()} == {"orgs.parquet", "users.parquet"}


def test_progress_counts_every_byte_of_every_step(reader: Reader) -> None:
    told: dict[str, tuple[int, int]] = {}

    class Listener:
        def advance(self, step: str, done: int, total: int) -> None:
            assert done >= told.get(step, (0, 0))[0]
            told[step] = (done, total)

    path = write_zip(a_package(), reader.folder / "package.zip")
    read_package(path, reader.into(), reader.frames, progress=Listener())
    assert told.keys() == {"unpacking", "checking", "reading"}
    assert all(done == total for done, total in told.values())


def test_several_packages_are_read_in_one_session(reader: Reader) -> None:
    faulty = a_package(orgs=text(ORGS_HEADER, "d1,,,District,district,,", "s1,short"))
    for _ in range(3):
        assert codes(reader.read(faulty)) == ["row.wrong_number_of_columns"]


# Samples from the field


def test_the_district_from_a_public_generator_is_read_with_its_stamps_noted(reader: Reader) -> None:
    snapshot = reader.read(SAMPLES / "district-medium.zip")
    assert snapshot.files["enrollments"].records == 5810
    assert set(codes(snapshot)) == {"file.bulk_with_status"}
    assert {finding.file: finding.occurrences for finding in snapshot.findings} == {
        file.file: file.records for file in snapshot.files.values()
    }


def test_the_ed_fi_sample_is_read_cleanly(reader: Reader) -> None:
    snapshot = reader.read(SAMPLES / "edfi-oneroster-1.1")
    assert snapshot.files["users"].records == 10
    assert snapshot.files["enrollments"].records == 24
    assert {SEVERITIES[code] for code in codes(snapshot)} == {Severity.NOTE}
    # Two of its rows have a comma too many.
    assert codes(snapshot) == ["manifest.wrong_value", "row.blank_fields_at_end", "row.blank_fields_at_end"]
    assert reader.rows(snapshot, "orgs", "metadata.city", "name")[0] == (None, "Grand Bend ISD")


def test_the_ed_fi_sample_of_1_0_is_refused_by_name(reader: Reader) -> None:
    with pytest.raises(PackageRefusedError, match=r"OneRoster 1\.0") as refused:
        reader.read(SAMPLES / "edfi-oneroster-1.0")
    assert refused.value.code == "package.oneroster_1_0"


# Manifest and files


def test_a_delta_file_keeps_its_mode(reader: Reader) -> None:
    orgs = text(ORGS_HEADER, "s1,tobedeleted,2026-08-01T00:00:00.000Z,Hill School,school,,")
    snapshot = reader.read(a_package(orgs=orgs, manifest=manifest({"orgs": "delta", "users": "bulk"})))
    assert snapshot.files["orgs"].mode is Mode.DELTA
    assert snapshot.findings == ()


def test_a_delta_without_any_status_is_a_bulk_file(reader: Reader) -> None:
    snapshot = reader.read(a_package(manifest=manifest({"orgs": "delta", "users": "bulk"})))
    assert snapshot.files["orgs"].mode is Mode.BULK
    assert (only(snapshot).code, only(snapshot).file) == ("file.delta_without_status", "orgs.csv")


def test_manifest_and_files_that_differ_are_named(reader: Reader) -> None:
    modes = {"users": "absent", "courses": "bulk", "classes": "delta"}
    rows = [line for line in manifest(modes).splitlines() if not line.startswith(b"file.orgs")]
    snapshot = reader.read(a_package(manifest=b"\n".join(rows)))
    assert snapshot.files.keys() == {"orgs"}
    assert {(finding.code, finding.file) for finding in snapshot.findings} == {
        ("manifest.missing_property", "manifest.csv"),
        ("package.file_not_in_manifest", "orgs.csv"),
        ("package.file_said_absent", "users.csv"),
        ("package.file_missing", "courses.csv"),
        ("package.file_missing", "classes.csv"),
    }


def test_a_manifest_alone_means_no_updates(reader: Reader) -> None:
    snapshot = reader.read({"manifest.csv": manifest({})})
    assert (snapshot.files, snapshot.findings) == ({}, ())


def test_a_package_that_says_1_2_and_holds_1_1_is_read_as_1_1(reader: Reader) -> None:
    says_1_2 = manifest({"orgs": "bulk", "users": "bulk"}).replace(b"version,1.1", b"version,1.2")
    assert only(reader.read(a_package(manifest=says_1_2))).code == "package.version_unclear"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"users": text("sourcedId,givenName,userMasterIdentifier,primaryOrgSourcedId")}, "package.oneroster_1_2"),
        ({"users": text("sourcedId,username,activeDirectoryMatchId"), "manifest": b""}, "package.microsoft_sds"),
        ({"demographics": text("userSourcedId,status,dateLastModified"), "manifest": b""}, "package.oneroster_1_0"),
        ({"manifest": b""}, "package.manifest_missing"),
    ],
)
def test_other_formats_are_refused_by_name(reader: Reader, files: dict[str, bytes], code: str) -> None:
    package = a_package(**files)
    if files.get("manifest") == b"":
        del package["manifest.csv"]
    with pytest.raises(PackageRefusedError) as refused:
        reader.read(package)
    assert refused.value.code == code
    assert "OneRoster 1.1" in refused.value.fix


# Headers


def test_columns_are_read_by_name_whatever_their_order(reader: Reader) -> None:
    orgs = text("name,metadata.a,TYPE,sourcedId,nickname", "Hill,x,school,s1,hilly")
    snapshot = reader.read(a_package(orgs=orgs))
    assert reader.rows(snapshot, "orgs", "sourced_id", "type", "name", "identifier", "metadata.a") == [
        ("s1", "school", "Hill", None, "x")
    ]
    assert sorted({(finding.code, finding.column) for finding in snapshot.findings}) == [
        ("header.metadata_not_last", "metadata.a"),
        ("header.missing_optional", "dateLastModified"),
        ("header.missing_optional", "identifier"),
        ("header.missing_optional", "parentSourcedId"),
        ("header.missing_optional", "status"),
        ("header.unknown_column", "nickname"),
        ("header.wrong_case", "TYPE"),
        ("header.wrong_order", None),
    ]


def test_a_missing_required_column_is_an_error_and_its_values_are_blank(reader: Reader) -> None:
    snapshot = reader.read(a_package(orgs=text(ORGS_HEADER.replace(",type", ""), "s1,,,Hill,101,")))
    assert (only(snapshot).code, only(snapshot).column) == ("header.missing_required", "type")
    assert reader.rows(snapshot, "orgs", "sourced_id", "type") == [("s1", None)]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (ORGS_HEADER + ",name", "header.duplicate"),
        (ORGS_HEADER.replace(",", ";"), "header.wrong_delimiter"),
        ("s1,,,Hill,school,101,d1", "header.not_recognised"),
        (ORGS_HEADER + ",x" * 1_000, "header.too_many_columns"),
    ],
)
def test_a_header_that_leaves_a_doubt_is_refused(reader: Reader, header: str, code: str) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        reader.read(a_package(orgs=text(header)))
    assert refused.value.code == code
    assert refused.value.where.startswith("orgs.csv")
    assert "Hill" not in refused.value.what + refused.value.where


# Bytes and lines


def test_a_byte_order_mark_is_ignored_and_noted(reader: Reader) -> None:
    snapshot = reader.read(a_package(orgs=b"\xef\xbb\xbf" + a_package()["orgs.csv"]))
    assert only(snapshot).code == "file.byte_order_mark"
    assert reader.rows(snapshot, "orgs", "sourced_id") == [("d1",), ("s1",)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("ends", [0, 1, 3])
def test_plain_files_need_no_lines_of_their_own(reader: Reader, end: str, ends: int) -> None:
    orgs = end.join([ORGS_HEADER, "d1,,,District,district,,", "s1,,,Hill,school,,d1"]) + end * ends
    snapshot = reader.read(a_package(orgs=orgs.encode()))
    assert not snapshot.files["orgs"].has_lines
    assert snapshot.findings == ()
    assert reader.rows(snapshot, "orgs", "line", "sourced_id", "parent_sourced_id") == [
        (2, "d1", None),
        (3, "s1", "d1"),
    ]


@pytest.mark.parametrize("ends", [("\r", "\r"), ("\r\n", "\n"), ("\n", "\r\n"), ("\n", "\r")])
def test_lines_that_end_as_on_old_macs_or_differently_are_read_and_noted(reader: Reader, ends: tuple[str, str]) -> None:
    orgs = f"{ORGS_HEADER}{ends[0]}d1,,,District,district,,{ends[1]}s1,,,Hill,school,,d1{ends[0]}"
    snapshot = reader.read(a_package(orgs=orgs.encode()))
    assert only(snapshot).code == "file.line_ends"
    assert reader.rows(snapshot, "orgs", "line", "sourced_id") == [(2, "d1"), (3, "s1")]


def test_lines_are_those_of_an_editor_also_below_fields_over_several_lines(reader: Reader) -> None:
    orgs = text(
        ORGS_HEADER, 'd1,,,"River', "", 'bend",district,,', "s1,,,Hill,school,,d1", "bad", "s2,,,Dale,school,,d1"
    )
    snapshot = reader.read(a_package(orgs=orgs))
    assert (only(snapshot).code, only(snapshot).line) == ("row.wrong_number_of_columns", 6)
    assert snapshot.files["orgs"].received == 4
    assert reader.rows(snapshot, "orgs", "row", "line", "sourced_id", "name") == [
        (0, 2, "d1", "River\n\nbend"),
        (1, 5, "s1", "Hill"),
        (2, 7, "s2", "Dale"),
    ]


@pytest.mark.parametrize(
    ("end", "inner", "expected"),
    [("\n", "\n", []), ("\r\n", "\n", []), ("\r\n", "\r\n", ["file.carriage_return_in_field"])],
)
def test_a_carriage_return_in_a_field_becomes_a_line_feed(
    reader: Reader, end: str, inner: str, expected: list[str]
) -> None:
    orgs = end.join([ORGS_HEADER, f'd1,,,"River{inner}bend",district,,', ""])
    snapshot = reader.read(a_package(orgs=orgs.encode()))
    assert codes(snapshot) == expected
    assert reader.rows(snapshot, "orgs", "name") == [("River\nbend",)]


def test_blank_lines_are_skipped_and_noted(reader: Reader) -> None:
    snapshot = reader.read(
        a_package(orgs=text("", ORGS_HEADER, "", "d1,,,District,district,,", "  ", "s1,,,H,school,,"))
    )
    assert (only(snapshot).code, only(snapshot).occurrences) == ("file.blank_lines", 3)
    assert reader.rows(snapshot, "orgs", "line", "sourced_id") == [(4, "d1"), (6, "s1")]


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_header_below_blank_lines_is_still_the_header(reader: Reader, blank: str) -> None:
    snapshot = reader.read(a_package(orgs=text(blank, ORGS_HEADER, "s1,,,Hill,school,,")))
    assert codes(snapshot) == ["file.blank_lines"]
    assert reader.rows(snapshot, "orgs", "line", "sourced_id") == [(3, "s1")]


def test_an_unclosed_quote_costs_one_row_and_no_other(reader: Reader) -> None:
    many = [f"s{number},,,School,school,," for number in range(5_000)]
    many[2_000] = 's2000,,,"School,school,,'
    snapshot = reader.read(a_package(orgs=text(ORGS_HEADER, *many)))
    assert (only(snapshot).code, only(snapshot).line) == ("row.unclosed_quote", 2_002)
    assert (snapshot.files["orgs"].records, snapshot.files["orgs"].rejected) == (4_999, 1)


def test_windows_1252_is_converted_in_lenient_mode_and_rejected_by_row_in_strict_mode(reader: Reader) -> None:
    orgs = text(ORGS_HEADER, "d1,,,District,district,,", "s1,,,École,school,,").decode().encode("cp1252")
    lenient = reader.read(a_package(orgs=orgs))
    assert only(lenient).code == "file.windows_1252"
    assert reader.rows(lenient, "orgs", "line", "name") == [(2, "District"), (3, "École")]
    strict = reader.read(a_package(orgs=orgs), strict=True)
    assert (only(strict).code, only(strict).line) == ("row.bad_encoding", 3)


@pytest.mark.parametrize("others", [[], ["short"]])
def test_bytes_that_are_no_text_count_in_columns_that_are_dropped_too(reader: Reader, others: list[str]) -> None:
    """A row is judged alike, however the rest of its file is."""
    users = text(USERS_HEADER, "u1,,,true,s1,student,bo,,Bo,Éric,,,,,,,,pass", *others)
    snapshot = reader.read(a_package(users=users.replace(b"pass", b"\xff")))
    assert ("row.bad_encoding", 2) in [(finding.code, finding.line) for finding in snapshot.findings]
    assert snapshot.files["users"].records == 0


def test_a_file_of_two_encodings_is_not_guessed_at(reader: Reader) -> None:
    orgs = text(ORGS_HEADER, "d1,,,Île,district,,") + "s1,,,École,school,,\n".encode("cp1252")
    snapshot = reader.read(a_package(orgs=orgs))
    assert (only(snapshot).code, only(snapshot).line) == ("row.bad_encoding", 3)
    assert reader.rows(snapshot, "orgs", "name") == [("Île",)]


def test_a_header_without_rows_is_an_empty_file(reader: Reader) -> None:
    snapshot = reader.read(a_package(orgs=text(ORGS_HEADER)))
    assert snapshot.files["orgs"].received == 0
    assert reader.rows(snapshot, "orgs", "sourced_id") == []
    assert (only(snapshot).code, only(snapshot).file) == ("file.no_rows", "orgs.csv")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_even_a_header_is_as_good_as_absent(reader: Reader, content: bytes) -> None:
    snapshot = reader.read(a_package(orgs=content))
    assert snapshot.files.keys() == {"users"}
    assert "file.empty" in codes(snapshot)


@pytest.mark.parametrize("neighbour", ["s2,,,Hill,school,,", 's2,,,"The ""Hill""",school,,'], ids=["plain", "quoted"])
@pytest.mark.parametrize(
    ("field", "read", "code"),
    [
        ('H"il"l', 'H"il"l', "row.stray_quote"),
        ('5"', '5"', "row.stray_quote"),
        ('5""6', '5""6', "row.stray_quote"),
        (' "Hill"', "Hill", "row.blanks_around_quotes"),
        ('"Hill"  ', "Hill", "row.blanks_around_quotes"),
        ('   "Hill, North" ', "Hill, North", "row.blanks_around_quotes"),
    ],
)
def test_quotes_that_are_not_as_they_should_be_are_told_in_a_file_that_is_else_plain(
    reader: Reader, neighbour: str, field: str, read: str, code: str
) -> None:
    orgs = text(ORGS_HEADER, neighbour, f"s1,,,{field},school,,", "s3,,,Vale,school,,")
    snapshot = reader.read(a_package(orgs=orgs))
    assert (only(snapshot).code, only(snapshot).line) == (code, 3)
    assert reader.rows(snapshot, "orgs", "name")[1] == (read,)
    snapshot = reader.read(a_package(orgs=orgs), strict=True)
    assert (only(snapshot).code, only(snapshot).line) == (code, 3)
    assert (snapshot.files["orgs"].records, snapshot.files["orgs"].rejected) == (2, 1)


def test_blanks_and_doubled_quotes_inside_quoted_fields_are_nothing_to_tell(reader: Reader) -> None:
    orgs = text(ORGS_HEADER, '"s1",,,"The ""Hill"" , ""Vale""",school,,', '"s2",,," Hill ",school,,')
    snapshot = reader.read(a_package(orgs=orgs))
    assert snapshot.findings == ()
    assert reader.rows(snapshot, "orgs", "name") == [('The "Hill" , "Vale"',), (" Hill ",)]


def test_a_blank_and_a_quote_on_either_side_of_a_chunks_edge_are_seen(reader: Reader) -> None:
    beginning = text(ORGS_HEADER).decode()
    fixed = len(beginning) + len("s1,,,,school,,\n") + len("s2,,, ")
    orgs = beginning + f"s1,,,{'x' * (CHUNK_BYTES - fixed)},school,,\n" + 's2,,, "Hill",school,,\n'
    assert orgs[CHUNK_BYTES - 1 : CHUNK_BYTES + 1] == ' "'
    assert only(reader.read(a_package(orgs=orgs.encode()))).code == "row.blanks_around_quotes"


@pytest.mark.parametrize("name", ["Vale", '"Vale, East, ""Far"""'], ids=["plain", "quoted"])
@pytest.mark.parametrize("spare", [",", ",,", ',""'])
def test_blank_fields_at_the_end_of_a_row_are_told(reader: Reader, name: str, spare: str) -> None:
    orgs = text(ORGS_HEADER, f"s1,,,Hill,school,,{spare}", f"s2,,,{name},school,,")
    snapshot = reader.read(a_package(orgs=orgs))
    assert (only(snapshot).code, only(snapshot).line) == ("row.blank_fields_at_end", 2)
    assert snapshot.files["orgs"].records == 2


def test_passwords_never_leave_the_reader(reader: Reader) -> None:
    secret = "correct-horse-battery"
    row = f"u1,,,true,s1,student,bo,,Bo,Lane,,,,,,,,{secret}"
    for users in (text(USERS_HEADER, row, row), text(USERS_HEADER, row, "short", row)):
        snapshot = reader.read(a_package(users=users))
        [finding] = [finding for finding in snapshot.findings if finding.code == "file.passwords_dropped"]
        assert (finding.column, finding.occurrences) == ("password", 2)
        assert reader.rows(snapshot, "users", "password") == [(None,), (None,)]
        assert secret.encode() not in snapshot.files["users"].path.read_bytes()
        assert secret not in repr(snapshot)


def test_identifiers_are_never_altered(reader: Reader) -> None:
    identifiers = ["000123", " leading", "trailing ", "UPPER/lower", "1e5", "NULL", "true", "ü@x"]
    orgs = text(ORGS_HEADER, *(f"{name},,,Hill,school,," for name in identifiers))
    snapshot = reader.read(a_package(orgs=orgs))
    assert [name for (name,) in reader.rows(snapshot, "orgs", "sourced_id")] == identifiers


def test_all_faulty_rows_are_counted_and_the_first_are_shown(reader: Reader) -> None:
    orgs = text(ORGS_HEADER, *["short"] * 25, 'x,"')
    path = write_folder(a_package(orgs=orgs), reader.folder / "package")
    snapshot = read_package(path, reader.into(), reader.frames, limits=PackageLimits(row_findings=10))
    assert [finding.line for finding in snapshot.findings] == [*range(2, 12), 27, None]
    assert snapshot.findings[-1].occurrences == 15
    assert snapshot.files["orgs"].rejected == 26
