"""What becomes of grades with each partner, step by step: the grade columns of the matrix of the partner program.

Teachers grade in memory; from there every step goes the way of a real run: by rules and environment to the gradebook of
the SIS in the partner's dress, and back by reading. A SIS of which nobody knows whether it takes grades is tried with
the word of the district.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from graded_classes import ClassInMemory, MemorySource
from partner_side import a_partner_district
from sis_connect.errors import SisConnectError
from sis_connect.grades.manners import Categories
from sis_connect.grades.observed import Exemption
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.receipts import Receipt, ReceiptState
from sis_connect.grades.rules import CategoryRules, GradeRules
from sis_connect.oneroster.operations import Scope
from sis_connect.partner_connections import Circumstances
from sis_connect.partner_gradebook import gradebook_of, gradebook_ways, manners_of, open_sis_gradebook
from sis_connect.runs.grade_passback import GradePassback, GradeSettings
from sis_connect.runs.grade_reading import Looked
from sis_connect.runs.grade_report import GradeReport
from sis_connect.sandbox.sis.dress.wardrobe import find_wear
from sis_connect.sync.desired import Kind
from sis_connect.sync.shape.rules import DistrictRules, Terms
from sis_connect.transport.addresses import Reach
from sis_connect.transport.token_bucket import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from partner_side import PartnerDistrict
    from sis_connect.grades.plan import GradePlan
    from sis_connect.grades.roster import Class
    from sis_connect.partners.profile import Profile

WORKS = "works"
NOT_SUPPORTED = "not supported by this SIS"
_ADMINISTRATOR = Looked(Sender(SenderRole.ADMINISTRATOR, "a person"), is_full=True)
_STUDENTS = 3
_COMMENT = "Shows every step."
_LONG, _BROKEN = "A title that goes on for very much longer than sixty letters do", "Half a point"
_UNDATED = "No date"


@dataclass
class GradingPartner:
    """A partner's district whose roster has come to the LMS, where teachers grade."""

    district: PartnerDistrict
    passback: GradePassback
    source: MemorySource
    #: The class that is graded, what its teacher does there, and three of its students.
    class_: Class
    book: ClassInMemory
    students: tuple[str, ...]
    #: A day of the class's term, on which work is due.
    day: date
    items: dict[str, str] = field(default_factory=dict)

    @property
    def oddities(self) -> dict[str, ReceiptState | None]:
        """Titles of items out of the ordinary, and what becomes of a grade: None where it is told beforehand.

        What a weak source says of the SIS the dress does, and nobody relies on it: it refuses then.
        """
        manners, quirks = self.passback.settings.manners, self.district.profile.quirks
        by_dress = ReceiptState.REFUSED if "whole-number-max" in quirks else ReceiptState.CONFIRMED
        return {
            _LONG: None if manners.title_length is not None else ReceiptState.CONFIRMED,
            _BROKEN: None if manners.whole_maximum else by_dress,
            _UNDATED: ReceiptState.CONFIRMED,
        }

    def add(self, title: str, **settings: Any) -> str:
        """An item of the class that is due on the day."""
        category = self.book.categories[0].lms_id
        self.items[title] = self.book.add_item(title, **{"category": category, "due": self.day, **settings})
        return self.items[title]

    def send(self) -> GradeReport | GradePlan:
        """One run; every grade that counts as confirmed is in the SIS's own records."""
        done = self.passback.send(_ADMINISTRATOR)
        held = self.held()
        for receipt in self.receipts.values():
            if receipt.state is ReceiptState.CONFIRMED:
                assert receipt.sent is not None
                status, score = receipt.sent.score_status, Decimal(receipt.sent.score)
                found = held[receipt.item_lms_id, receipt.student_sourced_id]
                assert found == (status, score), "confirmed, and not there"
        return done

    @property
    def receipts(self) -> dict[tuple[str, str], Receipt]:
        """By item and student."""
        found = self.passback.ledger.receipts.results(self.class_.key)
        return {(item, student): receipt for (_, item, student), receipt in found.items()}

    def held(self) -> dict[tuple[str, str], tuple[str, Decimal]]:
        """Status and score that the SIS has, by item and student."""
        lines = self.passback.ledger.receipts.line_items(self.class_.key).values()
        items = {line.sis_sourced_id: line.item_lms_id for line in lines}
        with self.district.sis.records.together() as writing:
            rows = writing.find("results", "status IS NOT 'tobedeleted'")
        return {
            (items[str(row["line_item_sourced_id"])], str(row["student_sourced_id"]).strip()): (
                str(row["score_status"]),
                Decimal(row["score"] or "NaN"),
            )
            for row in rows
            if row["line_item_sourced_id"] in items
        }


@dataclass(frozen=True)
class GradeStep:
    """One grade column of the matrix."""

    title: str
    #: What is done and what must be true then, as sentences.
    about: str
    live: Callable[[GradingPartner], None]


def live_through_grades(profile: Profile, package: Path, folder: Path) -> Mapping[str, str]:
    """How every step ended, by its title; AssertionError when one does not work that should."""
    known = manners_of(profile).takes_grades
    if known is False:
        return {step.title: NOT_SUPPORTED for step in GRADE_STEPS}
    # The key that a district uses for grades may read and write them.
    wear = msgspec.structs.replace(find_wear(profile.id), client_scopes=tuple(Scope))
    is_elsewhere = "passback-not-oneroster" in profile.quirks
    with a_partner_district(profile, package, folder, wear) as district:
        # The sandbox takes the standard at its word: a session has ended on its end date.
        district.rules = DistrictRules(terms=Terms(end_date="day_after"))
        district.sync()
        if is_elsewhere:
            with _grading(district) as partner, pytest.raises(SisConnectError):
                GRADE_STEPS[0].live(partner)
            return {step.title: "unknown; the dress has no grade book" for step in GRADE_STEPS}
        with _grading(district) as partner:
            for step in GRADE_STEPS:
                step.live(partner)
    works = WORKS if known else f"unknown; {WORKS} on the word of the district"
    return {step.title: works for step in GRADE_STEPS}


