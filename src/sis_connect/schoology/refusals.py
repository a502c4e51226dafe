"""Why Schoology refuses one object: permanent codes, told apart by its words as leniently as its silence demands.

The documentation says only that a refused item carries an error message; its texts are unknown. So they are matched by
words, and whatever matches nothing is `target.refused`. Of Schoology's own words only those are kept that cannot
be personal data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.sync.changes import Outcome, OutcomeState
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_MESSAGE = 160


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason; the code is permanent."""

    code: str
    #: What happened, as one sentence without the record.
    title: str
    #: What to do, as one sentence in the imperative.
    fix: str


DUPLICATE_UNIQUE_ID = Refusal(
    "target.duplicate_unique_id",
    "Another account in Schoology has this unique id.",
    "Give one of the two accounts another unique id, or leave the person out of the scope.",
)
DUPLICATE_USERNAME = Refusal(
    "target.duplicate_username",
    "Another account in Schoology has this username.",
    "Change the username in the SIS, or rename the other account in Schoology.",
)
DUPLICATE_EMAIL = Refusal(
    "target.duplicate_email",
    "Another account in Schoology has this e-mail address.",
    "Change the address in the SIS, or free it in Schoology; in another organisation, claim the domain.",
)
DUPLICATE_COURSE_CODE = Refusal(
    "target.duplicate_course_code",
    "Another course in Schoology has this code.",
    "Change the course code in the SIS, or that of the other course in Schoology.",
)
DUPLICATE_SECTION_CODE = Refusal(
    "target.duplicate_section_code",
    "Another section in Schoology has this code.",
    "Change the code of the other section in Schoology.",
)
DUPLICATE_TITLE = Refusal(
    "target.duplicate_title",
    "Another grading period in Schoology has this title.",
    "Give the term another title, or rename the other grading period in Schoology.",
)
UNKNOWN_USER = Refusal(
    "target.unknown_user",
    "Schoology has no active account with this unique id.",
    "Mend what kept the account from being created or reactivate it; then run again with `--retry-refused`.",
)
UNKNOWN_SECTION = Refusal(
    "target.unknown_section",
    "Schoology has no section with this code.",
    "Mend what kept the section from being created; then run again with `--retry-refused`.",
)
UNKNOWN_COURSE = Refusal(
    "target.unknown_course",
    "The class's course is not in Schoology.",
    "Mend what kept the course from being created; then run again with `--retry-refused`.",
)
UNKNOWN_TERM = Refusal(
    "target.unknown_term",
    "One of the class's terms is not in Schoology.",
    "Mend what kept the grading period from being created; then run again with `--retry-refused`.",
)
UNKNOWN_SCHOOL = Refusal(
    "target.unknown_school",
    "A school of this record is not in Schoology.",
    "Mend what kept the building from being created; then run again with `--retry-refused`.",
)
COURSE_CHANGED = Refusal(
    "target.course_changed",
    "Schoology cannot move a section, with its work and grades, to another course.",
    "Keep the class in its course, or give it a new sourcedId so that it becomes a new section.",
)
NOT_PERMITTED = Refusal(
    "target.not_permitted",
    "The owner of the key may not write this record.",
    "Give the owner of the key the right, or use the key of an administrator of all buildings.",
)
NOT_FOUND = Refusal(
    "target.not_found",
    "Schoology no longer has this record.",
    "See who deleted it in Schoology, and restore it there.",
)
BATCH_REFUSED = Refusal(
    "target.batch_refused",
    "Schoology refused the whole request this record was part of.",
    "Run again; if it stays so, report it with Schoology's words.",
)
REFUSED = Refusal(
    "target.refused",
    "Schoology refused this record.",
    "Read Schoology's words and mend the record in the SIS.",
)

#: Every refusal, in the order of the documentation.
REFUSALS = (
    DUPLICATE_UNIQUE_ID,
    DUPLICATE_USERNAME,
    DUPLICATE_EMAIL,
    DUPLICATE_COURSE_CODE,
    DUPLICATE_SECTION_CODE,
    DUPLICATE_TITLE,
    UNKNOWN_USER,
    UNKNOWN_SECTION,
    UNKNOWN_COURSE,
    UNKNOWN_TERM,
    UNKNOWN_SCHOOL,
    COURSE_CHANGED,
    NOT_PERMITTED,
    NOT_FOUND,
    BATCH_REFUSED,
    REFUSED,
)

#: Refusals that may be the echo of a write whose answer was lost.
DUPLICATES = frozenset(refusal.code for refusal in REFUSALS if refusal.code.startswith("target.duplicate_"))

