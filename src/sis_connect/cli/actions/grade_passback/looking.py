"""`grades status` and `grades explain`: what the receipts say. Neither Schoology nor the SIS is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule, open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.grade_passback.describing import Describing, count_states, in_words
from sis_connect.cli.csv_files import write_csv
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.grade_documents import (
    GradeCounts,
    GradesExplainDocument,
    GradesStatusDocument,
    GradeStanding,
    GradeStep,
)
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.grades import show_grades_explanation, show_grades_status
from sis_connect.errors import PlanError
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.wanted import Problem
from sis_connect.runs.grade_names import name_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.grades.observed import Grade, GradeBook, Item
    from sis_connect.grades.receipts import Receipt
    from sis_connect.runs.grade_names import GradeNames
    from sis_connect.runs.grade_passback import GradePassback

_REFUSED_HEADER = ("class", "item", "student_sourced_id", "student", "code", "why", "fix", "who", "detail")


def run_status(
    options: Options, *, class_key: str | None, student: str | None, grain: str, refused: Path | None
) -> ExitCode:
    """Show where every grade stands, and write those that were refused where that is asked for."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        keys = _keys(passback, class_key)
        receipts = [one for key in keys for one in passback.ledger.receipts.results(key).values()]
        receipts = [one for one in receipts if student in (None, one.student_sourced_id)]
        problems = [one for key in keys for one in passback.ledger.problems(key)]
        problems = [one for one in problems if student in (None, one.student_sourced_id)]
        students = {one.student_sourced_id for one in receipts} if grain == "students" or refused else set()
        students |= {one.student_sourced_id for one in problems if one.student_sourced_id} if refused else set()
        names = name_all(passback.runner, passback.books, keys, students)
    everything = [*problems, *_as_problems(receipts)]
    if refused is not None:
        write_csv(refused, _REFUSED_HEADER, _refused_rows(everything, names))
    document = GradesStatusDocument(
        command="grades status",
        exit_code=ExitCode.OK,
        totals=_counted(receipts),
        standings=_standings(receipts, names, grain),
        problems=Describing(names).problems(everything),
        refused_file=str(refused) if refused else None,
        refused=len(everything),
    )
    screen.document(document)
    show_grades_status(screen, document)
    return ExitCode.OK


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


def _keys(passback: GradePassback, class_key: str | None) -> list[str]:
    known = sorted(passback.books.read_at())
    if class_key is None:
        return known
    found = [key for key in known if class_key in (key, key.partition("@")[0])]
    if not found:
        raise PlanError(
            f"The grades of class {class_key!r} were never looked at.",
            where="--class",
            fix="Look at them with `sis-connect grades plan`.",
        )
    return found


def _find(passback: GradePassback, student: str, class_key: str, item: str) -> _Asked:
    for key in _keys(passback, class_key):
        kept = passback.books.find(key)
        items = [one for one in kept.book.items if item in (one.title, one.lms_id)] if kept else []
        if kept is None or not items:
            continue
        found = items[0]
        receipts = [
            one
            for one in passback.ledger.receipts.results(key).values()
            if (one.item_lms_id, one.student_sourced_id) == (found.lms_id, student)
        ]
        receipt = receipts[0] if receipts else None
        history = (
            passback.ledger.receipts.history((receipt.class_sourced_id, receipt.item_lms_id, student))
            if receipt
            else ()
        )
        problems = tuple(
            one
            for one in passback.ledger.problems(key)
            if one.item_lms_id in (None, found.lms_id) and one.student_sourced_id in (None, student)
        )
        accounts = passback.accounts_of(student)
        grades = tuple(
            one for one in kept.book.grades if one.item_lms_id == found.lms_id and one.account_lms_id in accounts
        )
        return _Asked(kept.book, found, grades, receipt, history, problems)
    raise PlanError(
        f"The class has no item {item!r}, as far as is known.",
        where="--item",
        fix="Name its title as it stands in Schoology, or look again with `sis-connect grades plan`.",
    )


def _answer(asked: _Asked) -> str:
    receipt = asked.receipt
    if receipt is not None and receipt.state is ReceiptState.CONFIRMED:
        return "The SIS has this grade: it was read back and is as it was sent."
    if receipt is not None and receipt.code:
        rule = find_rule(receipt.code)
        return f"{rule.title} {rule.fix}"
    if asked.problems:
        rule = find_rule(asked.problems[0].code)
        return f"{rule.title} {rule.fix}"
    if receipt is None:
        return "Schoology has no grade here that could be sent." if not asked.grades else "It was not planned yet."
    return _STANDINGS[receipt.state]


