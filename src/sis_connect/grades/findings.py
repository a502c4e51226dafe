"""Everything that can stand between a grade of the LMS and the SIS: `grades` codes, for every step of the path.

Here: the rules, and the value by which a pure decision names one. An error says that something was not sent, or is not
in the SIS as it was sent; a warning that it was, and that a person should look; a note that nothing has to be done. Not
here: who finds which (`shape` beforehand, `apply` and `read_back` afterwards, `permission` before all of them).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _error(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    return Rule(f"grades.{code}", Severity.ERROR, fixer, title, fix)


def _warning(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    return Rule(f"grades.{code}", Severity.WARNING, fixer, title, fix)


def _note(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    return Rule(f"grades.{code}", Severity.NOTE, fixer, title, fix)


_MAP = "`[grades.categories]`"
_EXCEPTIONS = "`[grades.exceptions]`"

#: Said of a whole class before anything is sent.
_OF_CLASSES = (
    _error(
        "sis_takes_none",
        Fixer.DISTRICT,
        "This SIS takes no grades over OneRoster.",
        'Enter grades in the SIS itself; where the vendor says otherwise, set `grades.sis_takes_grades = "yes"`.',
    ),
    _error(
        "sis_unknown",
        Fixer.DISTRICT,
        "Whether this SIS takes grades over OneRoster is not known.",
        'Ask the vendor, then set `grades.sis_takes_grades = "yes"`.',
    ),
    _error(
        "class_unreadable",
        Fixer.DISTRICT,
        "The grade book of the section cannot be read; what was sent of it before stays as it is.",
        "See in the LMS whether the section is there and its grades may be read; the next run tries again.",
    ),
    _error(
        "class_unknown",
        Fixer.DISTRICT,
        "The section's class is not in the roster that was applied last.",
        "Sync the roster, or give the section the code of its class.",
    ),
    _error(
        "class_unreadable",
        Fixer.OPERATOR,
        "The LMS does not let the grade book of this section be read; what was sent of it before stays in the SIS.",
        "See that the section is still there and that our account in the LMS may read its grades; then send again.",
    ),
    _note(
        "class_left_out",
        Fixer.DISTRICT,
        "The district's rules leave the grades of this class out.",
        "Name the class in `grades.classes` or its school in `grades.schools` to have them sent.",
    ),
    _error(
        "elementary",
        Fixer.DISTRICT,
        "This SIS takes no grades for classes of elementary grades.",
        "Enter them in the SIS itself.",
    ),
)

#: Said of an item before anything is sent.
_OF_ITEMS = (
    _note(
        "unpublished",
        Fixer.TEACHER,
        "The item is not published, so it is not sent; what was sent of it before stays in the SIS.",
        "Publish the item when its grades are to be seen.",
    ),
    _note(
        "not_counted",
        Fixer.TEACHER,
        "The item does not count towards the grade; in the SIS it would, so it is not sent.",
        "Let it count in the LMS, or enter it in the SIS.",
    ),
    _error(
        "individual_item",
        Fixer.TEACHER,
        "The item is for some students only, and this SIS takes items for whole classes.",
        "Assign it to the whole class and excuse the others, or enter it in the SIS.",
    ),
    _error("no_title", Fixer.TEACHER, "The item has no title.", "Give the item a title."),
    _error(
        "title_too_long",
        Fixer.TEACHER,
        "The item's title is longer than the SIS takes; a short form is proposed.",
        'Rename the item to the short form, or have short forms sent with `grades.long_titles = "shorten"`.',
    ),
    _error(
        "title_not_unique",
        Fixer.TEACHER,
        "Another item of the class has this title in the SIS, and titles must differ there; another is proposed.",
        'Rename the item to the proposal, or have such titles sent with `grades.long_titles = "shorten"`.',
    ),
    _error(
        "no_category",
        Fixer.TEACHER,
        "The item is in no category, and the SIS wants one.",
        f"Put the item into a category, or name one for such items with `default` in {_MAP}.",
    ),
    _error(
        "category_unmatched",
        Fixer.DISTRICT,
        "No category of the SIS stands for the item's category.",
        f"Name the SIS's category for it in {_MAP}, give both the same title, or have it made with `create`.",
    ),
    _error(
        "category_not_in_sis",
        Fixer.DISTRICT,
        "The category that the district's rules name is not in the SIS for this class.",
        f"Correct the title in {_MAP}, or make the category active in the SIS.",
    ),
    _error(
        "category_ambiguous",
        Fixer.DISTRICT,
        "Categories of the SIS differ in capitals alone, so none of them certainly stands for the item's.",
        f"Say in {_MAP} which one is meant.",
    ),
    _error(
        "undated",
        Fixer.TEACHER,
        "The item has no due date, and none may be or can be taken from its grading period.",
        'Give the item a due date, or set `grades.undated = "last_day"`.',
    ),
    _error(
        "due_outside_term",
        Fixer.TEACHER,
        "The item's due date lies outside the terms of the class.",
        "Move the due date into the term.",
    ),
    _error(
        "session_locked",
        Fixer.DISTRICT,
        "The district has locked the term of this item; nothing is written into it.",
        "Take the session out of `grades.locked_sessions` if grades may still change.",
    ),
    _note(
        "session_over",
        Fixer.TEACHER,
        "The item is new in the SIS, and its grading period has ended; the SIS may have closed it for grades.",
        "If it is refused, have the grading window opened or move the due date.",
    ),
    _error(
        "zero_maximum",
        Fixer.TEACHER,
        "The item's maximum is zero, against which no score means anything in the SIS.",
        "Give the item points; extra credit may go beyond the maximum of any item.",
    ),
    _error(
        "maximum_not_whole",
        Fixer.TEACHER,
        "The item's maximum is not a whole number, and this SIS takes no other.",
        "Make the maximum a whole number.",
    ),
    _warning(
        "factor",
        Fixer.TEACHER,
        "The LMS multiplies the item's points by a factor that OneRoster has no word for, so totals will differ.",
        "Set the factor to 1 and the maximum to what the item is worth, or set the same weight in the SIS.",
    ),
)

#: Said of one student's grade before anything is sent.
_OF_GRADES = (
    _error(
        "account_unknown",
        Fixer.DISTRICT,
        "A grade is of an account that stands for no student of the roster.",
        "Sync the roster; an account that was made by hand needs the unique id of its student.",
    ),
    _error(
        "account_of_two",
        Fixer.OPERATOR,
        "One account of the LMS stands for two students, so its grades go to neither.",
        "Give each student an account of their own.",
    ),
    _error(
        "student_of_two_accounts",
        Fixer.OPERATOR,
        "Two accounts of the LMS stand for this student, and both have a grade for the item.",
        "Merge the accounts in the LMS, or clear the grade of the one that is not used.",
    ),
    _error(
        "student_not_enrolled",
        Fixer.DISTRICT,
        "The student is not on the SIS's roster of this class, nor of one other class of the same course.",
        "Enroll the student in the SIS and sync the roster, or take the student out of the section.",
    ),
    _error(
        "levels_undecided",
        Fixer.DISTRICT,
        "The grade is a letter or level, and the district has not said that its points are to be sent.",
        'Set `grades.levels = "points"`, or grade the item in points.',
    ),
    _error(
        "not_numeric",
        Fixer.TEACHER,
        "The grade has no number, and OneRoster has no other grades.",
        "Give the student points for the item.",
    ),
    _error(
        "below_minimum",
        Fixer.TEACHER,
        "The score is below zero, which is the least that a result may be.",
        "Give the student a score of zero or more.",
    ),
    _error(
        "excused_undecided",
        Fixer.DISTRICT,
        "How the SIS takes an excused score is not known, so none is sent.",
        f"Ask the vendor, then set `excused` in {_EXCEPTIONS}.",
    ),
    _error(
        "excused_not_taken",
        Fixer.TEACHER,
        "This SIS takes no excused scores.",
        "Excuse the student in the SIS itself.",
    ),
    _error(
        "missing_undecided",
        Fixer.DISTRICT,
        "Whether missing work counts as zero is for the district to say, so nothing is sent for it.",
        f"Set `missing` in {_EXCEPTIONS}.",
    ),
    _error(
        "missing_needs_number",
        Fixer.TEACHER,
        "This SIS takes nothing for missing work but a number.",
        "Give the student a score when it is settled.",
    ),
    _error(
        "not_submitted_as_zero",
        Fixer.DISTRICT,
        "This SIS would keep `not submitted` as a zero, and the district has not asked for one.",
        f'Set `missing = "zero"` in {_EXCEPTIONS} if a zero is meant, or give the student a score.',
    ),
    _error(
        "incomplete_undecided",
        Fixer.DISTRICT,
        "What an incomplete score is in the SIS is for the district to say.",
        f"Set `incomplete` in {_EXCEPTIONS}.",
    ),
    _error(
        "partial_needs_number",
        Fixer.TEACHER,
        "An incomplete score is sent as partially graded, and there is no score yet.",
        "Give the student a score for what is there.",
    ),
    _error(
        "late_undecided",
        Fixer.DISTRICT,
        "What late work without a score is in the SIS is for the district to say.",
        f"Set `late` in {_EXCEPTIONS}, or give the student a score.",
    ),
    _error(
        "absent_undecided",
        Fixer.DISTRICT,
        "What a student's absence is in the SIS is for the district to say.",
        f"Set `absent` in {_EXCEPTIONS}, or give the student a score.",
    ),
    _error(
        "exception_unknown",
        Fixer.TEACHER,
        "The LMS marks the grade with an exception whose meaning is not known.",
        "Give the student a score, or another exception.",
    ),
    _note(
        "submitted_as_zero",
        Fixer.TEACHER,
        "The work is handed in and not graded; this SIS would keep that as a zero, so nothing is sent.",
        "Grade the work.",
    ),
    _note(
        "comment_alone",
        Fixer.TEACHER,
        "There is a comment without a score; OneRoster carries a comment with a score only.",
        "Give the student a score, or tell the comment in another way.",
    ),
)

#: Said when the SIS answers no, or not at all.
_OF_ANSWERS = (
    _error(
        "refused",
        Fixer.VENDOR,
        "The SIS refused the record and did not say why in words of the standard.",
        "Ask the vendor what is wrong with it; the ledger has the code and the field it named.",
    ),
    _error(
        "refused_invalid",
        Fixer.VENDOR,
        "The SIS says that the record is not valid.",
        "Look at the field it names; where that is right, ask the vendor what it wants.",
    ),
    _error(
        "refused_duplicate_title",
        Fixer.TEACHER,
        "The SIS refused the item because another one of the class has its title.",
        "Rename the item in the LMS, or the other one in the SIS.",
    ),
    _error(
        "refused_title_too_long",
        Fixer.TEACHER,
        "The SIS refused the item's title.",
        "Shorten the title in the LMS.",
    ),
    _error(
        "refused_category",
        Fixer.DISTRICT,
        "The SIS refused the category.",
        f"See that it exists and is active in the SIS for this class, or name another one in {_MAP}.",
    ),
    _error(
        "refused_period",
        Fixer.DISTRICT,
        "The SIS refused the item's dates or grading period.",
        "See that the due date lies in a grading period of the class that the SIS has open.",
    ),
    _error(
        "refused_window_closed",
        Fixer.DISTRICT,
        "The SIS's grading window is closed.",
        "Have the window opened in the SIS, then send again.",
    ),
    _error(
        "refused_student_unknown",
        Fixer.DISTRICT,
        "The SIS does not know the student in this class.",
        "Check the enrollment in the SIS for the date of the item, and sync the roster.",
    ),
    _error(
        "refused_class_unknown",
        Fixer.DISTRICT,
        "The SIS does not know the class, or gives it no grade book.",
        "Check the class in the SIS, and sync the roster.",
    ),
    _error(
        "refused_forbidden",
        Fixer.DISTRICT,
        "The SIS does not let this sign-in write there.",
        "Have the right to write grades, and the classes, given to the sign-in in the SIS.",
    ),
    _error(
        "refused_score",
        Fixer.TEACHER,
        "The SIS refused the score.",
        "Check whether it goes beyond what the SIS lets be given for the item.",
    ),
    _error(
        "line_item_missing",
        Fixer.TEACHER,
        "The item itself is not in the SIS, so its grades wait.",
        "Mend what keeps the item from being sent; its grades follow.",
    ),
    _error(
        "category_missing",
        Fixer.DISTRICT,
        "The item's category could not be made in the SIS, so the item waits.",
        "Mend what keeps the category from being made, or make it in the SIS.",
    ),
    _warning(
        "postponed",
        Fixer.OPERATOR,
        "The SIS could not be reached or was busy; nothing was changed.",
        "Nothing has to be done: it is sent again by the next run.",
    ),
    _warning(
        "in_doubt",
        Fixer.OPERATOR,
        "The SIS's answer was lost, so whether it has the grade is not known.",
        "Nothing has to be done: the next run looks before it sends again.",
    ),
    _error(
        "delete_not_taken",
        Fixer.TEACHER,
        "The LMS no longer has this, and the SIS lets nothing be deleted.",
        "Delete it in the SIS by hand.",
    ),
)

#: Said when the SIS is read back.
_OF_READING_BACK = (
    _error(
        "not_stored",
        Fixer.VENDOR,
        "The SIS took the grade and does not have it.",
        "Send it again; if it stays away, give the vendor the ids and the time from the ledger.",
    ),
    _error(
        "stored_differently",
        Fixer.VENDOR,
        "The SIS took the grade and has another value than was sent.",
        "Compare both in the SIS; a maximum, a scale or a rounding there may be the cause.",
    ),
    _warning(
        "comment_cut",
        Fixer.TEACHER,
        "The SIS has the grade, and only the beginning of its comment.",
        "Write a shorter comment if the rest is to be read in the SIS.",
    ),
    _warning(
        "line_item_differs",
        Fixer.TEACHER,
        "The SIS has the item in other words than were sent, a title or a date perhaps.",
        "Compare both; give the item in the LMS what the SIS has, or ask the vendor to keep what is sent.",
    ),
    _error(
        "line_item_not_stored",
        Fixer.VENDOR,
        "The SIS took the item and does not have it.",
        "Send it again; if it stays away, give the vendor the id and the time from the ledger.",
    ),
    _warning(
        "changed_in_sis",
        Fixer.TEACHER,
        "The grade was changed in the SIS after it was sent.",
        "Enter the right grade in the LMS; it is sent when it changes there.",
    ),
    _warning(
        "deleted_in_sis",
        Fixer.TEACHER,
        "The grade was deleted in the SIS after it was sent.",
        "Clear it in the LMS too, or change it there to have it sent again.",
    ),
)

#: Said to the one who wanted to send.
_OF_PERMISSION = (
    _error(
        "not_your_class",
        Fixer.DISTRICT,
        "A teacher may send only the grades of classes they teach by the roster.",
        "Have the teacher enrolled in the class in the SIS, or let an administrator send.",
    ),
    _error(
        "no_such_class",
        Fixer.DISTRICT,
        "No class of the district's roster has this id.",
        "Check the id; a new class appears with the next roster sync.",
    ),
)

#: By code; permanent.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for rule in (*_OF_CLASSES, *_OF_ITEMS, *_OF_GRADES, *_OF_ANSWERS, *_OF_READING_BACK, *_OF_PERMISSION)
    }
)
