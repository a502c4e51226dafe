"""The gradebook of a hostile provider, grades sent to it by the whole path, and what became of them.

Whatever the provider does, a grade that counts as confirmed is in its records as it was sent; and once it behaves, one
more run leaves every grade there exactly once.
"""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from passback import Passback, Wishes
from rest_side import CLIENT, a_connection, a_district
from sis_connect.grades.receipts import Receipt, ReceiptState
from sis_connect.grades.wanted import WantedBook, WantedLineItem, WantedResult
from sis_connect.oneroster.gradebook_records import Category, LineItem, Result, ScoreStatus
from sis_connect.sandbox.sis import SisSettings, load_package, start
from sis_connect.sis.rest.gradebook import GradebookSettings, open_gradebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sis_connect.sandbox.sis import RunningSis
    from sis_connect.sandbox.sis.hostile.scenario import Scenario

LOADED_AT = datetime(2026, 9, 15, 6, tzinfo=UTC)
NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
_COMMENT = "Shows every step of the work."
_ITEMS = (("quiz", "Quiz 1"), ("essay", "Essay"), ("essay-again", "Essay"))
_CATEGORY = Category(sourced_id="lms-labs", title="Labs")
#: Classes, and students of each, that are graded.
_CLASSES, _STUDENTS = 2, 4

#: What a result says: score, status, comment.
Said = tuple[Decimal, str, str]


class End(StrEnum):
    """How a run ended; the value is how the documentation says it."""

    CONFIRMED = "confirms every grade, and the SIS has it"
    SOME = "confirms the grades that the SIS has, and says of the others what became of them"
    NONE = "confirms none, and says of each what became of it"
    WAITS = "confirms none; all of them wait for the next run"
    UNREAD = "confirms none; all were taken, and are read with the next run"


@dataclass(frozen=True)
class Outcome:
    """What became of one run."""

    end: End
    #: Codes of grades, line items and categories.
    codes: tuple[str, ...]


@dataclass
class GradedClass(Wishes):
    """A class in which every student has a grade on every item, one of them none but an excuse."""

    period: str = ""
    students: tuple[str, ...] = ()

    def book(self) -> WantedBook:
        """All of it."""
        return WantedBook(
            class_key=self.class_key,
            categories=(_CATEGORY,),
            line_items=tuple(WantedLineItem(item, self._column(item, title)) for item, title in _ITEMS),
            results=tuple(
                WantedResult(item, 1, self._grade(item, student)) for item, _ in _ITEMS for student in self.students
            ),
            problems=(),
            unsendable=frozenset(),
        )

    def _column(self, item: str, title: str) -> LineItem:
        return LineItem(
            sourced_id=f"lms-{self.class_key}-{item}",
            title=title,
            assign_date=date(2026, 9, 1),
            due_date=date(2026, 9, 20),
            class_sourced_id=self.class_key,
            category_sourced_id=_CATEGORY.sourced_id,
            grading_period_sourced_id=self.period,
            result_value_max=Decimal(20),
        )

    def _grade(self, item: str, student: str) -> Result:
        is_excused = student == self.students[0]
        return Result(
            sourced_id=f"lms-{self.class_key}-{item}-{student}",
            line_item_sourced_id=f"lms-{self.class_key}-{item}",
            student_sourced_id=student,
            score_status=ScoreStatus.EXEMPT if is_excused else ScoreStatus.FULLY_GRADED,
            score=Decimal(0) if is_excused else Decimal("17.25"),
            score_date=date(2026, 9, 21),
            comment=_COMMENT,
        )


