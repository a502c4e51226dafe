"""Where a roster comes from, as far as a plan or a report speaks of it: when that is elsewhere than before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.cli.screen import WARN, data, indented, line
from sis_connect.sync.plan.origin import Elsewhere

if TYPE_CHECKING:
    from sis_connect.cli.screen import Screen
    from sis_connect.sync.plan.origin import OriginChange


def show_origin_change(screen: Screen, change: OriginChange | None) -> None:
    """Say that the roster comes from elsewhere than the one applied before."""
    if change is None:
        return
    told = "The roster comes from elsewhere"
    if change.what is Elsewhere.DISTRICT:
        told = "The roster is another district's, which was confirmed with --another-district"
    screen.show(indented(line(("! ", WARN), f"{told}: ", data(change.now), "; before ", data(change.before), ".")))
