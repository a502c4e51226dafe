"""What the commands about the partner program answer with `--json`: shapes only, in the manner of `documents`."""

from __future__ import annotations

from datetime import date, datetime  # a decoder reads the annotations

import msgspec

from sis_connect.cli.failure import Document


class PartnerLine(msgspec.Struct, frozen=True):
    """One partner in the list."""

    #: Permanent.
    id: str
    #: As it is published.
    name: str
    #: `In Contact`, `In Testing`, `In Pilot` or `Available`.
    status: str
    #: The day on which it entered its state; null where that was before the program kept a log.
    since: date | None
    #: What stands beside the state; may be empty.
    note: str
    #: How many pieces of evidence its next state still asks for.
    missing: int
    #: Pilot districts that take part.
    districts: int
    #: Escalations that are not solved.
    escalations: int


class PartnersDocument(Document, frozen=True):
    """The answer of `partners list`."""

    #: As a district looks for them.
    partners: tuple[PartnerLine, ...]


class EvidenceLine(msgspec.Struct, frozen=True):
    """Evidence that counts today."""

    #: `application`, `conformance`, `roster-round-trip` or `grade-round-trip`.
    need: str
    #: What was shown, as a sentence.
    what: str
    #: When it was written down.
    at: datetime
    #: Who wrote it down.
    by: str


class MissingLine(msgspec.Struct, frozen=True):
    """Evidence that the next state asks for."""

    #: As of EvidenceLine; `pilots` and `escalations` besides.
    need: str
    #: What is missing, as a sentence.
    what: str


class ProblemLine(msgspec.Struct, frozen=True):
    """What a pilot district met and is not gone."""

    #: Counted from 1 for each district.
    problem: int
    #: As a sentence.
    what: str
    #: When it was written down.
    found_at: datetime


class PilotLine(msgspec.Struct, frozen=True):
    """One district that takes part."""

    #: Its name.
    district: str
    #: Since when.
    since: date
    #: Who helps at the vendor.
    helper: str
    #: Nights that count: they went well, since the partner was moved back last.
    nights_well: int
    #: Nights written down.
    nights: int
    #: The last night written down; null before the first.
    last_night: date | None
    #: How it ended: `well`, `waiting` or `failed`; empty before the first.
    last_outcome: str
    #: What it tested.
    tested: tuple[str, ...]
    #: What is not gone.
    problems: tuple[ProblemLine, ...]


class EscalationLine(msgspec.Struct, frozen=True):
    """One escalation."""

    #: Counted from 1 in the whole program.
    escalation: int
    #: Id of the partner.
    partner: str
    #: What does not work, as a sentence.
    what: str
    #: `open`, `with vendor`, `answered` or `solved`.
    state: str
    #: When it was opened.
    opened_at: datetime
    #: Whose SIS it is; empty where it is about every district.
    district: str
    #: The run that shows it; empty for none.
    run: str
    #: Level of the vendor whose turn it is; null unless it is with the vendor.
    level: int | None
    #: Who stands there; empty unless it is with the vendor.
    role: str
    #: When that level's answer is due; null unless it is with the vendor.
    due_at: datetime | None
    #: True when the last level let its time pass.
    is_overdue: bool
    #: What the vendor answered; empty before.
    answer: str
    #: What solved it; empty before.
    solution: str


class ContactLine(msgspec.Struct, frozen=True):
    """Whom to ask at the vendor."""

    #: `technical`, or the level of the escalation path, counted from 1.
    level: str
    #: What the vendor calls that level; empty for the technical contact.
    role: str
    #: May be empty.
    name: str
    #: May be empty.
    email: str
    #: May be empty.
    phone: str
    #: Hours in which an answer is promised; 0 for the technical contact.
    hours: int


