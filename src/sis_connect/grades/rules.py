"""The district's decisions about grades, as values.

Here: every rule with its default and what it may be; `config` reads them from the table `[grades]` of the district's
file and `docs/configuration.md` documents them. Not here: what the SIS takes (`manners`), what the rules do (`shape`,
`plan`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

#: Hours and minutes of a day.
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

#: Numbers of `exception` up to this one have a meaning (`ReadingRules`).
LARGEST_KNOWN_EXCEPTION = 3

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Mode = Literal["minutes", "never", "nightly"]


class CategoryRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Category of the LMS to category of the SIS, both by title; the closest table that names one counts."""

    #: Title of the category for items whose own has no match; empty: such items are not sent.
    default: str = ""
    #: Make a category in the SIS under the LMS's title where it has none, if the SIS takes it.
    create: bool = False
    match: dict[str, str] = {}
    #: sourcedId of a school to a table like `match`.
    by_school: dict[str, dict[str, str]] = {}
    #: sourcedId of a class to a table like `match`.
    by_class: dict[str, dict[str, str]] = {}


class ExceptionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent for a grade that is no score; `ask` sends nothing and says so. None becomes a zero unless told to.

    `sis` follows what is known of the SIS, and asks where nothing is.
    """

    excused: Literal["sis", "exempt", "ask"] = "sis"
    missing: Literal["sis", "zero", "not_submitted", "ask"] = "sis"
    incomplete: Literal["not_submitted", "partially_graded", "ask"] = "ask"
    late: Literal["not_submitted", "ask"] = "ask"
    absent: Literal["exempt", "not_submitted", "ask"] = "ask"
    submitted: Literal["submitted", "nothing"] = "nothing"


class BrakeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a plan is so far outside the usual that a person has to look first."""

    #: A class may always create so many line items, and change so many results for each of its students.
    line_items: _Count = 15
    results_per_student: _Count = 15
    #: Beyond that, so many times what was usual in its last runs.
    times_usual: _Count = 5


class ScheduleRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When `grades send --due` sends on its own; the closest table that names a class or school counts."""

    #: `never`, `nightly`, or `minutes` after a change.
    mode: _Mode = "never"
    #: The district's time of day, for `nightly`.
    at: Annotated[str, msgspec.Meta(pattern=TIME_OF_DAY)] = "02:30"
    #: For `minutes`: how often a class is looked at.
    minutes: _Count = 10
    #: Days after which everything is compared, for what polling cannot see.
    full_compare_days: _Count = 7
    #: sourcedId of a school, or of a class, to a mode of its own.
    by_school: dict[str, _Mode] = {}
    by_class: dict[str, _Mode] = {}


class ReadingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How Schoology's grade books are read where its documentation is silent."""

    #: What a grade's `exception` means, by its number; 1 to 3 (excused, incomplete, missing) are known.
    exceptions: dict[str, Literal["absent", "late", "submitted"]] = {}
    #: Time zone in which due dates are written, as an IANA name; empty: days are taken as they are written.
    due_zone: str = ""
    #: Take comments, too, that the teacher keeps from the student.
    hidden_comments: bool = False
    #: Minutes before the last change that are asked for once more, for grades that become visible late.
    overlap: Annotated[int, msgspec.Meta(ge=0)] = 5


class GradeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of grade passback."""

    #: Whether the SIS takes grades over OneRoster: what is known of it, or the district's own word.
    sis_takes_grades: Literal["no", "profile", "yes"] = "profile"
    #: sourcedIds of the schools and classes whose grades are sent; empty for all in the roster.
    schools: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    categories: CategoryRules = CategoryRules()
    exceptions: ExceptionRules = ExceptionRules()
    #: A title that the SIS would refuse: propose a short form and wait, or send the short form.
    long_titles: Literal["propose", "shorten"] = "propose"
    #: An item without a due date: due as its grading period ends, or not sent.
    undated: Literal["last_day", "ask"] = "last_day"
    comments: Literal["send", "never"] = "send"
    #: Letters and levels: the points that the LMS keeps for them, or not sent.
    levels: Literal["points", "ask"] = "points"
    #: What was deleted or cleared in the LMS: proposed and held until approved, or left in the SIS.
    withdrawals: Literal["propose", "leave"] = "propose"
    #: Whose grade stands where the SIS changed one itself; `profile` follows what is known of the SIS.
    winner: Literal["profile", "lms", "sis"] = "profile"
    #: sourcedIds of sessions into which nothing is written any more.
    locked_sessions: tuple[str, ...] = ()
    brake: BrakeRules = BrakeRules()
    schedule: ScheduleRules = ScheduleRules()
    reading: ReadingRules = ReadingRules()
