"""The fixed facts of a district as frames: its schools, grades, places in the week, courses and sessions.

Here: the frames `grades`, `schools`, `slots`, `catalogue` and `sessions`, and the macros that answer questions about
them. Not here: anything that depends on a student (`build`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import literal
from sis_connect.sandbox.district.catalogue import GRADES, LEVELS, courses, slots
from sis_connect.sandbox.district.dice import load
from sis_connect.sandbox.district.names import folded, words

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.sandbox.district.size import Calendar, DistrictSize


def load_facts(frames: Frames, size: DistrictSize, calendar: Calendar, seed: int) -> str:
    """The session holds the facts; returns the district's name."""
    name = words().districts[seed % len(words().districts)]
    frames.execute(f"CREATE MACRO domain() AS {literal(folded(name) + '.example')}")
    frames.execute(f"CREATE MACRO district_name() AS {literal(name)}")
    _load_schools(frames, size, seed)
    _load_catalogue(frames)
    _load_calendar(frames, calendar)
    return name


def _load_schools(frames: Frames, size: DistrictSize, seed: int) -> None:
    by_level = size.schools_by_level
    first_school = [sum(by_level[:level]) for level in range(len(LEVELS))]
    load(
        frames,
        "grades",
        "grade BIGINT, grade_name VARCHAR, level BIGINT, first_school BIGINT, schools BIGINT",
        [
            (grade, GRADES[grade], number, first_school[number], by_level[number])
            for number, level in enumerate(LEVELS)
            for grade in range(level.first_grade, level.last_grade + 1)
        ],
    )
    load(
        frames,
        "schools",
        "school BIGINT, name VARCHAR",
        [
            (first_school[level] + number, _school_name(level, number, seed))
            for level in range(len(LEVELS))
            for number in range(by_level[level])
        ],
    )


def _load_catalogue(frames: Frames) -> None:
    load(
        frames,
        "slots",
        "level BIGINT, slot BIGINT, semester BIGINT, desk BIGINT, groups_per_teacher BIGINT, last_grade BIGINT, "
        "elective BIGINT",
        [
            (s.level, s.number, s.semester, s.desk, s.groups_per_teacher, s.last_grade, int(s.is_elective))
            for s in slots()
        ],
    )
    load(
        frames,
        "catalogue",
        "level BIGINT, slot BIGINT, semester BIGINT, variant BIGINT, code VARCHAR, title VARCHAR, grades VARCHAR, "
        "subject VARCHAR, subject_code VARCHAR",
        [
            (c.level, c.slot, c.semester, c.variant, c.code, c.title, c.grades, c.subject, c.subject_code)
            for c in courses()
        ],
    )


def _load_calendar(frames: Frames, calendar: Calendar) -> None:
    load(
        frames,
        "sessions",
        "key VARCHAR, title VARCHAR, type VARCHAR, first_day VARCHAR, end_day VARCHAR, parent VARCHAR, "
        "school_year VARCHAR",
        [(s.key, s.title, s.type, s.start, s.end, s.parent, str(calendar.school_year)) for s in calendar.sessions()],
    )
    for macro, place in (("begins", 0), ("ends", 1)):
        days = [literal(calendar.span(semester)[place].isoformat()) for semester in range(3)]
        frames.execute(f"CREATE MACRO {macro}(semester) AS [{', '.join(days)}][semester + 1]")


def _school_name(level: int, number: int, seed: int) -> str:
    first, second = words().schools
    pairs = len(first) * len(second)
    # A step that shares no factor with the number of pairs visits each once before it repeats.
    place = (number * 1_009 + seed * 31 + level * 531) % pairs
    again = f" No. {number // pairs + 1}" if number >= pairs else ""
    return f"{first[place // len(second)]} {second[place % len(second)]} {LEVELS[level].title}{again}"
