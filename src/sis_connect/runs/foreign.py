"""What others made in the LMS: courses, sections, people and members that SIS Connect did not create.

Here: a look at the LMS, compared with what SIS Connect knows to have made. Nothing is written anywhere. Not here: why
such things are left alone (ownership, `sync.plan.diff`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.progress import NoProgress
from sis_connect.runs.survey import write_holdings
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sis_connect.frames import Frames
    from sis_connect.progress import Progress
    from sis_connect.runs.runner import Runner
    from sis_connect.sync.apply import RosterTarget
    from sis_connect.sync.changes import Holding

#: What is looked at; schools and terms are shared by everybody.
_KINDS = (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)


@dataclass(frozen=True, slots=True)
class Foreign:
    """One thing in the LMS that SIS Connect did not make."""

    kind: Kind
    title: str
    #: The code it has there; may be empty. For a member, the unique id.
    key: str
    lms_id: str
    #: For a member, the title of the class.
    within: str
    #: True when SIS Connect uses it without changing it.
    is_linked: bool


def find_foreign(
    runner: Runner, open_target: Callable[[], RosterTarget], progress: Progress | None = None
) -> tuple[Foreign, ...]:
    """Everything that others made, by kind and title; members of our own classes only.

    Reads all of the LMS. Raises TargetError when that cannot be done.
    """
    progress = progress or NoProgress()
    with runner.at_work() as frames:
        runner.existing.lay_out(frames, runner.ledger.existing)
        target = open_target()
        write_holdings(frames, _counted(target.survey(_KINDS), progress, "surveying"))
        found = [one for kind in _KINDS for one in _others(frames, kind)]
        classes = frames.execute("SELECT lms_id, title FROM existing_classes WHERE owned ORDER BY lms_id").fetchall()
        ids = [str(lms_id) for lms_id, _ in classes]
        write_holdings(frames, _counted(target.members(ids), progress, "members"))
        return (*found, *_members(frames))


def _counted(holdings: Iterator[Holding], progress: Progress, step: str) -> Iterator[Holding]:
    """The holdings; how many there will be nobody knows before the end."""
    number = 0
    for number, holding in enumerate(holdings, start=1):
        if number % 100 == 0:
            progress.advance(step, number, 0)
        yield holding
    progress.advance(step, number, number)


def _others(frames: Frames, kind: Kind) -> Iterator[Foreign]:
    rows = frames.execute(
        f"""
        SELECT h.title, h."key", h.lms_id, e.lms_id IS NOT NULL
        FROM holdings AS h LEFT JOIN existing_{kind} AS e ON e.lms_id = h.lms_id
        WHERE h.kind = '{kind}' AND coalesce(NOT e.owned, true)
        ORDER BY h.title, h.lms_id
        """
    ).fetchall()
    for title, key, lms_id, is_linked in rows:
        yield Foreign(kind, title, key, lms_id, "", is_linked)


def _members(frames: Frames) -> Iterator[Foreign]:
    rows = frames.execute(
        """
        SELECT h.title, h.member_key, h.lms_id, c.title
        FROM holdings AS h JOIN existing_classes AS c ON c."key" = h."key"
        ANTI JOIN existing_enrollments AS e ON e.class_key = h."key" AND e.user_key = h.member_key
        ORDER BY c.title, h.title, h.lms_id
        """
    ).fetchall()
    for title, key, lms_id, within in rows:
        yield Foreign(Kind.ENROLLMENTS, title, key or "", lms_id, within, is_linked=False)
