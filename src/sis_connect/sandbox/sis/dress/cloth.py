"""What a dress is made of, and what one quirk adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.partners.profile import GradeLimits, Profile
    from sis_connect.sandbox.sis.dress.wardrobe import Wear
    from sis_connect.sandbox.sis.exchange import Layer
    from sis_connect.sandbox.sis.grade_rules import GradeRules
    from sis_connect.sandbox.sis.habits import Change
    from sis_connect.sandbox.sis.settings import SisSettings


@dataclass(frozen=True, slots=True)
class Cloth:
    """All that is known of a partner's server."""

    profile: Profile
    wear: Wear
    #: What the sandbox gives out for the headers that the gradebook wants besides, by name.
    header_values: Mapping[str, str]

    @property
    def limits(self) -> GradeLimits | None:
        """What the gradebook takes; None where it takes nothing."""
        return self.profile.gradebook.limits


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server shows one quirk; several ways together where one does not suffice."""

    #: Stands between the wire and the provider.
    layer: Callable[[Cloth], Layer] | None = None
    #: Chosen otherwise than in a plain provider.
    settings: Callable[[SisSettings, Cloth], SisSettings] | None = None
    #: Asked of grades.
    grades: Callable[[GradeRules, Cloth], GradeRules] | None = None
    #: Done once to what was loaded.
    arrange: Change | None = None
    #: Done before every commit.
    before_commit: Change | None = None
    #: What shows it already, as a sentence; empty where the above does.
    shown_by: str = ""
