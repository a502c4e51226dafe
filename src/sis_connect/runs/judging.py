"""Check and shape together: what is wrong with a snapshot, and what the LMS should hold by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import enter_rows, literal
from sis_connect.oneroster.rest_rules import RULES as JSON_RULES
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sis.csv_rules import RULES as READING_RULES
from sis_connect.sis.rest.pulling.honesty import RULES as HONESTY_RULES
from sis_connect.sis.rest.rules import RULES as REST_RULES
from sis_connect.sync.check import Tally, check, tally_findings
from sis_connect.sync.shape import shape
from sis_connect.sync.stage import RULES as STAGE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from typing import Any

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sync.shape import Shaped
    from sis_connect.sync.shape.rules import DistrictRules


_RULE_BY_CODE = {rule.code: rule for rule in (*READING_RULES, *JSON_RULES, *REST_RULES, *HONESTY_RULES, *STAGE_RULES)}


def judge(
    frames: Frames, snapshot: Snapshot, rules: DistrictRules, *, strict: bool, as_of: date
) -> tuple[tuple[Tally, ...], Shaped]:
    """All findings of reading, checking and shaping, counted by code, and what shaping settled.

    Afterwards the session holds the tables of both steps; `findings` has the reader's, too.
    """
    check(snapshot, frames, strict=strict, as_of=as_of)
    _enter_reading(frames, snapshot, strict=strict)
    shaped = shape(frames, rules, as_of)
    _name_origins(frames, snapshot)
    return tally_findings(frames), shaped


def _name_origins(frames: Frames, snapshot: Snapshot) -> None:
    """Findings of a pull name collections and properties, as the SIS does; steps know files and columns only."""
    for name, sealed in snapshot.files.items():
        entity = ENTITIES[name]
        if sealed.file == entity.csv_file:
            continue
        cases = " ".join(f"WHEN {literal(field.csv_name)} THEN {literal(field.name)}" for field in entity.fields)
        frames.execute(
            f"UPDATE findings SET file = $origin, column_name = CASE column_name {cases} ELSE column_name END "
            "WHERE file IN ($file, $origin)",
            {"origin": sealed.file, "file": entity.csv_file},
        )


def _enter_reading(frames: Frames, snapshot: Snapshot, *, strict: bool) -> None:
    if not snapshot.findings:
        return
    columns = dict.fromkeys(("code", "severity", "file", "column_name", "sourced_id", "shape", "detail"), "VARCHAR")
    enter_rows(
        frames, "reading", {**columns, "line": "BIGINT", "occurrences": "BIGINT"}, _rows(snapshot, strict=strict)
    )
    frames.execute("INSERT INTO findings BY NAME SELECT * FROM reading")


def _rows(snapshot: Snapshot, *, strict: bool) -> Iterator[dict[str, Any]]:
    for finding in snapshot.findings:
        row = msgspec.to_builtins(finding)
        row["column_name"] = row.pop("column")
        row["severity"] = _RULE_BY_CODE[finding.code].severity_in(strict=strict)
        yield row
