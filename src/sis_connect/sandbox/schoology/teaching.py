"""Teachers who grade day by day: what those of the sandbox's sections do on one day, at the screen.

The same seed on the same sections does the same. Here: which section does what. Not here: what a grade item may look
like and what students get (`coursework`).
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sis_connect.sandbox.schoology import coursework, events
from sis_connect.sandbox.schoology.coursework import Oddity
from sis_connect.sandbox.schoology.records import grade_items, grades, grading
from sis_connect.sandbox.schoology.records.fields import BY_HAND
from sis_connect.sandbox.schoology.records.sections import IS_CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from sis_connect.sandbox.schoology.records.grades import GradeRow
    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.storage import Row

#: When the teachers of a day that is not today have done their work, on the school's clock.
_AFTERNOON = time(15, 30)

#: Chance that a grade that stands is changed, that it is cleared, and that an old item is unpublished or deleted.
_CHANGED, _CLEARED, _WITHDRAWN = 0.04, 0.01, 0.03


@dataclass(frozen=True, slots=True)
class TaughtDay:
    """What was done on a day; numbers of objects."""

    day: date
    sections: int
    categories: int
    items: int
    graded: int
    changed: int
    cleared: int
    #: Items that were unpublished or deleted.
    withdrawn: int

    def as_json(self) -> dict[str, object]:
        """The same as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"day": self.day.isoformat()}


def teach_a_day(
    service: Service,
    day: date | None = None,
    *,
    seed: int = 1,
    sections: int | None = None,
    oddities: Collection[Oddity] = tuple(Oddity),
    items: int = 1,
) -> TaughtDay:
    """The teachers of the sections that are current on the day have made so many grade items each, and graded.

    None is today; a later day becomes today. Everything is stamped with one moment: now, or the afternoon of the day.
    `sections` limits how many take part, `oddities` what every other item has that makes trouble.
    """
    day = day or service.today
    at = _moment(service, day)
    counts: Counter[str] = Counter()
    with service.storage.transaction():
        for place, row in enumerate(_taught_sections(service, day)[:sections]):
            dice = random.Random(f"{seed}/{day}/{row['section_school_code'] or row['title']}")  # noqa: S311 -- repeatable, not secret
            lesson = _Lesson(service, row, day, at, place, dice, sorted(oddities), counts)
            lesson.hold(items)
    names = ("sections", "categories", "items", "graded", "changed", "cleared", "withdrawn")
    return TaughtDay(day, **{name: counts[name] for name in names})


def _moment(service: Service, day: date) -> int:
    """The unix time of what is done; the clock moves forward where it must, never back."""
    if day != service.today:
        zone = ZoneInfo(service.settings.grades.school_zone)
        afternoon = datetime.combine(day, _AFTERNOON, zone)
        if day < service.today:
            return int(afternoon.timestamp())
        service.move_clock(afternoon)
    return int(service.now.timestamp())


def _taught_sections(service: Service, day: date) -> list[Row]:
    """Sections that are current on the day and have a teacher and a student."""
    return service.storage.rows(
        f"SELECT s.* FROM sections s WHERE {IS_CURRENT} AND 2 = (SELECT count(DISTINCT admin) FROM enrollments e"
        " JOIN users u ON u.id = e.user_id WHERE e.section_id = s.id AND e.status = 1 AND u.inactive_at IS NULL)"
        " ORDER BY s.id",
        day.isoformat(),
        day.isoformat(),
    )


