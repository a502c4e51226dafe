"""Which operation a path means: one table, made from that of the standard.

Segments are compared as they are meant, free from percent-encoding, so that an id may hold a slash.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sis_connect.oneroster.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.operations import Operation


@dataclass(frozen=True, slots=True)
class Route:
    """What a path leads to."""

    #: By method.
    operations: Mapping[str, Operation]
    #: By name in the operation's template.
    ids: Mapping[str, str]


_NOWHERE = Route(MappingProxyType({}), MappingProxyType({}))


def _templates() -> dict[tuple[str, ...], dict[str, Operation]]:
    table: dict[tuple[str, ...], dict[str, Operation]] = {}
    for operation in OPERATIONS.values():
        table.setdefault(tuple(operation.path.split("/")[1:]), {})[operation.method] = operation
    return table


_TEMPLATES = _templates()


def find_route(path: str) -> Route:
    """Where a path below the base leads, still percent-encoded, beginning with a slash; without operations: nowhere."""
    segments = [unquote(segment, errors="replace") for segment in path.split("/")[1:]]
    for template, operations in _TEMPLATES.items():
        ids = _match(template, segments)
        if ids is not None:
            return Route(operations, ids)
    return _NOWHERE


def _match(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    ids = {}
    for expected, segment in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not segment:
                return None
            ids[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return ids
