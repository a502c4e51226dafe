"""`check`: read a package, judge it, and say what was found. The LMS is not asked and nothing is planned."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sis_connect.bootstrap import find_rule, open_district
from sis_connect.cli.actions.data_folder import data_or_scratch
from sis_connect.cli.csv_files import write_csv
from sis_connect.cli.documents import CheckDocument, FindingTotal, Place
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.safe_text import harmless
from sis_connect.cli.screen import Screen, counted
from sis_connect.cli.showing.findings import show_findings
from sis_connect.cli.showing.records import show_received
from sis_connect.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sis_connect.cli.options import Options
    from sis_connect.findings import Finding
    from sis_connect.runs.runner import Checked

_COLUMNS = ("severity", "fixer", "code", "file", "line", "column", "sourced_id", "shape", "detail", "occurrences")


def run_check(options: Options, package: Path | None, *, strict: bool, limit: int, csv_file: Path | None) -> ExitCode:
    """Say what is wrong with a package, or with what the SIS says; QUARANTINED when records of it cannot be used."""
    screen = Screen(as_json=options.as_json, quiet=options.quiet)
    with data_or_scratch(options) as data, open_district(data, options.rules, strict=strict) as district:
        is_strict = district.runner.settings.strict
        with screen.progress() as progress:
            checked = district.runner.check(package, limit=None, progress=progress)
        source = str(package) if package is not None else district.settings.sis.url
    document = check_document(checked, source, is_strict=is_strict, limit=limit)
    if csv_file is not None:
        write_csv(csv_file, _COLUMNS, _rows(checked.findings, is_strict=is_strict))
    screen.document(document)
    show_received(screen, document)
    show_findings(screen, document.findings)
    screen.advise("")
    if csv_file is not None:
        screen.advise(f"{csv_file} holds {counted(len(checked.findings), 'row')}; `occurrences` counts repeats.")
    return ExitCode(document.exit_code)


def check_document(checked: Checked, source: str, *, is_strict: bool, limit: int) -> CheckDocument:
    """The document of a check, with the first places of each finding."""
    totals = _totals(checked.findings, is_strict=is_strict, limit=limit)
    amounts = {
        severity: sum(total.occurrences for total in totals if total.severity == severity) for severity in Severity
    }
    return CheckDocument(
        command="check",
        exit_code=ExitCode.QUARANTINED if amounts[Severity.ERROR] else ExitCode.OK,
        package=harmless(source),
        mode="strict" if is_strict else "lenient",
        snapshot=checked.snapshot.digest,
        system_name=checked.snapshot.system_name,
        received={name: file.received for name, file in checked.snapshot.files.items()},
        errors=amounts[Severity.ERROR],
        warnings=amounts[Severity.WARNING],
        notes=amounts[Severity.NOTE],
        findings=totals,
    )


def _totals(findings: Iterable[Finding], *, is_strict: bool, limit: int) -> tuple[FindingTotal, ...]:
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
    return tuple(_total(code, found, is_strict=is_strict, limit=limit) for code, found in by_code.items())


def _total(code: str, found: list[Finding], *, is_strict: bool, limit: int) -> FindingTotal:
    rule = find_rule(code)
    located = [one for one in found if one.occurrences == 1] or found
    return FindingTotal(
        code=code,
        severity=rule.severity_in(strict=is_strict),
        fixer=rule.fixer,
        title=rule.title,
        fix=rule.fix,
        occurrences=sum(one.occurrences for one in found),
        places=tuple(
            Place(one.file, one.line, one.column, one.sourced_id, one.shape, one.detail, one.occurrences)
            for one in located[:limit]
        ),
    )


def _rows(findings: Iterable[Finding], *, is_strict: bool) -> Iterator[tuple[object, ...]]:
    for one in findings:
        rule = find_rule(one.code)
        place = (one.file, one.line, one.column, one.sourced_id, one.shape, one.detail, one.occurrences)
        yield (rule.severity_in(strict=is_strict), rule.fixer, one.code, *place)
