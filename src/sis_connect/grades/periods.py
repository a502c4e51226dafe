"""When an item is due, and in which session of the SIS it is filed.

Pure. By its due date; without one on the last day of its grading period, and without that on the last day of the class.
A grading period of the LMS is that session of the class which is most like it. Not here: grading windows,
which only the SIS knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sis_connect.grades.findings import Objection

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sis_connect.grades.observed import Item, Period
    from sis_connect.grades.roster import Session
    from sis_connect.grades.rules import GradeRules

#: A line item refers to a grading period; the others stand in where the SIS has none (data model, lineItem).
_RANKS: Final = {"gradingPeriod": 0, "term": 1, "semester": 2, "schoolYear": 3}


@dataclass(frozen=True, slots=True)
class Filing:
    """Where an item belongs in time."""

    due_date: date
    #: None where the class has no sessions.
    session: Session | None


def file_item(item: Item, period: Period | None, sessions: Sequence[Session], rules: GradeRules) -> Filing | Objection:
    """The day and the session of an item in a class that has these sessions, or why there is none."""
    due = item.due_date
    if due is None:
        due = _last_day(period, sessions) if rules.undated == "last_day" else None
        if due is None:
            return Objection("grades.undated")
    containing = [session for session in sessions if session.start_date <= due <= session.end_date]
    if sessions and not containing:
        return Objection("grades.due_outside_term", f"due {due}, class {_span(sessions)}")
    session = min(containing, key=_closeness, default=None)
    if session is not None and is_locked(session.sourced_id, sessions, rules.locked_sessions):
        return Objection("grades.session_locked", session.sourced_id)
    return Filing(due, session)


def session_of(period: Period, sessions: Sequence[Session]) -> Session | None:
    """The session that a grading period of the LMS stands for; None when it shares no day with any.

    The one with the largest part of days in common: a quarter stands for a quarter, a semester for a semester.
    """
    alike = [(_likeness(period, session), session) for session in sessions]
    most = max((likeness for likeness, _ in alike), default=0)
    return min((session for likeness, session in alike if likeness == most), key=_closeness) if most else None


def is_locked(sourced_id: str, sessions: Sequence[Session], locked: Collection[str]) -> bool:
    """True when the session or one above it is locked."""
    parents = {each.sourced_id: each.parent_sourced_id for each in sessions}
    seen: set[str] = set()
    current: str | None = sourced_id
    while current is not None and current not in seen:
        if current in locked:
            return True
        seen.add(current)
        current = parents.get(current)
    return False


def _last_day(period: Period | None, sessions: Sequence[Session]) -> date | None:
    """The day before the last: what ends then by one reading of `endDate` has ended already by the other."""
    named = session_of(period, sessions) if period is not None else None
    session = named or max(sessions, key=lambda one: one.end_date, default=None)
    if session is None:
        return None
    ends = [session.end_date]
    if named is not None and period is not None and period.end_date is not None:
        ends.append(period.end_date)
    return max(min(ends) - timedelta(days=1), session.start_date)


def _likeness(period: Period, session: Session) -> Fraction:
    """Days that both have, of those that either has."""
    if period.start_date is None or period.end_date is None:
        return Fraction(0)
    shared = min(period.end_date, session.end_date) - max(period.start_date, session.start_date)
    whole = max(period.end_date, session.end_date) - min(period.start_date, session.start_date)
    return Fraction(max(shared.days + 1, 0), max(whole.days + 1, 1))


def _closeness(session: Session) -> tuple[int, int, str]:
    """Grading periods come first, and of two the shorter one."""
    rank = _RANKS.get(session.type, len(_RANKS))
    return rank, (session.end_date - session.start_date).days, session.sourced_id


def _span(sessions: Sequence[Session]) -> str:
    return f"{min(each.start_date for each in sessions)} to {max(each.end_date for each in sessions)}"
