"""How big a district is, and when its school year is.

Here: plain arithmetic, no frames. Everything else about a district follows from these and the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sis_connect.sandbox.district.catalogue import ALL_YEAR, LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The school year of a district for which none is named, so that the same arguments always give the same package.
DEFAULT_SCHOOL_YEAR = 2027
_FIRST_MONTH = 8


@dataclass(frozen=True, slots=True)
class DistrictSize:
    """A district by its number of students."""

    students: int = 600

    def __post_init__(self) -> None:
        """A district has students."""
        if self.students < 1:
            raise ValueError(f"a district needs at least one student, not {self.students}")

    @property
    def schools_by_level(self) -> tuple[int, ...]:
        """Schools of each of the `LEVELS`."""
        return tuple(max(1, round(self.students * level.share / level.students)) for level in LEVELS)

    @property
    def schools(self) -> int:
        """All schools."""
        return sum(self.schools_by_level)


@dataclass(frozen=True, slots=True)
class Session:
    """An academic session, before it has an identifier."""

    key: str
    title: str
    type: str
    start: date
    #: The first day that no longer belongs to it (data model, academicSession).
    end: date
    parent: str | None


def school_year_of(today: date) -> int:
    """The year in which the school year of that day ends; a school year begins on 1 August."""
    return today.year + (today.month >= _FIRST_MONTH)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A school year of two semesters with two grading periods each; every day of the year is in one of each."""

    #: In which the school year ends.
    school_year: int

    @property
    def begins(self) -> date:
        """First day."""
        return date(self.school_year - 1, _FIRST_MONTH, 1)

    @property
    def turns(self) -> date:
        """First day of the second semester."""
        return date(self.school_year, 1, 11)

    @property
    def ends(self) -> date:
        """First day of the next school year."""
        return date(self.school_year, _FIRST_MONTH, 1)

    def span(self, semester: int) -> tuple[date, date]:
        """First day, and first day after, of a semester or of the year."""
        if semester == ALL_YEAR:
            return self.begins, self.ends
        return (self.begins, self.turns) if semester == 1 else (self.turns, self.ends)

    def sessions(self) -> Iterator[Session]:
        """The year, its semesters and their grading periods; semesters have the keys `S1` and `S2`."""
        year = self.school_year
        yield Session("Y", f"{year - 1}-{year}", "schoolYear", self.begins, self.ends, None)
        yield Session("S1", f"Fall Semester {year - 1}", "semester", *self.span(1), "Y")
        yield Session("S2", f"Spring Semester {year}", "semester", *self.span(2), "Y")
        days = (self.begins, date(year - 1, 10, 17), self.turns, date(year, 3, 20), self.ends)
        for number in range(4):
            title = f"Quarter {number + 1} {days[number].year}"
            yield Session(
                f"Q{number + 1}", title, "gradingPeriod", days[number], days[number + 1], f"S{number // 2 + 1}"
            )
