"""Where grade books come from, as the grades path sees it.

Here: the protocol, and the error of one class. Satisfied by shape: the LMS's adapter (`schoology`). Not here: requests,
and how what is read joins what was known (`merge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sis_connect.errors import TargetError

if TYPE_CHECKING:
    from sis_connect.grades.observed import GradeBook
    from sis_connect.grades.roster import Class


class ClassUnreadableError(TargetError):
    """The grade book of one class cannot be read; those of others may be. Nothing is known of it then."""


class GradeSource(Protocol):
    """The grade books of an LMS, one class at a time; safe to share between threads."""

    def read(self, class_: Class, since: int | None, known: GradeBook | None = None) -> GradeBook:
        """The class's grade book: complete when `since` is None, else with the grades that changed since that cursor.

        A cursor is a `GradeBook.cursor` that was read before; what changed in its very second is given again. `known`
        is the complete book that is to be joined with what changed: what it says already need not be asked for, nor
        given, again. ClassUnreadableError concerns this class alone; any other error of `sis_connect.errors` all.
        """
        ...
