"""Roster sense of users: one person, one username; everybody belongs somewhere.

A person with several roles or schools is several users (OneRoster data model, user): users are taken as one
person when they share an identifier, an entry of userIds, or an e-mail address together with the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.roster_rules.query import Query, run

if TYPE_CHECKING:
    from sis_connect.sync.check.ledger import Ledger

_USERS = ENTITIES["users"]


def _shared(column: str) -> str:
    """SQL: row and detail of the users that share a value with somebody else."""
    return f"""
        WITH suspects AS (
            SELECT hash(lower({column})) AS hash FROM judged_users WHERE {column} IS NOT NULL
            GROUP BY ALL HAVING count(*) > 1),
        holders AS (
            SELECT u."row", lower(u.{column}) AS value, u.identifier, u.user_ids, lower(u.email) AS email,
                lower(u.given_name) AS given_name, lower(u.family_name) AS family_name
            FROM judged_users u SEMI JOIN suspects s ON s.hash = hash(lower(u.{column}))),
        groups AS (
            SELECT value, count(*) AS holders,
                (count(identifier) = count(*) AND count(DISTINCT identifier) = 1)
                OR (count(email) = count(*) AND count(DISTINCT email) = 1
                    AND count(DISTINCT (given_name, family_name)) = 1) AS is_one_person
            FROM holders GROUP BY value HAVING count(*) > 1),
        identified AS (
            SELECT value, count(DISTINCT "row") AS holders
            FROM (SELECT DISTINCT value, "row", unnest(user_ids) AS user_id FROM holders)
            GROUP BY value, user_id)
        SELECT h."row", g.holders || ' users have it' AS detail
        FROM holders h JOIN groups g USING (value)
        WHERE NOT g.is_one_person
            AND NOT EXISTS (FROM identified i WHERE i.value = g.value AND i.holders = g.holders)"""


_USERNAME_SHARED = Query("roster.username_shared", _shared("username"), "username")
_EMAIL_SHARED = _shared("email")
_OWN_AGENT = """
    SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_users
    WHERE list_contains(agent_sourced_ids, sourced_id)"""


def _same_identifier(by: str, condition: str) -> str:
    """SQL: row and detail of the users that have an identifier in common, and what `by` says, under a condition."""
    return f"""
        WITH suspects AS (
            SELECT hash(identifier) AS hash FROM judged_users WHERE identifier IS NOT NULL
            GROUP BY ALL HAVING count(*) > 1),
        holders AS (
            SELECT "row", identifier, role, lower(given_name) AS given_name, lower(family_name) AS family_name
            FROM judged_users u SEMI JOIN suspects s ON s.hash = hash(u.identifier)),
        groups AS (
            SELECT {by}, count(*) AS holders FROM holders GROUP BY ALL HAVING count(*) > 1 AND {condition})
        SELECT h."row", g.holders || ' users have it' AS detail
        FROM holders h JOIN groups g USING ({by})"""


_IDENTIFIER_DOUBTS = (
    Query(
        "roster.identifier_shared",
        _same_identifier("identifier", "count(DISTINCT (given_name, family_name)) > 1"),
        "identifier",
    ),
    Query(
        "roster.person_repeated", _same_identifier("identifier, given_name, family_name, role", "true"), "identifier"
    ),
)
_DOUBTS = (
    Query(
        "roster.user_without_school",
        'SELECT "row", CAST(NULL AS VARCHAR) AS detail FROM judged_users WHERE len(org_sourced_ids) = 0',
        "org_sourced_ids",
    ),
    Query(
        "roster.student_in_no_school",
        """
        WITH places AS (SELECT "row", unnest(org_sourced_ids) AS org FROM judged_users WHERE role = 'student'),
        schools AS (SELECT sourced_id FROM clean_orgs WHERE type = 'school'),
        elsewhere AS (SELECT DISTINCT p."row" FROM places p ANTI JOIN schools o ON o.sourced_id = p.org)
        SELECT e."row", CAST(NULL AS VARCHAR) AS detail
        FROM elsewhere e ANTI JOIN (
            SELECT p."row" FROM places p SEMI JOIN elsewhere USING ("row")
            JOIN schools o ON o.sourced_id = p.org) s ON s."row" = e."row\"""",
        "org_sourced_ids",
    ),
    Query(
        "roster.agent_is_student",
        """
        SELECT s."row", a.sourced_id AS detail
        FROM (
            SELECT "row", unnest(agent_sourced_ids) AS agent FROM judged_users
            WHERE role = 'student' AND len(agent_sourced_ids) > 0) s
        JOIN clean_users a ON a.sourced_id = s.agent WHERE a.role = 'student'""",
        "agent_sourced_ids",
    ),
)


def _without_class(role: str) -> str:
    return f"""
        SELECT u."row", CAST(NULL AS VARCHAR) AS detail
        FROM clean_users u ANTI JOIN check_enrolled e ON e.user_row = u."row" WHERE u.role = '{role}'"""


_MEMBER_DOUBTS = (
    Query("roster.student_without_class", _without_class("student")),
    Query("roster.teacher_without_class", _without_class("teacher")),
)


def check_errors(ledger: Ledger) -> None:
    """Users whose username is another's are out; a shared e-mail address is nobody's; nobody is their own agent."""
    if _has_twins(ledger, "username"):
        run(ledger, _USERS, (_USERNAME_SHARED,))
    if _has_twins(ledger, "email") and ledger.enter("roster.email_shared", _USERS, _EMAIL_SHARED, column="email"):
        ledger.mend(_USERS, "email", 'SELECT "row", CAST(NULL AS VARCHAR) AS value FROM check_offenders')
    if count(ledger.frames, "live_users WHERE contains(agent_sourced_ids, sourced_id)") and ledger.enter(
        "roster.own_agent", _USERS, _OWN_AGENT, column="agent_sourced_ids"
    ):
        own = 'SELECT "row", sourced_id AS item, CAST(NULL AS VARCHAR) AS value FROM live_users'
        ledger.mend(_USERS, "agent_sourced_ids", f'{own} SEMI JOIN check_offenders USING ("row")')


def check_doubts(ledger: Ledger, *, has_members: bool) -> None:
    """What a person should look at, once everything is judged; with classes only where the package has any."""
    if _has_twins(ledger, "identifier"):
        run(ledger, _USERS, _IDENTIFIER_DOUBTS)
    run(ledger, _USERS, _DOUBTS)
    if has_members:
        run(ledger, _USERS, _MEMBER_DOUBTS)


def _has_twins(ledger: Ledger, column: str) -> bool:
    """Mostly no two users share a value; that is known several times sooner than who they would be."""
    [[users, hashes]] = ledger.frames.execute(
        f"SELECT count({column}), count(DISTINCT hash(lower({column}))) FILTER (WHERE {column} IS NOT NULL) "
        "FROM judged_users"
    ).fetchall()
    return bool(users != hashes)
