"""Which element of an entity a name in a query means.

Here: names with their dots to fields, parts of fields, metadata and the lists that only JSON has. Not here: how
the element is found in a record (`matching`) or in a table (`sql`). Serves the data model and query grammar, fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.guid_refs import REFERENCE_TYPES
from sis_connect.oneroster.model import Field, FieldType
from sis_connect.oneroster.query.readings import READINGS, Reading
from sis_connect.oneroster.schema import JSON_ONLY, METADATA_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity

_METADATA = METADATA_PREFIX.removesuffix(".")


class Shape(StrEnum):
    """What has to be taken apart to come to the element."""

    #: One value.
    VALUE = "value"
    #: One reference, compared by its sourcedId.
    REFERENCE = "reference"
    #: What a reference, or a list of them, points at; the field knows, whatever the record says.
    REFERENCE_TYPE = "reference type"
    METADATA = "metadata"
    #: A list of references, compared by their sourcedIds.
    REFERENCES = "references"
    #: A list of words or free text.
    WORDS = "words"
    USER_ID_TYPES = "user id types"
    USER_ID_IDENTIFIERS = "user id identifiers"

    @property
    def is_list(self) -> bool:
        """True where a record may hold several such values."""
        return self in _LISTS


_LISTS = {Shape.REFERENCES, Shape.WORDS, Shape.USER_ID_TYPES, Shape.USER_ID_IDENTIFIERS}


@dataclass(frozen=True, slots=True)
class Link:
    """A list of references that is no column: the records of `entity` that point back at the one that has the list."""

    entity: str
    #: The column that holds the record which has the list.
    owner: str
    #: The column that holds the record in the list.
    item: str


@dataclass(frozen=True, slots=True)
class Element:
    """What a name in a query means."""

    #: As it was written, for example `school.sourcedId`.
    name: str
    #: The JSON property it stands in, for example `school`.
    property: str
    shape: Shape
    reading: Reading
    #: The column it stands in; "" for a link.
    column: str = ""
    link: Link | None = None
    #: Of metadata, exact in case.
    key: str = ""
    #: Of REFERENCE_TYPE: the base type, for example `org` (data model, GUIDRef).
    type: str = ""


#: Where the lists that only JSON has come from, by entity and property.
_LINKS: Mapping[tuple[str, str], Link] = MappingProxyType(
    {
        ("orgs", "children"): Link("orgs", "parent_sourced_id", "sourced_id"),
        ("academicSessions", "children"): Link("academicSessions", "parent_sourced_id", "sourced_id"),
        ("courses", "resources"): Link("courseResources", "course_sourced_id", "resource_sourced_id"),
        ("classes", "resources"): Link("classResources", "class_sourced_id", "resource_sourced_id"),
    }
)

#: The parts of a field by type: "" is the field's name alone, which then means its first part.
_REFERENCE_PARTS = {"": Shape.REFERENCE, "sourcedId": Shape.REFERENCE, "type": Shape.REFERENCE_TYPE}
_REFERENCES_PARTS = {"": Shape.REFERENCES, "sourcedId": Shape.REFERENCES, "type": Shape.REFERENCE_TYPE}
_PARTS: Mapping[FieldType, Mapping[str, Shape]] = MappingProxyType(
    {
        FieldType.REFERENCE: _REFERENCE_PARTS,
        FieldType.REFERENCES: _REFERENCES_PARTS,
        FieldType.STRINGS: {"": Shape.WORDS},
        FieldType.ENUMERATIONS: {"": Shape.WORDS},
        FieldType.USER_IDS: {
            "": Shape.USER_ID_IDENTIFIERS,
            "identifier": Shape.USER_ID_IDENTIFIERS,
            "type": Shape.USER_ID_TYPES,
        },
    }
)
_PLAIN_PARTS = {"": Shape.VALUE}


def find_element(entity: Entity, name: str) -> Element | None:
    """The element of that name, None when there is none.

    Unknown are also `href` of a reference, which is an address of the provider and no datum, and secrets: a filter on
    what is never shown would give it away letter by letter.
    """
    head, dot, part = name.partition(".")
    if dot and not part:
        return None
    if head == _METADATA:
        return Element(name, head, Shape.METADATA, Reading.TEXT, _METADATA, key=part) if part else None
    if collection := JSON_ONLY.get(entity.name, {}).get(head):
        listed = Field(head, FieldType.REFERENCES, refers_to=collection)
        return _part(name, listed, part, _LINKS[entity.name, head])
    for field in entity.fields:
        if field.name == head and not field.is_secret:
            return _part(name, field, part)
    return None


def property_names(entity: Entity) -> tuple[str, ...]:
    """Every JSON property that a record of the entity may have."""
    own = tuple(field.name for field in entity.fields)
    return (*own, *JSON_ONLY.get(entity.name, ()), _METADATA)


def _part(name: str, field: Field, part: str, link: Link | None = None) -> Element | None:
    shape = _PARTS.get(field.type, _PLAIN_PARTS).get(part)
    if shape is None:
        return None
    return Element(
        name,
        field.name,
        shape,
        READINGS[field.type],
        column="" if link else field.column,
        link=link,
        type=REFERENCE_TYPES[field.refers_to][0] if shape is Shape.REFERENCE_TYPE and field.refers_to else "",
    )
