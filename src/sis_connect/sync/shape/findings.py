"""What only shaping can find wrong: people whom the district's matching rule cannot tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.findings import Fixer, Rule, Severity
from sis_connect.frames import literal
from sis_connect.oneroster.schema import ENTITIES

if TYPE_CHECKING:
    from sis_connect.frames import Frames

#: Single findings kept of one code; the rest is counted in one finding more.
_SINGLES = 1_000

RULES = (
    Rule(
        "people.no_key",
        Severity.ERROR,
        Fixer.DISTRICT,
        "A person lacks the value that the district matches people by.",
        "Fill that column in the SIS, or choose another one with `people.match_by`.",
    ),
    Rule(
        "people.key_of_two",
        Severity.ERROR,
        Fixer.DISTRICT,
        "People with different given names share the value that the district matches people by.",
        "Give each an own value in the SIS, or choose another one with `people.match_by`.",
    ),
    Rule(
        "people.user_apart",
        Severity.ERROR,
        Fixer.DISTRICT,
        "The enrollment is of a person who cannot be told apart.",
        "Mend the person's record; see its finding.",
    ),
)


def quarantine(frames: Frames, entity: str, rows: str) -> None:
    """Take records out with a finding each; `rows` is a query of `row`, `line`, `sourced_id`, `code`."""
    frames.execute(f"CREATE OR REPLACE TABLE taken_out AS {rows}")
    frames.execute(f'INSERT INTO quarantine SELECT {literal(entity)}, "row", sourced_id, code FROM taken_out')
    file = literal(ENTITIES[entity].csv_file)
    frames.execute(
        f"""
        INSERT INTO findings BY NAME
        WITH numbered AS (SELECT *, row_number() OVER (PARTITION BY code ORDER BY line) AS number FROM taken_out)
        SELECT code, 'error' AS severity, {literal(entity)} AS entity, {file} AS file, line, "row", sourced_id,
               1 AS occurrences
        FROM numbered WHERE number <= {_SINGLES}
        UNION ALL
        SELECT code, 'error', {literal(entity)}, {file}, NULL, NULL, NULL, count(*) FROM numbered
        WHERE number > {_SINGLES} GROUP BY code
        """
    )
