"""A town whose SIS takes grades, and one class of it whose teacher grades; for the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_line import FAST_RULES
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, load_package, start
from sis_connect.sandbox.sis import SisSettings as ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_line import Ended, Town
    from sis_connect.sandbox.sis import RunningSis

_CLASSES = """
    SELECT s.id, s.section_school_code FROM sections s JOIN enrollments e ON e.section_id = s.id AND NOT e.admin
    GROUP BY s.id ORDER BY count(*) DESC, s.id LIMIT 2
"""
_MEMBERS = """
    SELECT e.admin, u.school_uid, e.id FROM enrollments e JOIN users u ON u.id = e.user_id
    WHERE e.section_id = ? ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class GradedTown:
    """What a person does with the grades of one class, by hand and by command."""

    town: Town
    sis: RunningSis
    #: Schoology's own id of the class's section, and its key.
    section: int
    class_: str
    #: A class of another teacher.
    other_class: str
    #: sourcedIds; of students with their enrollments.
    teacher: str
    students: dict[str, int]

    def rules(self, *lines: str, zone: str = "local") -> None:
        """The rules name the SIS, which takes grades, and the district's zone, and hold these lines of `[grades]`."""
        sis = (
            f'url = "{self.sis.url}"',
            f'token_url = "{self.sis.token_url}"',
            "allow_loopback = true",
            "rate = 10000",
        )
        grades = ('sis_takes_grades = "yes"', "categories.create = true", *lines)
        scope = ("[scope]", f'time_zone = "{zone}"')
        text = "\n".join((FAST_RULES, *scope, "[sis]", *sis, "[grades]", *grades, ""))
        (self.town.data / "rules.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str, **environment: str) -> Ended:
        """`sis-connect grades` with everything that signs in."""
        known = {"SIS_CONNECT_SIS_KEY": SIS_CLIENT_ID, "SIS_CONNECT_SIS_SECRET": SIS_CLIENT_SECRET}
        return self.town.run("grades", *words, **{**known, **environment})

    def item(self, title: str, **fields: object) -> int:
        """A published item of 20 points, due today, in the category Tests."""
        seed = self.town.sandbox.seed()
        given = {"max_points": 20, "due": f"{datetime.now(UTC).date()} 12:00:00", **fields}
        if "grading_category" not in given:
            given["grading_category"] = seed.grading_category(self.section, "Tests")
        return seed.grade_item(self.section, title, **given)  # type: ignore[arg-type]  # any field

    def grade(self, item: int, student: str, grade: str = "", **fields: object) -> None:
        """A grade as the teacher enters it; nothing clears it."""
        self.town.sandbox.seed().grade(item, self.students[student], grade, **fields)

    def grade_all(self, item: int) -> None:
        """Each student gets points, from 10 on."""
        for points, student in enumerate(self.students, 10):
            self.grade(item, student, str(points))

    def refuse(self, student: str) -> None:
        """From now on the SIS refuses the results of one student."""
        with self.sis.records.together() as writing:
            found = writing.find("enrollments", "role = 'student' AND status IS NOT 'tobedeleted'")
        place = sorted({str(row["user_sourced_id"]) for row in found}).index(student)
        self.sis.hostility.choose(f"student_refused; student={place}")

    def scores(self) -> dict[str, str | None]:
        """What the SIS holds, by student."""
        return {str(row["student_sourced_id"]): row["score"] for row in self.held("results")}

    def held(self, collection: str) -> list[dict[str, str | None]]:
        """The records that the SIS holds."""
        with self.sis.records.together() as writing:
            return writing.find(collection, "status IS NOT 'tobedeleted'")

    def writes(self) -> dict[str, int]:
        """Writing requests that the SIS counted since the last time, by operation."""
        operations = self.sis.statistics().operations
        self.sis.reset_statistics()
        return {name: count for name, count in operations.items() if name.startswith(("put", "delete"))}


@contextmanager
def graded(town: Town, provider: ProviderSettings | None = None) -> Iterator[GradedTown]:
    """The largest class of a town that was synced; nothing is graded yet."""
    database = town.folder / "sis.sqlite"
    load_package(town.package, database, stamps=False)
    with closing(sqlite3.connect(town.folder / "schoology.sqlite")) as sandbox:
        (section, key), (_, other) = sandbox.execute(_CLASSES).fetchall()
        members = sandbox.execute(_MEMBERS, [section]).fetchall()
    teacher = next(uid for is_admin, uid, _ in members if is_admin)
    students = {uid: enrollment for is_admin, uid, enrollment in members if not is_admin}
    with start(provider or ProviderSettings(), database) as sis:
        made = GradedTown(town, sis, section, key, other, teacher, students)
        made.rules()
        yield made
