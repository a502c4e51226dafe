"""The last part of `demo --rest`: teachers grade in Schoology, and the SIS gets the grades, each with a receipt.

The SIS refuses the grades of one student, as one does that has him in no such class; that is mended, and they follow.
Every figure comes from a report or from the statistics of a sandbox. Not here: the steps before it (`demo_rest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule
from sis_connect.cli.advice import shown
from sis_connect.cli.screen import counted
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.receipts import ReceiptState
from sis_connect.grades.rules import CategoryRules, ExceptionRules, GradeRules
from sis_connect.runs.grade_reading import Looked
from sis_connect.runs.grade_report import GradeReport

if TYPE_CHECKING:
    from sis_connect.cli.actions.demo import Demo
    from sis_connect.grades.plan import GradePlan
    from sis_connect.runs.grade_passback import GradePassback
    from sis_connect.sandbox.sis import RunningSis

#: What a district decides whose SIS has no profile; missing work never becomes a zero.
RULES = GradeRules(
    sis_takes_grades="yes",
    categories=CategoryRules(create=True),
    exceptions=ExceptionRules(excused="exempt", missing="not_submitted", incomplete="not_submitted"),
)
_SEED = 3
#: Few teachers grade today, so that nobody has to wait for all.
_SECTIONS = 6
_EVERYTHING = Looked(Sender(SenderRole.ADMINISTRATOR, "demo"))


@dataclass(slots=True)
class GradesDemo:
    """The steps, in order."""

    demo: Demo
    sis: RunningSis

    @property
    def _grades(self) -> GradePassback:
        return self.demo.district.grades

    def play(self) -> None:
        """From the teachers to the SIS, with one student refused, mended and confirmed."""
        self._teach()
        plan = self._plan()
        student = self._refuse_one(plan)
        report = self._send(plan)
        if report is not None:
            self._tell_why(report)
        self._mend(student)
        self._send_again()

    def _teach(self) -> None:
        self.demo.begin("Teachers grade in Schoology")
        day = self.demo.sandbox.teach_a_day(seed=_SEED, sections=_SECTIONS, oddities=())
        grades, items = counted(day.graded, "grade"), counted(day.items, "assignment")
        self.demo.say(f"{counted(day.sections, 'teacher')} made {items} and gave {grades}.")

    def _plan(self) -> GradePlan:
        self.demo.begin("Plan: what would go to the SIS", "sis-connect grades plan")
        with self.demo.screen.progress() as progress:
            plan = self._grades.plan(_EVERYTHING, progress=progress)
        line_items, results = counted(len(plan.line_items), "line item"), counted(len(plan.results), "result")
        self.demo.done(f"{line_items} and {results}; nothing is sent yet.")
        return plan

    def _refuse_one(self, plan: GradePlan) -> str:
        """A student of the plan, whose grades the SIS will refuse; a sourcedId."""
        student = min(one.student_sourced_id for one in plan.results)
        with self.sis.records.together() as writing:
            places = writing.find("enrollments", "role = 'student' AND status IS NOT 'tobedeleted'")
        place = sorted({str(row["user_sourced_id"]) for row in places}).index(student)
        self.sis.hostility.choose(f"student_refused; student={place}")
        return student

    def _send(self, plan: GradePlan) -> GradeReport | None:
        self.demo.begin("Send: what goes out is read back", f"sis-connect grades send {shown(plan.digest)}")
        self.sis.reset_statistics()
        with self.demo.screen.progress() as progress:
            report = self._grades.send(_EVERYTHING, plan.digest, progress=progress)
        if not isinstance(report, GradeReport):
            return None
        confirmed = report.states.get(ReceiptState.CONFIRMED, 0)
        told = f"{confirmed:,} of {counted(report.results, 'grade')} confirmed: the SIS holds them as they were sent."
        self.demo.done(f"{told} It counted {counted(self._puts(), 'PUT')} of results.")
        return report

    def _tell_why(self, report: GradeReport) -> None:
        refused = report.states.get(ReceiptState.REFUSED, 0)
        for code in dict.fromkeys(one.code for one in report.problems):
            rule = find_rule(code)
            self.demo.say(f"{refused:,} refused, of one student, as {code}.")
            self.demo.say(f"{rule.title} {rule.fix}")

    def _mend(self, student: str) -> None:
        self.demo.begin("The student is put right in the SIS", "sis-connect grades send --retry-refused")
        self.sis.hostility.choose(None)
        self.sis.reset_statistics()
        report = self._grades.send(_EVERYTHING, retry_refused=True)
        receipts = [
            one for key in self._grades.looked_at() for one in self._grades.ledger.receipts.results(key).values()
        ]
        states = {one.state for one in receipts if one.student_sourced_id == student}
        sent = report.results if isinstance(report, GradeReport) else 0
        held = "confirmed" if states == {ReceiptState.CONFIRMED} else "not confirmed"
        self.demo.done(f"{counted(sent, 'grade')} sent, {held}; {counted(self._puts(), 'PUT')}.")

    def _send_again(self) -> None:
        self.demo.begin("Send again: nothing is left to do", "sis-connect grades send")
        self.sis.reset_statistics()
        self._grades.send(_EVERYTHING)
        self.demo.done(f"The SIS counted {counted(self._puts(), 'PUT')}.")

    def _puts(self) -> int:
        return self.sis.statistics().operations.get("putResult", 0)
