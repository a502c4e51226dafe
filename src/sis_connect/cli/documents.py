"""What `--json` answers: one declared document a command. `docs/cli.md` explains each field; a test holds it true.

Fields are added over time and never taken away or given another meaning. Here: shapes only.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from sis_connect.cli.failure import Document, ErrorDocument
from sis_connect.report import ChangeCounts, RecordCounts  # noqa: TC001  # a decoder reads the annotations
from sis_connect.runs.listing import HeldGroup, ListedChange  # noqa: TC001  # as above
from sis_connect.sync.plan.origin import OriginChange  # noqa: TC001  # as above


class Place(msgspec.Struct, frozen=True):
    """Where one finding was made."""

    #: Name of the file, such as `users.csv`, or path of the collection, such as `/users`; null for the whole package.
    file: str | None
    #: Line as an editor counts, the header being line 1, or place in the collection by sourcedId, from 1; null for
    #: the file or collection as a whole.
    line: int | None
    #: Header of the column, or name of the property, as the standard writes it.
    column: str | None
    #: The record, where it has a sourcedId.
    sourced_id: str | None
    #: The value with letters as `a` or `A` and digits as `9`; never the value.
    shape: str | None
    #: What else helps to find the cause; never personal data.
    detail: str | None
    #: Records concerned, where one finding stands for many.
    occurrences: int


class FindingTotal(msgspec.Struct, frozen=True):
    """How often one rule was broken, and what to do about it."""

    #: Permanent; `docs/findings.md` lists all.
    code: str
    #: `error`, `warning` or `note`.
    severity: str
    #: Who can fix it: `district`, `SIS vendor` or `operator`.
    fixer: str
    #: What is wrong, as a sentence.
    title: str
    #: What to do, as a sentence.
    fix: str
    #: How often.
    occurrences: int
    #: The first of them; empty where the command does not list them.
    places: tuple[Place, ...] = ()


class CheckDocument(Document, frozen=True):
    """The answer of `check`."""

    #: As it was named; the address of the SIS when that was asked.
    package: str
    #: `lenient` or `strict`.
    mode: str
    #: Names the content of the package.
    snapshot: str
    #: Who made the package, by its manifest; may be null.
    system_name: str | None
    #: Records received, by collection.
    received: dict[str, int]
    #: Findings that quarantine a record.
    errors: int
    #: Findings that a person should look at.
    warnings: int
    #: Repairs, and what is good to know.
    notes: int
    #: One entry for each code.
    findings: tuple[FindingTotal, ...]


class PlannedCounts(msgspec.Struct, frozen=True):
    """Changes of one kind and action."""

    #: `schools`, `terms`, `users`, `agents`, `courses`, `classes` or `enrollments`.
    kind: str
    #: `create`, `update`, `remove`, `link` or `release`.
    action: str
    #: How many.
    changes: int
    #: How many of them wait.
    held: int


class ReceivedRecords(msgspec.Struct, frozen=True):
    """What became of the records of one entity before planning."""

    #: Collection of the standard, such as `users`.
    entity: str
    #: Records in the package, or pulled.
    received: int
    #: Records that cannot be used.
    quarantined: int
    #: Records that the district leaves out, by reason.
    out_of_scope: dict[str, int]
    #: Records that the LMS should hold.
    in_scope: int


class PlanDocument(Document, frozen=True):
    """The answer of `plan`."""

    #: The plan's digest; its beginning is enough for `approve` and `apply`.
    plan: str
    #: When it was made.
    made_at: datetime
    #: The day it was made for.
    as_of: date
    #: The calendar year in which the active school year ends.
    school_year: int | None
    #: What would be done.
    counts: tuple[PlannedCounts, ...]
    #: What waits, and why.
    held: tuple[HeldGroup, ...]
    #: What the records of the package came to.
    records: tuple[ReceivedRecords, ...]
    #: What the data says, without places.
    findings: tuple[FindingTotal, ...]
    #: The first changes of each kind: held ones first, then removals.
    listed: tuple[ListedChange, ...]
    #: Commands that may follow.
    next: tuple[str, ...]
    #: Keys of the rules file whose values differ from those of the last applied plan: what they decide may have changed
    #: for many records at once.
    changed_settings: tuple[str, ...] = ()
    #: The orgs that the roster is known by and the way to it, in words.
    origin: str = ""
    #: When that is elsewhere than for the roster applied before; else null.
    origin_change: OriginChange | None = None


class ApproveDocument(Document, frozen=True):
    """The answer of `approve`."""

    #: Digest of the plan.
    plan: str
    #: Who lets the changes through.
    by: str
    #: Why.
    because: str
    #: The cause that was named, or null.
    cause: str | None
    #: The kind that was named, or null.
    kind: str | None
    #: The school that was named, or null.
    school: str | None
    #: False when it was only shown (`--dry-run`).
    is_noted: bool
    #: What this approval lets through.
    lifted: tuple[HeldGroup, ...]
    #: What still waits.
    held: tuple[HeldGroup, ...]
    #: Commands that may follow.
    next: tuple[str, ...]


class RefusedInWords(msgspec.Struct, frozen=True):
    """One change that the LMS refused."""

    #: Kind of the record.
    kind: str
    #: Its key; for an enrollment the keys of class and person.
    key: str
    #: Permanent; `docs/findings.md` lists all.
    code: str
    #: What happened, as a sentence.
    title: str
    #: What to do, as a sentence.
    fix: str
    #: The LMS's own words.
    message: str
    #: What a person would call the record; its key where no name is known any more.
    name: str = ""


class ReportDocument(Document, frozen=True):
    """The answer of `apply`, `sync` and `report`."""

    #: Name of the run.
    run: str
    #: `finished` or `closed`.
    state: str
    #: Digest of its plan.
    plan: str
    #: The day the plan was made for.
    as_of: date
    #: When the run began.
    started_at: datetime
    #: When it ended.
    ended_at: datetime
    #: True when the five counts of every entity add up to what was received.
    adds_up: bool
    #: What became of every record received.
    records: tuple[RecordCounts, ...]
    #: What became of every change planned.
    changes: tuple[ChangeCounts, ...]
    #: What still waits, and why.
    held: tuple[HeldGroup, ...]
    #: What the LMS refused.
    refused: tuple[RefusedInWords, ...]
    #: What the data says, without places.
    findings: tuple[FindingTotal, ...]
    #: Commands that may follow.
    next: tuple[str, ...]
    #: Keys of the rules file whose values differ from those of the plan applied before: what they decide may have
    #: changed for many records at once.
    changed_settings: tuple[str, ...] = ()
    #: The orgs that the roster is known by and the way to it, in words.
    origin: str = ""
    #: When that is elsewhere than for the roster applied before; else null.
    origin_change: OriginChange | None = None


class RunLine(msgspec.Struct, frozen=True):
    """One run in the list of runs."""

    #: Name of the run.
    run: str
    #: `finished`, `closed`, `running` or `interrupted`.
    state: str
    #: Digest of its plan.
    plan: str
    #: When it began.
    started_at: datetime
    #: When it ended; null while it has not.
    ended_at: datetime | None
    #: Changes carried out.
    applied: int
    #: Changes that waited.
    held: int
    #: Changes that the LMS refused.
    refused: int


class RunsDocument(Document, frozen=True):
    """The answer of `report --list`; newest first."""

    #: Newest first.
    runs: tuple[RunLine, ...]


class ForeignThing(msgspec.Struct, frozen=True):
    """Something in the LMS that SIS Connect did not make."""

    #: `schools`, `terms`, `users`, `courses`, `classes`, or `enrollments` for members.
    kind: str
    #: Its name in the LMS.
    title: str
    #: The code it has in the LMS; may be empty.
    key: str
    #: The LMS's own id.
    lms_id: str
    #: For members, the class.
    within: str
    #: True when SIS Connect uses it without changing it.
    is_linked: bool


class ForeignDocument(Document, frozen=True):
    """The answer of `report --foreign`."""

    #: How many, by kind.
    counts: dict[str, int]
    #: Each of them.
    things: tuple[ForeignThing, ...]


class ExportDocument(Document, frozen=True):
    """The answer of `export`."""

    #: Where the package stands.
    to: str
    #: Records written, by collection.
    written: dict[str, int]
    #: Records left out because they cannot be used, by collection.
    quarantined: dict[str, int]
    #: Records left out because the SIS marked them as deleted, by collection.
    deleted: dict[str, int]


class SandboxSis(msgspec.Struct, frozen=True):
    """A SIS that runs beside the sandbox."""

    #: For `sis.url`.
    url: str
    #: For `sis.token_url`.
    token_url: str
    #: Where a browser finds it.
    web_url: str
    #: For SIS_CONNECT_SIS_KEY.
    key: str
    #: For SIS_CONNECT_SIS_SECRET; a public word.
    secret: str
    #: Rules file that names it.
    rules: str
    #: Rows that it serves, by collection.
    rows: dict[str, int]


class SandboxDocument(Document, frozen=True):
    """The answer of `sandbox`, given once it listens."""

    #: Where a browser finds it.
    web_url: str
    #: For SIS_CONNECT_SCHOOLOGY_URL.
    api_url: str
    #: For SIS_CONNECT_SCHOOLOGY_KEY.
    key: str
    #: For SIS_CONNECT_SCHOOLOGY_SECRET; a public word.
    secret: str
    #: Folder of the invented district, or null.
    district: str | None
    #: The SIS beside it; null without `--sis`.
    sis: SandboxSis | None = None


#: Every document, for those who validate.
DOCUMENTS: tuple[type[Document], ...] = (
    CheckDocument,
    PlanDocument,
    ApproveDocument,
    ReportDocument,
    RunsDocument,
    ForeignDocument,
    ExportDocument,
    SandboxDocument,
    ErrorDocument,
)
