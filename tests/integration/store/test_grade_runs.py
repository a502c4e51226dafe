"""Plan, apply and read back with the real ledger, against a SIS that behaves as SISs do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grade_sis import FakeSis, Habits
from passback import CLASS, Passback, Wishes
from sis_connect.errors import UnauthorisedError
from sis_connect.grades.manners import Manners, Winner
from sis_connect.grades.plan import BRAKE_LINE_ITEMS, BRAKE_RESULTS, REFUSED_BEFORE, WITHDRAWAL
from sis_connect.grades.receipts import ReceiptState, Sent
from sis_connect.grades.rules import BrakeRules, GradeRules
from sis_connect.grades.target import WriteState
from sis_connect.oneroster.gradebook_records import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDENTS = ("ada", "ben", "cleo", "dan")


@pytest.fixture
def sis() -> FakeSis:
    return FakeSis()


@pytest.fixture
def path(sis: FakeSis) -> Iterator[Passback]:
    passback = Passback(sis)
    yield passback
    passback.close()


def a_class(score: str = "8", items: tuple[str, ...] = ("quiz",)) -> Wishes:
    return Wishes({(item, student): score for item in items for student in STUDENTS})


def states(path: Passback) -> set[ReceiptState]:
    return {receipt.state for receipt in path.ledger.receipts.results(CLASS).values()}


def test_what_is_wanted_is_there_and_confirmed(path: Passback, sis: FakeSis) -> None:
    path.send(a_class("8.50", ("quiz", "test")))

    assert len(sis.scores()) == 8
    assert set(sis.scores().values()) == {"8.50"}
    assert states(path) == {ReceiptState.CONFIRMED}
    assert path.line_item("quiz").state is ReceiptState.CONFIRMED
    assert path.receipt("quiz", "ada").sent == Sent("8.5", "fully graded", "")


def test_sending_twice_writes_once(path: Passback, sis: FakeSis) -> None:
    path.send(a_class())
    written = sis.puts.copy()
    plan = path.send(a_class())

    assert plan.is_empty()
    assert plan.counts[0].unchanged == 4
    assert sis.puts == written
    assert written == {"lineItems": 1, "results": 4}


def test_only_the_changed_result_is_written(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    path.send(wishes)
    wishes.scores["quiz", "ben"] = "9"
    path.send(wishes)

    assert sis.puts["results"] == 5
    assert sis.scores()["quiz", "ben"] == "9"


def test_every_value_that_was_sent_is_told(path: Passback) -> None:
    wishes = a_class()
    for score in ("8", "9", "10"):
        wishes.scores["quiz", "ben"] = score
        path.send(wishes)

    history = path.ledger.receipts.history((CLASS, "quiz", "ben"))
    assert [(one.state, one.sent and one.sent.score, one.run) for one in history] == [
        (ReceiptState.SUPERSEDED, "8", "run-1"),
        (ReceiptState.SUPERSEDED, "9", "run-2"),
    ]
    assert path.ledger.receipts.history((CLASS, "quiz", "ada")) == ()


def test_one_refused_student_does_not_stop_the_class(path: Passback, sis: FakeSis) -> None:
    sis.habits.refuses = {"ben"}
    path.send(a_class())

    assert {student for _, student in sis.scores()} == {"ada", "cleo", "dan"}
    refused = path.receipt("quiz", "ben")
    assert (refused.state, refused.code) == (ReceiptState.REFUSED, "grades.refused_student_unknown")


def test_refused_grade_waits_until_it_changes_or_somebody_asks(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    sis.habits.refuses = {"ben"}
    path.send(wishes)
    plan = path.send(wishes)
    assert [change.held for change in plan.changes] == [REFUSED_BEFORE]
    assert sis.puts["results"] == 4

    path.send(wishes, retry_refused=True)
    assert sis.puts["results"] == 5
    sis.habits.refuses = set()
    wishes.scores["quiz", "ben"] = "9"
    path.send(wishes)
    assert path.receipt("quiz", "ben").state is ReceiptState.CONFIRMED


def test_results_of_a_refused_line_item_wait_and_follow_it(path: Passback, sis: FakeSis) -> None:
    sis.habits.refuses = {"quiz"}
    path.send(a_class())
    assert sis.puts["results"] == 0
    assert {one.code for one in path.ledger.receipts.results(CLASS).values()} == {"grades.line_item_missing"}
    assert path.send(a_class()).is_empty()

    sis.habits.refuses = set()
    path.send(a_class(), retry_refused=True)
    assert states(path) == {ReceiptState.CONFIRMED}


def test_line_items_of_a_refused_category_wait_and_follow_it(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    wishes.category = Category(sourced_id="labs-1", title="Labs")
    sis.habits.refuses = {"Labs"}
    path.send(wishes)
    assert path.line_item("quiz").code == "grades.category_missing"
    assert sis.puts == {"categories": 1}
    assert path.send(wishes).is_empty()

    sis.habits.refuses = set()
    path.send(wishes, retry_refused=True)
    assert states(path) == {ReceiptState.CONFIRMED}


@pytest.mark.parametrize("hides", [False, True], ids=["told", "not told"])
def test_ids_that_the_sis_gives_out_are_followed(path: Passback, sis: FakeSis, *, hides: bool) -> None:
    sis.habits = Habits(mints_ids=True, hides_ids=hides)
    path.mints_ids = True
    path.send(a_class("8"))
    path.send(a_class("9"))

    assert set(sis.scores().values()) == {"9"}
    assert len(sis.rows["results"]) == 4
    assert len(sis.rows["lineItems"]) == 1
    assert states(path) == {ReceiptState.CONFIRMED}


@pytest.mark.parametrize("mints", [False, True], ids=["our ids", "its own ids"])
@pytest.mark.parametrize("lost", ["loses_after", "loses_before"])
def test_lost_answer_is_looked_for_before_it_is_sent_again(
    path: Passback, sis: FakeSis, lost: str, *, mints: bool
) -> None:
    path.mints_ids = sis.habits.mints_ids = mints
    setattr(sis.habits, lost, {"ben", "quiz"} if mints else {"ben"})
    path.send(a_class())
    assert mints or path.receipt("quiz", "ben").state is ReceiptState.IN_DOUBT
    setattr(sis.habits, lost, set())
    path.send(a_class())

    assert len(sis.scores()) == 4
    assert len(sis.rows["lineItems"]) == 1
    assert states(path) == {ReceiptState.CONFIRMED}
    if lost == "loses_after":
        assert sis.puts["results"] == 4


def test_sis_that_is_away_is_left_alone_and_the_rest_waits(path: Passback, sis: FakeSis) -> None:
    path.send(a_class("8", tuple(f"quiz {number}" for number in range(12))))
    written = sis.puts["results"]
    sis.habits.is_away = True
    wishes = a_class("9", tuple(f"quiz {number}" for number in range(12)))
    plan = path.plan(wishes)
    assert not path.apply(plan).is_sent
    assert sis.puts["results"] - written < 48

    sis.habits.is_away = False
    path.send(wishes)
    assert set(sis.scores().values()) == {"9"}
    assert states(path) == {ReceiptState.CONFIRMED}
    assert len(path.ledger.receipts.history((CLASS, "quiz 0", "ada"))) == 1


def test_refused_sign_in_ends_the_run_and_loses_nothing(path: Passback, sis: FakeSis) -> None:
    path.send(a_class("8"))
    plan = path.plan(a_class("9"))
    sis.habits.is_unauthorised = True
    with pytest.raises(UnauthorisedError):
        path.apply(plan)
    assert states(path) == {ReceiptState.CONFIRMED}

    sis.habits.is_unauthorised = False
    path.apply(plan)
    assert set(sis.scores().values()) == {"9"}


def test_window_that_closes_in_the_middle_is_told_for_each_grade(path: Passback, sis: FakeSis) -> None:
    sis.habits.closes_after = 2
    path.concurrency = 1
    path.send(a_class())

    by_state = [receipt.state for receipt in path.ledger.receipts.results(CLASS).values()]
    assert sorted(by_state) == [ReceiptState.CONFIRMED] * 2 + [ReceiptState.REFUSED] * 2


@pytest.mark.parametrize("lists", [True, False], ids=["listed", "each asked for"])
@pytest.mark.parametrize(
    ("habits", "code", "field"),
    [
        (Habits(forgets={"ben"}), "grades.not_stored", None),
        (Habits(rounds=True), "grades.stored_differently", "score"),
        (Habits(comment_length=4), "grades.comment_cut", "comment"),
    ],
    ids=["not stored", "rounded", "comment cut"],
)
def test_what_the_sis_does_not_hold_as_sent_is_never_confirmed(
    path: Passback, sis: FakeSis, habits: Habits, code: str, field: str | None, *, lists: bool
) -> None:
    sis.habits = habits
    habits.lists_results = lists
    wishes = a_class("8.5")
    wishes.comments["quiz", "ben"] = "Well done"
    path.send(wishes)

    receipt = path.receipt("quiz", "ben")
    assert (receipt.state, receipt.code, receipt.field) == (ReceiptState.REFUSED, code, field)
    assert path.send(wishes).is_empty()


def test_renamed_line_item_is_told_and_its_grades_go(path: Passback, sis: FakeSis) -> None:
    sis.habits.renames = True
    sis.rows["lineItems"]["theirs"] = {"sourced_id": "theirs", "title": "quiz", "class_sourced_id": CLASS}
    path.send(a_class())

    renamed = path.line_item("quiz")
    assert (renamed.state, renamed.code, renamed.field) == (
        ReceiptState.REFUSED,
        "grades.line_item_differs",
        "title",
    )
    assert states(path) == {ReceiptState.CONFIRMED}


def test_line_item_that_is_not_stored_keeps_its_grades_back(path: Passback, sis: FakeSis) -> None:
    sis.habits.forgets = {"quiz"}
    path.send(a_class())

    assert path.line_item("quiz").code == "grades.line_item_not_stored"
    assert sis.puts["results"] == 0


def test_deleted_grade_is_taken_back_only_when_somebody_approves(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    path.send(wishes)
    del wishes.scores["quiz", "ben"]
    plan = path.plan(wishes)
    path.apply(plan)
    assert ("quiz", "ben") in sis.scores()
    assert [change.held for change in plan.changes] == [WITHDRAWAL]

    path.approve(plan, WITHDRAWAL)
    path.apply(plan)
    assert ("quiz", "ben") not in sis.scores()
    assert path.receipt("quiz", "ben").state is ReceiptState.WITHDRAWN
    wishes.scores["quiz", "ben"] = "8"
    path.send(wishes)
    assert path.receipt("quiz", "ben").state is ReceiptState.CONFIRMED


def test_deleted_item_goes_after_its_grades(path: Passback, sis: FakeSis) -> None:
    path.send(a_class())
    path.send(Wishes(), approve=True)

    assert sis.rows["results"] == sis.rows["lineItems"] == {}
    assert path.line_item("quiz").state is ReceiptState.WITHDRAWN


def test_what_merely_cannot_be_sent_is_not_taken_for_deleted(path: Passback) -> None:
    path.send(a_class())

    assert not path.plan(Wishes(unsendable=frozenset({("quiz", None)}))).results
    without_ben = a_class()
    del without_ben.scores["quiz", "ben"]
    without_ben.unsendable = frozenset({("quiz", "ben")})
    assert not path.plan(without_ben).results


@pytest.mark.parametrize(
    ("manners", "rules", "problems"),
    [
        (Manners(deletes=False), GradeRules(), {"grades.delete_not_taken"}),
        (Manners(), GradeRules(withdrawals="leave"), set()),
    ],
    ids=["SIS that never deletes", "district that leaves them"],
)
def test_nothing_is_taken_back_where_it_is_not_to_be(
    path: Passback, manners: Manners, rules: GradeRules, problems: set[str]
) -> None:
    path.send(a_class())
    path.manners, path.rules = manners, rules
    plan = path.plan(Wishes())

    assert list(plan.changes) == []
    assert {one.code for one in path.ledger.problems(CLASS)} == problems


def test_refused_deletion_is_told_and_the_grade_stands(path: Passback, sis: FakeSis) -> None:
    path.send(a_class())
    sis.habits.deletes = WriteState.REFUSED
    wishes = a_class()
    del wishes.scores["quiz", "ben"]
    path.send(wishes, approve=True)

    receipt = path.receipt("quiz", "ben")
    assert (receipt.state, receipt.code) == (ReceiptState.CONFIRMED, "grades.refused")
    assert receipt.answer == "status.method_not_allowed"


def test_grade_that_the_sis_changed_is_shown_and_not_fought_over(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    path.send(wishes)
    sis.edit("ben", "3")
    path.application().read_back([CLASS])
    receipt = path.receipt("quiz", "ben")
    assert (receipt.state, receipt.held) == (ReceiptState.CHANGED_IN_SIS, Sent("3", "fully graded", ""))
    assert path.send(wishes).is_empty()

    wishes.scores["quiz", "ben"] = "9"
    [change] = path.send(wishes).results
    assert change.replaces_sis_edit
    assert sis.scores()["quiz", "ben"] == "9"


def test_grade_that_the_sis_changed_stands_where_the_sis_wins(path: Passback, sis: FakeSis) -> None:
    wishes = a_class()
    path.manners = Manners(winner=Winner.SIS)
    path.send(wishes)
    sis.edit("ben", "3")
    path.application().read_back([CLASS])
    wishes.scores["quiz", "ben"] = "9"
    plan = path.send(wishes)
    assert sis.scores()["quiz", "ben"] == "3"

    path.approve(plan)
    path.apply(plan)
    assert sis.scores()["quiz", "ben"] == "9"


def test_grade_that_was_deleted_in_the_sis_is_shown(path: Passback, sis: FakeSis) -> None:
    path.send(a_class())
    sis.rows["results"].clear()
    path.application().read_back([CLASS])

    assert {one.code for one in path.ledger.receipts.results(CLASS).values()} == {"grades.deleted_in_sis"}


def test_far_more_than_usual_waits_with_its_number(path: Passback, sis: FakeSis) -> None:
    path.rules = GradeRules(brake=BrakeRules(line_items=2, results_per_student=1, times_usual=2))
    for number in range(3):
        path.send(a_class("8", tuple(f"week {number} {what}" for what in "ab")[: 1 + number % 2]))
    usual = path.ledger.book(CLASS).history
    assert len(usual) == 3
    plan = path.plan(a_class("8", tuple(f"copied {number}" for number in range(30))))

    sentences = {hold.cause: str(hold) for hold in plan.holds}
    assert sentences[BRAKE_LINE_ITEMS] == "30 line items would be created, usual is 1"
    assert sentences[BRAKE_RESULTS] == "120 results would be sent, usual is 4"
    assert plan.is_empty()
    path.approve(plan, BRAKE_LINE_ITEMS)
    assert not plan.allowed(path.ledger.approvals(plan.digest)).results
    path.approve(plan, BRAKE_RESULTS)
    path.apply(plan)
    assert len(sis.rows["lineItems"]) == 34


def test_results_whose_line_item_is_held_wait_too(path: Passback) -> None:
    path.rules = GradeRules(brake=BrakeRules(line_items=1))
    plan = path.plan(a_class("8", ("quiz", "test")))

    assert plan.is_empty()
    assert states(path) == {ReceiptState.WAITING}


def test_run_of_another_plan_makes_a_plan_outdated(path: Passback) -> None:
    path.send(a_class("8"))
    older, newer = path.plan(a_class("9")), path.plan(a_class("10"))
    assert path.ledger.outdated(older) == ()
    path.apply(newer)
    assert path.ledger.outdated(older) == (CLASS,)
    assert path.ledger.outdated(newer) == ()


def test_plan_is_kept_whole_and_found_by_the_beginning_of_its_digest(path: Passback) -> None:
    plan = path.plan(a_class())

    assert path.ledger.find_plans(plan.digest[:8]) == [plan.digest]
    assert path.ledger.plan(plan.digest) == plan
    assert path.plan(a_class()).digest == plan.digest
    assert path.plan(a_class("9")).digest != plan.digest
    path.ledger.forget_plans([])
    assert path.ledger.plan(plan.digest) is None


def test_neither_grades_nor_comments_are_shown(path: Passback) -> None:
    wishes = a_class("71.25")
    wishes.comments["quiz", "ben"] = "Well done"
    plan = path.send(wishes)

    shown = repr((plan, path.ledger.book(CLASS), path.receipt("quiz", "ben")))
    assert "71.25" not in shown
    assert "Well done" not in shown


def test_new_grade_of_an_item_that_waits_has_its_reason_at_once(path: Passback, sis: FakeSis) -> None:
    sis.habits.forgets = {"quiz"}
    path.send(a_class())
    wishes = a_class()
    wishes.scores["quiz", "eva"] = "9"
    path.send(wishes)

    late = path.receipt("quiz", "eva")
    assert (late.state, late.code) == (ReceiptState.REFUSED, "grades.line_item_missing")


def test_refused_grade_that_the_lms_deletes_is_forgotten(path: Passback, sis: FakeSis) -> None:
    sis.habits.refuses = {"ben"}
    wishes = a_class()
    path.send(wishes)
    del wishes.scores["quiz", "ben"]
    path.send(wishes)

    assert (CLASS, "quiz", "ben") not in path.ledger.receipts.results(CLASS)
