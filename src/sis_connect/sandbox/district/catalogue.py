"""What is taught where: levels of schools, the places in a student's week, and the courses that fill them.

Here: facts as tables, in Python. Not here: who is taught by whom (`build`). Grades are those of the CEDS entry
grade levels; subject codes are the two digits of the SCED subject areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GRADES = ("KG", *(f"{grade:02}" for grade in range(1, 13)))

#: Lessons of a day.
PERIODS = 7
#: Students above which a group is parted.
LARGEST_GROUP = 30
#: Both semesters, as the semester of a place or course.
ALL_YEAR = 0


@dataclass(frozen=True, slots=True)
class Level:
    """A level of schools."""

    title: str
    #: Indexes into `GRADES`, first and last.
    first_grade: int
    last_grade: int
    #: Students of a typical school.
    students: int

    @property
    def share(self) -> float:
        """The part of all students who are in these grades."""
        return (self.last_grade - self.first_grade + 1) / len(GRADES)


LEVELS = (
    Level("Elementary School", 0, 5, 450),
    Level("Middle School", 6, 8, 700),
    Level("High School", 9, 12, 1300),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the week of every student of a level."""

    level: int
    number: int
    semester: int
    #: Teachers who share a desk can stand in for one another.
    desk: int
    #: Groups that one teacher takes at this place.
    groups_per_teacher: int
    last_grade: int
    is_elective: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """An entry of the catalogue."""

    level: int
    slot: int
    semester: int
    #: The grade (index), or for electives the number of the field.
    variant: int
    code: str
    title: str
    grades: str
    subject: str
    subject_code: str


_HOMEROOM_TEACHER = 4

_ELEMENTARY = (
    ("HMR", "Homeroom", "22"),
    ("ELA", "Reading and Writing", "01"),
    ("MTH", "Mathematics", "02"),
    ("SCI", "Science", "03"),
    ("SOC", "Social Studies", "04"),
    ("ART", "Art", "05"),
    ("MUS", "Music", "05"),
    ("PHE", "Physical Education", "08"),
)

#: Code, subject, subject code, titles for grades 6 to 12.
_SECONDARY = (
    ("ENG", "English", "01", tuple(f"English {grade}" for grade in range(6, 13))),
    (
        "MTH",
        "Mathematics",
        "02",
        ("Mathematics 6", "Mathematics 7", "Pre-Algebra", "Algebra I", "Geometry", "Algebra II", "Precalculus"),
    ),
    (
        "SCI",
        "Science",
        "03",
        (
            "Earth Science",
            "Life Science",
            "Physical Science",
            "Biology",
            "Chemistry",
            "Physics",
            "Environmental Science",
        ),
    ),
    (
        "SOC",
        "Social Studies",
        "04",
        (
            "Ancient Civilizations",
            "World Geography",
            "Civics",
            "World History",
            "Economics",
            "U.S. History",
            "Government & Politics",
        ),
    ),
    (
        "LNG",
        "World Languages",
        "06",
        ("Spanish: First Steps", "Spanish A", "Spanish B", "Spanish I", "Spanish II"),
    ),
    ("PHE", "Physical Education", "08", tuple(f"Health and Fitness {grade}" for grade in range(6, 13))),
)
_ELECTIVE_SLOT = len(_SECONDARY)
#: Grade 10: the last in which everybody takes a language.
_LAST_LANGUAGE_GRADE = 10

#: Code, subject, subject code, the course of the first semester, the course of the second.
_FIELDS = (
    ("VIS", "Visual Arts", "05", "Drawing and Painting", "Ceramics"),
    ("CSC", "Computer Science", "10", "Programming", "Robotics"),
    ("MUS", "Music", "05", "Choir", "Music Theory"),
    ("DRA", "Theater", "05", "Acting", "Stagecraft"),
    ("BUS", "Business", "12", "Personal Finance", "Entrepreneurship"),
    ("JRN", "Communication", "11", "Journalism", "Film Studies"),
    ("FCS", "Family and Consumer Sciences", "19", "Culinary Arts", "Child Development"),
    ("ENR", "Engineering", "21", 'Design: "Make It Work"', "Architecture"),
)
ELECTIVE_FIELDS = len(_FIELDS)


def slots() -> list[Slot]:
    """Every place of every level."""
    elementary = [
        Slot(0, number, ALL_YEAR, 0, 1, LEVELS[0].last_grade)
        if number <= _HOMEROOM_TEACHER
        else Slot(0, number, ALL_YEAR, number, 6, LEVELS[0].last_grade)
        for number in range(len(_ELEMENTARY))
    ]
    secondary = [
        Slot(level, number, ALL_YEAR, number, 5, _LAST_LANGUAGE_GRADE if code == "LNG" else LEVELS[level].last_grade)
        for level in (1, 2)
        for number, (code, *_) in enumerate(_SECONDARY)
    ]
    electives = [
        Slot(level, _ELECTIVE_SLOT, semester, _ELECTIVE_SLOT, 3, LEVELS[level].last_grade, is_elective=True)
        for level in (1, 2)
        for semester in (1, 2)
    ]
    return elementary + secondary + electives


def courses() -> Iterator[Course]:
    """Every course that may be taught."""
    for grade in range(LEVELS[0].first_grade, LEVELS[0].last_grade + 1):
        name = "Kindergarten" if grade == 0 else f"Grade {grade}"
        for slot, (code, subject, subject_code) in enumerate(_ELEMENTARY):
            code_ = f"{code}-{GRADES[grade]}"
            yield Course(0, slot, ALL_YEAR, grade, code_, f"{name} {subject}", GRADES[grade], subject, subject_code)
    for slot, (code, subject, subject_code, titles) in enumerate(_SECONDARY):
        for grade, title in enumerate(titles, start=LEVELS[1].first_grade):
            level = 1 if grade <= LEVELS[1].last_grade else 2
            code_ = f"{code}-{GRADES[grade]}"
            yield Course(level, slot, ALL_YEAR, grade, code_, title, GRADES[grade], subject, subject_code)
    for level, mark in ((1, "M"), (2, "H")):
        grades = ",".join(GRADES[LEVELS[level].first_grade : LEVELS[level].last_grade + 1])
        for variant, (code, subject, subject_code, fall, spring) in enumerate(_FIELDS):
            for semester, title in ((1, fall), (2, spring)):
                code_ = f"{code}-{mark}{semester}"
                full = title if mark == "H" else f"Exploring {title}"
                yield Course(level, _ELECTIVE_SLOT, semester, variant, code_, full, grades, subject, subject_code)
