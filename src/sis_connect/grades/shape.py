"""Step shape: what the grade book of one section comes to in the SIS, and what of it cannot be sent.

Pure: the same book, roster, manners, rules and memory always come to the same, in whatever order things were given.
Every grade ends as a result, as a problem with its reason, or as nothing by a rule of the district. Not here: the
single decisions (`preflight`, `accounts`, `drafts`, `scores`), and what differs from what was sent before (`diff`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sis_connect.grades.accounts import Nowhere, Place, place, sisters
from sis_connect.grades.drafts import Drafted, Given, SisBook, draft_line_items, locked_session
from sis_connect.grades.findings import Objection
from sis_connect.grades.ids import result_id
from sis_connect.grades.preflight import object_to_class, object_to_item, object_to_sis
from sis_connect.grades.scores import Score, comment_of, has_content, score_of
from sis_connect.grades.text import plain_text
from sis_connect.grades.wanted import Problem, WantedBook, WantedLineItem, WantedResult
from sis_connect.oneroster.gradebook_records import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from sis_connect.grades.manners import Manners
    from sis_connect.grades.observed import Grade, GradeBook, Item
    from sis_connect.grades.receipts import Receipt
    from sis_connect.grades.roster import Class, Roster
    from sis_connect.grades.rules import GradeRules
    from sis_connect.oneroster.gradebook_records import LineItem

__all__ = ["SisBook", "shape_book"]


def shape_book(
    book: GradeBook,
    roster: Roster,
    manners: Manners,
    rules: GradeRules,
    sis: SisBook,
    *,
    today: date,
    zone: tzinfo,
) -> WantedBook:
    """What the SIS should hold for one section; `today` and the days of grades are of the district's `zone`.

    `unsendable` has (item, None) for an item of which no line item is wanted in any class: neither those nor results
    of it are gone; and (item, student) for a result alone. ValueError for a book that is not complete (`merge_books`):
    what it does not show would be taken for deleted.
    """
    if not book.is_complete:
        raise ValueError("only a complete grade book says what is no longer there")
    home = roster.classes.get(book.class_key)
    if home is None:
        return _nothing(book, Objection("grades.class_unknown"))
    objection = object_to_sis(manners, rules) or object_to_class(home, manners, rules)
    if objection is not None:
        return _nothing(book, objection)
    given = Given(manners=manners, rules=rules, sis=sis, today=today, zone=zone)
    return _Shaping(book, roster, given).shape(home)


def _nothing(book: GradeBook, objection: Objection) -> WantedBook:
    problem = Problem(objection.code, book.class_key, detail=objection.detail)
    unsendable = frozenset((item.lms_id, None) for item in book.items)
    return WantedBook(book.class_key, (), (), (), (problem,), unsendable)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A grade, and whose it is."""

    grade: Grade
    student: str
    class_sourced_id: str


