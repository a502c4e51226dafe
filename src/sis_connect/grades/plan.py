"""A plan of grades as a value: what would be done to the SIS, what is held and why, and what a person allowed.

Kept whole and found by its digest. Here: the plan, approvals, which changes are allowed. Not here: how differences are
found (`diff`), what is too much at once (`brake`), who puts a plan together (`planning`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from sis_connect.grades.changes import Action, CategoryChange, GradeChange, LineItemChange, ResultChange, Step
from sis_connect.grades.wanted import Problem  # noqa: TC001  # as above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The same was refused before.
REFUSED_BEFORE = "grades.refused_before"
#: The SIS changed it itself, and the SIS's grade stands.
CHANGED_IN_SIS = "grades.changed_in_sis"
#: The LMS has it no longer.
WITHDRAWAL = "grades.withdrawal"
#: Far more than is usual for the class.
BRAKE_LINE_ITEMS = "grades.brake_line_items"
BRAKE_RESULTS = "grades.brake_results"

#: Why a change is held, as a person reads it.
CAUSES = {
    BRAKE_LINE_ITEMS: "far more line items than usual would be created in the class",
    BRAKE_RESULTS: "far more results than usual would be sent for the class",
    CHANGED_IN_SIS: "the SIS changed it itself, and by the rules the SIS's grade stands",
    WITHDRAWAL: "the LMS has it no longer, so it would be taken out of the SIS",
    REFUSED_BEFORE: "the SIS refused it before, and it has not changed since; --retry-refused sends it again",
}

#: Causes that a person may lift; the other goes away with its cause, or with `--retry-refused`.
APPROVABLE = (BRAKE_LINE_ITEMS, BRAKE_RESULTS, CHANGED_IN_SIS, WITHDRAWAL)


class GradeApproval(msgspec.Struct, frozen=True):
    """One person's word on one plan; what is None does not narrow it."""

    #: Digest of the plan.
    plan: str
    by: str
    because: str
    at: datetime
    #: One of APPROVABLE.
    cause: str | None = None
    #: `roster.Class.key` of the class that the LMS's section carries.
    class_key: str | None = None

    def lifts(self, change: GradeChange) -> bool:
        """True when it lets a held change go out."""
        return (
            change.held in APPROVABLE
            and self.cause in (None, change.held)
            and self.class_key in (None, change.class_key)
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes of one class that wait for one reason."""

    #: One of CAUSES.
    cause: str
    class_key: str
    step: Step
    changes: int
    #: What is usual in one run; None where the cause is not a number.
    usual: int | None = None

    def __str__(self) -> str:
        """As a person reads it."""
        if self.usual is None:
            return f"{self.changes:,} {'change' if self.changes == 1 else 'changes'}: {CAUSES[self.cause]}"
        what = "line items would be created" if self.step is Step.LINE_ITEM else "results would be sent"
        return f"{self.changes} {what}, usual is {self.usual}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """What a plan has for one class."""

    class_key: str
    categories: int = 0
    line_items_created: int = 0
    line_items_changed: int = 0
    results_created: int = 0
    results_changed: int = 0
    withdrawals: int = 0
    #: Of all these: those that wait for a person.
    held: int = 0
    #: Results that the SIS was sent already, as they are.
    unchanged: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class Allowed:
    """The changes of a plan that go out, in the plan's order."""

    categories: tuple[CategoryChange, ...]
    line_items: tuple[LineItemChange, ...]
    results: tuple[ResultChange, ...]

    def __len__(self) -> int:
        """How many they are."""
        return len(self.categories) + len(self.line_items) + len(self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePlan:
    """What would be done to the SIS's grade book; shows neither student nor grade in its repr."""

    #: Over everything but itself and the moment; the same changes from the same state are the same plan.
    digest: str
    made_at: datetime
    #: Keys of the classes that were looked at.
    classes: tuple[str, ...]
    #: The run that wrote to each class last, for those that have one: the plan counts only as long as it is.
    follows: dict[str, str]
    categories: tuple[CategoryChange, ...]
    line_items: tuple[LineItemChange, ...]
    #: By class.
    results: tuple[ResultChange, ...]
    problems: tuple[Problem, ...]
    holds: tuple[Hold, ...]
    counts: tuple[ClassCounts, ...]
    #: Results that were sent and not read back yet; a run reads them.
    unread: int = 0
    #: sourcedIds of the sessions that were locked when it was made.
    locked_sessions: tuple[str, ...] = ()

    @property
    def changes(self) -> Iterator[GradeChange]:
        """All of them, in the order in which they go out."""
        yield from self.categories
        yield from self.line_items
        yield from self.results

    def allowed(self, approvals: Iterable[GradeApproval] = ()) -> Allowed:
        """What nothing holds, or a person lifted, and whose line item or category does not wait itself."""
        given = [approval for approval in approvals if approval.plan == self.digest]
        waiting_categories = {one.sourced_id for one in self.categories if not _goes(one, given)}
        line_items = [
            one
            for one in self.line_items
            if _goes(one, given) and (one.record is None or one.record.category_sourced_id not in waiting_categories)
        ]
        going = {one.key for one in line_items}
        waiting = {one.key for one in self.line_items if one.action is Action.CREATE} - going
        return Allowed(
            tuple(one for one in self.categories if one.sourced_id not in waiting_categories),
            tuple(line_items),
            tuple(one for one in self.results if _goes(one, given) and one.item_key not in waiting),
        )

    def is_empty(self, approvals: Iterable[GradeApproval] = ()) -> bool:
        """True when a run of it would neither send nor read anything."""
        return not self.unread and not self.allowed(approvals)


def _goes(change: GradeChange, approvals: Sequence[GradeApproval]) -> bool:
    return change.held is None or any(approval.lifts(change) for approval in approvals)


def seal(plan: GradePlan) -> GradePlan:
    """The plan with the digest of its content."""
    content = replace(plan, digest="", made_at=datetime.min)  # noqa: DTZ901  # stands for no moment at all
    return replace(plan, digest=sha256(encode_plan(content)).hexdigest())


def encode_plan(plan: GradePlan) -> bytes:
    """The plan as JSON; holds personal data."""
    return msgspec.json.encode(plan, enc_hook=_plain, order="deterministic")


def decode_plan(content: bytes) -> GradePlan:
    """The plan that was encoded; MsgspecError when it is none."""
    return msgspec.json.decode(content, type=GradePlan)


def _plain(value: object) -> object:
    """Metadata of a record, which nobody may change, as JSON can hold it."""
    return dict(value)  # type: ignore[call-overload]  # msgspec hands over mappings alone, all else it knows itself
