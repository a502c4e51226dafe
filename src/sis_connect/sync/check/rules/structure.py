"""Rules about the package as a whole, the tree of orgs, and the calendar."""

from __future__ import annotations

from sis_connect.findings import Fixer
from sis_connect.sync.check.rules.wording import broken, doubtful, remark

PACKAGE = (
    doubtful(
        "roster.entity_absent",
        Fixer.VENDOR,
        "A file without which no roster can be built is not in the package.",
        "Export orgs, academicSessions, courses, classes, users and enrollments.",
    ),
    broken(
        "roster.no_records",
        Fixer.VENDOR,
        "A file without which no roster can be built holds a header and no records; nobody is removed for it.",
        "Have the package exported again with all records; if they are really gone, approve the removals.",
    ),
    doubtful(
        "roster.empty_file",
        Fixer.VENDOR,
        "A file holds a header and no records.",
        "Leave empty files out, and find out why nothing was exported.",
    ),
    broken(
        "roster.duplicate_sourced_id",
        Fixer.VENDOR,
        "Several different records have the same sourcedId; none of them is used.",
        "Give each record a sourcedId of its own.",
    ),
)

ORGS = (
    broken(
        "roster.org_cycle",
        Fixer.DISTRICT,
        "An org is its own ancestor.",
        "Correct parentSourcedId so that every org leads up to the district.",
    ),
    doubtful("roster.no_school", Fixer.VENDOR, "No org is a school.", "Export at least one org of type school."),
    doubtful(
        "roster.school_without_classes",
        Fixer.DISTRICT,
        "A school has no classes.",
        "Check that the classes of this school are shared, or leave the school out.",
    ),
    doubtful(
        "roster.orgs_share_identifier",
        Fixer.DISTRICT,
        "Several schools have the same identifier.",
        "Give each school its own identifier.",
    ),
    doubtful(
        "roster.orgs_share_name",
        Fixer.DISTRICT,
        "Several schools have the same name.",
        "Give each school a name by which people can tell it apart.",
    ),
)

SESSIONS = (
    broken(
        "roster.session_cycle",
        Fixer.DISTRICT,
        "A session is its own ancestor.",
        "Correct parentSourcedId so that every session leads up to its school year.",
    ),
    broken(
        "roster.session_ends_before_it_begins",
        Fixer.DISTRICT,
        "A session ends before it begins.",
        "Correct startDate or endDate.",
    ),
    broken(
        "roster.session_out_of_time",
        Fixer.DISTRICT,
        "A session ends before 1970 or begins after 2099.",
        "Correct startDate or endDate.",
    ),
    doubtful(
        "roster.session_of_no_days",
        Fixer.DISTRICT,
        "A session ends on the day on which it begins; endDate is the first day after it.",
        "Set endDate to the day after the last one.",
    ),
    doubtful(
        "roster.session_outside_parent",
        Fixer.DISTRICT,
        "A session begins before its parent or ends after it.",
        "Correct the dates, or the parent.",
    ),
    doubtful(
        "roster.session_parent_not_broader",
        Fixer.DISTRICT,
        "The parent of a session is of no broader type.",
        "Put grading periods below terms or semesters, and those below the school year.",
    ),
    doubtful(
        "roster.session_school_year_differs",
        Fixer.DISTRICT,
        "A session lies outside the school year that it names.",
        "Set schoolYear to the year in which the school year ends.",
    ),
    doubtful(
        "roster.sessions_share_title",
        Fixer.DISTRICT,
        "Several sessions of one type and school year have the same title.",
        "Give each session a title of its own.",
    ),
    remark(
        "roster.session_without_school_year",
        Fixer.DISTRICT,
        "A session does not descend from any school year.",
        "Set parentSourcedId so that it leads up to a session of type schoolYear.",
    ),
    doubtful(
        "roster.all_sessions_ended",
        Fixer.DISTRICT,
        "Every session has ended: the package may be last year's.",
        "Export the present school year.",
    ),
)
