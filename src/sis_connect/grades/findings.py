"""Everything that can stand between a grade of the LMS and the SIS: `grades` codes, for every step of the path.

Here: the rules, and the value by which a pure decision names one. An error says that something was not sent, or is not
in the SIS as it was sent; a warning that it was, and that a person should look; a note that nothing has to be done. Not
here: who finds which (`shape` beforehand, `apply` and `read_back` afterwards, `permission` before all of them).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer
from sis_connect.grades.findings_beforehand import MAP, OF_CLASSES, OF_GRADES, OF_ITEMS, error, warning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.findings import Rule


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a pure decision came out as no; where it is, is for the caller to say."""

    #: One of `RULES`.
    code: str
    #: As `wanted.Problem.detail`: neither name, grade nor comment.
    detail: str | None = None


def problem_rule(code: str) -> Rule:
    """The rule of a code; KeyError for one that is none."""
    return RULES[code]


#: Said when the SIS answers no, or not at all.
_OF_ANSWERS = (
    error(
        "refused",
        Fixer.VENDOR,
        "The SIS refused the record and did not say why in words of the standard.",
        "Ask the vendor what is wrong with it; the ledger has the code and the field it named.",
    ),
    error(
        "refused_invalid",
        Fixer.VENDOR,
        "The SIS says that the record is not valid.",
        "Look at the field it names; where that is right, ask the vendor what it wants.",
    ),
    error(
        "refused_title",
        Fixer.TEACHER,
        "The SIS refused the item's title: it is too long there, or another item of the class has it.",
        "Rename the item in the LMS, or the other one in the SIS.",
    ),
    error(
        "refused_category",
        Fixer.DISTRICT,
        "The SIS refused the category.",
        f"See that it exists and is active in the SIS for this class, or name another one in {MAP}.",
    ),
    error(
        "refused_period",
        Fixer.DISTRICT,
        "The SIS refused the item's dates or grading period.",
        "See that the due date lies in a grading period of the class that the SIS has open.",
    ),
    error(
        "refused_window_closed",
        Fixer.DISTRICT,
        "The SIS's grading window is closed.",
        "Have the window opened in the SIS, then send again.",
    ),
    error(
        "refused_student_unknown",
        Fixer.DISTRICT,
        "The SIS does not know the student in this class.",
        "Check the enrollment in the SIS for the date of the item, and sync the roster.",
    ),
    error(
        "refused_class_unknown",
        Fixer.DISTRICT,
        "The SIS does not know the class, or gives it no grade book.",
        "Check the class in the SIS, and sync the roster.",
    ),
    error(
        "refused_forbidden",
        Fixer.DISTRICT,
        "The SIS does not let this sign-in write there.",
        "Have the right to write grades, and the classes, given to the sign-in in the SIS.",
    ),
    error(
        "refused_score",
        Fixer.TEACHER,
        "The SIS refused the score.",
        "Check whether it goes beyond what the SIS lets be given for the item.",
    ),
    error(
        "line_item_missing",
        Fixer.TEACHER,
        "The item itself is not in the SIS, so its grades wait.",
        "Mend what keeps the item from being sent; its grades follow.",
    ),
    error(
        "category_missing",
        Fixer.DISTRICT,
        "The item's category could not be made in the SIS, so the item waits.",
        "Mend what keeps the category from being made, or make it in the SIS.",
    ),
    warning(
        "postponed",
        Fixer.OPERATOR,
        "The SIS could not be reached or was busy; nothing was changed.",
        "Nothing has to be done: it is sent again by the next run.",
    ),
    warning(
        "in_doubt",
        Fixer.OPERATOR,
        "The SIS's answer was lost, so whether it has the grade is not known.",
        "Nothing has to be done: the next run looks before it sends again.",
    ),
    error(
        "delete_not_taken",
        Fixer.TEACHER,
        "The LMS no longer has this, and the SIS lets nothing be deleted.",
        "Delete it in the SIS by hand.",
    ),
)

#: Said when the SIS is read back.
_OF_READING_BACK = (
    error(
        "not_stored",
        Fixer.VENDOR,
        "The SIS took the grade and does not have it.",
        "Send it again; if it stays away, give the vendor the ids and the time from the ledger.",
    ),
    error(
        "stored_differently",
        Fixer.VENDOR,
        "The SIS took the grade and has another value than was sent.",
        "Compare both in the SIS; a maximum, a scale or a rounding there may be the cause.",
    ),
    warning(
        "comment_cut",
        Fixer.TEACHER,
        "The SIS has the grade, and only the beginning of its comment.",
        "Write a shorter comment if the rest is to be read in the SIS.",
    ),
    warning(
        "line_item_differs",
        Fixer.TEACHER,
        "The SIS has the item in other words than were sent, a title or a date perhaps.",
        "Compare both; give the item in the LMS what the SIS has, or ask the vendor to keep what is sent.",
    ),
    error(
        "line_item_not_stored",
        Fixer.VENDOR,
        "The SIS took the item and does not have it.",
        "Send it again; if it stays away, give the vendor the id and the time from the ledger.",
    ),
    warning(
        "changed_in_sis",
        Fixer.TEACHER,
        "The grade was changed in the SIS after it was sent.",
        "Enter the right grade in the LMS; it is sent when it changes there.",
    ),
    warning(
        "deleted_in_sis",
        Fixer.TEACHER,
        "The grade was deleted in the SIS after it was sent.",
        "Clear it in the LMS too, or change it there to have it sent again.",
    ),
)

#: Said to the one who wanted to send.
_OF_PERMISSION = (
    error(
        "not_your_class",
        Fixer.DISTRICT,
        "A teacher may send only the grades of classes they teach by the roster.",
        "Have the teacher enrolled in the class in the SIS, or let an administrator send.",
    ),
    error(
        "no_such_class",
        Fixer.DISTRICT,
        "No class of the district's roster has this id.",
        "Check the id; a new class appears with the next roster sync.",
    ),
)

#: By code; permanent.
RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for rule in (*OF_CLASSES, *OF_ITEMS, *OF_GRADES, *_OF_ANSWERS, *_OF_READING_BACK, *_OF_PERMISSION)}
)
