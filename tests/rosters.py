"""Small rosters to change and write as packages: a district that a test can read at a glance."""

from __future__ import annotations

import copy
import csv
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sis_connect.frames import Limits
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.runs.runner import Runner, RunSettings
from sis_connect.sis.csv_source import PackageSource
from sis_connect.store.folder import DataFolder
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules, Threshold
from sis_connect.sync.shape.rules import DistrictRules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sis_connect.sync.apply import RosterTarget

Row = dict[str, str]

TODAY = date(2026, 10, 1)

#: A guard that holds nothing, for tests about something else.
NO_GUARD = GuardRules(**{name: Threshold(percent=100, at_least=1_000_000) for name in GuardRules.__struct_fields__})


@dataclass
class Roster:
    """Rows by collection and sourcedId, as in the CSV files."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in ROSTER_ENTITIES})

    def put(self, entity: str, sourced_id: str, **values: str) -> Row:
        """Add a record, or change one."""
        row = self.rows[entity].setdefault(sourced_id, dict.fromkeys(ENTITIES[entity].csv_header, ""))
        row.update({"sourcedId": sourced_id} | values)
        return row

    def drop(self, entity: str, sourced_id: str) -> None:
        """Take a record away."""
        del self.rows[entity][sourced_id]

    def user(self, sourced_id: str, role: str = "student", *, school: str = "north", **values: str) -> Row:
        """Somebody with names, a user name and an identifier made of the id."""
        names = {"givenName": sourced_id.title(), "familyName": f"{sourced_id.title()}son"}
        account = {"username": sourced_id, "identifier": f"n-{sourced_id}", "email": f"{sourced_id}@district.example"}
        basics = {"enabledUser": "true", "orgSourcedIds": school, "role": role}
        return self.put("users", sourced_id, **{**names, **account, **basics, **values})

    def class_(self, sourced_id: str, course: str = "maths", *, school: str = "north", terms: str = "fall") -> Row:
        """A scheduled class."""
        return self.put(
            "classes",
            sourced_id,
            title=sourced_id.title(),
            courseSourcedId=course,
            classType="scheduled",
            schoolSourcedId=school,
            termSourcedIds=terms,
        )

    def enroll(self, user: str, class_: str, role: str = "student", **values: str) -> Row:
        """Somebody in a class."""
        school = self.rows["classes"][class_]["schoolSourcedId"]
        references = {"classSourcedId": class_, "schoolSourcedId": school, "userSourcedId": user}
        return self.put("enrollments", f"{class_}.{user}.{role}", role=role, **{**references, **values})

    def copy(self) -> Roster:
        """The same roster, to be changed apart."""
        return Roster(copy.deepcopy(self.rows))

    def write(self, folder: Path, *, seed: int | None = None) -> Path:
        """Write a bulk package; with a seed its rows are in another order. Files without rows are left out."""
        folder.mkdir(parents=True)
        modes = {name: "bulk" for name in ROSTER_ENTITIES if self.rows[name]}
        for name in modes:
            rows = list(self.rows[name].values())
            if seed is not None:
                random.Random(seed).shuffle(rows)  # noqa: S311  # an order, not a secret
            _write(folder, name, rows)
        _write_manifest(folder, modes)
        return folder

    def write_delta(self, folder: Path, before: Roster, *, at: str = "2026-10-01T00:00:00.000Z") -> Path:
        """Write a delta package of what changed since `before`, as changed at that instant."""
        folder.mkdir(parents=True)
        marks = {"dateLastModified": at}
        modes = {}
        for name in ROSTER_ENTITIES:
            now, then = self.rows[name], before.rows[name]
            rows = [row | marks | {"status": "active"} for key, row in now.items() if then.get(key) != row]
            rows += [row | marks | {"status": "tobedeleted"} for key, row in then.items() if key not in now]
            if rows:
                modes[name] = "delta"
                _write(folder, name, rows)
        _write_manifest(folder, modes)
        return folder


def a_roster() -> Roster:
    """A district of two schools, a year of two terms, three classes, two teachers and eight students."""
    roster = Roster()
    roster.put("orgs", "district", name="District", type="district")
    for school in ("north", "south"):
        roster.put("orgs", school, name=f"{school.title()} School", type="school", parentSourcedId="district")
    sessions = {
        "year": ("2026-27", "schoolYear", "2026-08-15", "2027-06-10", ""),
        "fall": ("Fall", "term", "2026-08-15", "2026-12-20", "year"),
        "spring": ("Spring", "term", "2027-01-05", "2027-06-10", "year"),
    }
    for sourced_id, values in sessions.items():
        names = ("title", "type", "startDate", "endDate", "parentSourcedId")
        roster.put("academicSessions", sourced_id, schoolYear="2027", **dict(zip(names, values, strict=True)))
    for course in ("maths", "music"):
        roster.put("courses", course, title=course.title(), orgSourcedId="district", courseCode=course.upper())
    roster.class_("algebra")
    roster.class_("geometry", terms="fall,spring")
    roster.class_("choir", "music", school="south", terms="spring")
    for teacher, classes in {"tess": ("algebra", "geometry"), "tom": ("choir",)}.items():
        roster.user(teacher, "teacher", school="north" if teacher == "tess" else "south")
        for class_ in classes:
            roster.enroll(teacher, class_, "teacher", primary="true")
    for number, student in enumerate(("ada", "bo", "cy", "dee", "eli", "fay", "gil", "hoa")):
        roster.user(student, school="north" if number < 5 else "south")
        roster.enroll(student, "choir" if number >= 5 else "algebra")
        if number < 3:
            roster.enroll(student, "geometry")
    return roster


def package_source(package: Path | None) -> PackageSource:
    """The source of a package; these districts have no SIS to ask."""
    assert package is not None
    return PackageSource(package)


def a_runner(
    folder: Path,
    target: RosterTarget,
    *,
    rules: DistrictRules | None = None,
    guard: GuardRules | None = None,
    ownership: Ownership | None = None,
    now: Callable[[], datetime] = lambda: datetime(2026, 10, 1, 3, tzinfo=UTC),
) -> Runner:
    """Runs of a district in `folder` against a target."""
    settings = RunSettings(
        rules or DistrictRules(), guard or GuardRules(), ownership or Ownership(), Limits(threads=1), strict=False
    )
    return Runner(DataFolder(folder), settings, open_source=package_source, open_target=lambda: target, now=now)


def _write(folder: Path, entity: str, rows: list[Row]) -> None:
    with (folder / ENTITIES[entity].csv_file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ENTITIES[entity].csv_header)
        writer.writeheader()
        writer.writerows(rows)


def _write_manifest(folder: Path, modes: dict[str, str]) -> None:
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.1"]
    lines += [f"file.{name},{modes.get(name, 'absent')}" for name in ENTITIES]
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