@dataclass
class GradedDistrict:
    """A small district whose teachers graded, and whose SIS has not heard of it yet."""

    folder: Path
    classes: list[GradedClass] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Its SIS is loaded."""
        load_package(a_district(self.folder / "package", students=24), self._database, at=LOADED_AT)
        with start(SisSettings(), self._database) as sis:
            self.classes = _graded(sis)

    def meet(self, scenario: Scenario, folder: Path) -> Outcome:
        """What becomes of the grades with this scenario; AssertionError when one is believed that is not there."""
        mints_ids = scenario.name.startswith("grade_ids_own")
        with self.running(folder, scenario.name, mints_ids=mints_ids) as (sis, passback):
            outcome = self._first(passback, sis)
            sis.hostility.choose(None)
            self._second(passback, sis)
        return outcome

    @contextmanager
    def running(
        self, folder: Path, scenario: str | None = None, *, mints_ids: bool = False
    ) -> Iterator[tuple[RunningSis, Passback]]:
        """Its SIS, and a ledger that knows of nothing sent yet."""
        folder.mkdir(parents=True)
        shutil.copy(self._database, folder / "sis.sqlite")
        settings = GradebookSettings(mints_ids=mints_ids)
        with (
            start(SisSettings(clients=(CLIENT,), scenario=scenario), folder / "sis.sqlite") as sis,
            open_gradebook(a_connection(sis.url), settings, now=lambda: NOW) as gradebook,
            closing(Passback(gradebook)) as passback,
        ):
            passback.chunk, passback.mints_ids = 8, mints_ids
            yield sis, passback

    def send(self, passback: Passback) -> list[Receipt]:
        """The receipts after every grade was sent and read back."""
        passback.apply(passback.plan(*self.classes))
        return self._receipts(passback)

    @property
    def _database(self) -> Path:
        return self.folder / "sis.sqlite"

    def _first(self, passback: Passback, sis: RunningSis) -> Outcome:
        receipts = self.send(passback)
        confirmed = self._confirmed(passback)
        _check(confirmed, _held(sis))
        waits = all(receipt.state in {ReceiptState.WAITING, ReceiptState.IN_DOUBT} for receipt in receipts)
        ends = {len(receipts): End.CONFIRMED, 0: End.WAITS if waits else End.NONE}
        codes = {receipt.code for receipt in receipts if receipt.code}
        codes |= {one.code for one in passback.ledger.receipts.categories().values() if one.code}
        for one in self.classes:
            codes |= {item.code for item in passback.ledger.receipts.line_items(one.class_key).values() if item.code}
        if {receipt.state for receipt in receipts} == {ReceiptState.SENT}:
            return Outcome(End.UNREAD, tuple(sorted(codes)))
        assert codes or len(confirmed) == len(receipts), "something is not confirmed, and nobody knows why"
        return Outcome(ends.get(len(confirmed), End.SOME), tuple(sorted(codes)))

    def _second(self, passback: Passback, sis: RunningSis) -> None:
        """A SIS that behaves has every grade once, as it is, after one more run."""
        passback.apply(passback.plan(*self.classes, retry_refused=True))
        receipts = self._receipts(passback)
        assert {receipt.state for receipt in receipts} == {ReceiptState.CONFIRMED}
        held = _held(sis)
        _check(receipts, held)
        assert len(held) == len(receipts), "a grade is there twice"

    def _receipts(self, passback: Passback) -> list[Receipt]:
        keys = [one.class_key for one in self.classes]
        return [receipt for key in keys for receipt in passback.ledger.receipts.results(key).values()]

    def _confirmed(self, passback: Passback) -> list[Receipt]:
        return [receipt for receipt in self._receipts(passback) if receipt.state is ReceiptState.CONFIRMED]


def _graded(sis: RunningSis) -> list[GradedClass]:
    """Classes that have students, each with a grading period."""
    with sis.records.together() as writing:
        period = writing.find("academicSessions", "type = 'gradingPeriod'")[0]["sourced_id"]
        enrolled: dict[str, list[str]] = {}
        for row in writing.find("enrollments", "role = 'student' AND status IS NOT 'tobedeleted'"):
            enrolled.setdefault(str(row["class_sourced_id"]), []).append(str(row["user_sourced_id"]))
    # Classes of the first student come first: one scenario is about that one.
    first = min(student for students in enrolled.values() for student in students)
    known = sorted(enrolled.items(), key=lambda pair: (first not in pair[1], pair[0]))
    full = [(key, sorted(set(students))) for key, students in known if len(students) >= _STUDENTS]
    return [
        GradedClass(class_key=key, period=str(period), students=tuple(students[:_STUDENTS]))
        for key, students in full[:_CLASSES]
    ]


def _held(sis: RunningSis) -> list[tuple[str, str, Said]]:
    """The results that the SIS has of our line items: whose title's, whose, and what they say."""
    with sis.records.together() as writing:
        rows = writing.find("results", "status IS NOT 'tobedeleted' AND comment LIKE 'Shows%'")
    return [
        (
            str(row["line_item_sourced_id"]),
            str(row["student_sourced_id"]),
            (Decimal(row["score"] or "NaN"), str(row["score_status"]), row["comment"] or ""),
        )
        for row in rows
    ]


def _check(receipts: list[Receipt], held: list[tuple[str, str, Said]]) -> None:
    """Each of them is in the SIS's own records, as it was sent."""
    by_student: Mapping[str, list[Said]] = {student: [] for _, student, _ in held}
    for _, student, said in held:
        by_student[student].append(said)
    for receipt in receipts:
        assert receipt.sent is not None
        wanted = (Decimal(receipt.sent.score), receipt.sent.score_status, receipt.sent.comment)
        assert wanted in by_student.get(receipt.student_sourced_id, []), "confirmed, and not there"
        by_student[receipt.student_sourced_id].remove(wanted)
