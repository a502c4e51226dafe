"""How a row of the table of hostile scenarios is written. Not here: any row."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from sis_connect.sandbox.sis.hostile.scenario import Origin, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sandbox.sis.hostile.feeds import Prepare
    from sis_connect.sandbox.sis.hostile.scenario import Theme
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer
    from sis_connect.sandbox.sis.settings import ExpiresIn

    #: A row that does not know yet under which theme it stands.
    Row: TypeAlias = Callable[[Theme], Scenario]
    Rows: TypeAlias = Mapping[Theme, tuple[Row, ...]]

#: Where a scenario was learned, short enough for a table.
SEEN, STANDARD, CLIENTS, DISTRICTS, FEARED = Origin


def row(  # noqa: PLR0917 -- the columns of a table
    name: str,
    origin: Origin,
    layer: MakeLayer | None,
    does: str,
    prepare: Prepare | None = None,
    expires_in: ExpiresIn | None = None,
    **numbers: int,
) -> Row:
    """A row; `does` may name its numbers, as in `{rows}`."""
    return lambda theme: Scenario(name, theme, does, origin, layer, prepare, expires_in, MappingProxyType(numbers))
