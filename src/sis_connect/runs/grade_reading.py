"""From the LMS's grade books to what a plan is made of, class by class, a school at a time.

Here: which classes are looked at, what is read of them, and what is remembered of that. Not here: what a grade comes to
(`grades.shape`), what differs from what was sent (`grades.planning`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.errors import PlanError
from sis_connect.grades.accounts import sisters
from sis_connect.grades.categories import choices
from sis_connect.grades.merge import merge_books
from sis_connect.grades.observed import GradeBook
from sis_connect.grades.permission import SenderRole, may_send
from sis_connect.grades.planning import BookState, PlannedBook
from sis_connect.grades.preflight import is_sent
from sis_connect.grades.schedule import LastLook, is_due, wants_full
from sis_connect.grades.shape import SisBook, shape_book
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.grades.wanted import Problem, WantedBook
from sis_connect.runs.grade_renumbering import Renumbering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from sis_connect.grades.manners import Manners
    from sis_connect.grades.permission import Sender
    from sis_connect.grades.roster import Class, Roster
    from sis_connect.grades.rules import GradeRules
    from sis_connect.grades.source import GradeSource
    from sis_connect.grades.target import Row
    from sis_connect.progress import Progress
    from sis_connect.runs.grade_roster import GradeRosters
    from sis_connect.store.audit import AuditLog
    from sis_connect.store.grade_books import GradeBooks, KeptBook
    from sis_connect.store.grade_ledger import GradeLedger
    from sis_connect.store.grade_memory import GradeMemory
    from sis_connect.store.grade_sections import GradeSections

#: Grade books read at once; the limit of calls is shared all the same.
_READERS = 4


@dataclass(frozen=True, slots=True)
class Looked:
    """What to look at, and how."""

    sender: Sender
    #: Keys or sourcedIds of classes; empty for all that the sender may send.
    classes: tuple[str, ...] = ()
    #: sourcedIds of schools; empty for all.
    schools: tuple[str, ...] = ()
    #: Only classes that the schedule wants looked at now.
    is_due_only: bool = False
    #: Everything is read, also where only changes would be asked for.
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept of grades in the district's database."""

    ledger: GradeLedger
    books: GradeBooks
    memory: GradeMemory
    sections: GradeSections
    audit: AuditLog


