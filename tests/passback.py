"""The second half of the grades path for tests: a class that is wanted, planned, sent and read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.grades.apply import Application, Applied
from sis_connect.grades.manners import Manners
from sis_connect.grades.plan import GradeApproval, GradePlan
from sis_connect.grades.planning import PlannedBook, make_plan
from sis_connect.grades.rules import GradeRules
from sis_connect.grades.wanted import WantedBook, WantedLineItem, WantedResult
from sis_connect.oneroster.gradebook_records import Category, LineItem, Result
from sis_connect.store.database import Database
from sis_connect.store.grade_ledger import GradeLedger
from sis_connect.store.ledger import RunState

if TYPE_CHECKING:
    from sis_connect.grades.receipts import LineItemReceipt, Receipt
    from sis_connect.grades.target import GradebookTarget
    from sis_connect.grades.work import Receipts

CLASS = "algebra"
#: A database that is gone with its object, so that a test waits for no disk.
IN_MEMORY = Path(":memory:")
NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)


@dataclass
class Wishes:
    """What the LMS wants the SIS to hold for one class: scores by item and student."""

    scores: dict[tuple[str, str], str] = field(default_factory=dict)
    comments: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Items and grades that cannot be sent now.
    unsendable: frozenset[tuple[str, str | None]] = frozenset()
    category: Category | None = None
    grading_period: str | None = None
    class_key: str = CLASS

    def book(self) -> WantedBook:
        items = sorted({item for item, _ in self.scores})
        return WantedBook(
            class_key=self.class_key,
            categories=() if self.category is None else (self.category,),
            line_items=tuple(WantedLineItem(item, self._line_item(item)) for item in items),
            results=tuple(
                WantedResult(item, 1, self._result(item, student, score))
                for (item, student), score in sorted(self.scores.items())
            ),
            problems=(),
            unsendable=self.unsendable,
        )

    def _line_item(self, item: str) -> LineItem:
        return LineItem(
            sourced_id=f"{self.class_key}-{item}",
            title=item,
            assign_date=date(2026, 9, 1),
            due_date=date(2026, 9, 5),
            class_sourced_id=self.class_key,
            category_sourced_id=None if self.category is None else self.category.sourced_id,
            grading_period_sourced_id=self.grading_period,
            result_value_max=Decimal(100),
        )

    def _result(self, item: str, student: str, score: str) -> Result:
        return Result(
            sourced_id=f"{self.class_key}-{item}-{student}",
            line_item_sourced_id=f"{self.class_key}-{item}",
            student_sourced_id=student,
            score=Decimal(score),
            score_date=date(2026, 9, 6),
            comment=self.comments.get((item, student), ""),
        )


class Passback:
    """One district's ledger, and runs over it."""

    def __init__(self, target: GradebookTarget, database: Path = IN_MEMORY) -> None:
        self.database = Database(database)
        self.ledger = GradeLedger(self.database)
        self.target = target
        #: Where the receipts of a run are kept; the ledger's own mostly.
        self.receipts: Receipts = self.ledger.receipts
        self.manners = Manners()
        self.rules = GradeRules()
        self.mints_ids = False
        self.concurrency = 2
        self.chunk = 3
        self._runs = count(1)

    def plan(self, *wishes: Wishes, retry_refused: bool = False) -> GradePlan:
        """A plan of these classes, kept."""
        books = [PlannedBook(book := one.book(), self.ledger.book(book.class_key), 30) for one in wishes]
        plan = make_plan(
            books,
            categories=self.ledger.receipts.categories(),
            rules=self.rules,
            manners=self.manners,
            made_at=NOW,
            retry_refused=retry_refused,
        )
        self.ledger.record_plan(plan)
        return plan

    def approve(self, plan: GradePlan, cause: str | None = None) -> None:
        self.ledger.record_approval(GradeApproval(plan.digest, "head", "seen", NOW, cause))

    def apply(self, plan: GradePlan) -> Applied:
        """Carry out what is allowed of a plan, going on where it was killed."""
        run = self.ledger.open_run()
        if run is None:
            allowed = plan.allowed(self.ledger.approvals(plan.digest))
            run = self.ledger.begin_run(f"run-{next(self._runs)}", plan, allowed, NOW)
        assert run.plan == plan.digest
        allowed = plan.allowed(run.approvals)
        applied = self.application().run(allowed, plan.classes, run.id, self.ledger.runs_of(plan.digest))
        self.ledger.end_run(run.id, RunState.FINISHED, NOW, report=b"{}")
        return applied

    def send(self, wishes: Wishes, *, retry_refused: bool = False, approve: bool = False) -> GradePlan:
        """Finish what was interrupted, then plan and apply what nothing holds."""
        interrupted = self.ledger.open_run()
        if interrupted is not None:
            begun = self.ledger.plan(interrupted.plan)
            assert begun is not None
            self.apply(begun)
        plan = self.plan(wishes, retry_refused=retry_refused)
        if approve:
            self.approve(plan)
        self.apply(plan)
        return plan

    def application(self) -> Application:
        return Application(
            target=self.target,
            receipts=self.receipts,
            manners=self.manners,
            now=lambda: NOW,
            concurrency=self.concurrency,
            mints_ids=self.mints_ids,
            chunk=self.chunk,
        )

    def receipt(self, item: str, student: str, class_key: str = CLASS) -> Receipt:
        return self.ledger.receipts.results(class_key)[class_key, item, student]

    def line_item(self, item: str, class_key: str = CLASS) -> LineItemReceipt:
        return self.ledger.receipts.line_items(class_key)[class_key, item]

    def close(self) -> None:
        self.database.close()
