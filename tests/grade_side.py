"""A district at both ends: a SIS with a grade book, Schoology with teachers who grade, and SIS Connect between them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sis_connect.bootstrap import open_district
from sis_connect.config import Credentials, SisCredentials
from sis_connect.grades.permission import Sender, SenderRole
from sis_connect.grades.rules import CategoryRules, GradeRules
from sis_connect.runs.grade_reading import Looked
from sis_connect.runs.grade_report import GradeReport
from sis_connect.sandbox.district.write import write_district
from sis_connect.sandbox.schoology import SANDBOX_KEY, SANDBOX_SECRET
from sis_connect.sandbox.schoology import start as start_schoology
from sis_connect.sandbox.schoology.settings import SandboxSettings
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, load_package
from sis_connect.sandbox.sis import SisSettings as ProviderSettings
from sis_connect.sandbox.sis import start as start_sis
from sis_connect.settings import SchoologySettings, ScopeSettings, Settings, SisSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.bootstrap import District
    from sis_connect.sandbox.schoology import RunningSandbox
    from sis_connect.sandbox.sis import RunningSis

#: A school day of the invented district, in the middle of its fall term.
DAY = date(2026, 10, 14)
#: The evening of that day.
EVENING = datetime(2026, 10, 14, 22, tzinfo=UTC)
ADMINISTRATOR = Sender(SenderRole.ADMINISTRATOR, "a person")
EVERYTHING = Looked(ADMINISTRATOR)
#: Rules of a district that knows that its SIS takes grades, and lets SIS Connect make categories.
RULES = GradeRules(sis_takes_grades="yes", categories=CategoryRules(create=True))


@dataclass
class GradingDistrict:
    """One district, its two sandboxes, and what SIS Connect keeps of it."""

    folder: Path
    schoology: RunningSandbox
    sis: RunningSis
    settings: Settings
    #: What the clock of SIS Connect shows.
    now: datetime = EVENING

    @contextmanager
    def opened(self, rules: GradeRules | None = None) -> Iterator[District]:
        """The district as a run sees it, with other rules for grades where they are given."""
        settings = self.settings if rules is None else _with_grades(self.settings, rules)
        with open_district(
            self.folder / "data",
            settings=settings,
            credentials=Credentials(SANDBOX_KEY, SANDBOX_SECRET),
            sis_credentials=SisCredentials(Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)),
            now=lambda: self.now,
        ) as district:
            yield district

    def send(self, looked: Looked = EVERYTHING, rules: GradeRules | None = None) -> GradeReport:
        """One run of grades; AssertionError when there is nothing to send."""
        with self.opened(rules) as district:
            report = district.grades.send(looked)
        assert isinstance(report, GradeReport), "nothing was sent"
        return report


def _with_grades(settings: Settings, rules: GradeRules) -> Settings:
    tables = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return Settings(**{**tables, "grades": rules})


@contextmanager
def a_grading_district(
    folder: Path, *, students: int = 60, rules: GradeRules = RULES, provider: ProviderSettings | None = None
) -> Iterator[GradingDistrict]:
    """A district whose roster has come from its SIS to Schoology."""
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / "package"
    write_district(package, students=students, seed=4)
    load_package(package, folder / "sis.sqlite")
    with (
        start_schoology(SandboxSettings(rate=None), folder / "schoology.sqlite") as schoology,
        start_sis(provider or ProviderSettings(), folder / "sis.sqlite") as sis,
    ):
        schoology.set_today(DAY)
        settings = Settings(
            scope=ScopeSettings(time_zone="America/New_York"),
            schoology=SchoologySettings(url=schoology.api_url, credits=1_000_000),
            sis=SisSettings(sis.url, token_url=sis.token_url, rate=100_000.0, allow_loopback=True),
            grades=rules,
        )
        district = GradingDistrict(folder, schoology, sis, settings)
        with district.opened() as opened:
            opened.runner.sync(None)
        yield district
