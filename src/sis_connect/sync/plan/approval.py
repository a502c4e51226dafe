"""What a person approved of a plan: the rule that selects held changes, and nothing wider."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import literal
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Causes that a person may lift; the others go away with their cause only.
APPROVABLE = (
    "guard.district",
    "guard.school",
    "guard.class",
    "guard.role",
    "guard.updates",
    "guard.creations",
    "guard.unreadable",
    "renumbering.doubtful",
    "keys.alike",
)


class Approval(msgspec.Struct, frozen=True):
    """One person's word on one plan; what is None does not narrow it."""

    plan: str
    by: str
    because: str
    at: datetime
    cause: str | None = None
    kind: Kind | None = None
    school: str | None = None

    def condition(self, kind: Kind) -> str | None:
        """SQL over the changes of a kind: those it lifts; None when it lifts none of this kind."""
        if self.kind is not None and self.kind is not kind:
            return None
        causes = [self.cause] if self.cause else list(APPROVABLE)
        parts = [f"hold IN ({', '.join(literal(cause) for cause in causes if cause in APPROVABLE) or 'NULL'})"]
        if self.school is not None:
            parts.append(f"at_school = {literal(self.school)}")
        return "(" + " AND ".join(parts) + ")"


def allowed(kind: Kind, approvals: Iterable[Approval]) -> str:
    """SQL over the changes of a kind: those that nothing holds, or that a person lifted."""
    lifted = [condition for approval in approvals if (condition := approval.condition(kind))]
    return " OR ".join(["hold IS NULL", *lifted])
