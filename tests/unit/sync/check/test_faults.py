"""Every rule, broken once in a sound district: the finding appears where the fault is, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.check import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from checked_district import District

#: Code, sourcedId of the record and header of the column; the last two are None for a file.
Place = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Fault:
    """Something wrong with a district, every finding it makes and every record it takes out."""

    title: str
    make: Callable[[District], object]
    findings: frozenset[Place]
    quarantined: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()


FAULTS: list[Fault] = []


def fault(
    title: str, *findings: Place, out: str = "", deleted: str = ""
) -> Callable[[Callable[[District], object]], Callable[[District], object]]:
    """Declare a fault; `out` and `deleted` list sourcedIds."""

    def declare(make: Callable[[District], object]) -> Callable[[District], object]:
        FAULTS.append(Fault(title, make, frozenset(findings), frozenset(out.split()), frozenset(deleted.split())))
        return make

    return declare


def changed(title: str, entity: str, sourced_id: str, /, *findings: Place, out: str = "", **values: str | None) -> None:
    """Declare a fault that is one changed record."""
    fault(title, *findings, out=out)(lambda district: district.change(entity, sourced_id, **values))


def removed(title: str, entity: str, sourced_id: str, /, *findings: Place, out: str = "") -> None:
    """Declare a fault that is one missing record."""
    fault(title, *findings, out=out)(lambda district: district.remove(entity, sourced_id))


#: What goes with a student: enrollment, demographics and result.
WITH_SVEN: tuple[tuple[str, str], ...] = (
    ("algebra-1-sven", "userSourcedId"),
    ("sven", "sourcedId"),
    ("essay-sven", "studentSourcedId"),
)
NO_SVEN: tuple[Place, ...] = (
    *(("reference.quarantined_user", *place) for place in WITH_SVEN),
    ("reference.ignored_user", "pia", "agentSourcedIds"),
    ("roster.class_without_students", "algebra-1", None),
)
SVEN_OUT = "sven algebra-1-sven essay-sven"


# Records

changed(
    "a required value is missing",
    "users",
    "sven",
    ("record.missing_required", "sven", "familyName"),
    *NO_SVEN,
    out=SVEN_OUT,
    family_name=" ",
)
changed(
    "a record without a sourcedId",
    "categories",
    "homework",
    ("record.missing_required", None, "sourcedId"),
    ("reference.unknown_category", "essay", "categorySourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="essay essay-sven",
    sourced_id=None,
)
changed(
    "a role nobody knows",
    "users",
    "sven",
    ("record.unreadable_required", "sven", "role"),
    *NO_SVEN,
    out=SVEN_OUT,
    role="wizard",
)
changed(
    "a parent enrolled in a class",
    "enrollments",
    "algebra-1-sven",
    ("record.role_not_enrollable", "algebra-1-sven", "role"),
    ("roster.class_without_students", "algebra-1", None),
    ("roster.student_without_class", "sven", None),
    out="algebra-1-sven",
    role="Parent",
)
changed("status in a bulk file", "orgs", "north", ("record.status_in_bulk", None, "status"), status="active")
changed(
    "a class without a type",
    "classes",
    "algebra-1",
    ("record.class_type_assumed", "algebra-1", "classType"),
    class_type=None,
)
changed(
    "a user neither enabled nor disabled",
    "users",
    "sven",
    ("record.enabled_user_assumed", "sven", "enabledUser"),
    enabled_user="",
)
changed(
    "a session without a school year",
    "academicSessions",
    "fall",
    ("record.school_year_derived", "fall", "schoolYear"),
    school_year=None,
)
changed(
    "a course without an org",
    "courses",
    "algebra",
    ("record.course_without_org", "algebra", "orgSourcedId"),
    org_sourced_id=None,
)
changed(
    "a class without a title",
    "classes",
    "algebra-1",
    ("record.class_title_missing", "algebra-1", "title"),
    title=None,
)
changed(
    "an enrollment without a school",
    "enrollments",
    "algebra-1-sven",
    ("record.enrollment_without_school", "algebra-1-sven", "schoolSourcedId"),
    school_sourced_id=None,
)
changed(
    "a user with an e-mail address and no username",
    "users",
    "sven",
    ("record.username_missing", "sven", "username"),
    username=None,
)
changed(
    "a user with neither e-mail address nor username",
    "users",
    "sven",
    ("record.missing_required", "sven", "username"),
    *NO_SVEN,
    out=SVEN_OUT,
    username=None,
    email=None,
)


@fault("a delta record without its marks", ("record.missing_in_delta", "south", "status"))
def _(district: District) -> None:
    district.modes["orgs"] = Mode.DELTA
    for record in district.records["orgs"]:
        record.update(status="active", date_last_modified="2026-09-01T10:00:00.000Z")
    district.change("orgs", "south", status=None)


@fault("a record exported twice", ("record.repeated", "pia", None), out="pia")
def _(district: District) -> None:
    district.add("users", "pia")


# Values

LONG = "x" * 256
changed(
    "a sourcedId that is too long",
    "categories",
    "homework",
    ("value.guid_too_long", LONG[:255], "sourcedId"),
    ("reference.unknown_category", "essay", "categorySourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out=f"{LONG} essay essay-sven",
    sourced_id=LONG,
)
changed(
    "a sourcedId with a control character",
    "categories",
    "homework",
    ("value.guid_control_characters", "home?work", "sourcedId"),
    ("reference.unknown_category", "essay", "categorySourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="home\x07work essay essay-sven",
    sourced_id="home\x07work",
)


@fault("a sourcedId with odd characters", ("value.guid_characters", "home+work", "sourcedId"))
def _(district: District) -> None:
    district.change("categories", "homework", sourced_id="home+work")
    district.change("lineItems", "essay", category_sourced_id="home+work")


changed(
    "an optional value outside its list",
    "demographics",
    "sven",
    ("value.unknown_enumeration", "sven", "sex"),
    sex="unsaid",
)
changed(
    "a list with a word outside its vocabulary",
    "resources",
    "book",
    ("value.unknown_enumeration", "book", "roles"),
    roles="teacher,wizard",
)
changed(
    "a truth value that is none",
    "enrollments",
    "algebra-1-tove",
    ("value.not_a_boolean", "algebra-1-tove", "primary"),
    primary="perhaps",
)
changed(
    "a date that is none",
    "enrollments",
    "algebra-1-tove",
    ("value.not_a_date", "algebra-1-tove", "beginDate"),
    begin_date="2026-02-30",
)
changed(
    "a school year that is none",
    "academicSessions",
    "fall",
    ("value.not_a_year", "fall", "schoolYear"),
    school_year="next",
)
changed(
    "a score that is no number",
    "results",
    "essay-sven",
    ("record.unreadable_required", "essay-sven", "score"),
    out="essay-sven",
    score="good",
)
changed("userIds that are none", "users", "pia", ("value.not_user_ids", "pia", "userIds"), user_ids="Pia")
changed(
    "a role in capitals",
    "users",
    "sven",
    ("value.enumeration_repaired", "sven", "role"),
    role="Student ",
)
changed(
    "a truth value in capitals",
    "users",
    "sven",
    ("value.boolean_repaired", "sven", "enabledUser"),
    enabled_user="TRUE",
)
changed(
    "an American date",
    "enrollments",
    "algebra-1-tove",
    ("value.date_repaired", "algebra-1-tove", "beginDate"),
    begin_date="08/10/2026",
)
changed(
    "a school year as a span",
    "academicSessions",
    "fall",
    ("value.year_repaired", "fall", "schoolYear"),
    school_year="2026-2027",
)
changed(
    "userIds with blanks",
    "users",
    "pia",
    ("value.user_ids_repaired", "pia", "userIds"),
    user_ids="{SIS: pia};{LDAP:pia}",
)
changed(
    "an enrollment until the end of time",
    "enrollments",
    "algebra-1-tove",
    ("value.sentinel_date", "algebra-1-tove", "endDate"),
    ("roster.enrollment_outside_terms", "algebra-1-tove", "beginDate"),
    end_date="9999-12-31",
)
changed(
    "an enrollment that ended before there were any",
    "enrollments",
    "algebra-1-tove",
    ("value.date_out_of_time", "algebra-1-tove", "endDate"),
    end_date="0027-06-10",
)
changed(
    "an enrollment that begins when nobody is left",
    "enrollments",
    "algebra-1-tove",
    ("value.date_out_of_time", "algebra-1-tove", "beginDate"),
    begin_date="9999-12-31",
)
changed(
    "a name with blanks around it",
    "users",
    "siv",
    ("value.blanks_trimmed", "siv", "givenName"),
    given_name=" Siv ",
)
changed(
    "blanks where there may be nothing",
    "users",
    "siv",
    ("value.blanks_trimmed", "siv", "phone"),
    phone="  ",
)
changed(
    "a number with a blank",
    "lineItems",
    "essay",
    ("value.blanks_trimmed", "essay", "resultValueMax"),
    result_value_max="10.0 ",
)
changed(
    "blanks between the items of a list",
    "classes",
    "algebra-1",
    ("value.list_blanks", "algebra-1", "subjects"),
    subjects="Maths, Logic",
)
changed(
    "blanks between the references of a list",
    "users",
    "sven",
    ("value.list_blanks", "sven", "orgSourcedIds"),
    org_sourced_ids="district, north",
)
changed(
    "a reference that is missing between two commas",
    "users",
    "sven",
    ("value.list_blanks", "sven", "orgSourcedIds"),
    org_sourced_ids="district,,north",
)
changed(
    "blanks in userIds",
    "users",
    "sven",
    ("value.user_ids_repaired", "sven", "userIds"),
    user_ids="{SIS : sven}",
)
changed(
    "somebody not born yet",
    "demographics",
    "sven",
    ("value.birth_date_in_future", "sven", "birthDate"),
    birth_date="2026-10-02",
)
changed("a grade level of one's own", "users", "siv", ("value.unknown_grade", "siv", "grades"), grades="09,9th")
changed(
    "a name with lost letters",
    "users",
    "siv",
    ("value.broken_characters", "siv", "givenName"),
    given_name="S\ufffdv",
)
changed("an e-mail address without @", "users", "siv", ("value.not_an_email", "siv", "email"), email="siv")
changed(
    "a username with a space",
    "users",
    "siv",
    ("value.username_with_spaces", "siv", "username"),
    username="siv lindgren",
)


def _delta(district: District, **values: str | None) -> None:
    district.modes["categories"] = Mode.DELTA
    marks: dict[str, str | None] = {"status": "active", "date_last_modified": "2026-09-01T10:00:00.000Z"}
    district.change("categories", "homework", **(marks | values))


@fault("a moment in time that is none", ("value.not_a_date_time", "homework", "dateLastModified"))
def _(district: District) -> None:
    _delta(district, date_last_modified="yesterday")


@fault("a moment in time with an offset", ("value.date_time_repaired", "homework", "dateLastModified"))
def _(district: District) -> None:
    _delta(district, date_last_modified="2026-09-01T10:00:00+02:00")


@fault(
    "a status nobody knows",
    ("record.unreadable_required", "homework", "status"),
    ("reference.quarantined_category", "essay", "categorySourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="homework essay essay-sven",
)
def _(district: District) -> None:
    _delta(district, status="asleep")


changed(
    "an optional number that is none",
    "lineItems",
    "essay",
    ("record.unreadable_required", "essay", "resultValueMax"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="essay essay-sven",
    result_value_max="ten",
)


# References that take their record along


@dataclass(frozen=True)
class Link:
    """A required reference from a record to a record."""

    #: What the parent is called in codes.
    name: str
    entity: str
    child: str
    column: str
    header: str
    parents: str
    parent: str


NEEDED = [
    Link("org", "classes", "algebra-1", "school_sourced_id", "schoolSourcedId", "orgs", "north"),
    Link("course", "classes", "algebra-1", "course_sourced_id", "courseSourcedId", "courses", "algebra"),
    Link("class", "classResources", "class-book", "class_sourced_id", "classSourcedId", "classes", "algebra-1"),
    Link("user", "results", "essay-sven", "student_sourced_id", "studentSourcedId", "users", "sven"),
    Link(
        "resource", "courseResources", "algebra-book", "resource_sourced_id", "resourceSourcedId", "resources", "book"
    ),
    Link("category", "lineItems", "essay", "category_sourced_id", "categorySourcedId", "categories", "homework"),
    Link("line_item", "results", "essay-sven", "line_item_sourced_id", "lineItemSourcedId", "lineItems", "essay"),
    Link(
        "academic_session",
        "lineItems",
        "essay",
        "grading_period_sourced_id",
        "gradingPeriodSourcedId",
        "academicSessions",
        "quarter",
    ),
]


def test_records_that_refer_to_nothing_are_quarantined(district: District) -> None:
    for link in NEEDED:
        district.change(link.entity, link.child, **{link.column: "nowhere"})
    with district.checked() as checked:
        assert {(f"reference.unknown_{link.name}", link.child, link.header) for link in NEEDED} <= checked.found()
        assert {link.child for link in NEEDED} <= checked.ids("quarantine")
        assert checked.ids("quarantine") & {"tove", "sven", "teo", "siv", "pia"} == set()


def test_records_that_refer_to_quarantined_ones_are_quarantined(district: District) -> None:
    for link in NEEDED:
        district.add(link.parents, link.parent, status="withdrawn")
    with district.checked() as checked:
        assert {(f"reference.quarantined_{link.name}", link.child, link.header) for link in NEEDED} <= checked.found()
        assert {link.child for link in NEEDED} <= checked.ids("quarantine")
        assert checked.ids("clean_users") == {"tove", "teo", "siv", "pia"}


@pytest.mark.parametrize("link", NEEDED, ids=[link.name for link in NEEDED])
def test_a_record_that_refers_to_a_deleted_one_is_deleted(district: District, link: Link) -> None:
    """Deletion of a parent says nothing about its children: they are inactive (OneRoster, lifecycle)."""
    district.change(link.parents, link.parent, status="tobedeleted")
    with district.checked() as checked:
        assert (f"reference.deleted_{link.name}", link.child, link.header) in checked.found()
        assert {(link.parents, link.parent), (link.entity, link.child)} <= set(
            checked.rows("SELECT entity, sourced_id FROM tobedeleted")
        )
        assert checked.ids("quarantine") == set()


changed(
    "an org below an org that is not there",
    "orgs",
    "south",
    ("reference.ignored_org", "south", "parentSourcedId"),
    parent_sourced_id="nowhere",
)
changed(
    "an enrollment in a school that is not there",
    "enrollments",
    "algebra-1-sven",
    ("reference.ignored_org", "algebra-1-sven", "schoolSourcedId"),
    school_sourced_id="nowhere",
)
changed(
    "a course of a year that is not there",
    "courses",
    "algebra",
    ("reference.ignored_academic_session", "algebra", "schoolYearSourcedId"),
    school_year_sourced_id="nowhere",
)
changed(
    "a child of somebody who is not there",
    "users",
    "sven",
    ("reference.ignored_user", "sven", "agentSourcedIds"),
    agent_sourced_ids="pia,nobody",
)
changed(
    "a class with one term that is not there",
    "classes",
    "biology-1",
    ("reference.ignored_academic_session", "biology-1", "termSourcedIds"),
    term_sourced_ids="fall,nowhere",
)

BIOLOGY_OUT = "biology-1 biology-1-teo biology-1-siv"
NO_BIOLOGY: tuple[Place, ...] = (
    ("reference.quarantined_class", "biology-1-teo", "classSourcedId"),
    ("reference.quarantined_class", "biology-1-siv", "classSourcedId"),
    ("roster.courses_without_classes", None, None),
    ("roster.school_without_classes", "south", None),
    ("roster.student_without_class", "siv", None),
    ("roster.teacher_without_class", "teo", None),
)
changed(
    "a class of which no term is there",
    "classes",
    "biology-1",
    ("reference.ignored_academic_session", "biology-1", "termSourcedIds"),
    ("roster.class_without_term", "biology-1", "termSourcedIds"),
    *NO_BIOLOGY,
    out=BIOLOGY_OUT,
    term_sourced_ids="gone,nowhere",
)


@fault(
    "a class with one term that is quarantined",
    ("record.missing_required", "spring", "startDate"),
    ("reference.quarantined_academic_session", "biology-1", "termSourcedIds"),
    *NO_BIOLOGY,
    out=f"{BIOLOGY_OUT} spring",
)
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="spring", title="Spring", start_date=None)
    district.change("classes", "biology-1", term_sourced_ids="fall,spring")


@fault(
    "a class whose only known term is quarantined",
    ("record.missing_required", "spring", "startDate"),
    ("reference.quarantined_academic_session", "biology-1", "termSourcedIds"),
    ("reference.ignored_academic_session", "biology-1", "termSourcedIds"),
    *NO_BIOLOGY,
    out=f"{BIOLOGY_OUT} spring",
)
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="spring", title="Spring", start_date=None)
    district.change("classes", "biology-1", term_sourced_ids="nowhere,spring")


# Files


@fault("a file without which there is no roster", ("roster.entity_absent", None, None))
def _(district: District) -> None:
    del district.records["enrollments"]


@fault("a file of a header only that a roster needs", ("roster.no_records", None, None))
def _(district: District) -> None:
    district.records["enrollments"].clear()


@fault("a file of a header only", ("roster.empty_file", None, None))
def _(district: District) -> None:
    district.records["demographics"].clear()


@fault("a delta that brings nothing of a kind")
def _(district: District) -> None:
    district.records["results"].clear()
    district.modes["results"] = Mode.DELTA


@fault(
    "two categories with one sourcedId",
    ("roster.duplicate_sourced_id", "homework", "sourcedId"),
    ("reference.quarantined_category", "essay", "categorySourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="homework essay essay-sven",
)
def _(district: District) -> None:
    district.add("categories", "homework", title="Tests")


# Orgs


@fault(
    "orgs that are each other's parents",
    ("roster.org_cycle", "ring-1", "parentSourcedId"),
    ("roster.org_cycle", "ring-2", "parentSourcedId"),
    ("roster.org_cycle", "ring-3", "parentSourcedId"),
    ("reference.ignored_org", "south", "parentSourcedId"),
    out="ring-1 ring-2 ring-3",
)
def _(district: District) -> None:
    for here, there in (("1", "2"), ("2", "3"), ("3", "1")):
        district.add("orgs", "district", sourced_id=f"ring-{here}", parent_sourced_id=f"ring-{there}")
    district.change("orgs", "south", parent_sourced_id="ring-2")


@fault("no school at all", ("roster.no_school", None, None), ("roster.entity_absent", None, None))
def _(district: District) -> None:
    keep = {"orgs": district.records["orgs"][:1], "academicSessions": district.records["academicSessions"]}
    district.records.clear()
    district.records.update(keep)


@fault("a school without classes", ("roster.school_without_classes", "west", None))
def _(district: District) -> None:
    district.add("orgs", "south", sourced_id="west", name="West", identifier="WEST")


@fault(
    "two schools with one identifier and one name",
    ("roster.orgs_share_identifier", "north", "identifier"),
    ("roster.orgs_share_identifier", "south", "identifier"),
    ("roster.orgs_share_name", "north", "name"),
    ("roster.orgs_share_name", "south", "name"),
)
def _(district: District) -> None:
    district.change("orgs", "north", identifier="a1", name="Central")
    district.change("orgs", "south", identifier="A1", name="central")


# Sessions


@fault(
    "sessions that are each other's parents",
    ("roster.session_cycle", "ring-1", "parentSourcedId"),
    ("roster.session_cycle", "ring-2", "parentSourcedId"),
    out="ring-1 ring-2",
)
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="ring-1", title="One", parent_sourced_id="ring-2")
    district.add("academicSessions", "fall", sourced_id="ring-2", title="Two", parent_sourced_id="ring-1")


@fault(
    "a session that ends before it begins",
    ("roster.session_ends_before_it_begins", "back", "endDate"),
    out="back",
)
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="back", title="Back", end_date="2026-07-01")


@fault("a session of no days", ("roster.session_of_no_days", "blink", "endDate"))
def _(district: District) -> None:
    district.add(
        "academicSessions", "fall", sourced_id="blink", title="B", start_date="2026-09-01", end_date="2026-09-01"
    )


@fault("a session outside its parent", ("roster.session_outside_parent", "quarter", "parentSourcedId"))
def _(district: District) -> None:
    district.change("academicSessions", "quarter", end_date="2027-01-17")


@fault(
    "a term below a grading period",
    ("roster.session_parent_not_broader", "inner", "parentSourcedId"),
)
def _(district: District) -> None:
    district.add(
        "academicSessions",
        "fall",
        sourced_id="inner",
        title="Inner",
        parent_sourced_id="quarter",
        end_date="2026-09-01",
    )


changed(
    "a session in another school year than its dates",
    "academicSessions",
    "quarter",
    ("roster.session_school_year_differs", "quarter", "schoolYear"),
    school_year="2031",
)


@fault("a session that ended before there were any", ("roster.session_out_of_time", "old", "endDate"), out="old")
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="old", title="Old", end_date="1900-01-01")


@fault(
    "a session that begins when nobody is left",
    ("roster.session_out_of_time", "late", "startDate"),
    ("value.sentinel_date", "late", "endDate"),
    out="late",
)
def _(district: District) -> None:
    district.add(
        "academicSessions", "fall", sourced_id="late", title="Late", start_date="9999-01-01", end_date="9999-12-31"
    )


@fault(
    "two terms with one title in one year",
    ("roster.sessions_share_title", "fall", "title"),
    ("roster.sessions_share_title", "autumn", "title"),
)
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="autumn", title="FALL")


@fault("a term below no school year", ("roster.session_without_school_year", "lone", "parentSourcedId"))
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="lone", title="Lone", parent_sourced_id=None)


@fault(
    "last year's package",
    ("roster.all_sessions_ended", None, "endDate"),
    ("roster.class_in_ended_term", "algebra-1", "termSourcedIds"),
    ("roster.class_in_ended_term", "biology-1", "termSourcedIds"),
)
def _(district: District) -> None:
    for session in district.records["academicSessions"]:
        session.update(start_date="2025-08-01", end_date="2026-06-15", school_year="2026")
    for enrollment in district.records["enrollments"]:
        enrollment.update(begin_date=None, end_date=None)


# Courses and classes


@fault(
    "two courses of one org with one code",
    ("roster.courses_share_code", "algebra", "courseCode"),
    ("roster.courses_share_code", "biology", "courseCode"),
)
def _(district: District) -> None:
    district.change("courses", "algebra", course_code="x1")
    district.change("courses", "biology", course_code="X1")


@fault("a course nobody teaches", ("roster.courses_without_classes", None, None))
def _(district: District) -> None:
    district.add("courses", "biology", sourced_id="chess", course_code="chess")


changed(
    "a course with fewer subject codes than subjects",
    "courses",
    "algebra",
    ("roster.subject_codes_differ", "algebra", "subjectCodes"),
    subjects="Maths,Logic",
)
changed(
    "a class with fewer subject codes than subjects",
    "classes",
    "algebra-1",
    ("roster.subject_codes_differ", "algebra-1", "subjectCodes"),
    subject_codes="02001",
)
changed(
    "a class taught in no school",
    "classes",
    "biology-1",
    ("roster.class_outside_schools", "biology-1", "schoolSourcedId"),
    *NO_BIOLOGY,
    out=BIOLOGY_OUT,
    school_sourced_id="district",
)


@fault(
    "a class taught in a department",
    ("roster.class_in_department", "biology-1", "schoolSourcedId"),
)
def _(district: District) -> None:
    district.add("orgs", "south", sourced_id="science", type="department", parent_sourced_id="south")
    district.change("classes", "biology-1", school_sourced_id="science")
    for user in ("teo", "siv"):
        district.change("enrollments", f"biology-1-{user}", school_sourced_id="science")


removed(
    "a class without a teacher",
    "enrollments",
    "biology-1-teo",
    ("roster.class_without_teacher", "biology-1", None),
    ("roster.teacher_without_class", "teo", None),
)
removed(
    "a class without students",
    "enrollments",
    "biology-1-siv",
    ("roster.class_without_students", "biology-1", None),
    ("roster.student_without_class", "siv", None),
)


@fault(
    "a class with two teachers and no primary one",
    ("roster.class_without_primary_teacher", "biology-1", None),
)
def _(district: District) -> None:
    district.change("enrollments", "biology-1-teo", primary="false")
    district.add("enrollments", "biology-1-teo", sourced_id="more", user_sourced_id="tove")


@fault(
    "a class with two primary teachers",
    ("roster.class_with_several_primary_teachers", "biology-1", None),
)
def _(district: District) -> None:
    district.add("enrollments", "biology-1-teo", sourced_id="more", user_sourced_id="tove")


@fault("a class of more than a thousand", ("roster.class_too_large", "biology-1", None))
def _(district: District) -> None:
    for number in range(1_000):
        name = f"pupil-{number}"
        district.add(
            "users", "siv", sourced_id=name, username=name, identifier=name, user_ids=None, email=f"{name}@x.example"
        )
        district.add("enrollments", "biology-1-siv", sourced_id=name, user_sourced_id=name)


@fault("a class of a term that has ended", ("roster.class_in_ended_term", "algebra-1", "termSourcedIds"))
def _(district: District) -> None:
    district.add("academicSessions", "fall", sourced_id="summer", title="Summer", end_date="2026-09-01")
    district.change("classes", "algebra-1", term_sourced_ids="summer")
    for user in ("tove", "sven"):
        district.change("enrollments", f"algebra-1-{user}", begin_date=None, end_date=None)


changed("a homeroom", "classes", "algebra-1", ("roster.homerooms", None, "classType"), class_type="homeroom")


# Users

changed(
    "two people with one username",
    "users",
    "sven",
    ("roster.username_shared", "sven", "username"),
    ("roster.username_shared", "teo", "username"),
    ("reference.quarantined_user", "biology-1-teo", "userSourcedId"),
    ("roster.class_without_teacher", "biology-1", None),
    *NO_SVEN,
    out=f"{SVEN_OUT} teo biology-1-teo",
    username="TEO",
)
changed(
    "two people with one e-mail address",
    "users",
    "sven",
    ("roster.email_shared", "sven", "email"),
    ("roster.email_shared", "teo", "email"),
    email="Teo@springfield.example",
)
changed(
    "two students with one number",
    "users",
    "sven",
    ("roster.identifier_shared", "sven", "identifier"),
    ("roster.identifier_shared", "siv", "identifier"),
    identifier="SIV",
)
changed(
    "a teacher and a student with one number",
    "users",
    "sven",
    ("roster.identifier_shared", "sven", "identifier"),
    ("roster.identifier_shared", "tove", "identifier"),
    identifier="TOVE",
)
changed(
    "a user without a school",
    "users",
    "sven",
    ("roster.user_without_school", "sven", "orgSourcedIds"),
    org_sourced_ids=None,
)
changed(
    "a user of schools that are not there",
    "users",
    "sven",
    ("reference.ignored_org", "sven", "orgSourcedIds"),
    ("roster.user_without_school", "sven", "orgSourcedIds"),
    org_sourced_ids="nowhere",
)
changed(
    "a student of the district and of no school",
    "users",
    "sven",
    ("roster.student_in_no_school", "sven", "orgSourcedIds"),
    org_sourced_ids="district",
)
changed(
    "a student as a guardian",
    "users",
    "sven",
    ("roster.agent_is_student", "sven", "agentSourcedIds"),
    agent_sourced_ids="pia,siv",
)

changed(
    "somebody who is their own guardian",
    "users",
    "pia",
    ("roster.own_agent", "pia", "agentSourcedIds"),
    agent_sourced_ids="sven,pia",
)


@fault(
    "one person under two sourcedIds",
    ("roster.person_repeated", "sven", "identifier"),
    ("roster.person_repeated", "sven-2", "identifier"),
    ("roster.student_without_class", "sven-2", None),
)
def _(district: District) -> None:
    district.add("users", "sven", sourced_id="sven-2", username="sven.2", email="sven.2@springfield.example")


@fault("a class from a course of another school", ("roster.course_of_other_school", "algebra-1", "courseSourcedId"))
def _(district: District) -> None:
    district.change("courses", "algebra", org_sourced_id="south")


# Enrollments

changed(
    "an enrollment in another school than its class",
    "enrollments",
    "algebra-1-sven",
    ("roster.enrollment_school_differs", "algebra-1-sven", "schoolSourcedId"),
    school_sourced_id="south",
)
changed(
    "an enrollment that ends before it begins",
    "enrollments",
    "algebra-1-sven",
    ("roster.enrollment_ends_before_it_begins", "algebra-1-sven", "endDate"),
    end_date="2026-08-09",
)
changed(
    "an enrollment that begins before its term",
    "enrollments",
    "algebra-1-sven",
    ("roster.enrollment_outside_terms", "algebra-1-sven", "beginDate"),
    begin_date="2026-07-30",
)
changed(
    "a student who teaches",
    "enrollments",
    "algebra-1-sven",
    ("roster.enrollment_role_differs", "algebra-1-sven", "role"),
    ("roster.class_without_students", "algebra-1", None),
    role="teacher",
)
changed(
    "a student in a class of another school",
    "users",
    "sven",
    ("roster.student_of_other_school", "algebra-1-sven", "classSourcedId"),
    org_sourced_ids="district,south",
)


@fault(
    "a person in a class twice at once",
    ("roster.enrollment_repeated", "algebra-1-sven", "userSourcedId"),
    ("roster.enrollment_repeated", "again", "userSourcedId"),
)
def _(district: District) -> None:
    district.add("enrollments", "algebra-1-sven", sourced_id="again", begin_date="2026-10-01")


# Grade books

changed(
    "a line item due before it is assigned",
    "lineItems",
    "essay",
    ("roster.line_item_due_before_assigned", "essay", "dueDate"),
    due_date="2026-08-31",
)
changed(
    "a line item whose lowest score is its highest",
    "lineItems",
    "essay",
    ("roster.line_item_range_reversed", "essay", "resultValueMax"),
    result_value_min="11",
)
changed("extra credit", "results", "essay-sven", ("roster.score_above_maximum", "essay-sven", "score"), score="10.5")


@fault(
    "two results of one student for one line item",
    ("roster.result_repeated", "essay-sven", "studentSourcedId"),
    ("roster.result_repeated", "again", "studentSourcedId"),
)
def _(district: District) -> None:
    district.add("results", "essay-sven", sourced_id="again", score="8")


# Several faults in one record: all are told, and what follows from one is not

changed(
    "an enrollment of an unknown class that ends before it begins",
    "enrollments",
    "algebra-1-sven",
    ("reference.unknown_class", "algebra-1-sven", "classSourcedId"),
    ("roster.enrollment_ends_before_it_begins", "algebra-1-sven", "endDate"),
    ("roster.class_without_students", "algebra-1", None),
    ("roster.student_without_class", "sven", None),
    out="algebra-1-sven",
    class_sourced_id="nowhere",
    end_date="2026-08-09",
)
changed(
    "an enrollment of an unknown user in another school, outside its term, in a role nobody knows",
    "enrollments",
    "algebra-1-sven",
    ("reference.unknown_user", "algebra-1-sven", "userSourcedId"),
    ("record.unreadable_required", "algebra-1-sven", "role"),
    ("roster.enrollment_school_differs", "algebra-1-sven", "schoolSourcedId"),
    ("roster.enrollment_outside_terms", "algebra-1-sven", "beginDate"),
    ("roster.class_without_students", "algebra-1", None),
    ("roster.student_without_class", "sven", None),
    out="algebra-1-sven",
    user_sourced_id="nobody",
    role="wizard",
    school_sourced_id="south",
    begin_date="2026-07-30",
)
changed(
    "a session that ends before it begins below an unknown parent",
    "academicSessions",
    "quarter",
    ("roster.session_ends_before_it_begins", "quarter", "endDate"),
    ("reference.ignored_academic_session", "quarter", "parentSourcedId"),
    ("reference.quarantined_academic_session", "essay", "gradingPeriodSourcedId"),
    ("reference.quarantined_line_item", "essay-sven", "lineItemSourcedId"),
    out="quarter essay essay-sven",
    end_date="2026-07-31",
    parent_sourced_id="nowhere",
)
changed(
    "a class without a title of an unknown course in an ended term with a code too many",
    "classes",
    "biology-1",
    ("record.class_title_missing", "biology-1", "title"),
    ("reference.unknown_course", "biology-1", "courseSourcedId"),
    ("roster.subject_codes_differ", "biology-1", "subjectCodes"),
    ("reference.quarantined_class", "biology-1-teo", "classSourcedId"),
    ("reference.quarantined_class", "biology-1-siv", "classSourcedId"),
    ("roster.school_without_classes", "south", None),
    ("roster.student_without_class", "siv", None),
    ("roster.teacher_without_class", "teo", None),
    ("roster.courses_without_classes", None, None),
    out="biology-1 biology-1-teo biology-1-siv",
    title=None,
    course_sourced_id="nowhere",
    subject_codes="02001",
)


@fault(
    "a user without a name who shares username and e-mail address and has an unknown agent",
    ("record.missing_required", "tom", "familyName"),
    ("roster.username_shared", "tom", "username"),
    ("roster.username_shared", "pia", "username"),
    ("roster.email_shared", "tom", "email"),
    ("roster.email_shared", "pia", "email"),
    ("reference.ignored_user", "tom", "agentSourcedIds"),
    ("reference.ignored_user", "sven", "agentSourcedIds"),
    out="tom pia",
)
def _(district: District) -> None:
    district.add(
        "users", "pia", sourced_id="tom", family_name=None, identifier=None, user_ids=None, agent_sourced_ids="nobody"
    )


@pytest.mark.parametrize("broken", FAULTS, ids=[broken.title for broken in FAULTS])
def test_a_fault_is_found_where_it_is_and_nowhere_else(district: District, broken: Fault) -> None:
    broken.make(district)
    with district.checked() as checked:
        assert checked.found() == broken.findings
        assert {name for name in checked.ids("quarantine") if name is not None} == broken.quarantined
        assert checked.ids("tobedeleted") == broken.deleted


def test_every_rule_has_a_fault_and_every_finding_a_rule() -> None:
    needed = {f"reference.{fate}_{link.name}" for link in NEEDED for fate in ("unknown", "quarantined", "deleted")}
    shown = {code for broken in FAULTS for code, *_ in broken.findings} | needed
    assert shown == {rule.code for rule in RULES}
