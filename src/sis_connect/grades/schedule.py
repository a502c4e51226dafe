"""Which classes are due for sending, and for which of them everything is to be compared.

Pure: the moment, what was last done for a class, and the district's rules in; a decision out. Not here: what wakes us
up (`sis-connect grades send --due`), and hints of the LMS that something changed, which only make a class due earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from sis_connect.grades.preflight import is_sent

if TYPE_CHECKING:
    from datetime import tzinfo

    from sis_connect.grades.roster import Class
    from sis_connect.grades.rules import GradeRules, ScheduleRules


@dataclass(frozen=True, slots=True)
class LastLook:
    """When a class was last looked at; aware instants, None for never."""

    at: datetime | None = None
    #: When everything of it was read, and not only what had changed.
    full_at: datetime | None = None
    #: True when the LMS hinted since that something changed.
    is_hinted: bool = False


def is_due(class_: Class, rules: GradeRules, last: LastLook, now: datetime, zone: tzinfo | None) -> bool:
    """True when the schedule wants the class looked at now; `zone` is the district's, None for the machine's."""
    schedule = rules.schedule
    if not is_sent(class_, rules):
        return False
    match _mode(class_, schedule):
        case "minutes":
            is_old = last.at is None or now - last.at >= timedelta(minutes=schedule.minutes)
            return is_old or last.is_hinted
        case "nightly":
            tonight = _latest(time.fromisoformat(schedule.at), now, zone)
            return last.at is None or last.at < tonight
        case _:
            return False


def wants_full(rules: GradeRules, last: LastLook, now: datetime) -> bool:
    """True when everything is to be read: asking for changes does not see what was cleared or deleted."""
    return last.full_at is None or now - last.full_at >= timedelta(days=rules.schedule.full_compare_days)


def _mode(class_: Class, schedule: ScheduleRules) -> str:
    of_school = schedule.by_school.get(class_.school_sourced_id, schedule.mode)
    return schedule.by_class.get(class_.sourced_id, of_school)


def _latest(at: time, now: datetime, zone: tzinfo | None) -> datetime:
    """The last moment, not after now, at which the district's clock showed this time of day."""
    here = now.astimezone(zone)
    # Compared as instants: on a night on which the clock is put forward, the time may not be shown at all.
    today = datetime.combine(here.date(), at, here.tzinfo).astimezone(UTC)
    if today <= now:
        return today
    return datetime.combine(here.date() - timedelta(days=1), at, here.tzinfo).astimezone(UTC)