@contextmanager
def _grading(district: PartnerDistrict) -> Iterator[GradingPartner]:
    settings, variables = district.sis_settings()
    known = gradebook_of(settings)
    manners, mints_ids = known.manners, known.mints_ids
    rules = GradeRules(
        sis_takes_grades="profile" if manners.takes_grades else "yes",
        categories=CategoryRules(create=manners.categories in (None, Categories.OURS)),
    )
    around = Circumstances(Reach(loopback=True), Rate(1_000.0, 1_000))
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        ways = gradebook_ways(settings, around, district.connect)
    if manners.categories in (Categories.OF_THE_SIS, Categories.SINGLE):
        _give_categories(district)
    source = MemorySource()
    runner = district.runner
    with open_sis_gradebook(ways, district.surroundings, now=runner.now, limiters=district.limiters) as gradebook:
        passback = GradePassback(runner, GradeSettings(rules, manners, mints_ids), lambda: source, lambda: gradebook)
        yield _with_a_class(district, passback, source)


def _give_categories(district: PartnerDistrict) -> None:
    """Where the SIS has categories of its own, there are some."""
    with district.sis.records.together() as writing:
        if not writing.find("categories"):
            writing.put("categories", {"sourced_id": "category-1", "title": "Homework"})


def _with_a_class(district: PartnerDistrict, passback: GradePassback, source: MemorySource) -> GradingPartner:
    """A class of today with some students, whose accounts the LMS knows; the books of all others are empty."""
    day = district.clock[0].date()
    with passback.rosters() as rosters:
        classes = [class_ for roster in rosters.of_schools() for class_ in roster.classes.values()]
    books = {class_.key: ClassInMemory(source, class_.key) for class_ in classes}
    chosen = next(
        class_
        for class_ in sorted(classes, key=lambda one: one.key)
        if len(class_.students) >= _STUDENTS
        and any(session.start_date <= day < session.end_date for session in class_.sessions)
        and all((student,) in district.lms.ids[Kind.USERS] for student in class_.students)
    )
    book = books[chosen.key]
    book.accounts = {student: district.lms.ids[Kind.USERS][student,] for student in chosen.students}
    book.add_category("Homework")
    students = tuple(sorted(chosen.students)[:_STUDENTS])
    return GradingPartner(district, passback, source, chosen, book, students, day)


def _send_grades(partner: GradingPartner) -> None:
    first, second, third = partner.students
    quiz = partner.add("Quiz 1", max_points="20")
    partner.book.grade(quiz, first, "17.5", comment=_COMMENT)
    partner.book.grade(quiz, second, "0")
    partner.book.grade(quiz, third, exemption=Exemption.EXCUSED)
    report = partner.send()
    assert isinstance(report, GradeReport)
    receipts = partner.receipts
    held = partner.held()
    for student, score in ((first, "17.5"), (second, "0")):
        assert receipts[quiz, student].state is ReceiptState.CONFIRMED, report
        assert held[quiz, student] == ("fully graded", Decimal(score))
    assert held.get((quiz, third), ("exempt", Decimal(0)))[0] == "exempt", "an excuse became a grade"


def _change_grades(partner: GradingPartner) -> None:
    first, second, _ = partner.students
    quiz = partner.items["Quiz 1"]
    partner.book.wait(60)
    partner.book.grade(quiz, first, "19", comment=_COMMENT)
    for title in partner.oddities:
        item = partner.add(
            title,
            max_points="12.5" if title == _BROKEN else "20",
            due=None if title == _UNDATED else partner.day,
        )
        partner.book.grade(item, second, "11")
    report = partner.send()
    assert isinstance(report, GradeReport)
    assert {key for key, receipt in partner.receipts.items() if receipt.run == report.run} == {
        (quiz, first),
        *(
            (partner.items[title], second)
            for title, state in partner.oddities.items()
            if state is ReceiptState.CONFIRMED
        ),
    }
    assert partner.receipts[quiz, first].state is ReceiptState.CONFIRMED
    assert partner.held()[quiz, first] == ("fully graded", Decimal(19))
    assert partner.held()[quiz, second] == ("fully graded", Decimal(0))


def _tell_refusals(partner: GradingPartner) -> None:
    """Whatever the SIS is known to refuse, and only that, was told before it was sent; the rest has arrived."""
    _, student, _ = partner.students
    told = {problem.item_lms_id for problem in partner.passback.ledger.problems(partner.class_.key)}
    for title, state in partner.oddities.items():
        item = partner.items[title]
        receipt = partner.receipts.get((item, student))
        assert (receipt.state if receipt else None) is state, title
        assert (item in told) is (state is None), title
        assert receipt is None or (receipt.code is None) is (state is ReceiptState.CONFIRMED), title


GRADE_STEPS = (
    GradeStep(
        "grades",
        "A teacher grades: points, a zero, an excuse, a comment. The SIS has each grade, read back; an excuse is never "
        "a score.",
        _send_grades,
    ),
    GradeStep(
        "changed grade",
        "One grade is changed, and there is new work: what changed is sent, and nothing else.",
        _change_grades,
    ),
    GradeStep(
        "known refusals",
        "What the SIS is known to refuse (a long title, a broken maximum) is told before it is sent; the rest arrives, "
        "or is refused with a reason.",
        _tell_refusals,
    ),
)
