"""Quirks of answers: pages, limits, the shape of JSON, and how deletions are told."""

from __future__ import annotations

from functools import partial

from sis_connect.partners.quirks.quirk import Part, Quirk

_answer = partial(Quirk, part=Part.ANSWER)

QUIRKS = (
    _answer(
        "page-cap-admin-set",
        what="An administrator of the SIS sets the largest page.",
        effect="Smaller pages than asked for are taken; how many came counts.",
        provenance="Instructure's guide to the PowerSchool plugin (B)",
    ),
    _answer(
        "page-cap-500",
        what="Pages hold at most 500 records unless configured otherwise.",
        effect="Pages of that size are asked for.",
        provenance="The Ed-Fi OneRoster service (C)",
        rests_on="pulling.max_page_size",
    ),
    _answer(
        "short-pages",
        what="A page with fewer records than asked for need not be the last.",
        effect="Reading goes on until an empty page, or until a verified total is reached.",
        provenance="A public OneRoster client by TCI (C)",
    ),
    _answer(
        "rate-limit-429",
        what="Parallel requests are answered 429.",
        effect="Few requests run at a time; after a 429 they wait, each a little differently.",
        provenance="ClassLink's request limits (A)",
    ),
    _answer(
        "slow-or-timeout",
        what="Answers take long, and bulk work times out.",
        effect="Patience is longer, and requests are fewer.",
        provenance="A district's guide to Infinite Campus (B)",
    ),
    _answer(
        "nested-endpoints-missing",
        what="Collections of one school or one student do not exist.",
        effect="The whole district is read, and nothing is read school by school.",
        provenance="The Moodle OneRoster client (C)",
        rests_on="pulling.style",
    ),
    _answer(
        "wrong-wrapper-name",
        what="Records come under another key than the standard's.",
        effect="The known other keys are read and counted.",
        provenance="The Moodle OneRoster client (C)",
    ),
    _answer(
        "collection-own-name",
        what="Students, teachers and terms come under their own names and not under users and academicSessions.",
        effect="Both keys are read, and the other one is counted.",
        provenance="The Moodle OneRoster client (C)",
    ),
    _answer(
        "relative-href",
        what="Links in references are relative or wrong.",
        effect="Links are never followed; the sourcedId counts.",
        provenance="Aeries's article on authentication (A)",
    ),
    _answer(
        "field-name-case",
        what="One field is written in upper and lower case by turns.",
        effect="The spelling is not compared, and the other one is counted.",
        provenance="A public Focus client (C)",
    ),
    _answer(
        "null-not-absent",
        what="Fields without a value come as null.",
        effect="Null is read as no value.",
        provenance="Notes of a PowerSchool integrator (C)",
    ),
    _answer(
        "boolean-strings",
        what="Booleans come as the texts true and false.",
        effect="Both forms are read.",
        provenance="The Ed-Fi OneRoster service (C)",
    ),
    _answer(
        "no-tombstones",
        what="Every record is active; what was deleted is no longer there.",
        effect="Only a complete pull tells what was deleted.",
        provenance="The Ed-Fi OneRoster service (C)",
    ),
    _answer(
        "tobedeleted-uneven",
        what="Some kinds of records are marked tobedeleted and others vanish.",
        effect="A mark is believed, and absence from a complete pull counts as well.",
        provenance="Notes of a Skyward integrator (C)",
    ),
    _answer(
        "dangling-refs",
        what="References lead to records that answer 404.",
        effect="They are findings; what depends on them is quarantined, the pull goes on.",
        provenance="A public Focus client (C)",
    ),
)
