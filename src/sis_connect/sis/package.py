"""Opening a OneRoster package: a zip or a folder becomes named files on disk.

Here: the two kinds of package. The dangers of zips are met in `zip_intake`, names are judged in `layout`, and what
is inside the files is looked at in `hygiene`.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sis.csv_rules import refusal, shown
from sis_connect.sis.layout import find_layout
from sis_connect.sis.zip_intake import file_entries, open_zip, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sis_connect.findings import Finding
    from sis_connect.progress import Progress
    from sis_connect.sis.limits import PackageLimits


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose files can be read."""

    #: By the binding's name (`users.csv`), whatever the case of the name in the package.
    files: Mapping[str, Path]
    #: Names of all files, known or not, without folders.
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def open_package(path: Path, scratch: Path, limits: PackageLimits, progress: Progress) -> Package:
    """The files of a zip or folder; those of a zip are unpacked into `scratch`, an empty folder.

    Raises PackageRefusedError when it is no package or a dangerous one, StoreError when the disk is too small.
    """
    if path.is_dir():
        return _open_folder(path, limits)
    if not path.exists():
        raise refusal("package.not_found", where=str(path))
    if not path.is_file() or not _begins_as_zip(path):
        raise refusal("package.not_a_package", where=path.name)
    with open_zip(path, limits) as archive:
        entries = file_entries(archive)
        layout = find_layout(entries)
        unpack(archive, {name: entries[entry] for name, entry in layout.entries.items()}, scratch, progress)
    return Package({name: scratch / name for name in layout.entries}, layout.names, layout.findings)


def _open_folder(path: Path, limits: PackageLimits) -> Package:
    found: dict[str, Path] = {}
    root = path.resolve()
    for child in sorted((*path.glob("*"), *path.glob("*/*"))):
        if child.is_symlink() and not child.resolve().is_relative_to(root):
            raise refusal("package.link_outside", where=shown(child.name))
        if child.is_file():
            found[child.relative_to(path).as_posix()] = child
        if len(found) > limits.entries:
            raise refusal("package.too_many_entries", where=path.name)
    layout = find_layout(found)
    files = {name: found[entry] for name, entry in layout.entries.items()}
    if sum(file.stat().st_size for file in files.values()) > limits.total_bytes:
        raise refusal("package.too_large", where=path.name)
    return Package(files, layout.names, layout.findings)


def _begins_as_zip(path: Path) -> bool:
    """A zip that was cut short still begins as one, and deserves the better message."""
    with path.open("rb") as file:
        return file.read(2) == b"PK" or zipfile.is_zipfile(path)
