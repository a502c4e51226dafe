"""How a header row is matched with the columns of the CSV binding.

Pure. The binding wants every column, in order, in exact case, and extensions named `metadata.*` only to the right;
what differs is tolerated where it is clear and always named. Not here: what a difference means for the package
(`sis.csv_rules`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import METADATA_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sis_connect.oneroster.model import Entity


class HeaderFault(StrEnum):
    """How a header row may differ from the binding; the value is the finding's code."""

    WRONG_ORDER = "header.wrong_order"
    WRONG_CASE = "header.wrong_case"
    BLANKS = "header.blanks"
    OLD_NAME = "header.old_name"
    MISSING_OPTIONAL = "header.missing_optional"
    MISSING_REQUIRED = "header.missing_required"
    UNKNOWN_COLUMN = "header.unknown_column"
    METADATA_NOT_LAST = "header.metadata_not_last"


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where each column stands in a file."""

    #: Position in the file by frame column; a column that the file lacks is missing here.
    positions: Mapping[str, int]
    #: Position in the file by name of a `metadata.*` column, in the order of the file.
    metadata: Mapping[str, int]
    #: Each difference from the binding, with the header it is about.
    faults: tuple[tuple[HeaderFault, str], ...]
    #: Headers that stand more than once (under whatever spelling): the file cannot be read without a guess.
    repeated: tuple[str, ...]


#: Headers of OneRoster 1.0 and of the field, by what they mean; keys are lower case.
OLD_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "users": {"userid": "userIds", "agents": "agentSourcedIds", "grade": "grades", "orgsourcedid": "orgSourcedIds"},
        "classes": {"grade": "grades", "termsourcedid": "termSourcedIds", "subject": "subjects"},
        "courses": {"grade": "grades", "schoolyearid": "schoolYearSourcedId", "subject": "subjects"},
        "demographics": {"usersourcedid": "sourcedId", "gender": "sex"},
    }
)


def match_header(entity: Entity, header: Sequence[str]) -> HeaderMatch:
    """Where each column of the entity stands in a file with this header row."""
    faults: list[tuple[HeaderFault, str]] = []
    names = [_canonical(entity, written, faults) for written in header]
    found = {name: position for position, name in enumerate(names) if name is not None}
    declared = {field.csv_name: field for field in entity.fields}
    positions = {declared[name].column: position for name, position in found.items() if name in declared}
    metadata = {name: position for name, position in found.items() if name not in declared}
    for name, field in declared.items():
        if name not in found:
            missing = HeaderFault.MISSING_REQUIRED if field.is_required else HeaderFault.MISSING_OPTIONAL
            faults.append((missing, name))
    faults += _order_faults(entity, positions, metadata)
    # Frames do not tell columns apart by case, so two metadata columns must differ in more than that.
    spellings = Counter(name.lower() for name in names if name is not None)
    return HeaderMatch(
        positions=MappingProxyType(positions),
        metadata=MappingProxyType(metadata),
        faults=tuple(faults),
        repeated=tuple(sorted({name for name in names if name is not None and spellings[name.lower()] > 1})),
    )


def _canonical(entity: Entity, written: str, faults: list[tuple[HeaderFault, str]]) -> str | None:
    """The binding's name of a header, None for a column that the binding does not know."""
    name = written.strip()
    if name != written and name:
        faults.append((HeaderFault.BLANKS, name))
    if name.lower().startswith(METADATA_PREFIX) and len(name) > len(METADATA_PREFIX):
        canonical = METADATA_PREFIX + name[len(METADATA_PREFIX) :]
    else:
        by_case = {known.lower(): known for known in entity.csv_header}
        old = OLD_NAMES.get(entity.name, {})
        canonical = by_case.get(name.lower()) or old.get(name.lower(), "")
    if not canonical:
        faults.append((HeaderFault.UNKNOWN_COLUMN, name))
        return None
    if canonical != name:
        is_case = canonical.lower() == name.lower()
        faults.append((HeaderFault.WRONG_CASE if is_case else HeaderFault.OLD_NAME, name))
    return canonical


def _order_faults(
    entity: Entity, positions: Mapping[str, int], metadata: Mapping[str, int]
) -> list[tuple[HeaderFault, str]]:
    in_order = [positions[column] for column in entity.columns if column in positions]
    faults = []
    if in_order != sorted(in_order):
        faults.append((HeaderFault.WRONG_ORDER, ""))
    last = max(in_order, default=-1)
    faults += [(HeaderFault.METADATA_NOT_LAST, name) for name, position in metadata.items() if position < last]
    return faults
