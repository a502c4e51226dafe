"""What a vendor's database does with every change, before it can be read.

Each function runs within the transaction of the change, so that nobody sees what was there for a moment. Not here:
what is done once to what was loaded (`arranging`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sandbox.sis.records import Writing

_ENDED = "status = 'tobedeleted'"


def vanishing(*entities: str) -> Callable[[Writing], None]:
    """Records of these collections vanish when they end, in place of being marked."""

    def change(writing: Writing) -> None:
        for entity in entities:
            writing.session.run(f"DELETE FROM {ENTITIES[entity].table} WHERE {_ENDED}")

    return change


def past_years_vanish(writing: Writing) -> None:
    """Sessions and classes that ended are gone, and so is everybody's place in them."""
    for table in ("academic_sessions", "classes"):
        writing.session.run(f"DELETE FROM {table} WHERE {_ENDED}")
    writing.session.run("DELETE FROM enrollments WHERE class_sourced_id NOT IN (SELECT sourced_id FROM classes)")


def students_without_class_vanish(writing: Writing) -> None:
    """Students without a class are gone, and so is what remained of their places."""
    places = "SELECT user_sourced_id FROM enrollments WHERE status IS NOT 'tobedeleted'"
    writing.session.run(f"DELETE FROM users WHERE role = 'student' AND sourced_id NOT IN ({places})")
