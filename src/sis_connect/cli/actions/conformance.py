"""`conformance`: test a OneRoster service, say what comes of it as it comes, and write the report."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sis_connect.bootstrap import sis_connection
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen
from sis_connect.cli.showing.conformance import show_check, show_failures, show_totals
from sis_connect.cli.sis_documents import CheckLine, ConformanceDocument, VerifiedDocument
from sis_connect.errors import ConfigurationError
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checks.delta import marks_of
from sis_connect.sis.conformance.page import write_page
from sis_connect.sis.conformance.probe import Terms, open_probe
from sis_connect.sis.conformance.report import make_report, read_report, verify, write_report
from sis_connect.sis.conformance.running import run_checks
from sis_connect.sis.conformance.signing_key import own_key, read_key
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sis_connect.cli.sis_options import SisOptions
    from sis_connect.sis.conformance.checking import Check
    from sis_connect.sis.conformance.report import Report
    from sis_connect.sis.rest.connection import RestConnection

_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is tested, and where the report goes."""

    to: Path
    #: Beginnings of ids; none for every check.
    only: tuple[str, ...]
    most_records: int
    gradebook_class: str
    earlier: Path | None
    key: Path
    demographics: bool = False


def run_conformance(options: SisOptions, wanted: Wanted, *, as_json: bool, quiet: bool) -> ExitCode:
    """Make the checks and write the report; QUARANTINED when more than advice failed."""
    screen = Screen(as_json=as_json, quiet=quiet)
    checks = _chosen(wanted.only)
    report = _tested(options, wanted, checks, screen)
    paths = _written(report, wanted.to)
    code = ExitCode.OK if report.is_fit else ExitCode.QUARANTINED
    screen.document(_document(report, paths, code))
    show_failures(screen, report, is_told=_tells(screen, quiet=quiet))
    show_totals(screen, report)
    screen.advise("", f"The report: {harmless(paths[1])}", f"For machines: {harmless(paths[0])}")
    return code


def run_verify(path: Path, key: Path, *, as_json: bool, quiet: bool) -> ExitCode:
    """Say whether a report is as it was written; QUARANTINED when it is not, or when that cannot be told."""
    screen = Screen(as_json=as_json, quiet=quiet)
    report = read_report(_read(path), str(path))
    problem = verify(report, read_key(key))
    code = ExitCode.QUARANTINED if problem else ExitCode.OK
    screen.document(
        VerifiedDocument("conformance", code, harmless(path), report.url, report.began_at, not problem, problem)
    )
    screen.show(harmless(problem) if problem else "The report is as it was written, and signed with this key.")
    return code


def _tested(options: SisOptions, wanted: Wanted, checks: Sequence[Check], screen: Screen) -> Report:
    ways = {name: sis_connection(options.settings(name)) for name in options.sign_ins}
    connection = ways[options.sign_ins[0]]
    key = own_key(wanted.key)
    terms = Terms(
        {name: way.sign_in for name, way in ways.items()},
        page_size=options.page_size or _PAGE_SIZE,
        most_records=wanted.most_records,
        demographics=wanted.demographics,
        gradebook_class=wanted.gradebook_class,
        earlier=read_report(_read(wanted.earlier), str(wanted.earlier)).marks if wanted.earlier else None,
        run=secrets.token_hex(4),
        key=key,
    )
    results = []
    began_at = datetime.now(UTC)
    with open_probe(connection, terms) as probe:
        for check, verdict in run_checks(probe, checks):
            results.append((check, verdict))
            if screen.is_interactive:
                show_check(screen, check, verdict)
        return make_report(probe, results, began_at, marks_of(probe), _secrets(ways.values()))


def _secrets(ways: Iterable[RestConnection]) -> list[str]:
    """Every secret text of some connections."""
    found: list[str] = []
    for way in ways:
        found += way.headers.values()
        match way.sign_in:
            case BearerSignIn(token=token):
                found.append(token)
            case OAuth1SignIn(credentials=pair) | ClientGrant(credentials=pair):
                found.append(pair.secret)
    return found


def _tells(screen: Screen, *, quiet: bool) -> bool:
    """True when every check was told as it was made."""
    return screen.is_interactive and not quiet


def _chosen(only: Sequence[str]) -> tuple[Check, ...]:
    chosen = tuple(check for check in CHECKS if not only or check.id.startswith(tuple(only)))
    if not chosen:
        raise ConfigurationError(
            "No check has an id that begins so.", where="--only", fix="docs/conformance.md lists the checks."
        )
    return chosen


def _written(report: Report, folder: Path) -> tuple[Path, Path]:
    """The two files of the report; ConfigurationError when they cannot be written."""
    host = urlsplit(report.url).netloc.replace(":", "-")
    stem = folder / f"conformance-{host}-{report.began_at:%Y%m%d-%H%M%S}"
    paths = stem.with_name(f"{stem.name}.json"), stem.with_name(f"{stem.name}.html")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths[0].write_bytes(write_report(report))
        paths[1].write_bytes(write_page(report))
    except OSError as error:
        raise ConfigurationError(
            f"The report cannot be written: {error.strerror}.", where="--to", fix="Name another folder."
        ) from error
    return paths


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The report cannot be read: {error.strerror}.", where=str(path), fix="Name the JSON file of a report."
        ) from error


def _document(report: Report, paths: tuple[Path, Path], code: ExitCode) -> ConformanceDocument:
    return ConformanceDocument(
        command="conformance",
        exit_code=code,
        url=report.url,
        began_at=report.began_at,
        passed=report.totals.passed,
        failed=report.totals.failed,
        skipped=report.totals.skipped,
        unlivable=report.totals.unlivable,
        checks=tuple(CheckLine(c.id, c.level, c.outcome, c.seen, c.fix, c.livable) for c in report.checks),
        report=harmless(paths[0]),
        page=harmless(paths[1]),
        digest=report.digest,
    )
