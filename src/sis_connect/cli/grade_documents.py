"""What the commands about grades answer with `--json`: shapes only, in the manner of `documents`."""

from __future__ import annotations

from datetime import datetime  # a decoder reads the annotations

import msgspec

from sis_connect.cli.failure import Document

#: The state of a grade that cannot be sent as it is now.
NOT_SENT = "not sent"


class GradeClass(msgspec.Struct, frozen=True):
    """What a plan has for one class."""

    #: Its key: the class's sourcedId, or `sourcedId@session` where it has a section for each term.
    class_key: str
    #: Its title, as Schoology shows it.
    title: str
    #: Line items to be made.
    line_items_created: int
    #: Line items to be changed.
    line_items_changed: int
    #: Results to be made.
    results_created: int
    #: Results to be changed.
    results_changed: int
    #: Line items and results to be taken back.
    withdrawals: int
    #: Of all these: those that wait for a person.
    held: int
    #: Results that the SIS was sent already, as they are.
    unchanged: int
    #: What cannot be sent, and what else a person should know.
    problems: int


class GradeHold(msgspec.Struct, frozen=True):
    """Changes of one class that wait for one cause."""

    #: Permanent, such as `grades.withdrawal`; `docs/grades.md` lists all.
    cause: str
    #: Why, in words, with what is usual where that is the cause.
    explanation: str
    #: Key of the class.
    class_key: str
    #: Title of the class, as Schoology shows it.
    class_title: str
    #: How many.
    changes: int
    #: True when a person may let them through.
    is_approvable: bool


class GradeProblemPlace(msgspec.Struct, frozen=True):
    """Where one problem was found."""

    #: Key of the class.
    class_key: str
    #: Title of the class, as Schoology shows it.
    class_title: str
    #: Title of the item in Schoology; null for the class as a whole, or where it is not known any more.
    item: str | None
    #: sourcedId of the student; null for the item as a whole.
    student: str | None
    #: What helps to mend it: a length, a date, a proposed title.
    detail: str | None


class GradeProblem(msgspec.Struct, frozen=True):
    """One reason why grades are not sent, or what else a person should know."""

    #: Permanent, such as `grades.title_too_long`; `docs/findings.md` lists all.
    code: str
    #: `error`: not sent; `warning`: sent, and a person should look; `note`: nothing has to be done.
    severity: str
    #: Who can fix it: `district`, `teacher`, `SIS vendor` or `operator`.
    fixer: str
    #: What is wrong, as a sentence.
    title: str
    #: What to do, as a sentence.
    fix: str
    #: How often.
    occurrences: int
    #: The first of them.
    places: tuple[GradeProblemPlace, ...]


class GradePreview(msgspec.Struct, frozen=True):
    """One change, as a teacher knows it."""

    #: `category`, `line item` or `result`.
    step: str
    #: `create`, `update` or `withdraw`.
    action: str
    #: Title of the class, as Schoology shows it.
    class_title: str
    #: Title of the item, or of the category.
    item: str
    #: The student's name, or sourcedId where it is not known; null but for results.
    student: str | None
    #: What would be sent: score, status and comment of a result, category and due date of a line item.
    after: str
    #: What was sent last and is in the SIS; null for something new.
    before: str | None
    #: Why it waits; null when nothing holds it.
    held: str | None
    #: True where the SIS changed it itself, and that is overwritten.
    replaces_sis_edit: bool


class GradesPlanDocument(Document, frozen=True):
    """The answer of `grades plan`."""

    #: The plan's digest; its beginning is enough for `grades approve` and `grades send`.
    plan: str
    #: When it was made.
    made_at: datetime
    #: Classes that were looked at.
    looked_at: int
    #: Those of them in which something would be done, waits, or cannot be sent.
    classes: tuple[GradeClass, ...]
    #: What waits, and why.
    held: tuple[GradeHold, ...]
    #: What cannot be sent, and why; one entry for each code.
    problems: tuple[GradeProblem, ...]
    #: The first changes: held ones first.
    listed: tuple[GradePreview, ...]
    #: How many there are.
    changes: int
    #: Results that were sent before and not read back yet; a run reads them.
    unread: int
    #: Commands that may follow.
    next: tuple[str, ...]


