"""A SIS's grade book in memory that keeps its own rules, tells lies and loses answers where it is told to. No mocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from threading import RLock
from typing import TYPE_CHECKING

from sis_connect.errors import UnauthorisedError
from sis_connect.grades.target import WriteOutcome, WriteState
from sis_connect.oneroster.gradebook_records import LineItem, Result

if TYPE_CHECKING:
    from sis_connect.grades.target import Row
    from sis_connect.oneroster.gradebook_records import Record
    from sis_connect.oneroster.model import Entity


@dataclass
class Habits:
    """What is particular about it; as it is here it takes everything and keeps it."""

    #: Students, or titles of line items and categories, that are refused.
    refuses: set[str] = field(default_factory=set)
    #: Those whose records it takes and does not keep.
    forgets: set[str] = field(default_factory=set)
    #: Those whose answer is lost, after the write was done, or before.
    loses_after: set[str] = field(default_factory=set)
    loses_before: set[str] = field(default_factory=set)
    #: It does nothing for anybody.
    is_away: bool = False
    is_unauthorised: bool = False
    #: It gives out ids of its own, and may keep quiet about it.
    mints_ids: bool = False
    hides_ids: bool = False
    rounds: bool = False
    #: A title that is there already gets a number.
    renames: bool = False
    comment_length: int | None = None
    #: Writes of results after which its window is closed.
    closes_after: int | None = None
    lists_results: bool = True
    #: What it answers to a deletion.
    deletes: WriteState = WriteState.DELETED


@dataclass
class FakeSis:
    """Holds rows by entity and id; satisfies `GradebookTarget`."""

    habits: Habits = field(default_factory=Habits)
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {"categories": {}, "lineItems": {}, "results": {}})
    #: Every write, by entity: done, refused or lost.
    puts: Counter[str] = field(default_factory=Counter)
    deletions: Counter[str] = field(default_factory=Counter)
    _minted: int = 0
    _lock: RLock = field(default_factory=RLock)

    def put(self, record: Record) -> WriteOutcome:
        with self._lock:
            name, who, habits = record.entity.name, _name(record), self.habits
            if habits.is_unauthorised:
                raise UnauthorisedError("The SIS does not accept the key.")
            self.puts[name] += 1
            if habits.is_away:
                return WriteOutcome(WriteState.POSTPONED, record.sourced_id, code="status.server_busy")
            if who in habits.loses_before:
                return WriteOutcome(WriteState.IN_DOUBT, record.sourced_id, code="reply.timeout")
            if (refused := self._refusal(record, who)) is not None:
                return WriteOutcome(WriteState.REFUSED, record.sourced_id, code="status.refused", field=refused)
            sourced_id, is_new = self._keep(record, who)
            if who in habits.loses_after:
                return WriteOutcome(WriteState.IN_DOUBT, record.sourced_id, code="reply.timeout")
            return WriteOutcome(WriteState.WRITTEN, record.sourced_id if habits.hides_ids else sourced_id, is_new)

    def delete(self, entity: Entity, sourced_id: str) -> WriteOutcome:
        with self._lock:
            self.deletions[entity.name] += 1
            if self.habits.deletes is WriteState.DELETED:
                self.rows[entity.name].pop(sourced_id, None)
                return WriteOutcome(WriteState.DELETED, sourced_id)
            return WriteOutcome(self.habits.deletes, sourced_id, code="status.method_not_allowed")

    def find(self, entity: Entity, sourced_id: str) -> Row | None:
        with self._lock:
            row = self.rows[entity.name].get(sourced_id)
            return None if row is None else dict(row)

    def categories(self) -> list[Row]:
        return self._where("categories")

    def line_items_of(self, class_id: str) -> list[Row]:
        return self._where("lineItems", class_sourced_id=class_id)

    def results_of(self, class_id: str, *, line_item: str | None = None, student: str | None = None) -> list[Row]:
        of_class = {row["sourced_id"] for row in self.line_items_of(class_id)}
        if not self.habits.lists_results:
            return []
        return [
            row
            for row in self._where("results")
            if row["line_item_sourced_id"] in of_class
            and line_item in (None, row["line_item_sourced_id"])
            and student in (None, row["student_sourced_id"])
        ]

    def edit(self, student: str, score: str) -> None:
        """A teacher changes all results of a student in the SIS itself."""
        for row in self.rows["results"].values():
            if row["student_sourced_id"] == student:
                row["score"] = score

    def scores(self) -> dict[tuple[str | None, str | None], str | None]:
        """What it holds, by title of the line item and student."""
        titles = {key: row["title"] for key, row in self.rows["lineItems"].items()}
        held = [
            ((titles[str(row["line_item_sourced_id"])], row["student_sourced_id"]), row["score"])
            for row in self.rows["results"].values()
        ]
        assert len(dict(held)) == len(held), "somebody has two results on one line item"
        return dict(held)

    def _where(self, name: str, **wanted: str) -> list[Row]:
        with self._lock:
            return [
                dict(row)
                for row in self.rows[name].values()
                if all(row[column] == text for column, text in wanted.items())
            ]

    def _refusal(self, record: Record, who: str) -> str | None:
        habits = self.habits
        if isinstance(record, Result):
            if habits.closes_after is not None and self.puts["results"] > habits.closes_after:
                return ""
            if record.line_item_sourced_id not in self.rows["lineItems"]:
                return "lineItem"
        if who in habits.refuses:
            return "student" if isinstance(record, Result) else "title"
        return None

    def _keep(self, record: Record, who: str) -> tuple[str, bool]:
        held, habits = self.rows[record.entity.name], self.habits
        is_new, sourced_id = record.sourced_id not in held, record.sourced_id
        if is_new and habits.mints_ids:
            self._minted += 1
            sourced_id = f"minted-{self._minted}"
        if who not in habits.forgets:
            held[sourced_id] = self._stored(record, sourced_id)
        return sourced_id, is_new

    def _stored(self, record: Record, sourced_id: str) -> Row:
        habits = self.habits
        if isinstance(record, Result):
            if habits.rounds:
                record = replace(record, score=Decimal(round(record.score)))
            if habits.comment_length is not None:
                record = replace(record, comment=record.comment[: habits.comment_length])
        if isinstance(record, LineItem) and habits.renames:
            taken = {row["title"] for key, row in self.rows["lineItems"].items() if key != sourced_id}
            if record.title in taken:
                record = replace(record, title=f"{record.title} (2)")
        return {**record.row(), "sourced_id": sourced_id, "status": "active"}


def _name(record: Record) -> str:
    return record.student_sourced_id if isinstance(record, Result) else str(getattr(record, "title", ""))
