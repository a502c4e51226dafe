"""Receipts follow a class or a student whom the SIS calls otherwise now, and are in doubt where the SIS is another one.

The LMS keeps its own ids, so that the section and the account tell who is the same; the roster run has brought the new
names there by then. Whether the SIS took its grades along under the new names nobody says: each is looked for before it
is sent again, so that nothing is there twice and nothing is missing. Here: what is recognised by what. Not here: which
renumberings the roster run believes in (`sync.plan.renumbering`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.grades.accounts import Place, place, sisters
from sis_connect.store.grade_sections import KnownSection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.grades.observed import GradeBook
    from sis_connect.grades.roster import Class, Roster
    from sis_connect.runs.grade_roster import GradeRosters
    from sis_connect.store.grade_sections import GradeSections


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Follows renumberings in one district."""

    sections: GradeSections
    rosters: GradeRosters
    #: Where the SIS is found.
    sis: str

    def follow(self, class_: Class, roster: Roster) -> Iterator[str]:
        """Afterwards the receipts of a class stand under its present names; gives what changed, as sentences."""
        known = self.sections.find(class_.lms_id)
        if known is None:
            return
        if known.class_sourced_id != class_.sourced_id and not self.rosters.has_class(known.class_sourced_id):
            self.sections.rename_class(known.class_sourced_id, class_.sourced_id)
            yield f"The SIS called the class {known.class_sourced_id} before."
        if known.class_key != class_.key and not self.rosters.has_key(known.class_key):
            self.sections.rename_key(known.class_key, class_.key)
            yield f"The section belonged to the class {known.class_key} before."
        students = self._renumbered(known, class_, roster)
        if students:
            self.sections.rename_students(class_.key, students)
            yield f"The SIS called {len(students)} of its students otherwise before."
        if known.sis != self.sis:
            self.sections.doubt(class_.key)
            yield "Its grades were sent to a SIS at another address before."
        owners = {account: students.get(student, student) for account, student in known.owners.items()}
        self._keep(known, class_, owners)

    def remember(self, class_: Class, roster: Roster, book: GradeBook) -> None:
        """The class, and the students whose grades its book has, are known by these names from now on."""
        others = sisters(class_, roster)
        places = {one: place(one, class_, others, roster) for one in {grade.account_lms_id for grade in book.grades}}
        owners = {account: one.student_sourced_id for account, one in places.items() if isinstance(one, Place)}
        known = self.sections.find(class_.lms_id)
        # Who has left stays known: their account may come back under another name.
        self._keep(known, class_, {**(known.owners if known is not None else {}), **owners})

    def _keep(self, known: KnownSection | None, class_: Class, owners: Mapping[str, str]) -> None:
        now = KnownSection(class_.lms_id, class_.key, class_.sourced_id, self.sis, owners)
        if now != known:
            self.sections.keep(now)

    def _renumbered(self, known: KnownSection, class_: Class, roster: Roster) -> dict[str, str]:
        """Students of before, to those for whom alone their accounts stand now; nobody who is in the roster still."""
        present = class_.students.union(*(one.students for one in sisters(class_, roster)))
        return {
            before: now[0]
            for account, before in known.owners.items()
            if len(now := roster.students_of_account.get(account, ())) == 1
            and now[0] != before
            and now[0] in present
            and not self.rosters.accounts_of(before)
        }
