"""The SIS's grade book as the grades path sees it: what it may be asked, and what a write came to.

Here: the protocol and its value types. Satisfied by shape: `sis.rest.gradebook.Gradebook`. Not here: requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sis_connect.oneroster.gradebook_records import Record
    from sis_connect.oneroster.model import Entity

#: A record read from the SIS: text by column, as a CSV package would hold it.
Row = dict[str, str | None]


class WriteState(StrEnum):
    """What became of a record."""

    WRITTEN = auto()
    #: It is gone, or never was there.
    DELETED = auto()
    #: The SIS will not have it until the data, the rights or the SIS change.
    REFUSED = auto()
    #: Nothing was done; the same may succeed later.
    POSTPONED = auto()
    #: Nobody can tell: the answer was lost, again and again.
    IN_DOUBT = auto()


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What became of one record; holds no personal data."""

    state: WriteState
    #: By which the SIS knows it from now on.
    sourced_id: str
    #: True for a record that is new in the SIS, False for one that was replaced; None where the answer does not tell.
    is_new: bool | None = None
    #: Why it was not done: a cause, after which may stand a `CodeMinor`, as in `status.refused:invalid data`.
    code: str = ""
    #: The property that the provider objects to, where it says so.
    field: str = ""


class GradebookTarget(Protocol):
    """A grade book that can be read and written; safe to share between threads.

    Reading raises the errors of `sis_connect.errors`; writing answers with an outcome, and raises UnauthorisedError
    when the sign-in itself is refused.
    """

    def put(self, record: Record) -> WriteOutcome:
        """The record is in the SIS as it is here, or the outcome says why not."""
        ...

    def delete(self, entity: Entity, sourced_id: str) -> WriteOutcome:
        """The SIS has no record with this id, or the outcome says why it does."""
        ...

    def find(self, entity: Entity, sourced_id: str) -> Row | None:
        """The record, or None when the SIS has none with this id."""
        ...

    def categories(self) -> list[Row]:
        """Every category."""
        ...

    def line_items_of(self, class_id: str) -> list[Row]:
        """The line items of a class."""
        ...

    def results_of(self, class_id: str, *, line_item: str | None = None, student: str | None = None) -> list[Row]:
        """The results of a class; those of one line item, or of one student, where that is named."""
        ...
