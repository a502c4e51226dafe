"""`grades status`: where every grade stands by the receipts. Neither Schoology nor the SIS is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule, open_district
from sis_connect.cli.actions.data_folder import known_data
from sis_connect.cli.actions.grade_passback.describing import Describing, count_states, moment
from sis_connect.cli.advice import command
from sis_connect.cli.csv_files import write_csv
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.grade_documents import NOT_SENT, GradeCounts, GradesStatusDocument, GradeStanding
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.grades import show_grades_status
from sis_connect.cli.showing.plans import show_next
from sis_connect.findings import Severity
from sis_connect.grades.plan import CAUSES
from sis_connect.grades.receipts import ReceiptState
from sis_connect.runs.grade_names import name_all
from sis_connect.runs.grade_report import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.grades.manners import Manners
    from sis_connect.grades.receipts import Receipt
    from sis_connect.grades.wanted import Problem
    from sis_connect.runs.grade_names import GradeNames

_REFUSED_HEADER = (
    "class",
    "teachers",
    "item",
    "student_sourced_id",
    "student",
    "code",
    "why",
    "fix",
    "who",
    "detail",
)
#: Class, item of the LMS, student; None where a line is about more than one.
_Place = tuple[str, str | None, str | None]


def run_status(
    options: Options, *, class_key: str | None, student: str | None, grain: str, refused: Path | None
) -> ExitCode:
    """Show where every grade stands, and write those that were refused where that is asked for."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with open_district(known_data(options), options.rules) as district:
        passback = district.grades
        keys = passback.looked_at(class_key)
        receipts = [one for key in keys for one in passback.ledger.receipts.results(key).values()]
        receipts = [one for one in receipts if student in (None, one.student_sourced_id)]
        problems = [one for key in keys for one in passback.ledger.problems(key)]
        problems = [one for one in problems if student in (None, one.student_sourced_id)]
        everything = [*problems, *_as_problems(receipts, passback.settings.manners)]
        students = {one.student_sourced_id for one in receipts}
        students |= {one.student_sourced_id for one in problems if one.student_sourced_id}
        named = students if grain == "students" or refused is not None else set()
        names = name_all(passback.runner, passback.books, keys, named)
    errors = [one for one in everything if _is_error(one)]
    if refused is not None:
        write_csv(refused, _REFUSED_HEADER, sorted(_refused_row(one, names) for one in errors))
    document = GradesStatusDocument(
        command="grades status",
        exit_code=ExitCode.OK,
        totals=_counted(receipts),
        standings=_standings(receipts, [one for one in problems if _is_error(one)], names, grain),
        problems=Describing(names).problems(everything),
        refused_file=str(refused) if refused else None,
        refused=len(errors),
        next=_next(options, has_errors=bool(errors), refused=refused, is_known=bool(keys)),
    )
    screen.document(document)
    show_grades_status(screen, document)
    show_next(screen, document.next)
    return ExitCode.OK


@dataclass(slots=True)
class _Group:
    """What is known at one place."""

    receipts: list[Receipt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _standings(
    receipts: Iterable[Receipt], problems: Iterable[Problem], names: GradeNames, grain: str
) -> tuple[GradeStanding, ...]:
    """By the titles that people know."""
    groups: dict[_Place, _Group] = defaultdict(_Group)
    for receipt in receipts:
        key = receipt.class_key or receipt.class_sourced_id
        groups[_place(key, receipt.item_lms_id, receipt.student_sourced_id, grain)].receipts.append(receipt)
    for problem in problems:
        place = _place(problem.class_key, problem.item_lms_id, problem.student_sourced_id, grain)
        groups[place].problems.append(problem)
    is_one = grain == "students"
    standings = [_standing(place, group, names, is_one=is_one) for place, group in groups.items()]
    return tuple(sorted(standings, key=lambda one: (one.class_title, one.class_key, one.item or "", one.student or "")))


def _place(key: str, item: str | None, student: str | None, grain: str) -> _Place:
    return key, item if grain != "classes" else None, student if grain == "students" else None


def _standing(place: _Place, group: _Group, names: GradeNames, *, is_one: bool) -> GradeStanding:
    key, item, student = place
    one = group.receipts[0] if is_one and group.receipts else None
    codes = [one.code if one else None, *(problem.code for problem in group.problems)] if is_one else []
    # What keeps a newer grade back is told rather than what became of an older one.
    code = next((code for code in reversed(codes) if code), None)
    return GradeStanding(
        class_key=key,
        class_title=names.class_(key),
        item=names.item(key, item) if item else None,
        student=names.student(student) if student else None,
        counts=_counted(group.receipts),
        not_sent=len(group.problems),
        state=(one.state.value if one else NOT_SENT) if is_one else None,
        code=code,
        fix=find_rule(code).fix if code and code not in CAUSES else None,
        sent_at=moment(one.sent_at) if one else None,
        confirmed_at=moment(one.confirmed_at) if one else None,
    )


def _counted(receipts: Sequence[Receipt]) -> tuple[GradeCounts, ...]:
    return count_states(Counter(one.state.value for one in receipts))


def _as_problems(receipts: Iterable[Receipt], manners: Manners) -> list[Problem]:
    unsettled = (problem_of(one, manners) for one in receipts if one.state is not ReceiptState.CONFIRMED)
    return [problem for problem in unsettled if problem is not None]


def _is_error(problem: Problem) -> bool:
    return find_rule(problem.code).severity is Severity.ERROR


def _refused_row(one: Problem, names: GradeNames) -> tuple[str, ...]:
    rule = find_rule(one.code)
    student = one.student_sourced_id or ""
    return (
        names.class_(one.class_key),
        names.teachers.get(one.class_key, ""),
        names.item(one.class_key, one.item_lms_id) if one.item_lms_id else "",
        student,
        names.student(student) if student else "",
        one.code,
        rule.title,
        rule.fix,
        rule.fixer.value,
        one.detail or "",
    )


def _next(options: Options, *, has_errors: bool, refused: Path | None, is_known: bool) -> tuple[str, ...]:
    if not is_known:
        return (command(options, "grades", "plan"),)
    if has_errors and refused is None:
        return (command(options, "grades", "status", "--refused", "refused.csv"),)
    return ()
