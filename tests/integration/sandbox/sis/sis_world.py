"""A small district as a CSV package: two schools, two years, three classes, and a gradebook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sis_packages import a_package, text

if TYPE_CHECKING:
    from sis_packages import Package

#: When the district was loaded.
LOADED_AT = datetime(2026, 9, 15, 6, tzinfo=UTC)

ORGS = text(
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "d1,,,Riverbend District,district,100,",
    "s1,,,Hill School,school,101,d1",
    "s2,,,Älmhult School,school,102,d1",
)
SESSIONS = text(
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "y1,,,2026-27,schoolYear,2026-08-01,2027-08-01,,2027",
    "t1,,,Fall,term,2026-08-01,2027-01-11,y1,2027",
    "t2,,,Spring,semester,2027-01-11,2027-08-01,y1,2027",
    "g1,,,Quarter 1,gradingPeriod,2026-08-01,2026-10-17,t1,2027",
    "g2,,,Quarter 2,gradingPeriod,2026-10-17,2027-01-11,t1,2027",
)
COURSES = text(
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    'k1,,,y1,Algebra,ALG,"09,10",s1,Math,02052',
    "k2,,,y1,Biology,BIO,,d1,,",
)
CLASSES = text(
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
    "termSourcedIds,subjects,subjectCodes,periods",
    'c1,,,Algebra 1,09,k1,A-1,scheduled,R1,s1,"t1,t2",,,"1,2"',
    "c2,,,Biology 1,,k2,B-1,scheduled,R2,s1,t2,,,",
    "c3,,,Biology 2,,k2,B-2,scheduled,R3,s2,t1,,,",
)
USERS = text(
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.house",
    "p1,,,true,s1,parent,pat,,Pat,Lane,,,,,,u1,,,",
    'u1,,,true,"s1,s2",student,bo,"{LDAP:bo},{SIS:9}",Bo,Lane,,S1,bo@riverbend.example,,,p1,09,geheim,Blue',
    "u2,,,true,s1,student,zoe,,Zoë,O'Hara,,S2,,,,,10,,",
    "u3,,,true,s2,student,kim,,Kim,Ng,,S3,,,,,10,,",
    "v1,,,true,s1,teacher,ada,,Ada,Field,,T1,,,,,,,",
    "a/b+c|d,,,false,s1,administrator,odd,,Odd,Id,,,,,,,,,",
)
ENROLLMENTS = text(
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "e1,,,c1,s1,u1,student,,2026-08-01,",
    "e2,,,c1,s1,u2,student,,,",
    "e3,,,c1,s1,v1,teacher,true,,",
    "e4,,,c3,s1,u1,student,,,",
    "e5,tobedeleted,2026-09-01T00:00:00.000Z,c2,s1,u2,student,,,",
)
RESOURCES = text(
    "sourcedId,status,dateLastModified,vendorResourceId,title,roles,importance,vendorId,applicationId",
    'r1,,,v-1,Atlas,"student,teacher",primary,,',
    "r2,,,v-2,Reader,,,,",
)
CLASS_RESOURCES = text("sourcedId,status,dateLastModified,title,classSourcedId,resourceSourcedId", "x1,,,,c1,r1")
COURSE_RESOURCES = text("sourcedId,status,dateLastModified,title,courseSourcedId,resourceSourcedId", "x2,,,,k1,r2")
DEMOGRAPHICS = text(
    "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "u1,,,2011-05-04,,false,true,false,false,false,false,false,US,,,",
)
CATEGORIES = text("sourcedId,status,dateLastModified,title", "q1,,,Homework", "q2,,,Tests")
LINE_ITEMS = text(
    "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
    "gradingPeriodSourcedId,resultValueMin,resultValueMax",
    "l1,,,Essay,,2026-09-01,2026-09-08,c1,q1,g1,0.0,20.0",
    "l2,,,Lab,,2026-09-01,2026-09-08,c3,q1,g1,0,10",
)
RESULTS = text(
    "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment",
    "m1,,,l1,u1,fully graded,17.50,2026-09-09,Good",
    "m2,,,l1,u2,exempt,0,2026-09-09,",
    "m3,,,l2,u1,fully graded,9,2026-09-09,",
)


def a_district(**files: bytes) -> Package:
    """The district; `files` (by stem) are added or take their place."""
    return a_package(
        **{
            "orgs": ORGS,
            "academicSessions": SESSIONS,
            "courses": COURSES,
            "classes": CLASSES,
            "users": USERS,
            "enrollments": ENROLLMENTS,
            "resources": RESOURCES,
            "classResources": CLASS_RESOURCES,
            "courseResources": COURSE_RESOURCES,
            "demographics": DEMOGRAPHICS,
            "categories": CATEGORIES,
            "lineItems": LINE_ITEMS,
            "results": RESULTS,
            **files,
        }
    )


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        """It is later."""
        self.at += timedelta(seconds=seconds)
