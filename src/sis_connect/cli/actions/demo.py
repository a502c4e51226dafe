"""`demo`: the roster path from beginning to end before a newcomer's eyes, on this machine only.

Every figure shown is measured: those of SIS Connect come from its reports, those of the LMS from the sandbox's own
statistics. Not here: anything that the other commands do not do too.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.bootstrap import District, open_district
from sis_connect.cli.actions.check import check_document
from sis_connect.cli.actions.plan import plan_document
from sis_connect.cli.actions.reports import find_run, report_document
from sis_connect.cli.advice import program
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.options import Options
from sis_connect.cli.screen import DIM, GOOD, STRONG, Screen, counted, data, indented, line
from sis_connect.cli.showing.changes import show_held, show_listed
from sis_connect.cli.showing.findings import show_briefly
from sis_connect.cli.showing.records import show_counts
from sis_connect.config import Credentials
from sis_connect.runs.listing import open_listing
from sis_connect.sandbox.district import ChangeKind, change_one, school_year_of, write_district
from sis_connect.sandbox.schoology import (
    SANDBOX_KEY,
    SANDBOX_SECRET,
    RateLimit,
    RunningSandbox,
    SandboxSettings,
    start,
)
from sis_connect.settings import SchoologySettings, Settings
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.report import Report

#: How many times faster than Schoology's the sandbox's rate limit runs here; the client keeps to it as to any other.
_HASTE = 100
_SEED = 2
#: What happens at the source, each once.
_HAPPENINGS = (
    ChangeKind.STUDENT_JOINED,
    ChangeKind.STUDENT_LEFT,
    ChangeKind.STUDENT_RENAMED,
    ChangeKind.STUDENT_RENUMBERED,
    ChangeKind.STUDENT_MOVED,
    ChangeKind.TEACHER_CHANGED,
)
#: Share of the enrollments that still arrives when the feed breaks off.
_ARRIVES = 0.5


def run_demo(*, students: int, keep: bool, quiet: bool) -> ExitCode:
    """Play the demo; in a terminal wait until the person has seen enough."""
    screen = Screen(quiet=quiet)
    with demo_folder(screen, keep=keep) as root, started_sandbox(root) as sandbox:
        settings = Settings(schoology=settings_of(sandbox))
        credentials = Credentials(SANDBOX_KEY, SANDBOX_SECRET)
        with open_district(root / "data", settings=settings, credentials=credentials) as district:
            Demo(screen, root, sandbox, district, students).play()
        linger(screen)
    return ExitCode.OK


@contextmanager
def demo_folder(screen: Screen, *, keep: bool) -> Iterator[Path]:
    """A folder that is gone with the block, or kept and named."""
    root = Path(tempfile.mkdtemp(prefix="sis-connect-demo-"))
    try:
        yield root
    finally:
        if keep:
            screen.show("", line("Kept: ", data(root, STRONG)))
        else:
            shutil.rmtree(root, ignore_errors=True)


def started_sandbox(root: Path) -> RunningSandbox:
    """Schoology, played by a sandbox in a hurry."""
    return start(SandboxSettings(rate=RateLimit(scale=_HASTE)), root / "schoology.sqlite")


def settings_of(sandbox: RunningSandbox) -> SchoologySettings:
    """Where the sandbox is, and its limit."""
    return SchoologySettings(url=sandbox.api_url, window=RateLimit(scale=_HASTE).window_seconds)


def linger(screen: Screen) -> None:
    """In a terminal, return when the person presses Enter or Ctrl-C."""
    if not _somebody_watches(screen):
        return
    screen.show("", line(("The sandbox stays open. Press Enter to end.", STRONG)))
    try:
        sys.stdin.readline()
    except KeyboardInterrupt:
        screen.show("")


def _somebody_watches(screen: Screen) -> bool:
    return screen.is_interactive and sys.stdin.isatty()


@dataclass(slots=True)
class Demo:
    """The steps, in order."""

    screen: Screen
    root: Path
    sandbox: RunningSandbox
    district: District
    students: int
    step: int = 0

    def play(self) -> None:
        """Everything, from the empty LMS to the broken feed."""
        self.open()
        self.check()
        self.first_sync()
        self.second_sync()
        self.life_goes_on()
        self.plan_and_apply()
        self.broken_feed()
        self.after_rosters()
        self.where_to_look()

    @property
    def package(self) -> Path:
        """The district's export."""
        return self.root / "district"

    @property
    def words(self) -> tuple[str, ...]:
        """The command that plays it."""
        return ("demo",)

    @property
    def source(self) -> Path | None:
        """What is synced."""
        return self.package

    def called(self, command: str) -> str:
        """A command about what is synced, as a person would type it."""
        return f"sis-connect {command} district"

    def open(self) -> None:
        """The sandbox is there, and a district has exported its roster."""
        self.open_sandbox()
        self.begin("A district exports its roster as OneRoster 1.1 CSV")
        self.say(self.write_district())

    def open_sandbox(self) -> None:
        """The sandbox is there."""
        self.screen.show(
            line(("SIS Connect: a school district lands in Schoology", STRONG)),
            line(("All of it is invented and stays on this machine.", DIM)),
        )
        self.begin("Schoology, played by a sandbox", "sis-connect sandbox")
        if _somebody_watches(self.screen):
            self.say("It answers Schoology's REST API, and shows itself at ", self.sandbox.web_url, ".")
        else:
            self.say("It answers Schoology's REST API, and shows in a browser what it holds.")
        self.say(f"Its rate limit is lifted {_HASTE}-fold here, so that you need not wait.")

    def write_district(self) -> str:
        """A package of an invented district; its size in words."""
        year = school_year_of(datetime.now(UTC).date())
        summary = write_district(self.package, students=self.students, seed=_SEED, school_year=year, blemishes=True)
        told = (
            f"{summary.schools} schools, {summary.students:,} students, {summary.teachers} teachers, "
            f"{summary.rows['classes']:,} classes, {summary.rows['enrollments']:,} enrollments."
        )
        return f"{summary.name}: {told}"

    def check(self) -> None:
        """What is wrong with the export."""
        self.begin("Check: what is wrong, who can fix it, and how", self.called("check"))
        with self.screen.progress() as progress:
            checked = self.district.runner.check(self.source, limit=None, progress=progress)
        document = check_document(checked, str(self.source), is_strict=False, limit=1)
        show_briefly(self.screen, document.findings, with_heading=False)

    def first_sync(self) -> None:
        """Everything is created."""
        self.begin("Sync: the roster lands in Schoology", self.called("sync"))
        report = self._sync(self.source)
        show_counts(self.screen, report.records, with_heading=False)
        self.done(f"{self._writes(report)}, in {counted(self._calls(), 'call')} and {self._seconds(report)}.")

    def second_sync(self) -> None:
        """The same once more."""
        self.begin("Sync again: nothing is left to do", self.called("sync"))
        self._sync(self.source)
        statistics = self.sandbox.statistics()
        self.done(
            f"The sandbox counted {counted(statistics.requests, 'request')}, {statistics.write_calls} of them writing."
        )

    def life_goes_on(self) -> None:
        """A few things happen at the source."""
        self.begin("Life goes on in the district, and it exports again")
        for number, kind in enumerate(_HAPPENINGS):
            self.screen.show(indented(data(change_one(self.package, kind, seed=_SEED + number)), 3, "• "))

    def plan_and_apply(self) -> None:
        """The changes, before and after they are carried out."""
        self.begin("Plan: what would happen in Schoology, by name", self.called("plan"))
        runner = self.district.runner
        with self.screen.progress() as progress:
            plan = runner.plan(self.source, progress=progress)
        with open_listing(runner, plan) as listing:
            document = plan_document(self.options, plan, listing.held(), tuple(listing.changes(tuple(Kind), limit=6)))
        totals = {kind: plan.changes(kind) for kind in Kind}
        show_listed(self.screen, document.listed, totals)
        self.begin("Apply: exactly that plan", f"sis-connect apply {plan.digest[:12]}")
        self.sandbox.reset_statistics()
        with self.screen.progress() as progress:
            report = runner.apply(plan.digest, progress=progress)
        show_counts(self.screen, report.records, with_heading=False)
        duplicates = self.sandbox.statistics().duplicate_writes
        self.done(f"{self._writes(report)}, in {counted(self._calls(), 'call')}; {duplicates} written twice.")

    def broken_feed(self) -> None:
        """The next export breaks off in the middle."""
        self.begin("One night the export breaks off in the middle", "sis-connect sync district")
        broken = self.root / "broken"
        shutil.copytree(self.package, broken)
        before, after = _break_off(broken / "enrollments.csv")
        self.say(f"Of {before:,} enrollments only the first {after:,} arrive.")
        report = self._sync(broken)
        document = report_document(
            self.options, "sync", self.district.runner, find_run(self.options, self.district.runner, report.run)
        )
        show_held(self.screen, document.held)
        removed = sum(counts.applied for counts in report.changes if counts.action == "remove")
        held = sum(counts.held for counts in report.changes)
        dropped = f"{counted(removed, 'removal')} went through" if removed else "Nobody was dropped"
        self.done(f"{dropped}: {counted(held, 'removal')} wait for a person.")
        self.say("Had it been right, `sis-connect approve` would have let it through.")

    def after_rosters(self) -> None:
        """What else there is to show; without a SIS nothing."""

    def where_to_look(self) -> None:
        """The sandbox's pages, while there is somebody to look at them."""
        self.begin("See for yourself")
        if not _somebody_watches(self.screen):
            again = shlex.join([*program(), *self.words])
            self.say(f"The sandbox has ended: run `{again}` in a terminal to look around in it.")
            return
        for address, what in self.pages():
            self.screen.show(indented(line((address.ljust(len(self.sandbox.web_url) + 17), "cyan"), (what, DIM)), 3))

    def pages(self) -> Iterator[tuple[str, str]]:
        """What a browser finds, and where."""
        web = self.sandbox.web_url
        yield web, "schools, courses and sections"
        yield f"{web}people", "people, and the classes each is in"
        yield f"{web}grading-periods", "terms"
        yield f"{web}calls", "every call that was made"

    def _sync(self, package: Path | None) -> Report:
        self.sandbox.reset_statistics()
        with self.screen.progress() as progress:
            return self.district.runner.sync(package, progress=progress)

    @property
    def options(self) -> Options:
        return Options(self.root / "data", None, as_json=False, quiet=True)

    def begin(self, title: str, command: str = "") -> None:
        """The next step."""
        self.step += 1
        gap = " " * max(78 - len(f"{self.step:>2} {title}") - len(command), 2)
        self.screen.show(
            "", line((f"{self.step:>2} ", "cyan"), (title, STRONG), (gap + command if command else "", DIM))
        )

    def say(self, text: str, address: str = "", rest: str = "") -> None:
        """A sentence of a step."""
        self.screen.show(indented(line(text, (address, "cyan"), rest), 3))

    def done(self, text: str) -> None:
        """What came of a step."""
        self.screen.show(indented(line(text), 1, line(("✓ ", GOOD))))

    def _calls(self) -> int:
        return self.sandbox.statistics().requests

    @staticmethod
    def _writes(report: Report) -> str:
        return f"{counted(sum(counts.applied for counts in report.changes), 'change')} written"

    @staticmethod
    def _seconds(report: Report) -> str:
        return f"{(report.ended_at - report.started_at).total_seconds():.1f} seconds"


def _break_off(file: Path) -> tuple[int, int]:
    """The file ends after a share of its rows; how many it had, and how many it has."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    arrived = int((len(lines) - 1) * _ARRIVES)
    file.write_text("".join(lines[: arrived + 1]), encoding="utf-8")
    return len(lines) - 1, arrived
