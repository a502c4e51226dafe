"""Records of the gradebook as they are written: typed here, rows of text and JSON from there on.

Pure. What a SIS leaves open (a category, a grading period) may be missing; what the standard wants beside is added when
it is written. Not here: sending (`sis.rest.gradebook`). Serves the data model: category, line item, result.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # kept as JSON, which is read by these annotations
from dataclasses import dataclass, field, fields
from datetime import date  # noqa: TC003  # as above
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from sis_connect.oneroster.model import Entity  # noqa: TC001  # as above: grade plans are read with it at run time
from sis_connect.oneroster.schema import ENTITIES


class ScoreStatus(StrEnum):
    """What a score means (data model, enumerations)."""

    EXEMPT = "exempt"
    FULLY_GRADED = "fully graded"
    NOT_SUBMITTED = "not submitted"
    PARTIALLY_GRADED = "partially graded"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is common to them."""

    entity: ClassVar[Entity]
    #: Columns by which a SIS that gives out ids of its own knows the record again.
    natural_key: ClassVar[tuple[str, ...]]

    #: Chosen by us, and kept: the same record is always sent under the same one.
    sourced_id: str
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def row(self) -> dict[str, str | None]:
        """Text by column, as a CSV package would hold it."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "metadata"}
        return dict.fromkeys(self.entity.columns) | {name: _text(value) for name, value in values.items()}

    def is_shown_by(self, row: Mapping[str, str | None], columns: tuple[str, ...] = ()) -> bool:
        """True when a record read from the SIS says the same in these columns, or in all that have a value here."""
        mine = self.row()
        names = columns or tuple(name for name, text in mine.items() if text)
        return all(_same(mine[name], row.get(name)) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Record):
    """A group of line items."""

    entity = ENTITIES["categories"]
    natural_key = ("title",)

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem(Record):
    """A column of a grade book."""

    entity = ENTITIES["lineItems"]
    natural_key = ("title", "due_date", "class_sourced_id")

    title: str
    assign_date: date
    due_date: date
    class_sourced_id: str
    #: None where the SIS lets it be missing.
    category_sourced_id: str | None = None
    grading_period_sourced_id: str | None = None
    result_value_min: Decimal = Decimal("0.0")
    result_value_max: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Record):
    """One student's score on one line item; never shown."""

    entity = ENTITIES["results"]
    natural_key = ("line_item_sourced_id", "student_sourced_id")

    line_item_sourced_id: str
    student_sourced_id: str = field(repr=False)
    score_status: ScoreStatus = field(default=ScoreStatus.FULLY_GRADED, repr=False)
    #: A number also where there is none to speak of, as for `exempt` (gradebook, edge cases).
    score: Decimal = field(repr=False)
    score_date: date
    comment: str = field(default="", repr=False)


def _text(value: object) -> str | None:
    if isinstance(value, Decimal):
        # Scientific notation is valid JSON, and not everybody reads it.
        return f"{value:f}"
    return str(value) if value not in (None, "") else None


def _same(mine: str | None, theirs: str | None) -> bool:
    """Numbers by what they are worth, so that 17.50 is 17.5."""
    if mine == theirs:
        return True
    try:
        return Decimal(mine or "") == Decimal(theirs or "")
    except InvalidOperation:
        return False