@dataclass(slots=True)
class GradeLook:
    """One look at the grade books of a district; gone through once."""

    rosters: GradeRosters
    source: GradeSource
    stores: Stores
    rules: GradeRules
    manners: Manners
    #: Of the SIS, with their metadata.
    categories: tuple[Row, ...] = field(repr=False)
    now: datetime
    zone: tzinfo
    progress: Progress
    #: Reads all that the SIS should have of these classes, so that what it changed itself is known.
    read_back: Callable[[Sequence[str]], bool]
    #: Where the SIS is found.
    sis: str = ""

    def books(self, looked: Looked) -> Iterator[PlannedBook]:
        """Each class that is looked at, with what is wanted for it; PlanError when somebody may not send one.

        A class that cannot be read is told as a problem, and what was sent of it stays as it is.
        """
        self._refuse_unknown(looked)
        done, total = 0, self.rosters.count_classes()
        self.progress.advance("grade books", 0, total)
        for roster in self.rosters.of_schools(looked.schools):
            chosen = self._chosen(roster, looked)
            yield from self._of_school(roster, chosen, looked)
            done += len(roster.classes)
            self.progress.advance("grade books", done, total)

    def _refuse_unknown(self, looked: Looked) -> None:
        known = set(self.rosters.schools())
        for school in looked.schools:
            if school not in known:
                raise PlanError(
                    f"No school {school!r} has classes in the LMS.",
                    where="--school",
                    fix=f"Its sourcedId is meant; these have: {', '.join(sorted(known)) or 'none'}.",
                )
        for name in looked.classes:
            if self.rosters.school_of(name) is None:
                raise PlanError(
                    f"There is no class {name!r} in the roster that was applied last.",
                    where="--class",
                    fix="Name the sourcedId of a class, or bring it over first with `sis-connect sync`.",
                )

    def _chosen(self, roster: Roster, looked: Looked) -> list[Class]:
        """The classes of a school that are looked at, each of which the sender may send."""
        named = set(looked.classes)
        if named:
            chosen = [one for one in roster.classes.values() if named & {one.key, one.sourced_id}]
            for one in chosen:
                answer = may_send(looked.sender, one.key, roster)
                if not answer.is_allowed:
                    raise PlanError(
                        answer.reason,
                        where=one.sourced_id,
                        fix="Have a teacher of the class or an administrator send them, or correct the roster in the "
                        "SIS and sync it.",
                    )
            return chosen
        chosen = [one for one in roster.classes.values() if is_sent(one, self.rules)]
        if looked.sender.role is SenderRole.TEACHER:
            chosen = [one for one in chosen if may_send(looked.sender, one.key, roster).is_allowed]
        return self._due(chosen) if looked.is_due_only else chosen

    def _due(self, classes: Sequence[Class]) -> list[Class]:
        read_at, hinted = self.stores.books.read_at(), self.stores.memory.hinted()

        def last(class_: Class) -> LastLook:
            at, whole_at = read_at.get(class_.key, (None, None))
            return LastLook(at, whole_at, not hinted.isdisjoint(_names(class_)))

        return [one for one in classes if is_due(one, self.rules, last(one), self.now, self.zone)]

    def _of_school(self, roster: Roster, classes: Sequence[Class], looked: Looked) -> Iterator[PlannedBook]:
        remembered = self.stores.memory.chosen_categories({one.course_sourced_id for one in classes})
        with ThreadPoolExecutor(_READERS) as pool:
            # Read ahead by a few only: a grade book of a large class is not small.
            for first in range(0, len(classes), 4 * _READERS):
                lot = classes[first : first + 4 * _READERS]
                self._follow(roster, lot, looked.sender)
                known = [self.stores.books.find(one.key) for one in lot]
                # Before they are read: a hint that comes in the meantime is of something that was perhaps not seen.
                self.stores.memory.forget_hints([name for one in lot for name in _names(one)])
                read = list(pool.map(self._read, lot, known, [looked.is_full] * len(lot)))
                # What is compared as a whole with the LMS is compared with the SIS, too.
                self.read_back([one.class_key for one in read if isinstance(one, GradeBook) and one.is_complete])
                for class_, kept, book in zip(lot, known, read, strict=True):
                    choices_before = remembered.get(class_.course_sourced_id, {})
                    yield self._planned(roster, class_, self._join(kept, book), choices_before)

    def _follow(self, roster: Roster, classes: Sequence[Class], sender: Sender) -> None:
        """What the SIS calls otherwise now is found under its new names, and the audit log tells so."""
        renumbering = Renumbering(self.stores.sections, self.rosters, self.sis)
        for class_ in classes:
            for what in renumbering.follow(class_, roster):
                self.stores.audit.record(self.now, sender.id, "grades.renumbered", class_.key, what)

    def _read(self, class_: Class, kept: KeptBook | None, is_full: bool) -> GradeBook | ClassUnreadableError:
        is_whole = is_full or kept is None or wants_full(self.rules, LastLook(kept.read_at, kept.whole_at), self.now)
        try:
            if is_whole or kept is None:
                return self.source.read(class_, None)
            return self.source.read(class_, kept.book.cursor, kept.book)
        except ClassUnreadableError as error:
            return error

    def _join(self, kept: KeptBook | None, read: GradeBook | ClassUnreadableError) -> GradeBook | ClassUnreadableError:
        """The whole book, kept from now on."""
        if isinstance(read, ClassUnreadableError):
            return read
        whole = merge_books(kept.book if kept else None, read)
        whole_at = self.now if read.is_complete or kept is None else kept.whole_at
        self.stores.books.keep(whole, read_at=self.now, whole_at=whole_at)
        return whole

    def _planned(
        self, roster: Roster, class_: Class, book: GradeBook | ClassUnreadableError, remembered: dict[str, str]
    ) -> PlannedBook:
        state = self.stores.ledger.book(class_.key)
        if isinstance(book, ClassUnreadableError):
            return PlannedBook(_untouched(class_, state, book), state, len(class_.students))
        states = [state, *(self.stores.ledger.book(sister.key) for sister in sisters(class_, roster))]
        sis = SisBook(
            categories=self.categories,
            line_items=tuple(receipt for one in states for receipt in one.line_items.values()),
            results=tuple(receipt for one in states for receipt in one.results.values()),
            chosen_categories=remembered,
        )
        today = self.now.astimezone(self.zone).date()
        wanted = shape_book(book, roster, self.manners, self.rules, sis, today=today, zone=self.zone)
        self.stores.memory.remember_categories(class_.course_sourced_id, choices(book, wanted))
        Renumbering(self.stores.sections, self.rosters, self.sis).remember(class_, roster, book)
        return PlannedBook(wanted, state, len(class_.students))


def _names(class_: Class) -> tuple[str, str]:
    """By what a hint may call a class."""
    return class_.key, class_.lms_id


def _untouched(class_: Class, state: BookState, error: ClassUnreadableError) -> WantedBook:
    """Nothing is known of the class now, so nothing is wanted, and nothing is taken for deleted."""
    problem = Problem("grades.class_unreadable", class_.key, detail=error.what)
    items = frozenset((item, None) for _, item in state.line_items)
    return WantedBook(class_.key, (), (), (), (problem,), items)
