"""What is told before anything is sent: of a class, of an item, of one student's grade.

Here: those rules, and how a rule of grades is made. Not here: what is told afterwards, and the table (`findings`).
"""

from __future__ import annotations

from typing import Final

from sis_connect.findings import Fixer, Rule, Severity


def error(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """Something is not in the SIS as it should be."""
    return Rule(f"grades.{code}", Severity.ERROR, fixer, title, fix)


def warning(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """It was sent, and a person should look."""
    return Rule(f"grades.{code}", Severity.WARNING, fixer, title, fix)


def note(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """Nothing has to be done."""
    return Rule(f"grades.{code}", Severity.NOTE, fixer, title, fix)


#: Where the district maps categories.
MAP: Final = "`[grades.categories]`"
_EXCEPTIONS: Final = "`[grades.exceptions]`"

#: Said of a whole class before anything is sent.
OF_CLASSES = (
    error(
        "sis_takes_none",
        Fixer.DISTRICT,
        "This SIS takes no grades over OneRoster.",
        'Enter grades in the SIS itself; where the vendor says otherwise, set `grades.sis_takes_grades = "yes"`.',
    ),
    error(
        "sis_unknown",
        Fixer.DISTRICT,
        "Whether this SIS takes grades over OneRoster is not known.",
        'Ask the vendor, then set `grades.sis_takes_grades = "yes"`.',
    ),
    error(
        "class_unreadable",
        Fixer.DISTRICT,
        "The grade book of the section cannot be read; what was sent of it before stays as it is.",
        "See in the LMS whether the section is there and its grades may be read; the next run tries again.",
    ),
    error(
        "class_unknown",
        Fixer.DISTRICT,
        "The section's class is not in the roster that was applied last.",
        "Sync the roster, or give the section the code of its class.",
    ),
    error(
        "class_unreadable",
        Fixer.OPERATOR,
        "The LMS does not let the grade book of this section be read; what was sent of it before stays in the SIS.",
        "See that the section is still there and that our account in the LMS may read its grades; then send again.",
    ),
    note(
        "class_left_out",
        Fixer.DISTRICT,
        "The district's rules leave the grades of this class out.",
        "Name the class in `grades.classes` or its school in `grades.schools` to have them sent.",
    ),
    error(
        "elementary",
        Fixer.DISTRICT,
        "This SIS takes no grades for classes of elementary grades.",
        "Enter them in the SIS itself.",
    ),
)

#: Said of an item before anything is sent.
OF_ITEMS = (
    note(
        "unpublished",
        Fixer.TEACHER,
        "The item is not published, so it is not sent; what was sent of it before stays in the SIS.",
        "Publish the item when its grades are to be seen.",
    ),
    note(
        "not_counted",
        Fixer.TEACHER,
        "The item does not count towards the grade; in the SIS it would, so it is not sent.",
        "Let it count in the LMS, or enter it in the SIS.",
    ),
    error(
        "individual_item",
        Fixer.TEACHER,
        "The item is for some students only, and this SIS takes items for whole classes.",
        "Assign it to the whole class and excuse the others, or enter it in the SIS.",
    ),
    error("no_title", Fixer.TEACHER, "The item has no title.", "Give the item a title."),
    error(
        "title_too_long",
        Fixer.TEACHER,
        "The item's title is longer than the SIS takes; a short form is proposed.",
        'Rename the item to the short form, or have short forms sent with `grades.long_titles = "shorten"`.',
    ),
    error(
        "title_not_unique",
        Fixer.TEACHER,
        "Another item of the class has this title in the SIS, and titles must differ there; another is proposed.",
        'Rename the item to the proposal, or have such titles sent with `grades.long_titles = "shorten"`.',
    ),
    error(
        "no_category",
        Fixer.TEACHER,
        "The item is in no category, and the SIS wants one.",
        f"Put the item into a category, or name one for such items with `default` in {MAP}.",
    ),
    error(
        "category_unmatched",
        Fixer.DISTRICT,
        "No category of the SIS stands for the item's category.",
        f"Name the SIS's category for it in {MAP}, give both the same title, or have it made with `create`.",
    ),
    error(
        "category_not_in_sis",
        Fixer.DISTRICT,
        "The category that the district's rules name is not in the SIS for this class.",
        f"Correct the title in {MAP}, or make the category active in the SIS.",
    ),
    error(
        "category_ambiguous",
        Fixer.DISTRICT,
        "Categories of the SIS differ in capitals alone, so none of them certainly stands for the item's.",
        f"Say in {MAP} which one is meant.",
    ),
    error(
        "undated",
        Fixer.TEACHER,
        "The item has no due date, and none may be or can be taken from its grading period.",
        'Give the item a due date, or set `grades.undated = "last_day"`.',
    ),
    error(
        "due_outside_term",
        Fixer.TEACHER,
        "The item's due date lies outside the terms of the class.",
        "Move the due date into the term.",
    ),
    error(
        "session_locked",
        Fixer.DISTRICT,
        "The district has locked the term of this item; nothing is written into it.",
        "Take the session out of `grades.locked_sessions` if grades may still change.",
    ),
    note(
        "session_over",
        Fixer.TEACHER,
        "The item is new in the SIS, and its grading period has ended; the SIS may have closed it for grades.",
        "If it is refused, have the grading window opened or move the due date.",
    ),
    error(
        "zero_maximum",
        Fixer.TEACHER,
        "The item's maximum is zero, against which no score means anything in the SIS.",
        "Give the item points; extra credit may go beyond the maximum of any item.",
    ),
    error(
        "maximum_not_whole",
        Fixer.TEACHER,
        "The item's maximum is not a whole number, and this SIS takes no other.",
        "Make the maximum a whole number.",
    ),
    warning(
        "factor",
        Fixer.TEACHER,
        "The LMS multiplies the item's points by a factor that OneRoster has no word for, so totals will differ.",
        "Set the factor to 1 and the maximum to what the item is worth, or set the same weight in the SIS.",
    ),
)

#: Said of one student's grade before anything is sent.
OF_GRADES = (
    error(
        "account_unknown",
        Fixer.DISTRICT,
        "A grade is of an account that stands for no student of the roster.",
        "Sync the roster; an account that was made by hand needs the unique id of its student.",
    ),
    error(
        "account_of_two",
        Fixer.OPERATOR,
        "One account of the LMS stands for two students, so its grades go to neither.",
        "Give each student an account of their own.",
    ),
    error(
        "student_of_two_accounts",
        Fixer.OPERATOR,
        "Two accounts of the LMS stand for this student, and both have a grade for the item.",
        "Merge the accounts in the LMS, or clear the grade of the one that is not used.",
    ),
    error(
        "student_not_enrolled",
        Fixer.DISTRICT,
        "The student is not on the SIS's roster of this class, nor of one other class of the same course.",
        "Enroll the student in the SIS and sync the roster, or take the student out of the section.",
    ),
    error(
        "levels_undecided",
        Fixer.DISTRICT,
        "The grade is a letter or level, and the district has not said that its points are to be sent.",
        'Set `grades.levels = "points"`, or grade the item in points.',
    ),
    error(
        "not_numeric",
        Fixer.TEACHER,
        "The grade has no number, and OneRoster has no other grades.",
        "Give the student points for the item.",
    ),
    error(
        "below_minimum",
        Fixer.TEACHER,
        "The score is below zero, which is the least that a result may be.",
        "Give the student a score of zero or more.",
    ),
    error(
        "excused_undecided",
        Fixer.DISTRICT,
        "How the SIS takes an excused score is not known, so none is sent.",
        f"Ask the vendor, then set `excused` in {_EXCEPTIONS}.",
    ),
    error(
        "excused_not_taken",
        Fixer.TEACHER,
        "This SIS takes no excused scores.",
        "Excuse the student in the SIS itself.",
    ),
    error(
        "missing_undecided",
        Fixer.DISTRICT,
        "Whether missing work counts as zero is for the district to say, so nothing is sent for it.",
        f"Set `missing` in {_EXCEPTIONS}.",
    ),
    error(
        "missing_needs_number",
        Fixer.TEACHER,
        "This SIS takes nothing for missing work but a number.",
        "Give the student a score when it is settled.",
    ),
    error(
        "not_submitted_as_zero",
        Fixer.DISTRICT,
        "This SIS would keep `not submitted` as a zero, and the district has not asked for one.",
        f'Set `missing = "zero"` in {_EXCEPTIONS} if a zero is meant, or give the student a score.',
    ),
    error(
        "incomplete_undecided",
        Fixer.DISTRICT,
        "What an incomplete score is in the SIS is for the district to say.",
        f"Set `incomplete` in {_EXCEPTIONS}.",
    ),
    error(
        "partial_needs_number",
        Fixer.TEACHER,
        "An incomplete score is sent as partially graded, and there is no score yet.",
        "Give the student a score for what is there.",
    ),
    error(
        "late_undecided",
        Fixer.DISTRICT,
        "What late work without a score is in the SIS is for the district to say.",
        f"Set `late` in {_EXCEPTIONS}, or give the student a score.",
    ),
    error(
        "absent_undecided",
        Fixer.DISTRICT,
        "What a student's absence is in the SIS is for the district to say.",
        f"Set `absent` in {_EXCEPTIONS}, or give the student a score.",
    ),
    error(
        "exception_unknown",
        Fixer.TEACHER,
        "The LMS marks the grade with an exception whose meaning is not known.",
        "Give the student a score, or another exception.",
    ),
    note(
        "submitted_as_zero",
        Fixer.TEACHER,
        "The work is handed in and not graded; this SIS would keep that as a zero, so nothing is sent.",
        "Grade the work.",
    ),
    note(
        "comment_alone",
        Fixer.TEACHER,
        "There is a comment without a score; OneRoster carries a comment with a score only.",
        "Give the student a score, or tell the comment in another way.",
    ),
)
