"""What people call classes, items and students, in place of keys; for what is shown, never for a decision.

Read from the roster that was applied last, as it was received, and from the grade books as they were read last. Not
here: who may see it (the faces).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sis_connect.sync.desired import Kind, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.runs.runner import Runner
    from sis_connect.store.grade_books import GradeBooks

_CLASSES = f'SELECT "key", title FROM existing_{Kind.CLASSES} WHERE "key" IN (SELECT unnest($1))'
_TEACHERS = f"""
    SELECT e.class_key,
           string_agg(trim(concat_ws(' ', u.given_name, u.family_name)), '; ' ORDER BY u.family_name, e.user_key)
    FROM existing_{Kind.ENROLLMENTS} AS e JOIN existing_{Kind.USERS} AS u ON u."key" = e.user_key
    WHERE e.role = '{Membership.TEACHER}' AND e.class_key IN (SELECT unnest($1))
    GROUP BY e.class_key
"""


@dataclass(frozen=True, slots=True)
class GradeNames:
    """Titles and names; what is not known is called by its key."""

    classes: Mapping[str, str] = field(repr=False)
    #: By class key and the item's id in the LMS.
    items: Mapping[tuple[str, str], str] = field(repr=False)
    students: Mapping[str, str] = field(repr=False)
    #: By class key: who teaches it, as Schoology has them.
    teachers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def class_(self, key: str) -> str:
        """The title of a class."""
        return self.classes.get(key) or key

    def item(self, class_key: str, lms_id: str) -> str:
        """The title of an item."""
        return self.items.get((class_key, lms_id)) or lms_id

    def student(self, sourced_id: str) -> str:
        """The name of a student."""
        return self.students.get(sourced_id) or sourced_id


def name_all(runner: Runner, books: GradeBooks, class_keys: Collection[str], students: Collection[str]) -> GradeNames:
    """Titles of these classes and their items, and names of these students."""
    items = {
        (key, item.lms_id): item.title
        for key in class_keys
        if (kept := books.find(key)) is not None
        for item in kept.book.items
    }
    digest = runner.ledger.snapshot
    snapshot = runner.snapshots.find(digest) if digest else None
    if snapshot is None:
        return GradeNames({}, items, {})
    with runner.at_work() as frames:
        runner.existing.lay_out(frames, runner.ledger.existing)
        keys = [list(class_keys)]
        return GradeNames(
            dict(frames.execute(_CLASSES, keys).fetchall()),
            items,
            _names(frames, snapshot, students),
            dict(frames.execute(_TEACHERS, keys).fetchall()),
        )


def _names(frames: Frames, snapshot: Snapshot, students: Collection[str]) -> dict[str, str]:
    users = snapshot.files.get("users")
    if users is None or not students:
        return {}
    rows = frames.execute(
        f"SELECT sourced_id, trim(concat_ws(' ', given_name, family_name)) FROM ({users.relation}) "
        "WHERE sourced_id IN (SELECT unnest($1))",
        [list(students)],
    ).fetchall()
    return dict(rows)