class PartnerDocument(Document, frozen=True):
    """How a partner stands then: the answer of `show`, `advance`, `move-back`, `evidence` and `pilot`.

    The last is `partners pilot add`, `pilot note` and `pilot night`.
    """

    #: False when nothing was written down, because evidence is missing.
    is_done: bool
    #: Permanent.
    id: str
    #: As it is published.
    name: str
    #: `In Contact`, `In Testing`, `In Pilot` or `Available`.
    status: str
    #: What that means.
    meaning: str
    #: When it entered its state; null where that was before the program kept a log.
    since: datetime | None
    #: What is published beside the state; may be empty.
    note: str
    #: Ids of its products' profiles.
    profiles: tuple[str, ...]
    #: Where the vendor's sandbox is; empty where no application said so.
    endpoint: str
    #: The state after this one; empty after the last.
    next_status: str
    #: Evidence that counts.
    evidence: tuple[EvidenceLine, ...]
    #: What the next state asks for and is not there.
    missing: tuple[MissingLine, ...]
    #: Districts that take part.
    pilots: tuple[PilotLine, ...]
    #: Escalations that are not solved.
    escalations: tuple[EscalationLine, ...]
    #: Facts of its profiles that nobody has told.
    open_questions: int
    #: Whom to ask at the vendor, as its application says.
    contacts: tuple[ContactLine, ...]


class RemarkLine(msgspec.Struct, frozen=True):
    """One thing about an application."""

    #: Dotted place in it.
    place: str
    #: A sentence to the vendor.
    what: str


class ApplicationDocument(Document, frozen=True):
    """The answer of `partners apply`, `review`, `accept` and `decline`."""

    #: Counted from 1.
    application: int
    #: Id that the profile has or would have.
    product: str
    #: As the vendor formats it.
    display_name: str
    #: `received`, `accepted` or `declined`.
    state: str
    #: True when a person may accept it.
    is_ready: bool
    #: What the program asks of everybody and is not there.
    lacking: tuple[RemarkLine, ...]
    #: What is there and cannot be so.
    wrong: tuple[RemarkLine, ...]
    #: What stays a question; it does not stand in the way.
    questions: tuple[RemarkLine, ...]
    #: File of the profile; empty until it is accepted.
    profile: str
    #: Id of the partner; empty until it is accepted.
    partner: str


class ApplicationLine(msgspec.Struct, frozen=True):
    """One application in the list."""

    #: Counted from 1.
    application: int
    #: Id that the profile has or would have.
    product: str
    #: As the vendor formats it.
    display_name: str
    #: `received`, `accepted` or `declined`.
    state: str
    #: When it came.
    received_at: datetime


class ApplicationsDocument(Document, frozen=True):
    """The answer of `partners review` without a number."""

    #: Oldest first.
    applications: tuple[ApplicationLine, ...]


class EscalationDocument(Document, frozen=True):
    """The answer of `partners escalate`, `send`, `answer` and `solve`."""

    #: The escalation as it stands then.
    escalation: EscalationLine
    #: File of the bundle; empty for none.
    bundle: str


class EscalationsDocument(Document, frozen=True):
    """The answer of `partners escalations`."""

    #: Those whose answer is due first stand first.
    escalations: tuple[EscalationLine, ...]


class HistoryLine(msgspec.Struct, frozen=True):
    """One entry of the program's log."""

    #: Counted from 1.
    number: int
    #: When it was written down.
    at: datetime
    #: Who wrote it down.
    by: str
    #: Why; may be empty.
    because: str
    #: Id of the partner; empty for an application that became none.
    partner: str
    #: What happened, as a sentence without the partner's name.
    what: str
    #: SHA-256 that chains it to the entry before.
    digest: str


class HistoryDocument(Document, frozen=True):
    """The answer of `partners history`; every entry was verified."""

    #: Entries of the whole log.
    length: int
    #: Digest of the last entry; empty for an empty log.
    digest: str
    #: Oldest first.
    entries: tuple[HistoryLine, ...]


class StatusPageDocument(Document, frozen=True):
    """The answer of `partners status-page`."""

    #: The files that were written.
    files: tuple[str, ...]
    #: Partners on the page.
    partners: int


class TemplateDocument(Document, frozen=True):
    """The answer of `partners apply --template`."""

    #: The text of an empty application.
    text: str


DOCUMENTS: tuple[type[Document], ...] = (
    PartnersDocument,
    PartnerDocument,
    TemplateDocument,
    ApplicationDocument,
    ApplicationsDocument,
    EscalationDocument,
    EscalationsDocument,
    HistoryDocument,
    StatusPageDocument,
)
