"""What is remembered between looks at the grade books: categories that were chosen, and hints that something changed.

Here: rows of the database. Not here: how a category is chosen (`grades.categories`), what a hint is worth
(`grades.schedule`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sis_connect.store import database as db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sis_connect.store.database import Database


class GradeMemory:
    """What one district's grade path remembers."""

    def __init__(self, database: Database) -> None:
        """Rows in `database`."""
        self._database = database

    def chosen_categories(self, courses: Collection[str]) -> dict[str, dict[str, str]]:
        """By course: titles of categories of the LMS, to the ids in the SIS that stand for them."""
        table = db.grade_choices.c
        query = sa.select(db.grade_choices).where(table.course_sourced_id.in_(courses))
        found: dict[str, dict[str, str]] = defaultdict(dict)
        with self._database.transaction() as connection:
            for course, title, category in connection.execute(query):
                found[course][title] = category
        return found

    def remember_categories(self, course: str, choices: Mapping[str, str]) -> None:
        """These choices hold for the course from now on; others of it stay."""
        rows = [
            {"course_sourced_id": course, "title": title, "category_sourced_id": category}
            for title, category in choices.items()
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(sa.insert(db.grade_choices).prefix_with("OR REPLACE"), rows)

    def hint(self, class_keys: Iterable[str]) -> None:
        """Something changed in these classes, says the LMS, by their keys or by its own ids."""
        rows = [{"class_key": key} for key in class_keys]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(sa.insert(db.grade_hints).prefix_with("OR IGNORE"), rows)

    def hinted(self) -> frozenset[str]:
        """Of the classes with a hint that was not followed yet: keys, or the LMS's own ids."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(sa.select(db.grade_hints.c.class_key)).scalars())

    def forget_hints(self, class_keys: Iterable[str]) -> None:
        """The classes are about to be read; a hint that comes from now on counts again."""
        rows = [{"key": key} for key in class_keys]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(
                    sa.delete(db.grade_hints).where(db.grade_hints.c.class_key == sa.bindparam("key")), rows
                )
