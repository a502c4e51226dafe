"""What is missing of an application, what is wrong with it, and what stays a question.

Kind and clear: each remark is a sentence to the vendor with the place that it is about. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from sis_connect.partners.consistency import faults
from sis_connect.partners.data_files import in_words
from sis_connect.partners.directory import known_names, name_key
from sis_connect.partners.facts import UNKNOWN
from sis_connect.partners.profile import Profile, SignInKind, TokenRule
from sis_connect.partners.program.drafting import draft_content, fault_of
from sis_connect.partners.program.template import answer_form
from sis_connect.partners.questions import QUESTIONS, questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from typing import Any

    from sis_connect.partners.directory import Directory
    from sis_connect.partners.program.application import Application
    from sis_connect.partners.questions import Question

VERSION = "1.1"
_NOTHING = ("", UNKNOWN)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Whose letters look alike, by the first word of their names in Unicode.
_ALPHABETS = frozenset(("LATIN", "GREEK", "CYRILLIC"))


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about an application."""

    #: Dotted place in the application.
    place: str
    #: A sentence to the vendor.
    what: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a reader of an application needs to know."""

    #: What the program asks of everybody and is not there.
    lacking: tuple[Remark, ...]
    #: What is there and cannot be so.
    wrong: tuple[Remark, ...]
    #: What nobody has told; it does not stand in the way.
    open: tuple[Question, ...]
    #: The profile as far as it goes; None while it cannot be made.
    profile: Profile | None
    #: Content of the profile's file.
    content: Mapping[str, Any]
    #: What is known of the product already, in whose place the answers would stand; None for a new one.
    known: Profile | None

    @property
    def is_ready(self) -> bool:
        """True when a person may accept it."""
        return not self.lacking and not self.wrong and self.profile is not None


def review(application: Application, directory: Directory, day: date) -> Review:
    """Everything there is to say about an application on a day."""
    base = next((known for known in directory.profiles if known.id == application.product_id), None)
    lacking = (*_product(application), *_contacts(application), *_service(application), *_sign_in(application))
    wrong = [*_versions(application), *_answers(application), *_names(application, directory), *_endpoint(application)]
    content = draft_content(application, base, day)
    wrong += _needless(application, content)
    profile, broken = _made(content)
    about = {remark.place for remark in (*lacking, *wrong)}
    wrong += [remark for remark in broken if not lacking and not wrong and remark.place not in about]
    left = tuple(one for one in questions(profile) if f"facts.{one.fact}" not in about) if profile else ()
    return Review(lacking, tuple(wrong), left, profile, content, base)


def _product(application: Application) -> Iterator[Remark]:
    if application.product.display_name.strip() in _NOTHING:
        yield Remark("product.display_name", "How is your product's name written? Districts see it exactly so.")
    if application.product.vendor.strip() in _NOTHING:
        yield Remark("product.vendor", "What is the name of the company behind it?")


def _contacts(application: Application) -> Iterator[Remark]:
    contacts = application.contacts
    if not contacts.technical.name or not contacts.technical.email:
        yield Remark("contacts.technical", "Whom do we ask while we test? A name and an e-mail address.")
    levels = contacts.escalation
    if not levels:
        yield Remark("contacts.escalation", "Whom do we call when support does not solve a problem?")
    for number, level in enumerate(levels):
        if not level.role or not (level.email or level.phone) or not level.answers_within_hours:
            yield Remark(
                f"contacts.escalation[{number}]",
                "Each level needs a role, an e-mail address or a phone number, and the hours in which it answers.",
            )


def _service(application: Application) -> Iterator[Remark]:
    answers = application.answers()
    if answers.get("service.versions", UNKNOWN) == UNKNOWN:
        yield Remark(
            "facts.service.versions", f"Which versions of OneRoster do you offer over REST? {VERSION} is needed."
        )
    if not application.certification.state:
        yield Remark("certification.state", "Are you certified for OneRoster 1.1, or working towards it?")
    elif not application.certification.registration:
        yield Remark("certification.registration", "Under which registration does 1EdTech know you?")
    if answers.get("gradebook.supported", UNKNOWN) == UNKNOWN:
        yield Remark("facts.gradebook.supported", "Can grades be sent to you over OneRoster 1.1: true or false?")
    if not application.sandbox.url:
        yield Remark("sandbox.url", "Where is the service against which we may test?")


def _sign_in(application: Application) -> Iterator[Remark]:
    answers = application.answers()
    kinds = answers.get("sign_in.kinds", UNKNOWN)
    if kinds == UNKNOWN:
        yield Remark("facts.sign_in.kinds", "Do you sign in with OAuth 1 or with OAuth 2?")
    if not isinstance(kinds, list) or SignInKind.OAUTH2 not in kinds:
        return
    if answers.get("sign_in.oauth2.scope", UNKNOWN) == UNKNOWN:
        yield Remark("facts.sign_in.oauth2.scope", "Do you expect a scope in the token request: required or optional?")
    rule = answers.get("sign_in.oauth2.token_url", UNKNOWN)
    if rule == UNKNOWN:
        yield Remark(
            "facts.sign_in.oauth2.token_url",
            "Does your authentication URL follow the recommended pattern, the root of the service and /token?",
        )
    if rule == TokenRule.ENTERED and answers.get("screens.token_url", UNKNOWN) == UNKNOWN:
        yield Remark(
            "facts.screens.token_url", "What must a district enter as authentication URL, and where does it find it?"
        )


def _versions(application: Application) -> Iterator[Remark]:
    versions = application.answers().get("service.versions", UNKNOWN)
    if not isinstance(versions, list) or not versions or any(isinstance(one, list | dict) for one in versions):
        return
    told = [str(one) for one in versions]
    if VERSION in told:
        return
    offered, newer = " and ".join(told), any(one > VERSION for one in told)
    what = (
        f"Thank you for telling us. You offer {offered}; SIS Connect speaks OneRoster {VERSION}, and the "
        "versions do not understand one another. "
    )
    what += (
        f"If your service answers {VERSION} requests too, add it to the list; if not, please apply again once it does."
        if newer
        else f"Most of what you have built carries over: {VERSION} adds the gradebook and OAuth 2. Please apply again "
        "once you offer it."
    )
    yield Remark("facts.service.versions", what)


def _answers(application: Application) -> Iterator[Remark]:
    for path, value in application.answers().items():
        place = f"facts.{path}"
        if path not in QUESTIONS:
            near = get_close_matches(path, QUESTIONS, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            yield Remark(place, f"There is no such fact.{meant}")
        elif value != UNKNOWN and (fault := fault_of(path, value)):
            yield Remark(place, f"{fault}; the answer is {answer_form(path)}.")


def _needless(application: Application, content: Mapping[str, Any]) -> Iterator[Remark]:
    """Answers to what does not apply, given the others: they would be lost without a word."""
    for path, value in application.answers().items():
        place: Any = content
        for name in path.split("."):
            place = place.get(name) if isinstance(place, dict) else None
        if path in QUESTIONS and value != UNKNOWN and place is None:
            yield Remark(f"facts.{path}", f"It does not apply, given your other answers; leave it {UNKNOWN}.")


def _names(application: Application, directory: Directory) -> Iterator[Remark]:
    product = application.product
    if product.display_name and not application.product_id:
        yield Remark("product.id", "The name has no letter that an id may have; please give an id.")
    if any(known.is_catch_all for known in directory.profiles if known.id == application.product_id):
        yield Remark("product.id", "This id stands for every SIS without a profile of its own; please give another.")
    others: dict[str, list[Profile]] = {}
    for known in directory.profiles:
        for name in known_names(known):
            others.setdefault(name, []).append(known)
    for place, name in (
        ("id", product.id),
        ("display_name", product.display_name),
        *(("other_names", one) for one in product.other_names),
    ):
        if len({unicodedata.name(sign, "").partition(" ")[0] for sign in name} & _ALPHABETS) > 1:
            yield Remark(f"product.{place}", "It mixes letters of several alphabets that look alike; write it in one.")
        owners = others.get(name_key(name), []) if name else []
        if owners and application.product_id not in {known.id for known in owners}:
            ids = " or ".join(known.id for known in owners)
            yield Remark(
                f"product.{place}",
                f"{name} is a name of {owners[0].display_name} already. If that is your product, give the id {ids}.",
            )


def _endpoint(application: Application) -> Iterator[Remark]:
    url = application.sandbox.url
    if not url:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else ""
    except ValueError:
        host = ""
    if not host or re.search(r"\s", url):
        yield Remark("sandbox.url", "This is no address: it begins with https:// and names a host.")
    elif parts.username or parts.password:
        yield Remark("sandbox.url", "The address holds credentials; take them out, and change them if it was sent.")
    elif parts.query or parts.fragment:
        yield Remark("sandbox.url", "The address must end before ? and #.")
    elif parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        yield Remark("sandbox.url", "The address must begin with https://: rosters are personal data.")


def _made(content: Mapping[str, Any]) -> tuple[Profile | None, Iterable[Remark]]:
    try:
        profile = msgspec.convert(content, Profile)
    except msgspec.ValidationError as error:
        what, place = in_words(error)
        return None, [Remark(f"facts.{place}", f"{what}.")]
    broken = [Remark(f"facts.{place}", f"It {what}.") for place, what in faults(profile)]
    return profile, broken
