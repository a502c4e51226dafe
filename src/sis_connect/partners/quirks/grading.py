"""Quirks of the gradebook: what it takes, what it refuses and what it makes of it."""

from __future__ import annotations

from functools import partial

from sis_connect.partners.quirks.quirk import Part, Quirk

_grades = partial(Quirk, part=Part.GRADES)
_LIMITS = "gradebook.limits"

QUIRKS = (
    _grades(
        "zero-category",
        what="There is one category with an id of zeros, and no mapping in 1.1.",
        effect="That id is sent, and the teacher is not asked for a category.",
        provenance="Infinite Campus's troubleshooting article for 1.1 (A)",
        rests_on=f"{_LIMITS}.categories",
    ),
    _grades(
        "category-readonly",
        what="Categories can be neither created nor changed.",
        effect="They are read only, and the teacher maps to what is there.",
        provenance="Edlink's notes on OneRoster providers (B)",
        rests_on=f"{_LIMITS}.categories",
    ),
    _grades(
        "no-categories-by-class",
        what="The categories of one class cannot be asked for.",
        effect="All categories are read, and those of the class picked by metadata.classId.",
        provenance="Edlink's notes on OneRoster providers (B)",
    ),
    _grades(
        "category-name-match",
        what="A category is found by exactly its name.",
        effect="A name that the SIS does not have is refused before it is sent.",
        provenance="Instructure's guides on assignment groups (B)",
        rests_on=f"{_LIMITS}.categories",
    ),
    _grades(
        "default-category-recreate",
        what="An item without a matching category is made again in a default one by each sync.",
        effect="Nothing is sent without a matching category.",
        provenance="Instructure's guide to Qmlativ (B)",
    ),
    _grades(
        "uncategorized-landing",
        what="Items arrive without a category until the teacher or a default aligns them.",
        effect="The teacher is told where to align them.",
        provenance="Instructure's guide to Infinite Campus (B)",
    ),
    _grades(
        "due-date-in-term",
        what="An item needs a due date, and where the profile says so inside the term or the open grading period.",
        effect="An item with none, or one that does not fit, is refused before it is sent.",
        provenance="A district's guide to Schoology and ProgressBook (B)",
        rests_on=f"{_LIMITS}.due_date",
    ),
    _grades(
        "zoneless-due-dates",
        what="Due dates have no time zone.",
        effect="They are days of the district's own time zone.",
        provenance="Edlink's notes on Synergy (B)",
    ),
    _grades(
        "title-limit",
        what="Titles are limited in length.",
        effect="A longer title is refused before it is sent; it is never cut.",
        provenance="Instructure's guide to Infinite Campus (B)",
        rests_on=f"{_LIMITS}.title_length",
    ),
    _grades(
        "title-unique",
        what="Titles must differ within a class.",
        effect="A second item of one title is refused before it is sent.",
        provenance="A district's guide to Schoology and ProgressBook (B)",
        rests_on=f"{_LIMITS}.unique_titles",
    ),
    _grades(
        "whole-number-max",
        what="The maximum score must be a whole number.",
        effect="Another maximum is refused before it is sent; it is never rounded.",
        provenance="Otus's guides to grade passback (B)",
        rests_on=f"{_LIMITS}.whole_maximum",
    ),
    _grades(
        "numeric-only",
        what="Only numbers are taken, neither letters nor standards.",
        effect="Other scores are refused before they are sent.",
        provenance="Otus's guides to grade passback (B)",
        rests_on=f"{_LIMITS}.scores",
    ),
    _grades(
        "grading-window",
        what="Scores are refused while the grading window is closed.",
        effect="The refusal is kept as waiting and sent again when the teacher says so.",
        provenance="Infinite Campus's article on grading services (A)",
    ),
    _grades(
        "no-individual-assignments",
        what="An item must be for the whole class.",
        effect="Items for some students are refused before they are sent.",
        provenance="Instructure's guide to Infinite Campus (B)",
        rests_on=f"{_LIMITS}.individual_items",
    ),
    _grades(
        "no-delete",
        what="Items or scores cannot be deleted.",
        effect="No DELETE is sent; the teacher is told what to remove by hand.",
        provenance="A district's guide to Infinite Campus (B)",
        rests_on=f"{_LIMITS}.deletion",
    ),
    _grades(
        "excused-as-zero-exempt",
        what="Excused is kept as 0 with an exempt flag.",
        effect="A read-back of 0 with that flag confirms an excused score.",
        provenance="Instructure's guide to eSchoolPlus (B)",
        rests_on=f"{_LIMITS}.exempt",
    ),
    _grades(
        "excused-as-exclude",
        what="Excused becomes a score that is left out of the average.",
        effect="A read-back of an excluded score confirms an excused one.",
        provenance="Districts' guides to Synergy (B)",
        rests_on=f"{_LIMITS}.exempt",
    ),
    _grades(
        "missing-needs-number",
        what="Missing or late does not arrive without a number.",
        effect="Such a score waits until the teacher gives a number.",
        provenance="Instructure's guide to eSchoolPlus (B)",
        rests_on=f"{_LIMITS}.missing",
    ),
    _grades(
        "submitted-flag-zero",
        what="Handed in and not graded arrives as zero.",
        effect="Nothing is sent for such a score.",
        provenance="A district's guide to Infinite Campus (B)",
    ),
    _grades(
        "no-elementary-passback",
        what="Elementary schools without a master schedule take no grades.",
        effect="The teacher is told so before anything is sent.",
        provenance="Aeries's set-up article (A)",
    ),
    _grades(
        "linked-gradebooks",
        what="Gradebooks that are linked or combined are not supported.",
        effect="A refusal names this first.",
        provenance="Otus's guide to Aeries (B)",
    ),
    _grades(
        "setting-blocks-scores",
        what="A setting of the SIS must be off, or scores are not stored.",
        effect="A score that does not read back names that setting.",
        provenance="Otus's guide to Skyward (B)",
    ),
    _grades(
        "factor-ignored",
        what="The factor or weight of an item is not taken.",
        effect="None is sent, and the teacher is told.",
        provenance="Skyward's questions and answers, in a copy (D)",
    ),
    _grades(
        "no-teacher-scoping",
        what="The key reaches every class.",
        effect="Before anything is sent, the person who sends is compared with the teachers of the class.",
        provenance="A public Aspen client (C)",
    ),
    _grades(
        "overwrites-sis-edits",
        what="What is sent replaces what the teacher typed in the SIS.",
        effect="Before a score is replaced, it is compared with what was sent last; a difference asks the teacher.",
        provenance="Otus's guide to Skyward (B)",
    ),
    _grades(
        "passback-not-oneroster",
        what="Grades go back over another interface than OneRoster.",
        effect="Grades are not offered until OneRoster is known to take them.",
        provenance="eSchoolData's help (A)",
    ),
    _grades(
        "provider-assigns-id",
        what="The SIS gives items and results ids of its own.",
        effect="The id of the answer is kept beside the one that was sent.",
        provenance="Instructure's grade passback configurations (B)",
    ),
    _grades(
        "result-locked-by-teacher",
        what="A grade typed by the teacher locks the result.",
        effect="The refusal is final, and the teacher is told.",
        provenance="A post in Blackbaud's community (D)",
    ),
)
