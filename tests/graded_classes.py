"""Classes in which teachers grade, in memory and in the Schoology sandbox, each with the source that reads them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from schoology_side import KEY_AND_SECRET
from sis_connect.grades.observed import Category, Exemption, Grade, GradeBook, Item, Period, ScaleKind
from sis_connect.grades.roster import Class
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.schoology.connection import SchoologySettings
from sis_connect.transport.client import HttpClient, Patience
from sis_connect.transport.oauth1 import OAuth1
from sis_connect.transport.rate_limit import CreditLimit
from sis_connect.transport.retry import Backoff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.grades.source import GradeSource
    from sis_connect.sandbox.schoology.server import RunningSandbox

STUDENTS = ("ada", "ben", "cem")
CODES = {None: 0, Exemption.EXCUSED: 1, Exemption.INCOMPLETE: 2, Exemption.MISSING: 3}
TERM_START, TERM_END = date(2026, 8, 17), date(2099, 12, 18)
#: The scale of letters, as both classes have it: where each begins, in percent.
LETTERS = {"F": 0, "C": 70, "B": 80, "A": 90}


def a_class(key: str, lms_id: str) -> Class:
    """A class of the SIS with a section in the LMS."""
    return Class(key, key, "Algebra I - 1", lms_id, "course-1", "school-1", (), frozenset(), frozenset())


class GradedClass(Protocol):
    """One class: what its teacher does, and how it is read."""

    @property
    def source(self) -> GradeSource: ...

    @property
    def class_(self) -> Class: ...

    def account(self, student: str) -> str: ...

    def add_category(self, title: str) -> str: ...

    def add_item(
        self,
        title: str,
        *,
        category: str | None = None,
        due: date | None = None,
        max_points: str = "100",
        has_letters: bool = False,
    ) -> str: ...

    def remove_item(self, item: str) -> None: ...

    def grade(
        self, item: str, student: str, points: str = "", *, exemption: Exemption | None = None, comment: str = ""
    ) -> None:
        """Nothing but the item and the student clears the grade."""

    def wait(self, seconds: int) -> None: ...

    def forbid(self) -> None:
        """The class can be read no more."""


@dataclass
class MemorySource:
    """Grade books in a dictionary; a poll never tells of what was cleared or removed."""

    classes: dict[str, ClassInMemory] = field(default_factory=dict)
    #: Requests so far: sequence of key and cursor.
    asked: list[tuple[str, int | None]] = field(default_factory=list)

    def read(self, class_: Class, since: int | None, known: GradeBook | None = None) -> GradeBook:
        """As the protocol has it."""
        self.asked.append((class_.key, since))
        held = self.classes[class_.key]
        if held.is_forbidden:
            raise ClassUnreadableError("This class cannot be read.", where=class_.key, fix="Allow it.")
        told = [grade for grade in held.grades.values() if since is None or grade.changed_at >= since]
        news = [grade for grade in told if known is None or since is None or grade not in known.grades]
        seen = max((grade.changed_at for grade in told), default=0)
        return GradeBook(
            class_.key,
            tuple(held.categories),
            (Period("1", "Fall", TERM_START, TERM_END),),
            tuple(held.items.values()),
            tuple(news),
            is_complete=since is None,
            cursor=max(since or 0, seen),
        )


@dataclass
class ClassInMemory:
    """A class of a MemorySource."""

    source: MemorySource = field(default_factory=MemorySource)
    key: str = "class-1"
    categories: list[Category] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    grades: dict[tuple[str, str], Grade] = field(default_factory=dict)
    now: int = 1_800_000_000
    is_forbidden: bool = False
    #: Accounts of students, where they are not made up.
    accounts: dict[str, str] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(100))

    def __post_init__(self) -> None:
        self.source.classes[self.key] = self

    @property
    def class_(self) -> Class:
        return a_class(self.key, f"section-of-{self.key}")

    def account(self, student: str) -> str:
        return self.accounts.get(student, f"account-of-{student}")

    def add_category(self, title: str) -> str:
        self.categories.append(Category(str(next(self._ids)), title))
        return self.categories[-1].lms_id

    def add_item(
        self,
        title: str,
        *,
        category: str | None = None,
        due: date | None = None,
        max_points: str = "100",
        has_letters: bool = False,
    ) -> str:
        id_ = str(next(self._ids))
        kind = ScaleKind.LEVELS if has_letters else ScaleKind.POINTS
        self.items[id_] = Item(
            id_,
            title,
            "",
            due,
            category,
            None,
            Decimal(max_points),
            kind,
            is_published=True,
            counts=True,
            is_for_some=False,
        )
        return id_

    def remove_item(self, item: str) -> None:
        del self.items[item]
        self.grades = {key: grade for key, grade in self.grades.items() if key[0] != item}

    def grade(
        self, item: str, student: str, points: str = "", *, exemption: Exemption | None = None, comment: str = ""
    ) -> None:
        score = Decimal(points) if points else None
        if score is None and exemption is None and not comment:
            self.grades.pop((item, student), None)
            return
        level = None
        if score is not None and self.items[item].scale is ScaleKind.LEVELS:
            percent = score * 100 / self.items[item].max_points
            level = [name for name, cutoff in LETTERS.items() if cutoff <= percent][-1]
        before = self.grades.get((item, student))
        told = Grade(item, self.account(student), score, exemption, comment, self.now, level)
        if before is None or replace(before, changed_at=self.now) != told:
            self.grades[item, student] = told

    def wait(self, seconds: int) -> None:
        self.now += seconds

    def forbid(self) -> None:
        self.is_forbidden = True


@dataclass
class ClassInSandbox:
    """A section of a sandbox; make one with `put_class_into`."""

    source: GradeSource
    sandbox: RunningSandbox
    hand: HttpClient
    class_: Class
    enrollments: dict[str, int]
    accounts: dict[str, int]
    scale: int

    @property
    def section(self) -> int:
        return int(self.class_.lms_id)

    def account(self, student: str) -> str:
        return str(self.accounts[student])

    def add_category(self, title: str) -> str:
        return str(self.sandbox.seed().grading_category(self.section, title))

    def add_item(
        self,
        title: str,
        *,
        category: str | None = None,
        due: date | None = None,
        max_points: str = "100",
        has_letters: bool = False,
    ) -> str:
        return self.add(
            title,
            grading_category=category or "0",
            due="" if due is None else f"{due} 23:59:00",
            max_points=max_points,
            grading_scale=self.scale if has_letters else 0,
        )

    def add(self, title: str, **fields: object) -> str:
        """An item with any fields."""
        return str(self.sandbox.seed().grade_item(self.section, title, **fields))  # type: ignore[arg-type] # any field

    def remove_item(self, item: str) -> None:
        self.hand.send("DELETE", f"sections/{self.section}/assignments/{item}")

    def grade(
        self, item: str, student: str, points: str = "", *, exemption: Exemption | None = None, comment: str = ""
    ) -> None:
        self.put_grade(item, student, points, exception=CODES[exemption], comment=comment)

    def put_grade(self, item: str, student: str, points: str, **fields: object) -> None:
        """A grade with any fields."""
        self.sandbox.seed().grade(int(item), self.enrollments[student], points, **fields)

    def wait(self, seconds: int) -> None:
        self.sandbox.move_clock(self.sandbox.now + timedelta(seconds=seconds))

    def forbid(self) -> None:
        self.hand.send("DELETE", f"sections/{self.section}")

    def calls(self) -> dict[str, int]:
        """What was asked since the last time, by the last part of the path."""
        asked = self.sandbox.statistics().calls
        self.sandbox.reset_statistics()
        return {path.rpartition("/")[2]: count for (_, path), count in asked.items()}


def put_class_into(
    sandbox: RunningSandbox,
    source: GradeSource,
    hand: HttpClient,
    key: str = "class-1",
    students: Sequence[str] = STUDENTS,
) -> ClassInSandbox:
    """A section of its own, with its students and a teacher; nothing is graded."""
    seed = sandbox.seed()
    course = seed.course("Algebra I", f"course of {key}")
    period = seed.grading_period(f"Fall of {key}", TERM_START, TERM_END)
    section = seed.section(course, "Algebra I - 1", grading_periods=[period], section_school_code=key)
    accounts = {student: seed.user(f"{student} of {key}", "Ada", "Quill") for student in students}
    seed.member(section, seed.user(f"teacher of {key}", "Tess", "Ambrose", role="Teacher"), admin=True)
    enrollments = {student: seed.member(section, account) for student, account in accounts.items()}
    levels = [{"grade": name, "cutoff": cutoff, "average": cutoff} for name, cutoff in LETTERS.items()]
    scale = seed.grading_scale(section, "Letters", levels)
    sandbox.reset_statistics()
    return ClassInSandbox(source, sandbox, hand, a_class(key, str(section)), enrollments, accounts, scale)


def a_hand(sandbox: RunningSandbox) -> HttpClient:
    """A client for what a person does at the screen and the seed cannot do; to be closed."""
    auth = OAuth1(KEY_AND_SECRET, clock=time.time)
    return HttpClient(sandbox.api_url, auth=auth)


def settings_for(
    sandbox: RunningSandbox, *, page_size: int = 200, limit: CreditLimit | None = None
) -> SchoologySettings:
    """How a source reaches the sandbox; without a rate limit unless told otherwise."""
    return SchoologySettings(
        KEY_AND_SECRET,
        url=sandbox.api_url,
        limit=limit or CreditLimit(credits=1_000_000),
        patience=Patience(read_seconds=20.0, backoff=Backoff(first=0.01)),
        page_size=page_size,
    )