_STANDINGS = {
    ReceiptState.WAITING: "It waits to be sent.",
    ReceiptState.IN_DOUBT: "It was sent and no answer came; the next run looks for it before it is sent again.",
    ReceiptState.SENT: "The SIS took it; it was not read back yet.",
    ReceiptState.CONFIRMED: "The SIS has it.",
    ReceiptState.REFUSED: "The SIS refused it.",
    ReceiptState.CHANGED_IN_SIS: "The SIS changed it on its own side since it was sent.",
    ReceiptState.SUPERSEDED: "Another value was sent after it.",
    ReceiptState.WITHDRAWN: "It was taken back in the SIS, as Schoology has it no longer.",
}


def _chain(asked: _Asked) -> Iterable[GradeStep]:
    for grade in asked.grades:
        said = grade.exemption or (f"{grade.score:f}" if grade.score is not None else "nothing")
        level = f" ({grade.level})" if grade.level else ""
        at = datetime.fromtimestamp(grade.changed_at, UTC)
        yield GradeStep("Schoology", at, f"{said}{level} of {asked.item.max_points:f}")
    for problem in asked.problems:
        detail = f" ({problem.detail})" if problem.detail else ""
        yield GradeStep("mapping", None, f"{find_rule(problem.code).title}{detail}")
    for receipt in (*asked.history, *([asked.receipt] if asked.receipt else [])):
        yield from _steps(receipt)


def _steps(receipt: Receipt) -> Iterable[GradeStep]:
    if receipt.sent is not None:
        yield GradeStep("sent", _moment(receipt.sent_at), f"{in_words(receipt.sent)}, as {receipt.sis_sourced_id}")
    if receipt.code:
        answer = f" ({receipt.answer})" if receipt.answer else ""
        yield GradeStep("answer", None, f"{find_rule(receipt.code).title}{answer}")
    if receipt.held is not None:
        yield GradeStep("read back", _moment(receipt.confirmed_at), f"the SIS holds {in_words(receipt.held)}")
    yield GradeStep("now", None, _STANDINGS[receipt.state])


def _standings(receipts: Sequence[Receipt], names: GradeNames, grain: str) -> tuple[GradeStanding, ...]:
    groups: dict[tuple[str, str | None, str | None], list[Receipt]] = defaultdict(list)
    for one in receipts:
        key = one.class_key or one.class_sourced_id
        item = one.item_lms_id if grain != "classes" else None
        groups[key, item, one.student_sourced_id if grain == "students" else None].append(one)
    return tuple(
        _standing(key, item, student, group, names)
        for (key, item, student), group in sorted(groups.items(), key=lambda one: tuple(map(str, one[0])))
    )


def _standing(
    key: str, item: str | None, student: str | None, group: list[Receipt], names: GradeNames
) -> GradeStanding:
    one = group[0] if student is not None else None
    return GradeStanding(
        key,
        names.class_(key),
        names.item(key, item) if item else None,
        names.student(student) if student else None,
        _counted(group),
        one.state.value if one else None,
        one.code if one else None,
        find_rule(one.code).fix if one and one.code else None,
        _moment(one.sent_at) if one else None,
        _moment(one.confirmed_at) if one else None,
    )


def _counted(receipts: Iterable[Receipt]) -> tuple[GradeCounts, ...]:
    return count_states(Counter(one.state.value for one in receipts))


def _as_problems(receipts: Iterable[Receipt]) -> list[Problem]:
    return [
        Problem(one.code, one.class_key or one.class_sourced_id, one.item_lms_id, one.student_sourced_id, one.field)
        for one in receipts
        if one.code is not None and one.state is not ReceiptState.CONFIRMED
    ]


def _refused_rows(problems: Iterable[Problem], names: GradeNames) -> Iterable[tuple[str, ...]]:
    for one in problems:
        rule = find_rule(one.code)
        item = names.item(one.class_key, one.item_lms_id) if one.item_lms_id else ""
        student = one.student_sourced_id or ""
        yield (
            names.class_(one.class_key),
            item,
            student,
            names.student(student) if student else "",
            one.code,
            rule.title,
            rule.fix,
            rule.fixer.value,
            one.detail or "",
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
