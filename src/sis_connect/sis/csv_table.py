"""One CSV file becomes one sealed Parquet file.

A plain file, where every record is one line and every row is well formed, is read by the columnar engine alone, at
its own speed, and the count of lines proves that nothing was lost. Any other file goes through the careful reader,
record by record, into a plain copy that carries line numbers. Not here: what the header or the manifest say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.frames import PARQUET, fetch_scalar, identifier, literal
from sis_connect.sis.csv_records import CarefulReader, has_sound_quotes, is_windows_1252
from sis_connect.sis.csv_rules import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.csv_headers import HeaderMatch
    from sis_connect.oneroster.model import Entity
    from sis_connect.sis.hygiene import FileFacts
    from sis_connect.sis.limits import PackageLimits

_LINE_COLUMN = "line"
_LOOKS_UNCLOSED = "row.looks_unclosed"
_LINES_IN_BUFFER = 4_096


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file about to be sealed."""

    entity: Entity
    path: Path
    facts: FileFacts
    #: Columns of the header, known or not.
    width: int
    #: 1, unless blank lines stand above the header.
    header_line: int
    header: HeaderMatch


@dataclass(frozen=True, slots=True)
class Sealed:
    """What became of it."""

    records: int
    rejected: int
    #: Values of secret columns that were left behind, by header.
    secrets: Mapping[str, int]
    has_lines: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Sealing:
    """Where and with what tables are sealed."""

    into: Path
    #: A folder for copies that are gone afterwards.
    scratch: Path
    frames: Frames
    limits: PackageLimits
    is_strict: bool

    def path_of(self, entity: Entity) -> Path:
        """The Parquet file of an entity."""
        return sealed_path(self.into, entity)


def sealed_path(folder: Path, entity: Entity) -> Path:
    """The Parquet file of an entity in a folder."""
    return folder / f"{entity.table}.parquet"


def seal(table: CsvTable, sealing: Sealing) -> Sealed:
    """The Parquet file holds every readable record in the order of the file."""
    # In strict mode nothing is tolerated, so nothing may go past the careful reader.
    if table.facts.is_plain and table.header_line == 1 and not sealing.is_strict:
        records = _copy(table, table.path, sealing, has_lines=False)
        if records == table.facts.lines - 1 and _is_read_as_written(table, sealing):
            secrets = _secret_values(table, table.path, sealing, has_lines=False)
            return Sealed(records, 0, secrets, has_lines=False, findings=())
    return _seal_carefully(table, sealing)


def _is_read_as_written(table: CsvTable, sealing: Sealing) -> bool:
    """False where the engine, which has read the file, mended something without a word.

    It drops blank fields to spare, which their commas betray, leaves stray double quotes in the value, and drops blanks
    around a pair; few records hold any of these, and only they are looked at.
    """
    facts = table.facts
    spare = facts.commas - (table.width - 1) * facts.lines
    if not facts.has_quotes:
        return spare == 0
    sealed = f"read_parquet({literal(sealing.path_of(table.entity))}, file_row_number = true)"
    columns = [identifier(field.column) for field in table.entity.fields if not field.is_secret]
    columns += [identifier(name) for name in table.header.metadata]
    if spare:
        inner = " + ".join(f"coalesce(length({column}) - length(replace({column}, ',', '')), 0)" for column in columns)
        if fetch_scalar(sealing.frames, f"SELECT sum({inner}) FROM {sealed}") != spare:
            return False
    quoted = " OR ".join(f"contains({column}, '\"')" for column in columns)
    found = sealing.frames.execute(f"SELECT file_row_number + 2 FROM {sealed} WHERE {quoted}").fetchall()
    if not found and not facts.has_quotes_beside_blanks:
        return True
    return has_sound_quotes(table.path, {line for (line,) in found})


def _seal_carefully(table: CsvTable, sealing: Sealing) -> Sealed:
    copy = sealing.scratch / f"{table.entity.table}.plain.csv"
    try:
        records, rejected, findings = _write_plain_copy(table, copy, sealing)
        if _copy(table, copy, sealing, has_lines=True) != records:
            raise refusal("file.unreadable", where=table.entity.csv_file)
        secrets = _secret_values(table, copy, sealing, has_lines=True)
    finally:
        copy.unlink(missing_ok=True)
    return Sealed(records, rejected, secrets, has_lines=True, findings=findings)


def _secret_values(table: CsvTable, source: Path, sealing: Sealing, *, has_lines: bool) -> dict[str, int]:
    """Values of each secret column that were left behind, by header."""
    scan = _scan(table, source, sealing.limits, has_lines=has_lines)
    positions = table.header.positions
    return {
        field.csv_name: int(str(fetch_scalar(sealing.frames, f"SELECT count(c{positions[field.column]}) FROM {scan}")))
        for field in table.entity.fields
        if field.is_secret and field.column in positions
    }


