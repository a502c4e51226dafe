"""School life while a provider runs: what may happen on a day, as the school's own office would enter it.

Every change is honest: it bears the moment of the provider's clock, and what ended is to be deleted and stays. The same
seed on the same data does the same. Classes keep a teacher and, but for a new year, their last student. Not here: the
new school year, which changes everything (`new_year`), and dishonest changes (`hostile.feeds`).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sis_connect.sandbox.sis.records import Records, Writing

Row: TypeAlias = "dict[str, str | None]"

_LIVE = "status IS NOT 'tobedeleted'"
_NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper")


class Happening(StrEnum):
    """What may happen; the value is how it is asked for."""

    STUDENT_ENROLLED = "student_enrolled"
    STUDENT_DROPPED = "student_dropped"
    STUDENT_MOVED = "student_moved"
    STUDENT_JOINED = "student_joined"
    STUDENT_LEFT = "student_left"
    STUDENT_RENAMED = "student_renamed"
    STUDENT_RENUMBERED = "student_renumbered"
    TEACHER_JOINED = "teacher_joined"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    happening: Happening
    #: Ids of the records that are new, changed or to be deleted, by collection, in order.
    touched: Mapping[str, tuple[str, ...]]


def live_through(records: Records, happenings: Iterable[Happening] = Happening, *, seed: int = 1) -> tuple[Event, ...]:
    """All of it has happened at once, in this order; readers see all of it or nothing.

    What cannot happen any more, for example when nobody is left to move, does not, and gives no event.
    """
    events = []
    with records.together() as writing:
        for number, happening in enumerate(happenings):
            day = Day(writing, random.Random(f"{seed}/{number}/{happening}"))  # noqa: S311 -- repeatable, not secret
            if _HAPPENINGS[happening](day):
                events.append(Event(happening, day.touched()))
    return tuple(events)


@dataclass(slots=True)
class Day:
    """The records on one day, and what was done to them."""

    writing: Writing
    dice: random.Random
    _touched: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def live(self, entity: str, where: str = "1", *values: str) -> list[Row]:
        """The records for which an SQL condition holds, without those that are to be deleted, by id."""
        return self.writing.find(entity, f"({where}) AND {_LIVE}", *values)

    def shuffled(self, rows: list[Row]) -> list[Row]:
        """The rows in a random order."""
        return self.dice.sample(rows, len(rows))

    def add(self, entity: str, row: Row) -> str:
        """A new record, like the row; gives its id."""
        id_ = self.writing.new_id(entity, row, self.dice)
        self.writing.put(entity, row | {"sourced_id": id_, "status": None, "date_last_modified": None})
        self._touched[entity].add(id_)
        return id_

    def change(self, entity: str, row: Row, **values: str | None) -> None:
        """The record has other values."""
        self.writing.change(entity, [_id(row)], **values)
        self._touched[entity].add(_id(row))

    def end(self, entity: str, rows: Iterable[Row]) -> None:
        """The records are to be deleted."""
        for row in rows:
            self.writing.mark_deleted(entity, [_id(row)])
            self._touched[entity].add(_id(row))

    def touched(self) -> dict[str, tuple[str, ...]]:
        """Ids of the records that were written, by collection."""
        return {entity: tuple(sorted(ids)) for entity, ids in sorted(self._touched.items())}

    def an_account(self, letter: str) -> Row:
        """An account of its own for somebody new, with a number that begins with the letter."""
        number = f"{letter}{self.dice.randrange(10**8):08}"
        return {"username": number.lower(), "email": None, "identifier": number, "user_ids": None}

    def enrollments_of(self, user: Row) -> list[Row]:
        """Where somebody is enrolled."""
        return self.live("enrollments", "user_sourced_id = ?", _id(user))


def _id(row: Row) -> str:
    return str(row["sourced_id"])


def _students(day: Day) -> list[Row]:
    return day.shuffled(day.live("users", "role = 'student'"))


def _spare_places(day: Day) -> list[Row]:
    """Enrollments of students in classes that have others, in a random order."""
    places = day.live("enrollments", "role = 'student'")
    counts: defaultdict[str | None, int] = defaultdict(int)
    for place in places:
        counts[place["class_sourced_id"]] += 1
    return day.shuffled([place for place in places if counts[place["class_sourced_id"]] > 1])


def _other_classes(day: Day, school: str, user: str) -> list[Row]:
    """Classes of a school in which somebody is not."""
    return day.live(
        "classes",
        "school_sourced_id = ? AND sourced_id NOT IN"
        " (SELECT class_sourced_id FROM enrollments WHERE user_sourced_id = ? AND class_sourced_id IS NOT NULL"
        f" AND {_LIVE})",
        school,
        user,
    )


def _student_enrolled(day: Day) -> bool:
    for student in _students(day):
        for place in day.enrollments_of(student)[:1]:
            classes = _other_classes(day, str(place["school_sourced_id"]), _id(student))
            if classes:
                class_ = day.dice.choice(classes)
                day.add("enrollments", place | {"class_sourced_id": class_["sourced_id"], "role": "student"})
                return True
    return False


def _student_dropped(day: Day) -> bool:
    places = _spare_places(day)[:1]
    day.end("enrollments", places)
    return bool(places)


def _student_moved(day: Day) -> bool:
    for place in _spare_places(day):
        others = _other_classes(day, str(place["school_sourced_id"]), str(place["user_sourced_id"]))
        [class_] = day.live("classes", "sourced_id = ?", str(place["class_sourced_id"])) or [{}]
        siblings = [
            other
            for other in others
            if all(other[name] == class_.get(name) for name in ("course_sourced_id", "term_sourced_ids"))
        ]
        if siblings or others:
            day.end("enrollments", [place])
            target = day.dice.choice(siblings or others)
            day.add("enrollments", place | {"class_sourced_id": target["sourced_id"]})
            return True
    return False


def _student_joined(day: Day) -> bool:
    for model in _students(day)[:1]:
        newcomer = day.add("users", model | day.an_account("N") | _a_name(day, model) | {"agent_sourced_ids": None})
        for place in day.enrollments_of(model):
            day.add("enrollments", place | {"user_sourced_id": newcomer})
        return True
    return False


def _student_left(day: Day) -> bool:
    spare = {_id(place) for place in _spare_places(day)}
    for student in _students(day):
        places = day.enrollments_of(student)
        if all(_id(place) in spare for place in places):
            day.end("enrollments", places)
            day.end("users", [student])
            return True
    return False


def _student_renamed(day: Day) -> bool:
    for student in _students(day)[:1]:
        day.change("users", student, family_name=_a_name(day, student)["family_name"])
        return True
    return False


def _student_renumbered(day: Day) -> bool:
    for student in _students(day)[:1]:
        new = day.add("users", student)
        day.end("users", [student])
        for place in day.enrollments_of(student):
            day.change("enrollments", place, user_sourced_id=new)
        for other in day.live("users", "agent_sourced_ids IS NOT NULL"):
            agents = str(other["agent_sourced_ids"]).split(",")
            if _id(student) in agents:
                renewed = ",".join(new if agent == _id(student) else agent for agent in agents)
                day.change("users", other, agent_sourced_ids=renewed)
        return True
    return False


def _teacher_joined(day: Day) -> bool:
    """A new teacher takes one class over from another."""
    for place in day.shuffled(day.live("enrollments", "role = 'teacher'")):
        for model in day.live("users", "sourced_id = ?", str(place["user_sourced_id"])):
            newcomer = day.add("users", model | day.an_account("T") | _a_name(day, model))
            day.end("enrollments", [place])
            day.add("enrollments", place | {"user_sourced_id": newcomer})
            return True
    return False


def _a_name(day: Day, person: Row) -> Row:
    """Another name than the person has."""
    families = [name for name in _NAMES if name != person["family_name"]]
    return {"given_name": day.dice.choice(_NAMES), "family_name": day.dice.choice(families), "middle_name": None}


#: Each does it, or says that it could not.
_HAPPENINGS: Mapping[Happening, Callable[[Day], bool]] = {
    Happening.STUDENT_ENROLLED: _student_enrolled,
    Happening.STUDENT_DROPPED: _student_dropped,
    Happening.STUDENT_MOVED: _student_moved,
    Happening.STUDENT_JOINED: _student_joined,
    Happening.STUDENT_LEFT: _student_left,
    Happening.STUDENT_RENAMED: _student_renamed,
    Happening.STUDENT_RENUMBERED: _student_renumbered,
    Happening.TEACHER_JOINED: _teacher_joined,
}
