"""Reading a OneRoster 1.1 CSV package: a zip or folder becomes a snapshot in sealed Parquet.

Here: the order of things. A pull is complete or it is nothing: what cannot be read at all refuses the package, and
then nothing is left behind. Serves the CSV binding as a whole; the parts are `package` (files), `hygiene` (bytes),
`csv_contents` (manifest and headers) and `csv_table` (rows).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.errors import PackageRefusedError
from sis_connect.findings import Finding
from sis_connect.frames import count, literal
from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE
from sis_connect.oneroster.snapshot import Mode, SealedFile, Snapshot
from sis_connect.progress import NoProgress
from sis_connect.sis.csv_contents import read_contents
from sis_connect.sis.csv_rules import refusal
from sis_connect.sis.csv_table import Sealing, seal, sealed_path
from sis_connect.sis.hygiene import inspect
from sis_connect.sis.limits import DEFAULT_LIMITS
from sis_connect.sis.package import open_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.frames import Frames
    from sis_connect.progress import Progress
    from sis_connect.sis.csv_contents import Contents
    from sis_connect.sis.csv_table import CsvTable, Sealed
    from sis_connect.sis.hygiene import FileFacts
    from sis_connect.sis.limits import PackageLimits
    from sis_connect.sis.memory import Memory
    from sis_connect.sis.package import Package

#: Part of every digest: raised when the reader understands the same bytes differently.
READER_VERSION = 2


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A package as the source of a roster."""

    path: Path
    limits: PackageLimits = DEFAULT_LIMITS

    @property
    def address(self) -> str:
        """None: a package may lie anywhere."""
        return ""

    def read(
        self,
        into: Path,
        frames: Frames,
        *,
        strict: bool,
        progress: Progress,
        known: Callable[[str], Snapshot | None],
        memory: Memory,  # noqa: ARG002  # a package says once what it says
    ) -> Snapshot:
        """As `read_package`."""
        return read_package(self.path, into, frames, strict=strict, progress=progress, limits=self.limits, known=known)


def read_package(
    path: Path,
    into: Path,
    frames: Frames,
    *,
    strict: bool = False,
    progress: Progress | None = None,
    limits: PackageLimits = DEFAULT_LIMITS,
    known: Callable[[str], Snapshot | None] | None = None,
) -> Snapshot:
    """The snapshot of a zip or folder, its Parquet files in `into`, an empty folder that the caller owns.

    `known` is asked with the digest before any row is read; the snapshot it gives, if any, is the result, and `into`
    stays empty. In strict mode every repair is an error by its rule, and rows that need one are rejected.

    Raises PackageRefusedError when the package cannot be read, StoreError when the disk is too small; on any error
    nothing is left in `into`.
    """
    progress = progress or NoProgress()
    try:
        with TemporaryDirectory(prefix=".reading-", dir=into) as folder:
            scratch = Path(folder)
            package = open_package(path, scratch, limits, progress)
            stamps = _stamps(package)
            facts, refusals = _inspect(package, limits, progress)
            digest = _digest(facts, strict=strict)
            snapshot = known(digest) if known and not refusals else None
            if snapshot is None:
                contents = read_contents(package, facts, limits, refusals)
                sealing = Sealing(into, scratch, frames, limits, is_strict=strict)
                files, findings = _seal_all(contents, sealing, progress)
                findings = [*package.findings, *contents.findings, *findings]
                snapshot = Snapshot(digest, MappingProxyType(files), tuple(findings), contents.system_name)
            _check_unchanged(package, stamps)
            return snapshot
    except BaseException:
        for entity in ENTITIES.values():
            sealed_path(into, entity).unlink(missing_ok=True)
        raise


def _check_unchanged(package: Package, stamps: list[tuple[int, int]]) -> None:
    """An upload may still be going on: what was hashed must be what was read."""
    if _stamps(package) != stamps:
        raise refusal("package.changed_while_read")


def _stamps(package: Package) -> list[tuple[int, int]]:
    statuses = [file.stat() for file in package.files.values()]
    return [(status.st_size, status.st_mtime_ns) for status in statuses]


def _inspect(
    package: Package, limits: PackageLimits, progress: Progress
) -> tuple[dict[str, FileFacts], list[PackageRefusedError]]:
    """The facts of every file by its name, and what stands against the files that have none."""
    sizes = {name: file.stat().st_size for name, file in sorted(package.files.items())}
    if sizes.get(MANIFEST_FILE, 0) > limits.manifest_bytes:
        raise refusal("file.too_large", where=MANIFEST_FILE)
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        progress.advance("checking", done, sum(sizes.values()))

    facts: dict[str, FileFacts] = {}
    refusals: list[PackageRefusedError] = []
    for name in sizes:
        try:
            facts[name] = inspect(package.files[name], name, limits, advance)
        except PackageRefusedError as error:
            refusals.append(error)
    return facts, refusals


def _digest(facts: Mapping[str, FileFacts], *, strict: bool) -> str:
    """Names the content, zipped or not, and how it is read."""
    lines = [f"reader {READER_VERSION}", f"strict {strict}"]
    lines += [f"{name} {fact.sha256}" for name, fact in sorted(facts.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _seal_all(contents: Contents, sealing: Sealing, progress: Progress) -> tuple[dict[str, SealedFile], list[Finding]]:
    sizes = {table.entity.name: table.path.stat().st_size for table, _ in contents.tables}
    files: dict[str, SealedFile] = {}
    findings: list[Finding] = []
    done = 0
    for table, said in contents.tables:
        entity = table.entity
        sealed = seal(table, sealing)
        to = sealing.path_of(entity)
        mode, mode_findings = _mode(table, said, sealed, to, sealing.frames)
        files[entity.name] = SealedFile(
            entity=entity.name,
            file=entity.csv_file,
            path=to,
            mode=mode,
            records=sealed.records,
            rejected=sealed.rejected,
            has_lines=sealed.has_lines,
            metadata_columns=tuple(table.header.metadata),
        )
        findings += [*sealed.findings, *mode_findings, *_secret_findings(table, sealed)]
        done += sizes[entity.name]
        progress.advance("reading", done, sum(sizes.values()))
    return files, findings


def _mode(table: CsvTable, said: Mode, sealed: Sealed, to: Path, frames: Frames) -> tuple[Mode, list[Finding]]:
    """The mode by the data, which counts where the manifest contradicts it (CSV binding, manifest)."""
    file = table.entity.csv_file
    if sealed.records == 0:
        is_empty = sealed.rejected == 0
        return said, [Finding("file.no_rows", file=file)] if is_empty else []
    stamped = count(frames, f"read_parquet({literal(to)}) WHERE status IS NOT NULL OR date_last_modified IS NOT NULL")
    if said is Mode.DELTA and stamped == 0:
        return Mode.BULK, [Finding("file.delta_without_status", file=file)]
    if said is Mode.BULK and stamped > 0:
        return Mode.BULK, [Finding("file.bulk_with_status", file=file, occurrences=stamped)]
    return said, []


def _secret_findings(table: CsvTable, sealed: Sealed) -> list[Finding]:
    return [
        Finding("file.passwords_dropped", file=table.entity.csv_file, column=header, occurrences=values)
        for header, values in sealed.secrets.items()
        if values
    ]
