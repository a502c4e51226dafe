"""Where the OneRoster files lie in a package, by the names of its entries alone.

The binding wants them at the root; one enclosing folder, other files and names in another case are tolerated and
named. No file is touched here. Serves the CSV binding, packaging.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.oneroster.csv_format import canonical_file_name
from sis_connect.oneroster.csv_versions import RosterFormat, recognise
from sis_connect.sis.csv_rules import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What operating systems leave behind, lower case.
_LITTER = frozenset(("__macosx", ".ds_store", "thumbs.db", "desktop.ini"))
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """Which entries are the package's files."""

    #: Name of the entry by the binding's name of the file (`users.csv`).
    entries: Mapping[str, str]
    #: Names of all files, known or not, without folders.
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def find_layout(entries: Iterable[str]) -> Layout:
    """Where each file lies among the entries, named from the package's root with `/` between folders.

    Raises PackageRefusedError when there is no OneRoster file, when one is there twice, or when the names are those
    of School Data Sync.
    """
    paths = sorted(path for path in map(PurePosixPath, entries) if not _is_litter(path))
    names = tuple(path.name for path in paths)
    if recognise(names, {}, None) is RosterFormat.MICROSOFT_SDS:
        raise refusal("package.microsoft_sds")
    by_folder: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    for path in paths:
        if canonical_file_name(path.name) and len(path.parts) <= 2:
            by_folder[path.parent].append(path)
    root = PurePosixPath()
    if not by_folder:
        raise refusal("package.no_known_files", because=_hint(names))
    if root not in by_folder and len(by_folder) > 1:
        raise refusal("package.duplicate_file", where=", ".join(shown(str(folder)) for folder in sorted(by_folder)))
    folder = root if root in by_folder else next(iter(by_folder))
    chosen = _by_canonical_name(by_folder[folder])
    findings = _findings(folder, chosen, [path for path in paths if path not in chosen.values()])
    return Layout({name: str(path) for name, path in chosen.items()}, names, tuple(findings))


def _by_canonical_name(paths: Iterable[PurePosixPath]) -> dict[str, PurePosixPath]:
    chosen: dict[str, PurePosixPath] = {}
    for path in paths:
        name = canonical_file_name(path.name) or path.name
        if name in chosen:
            raise refusal("package.duplicate_file", where=name)
        chosen[name] = path
    return chosen


def _findings(
    folder: PurePosixPath, chosen: Mapping[str, PurePosixPath], others: list[PurePosixPath]
) -> Iterable[Finding]:
    if folder.parts:
        yield Finding("package.nested_folder")
    if others:
        first = ", ".join(shown(path.name) for path in others[:_NAMES_SHOWN])
        more = len(others) - _NAMES_SHOWN
        yield Finding(
            "package.unknown_file",
            detail=f"{first} and {more} more" if more > 0 else first,
            occurrences=len(others),
        )
    for name, path in chosen.items():
        if path.name != name:
            yield Finding("file.wrong_case_name", file=name, detail=f"named {shown(path.name)}")


def _is_litter(path: PurePosixPath) -> bool:
    return any(part.lower() in _LITTER or part.startswith("._") for part in path.parts)


def _hint(names: tuple[str, ...]) -> str:
    endings = {PurePosixPath(name).suffix.lower() for name in names}
    if ".zip" in endings:
        return "It holds another zip; unpack the outer one first."
    if endings & {".xlsx", ".xls"}:
        return "It holds spreadsheets; OneRoster files are CSV."
    return "It is empty." if not names else ""
