"""A small valid OneRoster 1.1 package in memory, and ways to write it down: one change makes one broken package."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from sis_connect.oneroster.csv_format import FileMode, manifest_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Package = dict[str, bytes]

ORGS_HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
USERS_HEADER = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)


def manifest(modes: Mapping[str, str], system_name: str | None = "Invented SIS") -> bytes:
    """A complete manifest with these modes; all other files are absent."""
    rows = manifest_rows({name: FileMode(mode) for name, mode in modes.items()}, system_name)
    return text(*(",".join(row) for row in rows))


def text(*lines: str) -> bytes:
    """Lines as a file holds them."""
    return "".join(f"{line}\n" for line in lines).encode()


def a_package(**files: bytes) -> Package:
    """Two orgs and two users in bulk; `files` (by stem) are added or take their place."""
    package = {
        "orgs": text(ORGS_HEADER, "d1,,,Riverbend District,district,100,", "s1,,,Hill School,school,101,d1"),
        "users": text(
            USERS_HEADER,
            "u1,,,true,s1,teacher,ada.field,,Ada,Field,,T1,,,,,,",
            'u2,,,true,"s1,d1",student,bo.lane,{LDAP:bo},Bo,Lane,,S2,,,,,05,',
        ),
    }
    package |= files
    package.setdefault("manifest", manifest({name: "bulk" for name in package if name != "manifest"}))
    return {f"{stem}.csv": content for stem, content in package.items()}


def write_folder(package: Package, folder: Path) -> Path:
    """The package as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in package.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def write_zip(package: Mapping[str, bytes], path: Path, *, within: str = "") -> Path:
    """The package as a zip, its files in the folder `within` of it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in package.items():
            archive.writestr(within + name, content)
    return path
