"""How a sandbox behaves: every strictness and limit as a frozen value.

Here: settings and their defaults. Where the public documentation of Schoology's REST API v1 is silent, the
stricter reading is the default and a switch stands beside it. Not here: the behaviour itself.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology.faults import FaultPlan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

#: What a sandbox accepts unless told otherwise; it listens on the loopback interface only.
SANDBOX_KEY = "sandbox-key"
SANDBOX_SECRET = "sandbox-secret"  # noqa: S105 -- a public word for a server that holds invented data


@dataclass(frozen=True, slots=True)
class Strictness:
    """Which of the service's manners a sandbox keeps; all of them by default."""

    #: Verify OAuth 1.0a signatures; off accepts any known key.
    signatures: bool = True
    #: Refuse a pair of nonce and timestamp that was used before.
    replays: bool = True
    #: Refuse a timestamp further behind the newest one than `SandboxSettings.timestamp_tolerance`.
    timestamp_order: bool = True
    #: Leave the list and the links out of an empty page.
    sparse_pages: bool = True
    #: Mix numbers and texts for ids and flags as the service does; off writes every id as text.
    mixed_types: bool = True
    #: Answer `users/me` and `users/ext/…` with 303; off answers 200 with the user.
    redirects: bool = True
    #: Refuse a whole call that carries too many objects.
    object_cap: bool = True
    #: Keep unique ids, user names, e-mail addresses and codes unique over the whole organisation.
    unique_keys: bool = True
    #: Match sections for `update_existing` on code and grading periods; off matches the school code alone.
    section_match_by_periods: bool = True
    #: Hide sections outside active grading periods from default lists.
    hide_past_sections: bool = True
    #: Refuse to delete a grading period that sections still use.
    keep_used_periods: bool = True
    #: Refuse to write to an inactive account by `update_existing`; off revives it.
    inactive_stays_inactive: bool = True
    #: Answer an unknown path below an object with the object itself; off answers 404.
    parent_for_unknown_path: bool = True
    #: Send errors of a whole request without a body; off explains them in plain text.
    empty_errors: bool = True


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many credits a client may spend: a reading call costs 1, any other 3."""

    credits: int = 50
    seconds: float = 5.0
    #: How many times faster than real time the limit runs; for tests and benchmarks.
    scale: float = 1.0
    #: Count in windows that begin at fixed times; otherwise no window, wherever it begins, may hold more.
    fixed_windows: bool = False

    @property
    def window_seconds(self) -> float:
        """Length of a window in real seconds."""
        return self.seconds / self.scale


@dataclass(frozen=True, slots=True)
class Role:
    """One role an account may have."""

    id: int
    title: str
    #: True for those who work for the district.
    is_faculty: bool


ROLES = (
    Role(796380, "System Admin", is_faculty=True),
    Role(796381, "School Admin", is_faculty=True),
    Role(796382, "Teacher", is_faculty=True),
    Role(796383, "Student", is_faculty=False),
    Role(796384, "Parent", is_faculty=False),
)


class DueZone(StrEnum):
    """In whose time zone `due` is written; not documented."""

    #: The school's.
    SCHOOL = "school"
    #: That of the account whose key calls.
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class GradeManners:
    """How grades are shown and taken, where the documentation leaves it open; the stricter reading by default."""

    #: A list asked for with `timestamp` tells of grades that were cleared, and of those whose item was deleted, as
    #: null; off leaves them out, so that only comparing everything finds them.
    tells_of_cleared_grades: bool = False
    due_zone: DueZone = DueZone.SCHOOL
    #: IANA name of the school's time zone.
    school_zone: str = "America/New_York"
    #: Codes of exceptions that are taken: 1 excused, 2 incomplete, 3 missing. Those of later screens are not known.
    exceptions: frozenset[int] = frozenset({0, 1, 2, 3})
    #: Refuse `users/{id}/grades` without `section_id` as forbidden, as some callers saw.
    user_grades_need_section: bool = True
    #: A missing grade counts as zero in averages.
    missing_counts_zero: bool = True


@dataclass(frozen=True, slots=True)
class Webhooks:
    """How events are delivered to the targets of `triggers/targets`."""

    #: Send what is due without being told; off sends only on demand, which is repeatable.
    by_themselves: bool = True
    #: Hosts beside this machine that may be a target; nothing is sent anywhere else.
    allowed_hosts: frozenset[str] = frozenset()
    #: Seconds on the sandbox's clock until an event is sent again that was not answered with 200.
    retry_seconds: int = 600
    #: Times it is sent again before it is lost.
    retries: int = 5
    #: Seconds a target may take to answer.
    timeout: float = 5.0


def _default_keys() -> Mapping[str, str]:
    return {SANDBOX_KEY: SANDBOX_SECRET}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Everything that can be chosen about a sandbox."""

    #: Consumer keys and their secrets.
    keys: Mapping[str, str] = field(default_factory=_default_keys, repr=False)
    district_title: str = "Sandbox District"
    strictness: Strictness = field(default_factory=Strictness)
    #: None for no limit.
    rate: RateLimit | None = field(default_factory=RateLimit)
    #: Objects of a page when the call does not say.
    default_limit: int = 20
    #: Objects of a page at most, whatever the call says.
    highest_limit: int = 200
    #: Objects a bulk call may carry.
    objects_per_call: int = 50
    #: 207 with a list of results, or 204 without; public clients disagree about which it is.
    bulk_delete_status: int = 207
    #: Seconds a timestamp may be behind the newest one of its key.
    timestamp_tolerance: int = 5
    #: What links in replies begin with, ending in `/v1`; None for the server's own address.
    external_base: str | None = None
    roles: tuple[Role, ...] = ROLES
    #: E-mail addresses in use at other organisations, in lower case.
    emails_elsewhere: frozenset[str] = frozenset()
    #: Mail domains the district has proven to be its own, in lower case.
    claimed_domains: frozenset[str] = frozenset()
    grades: GradeManners = field(default_factory=GradeManners)
    webhooks: Webhooks = field(default_factory=Webhooks)
    faults: FaultPlan = field(default_factory=FaultPlan)
    #: Aware instant; decides which grading periods are active.
    now: Callable[[], datetime] = _now
    #: Monotonic seconds; the rate limit counts in them.
    ticks: Callable[[], float] = time.monotonic
    #: Waits so many seconds; slow replies use it.
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
