"""Desired against existing enrollments, by numbers instead of keys: the largest table by far.

Afterwards the session holds

- `puts`: `class_number`, `user_number`, `rank`, `records`, `before_rank` (NULL for a newcomer): who is to be put into a
  class, or to change place in it;
- `changes_enrollments`: as `diff` describes, for removals and releases only, with `still_taught`, the class's key while
  the class is still wanted.

The two become one file when the plan is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sync.shape.enrollments import RANKS

if TYPE_CHECKING:
    from sis_connect.frames import Frames

#: SQL from a role to its rank and back.
ROLE_OF_RANK = "CASE {rank} " + " ".join(f"WHEN {rank} THEN '{role}'" for role, rank in RANKS.items()) + " END"
_RANK_OF_ROLE = "CASE {role} " + " ".join(f"WHEN '{role}' THEN {rank}" for role, rank in RANKS.items()) + " END"


def diff_memberships(frames: Frames) -> None:
    """Make `puts` and `changes_enrollments`."""
    frames.execute("CREATE OR REPLACE TABLE changes_enrollments AS " + _NOTHING)
    [[existing]] = frames.execute("SELECT count(*) FROM existing_enrollments").fetchall()
    if not existing:
        frames.execute(
            "CREATE OR REPLACE VIEW puts AS SELECT *, CAST(NULL AS UTINYINT) AS before_rank FROM desired_enrollments"
        )
        return
    frames.execute(_NUMBERED)
    frames.execute("DROP VIEW IF EXISTS puts")
    frames.execute(
        """
        CREATE OR REPLACE TABLE puts AS
        SELECT d.class_number, d.user_number, d.rank, d.records, e.rank AS before_rank
        FROM desired_enrollments AS d LEFT JOIN numbered AS e USING (class_number, user_number)
        WHERE e.rank IS DISTINCT FROM d.rank
        """
    )
    frames.execute(f"INSERT INTO changes_enrollments {_GONE}")


_NOTHING = """
    SELECT CAST(NULL AS VARCHAR) AS action, CAST(NULL AS VARCHAR) AS hold, CAST(NULL AS VARCHAR) AS at_school,
           CAST(NULL AS VARCHAR) AS class_key, CAST(NULL AS VARCHAR) AS user_key, CAST(NULL AS VARCHAR) AS role,
           CAST(NULL AS VARCHAR) AS still_taught
    WHERE false
"""

# Numbers of what exists; NULL where its class or its person is no longer wanted.
_NUMBERED = f"""
    CREATE OR REPLACE TABLE numbered AS
    WITH class_names AS (
        SELECT "key", number FROM desired_classes
        UNION ALL
        SELECT r.old_key, d.number FROM renumbered_classes AS r JOIN desired_classes AS d ON d."key" = r.new_key
    ),
    user_names AS (
        SELECT "key", number FROM desired_users
        UNION ALL
        SELECT r.old_key, d.number FROM renumbered_users AS r JOIN desired_users AS d ON d."key" = r.new_key
    )
    SELECT c.number AS class_number, u.number AS user_number,
           CAST({_RANK_OF_ROLE.format(role="e.role")} AS UTINYINT) AS rank,
           CASE WHEN c.number IS NULL OR u.number IS NULL THEN e.class_key END AS class_key,
           CASE WHEN c.number IS NULL OR u.number IS NULL THEN e.user_key END AS user_key
    FROM existing_enrollments AS e
    LEFT JOIN class_names AS c ON c."key" = e.class_key
    LEFT JOIN user_names AS u ON u."key" = e.user_key
"""

_GONE = f"""
    WITH unwanted AS (
        SELECT coalesce(e.class_key, c."key") AS class_key, coalesce(e.user_key, u."key") AS user_key, e.rank,
               c."key" AS still_taught
        FROM (SELECT * FROM numbered ANTI JOIN desired_enrollments USING (class_number, user_number)) AS e
        LEFT JOIN desired_classes AS c ON c.number = e.class_number
        LEFT JOIN desired_users AS u ON u.number = e.user_number
    )
    SELECT CASE WHEN w.class_key IN (SELECT "key" FROM ended_classes) AND w.still_taught IS NULL
                THEN 'release' ELSE 'remove' END,
           NULL, x.school_key, w.class_key, w.user_key, {ROLE_OF_RANK.format(rank="w.rank")}, w.still_taught
    FROM unwanted AS w
    LEFT JOIN existing_classes AS x ON x."key" = w.class_key
    ANTI JOIN protected_enrollments AS p ON p.class_key = w.class_key AND p.user_key = w.user_key
    ANTI JOIN protected_classes AS pc ON pc."key" = w.class_key
    ANTI JOIN protected_users AS pu ON pu."key" = w.user_key
"""
