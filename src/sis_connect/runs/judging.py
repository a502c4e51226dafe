"""Check and shape together: what is wrong with a snapshot, and what the LMS should hold by it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import literal
from sis_connect.sis.csv_rules import RULES
from sis_connect.sync.check import Tally, check, tally_findings
from sis_connect.sync.shape import shape

if TYPE_CHECKING:
    from datetime import date

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sync.shape import Shaped
    from sis_connect.sync.shape.rules import DistrictRules


_RULE_BY_CODE = {rule.code: rule for rule in RULES}


def judge(
    frames: Frames, snapshot: Snapshot, rules: DistrictRules, *, strict: bool, as_of: date
) -> tuple[tuple[Tally, ...], Shaped]:
    """All findings of reading, checking and shaping, counted by code, and what shaping settled.

    Afterwards the session holds the tables of both steps; `findings` has the reader's, too.
    """
    check(snapshot, frames, strict=strict, as_of=as_of)
    _enter_reading(frames, snapshot, strict=strict)
    shaped = shape(frames, rules, as_of)
    return tally_findings(frames), shaped


def _enter_reading(frames: Frames, snapshot: Snapshot, *, strict: bool) -> None:
    if not snapshot.findings:
        return
    columns = (
        "{code: 'VARCHAR', severity: 'VARCHAR', file: 'VARCHAR', line: 'BIGINT', column_name: 'VARCHAR', "
        "sourced_id: 'VARCHAR', shape: 'VARCHAR', detail: 'VARCHAR', occurrences: 'BIGINT'}"
    )
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        for finding in snapshot.findings:
            row = msgspec.to_builtins(finding)
            row["column_name"] = row.pop("column")
            row["severity"] = _RULE_BY_CODE[finding.code].severity_in(strict=strict)
            file.write(msgspec.json.encode(row) + b"\n")
        file.flush()
        frames.execute(
            "INSERT INTO findings BY NAME "
            f"SELECT * FROM read_json({literal(file.name)}, columns = {columns}, format = 'newline_delimited')"
        )
