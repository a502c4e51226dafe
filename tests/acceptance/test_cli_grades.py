"""`sis-connect grades` between both sandboxes: every grade arrives with a receipt, or is refused by name."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from graded_town import GradedTown, graded
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.cli.grade_documents import (
    GradesApproveDocument,
    GradesExplainDocument,
    GradesHintDocument,
    GradesPlanDocument,
    GradesReportDocument,
    GradesStatusDocument,
)
from sis_connect.sandbox.district import school_year_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_line import Town


@pytest.fixture
def place(town: Town) -> Iterator[GradedTown]:
    """One class with its teacher and students, whose roster came to Schoology."""
    with graded(town) as made:
        yield made


def test_plan_shows_what_send_sends_once(place: GradedTown) -> None:
    """The SIS has every grade afterwards, counted by itself; the second send writes nothing."""
    place.grade_all(place.item("Quiz 3"))
    plan = place.run("plan", "--class", place.class_, "--json").document(GradesPlanDocument)
    assert [(one["results_created"], one["line_items_created"]) for one in plan["classes"]] == [
        (len(place.students), 1)
    ]
    assert place.writes() == {}
    sent = place.run("send", plan["plan"][:12], "--json")
    report = sent.document(GradesReportDocument)
    assert (sent.code, report["counts"]) == (ExitCode.OK, [{"state": "confirmed", "results": len(place.students)}])
    assert place.writes() == {"putCategory": 1, "putLineItem": 1, "putResult": len(place.students)}
    assert place.scores() == {student: str(points) for points, student in enumerate(place.students, 10)}
    for again in (place.run("send", plan["plan"][:12]), place.run("send", "--full")):
        assert (again.code, again.out) == (ExitCode.OK, "✓ Nothing to send.\n\n")
    assert place.writes() == {}


def test_status_tells_by_class_item_and_student_and_never_names_a_student_before(place: GradedTown) -> None:
    place.grade_all(place.item("Quiz 3"))
    place.run("send", "--class", place.class_)
    names = {str(one["student"]) for one in standings(place, "--students")}
    assert len(names) == len(place.students)
    assert {one["state"] for one in standings(place, "--students")} == {"confirmed"}
    [by_class], [by_item] = standings(place), standings(place, "--items")
    assert (by_class["item"], by_item["item"], by_item["student"]) == (None, "Quiz 3", None)
    [student] = standings(place, "--student", next(iter(place.students)))
    assert student["student"] in names
    for quiet in (place.run("status").out, place.run("status", "--items").out, place.run("send").out):
        assert not any(name in quiet for name in names)


def standings(place: GradedTown, *words: str) -> list[dict[str, object]]:
    """The lines of a status."""
    document = place.run("status", *words, "--json").document(GradesStatusDocument)
    return list(document["standings"])


def test_refused_grade_is_told_with_its_reason_waits_and_is_confirmed_once_it_is_mended(place: GradedTown) -> None:
    student, *others = place.students
    place.grade_all(place.item("Quiz 3"))
    place.refuse(student)
    sent = place.run("send", "--class", place.class_, "--json")
    report = sent.document(GradesReportDocument)
    assert (sent.code, {one["state"]: one["results"] for one in report["counts"]}) == (
        ExitCode.WAITING,
        {"confirmed": len(others), "refused": 1},
    )
    [problem] = report["problems"]
    assert (problem["code"], problem["places"][0]["student"]) == ("grades.refused_student_unknown", student)
    assert_chain(place, student, "The SIS does not know the student", ["Schoology", "sent", "answer", "now"])
    rows = refused_rows(place)
    assert [(row["student_sourced_id"], row["item"], row["who"]) for row in rows] == [(student, "Quiz 3", "district")]
    assert rows[0]["teachers"]
    assert rows[0]["student"] != student
    place.sis.hostility.choose(None)
    place.writes()
    waiting = place.run("send", "--class", place.class_)
    assert (waiting.code, place.writes()) == (ExitCode.WAITING, {})
    assert "sis-connect grades send --retry-refused" in waiting.out
    assert place.run("send", "--class", place.class_, "--retry-refused").code is ExitCode.OK
    assert place.writes() == {"putResult": 1}
    assert_chain(place, student, "The SIS has this grade", ["Schoology", "sent", "read back", "now"])
    assert refused_rows(place) == []


def assert_chain(place: GradedTown, student: str, answer: str, steps: list[str]) -> None:
    """`explain` answers so, by these steps."""
    words = ("explain", student, "--class", place.class_, "--item", "Quiz 3")
    told = place.run(*words, "--json").document(GradesExplainDocument)
    assert told["answer"].startswith(answer)
    assert [step["where"] for step in told["chain"]] == steps
    assert answer in " ".join(place.run(*words).out.split())


def refused_rows(place: GradedTown) -> list[dict[str, str]]:
    """What `status --refused` writes."""
    place.run("status", "--refused", "refused.csv", "--quiet")
    with (place.town.folder / "refused.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_a_district_has_to_decide_is_explained_and_never_sent_as_a_zero(place: GradedTown) -> None:
    student, other, *_ = place.students
    item = place.item("Quiz 3")
    place.grade(item, student, exception=3)
    place.run("send", "--class", place.class_)
    assert place.scores() == {}
    assert_chain(place, student, "Whether missing work counts as zero is for the district", ["Schoology", "mapping"])
    assert_chain(place, other, "Schoology has no grade here", ["Schoology"])
    [line] = standings(place, "--students")
    assert (line["state"], line["code"]) == ("not sent", "grades.missing_undecided")
    place.rules('exceptions.missing = "not_submitted"')
    assert place.run("send", "--class", place.class_).code is ExitCode.OK
    assert_chain(place, student, "The SIS has this grade", ["Schoology", "sent", "read back", "now"])


def test_cleared_grade_is_taken_back_only_after_a_person_approved_it(place: GradedTown) -> None:
    student, *others = place.students
    item = place.item("Quiz 3")
    place.grade_all(item)
    place.run("send", "--class", place.class_)
    place.grade(item, student)
    held = place.run("send", "--class", place.class_, "--full")
    assert (held.code, len(place.scores())) == (ExitCode.WAITING, len(place.students))
    assert "grades.withdrawal" in held.out
    person = ("--by", "Ada Quill", "--because", "entered by mistake")
    approved = place.run("approve", "--cause", "grades.withdrawal", *person, "--json").document(GradesApproveDocument)
    assert (approved["lifted"], approved["held"]) == (1, 0)
    place.writes()
    assert place.run("send", approved["plan"][:12]).code is ExitCode.OK
    assert (place.writes(), set(place.scores())) == ({"deleteResult": 1}, set(others))
    assert_chain(place, student, "It was taken back in the SIS", ["Schoology", "sent", "read back", "now"])


def test_teacher_sends_own_classes_alone_whoever_made_the_plan(place: GradedTown) -> None:
    place.grade_all(place.item("Quiz 3"))
    plan = place.run("plan", "--json").document(GradesPlanDocument)["plan"][:12]
    foreign = ("--class", place.other_class, "--teacher", place.teacher)
    for words in (("plan", *foreign), ("send", *foreign), ("send", plan, "--teacher", place.teacher)):
        refused = place.run(*words, "--json")
        assert refused.code is ExitCode.STORE
        assert "classes they teach" in refused.document(ErrorDocument)["error"]["what"]
    assert place.writes() == {}
    assert place.run("send", "--teacher", place.teacher).code is ExitCode.OK
    assert set(place.scores()) == set(place.students)


def test_due_looks_when_the_schedule_or_a_hint_says_so(place: GradedTown) -> None:
    """A webhook's body makes a class due at once; what is no event, or of a class nobody knows, does nothing."""
    assert looked_at(place) == []
    place.rules(f'schedule.by_class = {{"{place.class_}" = "minutes"}}', "schedule.minutes = 600")
    place.grade_all(place.item("Quiz 3"))
    assert looked_at(place) == [place.class_]
    assert looked_at(place) == []
    event = {"type": "grades.update", "data": [{"section_school_code": place.class_, "section_id": place.section}]}
    strange = {"type": "grades.update", "data": [{"section_school_code": "nobody's"}]}
    bodies = {"strange.json": (strange, 0), "event.json": (event, 1), "noise.json": ("no event", 0)}
    for name, (body, classes) in bodies.items():
        (place.town.folder / name).write_text(json.dumps(body), encoding="utf-8")
        assert place.run("hint", name, "--json").document(GradesHintDocument)["classes"] == classes
    assert looked_at(place) == [place.class_]
    assert looked_at(place) == []
    del event["data"][0]["section_school_code"]  # type: ignore[attr-defined]  # a list of rows
    (place.town.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    place.run("hint", "event.json")
    assert looked_at(place) == [place.class_]


def looked_at(place: GradedTown) -> list[str]:
    """The classes that a timer's `plan --due` looks at; their grades are sent with it."""
    plan = place.run("plan", "--due", "--json").document(GradesPlanDocument)
    assert plan["looked_at"] in {0, 1}
    place.run("send", plan["plan"][:12], "--quiet")
    return [place.class_] * plan["looked_at"]


def test_named_plan_is_refused_once_other_grades_of_its_classes_were_sent(place: GradedTown) -> None:
    item = place.item("Quiz 3")
    place.grade_all(item)
    old = place.run("plan", "--class", place.class_, "--json").document(GradesPlanDocument)["plan"]
    place.grade(item, next(iter(place.students)), "19")
    assert place.run("send", "--class", place.class_).code is ExitCode.OK
    outdated = place.run("send", old, "--json")
    error = outdated.document(ErrorDocument)["error"]
    assert (outdated.code, "no longer fits" in error["what"]) == (ExitCode.STORE, True)
    assert "sis-connect grades plan" in error["fix"]


def test_failure_says_whether_the_sis_or_schoology_is_meant(place: GradedTown) -> None:
    """What the SIS did not take because it was busy waits for nobody: it goes out with the next run."""
    place.grade_all(place.item("Quiz 3"))
    place.sis.hostility.choose("gradebook_away")
    ended = place.run("send", "--class", place.class_, "--json")
    busy = ended.document(GradesReportDocument)
    assert (ended.code, busy["next"]) == (ExitCode.SIS, ["sis-connect grades send"])
    assert [one["code"] for one in busy["problems"]] == ["grades.postponed"]
    assert busy["counts"] == [{"state": "waiting", "results": len(place.students)}]
    place.sis.hostility.choose(None)
    assert place.run("send", "--class", place.class_).code is ExitCode.OK
    assert set(place.scores()) == set(place.students)
    wrong = place.run("plan", "--class", place.class_, SIS_CONNECT_SIS_SECRET="another")
    assert wrong.code is ExitCode.CONFIGURATION
    wrong = place.run("plan", "--class", place.class_, "--full", SIS_CONNECT_SCHOOLOGY_SECRET="another")
    assert wrong.code is ExitCode.LMS
    place.sis.close()
    assert place.run("plan", "--class", place.class_).code is ExitCode.SIS


def test_what_schoology_leaves_open_is_read_as_the_rules_say(place: GradedTown) -> None:
    """In which zone due dates are written, and whether comments go along that the student does not see."""
    day = date(school_year_of(datetime.now(UTC).date()) - 1, 10, 14)
    student = next(iter(place.students))
    item = place.item("Quiz 3", due=f"{day} 01:00:00")
    place.grade(item, student, "12", comment="Between us.", comment_status=0)
    place.run("send", "--class", place.class_)
    assert due_and_comment(place) == (f"{day}", None)
    east_of_everybody, west_of_everybody = "Pacific/Kiritimati", "Etc/GMT+12"
    place.rules(f'reading.due_zone = "{east_of_everybody}"', "reading.hidden_comments = true", zone=west_of_everybody)
    place.run("send", "--class", place.class_, "--full")
    assert due_and_comment(place) == (f"{day - timedelta(days=2)}", "Between us.")


def due_and_comment(place: GradedTown) -> tuple[str, str | None]:
    """Of the only line item and the only result."""
    [line_item], [result] = place.held("lineItems"), place.held("results")
    return str(line_item["due_date"])[:10], result["comment"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('reading.due_zone = "America/New_Yorck"', "Did you mean 'America/New_York'?"),
        ('reading.exceptions = { "2" = "late" }', "grades.reading.exceptions has numbers above 3 as names"),
        ('reading.exceptions = { "4" = "lately" }', "'late'"),
    ],
)
def test_rules_about_reading_are_checked(place: GradedTown, line: str, says: str) -> None:
    place.rules(line)
    ended = place.run("status")
    assert (ended.code, ended.out) == (ExitCode.CONFIGURATION, "")
    assert says in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("send", "abc", "--full"), ExitCode.USAGE, "choices belong to"),
        (("plan", "--due", "--full"), ExitCode.USAGE, "stands without other choices"),
        (("approve", "--all", "--by", "Ada"), ExitCode.USAGE, "Say who and why"),
        (("approve", "--by", "Ada", "--because", "so"), ExitCode.USAGE, "Say which changes"),
        (("plan", "--class", "none"), ExitCode.STORE, "no class 'none'"),
        (("plan", "--school", "none"), ExitCode.STORE, "No school 'none'"),
        (("send", "abc"), ExitCode.STORE, "No plan of grades begins with 'abc'"),
        (("status", "--class", "none"), ExitCode.STORE, "never looked at"),
        (("explain", "none", "--class", "none", "--item", "none"), ExitCode.STORE, "student 'none'"),
    ],
)
def test_mistake_is_named_with_what_to_do(place: GradedTown, words: tuple[str, ...], code: ExitCode, says: str) -> None:
    ended = place.run(*words)
    assert (ended.code, ended.out) == (code, "")
    assert says in " ".join(ended.err.split())
    assert place.writes() == {}


def test_terminal_holds_long_names_at_any_width(place: GradedTown) -> None:
    """What is wider than the terminal goes on in the next line; quiet leaves advice out."""
    title = "A title that a teacher wrote because nobody said that a SIS would mind " * 3
    item = place.item(title.strip())
    place.grade_all(item)
    place.grade(item, next(iter(place.students)), exception=1)
    for width in (60, 80, 120):
        told = place.run("plan", "--class", place.class_, COLUMNS=str(width)).out
        assert max(map(len, told.splitlines())) <= width
        assert "items" in told
    assert "Next" in told
    assert "Next" not in place.run("plan", "--class", place.class_, "--quiet").out
    place.run("send", "--class", place.class_)
    for words in ((), ("--items",), ("--students",)):
        told = place.run("status", *words, COLUMNS="60").out
        assert max(map(len, told.splitlines())) <= 60
        assert f"{len(place.students) - 1} confirmed" in told