class GradesApproveDocument(Document, frozen=True):
    """The answer of `grades approve`."""

    #: Digest of the plan.
    plan: str
    #: Who lets the changes through.
    by: str
    #: Why.
    because: str
    #: Only changes held for this; null for all.
    cause: str | None
    #: Only changes of this class; null for all.
    class_key: str | None
    #: How many changes this lets through.
    lifted: int
    #: How many wait still.
    held: int
    #: Commands that may follow.
    next: tuple[str, ...]


class GradeCounts(msgspec.Struct, frozen=True):
    """Results by where they stand."""

    #: `waiting`, `in doubt`, `sent`, `confirmed`, `refused`, `changed in the SIS` or `withdrawn`.
    state: str
    #: How many.
    results: int


class GradesReportDocument(Document, frozen=True):
    """The answer of `grades send`: what became of every change of the plan."""

    #: The run; null when there was nothing to send.
    run: str | None
    #: Digest of the plan.
    plan: str
    #: When it began.
    started_at: datetime
    #: When it ended.
    ended_at: datetime
    #: Line items that went out.
    line_items: int
    #: Results that went out.
    results: int
    #: Where those results stand now.
    counts: tuple[GradeCounts, ...]
    #: Changes that wait for a person.
    held: tuple[GradeHold, ...]
    #: What was not sent, or not kept by the SIS, and why.
    problems: tuple[GradeProblem, ...]
    #: Commands that may follow.
    next: tuple[str, ...]


class GradeStanding(msgspec.Struct, frozen=True):
    """Where one result, line item or class stands."""

    #: Key of the class.
    class_key: str
    #: Title of the class, as Schoology shows it.
    class_title: str
    #: Title of the item; null for a class as a whole.
    item: str | None
    #: Name of the student, or sourcedId; null for an item or a class as a whole, which concerns everybody.
    student: str | None
    #: By state, how many results.
    counts: tuple[GradeCounts, ...]
    #: Items and grades among them that cannot be sent as they are now.
    not_sent: int
    #: Of one result: its state, or `not sent`; null for more than one.
    state: str | None
    #: Of one that waits, was refused or cannot be sent: why, such as `grades.not_stored` or `grades.brake_results`.
    code: str | None
    #: What to do about it.
    fix: str | None
    #: When the grade was sent last; null before.
    sent_at: datetime | None
    #: When the SIS was seen to hold it; null before.
    confirmed_at: datetime | None


class GradesStatusDocument(Document, frozen=True):
    """The answer of `grades status`."""

    #: Where all results stand that the filters let through.
    totals: tuple[GradeCounts, ...]
    #: By class, by item or by student.
    standings: tuple[GradeStanding, ...]
    #: What cannot be sent, and why.
    problems: tuple[GradeProblem, ...]
    #: Where the refused ones were written to, with `--refused`.
    refused_file: str | None
    #: Rows in it, or that would be in it: one for each grade or item that the SIS does not have as it should.
    refused: int
    #: Commands that may follow.
    next: tuple[str, ...]


class GradeStep(msgspec.Struct, frozen=True):
    """One link of the chain behind a grade."""

    #: `Schoology`, `mapping`, `sent`, `answer`, `read back` or `now`.
    where: str
    #: When; null where it is no moment.
    at: datetime | None
    #: What is so, as a sentence.
    what: str


class GradesExplainDocument(Document, frozen=True):
    """The answer of `grades explain`: why the SIS has, or has not, this grade."""

    #: Title of the class, as Schoology shows it.
    class_title: str
    #: Title of the item.
    item: str
    #: Name of the student, or sourcedId.
    student: str
    #: The answer, in one sentence.
    answer: str
    #: The chain behind it, oldest first.
    chain: tuple[GradeStep, ...]


class GradesHintDocument(Document, frozen=True):
    """The answer of `grades hint`."""

    #: Classes that the next `grades send --due` looks at for it.
    classes: int


GRADE_DOCUMENTS: tuple[type[Document], ...] = (
    GradesPlanDocument,
    GradesApproveDocument,
    GradesReportDocument,
    GradesStatusDocument,
    GradesExplainDocument,
    GradesHintDocument,
)
