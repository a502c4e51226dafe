"""The report as one HTML page: nothing is fetched, no script runs, it can be forwarded and printed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import msgspec

from sis_connect.oneroster.json_text import encode_json
from sis_connect.sis.conformance.checking import Coping, Group, Level, Outcome

if TYPE_CHECKING:
    from sis_connect.sis.conformance.report import CheckResult, Report

_LEVELS = list(Level)
_COPING = [Coping.NO, Coping.PARTLY, Coping.YES]


def write_page(report: Report) -> bytes:
    """The page of a report."""
    failures = [check for check in report.checks if check.outcome == Outcome.FAILED]
    groups = [(group.value, [check for check in report.checks if check.group == group]) for group in Group]
    text = _TEMPLATE.render(
        report=report,
        failures=sorted(failures, key=_weight),
        groups=[(name, checks, _count(checks)) for name, checks in groups if checks],
        figures=[(name, value) for check in report.checks for name, value in check.figures.items()],
    )
    return text.encode()


def _weight(check: CheckResult) -> tuple[int, int]:
    return _COPING.index(Coping(check.livable)), _LEVELS.index(Level(check.level))


def _count(checks: list[CheckResult]) -> dict[str, int]:
    return {outcome.value: sum(check.outcome == outcome for check in checks) for outcome in Outcome}


def _as_json(value: object) -> str:
    """A body as people read it."""
    return value if isinstance(value, str) else msgspec.json.format(encode_json(value)).decode()


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sis_connect.sis.conformance"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_json"] = _as_json
    return environment


_TEMPLATE = _environment().get_template("report.html")
