"""What may not be removed because its record is in the feed but could not be used.

A quarantined record keeps its last good state in the LMS, and so does what only follows from it. Afterwards the
session holds `protected_<kind>`: `key` for schools, terms, users, courses and classes; for enrollments `class_key`, as
it exists, and `user_key`, as it is called today. Where a record cannot be told apart at all (a line that is no record,
no sourcedId), nothing of its kind can be said to be gone; those kinds are returned. Where a file that should hold all
records of a kind holds none, nothing at all can be said to be gone. Where an enrollment names a person whom nobody
knows, anybody in that class may be meant; and where it names a class that nobody knows, any class of that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.desired import Kind

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot

_ENTITIES = {
    Kind.SCHOOLS: "orgs",
    Kind.TERMS: "academicSessions",
    Kind.USERS: "users",
    Kind.COURSES: "courses",
    Kind.CLASSES: "classes",
}
#: What cannot be said to be gone either, when records of a kind are unreadable: it may only have lost its reference.
_FOLLOWING = {
    Kind.TERMS: (Kind.ENROLLMENTS,),
    Kind.USERS: (Kind.ENROLLMENTS, Kind.AGENTS),
}
# A section or course made for one term or school has that id behind an @ (sync.shape.classes).
_OF_RECORD = """(
    SELECT "key", "key" AS sourced_id FROM existing_{kind}
    UNION
    SELECT "key", regexp_replace("key", '@[^@]*$', '') FROM existing_{kind}
    UNION
    SELECT old_key, new_key FROM renumbered_{kind}
    UNION
    SELECT old_key, regexp_replace(new_key, '@[^@]*$', '') FROM renumbered_{kind}
)"""
_NOBODY = """
    SELECT NULL::BIGINT AS "row", NULL::VARCHAR AS sourced_id, NULL::VARCHAR AS "key", NULL::VARCHAR AS given_name,
           NULL::VARCHAR AS family_name WHERE false
