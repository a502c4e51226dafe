"""Ids of a provider that is known to put blanks around them: taken off here, wherever an id stands, and counted.

For such a provider only: everywhere else a blank makes another id, since two people may differ by nothing else. Those
who do would be one here, which the checks report as one sourcedId of two records. Not here: which provider is known for
it (a quirk of the partner's profile).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.model import FieldType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sis_connect.oneroster.json_text import Row
    from sis_connect.oneroster.model import Entity

_ONE, _MANY = (FieldType.GUID, FieldType.REFERENCE), FieldType.REFERENCES
_LINKED = ("course_sourced_id", "class_sourced_id", "resource_sourced_id")


def trim_ids(entity: Entity, rows: Iterable[Row], links: Iterable[Row] = ()) -> int:
    """No id in the rows and links has a blank around it; how many values had. What is blank altogether stays."""
    ones = [field.column for field in entity.fields if field.type in _ONE]
    lists = [field.column for field in entity.fields if field.type is _MANY]
    return sum(_trim(row, ones, lists) for row in rows) + sum(_trim(link, _LINKED, ()) for link in links)


def _trim(row: Row, ones: Collection[str], lists: Collection[str]) -> int:
    found = 0
    for column in (*ones, *lists):
        text = row.get(column)
        if not text or " " not in text:
            continue
        plain = ",".join(item.strip(" ") for item in text.split(",")) if column in lists else text.strip(" ")
        if plain and plain != text:
            row[column] = plain
            found += 1
    return found
