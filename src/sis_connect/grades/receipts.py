"""The receipt of every grade: what was sent for it, what the SIS answered, what it holds.

Here: the value types of the ledger. Not here: the rows they are kept in (`store.grade_ledger`), how one becomes the
next (`plan`, `apply`, `read_back`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ReceiptState(StrEnum):
    """Where a grade, or a line item, stands."""

    #: Wanted and not sent yet.
    WAITING = "waiting"
    #: About to be sent, or its answer was lost: it is looked for before it is sent again.
    IN_DOUBT = "in doubt"
    #: The SIS took it; not read back yet.
    SENT = "sent"
    #: Read back: the SIS holds exactly this.
    CONFIRMED = "confirmed"
    #: The SIS or the check beforehand said no; `code` says why.
    REFUSED = "refused"
    #: The SIS changed it on its own side since.
    CHANGED_IN_SIS = "changed in the SIS"
    #: Another value was sent after it.
    SUPERSEDED = "superseded"
    #: Taken back in the SIS, as the LMS has it no longer.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the SIS was sent for a result, in the words of the standard; compared, never shown in a repr."""

    score: str = field(repr=False)
    score_status: str = field(repr=False)
    comment: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CategoryReceipt:
    """What is known of one category that we made, or tried to."""

    #: Chosen by us once, and kept.
    sourced_id: str
    sis_sourced_id: str
    title: str
    state: ReceiptState
    code: str | None = None
    field: str | None = None
    #: The SIS's own answer behind the code: a cause, after which may stand a `CodeMinor`.
    answer: str | None = None
    #: True from when the SIS took it.
    is_there: bool = False
    #: The run that sent it last.
    run: str | None = None


@dataclass(frozen=True, slots=True)
class LineItemReceipt:
    """What is known of one line item."""

    #: The class of the SIS that it lives in.
    class_sourced_id: str
    item_lms_id: str
    #: Chosen by us once, and kept.
    sourced_id: str
    #: By which the SIS knows it; the same, unless it gives out ids of its own.
    sis_sourced_id: str
    state: ReceiptState
    #: The record last sent, as a digest of its row.
    digest: str | None = None
    #: The title under which it was last sent, so that others stay apart from it.
    title: str | None = None
    code: str | None = None
    field: str | None = None
    #: The SIS's own answer behind the code: a cause, after which may stand a `CodeMinor`.
    answer: str | None = None
    #: True from when the SIS took it until it is withdrawn, whatever became of later changes to it.
    is_there: bool = False
    #: The run that sent it last.
    run: str | None = None
    #: `roster.Class.key` of the class that the LMS's section carries; None where it is `class_sourced_id`.
    class_key: str | None = None
    #: The session it was last sent into, so that it is left alone when that is locked.
    session_sourced_id: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of one student's result on one line item."""

    class_sourced_id: str
    item_lms_id: str
    student_sourced_id: str
    sourced_id: str
    sis_sourced_id: str
    state: ReceiptState
    #: What was last sent; None before.
    sent: Sent | None = None
    #: What the SIS held when it was last read; None when it held nothing or was not read.
    held: Sent | None = None
    #: `Grade.changed_at` of the grade behind it.
    changed_at: int = 0
    code: str | None = None
    field: str | None = None
    #: The SIS's own answer behind the code: a cause, after which may stand a `CodeMinor`.
    answer: str | None = None
    #: Instants, ISO 8601 in UTC.
    sent_at: str | None = None
    confirmed_at: str | None = None
    #: True from when the SIS took it until it is withdrawn, whatever became of later changes to it.
    is_there: bool = False
    #: The run that sent it last.
    run: str | None = None
    #: `roster.Class.key` of the class that the LMS's section carries; None where it is `class_sourced_id`.
    class_key: str | None = None
