"""Every rule of the check step: code, severity, who can fix it and how.

Codes are permanent. One long table on purpose: each entry says what to do. Here: the catalogue only. Not here:
how a rule is found broken (the modules beside this one), nor the rules about reading files (`sis.csv_rules`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer, Rule, Severity
from sis_connect.oneroster.schema import ENTITIES, snake_case
from sis_connect.sync.check.tolerances import takes_along

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_DISTRICT, _VENDOR = Fixer.DISTRICT, Fixer.VENDOR


def _broken(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """The record cannot be used."""
    return Rule(code, _ERROR, fixer, title, fix)


def _doubtful(code: str, fixer: Fixer, title: str, fix: str, *, strict: Severity | None = None) -> Rule:
    """The record is used; the value is not, or a person should look."""
    return Rule(code, _WARNING, fixer, title, fix, strict)


def _mended(code: str, title: str, fix: str) -> Rule:
    """The record is used as if it followed the standard; a certification would refuse it."""
    return Rule(code, _NOTE, _VENDOR, title, fix, _ERROR)


def _remark(code: str, fixer: Fixer, title: str, fix: str) -> Rule:
    """Good to know, and allowed by the standard."""
    return Rule(code, _NOTE, fixer, title, fix)


def _unreadable(code: str, title: str, fix: str) -> Rule:
    """An optional value breaks the standard and is not used."""
    return _doubtful(code, _VENDOR, title, fix, strict=_ERROR)


_RECORDS = (
    _broken(
        "record.missing_required",
        _VENDOR,
        "A value that the standard requires is missing.",
        "Fill in the value at the source, or leave the record out of the export.",
    ),
    _broken(
        "record.unreadable_required",
        _VENDOR,
        "A value that the standard requires cannot be read.",
        "Write the value as the detail says.",
    ),
    _broken(
        "record.role_not_enrollable",
        _VENDOR,
        "A person is enrolled in a class in a role that has no place there.",
        "Enroll administrators, proctors, students and teachers only; name parents as agents of their child.",
    ),
    _mended(
        "record.status_in_bulk",
        "A bulk file fills in status or dateLastModified, which must be blank there.",
        "Leave both columns blank in bulk files, or declare the file as delta in the manifest.",
    ),
    _unreadable(
        "record.missing_in_delta",
        "A record of a delta file lacks its status or dateLastModified; it is taken as active.",
        "Fill in status and dateLastModified on every record of a delta file.",
    ),
    _mended(
        "record.class_type_assumed",
        "A class does not say whether it is a homeroom; it is taken as scheduled.",
        "Fill in classType with homeroom or scheduled.",
    ),
    _mended(
        "record.enabled_user_assumed",
        "A user does not say whether it is enabled; it is taken as enabled.",
        "Fill in enabledUser with true or false.",
    ),
    _mended(
        "record.school_year_derived",
        "A session does not name its school year; the year in which it ends is taken.",
        "Fill in schoolYear with the year in which the school year ends.",
    ),
    _mended(
        "record.course_without_org",
        "A course does not name the org that owns it.",
        "Fill in orgSourcedId with the school or the district.",
    ),
    _mended(
        "record.class_title_missing",
        "A class has no title; the title of its course is taken.",
        "Fill in the title of the class.",
    ),
    _mended(
        "record.enrollment_without_school",
        "An enrollment does not name its school; the school of its class is taken.",
        "Fill in schoolSourcedId with the school of the class.",
    ),
    _unreadable(
        "record.username_missing",
        "A user has no username; the e-mail address has to do.",
        "Fill in username.",
    ),
    _mended(
        "record.repeated",
        "The same record stands in the file more than once, equal in every value; it is used once.",
        "Export each record once.",
    ),
)

_VALUES = (
    _broken(
        "value.guid_too_long",
        _VENDOR,
        "A sourcedId is longer than 255 characters.",
        "Use shorter identifiers.",
    ),
    _broken(
        "value.guid_control_characters",
        _VENDOR,
        "A sourcedId begins or ends with a blank, or holds control characters.",
        "Use letters, digits and . - _ / @ only.",
    ),
    _mended(
        "value.guid_characters",
        "A sourcedId holds characters outside the standard's set; it is used as it is.",
        "Use letters, digits and . - _ / @ only.",
    ),
    _unreadable(
        "value.unknown_enumeration",
        "A value is not one of those the standard lists.",
        "Use one of the values that the detail lists.",
    ),
    _unreadable("value.not_a_boolean", "A value is neither true nor false.", "Write true or false."),
    _unreadable("value.not_a_date", "A value is not a date.", "Write dates as YYYY-MM-DD."),
    _unreadable(
        "value.not_a_date_time",
        "A value is not a moment in time.",
        "Write moments in UTC as YYYY-MM-DDTHH:MM:SS.sssZ.",
    ),
    _unreadable("value.not_a_year", "A value is not a year.", "Write the year in which the school year ends as YYYY."),
    _unreadable("value.not_user_ids", "A value is not a list of identifiers.", "Write userIds as {type:identifier}."),
    _mended(
        "value.enumeration_repaired",
        "A listed value is spelled in another way than the standard does.",
        "Spell the value exactly as the detail lists it.",
    ),
    _mended("value.boolean_repaired", "A truth value is not spelled true or false.", "Write true or false."),
    _mended("value.date_repaired", "A date is not written as the standard says.", "Write dates as YYYY-MM-DD."),
    _mended(
        "value.date_time_repaired",
        "A moment in time is not written as the standard says.",
        "Write moments in UTC as YYYY-MM-DDTHH:MM:SS.sssZ.",
    ),
    _mended(
        "value.year_repaired",
        "A school year is written as a span of years; the year in which it ends is taken.",
        "Write the year in which the school year ends as YYYY.",
    ),
    _mended(
        "value.user_ids_repaired",
        "A list of identifiers is not written as the standard says.",
        "Write userIds as {type:identifier}, separated by commas.",
    ),
    _mended(
        "value.blanks_trimmed",
        "A value begins or ends with blanks; they were left out.",
        "Leave out blanks before and after values.",
    ),
    _mended(
        "value.list_blanks",
        "An item of a list has blanks around it, or is blank; the blanks were left out.",
        "Separate the items of a list by commas alone, without blanks.",
    ),
    _doubtful(
        "value.birth_date_in_future",
        _DISTRICT,
        "Somebody's date of birth is in the future.",
        "Correct the date, or leave it blank.",
    ),
    _remark(
        "value.sentinel_date",
        _VENDOR,
        "A date is so far away that it stands for no date; it is brought back into this century.",
        "Leave unknown or open dates blank.",
    ),
    _doubtful(
        "value.date_out_of_time",
        _VENDOR,
        "An enrollment ends before 1970 or begins after 2099; the date is not used, as if it were blank.",
        "Correct the date, or leave it blank.",
    ),
    _remark(
        "value.unknown_grade",
        _VENDOR,
        "A grade level is outside the recommended vocabulary.",
        "Use IT, PR, PK, TK, KG, 01 to 13, PS, UG or Other.",
    ),
    _doubtful(
        "value.broken_characters",
        _VENDOR,
        "A text holds the mark of characters that were lost on the way.",
        "Export in UTF-8 from end to end and send the text again.",
    ),
    _doubtful(
        "value.not_an_email",
        _DISTRICT,
        "An e-mail address has no @ or is no address; it is not used.",
        "Correct the address or leave it blank.",
    ),
    _doubtful(
        "value.username_with_spaces",
        _DISTRICT,
        "A username holds spaces, which many systems cannot sign in with.",
        "Use a username without spaces.",
    ),
)


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def _needed(name: str, noun: str) -> tuple[Rule, ...]:
    words = _with_article(noun)
    return (
        _broken(
            f"reference.unknown_{name}",
            _VENDOR,
            f"A record refers to {words} that is nowhere in the package.",
            f"Export the {noun} that the detail names, or leave out what refers to it.",
        ),
        _broken(
            f"reference.quarantined_{name}",
            _DISTRICT,
            f"A record refers to {words} that cannot be used itself.",
            f"Correct the {noun} that the detail names; this record then follows by itself.",
        ),
        _doubtful(
            f"reference.deleted_{name}",
            _VENDOR,
            f"A record refers to {words} that is to be deleted; it is taken as deleted too.",
            f"Delete what refers to {words} together with it.",
        ),
    )


def _ignored(name: str, noun: str) -> Rule:
    words = _with_article(noun)
    return _doubtful(
        f"reference.ignored_{name}",
        _VENDOR,
        f"A record refers to {words} that cannot be used; it does without.",
        f"Export the {noun} that the detail names, or leave the reference out.",
        strict=_ERROR,
    )


def _reference_rules() -> Iterator[Rule]:
    for name, code in REFERRED.items():
        noun = code.replace("_", " ")
        consequences = {
            takes_along(entity, field)
            for entity in ENTITIES.values()
            for field in entity.references
            if field.refers_to == name
        }
        if True in consequences:
            yield from _needed(code, noun)
        if False in consequences:
            yield _ignored(code, noun)


#: What can be referred to: collection name to the name in codes.
REFERRED = MappingProxyType(
    {
        name: snake_case(ENTITIES[name].singular)
        for name in ENTITIES
        if any(field.refers_to == name for entity in ENTITIES.values() for field in entity.references)
    }
)
_REFERENCES = tuple(_reference_rules())

_PACKAGE = (
    _doubtful(
        "roster.entity_absent",
        _VENDOR,
        "A file without which no roster can be built is not in the package.",
        "Export orgs, academicSessions, courses, classes, users and enrollments.",
    ),
    _broken(
        "roster.no_records",
        _VENDOR,
        "A file without which no roster can be built holds a header and no records; nobody is removed for it.",
        "Have the package exported again with all records; if they are really gone, approve the removals.",
    ),
    _doubtful(
        "roster.empty_file",
        _VENDOR,
        "A file holds a header and no records.",
        "Leave empty files out, and find out why nothing was exported.",
    ),
    _broken(
        "roster.duplicate_sourced_id",
        _VENDOR,
        "Several different records have the same sourcedId; none of them is used.",
        "Give each record a sourcedId of its own.",
    ),
)

_ORGS = (
    _broken(
        "roster.org_cycle",
        _DISTRICT,
        "An org is its own ancestor.",
        "Correct parentSourcedId so that every org leads up to the district.",
    ),
    _doubtful("roster.no_school", _VENDOR, "No org is a school.", "Export at least one org of type school."),
    _doubtful(
        "roster.school_without_classes",
        _DISTRICT,
        "A school has no classes.",
        "Check that the classes of this school are shared, or leave the school out.",
    ),
    _doubtful(
        "roster.orgs_share_identifier",
        _DISTRICT,
        "Several schools have the same identifier.",
        "Give each school its own identifier.",
    ),
    _doubtful(
        "roster.orgs_share_name",
        _DISTRICT,
        "Several schools have the same name.",
        "Give each school a name by which people can tell it apart.",
    ),
)

_SESSIONS = (
    _broken(
        "roster.session_cycle",
        _DISTRICT,
        "A session is its own ancestor.",
        "Correct parentSourcedId so that every session leads up to its school year.",
    ),
    _broken(
        "roster.session_ends_before_it_begins",
        _DISTRICT,
        "A session ends before it begins.",
        "Correct startDate or endDate.",
    ),
    _broken(
        "roster.session_out_of_time",
        _DISTRICT,
        "A session ends before 1970 or begins after 2099.",
        "Correct startDate or endDate.",
    ),
    _doubtful(
        "roster.session_of_no_days",
        _DISTRICT,
        "A session ends on the day on which it begins; endDate is the first day after it.",
        "Set endDate to the day after the last one.",
    ),
    _doubtful(
        "roster.session_outside_parent",
        _DISTRICT,
        "A session begins before its parent or ends after it.",
        "Correct the dates, or the parent.",
    ),
    _doubtful(
        "roster.session_parent_not_broader",
        _DISTRICT,
        "The parent of a session is of no broader type.",
        "Put grading periods below terms or semesters, and those below the school year.",
    ),
    _doubtful(
        "roster.session_school_year_differs",
        _DISTRICT,
        "A session lies outside the school year that it names.",
        "Set schoolYear to the year in which the school year ends.",
    ),
    _doubtful(
        "roster.sessions_share_title",
        _DISTRICT,
        "Several sessions of one type and school year have the same title.",
        "Give each session a title of its own.",
    ),
    _remark(
        "roster.session_without_school_year",
        _DISTRICT,
        "A session does not descend from any school year.",
        "Set parentSourcedId so that it leads up to a session of type schoolYear.",
    ),
    _doubtful(
        "roster.all_sessions_ended",
        _DISTRICT,
        "Every session has ended: the package may be last year's.",
        "Export the present school year.",
    ),
)

_COURSES_AND_CLASSES = (
    _doubtful(
        "roster.courses_share_code",
        _DISTRICT,
        "Several courses of one org have the same course code.",
        "Give each course of an org its own courseCode.",
    ),
    _remark(
        "roster.courses_without_classes",
        _DISTRICT,
        "Courses of the catalogue are not taught in any class.",
        "Nothing needs to be done; leave unused courses out to keep the package small.",
    ),
    _doubtful(
        "roster.subject_codes_differ",
        _VENDOR,
        "There are not as many subject codes as subjects.",
        "Write one code for each subject, in the same order.",
        strict=_ERROR,
    ),
    _broken(
        "roster.class_without_term",
        _VENDOR,
        "None of the terms that a class names can be used.",
        "Export the terms in which the class meets.",
    ),
    _broken(
        "roster.class_outside_schools",
        _DISTRICT,
        "The org in which a class is taught is no school and lies in none.",
        "Set schoolSourcedId to an org of type school.",
    ),
    _doubtful(
        "roster.class_in_department",
        _DISTRICT,
        "The org in which a class is taught is no school; the school above it is taken.",
        "Set schoolSourcedId to an org of type school.",
        strict=_ERROR,
    ),
    _doubtful(
        "roster.class_without_teacher", _DISTRICT, "A class has no teacher.", "Assign a teacher, or close the class."
    ),
    _doubtful(
        "roster.class_without_students",
        _DISTRICT,
        "A class has no students.",
        "Enroll the students, or close the class.",
    ),
    _doubtful(
        "roster.class_without_primary_teacher",
        _DISTRICT,
        "A class has several teachers and none of them is the primary one, though other classes have one.",
        "Mark one teacher of the class as primary.",
    ),
    _doubtful(
        "roster.class_with_several_primary_teachers",
        _DISTRICT,
        "A class has several primary teachers.",
        "Mark one teacher of the class as primary.",
    ),
    _doubtful(
        "roster.class_too_large",
        _DISTRICT,
        "A class has more than 1,000 members.",
        "Check that the class is a class and not a whole school.",
    ),
    _remark(
        "roster.class_in_ended_term",
        _DISTRICT,
        "All terms of a class have ended.",
        "Leave classes of past terms out, or check the dates of their terms.",
    ),
    _doubtful(
        "roster.course_of_other_school",
        _DISTRICT,
        "A class is taught from a course that belongs to another school.",
        "Use a course of the school or of the district, or correct the school of the class.",
    ),
    _remark(
        "roster.homerooms",
        _DISTRICT,
        "The package holds homerooms.",
        "Decide in the settings whether homerooms become courses in the LMS.",
    ),
)

_USERS = (
    _broken(
        "roster.username_shared",
        _DISTRICT,
        "Several people have the same username; none of them is used.",
        "Give each person their own username; records of one person need the same identifier.",
    ),
    _doubtful(
        "roster.email_shared",
        _DISTRICT,
        "Several people have the same e-mail address; it is used for none of them.",
        "Give each person their own address, or leave it blank.",
    ),
    _doubtful(
        "roster.identifier_shared",
        _DISTRICT,
        "Several people with different names have the same identifier.",
        "Give each person their own number.",
    ),
    _doubtful(
        "roster.person_repeated",
        _DISTRICT,
        "Several users have the same name, identifier and role; one person may get several accounts.",
        "Keep one record for each person and role, or have people matched by their identifier.",
    ),
    _doubtful(
        "roster.user_without_school",
        _VENDOR,
        "A user belongs to no org that can be used.",
        "Fill in orgSourcedIds with the schools of the user.",
    ),
    _doubtful(
        "roster.student_in_no_school",
        _DISTRICT,
        "A student belongs to orgs, but to no school.",
        "Add the school to orgSourcedIds.",
    ),
    _doubtful(
        "roster.student_without_class",
        _DISTRICT,
        "A student is in no class.",
        "Enroll the student, or leave the record out when the student has left.",
    ),
    _doubtful(
        "roster.teacher_without_class",
        _DISTRICT,
        "A teacher teaches no class.",
        "Assign classes, or give the person the role they have.",
    ),
    _doubtful(
        "roster.agent_is_student",
        _DISTRICT,
        "A student is named as the parent or guardian of a student.",
        "Name the parent's own record in agentSourcedIds.",
    ),
    _doubtful(
        "roster.own_agent",
        _DISTRICT,
        "A user is named as their own parent or guardian; that is not used.",
        "Name somebody else in agentSourcedIds, or nobody.",
    ),
)

_ENROLLMENTS = (
    _remark(
        "roster.enrollment_school_differs",
        _VENDOR,
        "An enrollment names another school than its class; the class is right.",
        "Set schoolSourcedId to the school of the class.",
    ),
    _doubtful(
        "roster.enrollment_ends_before_it_begins",
        _DISTRICT,
        "An enrollment ends before it begins.",
        "Correct beginDate or endDate.",
    ),
    _doubtful(
        "roster.enrollment_outside_terms",
        _DISTRICT,
        "An enrollment begins before the terms of its class or ends after them.",
        "Correct the dates, or leave them blank when they are those of the term.",
    ),
    _doubtful(
        "roster.enrollment_role_differs",
        _DISTRICT,
        "A person is enrolled in a role that does not fit the person's own role.",
        "Correct the role of the enrollment or of the user.",
    ),
    _doubtful(
        "roster.enrollment_repeated",
        _DISTRICT,
        "A person is in a class twice at the same time, in the same role.",
        "Keep one of the enrollments.",
    ),
    _doubtful(
        "roster.student_of_other_school",
        _DISTRICT,
        "A student is in a class of a school that they do not belong to.",
        "Add the school to orgSourcedIds of the student, or correct the enrollment.",
    ),
)

_GRADE_BOOK = (
    _doubtful(
        "roster.line_item_due_before_assigned",
        _DISTRICT,
        "A line item is due before it is assigned.",
        "Correct assignDate or dueDate.",
    ),
    _doubtful(
        "roster.line_item_range_reversed",
        _DISTRICT,
        "The lowest score of a line item is above its highest.",
        "Correct resultValueMin or resultValueMax.",
    ),
    _remark(
        "roster.score_above_maximum",
        _DISTRICT,
        "A score is above the highest of its line item.",
        "Nothing needs to be done where it is extra credit.",
    ),
    _doubtful(
        "roster.result_repeated",
        _DISTRICT,
        "A student has several results for one line item.",
        "Keep one result for each student and line item.",
    ),
)

#: Every rule this step can find broken.
RULES: tuple[Rule, ...] = (
    *_RECORDS,
    *_VALUES,
    *_REFERENCES,
    *_PACKAGE,
    *_ORGS,
    *_SESSIONS,
    *_COURSES_AND_CLASSES,
    *_USERS,
    *_ENROLLMENTS,
    *_GRADE_BOOK,
)
RULE_BY_CODE: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in RULES})
