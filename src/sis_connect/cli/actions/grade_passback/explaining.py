"""`grades explain`: the chain behind one grade. Neither Schoology nor the SIS is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule, open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.grade_passback.describing import in_words, moment
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.grade_documents import GradesExplainDocument, GradeStep
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.grades import show_grades_explanation
from sis_connect.errors import PlanError
from sis_connect.findings import Severity
from sis_connect.grades.plan import CAUSES
from sis_connect.grades.receipts import ReceiptState
from sis_connect.runs.grade_names import name_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.cli.options import Options
    from sis_connect.grades.observed import Grade, GradeBook, Item
    from sis_connect.grades.receipts import Receipt
    from sis_connect.grades.wanted import Problem
    from sis_connect.runs.grade_passback import GradePassback

#: States that a newer problem says more about than they do themselves.
_PASSED = (ReceiptState.CONFIRMED, ReceiptState.SENT, ReceiptState.WITHDRAWN)

_STANDINGS = {
    ReceiptState.WAITING: "It waits to be sent: `sis-connect grades send` sends it, unless something holds it.",
    ReceiptState.IN_DOUBT: "It was sent and no answer came; the next run looks for it before it is sent again.",
    ReceiptState.SENT: "The SIS took it; it was not read back yet.",
    ReceiptState.CONFIRMED: "The SIS has this grade: it was read back and is as it was sent.",
    ReceiptState.REFUSED: "The SIS refused it.",
    ReceiptState.CHANGED_IN_SIS: "The SIS changed it on its own side since it was sent.",
    ReceiptState.SUPERSEDED: "Another value was sent after it.",
    ReceiptState.WITHDRAWN: "It was taken back in the SIS, as Schoology has it no longer.",
}


def run_explain(options: Options, student: str, *, class_key: str, item: str) -> ExitCode:
    """Say why the SIS has, or has not, one grade; PlanError when nothing is known of it."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        asked = _find(passback, student, class_key, item)
        names = name_all(passback.runner, passback.books, [asked.book.class_key], {student})
    document = GradesExplainDocument(
        command="grades explain",
        exit_code=ExitCode.OK,
        class_title=names.class_(asked.book.class_key),
        item=asked.item.title,
        student=names.student(student),
        answer=_answer(asked),
        chain=tuple(_chain(asked)),
    )
    screen.document(document)
    show_grades_explanation(screen, document)
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of one grade."""

    book: GradeBook
    item: Item
    #: Of the accounts that may be the student's; one mostly.
    grades: tuple[Grade, ...]
    receipt: Receipt | None
    history: tuple[Receipt, ...]
    problems: tuple[Problem, ...]


def _find(passback: GradePassback, student: str, class_key: str, item: str) -> _Asked:
    accounts = passback.accounts_of(student)
    if not accounts:
        raise PlanError(
            f"No account in Schoology stands for a student {student!r}, by the roster that was applied last.",
            where="STUDENT",
            fix="Name the student's sourcedId, as `sis-connect grades status --refused FILE` lists it.",
        )
    titles: list[str] = []
    for key in passback.looked_at(class_key):
        kept = passback.books.find(key)
        if kept is None:
            continue
        found = [one for one in kept.book.items if item in (one.title, one.lms_id)]
        if len(found) > 1:
            raise PlanError(
                f"The class has {len(found)} items {item!r}.",
                where="--item",
                fix=f"Name one by its id in Schoology: {', '.join(one.lms_id for one in found)}.",
            )
        if found:
            return _known(passback, kept.book, found[0], student, accounts)
        titles += [one.title for one in kept.book.items]
    listed = ", ".join(f"{title!r}" for title in titles[:8])
    raise PlanError(
        f"The class has no item {item!r}, as far as is known.",
        where="--item",
        fix=f"Name a title as it stands in Schoology{f' ({listed})' if listed else ''}, or look again with "
        "`sis-connect grades plan`.",
    )


def _known(passback: GradePassback, book: GradeBook, item: Item, student: str, accounts: frozenset[str]) -> _Asked:
    receipts = passback.ledger.receipts
    here = [one for one in receipts.results(book.class_key).values() if one.item_lms_id == item.lms_id]
    receipt = next((one for one in here if one.student_sourced_id == student), None)
    history = receipts.history((receipt.class_sourced_id, item.lms_id, student)) if receipt else ()
    problems = tuple(
        one
        for one in passback.ledger.problems(book.class_key)
        if one.item_lms_id in (None, item.lms_id) and one.student_sourced_id in (None, student)
    )
    grades = tuple(one for one in book.grades if one.item_lms_id == item.lms_id and one.account_lms_id in accounts)
    return _Asked(book, item, grades, receipt, tuple(history), problems)


def _answer(asked: _Asked) -> str:
    receipt = asked.receipt
    kept_back = [find_rule(one.code) for one in asked.problems]
    errors = [one for one in kept_back if one.severity is Severity.ERROR]
    if errors and (receipt is None or receipt.state in _PASSED):
        has = " The SIS has what was sent before." if receipt and receipt.state is ReceiptState.CONFIRMED else ""
        return f"{errors[0].title}{has} {errors[0].fix}"
    if receipt is not None and receipt.code in CAUSES:
        return f"It waits: {CAUSES[receipt.code]}."
    if receipt is not None and receipt.code and receipt.state is not ReceiptState.CONFIRMED:
        rule = find_rule(receipt.code)
        return f"{rule.title} {rule.fix}"
    if receipt is not None:
        return _STANDINGS[receipt.state]
    if kept_back and asked.grades:
        return f"{kept_back[0].title} {kept_back[0].fix}"
    return "It was not planned yet." if asked.grades else "Schoology has no grade here that could be sent."


def _chain(asked: _Asked) -> Iterable[GradeStep]:
    # What was sent before the grade that Schoology has now comes first, as it happened.
    for receipt in asked.history:
        yield from _sent(receipt)
    for grade in asked.grades:
        said = grade.exemption or (f"{grade.score:f}" if grade.score is not None else "nothing")
        level = f" ({grade.level})" if grade.level else ""
        at = datetime.fromtimestamp(grade.changed_at, UTC)
        yield GradeStep("Schoology", at, f"{said}{level} out of {asked.item.max_points:f}")
    if not asked.grades:
        yield GradeStep("Schoology", None, "no grade")
    for problem in asked.problems:
        detail = f" ({problem.detail})" if problem.detail else ""
        yield GradeStep("mapping", None, f"{find_rule(problem.code).title}{detail}")
    if asked.receipt is not None:
        yield from _sent(asked.receipt)
        yield GradeStep("now", None, _STANDINGS[asked.receipt.state])


def _sent(receipt: Receipt) -> Iterable[GradeStep]:
    if receipt.sent is not None:
        yield GradeStep(
            "sent", moment(receipt.sent_at), f"{in_words(receipt.sent)}, as result {receipt.sis_sourced_id}"
        )
    if receipt.code in CAUSES:
        yield GradeStep("mapping", None, f"held: {CAUSES[receipt.code]}")
    elif receipt.code:
        told = ", ".join(one for one in (receipt.answer, receipt.field) if one)
        yield GradeStep("answer", None, f"{find_rule(receipt.code).title}{f' ({told})' if told else ''}")
    if receipt.held is not None:
        yield GradeStep("read back", moment(receipt.confirmed_at), f"the SIS holds {in_words(receipt.held)}")
