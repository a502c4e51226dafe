"""A change, and what became of it: the value types between plan and apply.

A plan is a set of changes (`sync.plan`); a target carries out batches of them (`sync.apply.RosterTarget`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sis_connect.sync.desired import Kind, Record


class Action(StrEnum):
    """What is done to a record in the LMS."""

    CREATE = "create"
    UPDATE = "update"
    #: Taken away or deactivated; grade history is always kept.
    REMOVE = "remove"
    #: Found in the LMS, made by others: used from now on, never changed or removed. No call is made.
    LINK = "link"
    #: No longer looked after and left as it is, because it was linked or its terms are over. No call is made.
    RELEASE = "release"

    @property
    def is_call(self) -> bool:
        """True when the LMS must be called for it."""
        return self in {Action.CREATE, Action.UPDATE, Action.REMOVE}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do in the LMS."""

    kind: Kind
    action: Action
    #: What the LMS should hold afterwards; for a removal, what it holds now.
    record: Record
    #: What SIS Connect believes the LMS holds; None for a creation.
    before: Record | None = None
    #: The LMS's own id of the record; None for a creation, and for kinds that have none.
    lms_id: str | None = None


#: Refusals of a record whose key the LMS has already: only a look at the LMS tells whose that is.
KEY_TAKEN = frozenset(
    {
        "target.duplicate_unique_id",
        "target.duplicate_course_code",
        "target.duplicate_section_code",
        "target.duplicate_title",
    }
)
#: Refusals that say nothing against the change itself: it is sent again in the next run, whatever the last one said.
PASSING = frozenset({"apply.depends_on_refused", "apply.no_clear_answer", "target.batch_refused"})


class OutcomeState(StrEnum):
    """What became of a change."""

    APPLIED = "applied"
    #: The LMS held it already, put there by others: left as it is and used, never changed or removed.
    FOUND = "found"
    #: The LMS said no to this one; it is reported, and waits until it changes (`sync.plan.refusals`).
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the LMS did with one change."""

    state: OutcomeState
    #: The LMS's own id of the record, where it has one.
    lms_id: str | None = None
    #: Why it was refused: a permanent code such as `target.duplicate_username`, and the LMS's own words.
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing the LMS holds, whoever made it."""

    kind: Kind
    #: The LMS's external key: unique id of a user, code of a course, section or building (may be empty), title of a
    #: term; for an enrollment the code of the class.
    key: str
    lms_id: str
    #: What a person would call it.
    title: str
    #: For an enrollment, the unique id of the user.
    member_key: str | None = None


class Links(Protocol):
    """What a target may ask about records that exist already."""

    def lms_id(self, kind: Kind, key: str) -> str | None:
        """The LMS's own id of a school, term, user, course or class, or None when it is not there."""
        ...
