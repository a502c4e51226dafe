"""What a package says of itself before any row is read: its manifest, its headers, and so what is to be read and how.

Here: small reads and decisions. The decisions themselves are pure and stand in `oneroster.csv_*`; rows are read in
`csv_table`. Serves the CSV binding, manifest and headers.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.errors import PackageRefusedError
from sis_connect.findings import Finding
from sis_connect.oneroster.csv_format import FileMode, Manifest, ManifestFault, parse_manifest
from sis_connect.oneroster.csv_headers import match_header
from sis_connect.oneroster.csv_versions import RosterFormat, recognise
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sis.csv_records import CarefulReader
from sis_connect.sis.csv_rules import all_refusals, refusal, shown
from sis_connect.sis.csv_table import CsvTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sis_connect.oneroster.model import Entity
    from sis_connect.sis.hygiene import FileFacts
    from sis_connect.sis.limits import PackageLimits
    from sis_connect.sis.package import Package

_REFUSED_FORMATS = {
    RosterFormat.ONEROSTER_1_0: "package.oneroster_1_0",
    RosterFormat.ONEROSTER_1_2: "package.oneroster_1_2",
    RosterFormat.MICROSOFT_SDS: "package.microsoft_sds",
    RosterFormat.WITHOUT_MANIFEST: "package.manifest_missing",
}
_OTHER_DELIMITERS = (";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is to be read."""

    #: In the order in which records may be imported, each with the mode that the manifest gives it.
    tables: tuple[tuple[CsvTable, Mode], ...]
    system_name: str | None
    findings: tuple[Finding, ...]


def read_contents(
    package: Package,
    facts: Mapping[str, FileFacts],
    limits: PackageLimits,
    refusals: Sequence[PackageRefusedError] = (),
) -> Contents:
    """What is to be read of a package, all files of which have facts but those that `refusals` are about.

    Raises PackageRefusedError when there are refusals, when it is in another format, or when headers are no headers;
    the error names all of it.
    """
    refused = list(refusals)
    readers = {
        name: CarefulReader(package.files[entity.csv_file], limits.line_bytes)
        for name, entity in ENTITIES.items()
        if entity.csv_file in facts
    }
    headers = {name: reader.header() for name, reader in readers.items()}
    # A manifest that cannot be read says nothing, and is told of already.
    is_spoilt = MANIFEST_FILE in package.files and MANIFEST_FILE not in facts
    manifest = Manifest("", {}, None, ()) if is_spoilt else _read_manifest(package)
    roster_format = recognise(package.names, headers, manifest)
    if manifest is None or (roster_format in _REFUSED_FORMATS and not is_spoilt):
        raise all_refusals([*refused, refusal(_REFUSED_FORMATS.get(roster_format, "package.manifest_missing"))])
    findings = [*_manifest_findings(manifest)]
    if roster_format is RosterFormat.ONEROSTER_1_1_BY_HEADERS:
        findings.append(Finding("package.version_unclear", file=MANIFEST_FILE))
    modes, mode_findings = _modes(manifest, frozenset(headers))
    findings += mode_findings
    tables = []
    for name, mode in modes.items():
        try:
            table = _table(package, ENTITIES[name], headers[name], facts, limits, header_line=readers[name].line)
        except PackageRefusedError as error:
            refused.append(error)
            continue
        findings += _file_findings(table, ENTITIES[name], facts)
        if table:
            tables.append((table, mode))
    if refused:
        raise all_refusals(refused)
    return Contents(tuple(tables), manifest.system_name, tuple(findings))


def _read_manifest(package: Package) -> Manifest | None:
    file = package.files.get(MANIFEST_FILE)
    if file is None:
        return None
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        return parse_manifest(csv.reader(text))


def _manifest_findings(manifest: Manifest) -> Iterator[Finding]:
    missing = [name for fault, name in manifest.faults if fault is ManifestFault.MISSING_PROPERTY]
    if missing:
        yield Finding(
            str(ManifestFault.MISSING_PROPERTY), file=MANIFEST_FILE, detail=", ".join(missing), occurrences=len(missing)
        )
    for fault, name in manifest.faults:
        if fault is not ManifestFault.MISSING_PROPERTY:
            yield Finding(str(fault), file=MANIFEST_FILE, detail=shown(name) or None)


def _modes(manifest: Manifest, present: frozenset[str]) -> tuple[dict[str, Mode], list[Finding]]:
    """The mode of every file that is to be read, by collection name; where manifest and files differ, a finding."""
    modes = {}
    findings = []
    for name, entity in ENTITIES.items():
        said = manifest.modes.get(name)
        if name not in present:
            if said in (FileMode.BULK, FileMode.DELTA):
                findings.append(Finding("package.file_missing", file=entity.csv_file))
        elif said is FileMode.ABSENT:
            findings.append(Finding("package.file_said_absent", file=entity.csv_file))
        else:
            if said is None:
                findings.append(Finding("package.file_not_in_manifest", file=entity.csv_file))
            modes[name] = Mode(said or FileMode.BULK)
    return modes, findings


def _table(
    package: Package,
    entity: Entity,
    header: list[str],
    facts: Mapping[str, FileFacts],
    limits: PackageLimits,
    *,
    header_line: int,
) -> CsvTable | None:
    """The file as a table; None when it holds nothing, not even a header."""
    file = entity.csv_file
    if not header:
        return None
    if len(header) > limits.columns:
        raise refusal("header.too_many_columns", where=file)
    match = match_header(entity, header)
    if match.repeated:
        raise refusal("header.duplicate", where=f"{file}, column {shown(match.repeated[0])}")
    if not match.positions:
        is_delimited = len(header) == 1 and any(delimiter in header[0] for delimiter in _OTHER_DELIMITERS)
        raise refusal("header.wrong_delimiter" if is_delimited else "header.not_recognised", where=file)
    return CsvTable(entity, package.files[file], facts[file], len(header), header_line, match)


def _file_findings(table: CsvTable | None, entity: Entity, facts: Mapping[str, FileFacts]) -> Iterator[Finding]:
    file = entity.csv_file
    if facts[file].has_byte_order_mark:
        yield Finding("file.byte_order_mark", file=file)
    if table is None:
        yield Finding("file.empty", file=file)
        return
    for fault, name in table.header.faults:
        yield Finding(str(fault), file=file, line=table.header_line, column=shown(name) or None)
