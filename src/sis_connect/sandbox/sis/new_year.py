"""The new school year: last year's sessions, classes and enrollments end, and everybody moves up.

Who was in a grade takes the timetable of somebody one grade above, at that one's school; whoever has nobody above
leaves, and as many begin in the lowest grade. Every record of the new year has a new id. Not here: the days of a year
(`school_days`).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sandbox.district.catalogue import GRADES
from sis_connect.sandbox.sis.school_days import Day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis.records import Records
    from sis_connect.sandbox.sis.school_days import Row


def begin_new_year(records: Records, *, seed: int = 1) -> Mapping[str, tuple[str, ...]]:
    """It is the next school year, all at once; gives the ids of what is new, changed or to be deleted, by collection.

    Changes bear the moment of the provider's clock; what ended is to be deleted and stays.
    """
    with records.together() as writing:
        day = Day(writing, random.Random(f"{seed}/new_year"))  # noqa: S311 -- repeatable, not secret
        _Rollover(day).run()
        return day.touched()


@dataclass(slots=True)
class _Rollover:
    """A school year on its way into the next."""

    day: Day

    def run(self) -> None:
        places = self._old_places()
        classes = self._classes(self._sessions())
        models = self._models()
        self._teachers(places, classes)
        gone = [student for student in self._students() if not self._moves_up(student, models, places, classes)]
        self._begin(gone, models, places, classes)
        self.day.end("enrollments", [place for of_one in places.values() for place in of_one])

    def _students(self) -> list[Row]:
        return self.day.live("users", "role = 'student'")

    def _old_places(self) -> defaultdict[str, list[Row]]:
        """Last year's enrollments by user."""
        places: defaultdict[str, list[Row]] = defaultdict(list)
        for place in self.day.live("enrollments"):
            places[str(place["user_sourced_id"])].append(place)
        return places

    def _sessions(self) -> dict[str, str]:
        """The new sessions by the ids of the old ones, which end."""
        old = self.day.live("academicSessions")
        new = {str(row["sourced_id"]): self.day.add("academicSessions", _a_year_later(row)) for row in old}
        for row in old:
            parent = new.get(str(row["parent_sourced_id"]))
            if parent:
                [copy] = self.day.live("academicSessions", "sourced_id = ?", new[str(row["sourced_id"])])
                self.day.change("academicSessions", copy, parent_sourced_id=parent)
        self.day.end("academicSessions", old)
        for course in self.day.live("courses", "school_year_sourced_id IS NOT NULL"):
            year = new.get(str(course["school_year_sourced_id"]))
            if year:
                self.day.change("courses", course, school_year_sourced_id=year)
        return new

    def _classes(self, sessions: Mapping[str, str]) -> dict[str, str]:
        """The new classes by the ids of the old ones, which end."""
        new = {}
        for row in self.day.live("classes"):
            terms = [sessions.get(term, term) for term in str(row["term_sourced_ids"] or "").split(",") if term]
            new[str(row["sourced_id"])] = self.day.add("classes", row | {"term_sourced_ids": ",".join(terms) or None})
            self.day.end("classes", [row])
        return new

    def _models(self) -> dict[str, list[Row]]:
        """Last year's students by grade."""
        models: defaultdict[str, list[Row]] = defaultdict(list)
        for student in self._students():
            models[_grade(student)].append(student)
        return dict(models)

    def _teachers(self, places: Mapping[str, list[Row]], classes: Mapping[str, str]) -> None:
        teaching = [place for of_one in places.values() for place in of_one if place["role"] != "student"]
        for place in sorted(teaching, key=lambda row: str(row["sourced_id"])):
            self._enroll(place, str(place["user_sourced_id"]), classes)

    def _moves_up(
        self,
        student: Row,
        models: Mapping[str, list[Row]],
        places: Mapping[str, list[Row]],
        classes: Mapping[str, str],
    ) -> bool:
        above = models.get(_next_grade(_grade(student)))
        if not above:
            self.day.end("users", [student])
            return False
        model = self.day.dice.choice(above)
        self.day.change("users", student, grades=model["grades"], org_sourced_ids=model["org_sourced_ids"])
        self._take_timetable(model, str(student["sourced_id"]), places, classes)
        return True

    def _begin(
        self,
        gone: list[Row],
        models: Mapping[str, list[Row]],
        places: Mapping[str, list[Row]],
        classes: Mapping[str, str],
    ) -> None:
        """As many begin in the lowest grade as have left."""
        lowest = models[min(models, key=_rank)] if models else []
        for _ in gone if lowest else ():
            model = self.day.dice.choice(lowest)
            name = {"given_name": "Robin", "family_name": "Newcomer", "middle_name": None, "agent_sourced_ids": None}
            newcomer = self.day.add("users", model | self.day.an_account("N") | name)
            self._take_timetable(model, newcomer, places, classes)

    def _take_timetable(
        self, model: Row, user: str, places: Mapping[str, list[Row]], classes: Mapping[str, str]
    ) -> None:
        for place in places.get(str(model["sourced_id"]), []):
            self._enroll(place, user, classes)

    def _enroll(self, place: Row, user: str, classes: Mapping[str, str]) -> None:
        class_ = classes.get(str(place["class_sourced_id"]))
        if class_:
            dates = {name: _later(place[name]) for name in ("begin_date", "end_date")}
            self.day.add("enrollments", place | dates | {"user_sourced_id": user, "class_sourced_id": class_})


def _a_year_later(session: Row) -> Row:
    year = str(session["school_year"] or "")
    dates = {name: _later(session[name]) for name in ("start_date", "end_date")}
    return session | dates | {"school_year": str(int(year) + 1) if year.isdigit() else None}


def _later(day: str | None) -> str | None:
    """The same day of the next year; a leap day becomes the last of February."""
    if day is None or not day[:4].isdigit():
        return day
    rest = "-02-28" if day[4:] == "-02-29" else day[4:]
    return f"{int(day[:4]) + 1:04}{rest}"


def _grade(student: Row) -> str:
    return str(student["grades"] or "").partition(",")[0].strip()


def _rank(grade: str) -> tuple[int, str]:
    return (GRADES.index(grade) if grade in GRADES else len(GRADES)), grade


def _next_grade(grade: str) -> str:
    """The grade above; "" when there is none."""
    place = _rank(grade)[0] + 1
    return GRADES[place] if place < len(GRADES) else ""
