"""What a check is and how it can end. Not here: the checks (`checks`) and their order (`catalogue`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.probe import Probe


class Level(StrEnum):
    """Who wants it."""

    REQUIRED = "required by the standard"
    EXPECTED = "expected by SIS Connect"
    ADVICE = "advice"


class Group(StrEnum):
    """What a check is about; the order is that of the report."""

    REACH = "Reaching the service"
    SIGN_IN = "Signing in"
    VERSION = "Version"
    OPERATIONS = "Operations"
    DERIVED = "Derived collections"
    RECORDS = "Records and their fields"
    REFERENCES = "References"
    PAGING = "Paging"
    FILTER = "Filter"
    SORT = "Sort"
    FIELDS = "Choice of fields"
    ERRORS = "Errors"
    DELTA = "Changes and deletion"
    GRADEBOOK = "Writing to the gradebook"
    LOAD = "Modest load"


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Coping(StrEnum):
    """Whether SIS Connect can live with a failure."""

    YES = "yes"
    PARTLY = "in part"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one check ended and what was seen; texts hold no secret and nothing personal."""

    outcome: Outcome
    #: What was seen, or why nothing could be, as a sentence.
    seen: str = ""
    #: The answers that show it.
    evidence: tuple[Answered, ...] = ()
    #: Only of a failure, where it differs from what the check says in general.
    coping: Coping | None = None
    #: Measurements, by name.
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the catalogue."""

    #: Dotted, lower case where no operation is named, permanent.
    id: str
    group: Group
    level: Level
    #: The part of the standard it serves, in the words of the standard's contents.
    clause: str
    #: What is true of a service that passes, as a sentence.
    title: str
    #: What a fix looks like, as a sentence in the imperative.
    fix: str
    #: Whether SIS Connect can live with a failure, and how, as a sentence.
    coping: Coping
    how: str
    judge: Callable[[Probe], Verdict]


class CannotTellError(Exception):
    """A check cannot be made; the message is the reason, as a sentence."""


def passed(seen: str = "", *evidence: Answered, figures: tuple[tuple[str, float], ...] = ()) -> Verdict:
    """It is as it should be."""
    return Verdict(Outcome.PASSED, seen, evidence, figures=figures)


def failed(
    seen: str, *evidence: Answered, coping: Coping | None = None, figures: tuple[tuple[str, float], ...] = ()
) -> Verdict:
    """It is not as it should be."""
    return Verdict(Outcome.FAILED, seen, evidence, coping, figures)


def skipped(reason: str) -> Verdict:
    """Nothing can be said."""
    return Verdict(Outcome.SKIPPED, reason)