"""


def protect(frames: Frames, snapshot: Snapshot, match_by: str) -> set[Kind]:
    """Make `protected_<kind>` for all but enrollments; the kinds whose missing records may just be unreadable."""
    for kind in _ENTITIES:
        # Renumberings are found later, and then nothing here looks for them any more.
        frames.execute(f"CREATE OR REPLACE TABLE renumbered_{kind} (old_key VARCHAR, new_key VARCHAR)")
    _lay_out_people(frames, snapshot, match_by)
    unreadable = set()
    for kind, entity in _ENTITIES.items():
        _lay_out_unusable(frames, snapshot, entity)
        frames.execute(f"CREATE OR REPLACE TABLE protected_{kind} AS {_PROTECTED[kind].format(kind=kind)}")
        sealed = snapshot.files.get(entity)
        if count(frames, f"unusable WHERE {_NAMELESS[kind]}") or (sealed is not None and sealed.rejected):
            unreadable |= {kind, *_FOLLOWING.get(kind, ())}
        unreadable |= _short(frames, kind, sealed)
    return unreadable


def protect_members(frames: Frames, snapshot: Snapshot, match_by: str) -> set[Kind]:
    """Make `protected_enrollments`, `doubted_enrollments` and `kept_users`, once renumberings are known.

    `doubted_enrollments` are those (`class_key` as it exists, `user_key` as it is called today) of which any may be
    meant by a record whose person, or class, nobody knows; without those of people who are marked as deleted.
    `kept_users` are those of `protected_users`, whoever is still in a class through a protected or doubted record, and
    their guardians: their accounts stay, though their own records may change.
    """
    _lay_out_unusable(frames, snapshot, "enrollments")
    members = _MEMBERS.format(classes=_OF_RECORD.format(kind=Kind.CLASSES))
    frames.execute(f"CREATE OR REPLACE TABLE protected_enrollments AS {members}")
    _lay_out_doubted(frames, snapshot, match_by)
    frames.execute(
        'CREATE OR REPLACE TABLE kept_users AS SELECT "key" FROM protected_users '
        "UNION SELECT user_key FROM doubted_enrollments"
    )
    if count(frames, "protected_enrollments") or count(frames, "protected_classes"):
        frames.execute(_IN_PROTECTED_CLASSES)
    if count(frames, "kept_users"):
        frames.execute(_GUARDIANS_OF_KEPT)
    nameless = "coalesce(class_sourced_id, '') = '' OR coalesce(user_sourced_id, '') = ''"
    sealed = snapshot.files.get("enrollments")
    is_unreadable = count(frames, f"unusable WHERE {nameless}") or (sealed is not None and sealed.rejected)
    return _short(frames, Kind.ENROLLMENTS, sealed) | ({Kind.ENROLLMENTS} if is_unreadable else set())


def _lay_out_doubted(frames: Frames, snapshot: Snapshot, match_by: str) -> None:
    """Make `doubted_enrollments`, by the `unusable` enrollments."""
    frames.execute(f"CREATE OR REPLACE TABLE doubted_enrollments AS {_NO_MEMBERSHIP}")
    if not count(frames, "unusable"):
        return
    # Who is not in the feed at all is known when the LMS calls people by their sourcedId.
    absent = 'UNION SELECT "key", "key" FROM existing_users' if match_by == "sourced_id" else ""
    people, classes = _PEOPLE_HELD.format(absent=absent), _OF_RECORD.format(kind=Kind.CLASSES)
    unnamed = 0
    for entity, column, held in (("users", "user_sourced_id", people), ("classes", "class_sourced_id", classes)):
        _lay_out_usable(frames, snapshot, entity, f"SELECT {column} FROM unusable")
        frames.execute(
            f"""
            CREATE OR REPLACE TABLE unnamed_{entity} AS
            SELECT DISTINCT n.class_sourced_id, n.user_sourced_id FROM unusable AS n
            ANTI JOIN {held} AS h ON h.sourced_id = n.{column}
            ANTI JOIN usable AS u ON u.sourced_id = n.{column}
            """
        )
        unnamed += count(frames, f"unnamed_{entity}")
    if unnamed:
        frames.execute(f"INSERT INTO doubted_enrollments {_DOUBTED.format(classes=classes, people=people)}")


def _short(frames: Frames, kind: Kind, sealed: SealedFile | None) -> set[Kind]:
    """Every kind, where the feed has lost all records of one: who is in scope may hang on any of them."""
    is_lost = sealed is not None and sealed.is_short and count(frames, f"existing_{kind}")
    return set(Kind) if is_lost else set()


def _lay_out_people(frames: Frames, snapshot: Snapshot, match_by: str) -> None:
    """Make `people_received` (`row`, `sourced_id`, `key`, names) and `people_today`, the key of each user of the feed.

    Who has no key today is known by the name: the record is somebody's, and whose is all that is asked.
    """
    sealed = snapshot.files.get("users")
    fields = ENTITIES["users"].field
    read = {column: values.parsed(fields(column), column) for column in (match_by, "given_name", "family_name")}
    people = (
        f'SELECT "row", sourced_id, {read[match_by]} AS "key", lower({read["given_name"]}) AS given_name, '
        f"lower({read['family_name']}) AS family_name FROM ({sealed.relation})"
        if sealed
        else _NOBODY
    )
    frames.execute(f"CREATE OR REPLACE VIEW people_received AS {people}")
    frames.execute(
        """
        CREATE OR REPLACE VIEW people_today AS
        SELECT "row", sourced_id, "key" FROM people_received WHERE "key" IS NOT NULL
        UNION ALL
        SELECT p."row", p.sourced_id, e."key" FROM people_received AS p
        JOIN existing_users AS e ON lower(e.given_name) = p.given_name AND lower(e.family_name) = p.family_name
        WHERE p."key" IS NULL
        """
    )


def _lay_out_unusable(frames: Frames, snapshot: Snapshot, entity: str) -> None:
    sealed = snapshot.files.get(entity)
    if sealed is None:
        empty = ", ".join(f"NULL::VARCHAR AS {column}" for column in ENTITIES[entity].columns)
        frames.execute(f'CREATE OR REPLACE TABLE unusable AS SELECT NULL::BIGINT AS "row", {empty} WHERE false')
        return
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE unusable AS
        SELECT r.* FROM ({sealed.relation}) AS r
        WHERE r."row" IN (SELECT "row" FROM quarantine WHERE entity = {literal(entity)})
        """
    )


