"""The careful reader: exact about lines, quotes and encodings, and agreed with the columnar engine."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.frames import open_frames
from sis_connect.sis.csv_records import CarefulReader, Record, RowFault, RowRepair, is_windows_1252

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.frames import Frames


def records(content: bytes, width: int = 2, *, strict: bool = False, longest: int = 10_000) -> list[Record]:
    """The records of a file whose header is `a,b`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        path.write_bytes(b"a,b\n" + content)
        reader = CarefulReader(path, longest, strict=strict)
        assert reader.header() == ["a", "b"]
        return list(reader.records(width))


def test_each_record_knows_the_line_it_begins_at() -> None:
    found = records(b'1,x\n2,"y\ny"\n\n3,z\n')
    assert found == [Record(2, b"1,x"), Record(3, b'2,"y\ny"'), Record(6, b"3,z")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_of_every_system_are_line_ends(end: bytes) -> None:
    assert records(end.join([b"1,x", b'2,"y', b'y"', b"3,z"])) == [
        Record(2, b"1,x"),
        Record(3, b'2,"y\ny"'),
        Record(5, b"3,z"),
    ]


def test_a_line_end_across_the_edge_of_a_chunk_is_one_line_end() -> None:
    padding = b"x" * ((1 << 20) - len(b"a,b\n") - len(b"1,") - 1)
    assert [record.line for record in records(b"1," + padding + b"\r\n2,y\r\n", longest=1 << 21)] == [2, 3]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"1", RowFault.WRONG_NUMBER_OF_COLUMNS),
        (b"1,2,3", RowFault.WRONG_NUMBER_OF_COLUMNS),
        (b'"1,2"', RowFault.WRONG_NUMBER_OF_COLUMNS),
        (b'1,"x"y', RowFault.BAD_QUOTE),
        (b'"x"y,1', RowFault.BAD_QUOTE),
        (b'1,"x', RowFault.UNCLOSED_QUOTE),
        (b"1,\xff", RowFault.BAD_ENCODING),
        (b'1,"\xe9"', RowFault.BAD_ENCODING),
    ],
)
def test_a_faulty_record_costs_itself_alone(line: bytes, fault: RowFault) -> None:
    assert records(b"0,a\n" + line + b"\n9,z\n8,y\n") == [
        Record(2, b"0,a"),
        Record(3, b"", fault),
        Record(4, b"9,z"),
        Record(5, b"8,y"),
    ]


def test_an_unclosed_quote_is_given_up_at_the_longest_record() -> None:
    found = records(b'1,"x\n' + b"2,y\n" * 100, longest=100)
    assert found[0] == Record(2, b"", RowFault.UNCLOSED_QUOTE)
    assert [record.line for record in found[1:]] == list(range(3, 103))
    assert all(record.raw == b"2,y" for record in found[1:])


def test_a_field_that_swallowed_what_looks_like_records_says_how_many() -> None:
    assert records(b'1,"x\n2,y\n3,z\nlast"\n') == [Record(2, b'1,"x\n2,y\n3,z\nlast"', swallowed=2)]


def test_a_record_may_close_one_quote_and_open_another_on_a_line() -> None:
    assert records(b'"x\ny","z\nz"\n') == [Record(2, b'"x\ny","z\nz"')]


@pytest.mark.parametrize(("field", "read"), [(b'5" pipe', b'5"" pipe'), (b'5""6', b'5""""6'), (b' a"', b' a""')])
def test_a_double_quote_inside_a_bare_field_is_text_and_told(field: bytes, read: bytes) -> None:
    assert records(b"1," + field) == [Record(2, b'"1","%b"' % read, repairs=(RowRepair.STRAY_QUOTE,))]
    assert records(b"1," + field, strict=True) == [Record(2, b"", RowRepair.STRAY_QUOTE)]


@pytest.mark.parametrize("line", [b'1, "x" ', b'1,"x" ', b'1,  "x"', b' "1" , "x"'])
def test_blanks_around_quotes_do_not_count_and_are_told(line: bytes) -> None:
    assert records(line) == [Record(2, b'"1","x"', repairs=(RowRepair.BLANKS_AROUND_QUOTES,))]
    assert records(line, strict=True) == [Record(2, b"", RowRepair.BLANKS_AROUND_QUOTES)]


def test_a_record_tells_all_that_was_mended_in_it() -> None:
    [record] = records(b'5"6, "x",,\n')
    assert record.raw == b'"5""6","x"'
    assert set(record.repairs) == set(RowRepair)


@pytest.mark.parametrize("line", [b"1,2,", b"1,2,,,", b'1,"2",', b'1,2,""', b'1,"2,",,""'])
def test_blank_fields_to_the_right_are_tolerated_in_lenient_mode_alone(line: bytes) -> None:
    [record] = records(line)
    assert record.fault is None
    assert len(next(csv.reader(io.StringIO(record.raw.decode())))) == 2
    assert record.repairs == (RowRepair.BLANK_FIELDS_AT_END,)
    assert records(line, strict=True) == [Record(2, b"", RowRepair.BLANK_FIELDS_AT_END)]


def test_the_header_may_be_quoted_and_stand_below_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'\xef\xbb\xbf\n  \n"a","b, ""c"""\n1,2\n')
    reader = CarefulReader(path, 1_000)
    assert reader.header() == ["a", 'b, "c"']
    assert list(reader.records(2)) == [Record(4, b"1,2")]
    assert reader.blank_lines == 2


def test_a_file_without_content_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbf\n\n")
    assert CarefulReader(path, 1_000).header() == []


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"plain", False),
        ("na\u00efve".encode(), False),
        ("na\u00efve".encode("cp1252"), True),
        ("na\u00efve".encode() + "na\u00efve".encode("cp1252"), False),
        (b"\x81", False),
        (b"x" * ((1 << 20) - 1) + "\u00ef".encode(), False),
    ],
)
def test_windows_1252_is_recognised_only_beyond_doubt(tmp_path: Path, content: bytes, verdict: bool) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert is_windows_1252(path) is verdict


@pytest.fixture(scope="module")
def frames() -> Iterator[Frames]:
    with open_frames() as frames:
        yield frames


PIECES = ["a", '"', '""', ",", "\n", '"a"', '"b\nc"', '","']


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14))
@settings(deadline=None)
def test_careful_reader_and_engine_agree_on_every_file(frames: Frames, pieces: list[str]) -> None:
    """Which of the two reads a file depends on other rows of it, so both must understand a row alike."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        path.write_text(f"a,b\n{''.join(pieces)}\nz,z\n")
        reader = CarefulReader(path, 10_000)
        reader.header()
        found = list(reader.records(2))
        copy = Path(folder, "copy.csv")
        copy.write_bytes(b"a,b\n" + b"".join(record.raw + b"\n" for record in found if record.fault is None))
        readable = engine_rows(frames, copy)
        assert readable is not None
        assert len(readable) == sum(record.fault is None for record in found)
        is_whole = all(record.fault is None for record in found)
        assert engine_rows(frames, path) == (readable if is_whole else None)


def engine_rows(frames: Frames, path: Path) -> list[tuple[str, str]] | None:
    """The rows as the columnar engine reads them; None when it finds a fault."""
    try:
        return frames.execute(
            "FROM read_csv(?, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            "columns = {'a': 'VARCHAR', 'b': 'VARCHAR'})",
            [str(path)],
        ).fetchall()
    except duckdb.InvalidInputException:
        return None
