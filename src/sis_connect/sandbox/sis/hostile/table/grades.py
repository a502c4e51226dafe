"""Rows about gradebooks: what becomes of a grade that was put."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.sandbox.sis.hostile import grading, refusing
from sis_connect.sandbox.sis.hostile.scenario import Theme
from sis_connect.sandbox.sis.hostile.table.row import DISTRICTS, FEARED, SEEN, STANDARD, row

if TYPE_CHECKING:
    from sis_connect.sandbox.sis.hostile.table.row import Rows

_OF_CLASSES = (
    "getLineItemsForClass",
    "getResultsForClass",
    "getResultsForLineItemForClass",
    "getResultsForStudentForClass",
)

ROWS: Rows = MappingProxyType(
    {
        Theme.GRADES_KEPT: (
            row("grades_not_stored", DISTRICTS, grading.not_stored, "Takes every result, and keeps none."),
            row("line_items_not_stored", FEARED, grading.line_items_not_stored, "Takes line items, and keeps none."),
            row("grade_failure_as_success", SEEN, grading.failure_as_success, "Reports a refusal with status 200."),
            row("grade_sign_in_page", FEARED, grading.sign_in_page, "Answers results with 200 and a web page."),
            row("scores_rounded", SEEN, grading.scores_rounded, "Keeps whole scores only."),
            row(
                "comments_cut",
                SEEN,
                grading.comments_cut,
                "Keeps {characters} characters of each comment.",
                characters=12,
            ),
            row(
                "statuses_dropped",
                DISTRICTS,
                grading.statuses_dropped,
                "Keeps every result that has no score as fully graded 0.",
            ),
            row("titles_changed", FEARED, grading.titles_changed, "Renames a line item whose title the class has."),
        ),
        Theme.GRADES_ANSWERED: (
            row("created_as_ok", SEEN, grading.created_as_ok, "Answers 200 where it created a record."),
            row("grade_nothing_said", SEEN, grading.nothing_said, "Answers 204 without the record."),
            row("grade_ids_own", SEEN, grading.own_ids, "Gives records ids of its own, and tells them."),
            row(
                "grade_ids_own_in_silence",
                FEARED,
                grading.own_ids_in_silence,
                "Gives line items and results ids of its own, and does not tell them.",
            ),
            row(
                "grade_answer_lost",
                FEARED,
                grading.answer_lost,
                "Keeps what is put, and ends the connection without an answer, the first time.",
                times=1,
            ),
            row(
                "grade_lost",
                FEARED,
                grading.lost,
                "Ends the connection without an answer, the first time, and keeps nothing.",
                times=1,
            ),
            row(
                "grade_answers_always_lost",
                FEARED,
                grading.lost,
                "Ends the connection without an answer, and keeps nothing.",
                times=0,
            ),
            row(
                "grade_fails_after_storing",
                FEARED,
                grading.fails_after_storing,
                "Keeps what is put, and answers 500, the first time.",
                times=1,
            ),
        ),
        Theme.GRADES_REFUSED: (
            row(
                "student_refused",
                DISTRICTS,
                grading.student_refused,
                "Refuses the results of student number {student}, from 0 on, in the order of ids.",
                student=0,
            ),
            row(
                "window_closes",
                SEEN,
                grading.window_closes,
                "Takes {puts} results, and then says that the grading window is closed.",
                puts=5,
            ),
            row(
                "grade_not_now",
                SEEN,
                grading.too_many_puts,
                "Answers 429 to each PUT, the first time.",
                times=1,
                seconds=0,
            ),
            row("grade_fails_once", SEEN, grading.fails, "Answers 500 to each PUT, the first time.", times=1),
            row("grade_fails", SEEN, grading.fails, "Answers 500 to each PUT.", times=0),
            row("gradebook_away", SEEN, grading.away, "Answers 503 to each PUT.", times=0, seconds=0),
        ),
        Theme.GRADES_READ: (
            row(
                "class_grades_missing",
                STANDARD,
                refusing.operations_refused(404, *_OF_CLASSES),
                "Has no line items and results below classes.",
            ),
            row(
                "grades_one_by_one",
                SEEN,
                refusing.operations_refused(404, *_OF_CLASSES, "getAllLineItems", "getAllResults"),
                "Gives line items and results one by one only.",
            ),
            row(
                "grades_unreadable",
                FEARED,
                refusing.operations_refused(403, *_OF_CLASSES, "getAllResults", "getResult"),
                "Gives no results to this sign-in.",
            ),
        ),
    }
)
