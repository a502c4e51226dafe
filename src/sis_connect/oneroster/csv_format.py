"""What a OneRoster 1.1 CSV package is made of: its files, and the manifest that says how each is to be taken.

Pure: text in, values out. How a header row is matched is in `csv_headers`, how other formats are told apart in
`csv_versions`; how files are opened and rows are read is in `sis`. Serves the CSV binding, packaging and manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES, MANIFEST_FILE, MANIFEST_VERSION, ONEROSTER_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MANIFEST_HEADER = ("propertyName", "value")

_MANIFEST_VERSION = "manifest.version"
_ONEROSTER_VERSION = "oneroster.version"
_SYSTEM_NAME = "source.systemName"
_SYSTEM_CODE = "source.systemCode"
_FILE = "file."

#: Every file name the binding knows, by its lower-case form.
_FILE_NAMES = {name.lower(): name for name in (MANIFEST_FILE, *(entity.csv_file for entity in ENTITIES.values()))}


class FileMode(StrEnum):
    """What the manifest says of a file."""

    BULK = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


class ManifestFault(StrEnum):
    """How a manifest may differ from the binding; the value is the finding's code."""

    WRONG_HEADER = "manifest.wrong_header"
    UNKNOWN_PROPERTY = "manifest.unknown_property"
    REPEATED_PROPERTY = "manifest.repeated_property"
    MISSING_PROPERTY = "manifest.missing_property"
    WRONG_VALUE = "manifest.wrong_value"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.csv` says."""

    #: As written, without surrounding blanks; "" when it is not given.
    oneroster_version: str
    #: By collection name; a file that the manifest does not name is missing here.
    modes: Mapping[str, FileMode]
    system_name: str | None
    #: Each difference from the binding, with the property it is about.
    faults: tuple[tuple[ManifestFault, str], ...]


def canonical_file_name(name: str) -> str | None:
    """The binding's spelling of a file name, whatever its case; None for a name the binding does not know."""
    return _FILE_NAMES.get(name.lower())


def parse_manifest(rows: Iterable[Sequence[str]]) -> Manifest:
    """What the rows of `manifest.csv` mean (CSV binding, manifest); the order of rows means nothing."""
    faults: list[tuple[ManifestFault, str]] = []
    properties: dict[str, str] = {}
    known = {key.lower(): key for key in _property_names()}
    for number, (written, value) in enumerate(_pairs(rows)):
        if number == 0 and written.lower() == MANIFEST_HEADER[0].lower():
            if (written, value) != MANIFEST_HEADER:
                faults.append((ManifestFault.WRONG_HEADER, written))
            continue
        if number == 0:
            faults.append((ManifestFault.WRONG_HEADER, ""))
        name = known.get(written.lower())
        if name is None or name != written:
            faults.append((ManifestFault.UNKNOWN_PROPERTY, written))
        if name is None:
            continue
        if name in properties:
            faults.append((ManifestFault.REPEATED_PROPERTY, name))
        properties[name] = value
    modes = _modes(properties, faults)
    faults += _faults_of(properties)
    return Manifest(
        oneroster_version=properties.get(_ONEROSTER_VERSION, ""),
        modes=MappingProxyType(modes),
        system_name=properties.get(_SYSTEM_NAME) or None,
        faults=tuple(faults),
    )


def manifest_rows(modes: Mapping[str, FileMode], system_name: str | None = None) -> list[tuple[str, str]]:
    """The rows of a manifest, header first: entities that `modes` does not name are absent."""
    rows = [MANIFEST_HEADER, (_MANIFEST_VERSION, MANIFEST_VERSION), (_ONEROSTER_VERSION, ONEROSTER_VERSION)]
    rows += [(f"{_FILE}{name}", str(modes.get(name, FileMode.ABSENT))) for name in sorted(ENTITIES, key=str.lower)]
    if system_name:
        rows.append((_SYSTEM_NAME, system_name))
    return rows


def _property_names() -> tuple[str, ...]:
    files = tuple(f"{_FILE}{name}" for name in ENTITIES)
    return (_MANIFEST_VERSION, _ONEROSTER_VERSION, *files, _SYSTEM_NAME, _SYSTEM_CODE)


def _pairs(rows: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    """The rows that say something, as (property, value) without surrounding blanks."""
    cells = [tuple(cell.strip() for cell in row) for row in rows]
    return [(row[0], row[1] if len(row) > 1 else "") for row in cells if any(row)]


def _modes(properties: Mapping[str, str], faults: list[tuple[ManifestFault, str]]) -> dict[str, FileMode]:
    modes = {}
    for name in ENTITIES:
        value = properties.get(f"{_FILE}{name}")
        if not value:
            continue
        if value not in tuple(FileMode):
            faults.append((ManifestFault.WRONG_VALUE, f"{_FILE}{name}"))
        if value.lower() in tuple(FileMode):
            modes[name] = FileMode(value.lower())
    return modes


def _faults_of(properties: Mapping[str, str]) -> list[tuple[ManifestFault, str]]:
    required = [name for name in _property_names() if name not in (_SYSTEM_NAME, _SYSTEM_CODE)]
    faults = [(ManifestFault.MISSING_PROPERTY, name) for name in required if not properties.get(name)]
    version = properties.get(_MANIFEST_VERSION)
    if version and version != MANIFEST_VERSION:
        faults.append((ManifestFault.WRONG_VALUE, _MANIFEST_VERSION))
    return faults
