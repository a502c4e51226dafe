"""An escalation: its states, and the clock that lets an unanswered one climb the vendor's levels.

Climbing needs nobody: at which level it stands follows from when it was sent and what time it is. Hours run by day and
night; a level that leaves its time unused up passes it on to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sis_connect.partners.program.events import Level


class EscalationState(StrEnum):
    """Where an escalation stands."""

    #: Written down; the vendor does not have it yet.
    OPEN = "open"
    #: The vendor has it and its clock runs.
    WITH_VENDOR = "with vendor"
    #: The vendor answered; whether that solves it is being looked at.
    ANSWERED = "answered"
    #: It no longer happens.
    SOLVED = "solved"


#: To which state each may go. A solved one stays solved: what comes back is a new one.
NEXT: Mapping[EscalationState, tuple[EscalationState, ...]] = MappingProxyType(
    {
        EscalationState.OPEN: (EscalationState.WITH_VENDOR, EscalationState.SOLVED),
        EscalationState.WITH_VENDOR: (EscalationState.ANSWERED, EscalationState.SOLVED),
        EscalationState.ANSWERED: (EscalationState.WITH_VENDOR, EscalationState.SOLVED),
        EscalationState.SOLVED: (),
    }
)


@dataclass(slots=True)
class Escalation:
    """One escalation as it stands; built by `standing` alone."""

    number: int
    partner: str
    what: str
    run: str
    bundle: str
    opened_at: datetime
    state: EscalationState = EscalationState.OPEN
    #: When the vendor got it last, and at which level; None before.
    sent_at: datetime | None = None
    sent_level: int = 1
    answer: str = ""
    solution: str = ""
    ended_at: datetime | None = None
    #: Whose SIS it is; empty where it is about every district.
    district: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose turn it is at the vendor."""

    #: Counted from 1.
    level: int
    role: str
    #: When that level's answer is due.
    due_at: datetime
    #: True when the last level let its time pass.
    is_overdue: bool


def clock(escalation: Escalation, levels: Sequence[Level], now: datetime) -> Clock | None:
    """The clock of an escalation that is with the vendor; None for any other."""
    if escalation.state is not EscalationState.WITH_VENDOR or escalation.sent_at is None:
        return None
    due_at = escalation.sent_at
    first = min(escalation.sent_level, len(levels))
    for number, level in enumerate(levels[first - 1 :], start=first):
        due_at += timedelta(hours=level.hours)
        if now < due_at or number == len(levels):
            return Clock(number, level.role, due_at, is_overdue=now >= due_at)
    return None
