"""References between records as JSON writes them: `href`, `sourcedId` and `type` (data model, GUIDRef).

Here: how one is written, and which types a reference into a collection may name. Not here: how deviating references
are read (`json_tolerant`).
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Types beside the base type that the standard's list of GUID types holds, by collection.
_ALIASES = MappingProxyType({"academicSessions": ("gradingPeriod", "term"), "users": ("student", "teacher")})

#: The types a reference may name, the base type first, by the collection that it points into.
REFERENCE_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: (entity.singular, *_ALIASES.get(name, ())) for name, entity in ENTITIES.items()}
)


#: Ids that stand in an address as they are, which nearly all are.
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")


@cache
def reference_writer(collection: str, base_url: str) -> Callable[[str], dict[str, str]]:
    """Writes references into a collection, each with its base type: `org` for schools, `user` for students, and so on.

    `base_url` is the root of the service, without a slash at its end.
    """
    prefix, type_, is_plain = f"{base_url}/{collection}/", REFERENCE_TYPES[collection][0], _UNRESERVED.fullmatch

    def write(sourced_id: str) -> dict[str, str]:
        segment = sourced_id if is_plain(sourced_id) else quote(sourced_id, safe="")
        return {"href": prefix + segment, "sourcedId": sourced_id, "type": type_}

    return write


def write_reference(collection: str, sourced_id: str, base_url: str) -> dict[str, str]:
    """One reference, as `reference_writer` writes it."""
    return reference_writer(collection, base_url)(sourced_id)
