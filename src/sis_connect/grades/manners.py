"""What the grade book of a SIS takes, and how it keeps it.

Here: the value that a partner's profile becomes (`partner_connections`). What is not known of a partner is None and
stays open: nothing is refused beforehand for it, nothing guessed from it; what the district has to decide then is named
by the step that needs it. Not here: the profiles, and what is done with the answers (`shape`, `read_back`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Categories(StrEnum):
    """How a line item finds its category."""

    #: We may make those that are missing.
    OURS = "ours"
    #: Those of the SIS, found by exactly their title or by the district's map; none are made.
    OF_THE_SIS = "of the SIS"
    #: There is one, whatever the item; it is found in the SIS, and nobody is asked.
    SINGLE = "single"


class DueDates(StrEnum):
    """What is asked of a due date."""

    REQUIRED = "required"
    #: Inside the term or grading period of the class.
    IN_TERM = "in term"


class Exempt(StrEnum):
    """How the SIS takes an excused score."""

    #: Status `exempt`, kept as that.
    EXEMPT = "exempt"
    #: Status `exempt`, kept with the score 0.
    EXEMPT_AS_ZERO = "exempt as zero"
    #: It takes none.
    NOT_SENT = "not sent"


class Missing(StrEnum):
    """How the SIS takes missing work."""

    #: As the score 0; sent so only where the district says so too.
    ZERO = "zero"
    #: Not without a number: it waits for the teacher.
    NEEDS_NUMBER = "needs a number"
    #: Status `not submitted`, kept as that.
    NOT_SUBMITTED = "not submitted"


class Winner(StrEnum):
    """Whose grade stands when both sides changed it."""

    LMS = "lms"
    SIS = "sis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What one SIS's grade book takes; None where nothing is known."""

    #: True: grades may be sent; False: this SIS takes none; None: unknown, and the district has to say that it does.
    takes_grades: bool | None = None
    title_length: int | None = None
    unique_titles: bool | None = None
    categories: Categories | None = None
    #: True when letters and other scores without a number are refused. OneRoster 1.1 has numbers only.
    numbers_only: bool | None = None
    whole_maximum: bool | None = None
    due_dates: DueDates | None = None
    exempt: Exempt | None = None
    missing: Missing | None = None
    #: False when an item must be for the whole class.
    individual_items: bool | None = None
    #: False when nothing can be deleted: it is to be done by hand.
    deletes: bool | None = None
    comment_length: int | None = None
    #: True when handed-in work without a grade would be kept as 0, so that nothing is sent.
    keeps_submitted_as_zero: bool = False
    #: Why a score may be missing when it is read back, as a sentence for the administrator.
    hint_not_stored: str | None = None
    #: What is to be said first when a whole class is refused, as a sentence.
    hint_refused: str | None = None
    #: False for classes of elementary grades.
    elementary: bool = True
    winner: Winner = Winner.LMS
