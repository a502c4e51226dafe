"""What the OneRoster data model is declared with: kinds of values, fields, entities, and their names in each binding.

Here: the types, and the rules by which names in JSON become headers of CSV and columns of frames. Not here: the fields
and entities themselves (`schema`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class FieldType(StrEnum):
    """What a field holds; the value is how the documentation calls it."""

    GUID = "GUID"
    REFERENCE = "GUID Reference"
    REFERENCES = "List of GUID References"
    STRING = "String"
    STRINGS = "List of Strings"
    ENUMERATION = "Enumeration"
    ENUMERATIONS = "Enumeration List"
    USER_IDS = "List of {type:identifier}"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATE_TIME = "DateTime"
    YEAR = "Year"
    FLOAT = "Float"

    @property
    def is_list(self) -> bool:
        """True for the types whose value is a list."""
        return self in _LISTS


_LISTS = {FieldType.REFERENCES, FieldType.STRINGS, FieldType.ENUMERATIONS, FieldType.USER_IDS}


class Requirement(StrEnum):
    """When a field must hold a value."""

    ALWAYS = "always"
    #: Required in a delta file and blank in a bulk file (CSV binding: status, dateLastModified).
    IN_DELTA = "in delta"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity."""

    #: Property name in JSON, for example `course`.
    name: str
    type: FieldType
    requirement: Requirement = Requirement.OPTIONAL
    #: Allowed values, for enumerations.
    values: tuple[str, ...] = ()
    #: The collection a reference points into, for example `courses`.
    refers_to: str | None = None
    #: True where the value tells something about a person; never logged, never shown in findings.
    is_personal: bool = False
    #: True where the value must never leave the reader (passwords).
    is_secret: bool = False
    #: True where CSV holds a date and JSON a moment (lineItem's assignDate and dueDate).
    is_date_time_in_json: bool = False

    @property
    def csv_name(self) -> str:
        """Header of the CSV column, for example `courseSourcedId` (CSV binding, file tables)."""
        if self.type is FieldType.REFERENCE and self.name != "sourcedId":
            return f"{self.name}SourcedId"
        if self.type is FieldType.REFERENCES:
            return f"{self.name.removesuffix('s')}SourcedIds"
        return self.name

    @property
    def column(self) -> str:
        """Column in frames, for example `course_sourced_id`."""
        return snake_case(self.csv_name)

    @property
    def is_required(self) -> bool:
        """True when the field must hold a value in every package."""
        return self.requirement is Requirement.ALWAYS


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record."""

    #: The collection in REST and the stem of the CSV file, for example `academicSessions`.
    name: str
    #: One record of it, for example `academicSession`.
    singular: str
    #: What the record is, in one line.
    about: str
    #: In the order of the CSV binding.
    fields: tuple[Field, ...]

    @property
    def table(self) -> str:
        """Name of the frame, for example `academic_sessions`."""
        return snake_case(self.name)

    @property
    def csv_file(self) -> str:
        """Name of the CSV file, exact in case (CSV binding, packaging)."""
        return f"{self.name}.csv"

    @property
    def csv_header(self) -> tuple[str, ...]:
        """The mandatory header row, in order."""
        return tuple(field.csv_name for field in self.fields)

    @property
    def columns(self) -> tuple[str, ...]:
        """The frame's columns, in order."""
        return tuple(field.column for field in self.fields)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that point at other records."""
        return tuple(field for field in self.fields if field.refers_to)

    def field(self, column: str) -> Field:
        """The field behind a frame column; KeyError when there is none."""
        for field in self.fields:
            if field.column == column:
                return field
        raise KeyError(column)


@cache
def snake_case(name: str) -> str:
    """`dateLastModified` becomes `date_last_modified`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
