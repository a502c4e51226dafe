"""What a row of the table of hostile scenarios is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis.hostile.feeds import Prepare
    from sis_connect.sandbox.sis.hostile.terms import MakeLayer
    from sis_connect.sandbox.sis.settings import ExpiresIn


class Theme(StrEnum):
    """What a scenario is about; the value is how the documentation calls it."""

    LIMITS = "Limits and short pages"
    TOTALS = "Totals"
    LINKS = "Links"
    PLACES = "Offsets, orders and ends"
    CHANGES = "Rows that change while they are read"
    SIGN_IN = "Sign-in"
    SERVICE = "A service out of breath"
    ENDPOINTS = "Endpoints and parameters"
    REPLIES = "Broken replies"
    VALUES = "Values written in other ways"
    FEEDS = "Feeds that are wrong themselves"
    GRADES_KEPT = "Grades that are not kept as they were sent"
    GRADES_ANSWERED = "Answers to grades that tell nothing, or wrongly"
    GRADES_REFUSED = "Grades that are not taken"
    GRADES_READ = "Grades that cannot be read as the standard has it"


class Origin(StrEnum):
    """Where it was learned; the value is how the documentation says it."""

    SEEN = "seen in vendors' services"
    STANDARD = "left open by the standard"
    CLIENTS = "other clients lose people over it"
    DISTRICTS = "districts complain of it"
    FEARED = "an attack, or bad luck"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row."""

    name: str
    theme: Theme
    #: What the provider does, as a sentence; `{rows}` stands for the number of that name.
    does: str
    origin: Origin
    #: Stands between the wire and the provider.
    layer: MakeLayer | None = None
    #: Changes what the provider holds, once, before anything is read.
    prepare: Prepare | None = None
    #: How the token endpoint says when a token ends; None for as set.
    expires_in: ExpiresIn | None = None
    #: What can be chosen, by name; 0 `times` are times without end.
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_of_the_whole(self) -> bool:
        """True when it cannot be chosen for one request alone."""
        return self.prepare is not None or self.expires_in is not None

    def in_words(self) -> str:
        """What the provider does, with the numbers it has unless told otherwise."""
        return self.does.format_map(self.numbers)
