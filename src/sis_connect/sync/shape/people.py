"""Who should have an account in the LMS, and which guardians belong to which students."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sis_connect.frames import literal
from sis_connect.sync.shape.findings import quarantine
from sis_connect.sync.shape.rules import SKIP

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.sync.shape.rules import DistrictRules, People, Roles

GUARDIAN_ROLES = ("parent", "guardian", "relative")

#: Of several records of one person, the one with the highest privilege speaks for it.
_RANKS = ("administrator", "teacher", "aide", "proctor", "student", *GUARDIAN_ROLES)


def shape_people(frames: Frames, rules: DistrictRules) -> None:
    """Make `verdict_users`, `people` and `desired_users`.

    `people` maps each user record in scope to the number of the person that it is; `desired_users.number` is that
    number. Records under one key with different given names are different persons: they stay out, with a finding. (A
    family name changes; a given name alone would make one account of brother and sister.)
    """
    _judge_users(frames, rules)
    if rules.people.match_by == "sourced_id":
        # A sourcedId is there and unique, or the record would be quarantined: every record is a person.
        frames.execute(f"CREATE OR REPLACE TABLE desired_users AS {_PERSONS.format(persons=_ONE_RECORD_EACH)}")
        frames.execute(f"CREATE OR REPLACE VIEW people AS {_EACH_ITSELF}")
        return
    _set_apart_shared_keys(frames)
    merged = _MERGED.format(rank=_rank("oneroster_role"))
    frames.execute(f"CREATE OR REPLACE TABLE desired_users AS {_PERSONS.format(persons=merged)}")
    frames.execute(f"CREATE OR REPLACE TABLE people AS {_BY_KEY}")


# The row of the record that speaks for a person is the person's number.
_PERSONS = """
    SELECT CAST("row" AS INTEGER) AS number, "key", role, given_name, middle_name, family_name, username, email,
           coalesce(schools[1], list_min(all_schools)) AS school_key,
           CASE WHEN len(all_schools) > 1
                THEN list_sort(list_filter(list_distinct(all_schools),
                                           lambda s: s <> coalesce(schools[1], list_min(all_schools))))
                ELSE [] END AS other_school_keys,
           identifier, records
    FROM ({persons})
"""
_ONE_RECORD_EACH = "SELECT *, coalesce(schools, []) AS all_schools, 1 AS records FROM candidates"
_MERGED = """
    SELECT *, count(*) OVER same AS records, flatten(list(coalesce(schools, [])) OVER same) AS all_schools
    FROM candidates
    WINDOW same AS (PARTITION BY "key")
    QUALIFY row_number() OVER (PARTITION BY "key" ORDER BY {rank}, sourced_id) = 1
"""
_EACH_ITSELF = """
    SELECT "row", sourced_id, CASE WHEN reason IS NULL THEN CAST("row" AS INTEGER) END AS number, reason
    FROM verdict_users
"""
_BY_KEY = """
    SELECT v."row", v.sourced_id, d.number, v.reason
    FROM verdict_users AS v
    LEFT JOIN candidates AS c ON c."row" = v."row"
    LEFT JOIN desired_users AS d ON d."key" = c."key"
"""


def shape_agents(frames: Frames, people: People) -> None:
    """Make `desired_agents`: each student in scope with each guardian in scope, told by either side."""
    if people.guardians == SKIP:
        frames.execute(
            "CREATE OR REPLACE TABLE desired_agents (student_key VARCHAR, agent_key VARCHAR, records INTEGER)"
        )
        return
    guardians = ", ".join(literal(role) for role in GUARDIAN_ROLES)
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE desired_agents AS
        WITH told AS (SELECT sourced_id, role, unnest(agent_sourced_ids) AS other FROM clean_users),
        pairs AS (
            SELECT sourced_id AS student, other AS agent FROM told WHERE role = 'student'
            UNION
            SELECT other AS student, sourced_id AS agent FROM told WHERE role IN ({guardians})
        )
        SELECT DISTINCT s."key" AS student_key, a."key" AS agent_key, 0 AS records
        FROM pairs AS p
        JOIN candidates AS s ON s.sourced_id = p.student AND s.oneroster_role = 'student'
        JOIN candidates AS a ON a.sourced_id = p.agent AND a.oneroster_role IN ({guardians})
        """
    )


