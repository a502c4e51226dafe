"""What is to be done to the SIS's grade book, one record at a time.

Here: the value types of changes, and by what a record is recognised as sent already. Not here: how changes are found
(`diff`), what holds them (`plan`), how they are carried out (`apply`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

import msgspec

from sis_connect.grades.receipts import Sent
from sis_connect.oneroster.gradebook_records import (  # plans are read by these annotations
    Category,  # noqa: TC001
    LineItem,  # noqa: TC001
    Record,  # noqa: TC001
    Result,  # noqa: TC001
)

if TYPE_CHECKING:
    from decimal import Decimal

#: Class of the SIS, item of the LMS.
ItemKey = tuple[str, str]
#: Class of the SIS, item of the LMS, student.
ResultKey = tuple[str, str, str]


class Step(StrEnum):
    """What a change is about; in the order in which they need one another."""

    CATEGORY = "category"
    LINE_ITEM = "line item"
    RESULT = "result"


class Action(StrEnum):
    """What a change does."""

    CREATE = "create"
    UPDATE = "update"
    #: The LMS has it no longer: taken back in the SIS.
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeChange:
    """What all changes have."""

    step: ClassVar[Step]

    action: Action
    #: `roster.Class.key` of the class that the LMS's section carries; the plan counts by it.
    class_key: str
    #: Chosen by us once, and kept.
    sourced_id: str
    #: Why it waits for a person, one of `plan.CAUSES`; None when nothing holds it.
    held: str | None = None
    #: The code of the refusal before, for what is held because of it.
    refused_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChange(GradeChange):
    """A category to be made."""

    step = Step.CATEGORY

    record: Category


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItemChange(GradeChange):
    """A line item to be made, changed or withdrawn; sent under the id that the record has."""

    step = Step.LINE_ITEM

    #: The class of the SIS that it lives in.
    class_sourced_id: str
    item_lms_id: str
    #: None for a withdrawal.
    record: LineItem | None
    #: By which the SIS knows it, as far as is known.
    sis_sourced_id: str
    #: True where the SIS changed it itself, and that is overwritten.
    replaces_sis_edit: bool = False

    @property
    def key(self) -> ItemKey:
        """By which its receipt is found."""
        return self.class_sourced_id, self.item_lms_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultChange(GradeChange):
    """One student's result to be made, changed or withdrawn; shows neither student nor grade."""

    step = Step.RESULT

    #: The class of the SIS that its line item lives in.
    class_sourced_id: str
    item_lms_id: str
    student_sourced_id: str = field(repr=False)
    #: None for a withdrawal.
    record: Result | None
    #: By which the SIS knows it, as far as is known.
    sis_sourced_id: str
    #: `Grade.changed_at` of the grade behind it; of the receipt for a withdrawal.
    changed_at: int
    #: True where the SIS changed it itself, and that is overwritten.
    replaces_sis_edit: bool = False

    @property
    def key(self) -> ResultKey:
        """By which its receipt is found."""
        return self.class_sourced_id, self.item_lms_id, self.student_sourced_id

    @property
    def item_key(self) -> ItemKey:
        """By which the receipt of its line item is found."""
        return self.class_sourced_id, self.item_lms_id


def sent_of(record: Result) -> Sent:
    """What a result says, its number in its plainest form."""
    return Sent(plain_number(record.score), record.score_status.value, record.comment)


def plain_number(number: Decimal) -> str:
    """The number without anything that adds nothing to it: 17.50 is 17.5."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def digest_of(record: Record) -> str:
    """A record as a digest; the same under whatever id it is sent."""
    row = {name: text for name, text in record.row().items() if name != "sourced_id"}
    return sha256(msgspec.json.encode([row, dict(record.metadata)], order="sorted")).hexdigest()
