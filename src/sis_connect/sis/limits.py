"""What is accepted of a package at most, so that none can exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """The limits of one package."""

    #: Entries of a zip, files of a folder.
    entries: int = 1_000
    #: Bytes of the list of entries at the end of a zip.
    directory_bytes: int = 4 * _MEBIBYTE
    #: Bytes of all files together, unpacked.
    total_bytes: int = 64 * 1024 * _MEBIBYTE
    #: How many times smaller than its content a zip entry may be and still count as usual.
    compression_ratio: int = 200
    #: Bytes, unpacked, of all zip entries together that are smaller still: long files of much the same lines can be.
    dense_bytes: int = 1_000_000_000
    #: Bytes of the manifest.
    manifest_bytes: int = _MEBIBYTE
    #: Bytes of one line, and of one record over several lines.
    line_bytes: int = 2_000_000
    #: Columns of one file.
    columns: int = 1_000
    #: Findings about single rows kept for each code of each file; all are counted.
    row_findings: int = 1_000


DEFAULT_LIMITS = PackageLimits()
