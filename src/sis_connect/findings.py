"""What a finding is: bad or doubtful data, named, located and with its fix.

Here: the value types. Not here: the rules themselves; those about reading files are in `sis.csv_rules`, those
about records in `sync.check`. A finding shows the *shape* of a value, never the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What happens to the record."""

    #: The record is quarantined, and so is what depends on it; its last good state stays in the LMS.
    ERROR = "error"
    #: The record is used; the doubtful value is not, or a person should look.
    WARNING = "warning"
    #: The record is used; something was mended on the way and should be mended at the source.
    NOTE = "note"


class Fixer(StrEnum):
    """Who can fix the cause."""

    DISTRICT = "district"
    TEACHER = "teacher"
    VENDOR = "SIS vendor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong."""

    #: Dotted, lower case, permanent: `reference.unknown_class`.
    code: str
    severity: Severity
    fixer: Fixer
    #: What is wrong, as one sentence without the record.
    title: str
    #: How to fix it, as one sentence in the imperative.
    fix: str
    #: Severity in strict mode, where that differs: repairs are errors there.
    strict: Severity | None = None

    def severity_in(self, *, strict: bool) -> Severity:
        """The severity in strict or lenient mode."""
        return self.strict if strict and self.strict is not None else self.severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one place."""

    code: str
    #: Name of the file, for example `users.csv`; None for the package as a whole.
    file: str | None = None
    #: Line in that file as an editor counts, the header being line 1; None for the file as a whole.
    line: int | None = None
    #: Header of the column as the standard writes it.
    column: str | None = None
    sourced_id: str | None = None
    #: The value with letters as `a` or `A` and digits as `9`.
    shape: str | None = None
    #: What else helps to find the cause; never personal data.
    detail: str | None = None
    #: Records concerned, where one finding stands for many.
    occurrences: int = 1
