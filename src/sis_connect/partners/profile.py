"""The schema of a partner's profile: one data file, every fact with its sources or `unknown`.

Here: the declaration, from which reading, questions and `docs/partner-profiles.md` are derived. A table that may be
left out is one that does not apply to the partner. Not here: the rules that tie fields together (`consistency`) and
what is made of a profile (`connecting`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from sis_connect.partners.data_files import HEADER, ID, NO_FACT, SECURE_URL
from sis_connect.partners.facts import Day, Fact, Source

Note = Annotated[str, msgspec.Meta(pattern=NO_FACT)]
Text = Annotated[str, msgspec.Meta(min_length=1, pattern=NO_FACT)]
Id = Annotated[str, msgspec.Meta(pattern=ID, max_length=50)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
SecureUrl = Annotated[str, msgspec.Meta(pattern=SECURE_URL)]
_SOME = msgspec.Meta(min_length=1)


class Status(StrEnum):
    """Where a partner stands in the program, as the program publishes it."""

    #: There is interest, and no formal work yet.
    IN_CONTACT = "In Contact"
    #: It has agreed to be a partner; development or testing goes on.
    IN_TESTING = "In Testing"
    #: Development environments work together; a handful of districts test with real data.
    IN_PILOT = "In Pilot"
    #: Tested, and ready for any district that both serve.
    AVAILABLE = "Available"


class SignInKind(StrEnum):
    """How requests prove who sends them."""

    #: A token for an id and a secret (client credentials).
    OAUTH2 = "oauth2"
    #: Every request signed with a key and a secret (OAuth 1.0a without a token).
    OAUTH1 = "oauth1"
    #: A fixed token, without a request for one.
    BEARER = "bearer"


class Signature(StrEnum):
    """Hash of an OAuth 1 signature."""

    #: The older one.
    SHA1 = "HMAC-SHA1"
    #: The one to prefer.
    SHA256 = "HMAC-SHA256"


class CredentialStyle(StrEnum):
    """Where the id and the secret stand in a token request."""

    #: In the Authorization header, as the standard prefers.
    BASIC = "basic"
    #: In the form, beside the grant type.
    BODY = "body"
    #: In the address, as a last resort.
    QUERY = "query"


class TokenRule(StrEnum):
    """Where the authentication URL comes from."""

    #: The root of the service and `/token`.
    RECOMMENDED = "recommended"
    #: Another pattern, which follows from the address of the service.
    COMPUTED = "computed"
    #: The district enters it.
    ENTERED = "entered"


class ScopeNeed(StrEnum):
    """What a token request without a scope gets."""

    #: A refusal.
    REQUIRED = "required"
    #: A token.
    OPTIONAL = "optional"


class PullStyle(StrEnum):
    """How a whole roster is read."""

    #: Each collection once.
    WHOLE_DISTRICT = "whole district"
    #: Each collection once for every school.
    PER_SCHOOL = "per school"


class CategoryRule(StrEnum):
    """How a line item finds its category in the SIS."""

    #: There is one category for all; nothing can be mapped.
    SINGLE = "single"
    #: Only categories that were read from the SIS, or its default, are taken.
    FROM_SIS = "from the SIS"
    #: The SIS looks for a category of exactly the same name.
    BY_NAME = "by name"
    #: Each category is mapped to one of the SIS.
    MAPPED = "mapped"


class ScoreKind(StrEnum):
    """What a result may say."""

    #: Points.
    NUMBER = "number"
    #: A mark of a scale.
    LETTER = "letter"
    #: A level reached in a standard of learning.
    STANDARD = "standard"


class DueDateRule(StrEnum):
    """What is asked of a line item's due date."""

    #: There must be one.
    REQUIRED = "required"
    #: There must be one inside the term or the open grading period.
    REQUIRED_IN_TERM = "required in term"


class ExemptRule(StrEnum):
    """What becomes of an excused score."""

    #: It is kept as 0 and marked exempt.
    ZERO_WITH_FLAG = "zero with exempt flag"
    #: It is kept and does not count.
    EXCLUDED = "excluded from the average"
    #: It stays in the LMS.
    NOT_SENT = "not sent"


class MissingRule(StrEnum):
    """What becomes of a score that is missing."""

    #: It counts as 0.
    ZERO = "zero"
    #: It does not arrive without a number.
    NEEDS_NUMBER = "needs a number"


class Holder(StrEnum):
    """Who has been given a secret by the SIS vendor."""

    #: The district, from its SIS.
    DISTRICT = "district"
    #: Whoever runs SIS Connect and is registered with the vendor.
    OPERATOR = "operator"


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the partner program publishes."""

    #: The partner's name on the published list; the products of one partner share it.
    listed_as: Text
    #: Where it stands.
    status: Status
    #: Stands beside the status; empty for none.
    note: Note


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the vendor offers."""

    #: Versions of OneRoster over REST.
    versions: Fact[Annotated[tuple[str, ...], _SOME]]
    #: Certificate or registration with 1EdTech.
    certification: Fact[str]