def _judge_users(frames: Frames, rules: DistrictRules) -> None:
    """Make `verdict_users` and `candidates`, the records in scope with what the LMS wants to know of them."""
    people = rules.people
    guardians = ", ".join(literal(role) for role in GUARDIAN_ROLES)
    is_everywhere = "true" if not rules.scope.schools else "false"
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE verdict_users AS
        WITH schools AS (SELECT sourced_id FROM verdict_orgs WHERE reason IS NULL),
        local AS (
            SELECT DISTINCT u."row" FROM (SELECT "row", unnest(org_sourced_ids) AS org FROM clean_users) AS u
            JOIN schools AS s ON s.sourced_id = u.org
        ),
        enrolled AS (
            SELECT DISTINCT e.user_sourced_id AS sourced_id FROM clean_enrollments AS e
            JOIN class_instances AS i ON i.sourced_id = e.class_sourced_id
            WHERE NOT {is_everywhere}
        ),
        judged AS (
            SELECT u."row", u.sourced_id, u.role, u.agent_sourced_ids,
                   CASE WHEN u.role IN ({guardians}) AND {literal(people.guardians)} = 'skip' THEN 'scope.guardian'
                        WHEN {_role_title(people.roles)} = 'skip' THEN 'scope.role'
                        WHEN NOT u.enabled_user AND {literal(people.disabled)} = 'remove' THEN 'scope.disabled'
                        WHEN u.role NOT IN ({guardians}) AND NOT {is_everywhere}
                             AND l."row" IS NULL AND e.sourced_id IS NULL THEN 'scope.school' END AS reason
            FROM clean_users AS u LEFT JOIN local AS l ON l."row" = u."row"
            LEFT JOIN enrolled AS e ON e.sourced_id = u.sourced_id
        ),
        told AS (
            SELECT unnest(agent_sourced_ids) AS guardian FROM judged WHERE role = 'student' AND reason IS NULL
            UNION
            SELECT g.sourced_id FROM (SELECT sourced_id, unnest(agent_sourced_ids) AS student FROM judged
                                      WHERE role IN ({guardians})) AS g
            JOIN judged AS s ON s.sourced_id = g.student AND s.role = 'student' AND s.reason IS NULL
        )
        SELECT j."row", j.sourced_id,
               CASE WHEN j.reason IS NULL AND j.role IN ({guardians}) AND t.guardian IS NULL
                    THEN 'scope.no_student' ELSE j.reason END AS reason
        FROM judged AS j LEFT JOIN told AS t ON t.guardian = j.sourced_id
        """
    )
    frames.execute(
        f"""
        CREATE OR REPLACE {"VIEW" if people.match_by == "sourced_id" else "TABLE"} candidates AS
        WITH schools AS (SELECT sourced_id FROM verdict_orgs WHERE reason IS NULL),
        placed AS (
            SELECT u."row", list(u.org ORDER BY u.position) AS schools
            FROM (SELECT "row", unnest(org_sourced_ids) AS org, generate_subscripts(org_sourced_ids, 1) AS position
                  FROM clean_users WHERE len(org_sourced_ids) > 1) AS u
            JOIN schools AS s ON s.sourced_id = u.org
            GROUP BY u."row"
        )
        SELECT u."row", u.line, u.sourced_id, u.{people.match_by} AS "key", u.role AS oneroster_role,
               {_role_title(people.roles)} AS role, u.given_name, u.middle_name, u.family_name, u.username, u.email,
               u.identifier,
               -- Nearly everybody is in one org; lists are put together only for the others.
               CASE WHEN len(u.org_sourced_ids) > 1 THEN p.schools
                    WHEN s.sourced_id IS NOT NULL THEN u.org_sourced_ids END AS schools
        FROM clean_users AS u JOIN verdict_users AS v ON v."row" = u."row" AND v.reason IS NULL
        LEFT JOIN schools AS s ON s.sourced_id = u.org_sourced_ids[1]
        LEFT JOIN placed AS p ON p."row" = u."row"
        """
    )


def _set_apart_shared_keys(frames: Frames) -> None:
    """Quarantine candidates without a key, and those whose key names two different people, with their enrollments."""
    frames.execute(
        """
        CREATE OR REPLACE TABLE apart AS
        SELECT "row", line, sourced_id, 'people.no_key' AS code FROM candidates WHERE "key" IS NULL
        UNION ALL
        SELECT "row", line, sourced_id, 'people.key_of_two' FROM candidates
        WHERE "key" IN (
            SELECT "key" FROM candidates WHERE "key" IS NOT NULL GROUP BY "key"
            HAVING count(DISTINCT lower(given_name)) > 1
        )
        """
    )
    quarantine(frames, "users", 'SELECT "row", line, sourced_id, code FROM apart')
    quarantine(
        frames,
        "enrollments",
        "SELECT e.\"row\", e.line, e.sourced_id, 'people.user_apart' AS code FROM clean_enrollments AS e "
        "WHERE e.user_sourced_id IN (SELECT sourced_id FROM apart)",
    )
    for table in ("candidates", "verdict_users"):
        frames.execute(f'DELETE FROM {table} WHERE "row" IN (SELECT "row" FROM apart)')


def _role_title(roles: Roles) -> str:
    titles = msgspec.structs.asdict(roles)
    cases = " ".join(f"WHEN {literal(role)} THEN {literal(title)}" for role, title in titles.items())
    return f"CASE u.role {cases} END"


def _rank(column: str) -> str:
    cases = " ".join(f"WHEN {literal(role)} THEN {rank}" for rank, role in enumerate(_RANKS))
    return f"CASE {column} {cases} END"
