"""Reading OneRoster packages as a stranger would, and what a stranger would object to."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from sis_connect.oneroster.model import FieldType, Requirement
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.values import GUID_PATTERN

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, str]
Package = dict[str, list[Row]]


def read_package(folder: Path) -> Package:
    """Rows of each data file of a package, by collection name."""
    package = {}
    for entity in ROSTER_ENTITIES:
        with (folder / ENTITIES[entity].csv_file).open(encoding="utf-8", newline="") as file:
            package[entity] = list(csv.DictReader(file, strict=True))
    return package


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def faults(package: Package) -> list[str]:
    """What the standard would object to in a bulk package, and what a district would."""
    ids = {entity: [row["sourcedId"] for row in rows] for entity, rows in package.items()}
    known = {entity: set(entity_ids) for entity, entity_ids in ids.items()}
    found = [f"{entity}: sourcedId twice" for entity in ids if len(ids[entity]) != len(known[entity])]
    for entity, rows in package.items():
        for field in ENTITIES[entity].fields:
            cells = [row[field.csv_name] for row in rows]
            if field.requirement is Requirement.ALWAYS and "" in cells:
                found.append(f"{entity}: {field.csv_name} is blank")
            if field.requirement is Requirement.IN_DELTA and set(cells) != {""}:
                found.append(f"{entity}: {field.csv_name} is not blank")
            items = [item for cell in cells if cell for item in (cell.split(",") if field.type.is_list else [cell])]
            if field.values and not set(items) <= set(field.values):
                found.append(f"{entity}: {field.csv_name} is no enumerated value")
            if field.refers_to and not set(items) <= known[field.refers_to]:
                found.append(f"{entity}: {field.csv_name} refers to nothing")
            if field.type is FieldType.GUID and not all(re.fullmatch(GUID_PATTERN, item) for item in items):
                found.append(f"{entity}: {field.csv_name} is no GUID")
            if field.type is FieldType.DATE and not all(date.fromisoformat(item) for item in items):
                found.append(f"{entity}: {field.csv_name} is no date")
    return found + roster_faults(package)


def roster_faults(package: Package) -> list[str]:
    found = []
    for column in ("username", "email", "identifier"):
        values = [row[column] for row in package["users"] if row[column]]
        if len(values) != len(set(values)):
            found.append(f"users: {column} twice")
    seats = Counter((row["classSourcedId"], row["role"]) for row in package["enrollments"])
    leads = Counter(row["classSourcedId"] for row in package["enrollments"] if row["primary"] == "true")
    for class_ in package["classes"]:
        if not seats[class_["sourcedId"], "student"]:
            found.append("classes: no student")
        if leads[class_["sourcedId"]] != 1:
            found.append("classes: not one primary teacher")
    places = Counter((row["classSourcedId"], row["userSourcedId"]) for row in package["enrollments"])
    if max(places.values()) > 1:
        found.append("enrollments: a person twice in a class")
    return found + enrollment_faults(package)


def enrollment_faults(package: Package) -> list[str]:
    found = []
    spans = {row["sourcedId"]: (row["startDate"], row["endDate"]) for row in package["academicSessions"]}
    classes = {row["sourcedId"]: row for row in package["classes"]}
    roles = {row["sourcedId"]: row["role"] for row in package["users"]}
    for enrollment in package["enrollments"]:
        class_ = classes[enrollment["classSourcedId"]]
        terms = [spans[term] for term in class_["termSourcedIds"].split(",")]
        if enrollment["beginDate"] < min(terms)[0] or enrollment["endDate"] > max(terms)[1]:
            found.append("enrollments: outside its term")
        if enrollment["schoolSourcedId"] != class_["schoolSourcedId"]:
            found.append("enrollments: another school than its class")
        if roles[enrollment["userSourcedId"]] != enrollment["role"]:
            found.append("enrollments: another role than its user")
    return found