class OAuth1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signed requests."""

    #: Hashes that the service takes; the vendor's default first.
    signatures: Fact[Annotated[tuple[Signature, ...], _SOME]]


class OAuth2(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Client credentials."""

    #: Whether the authentication URL follows the recommended pattern, and else where it comes from.
    token_url: Fact[TokenRule]
    #: How the id and the secret are sent; what is tried first stands first.
    credential_styles: Fact[Annotated[tuple[CredentialStyle, ...], _SOME]]
    #: Seconds that a token was seen to live.
    token_lifetime: Fact[Count]
    #: Whether a scope is expected.
    scope: Fact[ScopeNeed]
    #: Scopes to ask for to read rosters.
    roster_scopes: Fact[tuple[str, ...]]
    #: Scopes to ask for besides to send grades.
    grade_scopes: Fact[tuple[str, ...]]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to sign in."""

    #: Ways of signing in for 1.1; the one to offer first stands first.
    kinds: Fact[Annotated[tuple[SignInKind, ...], _SOME]]
    #: Client credentials; left out where OAuth 2 is not offered.
    oauth2: OAuth2 | None = None
    #: Signed requests; left out where OAuth 1 is not offered.
    oauth1: OAuth1 | None = None


class AddressShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One shape that addresses have; `{path}` stands for a part that nobody has described."""

    #: What stands before `/ims/oneroster/v1p1`, with placeholders such as `{host}`.
    root: SecureUrl
    #: The authentication URL that goes with it, from the same placeholders; empty where it is unknown or recommended.
    token: str = ""
    #: The vendor has given these addresses up; they may still answer.
    is_outdated: bool = False


class Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the service is."""

    #: Of those that fit an address, the one with the most fixed text counts.
    shapes: Fact[Annotated[tuple[AddressShape, ...], _SOME]]


class Pulling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How rosters are read."""

    #: Most records in one page.
    max_page_size: Fact[Count]
    #: Requests at a time that the service bears.
    concurrency: Fact[Count]
    #: What the vendor says of too many requests.
    rate_limit: Fact[str]
    #: Whether a filter on `dateLastModified` gives all that changed.
    delta: Fact[bool]
    #: How a deleted record is told.
    deletions: Fact[str]
    #: Whether the collections of a whole district can be read.
    style: Fact[PullStyle]


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What rosters look like."""

    #: Of what sourcedIds are made, and whether they last.
    sourced_ids: Fact[str]
    #: Who is in the roster and who is not.
    people: Fact[str]
    #: What academic sessions there are.
    terms: Fact[str]
    #: Which school years are in the roster.
    school_years: Fact[str]


class GradeLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the gradebook takes."""

    #: Characters of a line item's title.
    title_length: Fact[Count]
    #: Whether titles must differ within a class.
    unique_titles: Fact[bool]
    #: How an item finds its category.
    categories: Fact[CategoryRule]
    #: What a score may be.
    scores: Fact[Annotated[tuple[ScoreKind, ...], _SOME]]
    #: Whether the maximum score must be a whole number.
    whole_maximum: Fact[bool]
    #: What is asked of an item's due date.
    due_date: Fact[DueDateRule]
    #: What becomes of an excused score.
    exempt: Fact[ExemptRule]
    #: What becomes of a missing score.
    missing: Fact[MissingRule]
    #: Whether an item may be for some students of a class only.
    individual_items: Fact[bool]
    #: Whether what was sent can be deleted again.
    deletion: Fact[bool]


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A header that requests to the gradebook carry besides the sign-in."""

    #: In lower case.
    name: Annotated[str, msgspec.Meta(pattern=HEADER)]
    #: What it holds, with placeholders.
    shape: Text
    #: Who can enter it.
    held_by: Holder
    #: Where it is given out.
    where: Text
    #: Names of entries in `sources`.
    sources: Annotated[tuple[str, ...], _SOME]


class Gradebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How grades are taken."""

    #: Whether grades can be sent over OneRoster 1.1.
    supported: Fact[bool]
    #: What it takes; left out where grades cannot be sent.
    limits: GradeLimits | None = None
    #: Headers besides the sign-in; left out where that suffices.
    headers: tuple[Header, ...] = ()


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands before the first request."""

    #: What must be bought or agreed.
    licence: Fact[str]
    #: How long the id and the secret last.
    expiry: Fact[str]
    #: What the district does in its SIS, step by step.
    steps: Fact[Annotated[tuple[str, ...], _SOME]]


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a person finds what is to be entered."""

    #: What the vendor's own screen calls it.
    word: Text
    #: Where it stands, as the end of a sentence that begins with “It stands”.
    where: Text
    #: What is easily taken for it, as a sentence.
    beware: str = ""


class Screens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the vendor calls what a district enters."""

    #: The address of the service.
    api_url: Fact[Screen]
    #: The client id, or OAuth 1's consumer key.
    client_id: Fact[Screen]
    #: The client secret, or OAuth 1's consumer secret.
    client_secret: Fact[Screen]
    #: The authentication URL; left out where it is not asked for.
    token_url: Fact[Screen] | None = None
    #: The fixed token; left out where there is none.
    bearer_token: Fact[Screen] | None = None


class Support(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who helps."""

    #: Whom a district or an integrator asks first.
    contact: Fact[str]
    #: Who is next when that does not help.
    escalation: Fact[str]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product that a district can pick as its SIS."""

    #: Permanent; also the name of the file.
    id: Id
    #: As the vendor formats it.
    display_name: Text
    #: The company behind it.
    vendor: Text
    #: The day on which this file last changed.
    revised: Day
    #: What the vendor offers.
    service: Service
    #: How to sign in.
    sign_in: SignIn
    #: Where the service is.
    addresses: Addresses
    #: How rosters are read.
    pulling: Pulling
    #: What rosters look like.
    roster: Roster
    #: How grades are taken.
    gradebook: Gradebook
    #: What stands before the first request.
    access: Access
    #: What the vendor calls what a district enters.
    screens: Screens
    #: Who helps.
    support: Support
    #: Sources by a short name.
    sources: dict[Id, Source]
    #: Names of quirks with the sources that report them.
    quirks: dict[Id, Annotated[tuple[str, ...], _SOME]]
    #: What the program publishes; left out where the product is not in it.
    program: Program | None = None
    #: Other names under which a district may look for it.
    other_names: tuple[Text, ...] = ()
    #: Stands for every product without a profile of its own; listed last.
    is_catch_all: bool = False
