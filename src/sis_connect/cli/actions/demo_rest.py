"""`demo --rest`: the demo with a SIS that is asked over REST in place of exported packages.

The SIS is the reference provider, in which school life goes on while it runs. One night it answers with an empty page
in the middle, as one in trouble may: that is refused by name. Not here: the steps that both demos share (`demo`), and
grades on their way back (`demo_grades`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.cli.actions.demo import Demo, demo_folder, linger, settings_of, started_sandbox
from sis_connect.cli.actions.demo_grades import RULES, GradesDemo
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.screen import Screen, counted, data, indented
from sis_connect.config import Credentials, SisCredentials
from sis_connect.errors import PullRefusedError
from sis_connect.sandbox.schoology import SANDBOX_KEY, SANDBOX_SECRET
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, load_package, start
from sis_connect.sandbox.sis import SisSettings as ProviderSettings
from sis_connect.sandbox.sis.school_days import Happening, live_through
from sis_connect.settings import Settings, SisSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.sandbox.sis import RunningSis, Writing
    from sis_connect.sandbox.sis.school_days import Event

_SEED = 2
#: Small pages, so that the largest collections have some even in a small district.
_PAGE_SIZE = 100
#: The provider is on this machine and bears it.
_RATE = 10_000.0

_HAPPENED = {
    Happening.STUDENT_ENROLLED: "{} took one class more.",
    Happening.STUDENT_DROPPED: "{} dropped a class.",
    Happening.STUDENT_MOVED: "{} changed to another class.",
    Happening.STUDENT_JOINED: "{} joined the district.",
    Happening.STUDENT_LEFT: "{} left all classes and the district.",
    Happening.STUDENT_RENAMED: "Somebody has a new name: {}.",
    Happening.STUDENT_RENUMBERED: "The SIS gave {} another number.",
    Happening.TEACHER_JOINED: "{} came as a teacher and took a class over.",
}

#: An empty page in the middle: short, and by its links and total not the end. So far in that only long collections have
#: it in their middle; for one that ends there it would be another trouble.
_TROUBLE = "page_empty; page=5"


def run_demo_rest(*, students: int, keep: bool, quiet: bool) -> ExitCode:
    """Play the demo over REST; in a terminal wait until the person has seen enough."""
    screen = Screen(quiet=quiet)
    with (
        demo_folder(screen, keep=keep) as root,
        started_sandbox(root) as sandbox,
        start(ProviderSettings(), root / "sis.sqlite") as sis,
    ):
        settings = Settings(
            schoology=settings_of(sandbox),
            sis=SisSettings(sis.url, token_url=sis.token_url, page_size=_PAGE_SIZE, rate=_RATE, allow_loopback=True),
            grades=RULES,
        )
        with open_district(
            root / "data",
            settings=settings,
            credentials=Credentials(SANDBOX_KEY, SANDBOX_SECRET),
            sis_credentials=SisCredentials(Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)),
        ) as district:
            RestDemo(screen, root, sandbox, district, students, sis=sis).play()
        linger(screen)
    return ExitCode.OK


@dataclass(slots=True, kw_only=True)
class RestDemo(Demo):
    """The steps, where the roster comes over REST."""

    sis: RunningSis

    @property
    def words(self) -> tuple[str, ...]:
        """The command that plays it."""
        return ("demo", "--rest")

    @property
    def source(self) -> Path | None:
        """The SIS of the settings."""
        return None

    def called(self, command: str) -> str:
        """A command about what the SIS says, as a person would type it."""
        return f"sis-connect {command}"

    def open(self) -> None:
        """The sandbox is there, and a SIS that knows a district."""
        self.open_sandbox()
        self.begin("A SIS that speaks OneRoster 1.1 over REST", "sis-connect sandbox --sis")
        told = self.write_district()
        load_package(self.package, self.root / "sis.sqlite")
        self.say(told)

    def check(self) -> None:
        """What is wrong with what the SIS says."""
        self.sis.reset_statistics()
        Demo.check(self)
        asked = self.sis.statistics()
        records = sum(asked.records.values())
        self.done(f"Pulled {records:,} records in {counted(asked.requests, 'page')}, every collection proven whole.")

    def after_rosters(self) -> None:
        """The grades, on their way back."""
        GradesDemo(self, self.sis).play()

    def life_goes_on(self) -> None:
        """A few things happen in the SIS while it runs."""
        self.begin("Life goes on in the district, and the SIS knows")
        events = live_through(self.sis.records, seed=_SEED)
        with self.sis.records.together() as writing:
            for event in events:
                told = _HAPPENED[event.happening].format(_who(writing, event))
                self.screen.show(indented(data(told), 3, "• "))

    def broken_feed(self) -> None:
        """One night the SIS gives an empty page in the middle."""
        self.begin("One night the SIS answers with an empty page in the middle", self.called("sync"))
        before = self.sandbox.contents()
        self.sis.hostility.choose(_TROUBLE)
        try:
            self._sync(self.source)
        except PullRefusedError as refused:
            self.say(f"Refused as {refused.code} at {refused.where}.")
            self.say(refused.what)
        finally:
            self.sis.hostility.choose(None)
        writes = self.sandbox.statistics().write_calls
        dropped = "Nobody was dropped" if self.sandbox.contents() == before else "Something changed"
        self.done(f"{dropped}: {counted(writes, 'call')} that would write. The next night asks again.")

    def pages(self) -> Iterator[tuple[str, str]]:
        """What a browser finds, and where."""
        yield from Demo.pages(self)
        yield self.sis.web_url, "what the SIS knows"


def _who(writing: Writing, event: Event) -> str:
    """The name of whom it happened to."""
    people = event.touched.get("users") or [
        str(place["user_sourced_id"])
        for id_ in event.touched["enrollments"]
        for place in writing.find("enrollments", "sourced_id = ?", id_)
    ]
    [person] = writing.find("users", "sourced_id = ?", people[0])
    return f"{person['given_name']} {person['family_name']}"