@dataclass(slots=True)
class _Lesson:
    """One section on one day."""

    service: Service
    section: Row
    day: date
    at: int
    #: Place of the section among those that take part.
    place: int
    dice: random.Random
    oddities: list[Oddity]
    counts: Counter[str]
    _students: list[int] = field(default_factory=list)
    #: Account of the teacher.
    _teacher: int = 0

    def hold(self, items: int) -> None:
        """Everything a teacher does on a day."""
        self.counts["sections"] += 1
        storage = self.service.storage
        members = storage.rows(
            "SELECT e.* FROM enrollments e JOIN users u ON u.id = e.user_id"
            " WHERE e.section_id = ? AND e.status = 1 AND u.inactive_at IS NULL ORDER BY e.id",
            self.section["id"],
        )
        self._students = [row["id"] for row in members if not row["admin"]]
        self._teacher = next(row["user_id"] for row in members if row["admin"])
        self._set_up()
        old = grade_items.items_of(storage, self.section["id"])
        self._revise(old)
        made = storage.number("SELECT count(*) FROM grade_items WHERE section_id = ?", self.section["id"])
        for number in range(made, made + items):
            self._grade(self._make_item(number))

    def _set_up(self) -> None:
        """The section has its categories and a scale of levels, from the first day on."""
        storage, section_id = self.service.storage, self.section["id"]
        if grading.categories_of(storage, section_id):
            return
        for delta, fields in enumerate(coursework.CATEGORIES):
            grading.write_category(storage, section_id, {**fields, "delta": delta}, None, made_by=BY_HAND)
            self.counts["categories"] += 1
        grading.add_scale(storage, section_id, "Four levels", coursework.FOUR_LEVELS, type_=grading.POINTS_SCALE)

    def _make_item(self, number: int) -> Row:
        storage, section_id = self.service.storage, self.section["id"]
        is_odd = bool(self.oddities) and number % 2 == 1
        oddity = self.oddities[(self.place + number // 2) % len(self.oddities)] if is_odd else None
        place = coursework.Place(
            day=self.day,
            categories=[row["id"] for row in grading.categories_of(storage, section_id)],
            periods=[tuple(row) for row in self._periods()],
            scales={row["type"]: row["id"] for row in grading.scales_of(storage, section_id)},
            titles=[row["title"] for row in grade_items.items_of(storage, section_id)],
            students=self._students,
        )
        fields = coursework.an_item(self.dice, place, number, oddity)
        type_ = str(fields.pop("type"))
        id_ = grade_items.write(storage, section_id, fields, None, made_by=BY_HAND, type_=type_).id
        self.counts["items"] += 1
        [row] = storage.rows("SELECT * FROM grade_items WHERE id = ?", id_)
        events.announce_item(self.service, row, "update", actor=self._teacher)
        return row

    def _periods(self) -> list[Row]:
        return self.service.storage.rows(
            "SELECT id, start_date, end_date FROM section_periods JOIN periods ON id = period_id WHERE section_id = ?"
            " ORDER BY start_date, id",
            self.section["id"],
        )

    def _grade(self, item: Row) -> None:
        students = grade_items.assignees_of(self.service.storage, item["id"]) or self._students
        scale = self.service.storage.row("SELECT * FROM grading_scales WHERE id = ?", item["grading_scale"])
        rows: list[GradeRow] = []
        for student in students:
            given = coursework.a_grade(self.dice, item, scale)
            rows.append((item["id"], student, self.section["id"], *given, self.at))
        self._save(rows)
        self.counts["graded"] += len(rows)

    def _revise(self, items: list[Row]) -> None:
        """Some grades of earlier days are changed or cleared, and seldom an item is withdrawn."""
        for item in items:
            self._revise_grades(item)
            if item["published"] and self.dice.random() < _WITHDRAWN:
                self._withdraw(item)

    def _revise_grades(self, item: Row) -> None:
        storage = self.service.storage
        scale = storage.row("SELECT * FROM grading_scales WHERE id = ?", item["grading_scale"])
        rows: list[GradeRow] = []
        query = f"SELECT * FROM grades g WHERE item_id = ? AND {grades.IS_SET} ORDER BY enrollment_id"
        for row in storage.rows(query, item["id"]):
            chance = self.dice.random()
            if chance >= _CHANGED + _CLEARED:
                continue
            is_cleared = chance < _CLEARED
            given = (None, 0, "", None) if is_cleared else coursework.a_grade(self.dice, item, scale)
            if given != (row["grade"], row["exception"], row["comment"], row["comment_status"]):
                rows.append((item["id"], row["enrollment_id"], self.section["id"], *given, self.at))
                self.counts["cleared" if is_cleared else "changed"] += 1
        self._save(rows)

    def _save(self, rows: list[GradeRow]) -> None:
        grades.put(self.service.storage, rows)
        saved = [(row[0], row[1]) for row in rows]
        events.announce_grades(self.service, self.section["id"], saved, actor=self._teacher)

    def _withdraw(self, item: Row) -> None:
        storage = self.service.storage
        if self.dice.random() < 0.5:
            events.announce_item(self.service, item, "delete", actor=self._teacher)
            grade_items.remove(storage, item["id"], at=self.at)
        else:
            storage.update("grade_items", item["id"], {"published": 0})
            [row] = storage.rows("SELECT * FROM grade_items WHERE id = ?", item["id"])
            events.announce_item(self.service, row, "update", actor=self._teacher)
        self.counts["withdrawn"] += 1
