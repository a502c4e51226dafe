"""The district's rules as far as a plan or a report speaks of them: which of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import WARN, indented, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.cli.screen import Screen


def show_changed_settings(screen: Screen, keys: Sequence[str]) -> None:
    """Say that the rules changed since the plan that was applied before: it explains many changes at once."""
    if keys:
        told = f"The rules changed since the last applied plan: {', '.join(keys)}."
        screen.show(indented(line(("! ", WARN), told)))
