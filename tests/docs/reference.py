"""Reference pages that are made from the code: run this to renew them, `test_reference.py` checks them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.grades.findings import RULES as GRADE_RULES
from sis_connect.grades.plan import APPROVABLE as APPROVABLE_OF_GRADES
from sis_connect.grades.plan import CAUSES as GRADE_CAUSES
from sis_connect.oneroster.model import Field, Requirement
from sis_connect.oneroster.rest_rules import RULES as JSON_RULES
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.schoology.refusals import REFUSALS
from sis_connect.sis.csv_rules import RULES as READING_RULES
from sis_connect.sis.rest.pulling.honesty import RULES as HONESTY_RULES
from sis_connect.sis.rest.rules import RULES as REST_RULES
from sis_connect.sync.check import RULES as CHECK_RULES
from sis_connect.sync.plan.approval import APPROVABLE
from sis_connect.sync.plan.guard import CAUSES
from sis_connect.sync.shape import REASONS
from sis_connect.sync.shape.findings import RULES as SHAPE_RULES
from sis_connect.sync.stage import RULES as STAGE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sis_connect.findings import Rule

DOCS = Path(__file__).resolve().parents[2] / "docs"


_SEVERITIES = """\
An *error* quarantines the record, and what depends on it; its last good state stays in the LMS. A *warning* leaves the
doubtful value out, or asks a person to look. A *note* says what was mended on the way. Strict mode takes the standard
at its word, for certification. Of grades, an *error* says that something was not sent, or that the SIS does not hold
it as it was sent."""

_ABOUT_THE_MODEL = """\
As SIS Connect knows it; made from `oneroster/schema.py`. Columns are in the order of the CSV binding. *In delta* means:
required in a delta file, blank in a bulk file."""


def findings_page() -> str:
    """Every code that a person may meet."""
    parts = [
        "# Findings, holds and refusals",
        "Codes are permanent. This page is made from the code.",
        _SEVERITIES,
    ]
    sections = {
        "Reading a package": READING_RULES,
        "Pulling over REST": REST_RULES,
        "Reading the pages of a pull": JSON_RULES,
        "What deltas over REST concealed": HONESTY_RULES,
        "Laying changes over what is known": STAGE_RULES,
        "Checking the records": CHECK_RULES,
        "Shaping by the district's rules": SHAPE_RULES,
        "Sending grades": tuple(GRADE_RULES.values()),
    }
    for title, rules in sections.items():
        parts += [
            f"## {title}",
            _table(("code", "severity", "in strict mode", "who mends it", "what", "how"), map(_rule, rules)),
        ]
    parts += [
        "## Why a change waits",
        _table(
            ("cause", "why", "can be approved"),
            ((f"`{code}`", text, "yes" if code in APPROVABLE else "no") for code, text in CAUSES.items()),
        ),
        "## Why a grade waits",
        _table(
            ("cause", "why", "can be approved"),
            (
                (f"`{code}`", text, "yes" if code in APPROVABLE_OF_GRADES else "no")
                for code, text in GRADE_CAUSES.items()
            ),
        ),
        "## Why a record is out of scope",
        _table(("reason", "what"), ((f"`{code}`", text) for code, text in REASONS.items())),
        "## Why Schoology refused",
        _table(("code", "what", "how"), ((f"`{r.code}`", r.title, r.fix) for r in REFUSALS)),
    ]
    return "\n\n".join(parts) + "\n"


def data_model_page() -> str:
    """Every entity and field of OneRoster 1.1."""
    parts = [
        "# The OneRoster 1.1 data model",
        _ABOUT_THE_MODEL,
    ]
    for entity in ENTITIES.values():
        parts += [
            f"## {entity.name}",
            f"{entity.about} File `{entity.csv_file}`.",
            _table(
                ("CSV column", "in JSON", "type", "required", "values or target", "personal"),
                map(_field, entity.fields),
            ),
        ]
    return "\n\n".join(parts) + "\n"


PAGES = {"findings.md": findings_page, "data-model.md": data_model_page}


def _rule(rule: Rule) -> tuple[str, ...]:
    strict = rule.strict.value if rule.strict else "same"
    return f"`{rule.code}`", rule.severity.value, strict, rule.fixer.value, rule.title, rule.fix


def _field(field: Field) -> tuple[str, ...]:
    required = {Requirement.ALWAYS: "always", Requirement.IN_DELTA: "in delta", Requirement.OPTIONAL: ""}
    target = f"→ {field.refers_to}" if field.refers_to else ", ".join(f"`{value}`" for value in field.values)
    personal = "secret" if field.is_secret else "yes" if field.is_personal else ""
    return f"`{field.csv_name}`", f"`{field.name}`", field.type.value, required[field.requirement], target, personal


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
