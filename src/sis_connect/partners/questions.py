"""What nobody has told us, as questions to the district or to the vendor.

Here: one question for each fact that a profile can hold, and which of them a profile leaves open. Not here: the form
in which a vendor or a district answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.partners.facts import Grade, facts_of, grade_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.partners.profile import Profile


class Asked(StrEnum):
    """Who can answer."""

    DISTRICT = "district"
    VENDOR = "SIS vendor"


@dataclass(frozen=True, slots=True)
class Question:
    """One question that a profile leaves open."""

    #: Dotted place of the fact in the profile.
    fact: str
    asked: Asked
    text: str
    #: True where a weak source gives an answer that should be confirmed.
    is_confirmation: bool


_VENDOR = {
    "service.versions": "Which versions of OneRoster does {name} offer over REST?",
    "service.certification": "Is {name} certified for OneRoster 1.1, or working towards it, and under which 1EdTech "
    "registration?",
    "sign_in.kinds": "Does {name} sign in with OAuth 1, with OAuth 2, or with either?",
    "sign_in.oauth1.signatures": "Which hash does {name} expect in OAuth 1 signatures: HMAC-SHA1 or HMAC-SHA256?",
    "sign_in.oauth2.token_url": "Does the authentication URL of {name} follow the recommended pattern, the root of the "
    "service and /token? If not, what must a district enter, and where does it find it?",
    "sign_in.oauth2.credential_styles": "Does {name} take the id and the secret of a token request in the "
    "Authorization header, or in the form?",
    "sign_in.oauth2.token_lifetime": "How long does a token of {name} live?",
    "sign_in.oauth2.scope": "Does {name} expect a scope in the token request?",
    "sign_in.oauth2.roster_scopes": "Which scopes does {name} expect for reading rosters?",
    "sign_in.oauth2.grade_scopes": "Which scopes does {name} expect for sending grades?",
    "addresses.shapes": "What do addresses of the service of {name} look like, up to /ims/oneroster/v1p1?",
    "pulling.max_page_size": "How many records does {name} put into one page at most?",
    "pulling.concurrency": "How many requests at a time does {name} bear?",
    "pulling.rate_limit": "How many requests does {name} take in which time, and how does it refuse more?",
    "pulling.delta": "Does a filter on dateLastModified give everything that changed in {name}?",
    "pulling.deletions": "Does {name} mark deleted records tobedeleted, in which collections, and for how long?",
    "pulling.style": "Can the collections of a whole district be read from {name}, or only school by school?",
    "roster.sourced_ids": "What are the sourcedIds of {name} made of, and when do they change?",
    "roster.people": "Who is in the roster of {name}, and who is left out?",
    "roster.terms": "Which academic sessions does {name} have, and are they shared by schools?",
    "roster.school_years": "Which school years are in the roster of {name}, and what happens at rollover?",
    "gradebook.supported": "Can grades be sent to {name} over OneRoster 1.1?",
    "gradebook.limits.title_length": "How long may the title of a line item be in {name}?",
    "gradebook.limits.unique_titles": "Must the titles of line items differ within a class in {name}?",
    "gradebook.limits.categories": "How does a line item find its category in {name}?",
    "gradebook.limits.scores": "Which scores does {name} take: numbers, letters, standards?",
    "gradebook.limits.whole_maximum": "Must the maximum score be a whole number in {name}?",
    "gradebook.limits.due_date": "Does a line item need a due date in {name}, and must it lie inside the term?",
    "gradebook.limits.exempt": "What does {name} make of a score that is exempt?",
    "gradebook.limits.missing": "What does {name} make of a score that is missing?",
    "gradebook.limits.individual_items": "May a line item be for some students of a class only in {name}?",
    "gradebook.limits.deletion": "Can line items and results be deleted in {name}?",
    "access.expiry": "How long do the id and the secret of {name} last, and who renews them?",
    "access.steps": "What does a district do in {name}, step by step, to open the OneRoster service to SIS Connect?",
    "support.escalation": "Whom does SIS Connect call at {vendor} when support does not solve a problem?",
}
_DISTRICT = {
    "access.licence": "Which licence for {name} has the district, and does it cover OneRoster and sending grades?",
    "screens.api_url": "What does the screen of {name} call the address of the OneRoster service, and where is it?",
    "screens.client_id": "What does the screen of {name} call the client id, and where is it?",
    "screens.client_secret": "What does the screen of {name} call the client secret, and where is it?",
    "screens.token_url": "What does the screen of {name} call the authentication URL, and where is it?",
    "screens.bearer_token": "What does the screen of {name} call the fixed token, and where is it?",
    "support.contact": "Whom at {vendor} does the district ask when something does not work?",
}

#: For each fact: who can tell it, and the question.
QUESTIONS: Mapping[str, tuple[Asked, str]] = MappingProxyType(
    {fact: (Asked.VENDOR, text) for fact, text in _VENDOR.items()}
    | {fact: (Asked.DISTRICT, text) for fact, text in _DISTRICT.items()}
)


def questions(profile: Profile) -> tuple[Question, ...]:
    """What a profile leaves open, in the order of the schema: what is unknown, and what only a weak source says."""
    found = []
    for fact, known in facts_of(profile):
        is_weak = known is not None and grade_of(known, profile.sources) is Grade.WEAK
        if known is None or is_weak:
            asked, text = QUESTIONS[fact]
            question = _in_words(text, profile)
            if is_weak:
                question = f"One weak source answers this; please confirm it. {question}"
            found.append(Question(fact, asked, question, is_confirmation=is_weak))
    return tuple(found)


def _in_words(text: str, profile: Profile) -> str:
    name, vendor = ("your SIS", "the SIS vendor") if profile.is_catch_all else (profile.display_name, profile.vendor)
    return text.format(name=name, vendor=vendor)