_TAKEN = r"(exist|duplicate|already|in use|taken|conflict|unique)"
_MISSING = (
    r"(not found|unknown|invalid|no such|does ?n.t exist|does not exist|could not|cannot find|no active|inactive)"
)
#: Words that tell a refusal, in the order in which they are tried.
_BY_KIND: dict[Kind, tuple[tuple[re.Pattern[str], Refusal], ...]] = {
    Kind.USERS: (
        (re.compile(rf"(e-?mail|address).*{_TAKEN}|{_TAKEN}.*(e-?mail|address)"), DUPLICATE_EMAIL),
        (re.compile(rf"user ?_?name.*{_TAKEN}|{_TAKEN}.*user ?_?name"), DUPLICATE_USERNAME),
        (
            re.compile(rf"(school_?uid|unique ?_?id).*{_TAKEN}|{_TAKEN}.*(school_?uid|unique ?_?id)"),
            DUPLICATE_UNIQUE_ID,
        ),
    ),
    Kind.COURSES: ((re.compile(rf"code.*{_TAKEN}|{_TAKEN}.*code"), DUPLICATE_COURSE_CODE),),
    Kind.CLASSES: (
        (re.compile(rf"(period|term).*{_MISSING}|{_MISSING}.*(period|term)"), UNKNOWN_TERM),
        (re.compile(rf"code.*{_TAKEN}|{_TAKEN}.*code"), DUPLICATE_SECTION_CODE),
    ),
    Kind.TERMS: ((re.compile(rf"title.*{_TAKEN}|{_TAKEN}.*title"), DUPLICATE_TITLE),),
    Kind.ENROLLMENTS: (
        (re.compile(rf"(section|course).*{_MISSING}|{_MISSING}.*(section|course)"), UNKNOWN_SECTION),
        (re.compile(rf"(user|uid|account).*{_MISSING}|{_MISSING}.*(user|uid|account)"), UNKNOWN_USER),
    ),
    Kind.AGENTS: (
        (re.compile(rf"(user|uid|student|parent).*{_MISSING}|{_MISSING}.*(user|uid|student|parent)"), UNKNOWN_USER),
    ),
}
_NOT_PERMITTED_WORDS = re.compile(r"permission|not allowed|access denied|not authori[sz]ed|forbidden")
_STATUSES = {401: NOT_PERMITTED, 403: NOT_PERMITTED, 404: NOT_FOUND}
#: What is missing when an object of these kinds "was not found"; an enrollment may lack either end.
_MISSING_BY_KIND = {Kind.ENROLLMENTS: REFUSED, Kind.AGENTS: UNKNOWN_USER}

#: Words that name a thing rather than a person although they begin with a capital.
_HARMLESS = frozenset(
    {
        "A",
        "Access",
        "Account",
        "Address",
        "An",
        "Another",
        "Building",
        "Cannot",
        "Code",
        "Could",
        "Course",
        "Duplicate",
        "E-mail",
        "Email",
        "Enrollment",
        "Grading",
        "ID",
        "Invalid",
        "Is",
        "It",
        "Missing",
        "No",
        "Not",
        "Parent",
        "Period",
        "Permission",
        "Required",
        "Role",
        "School",
        "Schoology",
        "Section",
        "Student",
        "That",
        "The",
        "This",
        "Title",
        "UID",
        "Unique",
        "Unknown",
        "User",
        "Username",
        "You",
    }
)
_PLAIN_WORD = re.compile(r"[a-z]+(?:[-_'][a-z]+)*[.,:;!]?")


def refusal_of(kind: Kind, status: int, message: str) -> Refusal:
    """The reason behind an item's status and Schoology's words."""
    words = message.lower()
    for pattern, refusal in _BY_KIND.get(kind, ()):
        if pattern.search(words):
            return refusal
    if _NOT_PERMITTED_WORDS.search(words):
        return NOT_PERMITTED
    if status == 404:
        return _MISSING_BY_KIND.get(kind, NOT_FOUND)
    return _STATUSES.get(status, REFUSED)


def refuse(refusal: Refusal, message: str = "", personal: Iterable[str] = ()) -> Outcome:
    """The outcome of a refused change; of the message only what cannot be personal data."""
    return Outcome(OutcomeState.REFUSED, code=refusal.code, message=masked(message, personal) or None)


def masked(message: str, personal: Iterable[str]) -> str:
    """A message without quotations, names, numbers and addresses, cut short; `personal` are the record's own values."""
    for value in sorted((value for value in personal if len(value) > 1), key=len, reverse=True):
        message = re.sub(re.escape(value), "…", message, flags=re.IGNORECASE)
    message = re.sub(r"<[^>]*>|\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)", " … ", message)
    words = [word if _is_harmless(word) else "…" for word in message.split()]
    short = re.sub(r"…(?: …)+", "…", " ".join(words))
    return short if len(short) <= _LONGEST_MESSAGE else short[: _LONGEST_MESSAGE - 1].rstrip() + "…"


def _is_harmless(word: str) -> bool:
    return word.strip(".,:;!()") in _HARMLESS or bool(_PLAIN_WORD.fullmatch(word))
