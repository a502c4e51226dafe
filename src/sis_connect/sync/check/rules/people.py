"""Rules about people, and who is in which class."""

from __future__ import annotations

from sis_connect.findings import Fixer
from sis_connect.sync.check.rules.wording import broken, doubtful, remark

USERS = (
    broken(
        "roster.username_shared",
        Fixer.DISTRICT,
        "Several people have the same username; none of them is used.",
        "Give each person their own username; records of one person need the same identifier.",
    ),
    doubtful(
        "roster.email_shared",
        Fixer.DISTRICT,
        "Several people have the same e-mail address; it is used for none of them.",
        "Give each person their own address, or leave it blank.",
    ),
    doubtful(
        "roster.identifier_shared",
        Fixer.DISTRICT,
        "Several people with different names have the same identifier.",
        "Give each person their own number.",
    ),
    doubtful(
        "roster.person_repeated",
        Fixer.DISTRICT,
        "Several users have the same name, identifier and role; one person may get several accounts.",
        "Keep one record for each person and role, or have people matched by their identifier.",
    ),
    doubtful(
        "roster.user_without_school",
        Fixer.VENDOR,
        "A user belongs to no org that can be used.",
        "Fill in orgSourcedIds with the schools of the user.",
    ),
    doubtful(
        "roster.student_in_no_school",
        Fixer.DISTRICT,
        "A student belongs to orgs, but to no school.",
        "Add the school to orgSourcedIds.",
    ),
    doubtful(
        "roster.student_without_class",
        Fixer.DISTRICT,
        "A student is in no class.",
        "Enroll the student, or leave the record out when the student has left.",
    ),
    doubtful(
        "roster.teacher_without_class",
        Fixer.DISTRICT,
        "A teacher teaches no class.",
        "Assign classes, or give the person the role they have.",
    ),
    doubtful(
        "roster.agent_is_student",
        Fixer.DISTRICT,
        "A student is named as the parent or guardian of a student.",
        "Name the parent's own record in agentSourcedIds.",
    ),
    doubtful(
        "roster.own_agent",
        Fixer.DISTRICT,
        "A user is named as their own parent or guardian; that is not used.",
        "Name somebody else in agentSourcedIds, or nobody.",
    ),
)

ENROLLMENTS = (
    remark(
        "roster.enrollment_school_differs",
        Fixer.VENDOR,
        "An enrollment names another school than its class; the class is right.",
        "Set schoolSourcedId to the school of the class.",
    ),
    doubtful(
        "roster.enrollment_ends_before_it_begins",
        Fixer.DISTRICT,
        "An enrollment ends before it begins.",
        "Correct beginDate or endDate.",
    ),
    doubtful(
        "roster.enrollment_outside_terms",
        Fixer.DISTRICT,
        "An enrollment begins before the terms of its class or ends after them.",
        "Correct the dates, or leave them blank when they are those of the term.",
    ),
    doubtful(
        "roster.enrollment_role_differs",
        Fixer.DISTRICT,
        "A person is enrolled in a role that does not fit the person's own role.",
        "Correct the role of the enrollment or of the user.",
    ),
    doubtful(
        "roster.enrollment_repeated",
        Fixer.DISTRICT,
        "A person is in a class twice at the same time, in the same role.",
        "Keep one of the enrollments.",
    ),
    doubtful(
        "roster.student_of_other_school",
        Fixer.DISTRICT,
        "A student is in a class of a school that they do not belong to.",
        "Add the school to orgSourcedIds of the student, or correct the enrollment.",
    ),
)
