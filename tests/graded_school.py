"""A school whose roster has come to an LMS, teachers who grade there, and a SIS with a grade book: all in memory.

The runner, its folder and every step between them are real.
"""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from fakes import FakeLms
from grade_sis import FakeSis
from graded_classes import ClassInMemory, MemorySource
from rosters import NO_GUARD, a_roster, a_runner
from sis_connect.grades.manners import Manners
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.rules import CategoryRules, GradeRules
from sis_connect.runs.grade_passback import GradePassback, GradeSettings
from sis_connect.runs.grade_reading import Looked
from sis_connect.runs.grade_report import GradeReport
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.grades.plan import GradePlan
    from sis_connect.grades.receipts import Receipt

ADMINISTRATOR = Sender(SenderRole.ADMINISTRATOR, "head")
EVERYTHING = Looked(ADMINISTRATOR)
WHOLE = Looked(ADMINISTRATOR, is_full=True)
CATEGORIES = CategoryRules(create=True)


@dataclass
class GradedClass(ClassInMemory):
    """A class whose students have the accounts that the LMS gave them."""

    lms: FakeLms = field(default_factory=FakeLms)

    def __post_init__(self) -> None:
        super().__post_init__()
        # Ids of an LMS are of one record in all its classes.
        self._ids = count(1000 * len(self.source.classes))
        self.add_category("Work")

    def add_work(self, title: str) -> str:
        """An item of the only category."""
        return self.add_item(title, category=self.categories[0].lms_id)

    def account(self, student: str) -> str:
        ids = self.lms.ids[Kind.USERS]
        # People that are matched by their identifiers are known by them.
        return ids.get((student,)) or ids[f"n-{student}",]


class School:
    """One district, both its ends, and what SIS Connect keeps of it."""

    def __init__(self, folder: Path, before: School | None = None) -> None:
        """Begins anew, or as another school was when it had begun."""
        self.folder = folder
        self.roster = a_roster()
        self.lms, self.source, self.sis = FakeLms(), MemorySource(), FakeSis()
        if before is not None:
            self.lms = copy.deepcopy(before.lms)
            shutil.copytree(before.folder / "data", folder / "data")
        self.now = datetime(2026, 10, 1, 3, tzinfo=UTC)
        self.rules = GradeRules(categories=CATEGORIES)
        self.manners = Manners(takes_grades=True)
        self.address = "https://sis.district.example"
        self.runner = a_runner(folder / "data", self.lms, guard=NO_GUARD, now=lambda: self.now)
        self._packages = count(1)
        self.books: dict[str, GradedClass] = {}
        if before is None:
            self.sync()
        self._open_books()

    def sync(self) -> None:
        """The roster as it is now comes to the LMS; each of its classes has a grade book there."""
        self.runner.sync(self.roster.write(self.folder / f"package-{next(self._packages)}"))
        self._open_books()

    def _open_books(self) -> None:
        for (key,) in self.lms.records[Kind.CLASSES]:
            if key not in self.source.classes:
                self.books[key] = GradedClass(self.source, key, lms=self.lms)

    def book(self, key: str = "algebra") -> GradedClass:
        return self.books[key]

    @property
    def grades(self) -> GradePassback:
        settings = GradeSettings(self.rules, self.manners, concurrency=2, sis=self.address)
        return GradePassback(self.runner, settings, lambda: self.source, lambda: self.sis)

    def send(self, looked: Looked = EVERYTHING) -> GradeReport:
        report = self.grades.send(looked)
        assert isinstance(report, GradeReport), "nothing was sent"
        return report

    def plan(self, looked: Looked = EVERYTHING) -> GradePlan:
        return self.grades.plan(looked)

    def wait(self, **time: int) -> None:
        """Time passes on all clocks."""
        self.now += timedelta(**time)
        for book in self.source.classes.values():
            book.wait(int(timedelta(**time).total_seconds()))

    def scores(self) -> dict[tuple[str | None, str | None], str | None]:
        return self.sis.scores()

    def receipt(self, item: str, student: str, key: str = "algebra") -> Receipt:
        found = self.grades.ledger.receipts.results(key)
        return next(one for one in found.values() if (one.item_lms_id, one.student_sourced_id) == (item, student))

    def written(self) -> Counter[str]:
        """Writes that the SIS saw since the last time, by entity; deletions too."""
        seen = self.sis.puts + Counter({f"delete {name}": number for name, number in self.sis.deletions.items()})
        self.sis.puts.clear()
        self.sis.deletions.clear()
        return seen