def _lay_out_usable(frames: Frames, snapshot: Snapshot, entity: str, ids: str) -> None:
    """Make `usable`: which of these sourcedIds have a record that is not in quarantine, deleted ones too."""
    sealed = snapshot.files.get(entity)
    frames.execute("CREATE OR REPLACE TABLE usable (sourced_id VARCHAR)")
    if sealed is not None:
        frames.execute(
            f"""
            INSERT INTO usable
            SELECT r.sourced_id FROM ({sealed.relation}) AS r
            WHERE r.sourced_id IN ({ids})
              AND r."row" NOT IN (SELECT "row" FROM quarantine WHERE entity = {literal(entity)})
            """
        )


_BY_ID = 'SELECT sourced_id AS "key" FROM unusable'
_BY_RECORD = f'SELECT DISTINCT o."key" FROM unusable AS u JOIN {_OF_RECORD} AS o USING (sourced_id)'
_PROTECTED = {
    Kind.SCHOOLS: _BY_ID,
    Kind.TERMS: 'SELECT "key" FROM existing_terms WHERE (SELECT count(*) FROM unusable) > 0',
    Kind.USERS: 'SELECT DISTINCT p."key" FROM unusable AS u JOIN people_today AS p ON p."row" = u."row"',
    Kind.COURSES: _BY_RECORD,
    Kind.CLASSES: _BY_RECORD,
}
_HAS_NO_ID = "coalesce(sourced_id, '') = ''"
_NAMELESS = dict.fromkeys(_ENTITIES, _HAS_NO_ID) | {
    Kind.USERS: (
        '"row" IN (SELECT "row" FROM people_received '
        'WHERE "key" IS NULL AND (given_name IS NULL OR family_name IS NULL))'
    )
}
# Somebody may be renumbered while some enrollments still say the old number.
_MEMBERS = """
    SELECT DISTINCT o."key" AS class_key, coalesce(r.new_key, p."key", n.user_sourced_id) AS user_key
    FROM unusable AS n JOIN {classes} AS o ON o.sourced_id = n.class_sourced_id
    LEFT JOIN people_today AS p ON p.sourced_id = n.user_sourced_id
    LEFT JOIN renumbered_users AS r ON r.old_key = coalesce(p."key", n.user_sourced_id)
"""
_NO_MEMBERSHIP = "SELECT NULL::VARCHAR AS class_key, NULL::VARCHAR AS user_key WHERE false"
_PEOPLE_HELD = """(
    SELECT p.sourced_id, p."key" FROM people_today AS p
    WHERE p."key" IN (SELECT "key" FROM existing_users UNION SELECT new_key FROM renumbered_users)
    {absent}
)"""
_DOUBTED = """
    WITH members AS (
        SELECT e.class_key, coalesce(r.new_key, e.user_key) AS user_key
        FROM existing_enrollments AS e LEFT JOIN renumbered_users AS r ON r.old_key = e.user_key
    )
    SELECT m.class_key, m.user_key FROM members AS m
    WHERE (m.class_key IN (
            SELECT o."key" FROM unnamed_users AS n JOIN {classes} AS o ON o.sourced_id = n.class_sourced_id
        ) OR m.user_key IN (
            SELECT p."key" FROM unnamed_classes AS n JOIN {people} AS p ON p.sourced_id = n.user_sourced_id
        ))
      AND m.user_key NOT IN (
            SELECT p."key" FROM people_today AS p
            WHERE p."row" IN (SELECT "row" FROM tobedeleted WHERE entity = 'users')
        )
"""
_IN_PROTECTED_CLASSES = """
    INSERT INTO kept_users
    SELECT DISTINCT coalesce(r.new_key, e.user_key)
    FROM existing_enrollments AS e LEFT JOIN renumbered_users AS r ON r.old_key = e.user_key
    WHERE e.class_key IN (SELECT "key" FROM protected_classes)
       OR (e.class_key, coalesce(r.new_key, e.user_key)) IN (SELECT (class_key, user_key) FROM protected_enrollments)
"""
_GUARDIANS_OF_KEPT = """
    INSERT INTO kept_users
    SELECT DISTINCT agent_key FROM existing_agents WHERE student_key IN (SELECT "key" FROM kept_users)
"""
