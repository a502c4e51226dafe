"""Rules about one record: what is missing in it, and what is made up for."""

from __future__ import annotations

from sis_connect.findings import Fixer
from sis_connect.sync.check.rules.wording import broken, mended, unreadable

RECORDS = (
    broken(
        "record.missing_required",
        Fixer.VENDOR,
        "A value that the standard requires is missing.",
        "Fill in the value at the source, or leave the record out of the export.",
    ),
    broken(
        "record.unreadable_required",
        Fixer.VENDOR,
        "A value that the standard requires cannot be read.",
        "Write the value as the detail says.",
    ),
    broken(
        "record.role_not_enrollable",
        Fixer.VENDOR,
        "A person is enrolled in a class in a role that has no place there.",
        "Enroll administrators, proctors, students and teachers only; name parents as agents of their child.",
    ),
    mended(
        "record.status_in_bulk",
        "A bulk file fills in status or dateLastModified, which must be blank there.",
        "Leave both columns blank in bulk files, or declare the file as delta in the manifest.",
    ),
    unreadable(
        "record.missing_in_delta",
        "A record of a delta file lacks its status or dateLastModified; it is taken as active.",
        "Fill in status and dateLastModified on every record of a delta file.",
    ),
    mended(
        "record.class_type_assumed",
        "A class does not say whether it is a homeroom; it is taken as scheduled.",
        "Fill in classType with homeroom or scheduled.",
    ),
    mended(
        "record.enabled_user_assumed",
        "A user does not say whether it is enabled; it is taken as enabled.",
        "Fill in enabledUser with true or false.",
    ),
    mended(
        "record.school_year_derived",
        "A session does not name its school year; the year in which it ends is taken.",
        "Fill in schoolYear with the year in which the school year ends.",
    ),
    mended(
        "record.course_without_org",
        "A course does not name the org that owns it.",
        "Fill in orgSourcedId with the school or the district.",
    ),
    mended(
        "record.class_title_missing",
        "A class has no title; the title of its course is taken.",
        "Fill in the title of the class.",
    ),
    mended(
        "record.enrollment_without_school",
        "An enrollment does not name its school; the school of its class is taken.",
        "Fill in schoolSourcedId with the school of the class.",
    ),
    unreadable(
        "record.username_missing",
        "A user has no username; the e-mail address has to do.",
        "Fill in username.",
    ),
    mended(
        "record.repeated",
        "The same record stands in the file more than once, equal in every value; it is used once.",
        "Export each record once.",
    ),
)
