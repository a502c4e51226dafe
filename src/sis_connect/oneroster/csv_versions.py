"""Which roster format a set of CSV files is in: OneRoster 1.1, one of its neighbours, or another product's.

Pure: names of files and their header rows in, the format out. Only marks that a clean 1.1 package cannot carry
count. Not here: what is said to the person who sent another format (`sis.csv_rules`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.oneroster.csv_format import canonical_file_name
from sis_connect.oneroster.schema import ONEROSTER_VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.oneroster.csv_format import Manifest


class RosterFormat(StrEnum):
    """The formats that are told apart."""

    ONEROSTER_1_1 = "OneRoster 1.1"
    #: A manifest that does not say 1.1, with headers that do.
    ONEROSTER_1_1_BY_HEADERS = "OneRoster 1.1, by its headers"
    #: Headers of 1.1 and no manifest.
    WITHOUT_MANIFEST = "OneRoster without a manifest"
    ONEROSTER_1_0 = "OneRoster 1.0"
    ONEROSTER_1_2 = "OneRoster 1.2"
    MICROSOFT_SDS = "Microsoft School Data Sync"
    UNKNOWN = "unknown"


#: Files of School Data Sync version 1, lower case; two of them make the case.
_SDS_1_FILES = frozenset(
    ("school.csv", "section.csv", "student.csv", "studentenrollment.csv", "teacher.csv", "teacherroster.csv")
)

#: Columns, lower case, that stand in a file of 1.0 and not in the same file of 1.1.
_COLUMNS_OF_1_0 = {
    "classes": frozenset(("termsourcedid", "grade")),
    "courses": frozenset(("schoolyearid", "grade")),
    "demographics": frozenset(("usersourcedid",)),
    "users": frozenset(("userid", "agents", "grade")),
}

#: Columns of users.csv, lower case, that 1.2 brought.
_USER_COLUMNS_OF_1_2 = frozenset(
    (
        "usermasteridentifier",
        "preferredgivenname",
        "preferredmiddlename",
        "preferredfamilyname",
        "primaryorgsourcedid",
        "pronouns",
    )
)
_FILES_OF_1_2 = frozenset(("roles.csv", "userprofiles.csv"))


def recognise(
    file_names: Collection[str], headers: Mapping[str, Collection[str]], manifest: Manifest | None
) -> RosterFormat:
    """The format of a set of files; `headers` are the header rows by collection name."""
    names = {name.lower() for name in file_names}
    columns = {entity: {name.strip().lower() for name in header} for entity, header in headers.items()}
    if _is_sds(names, columns, has_manifest=manifest is not None):
        return RosterFormat.MICROSOFT_SDS
    if not any(canonical_file_name(name) for name in names):
        return RosterFormat.UNKNOWN
    if _is_1_2(names, columns, manifest):
        return RosterFormat.ONEROSTER_1_2
    looks_old = any(columns.get(entity, set()) & marks for entity, marks in _COLUMNS_OF_1_0.items())
    if manifest is None:
        return RosterFormat.ONEROSTER_1_0 if looks_old else RosterFormat.WITHOUT_MANIFEST
    if manifest.oneroster_version == ONEROSTER_VERSION:
        return RosterFormat.ONEROSTER_1_1
    if manifest.oneroster_version.startswith("1.0") and looks_old:
        return RosterFormat.ONEROSTER_1_0
    return RosterFormat.ONEROSTER_1_1_BY_HEADERS


def _is_sds(names: set[str], columns: Mapping[str, set[str]], *, has_manifest: bool) -> bool:
    """School Data Sync names people by Active Directory and its enrollments have no id of their own."""
    if len(names & _SDS_1_FILES) > 1:
        return True
    enrollments = columns.get("enrollments", {"sourcedid"})
    is_nameless = "usersourcedid" in enrollments and "sourcedid" not in enrollments
    return not has_manifest and ("activedirectorymatchid" in columns.get("users", set()) or is_nameless)


def _is_1_2(names: set[str], columns: Mapping[str, set[str]], manifest: Manifest | None) -> bool:
    """Users of 1.2 have no role of their own: it stands in roles.csv."""
    users = columns.get("users")
    if users is not None and "role" in users:
        return False
    says_1_2 = manifest is not None and manifest.oneroster_version.startswith("1.2")
    return says_1_2 or bool(names & _FILES_OF_1_2) or bool(users and users & _USER_COLUMNS_OF_1_2)
