"""The complete view of a grade book, from what was known of it and what was read since.

Pure. Not here: when to read everything again, which polling cannot replace: a grade that was deleted may be in no poll.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from sis_connect.grades.observed import Grade, GradeBook


def merge_books(known: GradeBook | None, read: GradeBook) -> GradeBook:
    """The grade book as it is now: complete, with one grade for a student and item at most, in a fixed order.

    A complete reading replaces what was known. Otherwise items, categories and periods are those that were read, since
    they are always complete; a grade that was read replaces the known one unless it is older, also by nothing when it
    was cleared; and grades of items that are gone are gone too. ValueError when a poll comes without the complete book
    of the same class that it goes on from.
    """
    items = {item.lms_id for item in read.items}
    if read.is_complete:
        return replace(read, grades=_latest(read.grades, items))
    if known is None or not known.is_complete or known.class_key != read.class_key:
        raise ValueError("a poll can only be joined to a complete grade book of the same class")
    grades = _latest((*known.grades, *read.grades), items)
    return replace(read, grades=grades, is_complete=True, cursor=max(known.cursor, read.cursor))


def _latest(grades: Iterable[Grade], items: Container[str]) -> tuple[Grade, ...]:
    """The latest of each student for each of these items; of those with the same moment, the one that came last."""
    latest: dict[tuple[str, str], Grade] = {}
    for grade in grades:
        key = grade.item_lms_id, grade.account_lms_id
        if grade.item_lms_id not in items:
            continue
        if key not in latest or latest[key].changed_at <= grade.changed_at:
            latest[key] = grade
    return tuple(latest[key] for key in sorted(latest))
