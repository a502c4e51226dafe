"""Which orgs become schools of the LMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import Scope


def shape_schools(frames: Frames, scope: Scope) -> None:
    """Make `verdict_orgs` and `desired_schools`."""
    frames.execute(
        """
        CREATE OR REPLACE TABLE verdict_orgs AS
        SELECT "row", sourced_id,
               CASE WHEN "type" <> 'school' THEN 'scope.not_a_school'
                    WHEN len($schools) > 0 AND NOT list_contains($schools, sourced_id) THEN 'scope.school' END AS reason
        FROM clean_orgs
        """,
        {"schools": list(scope.schools)},
    )
    frames.execute(
        """
        CREATE OR REPLACE TABLE desired_schools AS
        SELECT o.sourced_id AS "key", o.name AS title, o.identifier AS code, 1 AS records
        FROM clean_orgs AS o JOIN verdict_orgs AS v USING ("row")
        WHERE v.reason IS NULL
        """
    )
