"""Reading grade books from the sandbox: what it costs, in every manner and fault of the service."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from graded_classes import STUDENTS, ClassInSandbox, a_hand, put_class_into, settings_for
from sis_connect.errors import UnauthorisedError
from sis_connect.grades.merge import merge_books
from sis_connect.grades.observed import Exemption
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.sandbox.schoology import server
from sis_connect.sandbox.schoology.faults import Fault, FaultPlan, FaultRule
from sis_connect.sandbox.schoology.settings import DueZone, GradeManners, RateLimit, SandboxSettings, Strictness
from sis_connect.schoology.connection import open_grade_source
from sis_connect.schoology.grade_records import GradeReading
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.rate_limit import CreditLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.grades.observed import GradeBook
    from sis_connect.schoology.grade_source import SchoologyGradeSource

NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)
#: Calls of lists that are read for a complete book in which everything occurs.
WHOLE = {
    "grades": 1,
    "grade_items": 1,
    "grading_categories": 1,
    "grading_periods": 1,
    "grading_scales": 1,
    "enrollments": 1,
}
QUIET = {"grades": 1, "grade_items": 1}


@dataclass
class Side:
    """A sandbox with a class, and a way to open other sources."""

    graded: ClassInSandbox
    stack: ExitStack

    def open(self, reading: GradeReading | None = None, *, page_size: int = 200) -> SchoologyGradeSource:
        """Another source of the same sandbox."""
        settings = settings_for(self.graded.sandbox, page_size=page_size)
        return self.stack.enter_context(open_grade_source(settings, reading))

    def strike(self, fault: Fault, path: str, count: int | None = 1) -> None:
        """The next matching requests meet this fault."""
        self.graded.sandbox.set_faults(FaultPlan((FaultRule(fault, path=path, count=count, seconds=0.01),)))

    def read(self, since: int | None = None, known: GradeBook | None = None) -> GradeBook:
        """As the source reads it."""
        return self.graded.source.read(self.graded.class_, since, known)


@contextmanager
def a_side(settings: SandboxSettings | None = None) -> Iterator[Side]:
    settings = replace(settings or SandboxSettings(), rate=None, now=lambda: NOON)
    with ExitStack() as stack:
        sandbox = stack.enter_context(server.start(settings))
        source = stack.enter_context(open_grade_source(settings_for(sandbox)))
        yield Side(put_class_into(sandbox, source, stack.enter_context(a_hand(sandbox))), stack)


@pytest.fixture
def side() -> Iterator[Side]:
    with a_side() as side:
        yield side


def fill(graded: ClassInSandbox) -> tuple[str, str]:
    """A category and two items, with letters and without; everybody is graded, and no call counted."""
    item = graded.add_item("Fractions", category=graded.add_category("Homework"), max_points="20")
    essay = graded.add_item("Essay", has_letters=True)
    for student in STUDENTS:
        graded.grade(item, student, "17.25")
        graded.grade(essay, student, "85")
    graded.sandbox.reset_statistics()
    return item, essay


def test_a_complete_reading_takes_one_call_for_each_list_and_a_poll_of_a_quiet_class_two(side: Side) -> None:
    fill(side.graded)
    known = side.read()
    assert side.graded.calls() == WHOLE
    assert side.read(known.cursor, known).grades == ()
    assert side.graded.calls() == QUIET


def test_a_change_costs_one_call_more_and_one_more_with_levels(side: Side) -> None:
    item, essay = fill(side.graded)
    known = side.read()
    side.graded.wait(60)
    side.graded.grade(item, "ada", "18")
    side.graded.calls()
    told = side.read(known.cursor, known)
    assert side.graded.calls() == QUIET | {"enrollments": 1}
    assert [(grade.item_lms_id, grade.score) for grade in told.grades] == [(item, Decimal(18))]

    known = merge_books(known, told)
    side.graded.grade(essay, "ben", "95")
    side.graded.calls()
    [grade] = side.read(known.cursor, known).grades
    assert side.graded.calls() == QUIET | {"enrollments": 1, "grading_scales": 1}
    assert grade.level == "A"


def test_an_empty_class_costs_a_call_for_grades_items_categories_and_periods(side: Side) -> None:
    side.read()
    assert set(side.graded.calls()) == {"grades", "grade_items", "grading_categories", "grading_periods"}


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("lists_all", [True, False])
@pytest.mark.parametrize("page_size", [1, 3, 200])
def test_pages_of_any_size_make_the_same_book(page_size: int, *, lists_all: bool, sparse: bool) -> None:
    """Also of assignments alone, whose pages count finals and others apart."""
    with a_side(SandboxSettings(highest_limit=4, strictness=Strictness(sparse_pages=sparse))) as side:
        graded = side.graded
        items = [graded.add(f"Quiz {number}", is_final=(number % 4 == 3 and "1") or "0") for number in range(11)]
        for item in items:
            for student in STUDENTS:
                graded.grade(item, student, "5")
        if not lists_all:
            side.strike(Fault.FORBIDDEN, "sections/*/grade_items", count=None)
        book = side.open(page_size=page_size).read(graded.class_, None)
    assert {item.title for item in book.items} == {f"Quiz {number}" for number in range(11) if number % 4 != 3}
    assert len(book.grades) == len(STUDENTS) * len(book.items)
    assert book.left_out.finals == len(STUDENTS) * 2


def test_everything_graded_is_an_item_and_where_only_assignments_are_offered_these_are(side: Side) -> None:
    seed = side.graded.sandbox.seed()
    for kind in ("assignment", "discussion", "assessment"):
        item = seed.grade_item(side.graded.section, kind, item_type=kind)
        side.graded.grade(str(item), "ada", "5")
    assert {item.title for item in side.read().items} == {"assignment", "discussion", "assessment"}

    side.strike(Fault.FORBIDDEN, "sections/*/grade_items")
    book = side.read()
    assert [item.title for item in book.items] == ["assignment"]
    assert (len(book.grades), book.left_out.of_unlisted_items) == (1, 2)


def test_an_item_says_for_whom_it_is_and_whether_it_counts(side: Side) -> None:
    graded = side.graded
    graded.add("for one", assignees=[graded.enrollments["ada"]])
    graded.add("draft", published="0")
    graded.add("practice", count_in_grade="0")
    graded.add("double", factor="2")
    items = {item.title: item for item in side.read().items}
    assert [items[title].is_for_some for title in ("for one", "draft")] == [True, False]
    assert [items[title].is_published for title in ("for one", "draft")] == [True, False]
    assert [items[title].counts for title in ("practice", "draft")] == [False, True]
    assert [items[title].factor for title in ("double", "draft")] == [2, 1]


def test_an_item_names_its_grading_period_and_the_period_its_days(side: Side) -> None:
    [period] = side.read().periods
    side.graded.add("Fractions", grading_period=period.lms_id)
    book = side.read()
    assert book.items[0].period_lms_id == period.lms_id
    assert (period.start_date, period.end_date) == (date(2026, 8, 17), date(2099, 12, 18))


@pytest.mark.parametrize("zone", DueZone)
def test_the_day_of_an_item_is_that_on_the_wall_or_the_districts_where_zones_are_set(zone: DueZone) -> None:
    with a_side(SandboxSettings(grades=GradeManners(due_zone=zone, school_zone="America/Los_Angeles"))) as side:
        side.graded.add("Fractions", due="2026-10-02 12:00:00")
        assert [item.due_date for item in side.read().items] == [date(2026, 10, 2)]
        zones = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Tokyo")
        if zone is DueZone.SCHOOL:
            [item] = side.open(GradeReading(due_zones=zones)).read(side.graded.class_, None).items
            assert item.due_date == date(2026, 10, 3)


def test_a_code_beyond_those_documented_means_what_the_setting_says() -> None:
    with a_side(SandboxSettings(grades=GradeManners(exceptions=frozenset(range(6))))) as side:
        item = side.graded.add_item("Fractions")
        side.graded.put_grade(item, "ada", "", exception=5)
        [unknown] = side.read().grades
        [known] = side.open(GradeReading(exceptions={5: Exemption.LATE})).read(side.graded.class_, None).grades
    assert (unknown.exemption, known.exemption) == (Exemption.OTHER, Exemption.LATE)


def test_a_comment_that_the_student_does_not_see_is_not_taken(side: Side) -> None:
    item = side.graded.add_item("Fractions")
    side.graded.put_grade(item, "ada", "5", comment="Ask the counselor", comment_status=0)
    side.graded.put_grade(item, "ben", "5", comment="Well done", comment_status=1)
    assert {grade.comment for grade in side.read().grades} == {"", "Well done"}


def test_a_letter_given_by_a_teacher_comes_as_points_with_its_name(side: Side) -> None:
    item = side.graded.add_item("Essay", has_letters=True, max_points="50")
    side.graded.grade(item, "ada", "B")
    [grade] = side.read().grades
    assert (grade.score, grade.level) == (Decimal(40), "B")


def test_a_student_who_left_takes_the_grades_along_and_one_who_is_archived_keeps_them(side: Side) -> None:
    graded = side.graded
    fill(graded)
    graded.hand.send("DELETE", f"sections/{graded.section}/enrollments/{graded.enrollments['ada']}")
    body = b'{"status": "5"}'
    graded.hand.send("PUT", f"sections/{graded.section}/enrollments/{graded.enrollments['ben']}", body=body)
    owners = {grade.account_lms_id for grade in side.read().grades}
    assert owners == {graded.account("ben"), graded.account("cem")}


def test_a_whole_term_of_every_oddity_is_read_and_polled_to_the_same_end(side: Side) -> None:
    known = side.read()
    sandbox = side.graded.sandbox
    for number in range(1, 7):
        sandbox.teach_a_day(date(2026, 10, 2 + number), seed=number, items=4)
        known = merge_books(known, side.read(known.cursor, known))
    complete = merge_books(None, side.read())
    assert len(complete.items) > 12
    assert known.items == complete.items
    polled = {(grade.item_lms_id, grade.account_lms_id): grade for grade in known.grades}
    assert all(polled[grade.item_lms_id, grade.account_lms_id] == grade for grade in complete.grades)


@pytest.mark.parametrize(
    "fault", [Fault.TOO_MANY_REQUESTS, Fault.UNAVAILABLE, Fault.SERVER_ERROR, Fault.CONNECTION_CUT]
)
@pytest.mark.parametrize("path", ["sections/*/grades", "sections/*/grade_items", "sections/*/enrollments"])
def test_a_passing_fault_changes_nothing(side: Side, fault: Fault, path: str) -> None:
    fill(side.graded)
    calm = side.read()
    side.strike(fault, path)
    assert side.read() == calm
    assert side.graded.sandbox.statistics().faults


@pytest.mark.parametrize("fault", [Fault.FORBIDDEN, Fault.HTML_PAGE, Fault.WRONG_ENVELOPE])
@pytest.mark.parametrize("path", ["sections/*/grades", "sections/*/enrollments", "sections/*/grading_categories"])
def test_one_section_that_cannot_be_read_does_not_keep_the_others_from_it(side: Side, fault: Fault, path: str) -> None:
    fill(side.graded)
    other = put_class_into(side.graded.sandbox, side.graded.source, side.graded.hand, "class-2")
    side.strike(fault, path)
    with pytest.raises(ClassUnreadableError, match="class-1"):
        side.read()
    assert other.source.read(other.class_, None).is_complete


def test_a_wrong_secret_ends_everything(side: Side) -> None:
    settings = replace(settings_for(side.graded.sandbox), credentials=Credentials("sandbox-key", "wrong"))
    with open_grade_source(settings) as source, pytest.raises(UnauthorisedError):
        source.read(side.graded.class_, None)


def test_classes_read_at_once_share_one_limit_and_are_the_same_as_one_by_one() -> None:
    rate = RateLimit(scale=50.0)
    with server.start(SandboxSettings(rate=rate)) as sandbox, a_hand(sandbox) as hand:
        limit = CreditLimit(seconds=rate.window_seconds)
        with open_grade_source(settings_for(sandbox, limit=limit)) as source, ThreadPoolExecutor(8) as pool:
            classes = [put_class_into(sandbox, source, hand, f"class-{number}") for number in range(12)]
            for graded in classes:
                fill(graded)
            books = list(pool.map(lambda graded: source.read(graded.class_, None), classes))
            again = [source.read(graded.class_, None) for graded in classes]
        statistics = sandbox.statistics()
    assert books == again
    assert [book.class_key for book in books] == [graded.class_.key for graded in classes]
    assert statistics.credits == len(classes) * 2 * sum(WHOLE.values())
    assert (statistics.overruns, statistics.refusals) == (0, 0)