@dataclass(slots=True)
class _Shaping:
    """One section while it is shaped."""

    book: GradeBook
    roster: Roster
    given: Given
    problems: set[Problem] = field(default_factory=set)
    unsendable: set[tuple[str, str | None]] = field(default_factory=set)

    def shape(self, home: Class) -> WantedBook:
        others = sisters(home, self.roster)
        items = self._sendable_items()
        placed = self._place(items, home, others)
        drafted = self._draft(items, placed, (home, *others))
        results = self._results(items, placed, drafted)
        line_items = {one.sourced_id: (item, one) for each in drafted.values() for item, one in each.line_items.items()}
        self._keep_locked((home, *others))
        wanted = {item for item, _ in line_items.values()}
        self.unsendable |= {(item.lms_id, None) for item in self.book.items if item.lms_id not in wanted}
        self._keep_those_who_left(results, (home, *others))
        categories = {one.sourced_id: one for each in drafted.values() for one in each.categories}
        return WantedBook(
            self.book.class_key,
            tuple(categories[key] for key in sorted(categories)),
            tuple(WantedLineItem(item, one) for _, (item, one) in sorted(line_items.items(), key=lambda each: each[0])),
            tuple(results[key] for key in sorted(results)),
            tuple(sorted(self.problems, key=_order)),
            frozenset(self.unsendable),
        )

    def _sendable_items(self) -> dict[str, Item]:
        sendable: dict[str, Item] = {}
        for item in self.book.items:
            objection = object_to_item(item, self.given.manners)
            if objection is not None:
                self._tell(objection, item.lms_id)
                continue
            sendable[item.lms_id] = item
            if item.factor != 1:
                self._tell(Objection("grades.factor", f"{item.factor:f}"), item.lms_id)
        return sendable

    def _place(self, items: Mapping[str, Item], home: Class, others: tuple[Class, ...]) -> list[_Placed]:
        """The grades with something in them, and whose they are; no two for one student and item."""
        places = {
            account: place(account, home, others, self.roster)
            for account in {grade.account_lms_id for grade in self.book.grades}
        }
        found: dict[tuple[str, str], list[_Placed]] = {}
        sent = {
            (one.item_lms_id, one.student_sourced_id): one
            for one in self.given.sis.results
            if one.is_there and (one.class_key or one.class_sourced_id) == self.book.class_key
        }
        for grade in self.book.grades:
            if grade.item_lms_id not in items:
                continue
            where = places[grade.account_lms_id]
            if not has_content(grade):
                self._tell_of_comment(grade, where)
            elif isinstance(where, Place) and _is_elsewhere(grade, where, sent):
                self.unsendable.add((grade.item_lms_id, where.student_sourced_id))
            elif isinstance(where, Place):
                one = _Placed(grade, where.student_sourced_id, where.class_.sourced_id)
                found.setdefault((grade.item_lms_id, one.student), []).append(one)
            else:
                self._refuse(where.objection, grade.item_lms_id, where.students or (None,))
        for (item_id, student), several in found.items():
            if len(several) > 1:
                self._refuse(Objection("grades.student_of_two_accounts"), item_id, (student,))
        return [several[0] for several in found.values() if len(several) == 1]

    def _draft(
        self, items: Mapping[str, Item], placed: Iterable[_Placed], classes: Iterable[Class]
    ) -> dict[str, Drafted]:
        """The line items by class: every item in the section's own, and in sister classes where they are needed."""
        needed = {(one.class_sourced_id, one.grade.item_lms_id) for one in placed}
        # A line item of ours stays where it was made, also when its last student there is gone.
        needed |= {
            (one.class_sourced_id, one.item_lms_id)
            for one in self.given.sis.line_items
            if (one.class_key or one.class_sourced_id) == self.book.class_key
        }
        drafted: dict[str, Drafted] = {}
        for class_ in classes:
            is_home = class_.key == self.book.class_key
            here = [item for key, item in items.items() if is_home or (class_.sourced_id, key) in needed]
            drafted[class_.sourced_id] = each = draft_line_items(self.book, here, class_, self.given)
            for item_id, objection in each.objections.items():
                self._tell(objection, item_id)
            for item_id, session in each.late.items():
                self._tell(Objection("grades.session_over", session), item_id)
        return drafted

    def _results(
        self, items: Mapping[str, Item], placed: Iterable[_Placed], drafted: Mapping[str, Drafted]
    ) -> dict[tuple[str, str], WantedResult]:
        known = {
            (one.class_sourced_id, one.item_lms_id, one.student_sourced_id): one.sourced_id
            for one in self.given.sis.results
        }
        results: dict[tuple[str, str], WantedResult] = {}
        for one in placed:
            item_id, student = one.grade.item_lms_id, one.student
            line_item = drafted[one.class_sourced_id].line_items.get(item_id)
            score = score_of(items[item_id], one.grade, self.given.manners, self.given.rules)
            if isinstance(score, Objection):
                self._refuse(score, item_id, (student,))
            elif score is None or line_item is None:
                self.unsendable.add((item_id, student))
            else:
                key = one.class_sourced_id, item_id, student
                result = self._result(known.get(key) or result_id(*key), line_item, one, score)
                results[item_id, student] = WantedResult(item_id, one.grade.changed_at, result)
        return results

    def _result(self, sourced_id: str, line_item: LineItem, placed: _Placed, score: Score) -> Result:
        return Result(
            sourced_id=sourced_id,
            line_item_sourced_id=line_item.sourced_id,
            student_sourced_id=placed.student,
            score_status=score.status,
            score=score.value,
            score_date=self._day_of(placed.grade),
            comment=comment_of(placed.grade, self.given.manners, self.given.rules),
        )

    def _day_of(self, grade: Grade) -> date:
        """The day on which the grade changed; today where the LMS does not say, or no calendar has it."""
        if grade.changed_at <= 0:
            return self.given.today
        try:
            return datetime.fromtimestamp(grade.changed_at, self.given.zone).date()
        except (OverflowError, ValueError, OSError):
            return self.given.today

    def _keep_locked(self, classes: Iterable[Class]) -> None:
        """What the LMS has no longer stays in the SIS when its session is locked."""
        by_id = {class_.sourced_id: class_ for class_ in classes}
        there = {item.lms_id for item in self.book.items}
        for receipt in self.given.sis.line_items:
            class_ = by_id.get(receipt.class_sourced_id)
            is_ours = (receipt.class_key or receipt.class_sourced_id) == self.book.class_key
            if class_ is None or not is_ours or receipt.item_lms_id in there:
                continue
            session = locked_session(receipt, class_, self.given)
            if session is not None:
                self._tell(Objection("grades.session_locked", session), receipt.item_lms_id)
                self.unsendable.add((receipt.item_lms_id, None))

    def _keep_those_who_left(self, results: Mapping[tuple[str, str], WantedResult], classes: Iterable[Class]) -> None:
        """A student who is in the class no more, or whose account is not known any more, keeps what was sent."""
        students = {class_.sourced_id: class_.students for class_ in classes}
        everybody = frozenset[str]().union(*students.values())
        known = {student for several in self.roster.students_of_account.values() for student in several}
        for receipt in self.given.sis.results:
            item_id, student = receipt.item_lms_id, receipt.student_sourced_id
            has_moved = student not in students.get(receipt.class_sourced_id, ()) and (item_id, student) in results
            if has_moved or student not in everybody or student not in known:
                self.unsendable.add((item_id, student))

    def _tell_of_comment(self, grade: Grade, where: Place | Nowhere) -> None:
        if isinstance(where, Place) and self.given.rules.comments == "send" and plain_text(grade.comment):
            self._tell(Objection("grades.comment_alone"), grade.item_lms_id, where.student_sourced_id)

    def _refuse(self, objection: Objection, item_id: str, students: Iterable[str | None]) -> None:
        for student in students:
            self._tell(objection, item_id, student)
            if student is not None:
                self.unsendable.add((item_id, student))

    def _tell(self, objection: Objection, item_id: str, student: str | None = None) -> None:
        self.problems.add(Problem(objection.code, self.book.class_key, item_id, student, objection.detail))


def _is_elsewhere(grade: Grade, where: Place, sent: Mapping[tuple[str, str], Receipt]) -> bool:
    """True for the very grade that was sent into another class, before its student came to this one: it stays there."""
    receipt = sent.get((grade.item_lms_id, where.student_sourced_id))
    return (
        receipt is not None
        and receipt.class_sourced_id != where.class_.sourced_id
        and receipt.changed_at == grade.changed_at
    )


def _order(problem: Problem) -> tuple[str, ...]:
    return problem.item_lms_id or "", problem.student_sourced_id or "", problem.code, problem.detail or ""
