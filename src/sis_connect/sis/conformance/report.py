"""A report as a value: what was checked, what came of it, and what shows it; sealed with a digest and a signature.

Everything in it may be forwarded: answers are masked before they enter. The digest tells that it was not changed by
accident; the signature (HMAC-SHA256) that it was written by somebody who has the key, and not changed since. It can be
verified by whoever has the same key, and by nobody else. Not here: how it looks (`page`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect import __version__
from sis_connect.errors import ConfigurationError
from sis_connect.oneroster.json_text import encode_json
from sis_connect.sis.conformance.checking import Coping, Level, Outcome
from sis_connect.sis.conformance.marks import Remembered, name_of
from sis_connect.sis.conformance.masking import masked_body, masked_headers, masked_parameters, masked_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sis_connect.sis.conformance.asking import Answered, Asked
    from sis_connect.sis.conformance.checking import Check, Verdict
    from sis_connect.sis.conformance.probe import Probe

_EVIDENCE_SHOWN = 2


class Request(msgspec.Struct, frozen=True):
    """A request, masked."""

    method: str
    #: Below the address of the service; ids of people are shapes.
    path: str
    parameters: dict[str, str]
    #: `signed in`, `nobody`, or another who asked.
    by: str
    #: Of a PUT, masked.
    body: Any = None


class Reply(msgspec.Struct, frozen=True):
    """An answer, masked."""

    #: 0 when none came.
    status: int
    headers: dict[str, str]
    body: Any
    #: Seconds it took.
    seconds: float
    #: Why none came; empty when one did.
    cause: str = ""


class Exchange(msgspec.Struct, frozen=True):
    """A request with its answer."""

    request: Request
    reply: Reply


class CheckResult(msgspec.Struct, frozen=True):
    """How one check ended."""

    #: Permanent; `docs/conformance.md` lists all.
    id: str
    #: What it is about.
    group: str
    #: Who wants it: `required by the standard`, `expected by SIS Connect` or `advice`.
    level: str
    #: The part of the standard it serves.
    clause: str
    #: What is true of a service that passes.
    title: str
    #: `passed`, `failed` or `skipped`.
    outcome: str
    #: What was seen, or why nothing could be.
    seen: str
    #: What a fix looks like; empty unless it failed.
    fix: str = ""
    #: Whether SIS Connect can live with it: `yes`, `in part` or `no`; empty unless it failed.
    livable: str = ""
    #: How it does; empty unless it failed.
    how: str = ""
    #: Measurements by name.
    figures: dict[str, float] = {}
    #: Requests and answers that show it; empty unless it failed.
    evidence: tuple[Exchange, ...] = ()


class Totals(msgspec.Struct, frozen=True):
    """How many checks ended how."""

    passed: int
    failed: int
    skipped: int
    #: Failures by level.
    failed_required: int
    failed_expected: int
    failed_advice: int
    #: Failures that SIS Connect cannot live with.
    unlivable: int


class Report(msgspec.Struct, frozen=True):
    """The whole report."""

    #: Of SIS Connect.
    version: str
    #: When the first request was sent.
    began_at: datetime
    ended_at: datetime
    #: The address that was tested.
    url: str
    #: Ways to sign in that were tried; the first was used for everything.
    sign_ins: tuple[str, ...]
    #: How many requests were answered.
    requests: int
    totals: Totals
    checks: tuple[CheckResult, ...]
    #: What a later run needs to tell what changed; pseudonyms and digests.
    marks: Remembered
    #: SHA-256 of everything above.
    digest: str = ""
    #: HMAC-SHA256 of the digest; empty when there was no key.
    signature: str = ""
    #: Tells which key signed; does not give it away.
    key: str = ""

    @property
    def is_fit(self) -> bool:
        """True when nothing failed but advice."""
        return not self.totals.failed_required and not self.totals.failed_expected


def make_report(
    probe: Probe,
    results: Sequence[tuple[Check, Verdict]],
    began_at: datetime,
    marks: Remembered,
    secrets: Iterable[str],
) -> Report:
    """The sealed report of a run; no text of it holds one of the secrets."""
    report = Report(
        version=__version__,
        began_at=began_at,
        ended_at=datetime.fromtimestamp(probe.around.wall_clock(), UTC),
        url=probe.url,
        sign_ins=tuple(probe.terms.sign_ins),
        requests=probe.answers,
        totals=_totals(results),
        checks=tuple(_result(check, verdict) for check, verdict in results),
        marks=marks,
    )
    return seal(_without(report, [secret for secret in secrets if secret]), probe.terms.key)


def seal(report: Report, key: bytes) -> Report:
    """The report with its digest and, when there is a key, its signature."""
    digest = _digest(report)
    if not key:
        return msgspec.structs.replace(report, digest=digest)
    return msgspec.structs.replace(report, digest=digest, signature=_sign(digest, key), key=name_of(key))


def write_report(report: Report) -> bytes:
    """The report as JSON for people and machines."""
    return msgspec.json.format(encode_json(report)) + b"\n"


def read_report(content: bytes, where: str) -> Report:
    """The report in a file; ConfigurationError when it is none. It is not verified."""
    try:
        return msgspec.json.decode(content, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "This is no conformance report.",
            where=where,
            fix="Name the JSON file that `sis-connect conformance` wrote.",
        ) from error


def verify(report: Report, key: bytes) -> str:
    """What is wrong with digest or signature, as a sentence; nothing when they are right."""
    if not hmac.compare_digest(report.digest, _digest(report)):
        return "The report was changed after it was written: its digest is another."
    if not report.signature:
        return "The report carries no signature; its digest is right."
    if not key or report.key != name_of(key):
        return "The report was signed with another key; its digest is right."
    if not hmac.compare_digest(report.signature, _sign(report.digest, key)):
        return "The signature is not that of the report."
    return ""


def _digest(report: Report) -> str:
    bare = msgspec.structs.replace(report, digest="", signature="", key="")
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()


def _sign(digest: str, key: bytes) -> str:
    return hmac.new(key, f"sis-connect conformance report {digest}".encode(), hashlib.sha256).hexdigest()


def _totals(results: Sequence[tuple[Check, Verdict]]) -> Totals:
    outcomes = Counter(verdict.outcome for _, verdict in results)
    failures = [(check, verdict) for check, verdict in results if verdict.outcome is Outcome.FAILED]
    levels = Counter(check.level for check, _ in failures)
    return Totals(
        passed=outcomes[Outcome.PASSED],
        failed=outcomes[Outcome.FAILED],
        skipped=outcomes[Outcome.SKIPPED],
        failed_required=levels[Level.REQUIRED],
        failed_expected=levels[Level.EXPECTED],
        failed_advice=levels[Level.ADVICE],
        unlivable=sum((verdict.coping or check.coping) is Coping.NO for check, verdict in failures),
    )


def _result(check: Check, verdict: Verdict) -> CheckResult:
    has_failed = verdict.outcome is Outcome.FAILED
    return CheckResult(
        id=check.id,
        group=check.group,
        level=check.level,
        clause=check.clause,
        title=check.title,
        outcome=verdict.outcome,
        seen=verdict.seen,
        fix=check.fix if has_failed else "",
        livable=(verdict.coping or check.coping).value if has_failed else "",
        how=check.how if has_failed else "",
        figures=dict(verdict.figures),
        evidence=tuple(map(show, verdict.evidence[:_EVIDENCE_SHOWN])) if has_failed else (),
    )


def show(taken: Answered) -> Exchange:
    """A request with its answer, masked."""
    asked = taken.asked
    entity = asked.operation.entity if asked.operation else ""
    return Exchange(
        Request(asked.method, masked_path(asked), masked_parameters(asked), asked.by, _sent(asked, entity)),
        Reply(
            taken.status,
            masked_headers(taken),
            masked_body(taken.content, taken.document, entity, taken.shown),
            round(taken.seconds, 3),
            taken.cause,
        ),
    )


def _sent(asked: Asked, entity: str) -> Any:
    return masked_body(asked.body, msgspec.json.decode(asked.body), entity) if asked.body else None


def _without(report: Report, secrets: Sequence[str]) -> Report:
    """The report with a secret struck out wherever others' words stand: a service may repeat what it was sent."""
    replace = msgspec.structs.replace
    checks = tuple(
        replace(check, seen=_struck(check.seen, secrets), evidence=_struck(check.evidence, secrets))
        for check in report.checks
    )
    collections = {
        name: {id_: replace(one, modified=_struck(one.modified, secrets)) for id_, one in records.items()}
        for name, records in report.marks.collections.items()
    }
    return replace(report, checks=checks, marks=replace(report.marks, collections=collections))


def _struck(value: Any, secrets: Sequence[str]) -> Any:
    """The value with the secrets struck out of every text in it; numbers stay what they are."""
    match value:
        case str():
            for secret in sorted(secrets, key=len, reverse=True):
                value = value.replace(secret, "…")
            return value
        case dict():
            return {_struck(name, secrets): _struck(one, secrets) for name, one in value.items()}
        case list() | tuple():
            return type(value)(_struck(one, secrets) for one in value)
        case msgspec.Struct():
            return type(value)(*(_struck(one, secrets) for one in msgspec.structs.astuple(value)))
    return value
