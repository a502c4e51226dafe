"""Desired against existing enrollments, by numbers instead of keys: the largest table by far.

Afterwards the session holds

- `puts`: `class_number`, `user_number`, `rank`, `records`, `before_rank` (NULL for a newcomer): who is to be put into a
  class, or to change place in it;
- `changes_enrollments`: as `diff` describes, for removals and releases only, under the keys of today; with
  `existing_class_key`, and `still_taught`, the same while the class is still wanted.

The two become one file when the plan is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count
from sis_connect.sync.shape.enrollments import RANKS

if TYPE_CHECKING:
    from sis_connect.frames import Frames

#: SQL from a role to its rank and back.
ROLE_OF_RANK = "CASE {rank} " + " ".join(f"WHEN {rank} THEN '{role}'" for role, rank in RANKS.items()) + " END"
_RANK_OF_ROLE = "CASE {role} " + " ".join(f"WHEN '{role}' THEN {rank}" for role, rank in RANKS.items()) + " END"


def diff_memberships(frames: Frames) -> None:
    """Make `puts` and `changes_enrollments`."""
    frames.execute("CREATE OR REPLACE TABLE changes_enrollments AS " + _NOTHING)
    if not count(frames, "existing_enrollments"):
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
        WHERE e.rank IS NULL OR (e.owned AND e.rank <> d.rank)
        """
    )
    if count(frames, "protected_enrollments"):
        frames.execute(_DEMOTED)
    frames.execute(f"INSERT INTO changes_enrollments {_GONE}")


_NOTHING = """
    SELECT CAST(NULL AS VARCHAR) AS action, CAST(NULL AS VARCHAR) AS hold, CAST(NULL AS VARCHAR) AS at_school,
           CAST(NULL AS VARCHAR) AS class_key, CAST(NULL AS VARCHAR) AS user_key, CAST(NULL AS VARCHAR) AS role,
           CAST(NULL AS VARCHAR) AS existing_class_key, CAST(NULL AS VARCHAR) AS still_taught
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
           CAST({_RANK_OF_ROLE.format(role="e.role")} AS UTINYINT) AS rank, e.owned,
           CASE WHEN c.number IS NULL OR u.number IS NULL THEN e.class_key END AS class_key,
           CASE WHEN c.number IS NULL OR u.number IS NULL THEN e.user_key END AS user_key
    FROM existing_enrollments AS e
    LEFT JOIN class_names AS c ON c."key" = e.class_key
    LEFT JOIN user_names AS u ON u."key" = e.user_key
"""

_GONE = f"""
    WITH unwanted AS (
        SELECT coalesce(class_now.new_key, e.class_key, c."key") AS class_key,
               coalesce(user_now.new_key, e.user_key, u."key") AS user_key, e.rank,
               coalesce(e.class_key, class_then.old_key, c."key") AS existing_class_key, e.class_number
        FROM (SELECT * FROM numbered WHERE owned) AS e
        ANTI JOIN desired_enrollments AS d ON d.class_number = e.class_number AND d.user_number = e.user_number
        LEFT JOIN desired_classes AS c ON c.number = e.class_number
        LEFT JOIN desired_users AS u ON u.number = e.user_number
        LEFT JOIN renumbered_classes AS class_now ON class_now.old_key = e.class_key
        LEFT JOIN renumbered_classes AS class_then ON class_then.new_key = c."key"
        LEFT JOIN renumbered_users AS user_now ON user_now.old_key = e.user_key
    )
    SELECT CASE WHEN w.existing_class_key IN (SELECT "key" FROM ended_classes) AND w.class_number IS NULL
                THEN 'release' ELSE 'remove' END,
           CASE WHEN w.user_key IN (SELECT old_key FROM doubtful_users) THEN 'renumbering.doubtful' END,
           x.school_key, w.class_key, w.user_key, {ROLE_OF_RANK.format(rank="w.rank")}, w.existing_class_key,
           CASE WHEN w.class_number IS NOT NULL THEN w.existing_class_key END
    FROM unwanted AS w
    LEFT JOIN existing_classes AS x ON x."key" = w.existing_class_key
    ANTI JOIN protected_enrollments AS p ON p.class_key = w.existing_class_key AND p.user_key = w.user_key
    ANTI JOIN protected_classes AS pc ON pc."key" = w.existing_class_key
    ANTI JOIN protected_users AS pu ON pu."key" = w.user_key
"""

# A person with a record in quarantine is not demoted by the records that are left.
_DEMOTED = """
    DELETE FROM puts WHERE before_rank > rank AND (class_number, user_number) IN (
        SELECT (c.number, u.number) FROM protected_enrollments AS p
        LEFT JOIN renumbered_classes AS r ON r.old_key = p.class_key
        JOIN desired_classes AS c ON c."key" = coalesce(r.new_key, p.class_key)
        JOIN desired_users AS u ON u."key" = p.user_key
    )
"""
