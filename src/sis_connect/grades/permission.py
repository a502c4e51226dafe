"""Who may send grades of which class, whatever the SIS's own sign-in allows.

Pure; the answer has its reason, so that it can be told and kept in the audit log. Not here: who somebody is (the faces
say), and the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sis_connect.grades.findings import problem_rule

if TYPE_CHECKING:
    from sis_connect.grades.roster import Roster


class SenderRole(StrEnum):
    """As what somebody sends."""

    #: Classes they teach by the roster.
    TEACHER = "teacher"
    #: Any class of the district; also who set up the schedule, where nobody is there.
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wants to send."""

    role: SenderRole
    #: A teacher's sourcedId in the SIS; of an administrator, whatever the district tells them apart by.
    id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether they may, and why."""

    is_allowed: bool
    #: One sentence.
    reason: str
    #: One of `findings.RULES` when it is no.
    code: str | None = None


def may_send(sender: Sender, class_key: str, roster: Roster) -> Answer:
    """Whether somebody may send the grades of the section that carries this class.

    For a linked section too the section's own class counts: who teaches it graded what goes to its sister classes.
    """
    class_ = roster.classes.get(class_key)
    if class_ is None:
        return _no("grades.no_such_class")
    if sender.role is SenderRole.ADMINISTRATOR:
        return Answer(is_allowed=True, reason="An administrator may send the grades of any class of the district.")
    if sender.id in class_.teachers:
        return Answer(is_allowed=True, reason="The teacher teaches this class by the roster.")
    return _no("grades.not_your_class")


def _no(code: str) -> Answer:
    return Answer(is_allowed=False, reason=problem_rule(code).title, code=code)
