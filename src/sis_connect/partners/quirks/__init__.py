"""Every quirk that SIS Connect knows, by name. A profile that names another one is refused."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.partners.quirks import answers, grading, reaching, rosters
from sis_connect.partners.quirks.quirk import Part, Quirk

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["QUIRKS", "Part", "Quirk"]

#: By name, in the order in which a connection meets them.
QUIRKS: Mapping[str, Quirk] = MappingProxyType(
    {quirk.name: quirk for quirk in (*reaching.QUIRKS, *answers.QUIRKS, *rosters.QUIRKS, *grading.QUIRKS)}
)
