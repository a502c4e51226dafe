"""How a provider wants to be asked: with an order and a choice of fields, or without what it refuses.

Pure. Not here: sending (`client`) and which rows of a collection are asked for (`paging`). Serves the query grammar,
sorting and field selection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import JSON_ONLY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity

METADATA = "metadata"
RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parameters are sent."""

    sorts: bool = True
    selects_fields: bool = True

    def simpler(self, first: Dialect) -> Dialect | None:
        """What to try after this was refused, having begun with `first`; None when nothing is left out to try.

        The order proves more than the choice of fields spares, so it is given up last.
        """
        ways = [Dialect(sorts, selects) for sorts in (True, False) for selects in (True, False)]
        rest = ways[ways.index(self) + 1 :]
        return next(
            (way for way in rest if way.sorts <= first.sorts and way.selects_fields <= first.selects_fields), None
        )

    def parameters(self, entity: Entity, *, metadata: bool, links: bool = False) -> Mapping[str, str | int]:
        """The parameters besides limit, offset and filter."""
        parameters: dict[str, str | int] = {}
        if self.sorts:
            parameters |= {"sort": "sourcedId", "orderBy": "asc"}
        if self.selects_fields:
            parameters["fields"] = ",".join(needed(entity, metadata=metadata, links=links))
        return parameters


def has_links(entity: Entity) -> bool:
    """True when its records list resources, which CSV holds in a file of its own."""
    return RESOURCES in JSON_ONLY.get(entity.name, {})


def needed(entity: Entity, *, metadata: bool, links: bool = False) -> tuple[str, ...]:
    """The properties that a pull needs: all that a snapshot holds, and never a password."""
    names = tuple(field.name for field in entity.fields if not field.is_secret)
    return (*names, *((RESOURCES,) if links and has_links(entity) else ()), *((METADATA,) if metadata else ()))


def shows_more(entity: Entity, content: bytes, *, metadata: bool, links: bool = False) -> bool:
    """True when a reply holds properties of the standard that `needed` did not name."""
    known = {*(field.name for field in entity.fields), METADATA, *JSON_ONLY.get(entity.name, {})}
    unasked = known - set(needed(entity, metadata=metadata, links=links))
    return any(re.search(rb'"%b"\s*:' % name.encode(), content) for name in unasked)
