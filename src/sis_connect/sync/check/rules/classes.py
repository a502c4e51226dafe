"""Rules about courses, classes and their grade books."""

from __future__ import annotations

from sis_connect.findings import Fixer, Severity
from sis_connect.sync.check.rules.wording import broken, doubtful, remark

COURSES_AND_CLASSES = (
    doubtful(
        "roster.courses_share_code",
        Fixer.DISTRICT,
        "Several courses of one org have the same course code.",
        "Give each course of an org its own courseCode.",
    ),
    remark(
        "roster.courses_without_classes",
        Fixer.DISTRICT,
        "Courses of the catalogue are not taught in any class.",
        "Nothing needs to be done; leave unused courses out to keep the package small.",
    ),
    doubtful(
        "roster.subject_codes_differ",
        Fixer.VENDOR,
        "There are not as many subject codes as subjects.",
        "Write one code for each subject, in the same order.",
        strict=Severity.ERROR,
    ),
    broken(
        "roster.class_without_term",
        Fixer.VENDOR,
        "None of the terms that a class names can be used.",
        "Export the terms in which the class meets.",
    ),
    broken(
        "roster.class_outside_schools",
        Fixer.DISTRICT,
        "The org in which a class is taught is no school and lies in none.",
        "Set schoolSourcedId to an org of type school.",
    ),
    doubtful(
        "roster.class_in_department",
        Fixer.DISTRICT,
        "The org in which a class is taught is no school; the school above it is taken.",
        "Set schoolSourcedId to an org of type school.",
        strict=Severity.ERROR,
    ),
    doubtful(
        "roster.class_without_teacher",
        Fixer.DISTRICT,
        "A class has no teacher.",
        "Assign a teacher, or close the class.",
    ),
    doubtful(
        "roster.class_without_students",
        Fixer.DISTRICT,
        "A class has no students.",
        "Enroll the students, or close the class.",
    ),
    doubtful(
        "roster.class_without_primary_teacher",
        Fixer.DISTRICT,
        "A class has several teachers and none of them is the primary one, though other classes have one.",
        "Mark one teacher of the class as primary.",
    ),
    doubtful(
        "roster.class_with_several_primary_teachers",
        Fixer.DISTRICT,
        "A class has several primary teachers.",
        "Mark one teacher of the class as primary.",
    ),
    doubtful(
        "roster.class_too_large",
        Fixer.DISTRICT,
        "A class has more than 1,000 members.",
        "Check that the class is a class and not a whole school.",
    ),
    remark(
        "roster.class_in_ended_term",
        Fixer.DISTRICT,
        "All terms of a class have ended.",
        "Leave classes of past terms out, or check the dates of their terms.",
    ),
    doubtful(
        "roster.course_of_other_school",
        Fixer.DISTRICT,
        "A class is taught from a course that belongs to another school.",
        "Use a course of the school or of the district, or correct the school of the class.",
    ),
    remark(
        "roster.homerooms",
        Fixer.DISTRICT,
        "The package holds homerooms.",
        "Decide in the settings whether homerooms become courses in the LMS.",
    ),
)

GRADE_BOOK = (
    doubtful(
        "roster.line_item_due_before_assigned",
        Fixer.DISTRICT,
        "A line item is due before it is assigned.",
        "Correct assignDate or dueDate.",
    ),
    doubtful(
        "roster.line_item_range_reversed",
        Fixer.DISTRICT,
        "The lowest score of a line item is above its highest.",
        "Correct resultValueMin or resultValueMax.",
    ),
    remark(
        "roster.score_above_maximum",
        Fixer.DISTRICT,
        "A score is above the highest of its line item.",
        "Nothing needs to be done where it is extra credit.",
    ),
    doubtful(
        "roster.result_repeated",
        Fixer.DISTRICT,
        "A student has several results for one line item.",
        "Keep one result for each student and line item.",
    ),
)
