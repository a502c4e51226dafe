"""What `conformance` and `doctor` answer with `--json`: shapes only, in the manner of `documents`."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # a decoder reads the annotations

import msgspec

from sis_connect.cli.failure import Document


class CheckLine(msgspec.Struct, frozen=True):
    """How one check ended."""

    #: Permanent; `docs/conformance.md` lists all.
    id: str
    #: `required by the standard`, `expected by SIS Connect` or `advice`.
    level: str
    #: `passed`, `failed` or `skipped`.
    outcome: str
    #: What was seen, or why nothing could be, as a sentence.
    seen: str
    #: What a fix looks like; empty unless it failed.
    fix: str
    #: Whether SIS Connect can live with it: `yes`, `in part` or `no`; empty unless it failed.
    livable: str


class ConformanceDocument(Document, frozen=True):
    """The answer of `conformance`; the report itself is the file that it names."""

    #: The address that was tested.
    url: str
    #: When the first request was sent.
    began_at: datetime
    #: How many checks passed.
    passed: int
    #: How many failed.
    failed: int
    #: How many were skipped.
    skipped: int
    #: How many of the failures SIS Connect cannot live with.
    unlivable: int
    #: Each check.
    checks: tuple[CheckLine, ...]
    #: File with the report for machines.
    report: str
    #: File with the report for people.
    page: str
    #: SHA-256 of the report.
    digest: str


class VerifiedDocument(Document, frozen=True):
    """The answer of `conformance --verify`."""

    #: As it was named.
    report: str
    #: The address that was tested.
    url: str
    #: When.
    began_at: datetime
    #: True when digest and signature are right.
    is_genuine: bool
    #: What is wrong, as a sentence; empty when nothing is.
    problem: str


class StepLine(msgspec.Struct, frozen=True):
    """How one step of `doctor` ended."""

    #: `name`, `connection`, `encryption`, `clock`, `token`, `sign-in`, `address`, `permissions`, `school year` or
    #: `people`.
    step: str
    #: True when nothing is wrong there.
    is_well: bool
    #: What was found, as a sentence.
    seen: str


class DoctorDocument(Document, frozen=True):
    """The answer of `doctor`."""

    #: The address that was examined.
    url: str
    #: The steps as far as they were taken.
    steps: tuple[StepLine, ...]
    #: Permanent code of what is wrong; null when nothing is.
    code: str | None
    #: What to do, as a sentence; empty when nothing is wrong.
    fix: str
    #: Who does it: `district`, `SIS vendor` or `operator`; empty when nothing is wrong.
    fixer: str
