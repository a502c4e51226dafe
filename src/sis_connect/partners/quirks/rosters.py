"""Quirks of what a roster holds: people, ids, classes and terms."""

from __future__ import annotations

from functools import partial

from sis_connect.partners.quirks.quirk import Part, Quirk

_roster = partial(Quirk, part=Part.ROSTER)

QUIRKS = (
    _roster(
        "username-needed",
        what="People without a user account are left out.",
        effect="A person who vanishes is looked for among those without an account first.",
        provenance="Infinite Campus's prerequisites (A)",
    ),
    _roster(
        "active-year-only",
        what="Only the active school year is there, and switching it exchanges everything.",
        effect="Rollover is not taken for a mass removal without a person's word.",
        provenance="Infinite Campus's prerequisites (A)",
        rests_on="roster.school_years",
    ),
    _roster(
        "current-enrollment-needed",
        what="Students without a current class are left out.",
        effect="Between terms the guard expects students to vanish and holds their removal.",
        provenance="Aeries's data mapping (A)",
    ),
    _roster(
        "terms-per-school",
        what="Each school has sessions of its own.",
        effect="Sessions of one name and the same dates become one term.",
        provenance="Infinite Campus's data models (A)",
    ),
    _roster(
        "term-type-only",
        what="Every session is of type term; there is no tree of years and semesters.",
        effect="The school year is read from the terms themselves.",
        provenance="Aeries's data mapping (A)",
    ),
    _roster(
        "term-dates-derived",
        what="The dates of a term are those of its earliest and latest class.",
        effect="Terms are not told apart by dates that differ by days.",
        provenance="Instructure's overview of Qmlativ (B)",
    ),
    _roster(
        "grading-period-placeholder",
        what="Grading periods are stand-ins made of terms.",
        effect="Terms are used, and grading periods are not needed.",
        provenance="Infinite Campus's troubleshooting article for 1.1 (A)",
    ),
    _roster(
        "ids-change-on-upgrade",
        what="Ids change when the version or the format changes.",
        effect="A pull that shares hardly an id with the last one is held as a renumbering.",
        provenance="GG4L's guide to Infinite Campus (B)",
    ),
    _roster(
        "ids-configurable",
        what="The district chooses the field behind the ids of people.",
        effect="A change of that field is held as a renumbering.",
        provenance="Aeries's data mapping (A)",
    ),
    _roster(
        "ids-prefixed",
        what="Ids carry prefixes or are joined from parts.",
        effect="They are opaque text and never taken apart.",
        provenance="Infinite Campus's troubleshooting article for 1.1 (A)",
    ),
    _roster(
        "ids-whitespace",
        what="Ids have blanks around them.",
        effect="The blanks are taken away everywhere, and counted.",
        provenance="Notes of a PowerSchool integrator (C)",
    ),
    _roster(
        "row-per-school",
        what="A person has one record for each school.",
        effect="Records of one person are joined before people are compared.",
        provenance="The Ed-Fi OneRoster service (C)",
    ),
    _roster(
        "blank-class-title",
        what="The title of a class may be empty.",
        effect="The title is made from the course by the district's template.",
        provenance="Aeries's data mapping (A)",
    ),
    _roster(
        "several-teachers",
        what="All active teachers of a class are there, the primary one and the others.",
        effect="The district's rule on co-teachers decides.",
        provenance="Aeries's article on flexible scheduling (A)",
    ),
    _roster(
        "missing-identifier",
        what="The identifier of a person may be missing.",
        effect="The sourcedId stands in for it.",
        provenance="Notes of a Skyward integrator (C)",
    ),
    _roster(
        "nameless-users",
        what="There are people without any name.",
        effect="They are findings and quarantined.",
        provenance="Notes of a Skyward integrator (C)",
    ),
    _roster(
        "highest-profile-role",
        what="A person with several profiles comes with the highest role only.",
        effect="Roles are taken from enrollments where they differ.",
        provenance="Focus's article on third-party systems (A)",
    ),
    _roster(
        "admins-opt-in",
        what="Administrators are there only when the district ticked their profiles.",
        effect="Missing administrators are explained, not reported.",
        provenance="Focus's article on third-party systems (A)",
    ),
    _roster(
        "relative-not-guardian",
        what="The role relative does not make a guardian.",
        effect="Only the role guardian or parent makes one.",
        provenance="Edlink's notes on OneRoster providers (B)",
    ),
    _roster(
        "username-spaces",
        what="Schoology leaves out people whose username has a space.",
        effect="Such a username is a finding before anything is sent.",
        provenance="Schoology's guides to Infinite Campus and Aeries (A)",
    ),
    _roster(
        "odd-characters",
        what="Names and codes hold reserved characters or run over 50 characters.",
        effect="They are text, escaped wherever they travel.",
        provenance="Notes of an Infinite Campus integrator (D)",
    ),
    _roster(
        "duplicate-enrollments",
        what="Dropping and adding a student again leaves several enrollments in one class.",
        effect="They count as one, which lasts while any of them does.",
        provenance="Instructure's rostering advice (B)",
    ),
    _roster(
        "departments-as-schools",
        what="Schools come as departments.",
        effect="A department below a school belongs to it; where no org is a school, a finding says so.",
        provenance="Edlink's notes on Rediker (B)",
    ),
)