def _copy(table: CsvTable, source: Path, sealing: Sealing, *, has_lines: bool) -> int | None:
    """The rows of a plain CSV file are in the Parquet file; gives their number, None when the engine finds a fault."""
    from duckdb import InvalidInputException  # noqa: PLC0415 -- late, as in `frames`

    positions = table.header.positions
    columns = [
        f"{_expression(positions.get(field.column), is_secret=field.is_secret)} AS {identifier(field.column)}"
        for field in table.entity.fields
    ]
    columns += [f"c{position} AS {identifier(name)}" for name, position in table.header.metadata.items()]
    if has_lines:
        columns.append(_LINE_COLUMN)
    scan = _scan(table, source, sealing.limits, has_lines=has_lines)
    to = literal(sealing.path_of(table.entity))
    try:
        copied = fetch_scalar(sealing.frames, f"COPY (SELECT {', '.join(columns)} FROM {scan}) TO {to} ({PARQUET})")
    except InvalidInputException:
        return None
    return int(str(copied))


def _expression(position: int | None, *, is_secret: bool) -> str:
    return "CAST(NULL AS VARCHAR)" if position is None or is_secret else f"c{position}"


def _scan(table: CsvTable, source: Path, limits: PackageLimits, *, has_lines: bool) -> str:
    columns = [f"'c{position}': 'VARCHAR'" for position in range(table.width)]
    if has_lines:
        columns.append(f"'{_LINE_COLUMN}': 'BIGINT'")
    return (
        f"read_csv({literal(source)}, auto_detect = false, header = {not has_lines}, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{', '.join(columns)}}}, max_line_size = {limits.line_bytes + 64})"
    )


def _write_plain_copy(table: CsvTable, to: Path, sealing: Sealing) -> tuple[int, int, tuple[Finding, ...]]:
    """Writes the readable records with their lines; gives their number, that of the faulty ones, and the findings."""
    limits = sealing.limits
    is_1252 = not (sealing.is_strict or table.facts.is_utf_8) and is_windows_1252(table.path)
    encoding = "cp1252" if is_1252 else "utf-8"
    reader = CarefulReader(table.path, limits.line_bytes, encoding=encoding, strict=sealing.is_strict)
    reader.header()
    tally = _RowFindings(table.entity.csv_file, limits.row_findings)
    written = 0
    with to.open("wb") as file:
        buffer: list[bytes] = []
        for record in reader.records(table.width):
            if record.fault is not None:
                tally.reject(record.fault, record.line)
                continue
            for repair in record.repairs:
                tally.add(repair, record.line)
            if record.swallowed:
                tally.add(_LOOKS_UNCLOSED, record.line, record.swallowed)
            buffer.append(b"%b,%d\n" % (record.raw, record.line))
            written += 1
            if len(buffer) == _LINES_IN_BUFFER:
                file.writelines(buffer)
                buffer.clear()
        file.writelines(buffer)
    findings = (*_file_findings(table, reader, is_1252=is_1252), *tally.findings())
    return written, tally.rejected, findings


def _file_findings(table: CsvTable, reader: CarefulReader, *, is_1252: bool) -> Iterator[Finding]:
    file = table.entity.csv_file
    if is_1252:
        yield Finding("file.windows_1252", file=file)
    facts = table.facts
    inner = reader.inner_line_ends
    if facts.cr or (not facts.has_plain_line_ends and not inner):
        yield Finding("file.line_ends", file=file)
    if inner and facts.crlf and facts.lf != inner:
        yield Finding("file.carriage_return_in_field", file=file)
    if reader.blank_lines:
        yield Finding("file.blank_lines", file=file, occurrences=reader.blank_lines)


class _RowFindings:
    """Findings about rows: all are counted, the first of each code are kept."""

    def __init__(self, file: str, kept: int) -> None:
        self._file = file
        self._kept = kept
        self._counts: Counter[str] = Counter()
        self._findings: list[Finding] = []
        #: Rows that are no records.
        self.rejected = 0

    def reject(self, code: str, line: int) -> None:
        self.rejected += 1
        self.add(code, line)

    def add(self, code: str, line: int, occurrences: int = 1) -> None:
        self._counts[code] += 1
        if self._counts[code] <= self._kept:
            self._findings.append(Finding(str(code), file=self._file, line=line, occurrences=occurrences))

    def findings(self) -> list[Finding]:
        """The kept ones in the order of lines, then for each code one that stands for the others."""
        rest = [
            Finding(str(code), file=self._file, detail="not shown one by one", occurrences=count - self._kept)
            for code, count in sorted(self._counts.items())
            if count > self._kept
        ]
        return [*self._findings, *rest]
