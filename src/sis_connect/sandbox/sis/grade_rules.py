"""What a vendor's gradebook takes, beyond what the model of the standard asks for.

Pure but for looking into the database. Each rule is off in a plain provider. Not here: the model itself (`bodies`), and
which vendor has which rule (`dress`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.refusals import invalid_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sis_connect.sandbox.sis.storage import Session

    Row = Mapping[str, str | None]

_LIVE = "status IS NOT 'tobedeleted'"


class CategoryHabit(StrEnum):
    """How line items find their category."""

    #: Consumers make categories as they like.
    OPEN = "open"
    #: There are those that the SIS has, and consumers make none.
    FIXED = "fixed"
    #: Consumers may put a category only under the title of one that the SIS has.
    BY_TITLE = "by title"


class DueDateHabit(StrEnum):
    """What is asked of a line item's due date, which the model wants in any case."""

    ANY = "any"
    #: Within the line item's grading period, or the terms of its class where it names none.
    IN_TERM = "in term"


@dataclass(frozen=True, slots=True)
class GradeRules:
    """What a gradebook asks for."""

    #: Characters of a line item's title at most; None for as many as the model allows.
    title_length: int | None = None
    #: Titles differ within a class.
    unique_titles: bool = False
    #: The highest result of a line item is a whole number.
    whole_maximum: bool = False
    due_date: DueDateHabit = DueDateHabit.ANY
    categories: CategoryHabit = CategoryHabit.OPEN
    #: A result is taken until its line item's grading period has ended.
    closes_with_period: bool = False
    #: An exempt result is kept as 0 with its status.
    keeps_exempt_as_zero: bool = False
    #: What was handed in and not graded is kept as 0.
    keeps_submitted_as_zero: bool = False

    def check(self, session: Session, entity: str, row: Row, today: date) -> None:
        """RefusedError (422) names the property that this gradebook does not take."""
        match entity:
            case "categories":
                self._check_category(session, row)
            case "lineItems":
                self._check_line_item(session, row)
            case _:
                self._check_result(session, row, today)

    def kept(self, entity: str, row: Row) -> Row:
        """The record as the gradebook keeps it."""
        status = row.get("score_status")
        is_zero = (self.keeps_exempt_as_zero and status == "exempt") or (
            self.keeps_submitted_as_zero and status == "submitted"
        )
        return {**row, "score": "0"} if entity == "results" and is_zero else row

    def _check_category(self, session: Session, row: Row) -> None:
        if self.categories is CategoryHabit.FIXED:
            raise invalid_data("Categories are made in the SIS.")
        if self.categories is CategoryHabit.BY_TITLE and not session.has(
            f"SELECT 1 FROM categories WHERE title = ? AND {_LIVE}", row["title"]
        ):
            raise invalid_data("title")

    def _check_line_item(self, session: Session, row: Row) -> None:
        title = row["title"] or ""
        if self.title_length is not None and len(title) > self.title_length:
            raise invalid_data("title")
        if self.unique_titles and session.has(
            f"SELECT 1 FROM line_items WHERE class_sourced_id = ? AND title = ? AND sourced_id <> ? AND {_LIVE}",
            row["class_sourced_id"],
            title,
            row["sourced_id"],
        ):
            raise invalid_data("title")
        if self.whole_maximum and not float(row["result_value_max"] or 0).is_integer():
            raise invalid_data("resultValueMax")
        if self.due_date is DueDateHabit.IN_TERM and not _is_in_term(session, row):
            raise invalid_data("dueDate")

    def _check_result(self, session: Session, row: Row, today: date) -> None:
        if self.closes_with_period and session.has(
            "SELECT 1 FROM academic_sessions WHERE end_date < ? AND sourced_id ="
            " (SELECT grading_period_sourced_id FROM line_items WHERE sourced_id = ?)",
            today.isoformat(),
            row["line_item_sourced_id"],
        ):
            raise invalid_data("The grading window is closed.")


def _is_in_term(session: Session, row: Row) -> bool:
    """True when the due date lies in the grading period, or else in a term of the class."""
    due = str(row["due_date"])[:10]
    period = row["grading_period_sourced_id"]
    of_class = "SELECT item FROM classes_in_terms JOIN classes USING (record) WHERE sourced_id = ?"
    terms = "sourced_id = ?" if period else f"sourced_id IN ({of_class})"
    value = period or row["class_sourced_id"]
    return session.has(
        f"SELECT 1 FROM academic_sessions WHERE {terms} AND ? >= start_date AND ? < end_date", value, due, due
    )
