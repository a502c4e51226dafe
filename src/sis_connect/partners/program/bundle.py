"""What a vendor's engineer gets of an escalation: one zip that can be acted on without asking back. Pure.

Here: its content as values, and writing it. Requests and replies come masked, findings as codes and shapes; secrets and
e-mail addresses in what people wrote are struck out here. Not here: gathering it (`runs.escalation_bundle`).
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.partners.program.striking import strike_addresses, strike_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A zip names no moment before this one; a fixed one makes the same bundle the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)


class RecordFacts(msgspec.Struct, frozen=True):
    """What became of the records of one collection."""

    entity: str
    received: int
    applied: int
    unchanged: int
    held: int
    quarantined: int
    out_of_scope: int


class HeldFacts(msgspec.Struct, frozen=True):
    """Changes that waited for a person, and why."""

    cause: str
    explanation: str
    kind: str
    action: str
    changes: int
    #: What was held there before; 0 where the cause is not a share.
    of: int


class FindingFacts(msgspec.Struct, frozen=True):
    """One rule that the data broke."""

    code: str
    severity: str
    #: `district`, `SIS vendor` or `operator`.
    fixer: str
    title: str
    fix: str
    occurrences: int


class RunFacts(msgspec.Struct, frozen=True):
    """The run that shows it."""

    run: str
    state: str
    as_of: date
    #: With the district's own offset.
    started_at: datetime
    ended_at: datetime
    records: tuple[RecordFacts, ...]
    held: tuple[HeldFacts, ...]
    findings: tuple[FindingFacts, ...]


class ExchangeFacts(msgspec.Struct, frozen=True):
    """One request with its reply, masked, and what it shows."""

    #: The conformance check that it belongs to, or the step of `doctor`.
    shows: str
    request: dict[str, Any]
    reply: dict[str, Any]


class CheckFacts(msgspec.Struct, frozen=True):
    """One conformance check that failed."""

    id: str
    level: str
    clause: str
    title: str
    seen: str
    fix: str
    livable: str


class StepFacts(msgspec.Struct, frozen=True):
    """One step on the way to the service, as `doctor` takes them."""

    step: str
    is_well: bool
    seen: str
    #: Permanent name of what is wrong, and what to do; empty when all is well.
    code: str
    fix: str


class HealthFacts(msgspec.Struct, frozen=True):
    """What the service answered when the escalation was opened."""

    asked_at: datetime
    #: The last is the first that failed, if one did.
    steps: tuple[StepFacts, ...]


class ConformanceFacts(msgspec.Struct, frozen=True):
    """What a conformance report says of the same service."""

    url: str
    tested_at: datetime
    #: SHA-256 that the report carries.
    digest: str
    passed: int
    failed: int
    skipped: int
    #: Those that failed.
    checks: tuple[CheckFacts, ...]


class ProfileFacts(msgspec.Struct, frozen=True):
    """What SIS Connect goes by."""

    id: str
    display_name: str
    #: The day on which it changed last.
    revised: str


class Bundle(msgspec.Struct, frozen=True):
    """The whole escalation."""

    escalation: int
    partner: str
    #: In a sentence.
    what: str
    #: Whose SIS it is; empty where it is about every district.
    district: str
    #: Address of that service; empty where nobody named it.
    service: str
    made_at: datetime
    #: The district's, in which its nights are counted.
    time_zone: str
    #: Version of SIS Connect.
    version: str
    #: Of the partner's products.
    profiles: tuple[ProfileFacts, ...]
    run: RunFacts | None
    health: HealthFacts | None
    conformance: ConformanceFacts | None
    exchanges: tuple[ExchangeFacts, ...]
    #: What was tried already.
    tried: tuple[str, ...]


def write_bundle(bundle: Bundle, secrets: Iterable[str] = ()) -> bytes:
    """The zip. No text in it holds one of the secrets or an e-mail address."""
    clean = _struck(bundle, secrets)
    parts = {
        "README.txt": _readme(clean),
        "escalation.json": _as_json(clean),
        "exchanges.txt": _exchanges(clean.exchanges),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _struck(bundle: Bundle, secrets: Iterable[str]) -> Bundle:
    return msgspec.convert(strike_addresses(strike_secrets(msgspec.to_builtins(bundle), secrets)), Bundle)


def _as_json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode() + "\n"


def _readme(bundle: Bundle) -> str:
    lines = [f"Escalation {bundle.escalation}: {bundle.partner}", "", bundle.what, ""]
    lines += [f"District: {bundle.district}"] if bundle.district else []
    lines += [f"Service: {bundle.service}"] if bundle.service else []
    lines += [f"Made {_moment(bundle.made_at)} by SIS Connect {bundle.version}; times in {bundle.time_zone}."]
    lines += [f"Profile: {one.display_name} ({one.id}), of {one.revised}." for one in bundle.profiles]
    if bundle.run:
        lines += ["", *_run_in_words(bundle.run)]
    if bundle.health:
        lines += ["", *_health_in_words(bundle.health)]
    if bundle.conformance:
        lines += ["", *_conformance_in_words(bundle.conformance)]
    lines += ["", "What was tried:"]
    lines += [f"- {one}" for one in bundle.tried] or ["- nothing was noted"]
    lines += [
        "",
        "In this bundle:",
        "- escalation.json: all of it for machines",
        f"- exchanges.txt: {len(bundle.exchanges)} requests with their replies",
        "",
        "Names, ids of people, addresses and secrets are masked: letters stand as a or A, digits as 9, and … for what",
        "was struck out. Nothing else was changed.",
    ]
    return "\n".join(lines) + "\n"


def _run_in_words(run: RunFacts) -> list[str]:
    lines = [
        f"Run {run.run} ({run.state}), for {run.as_of}",
        f"  began {_moment(run.started_at)}",
        f"  ended {_moment(run.ended_at)}",
        "  received: " + (", ".join(f"{one.received} {one.entity}" for one in run.records) or "nothing"),
    ]
    for held in run.held:
        of = f" of {held.of}" if held.of else ""
        lines.append(f"  waits: {held.action} {held.changes}{of} {held.kind}: {held.explanation} [{held.cause}]")
    for finding in run.findings:
        lines.append(f"  {finding.severity} {finding.code}, {finding.occurrences} times: {finding.title}")
        lines.append(f"    {finding.fixer} can mend it: {finding.fix}")
    return lines


def _health_in_words(health: HealthFacts) -> list[str]:
    lines = [f"Asked {_moment(health.asked_at)}, step by step up to the first that fails:"]
    for step in health.steps:
        lines.append(f"  {'well' if step.is_well else 'FAILS'}  {step.step}: {step.seen}")
        if step.code:
            lines.append(f"    {step.code}: {step.fix}")
    return lines


def _conformance_in_words(report: ConformanceFacts) -> list[str]:
    lines = [
        f"Conformance of {report.url}, tested {_moment(report.tested_at)}:",
        f"  {report.passed} checks passed, {report.failed} failed, {report.skipped} were skipped",
    ]
    for check in report.checks:
        lines += [f"  {check.id} ({check.level}; {check.clause}): {check.title}", f"    Seen: {check.seen}"]
        lines += [f"    A fix: {check.fix}"]
    return lines


def _exchanges(exchanges: tuple[ExchangeFacts, ...]) -> str:
    if not exchanges:
        return "No requests were kept for this escalation.\n"
    parts = []
    for number, one in enumerate(exchanges, start=1):
        parts.append(f"--- {number}. {one.shows}: request\n{_as_json(one.request)}--- reply\n{_as_json(one.reply)}")
    return "\n".join(parts)


def _moment(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
