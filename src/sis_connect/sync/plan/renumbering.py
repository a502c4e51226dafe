"""Renames pair up: one person, class or school under a new key is one change, not a leaver and a newcomer.

Only strong evidence counts, and only when it is unique on both sides; anything weaker stays two records. An identifier
that comes back under another name is nobody's proof: both sides are held for a person to look at.

Afterwards the session holds `renumbered_<kind>` (`old_key`, `new_key`) for schools, terms, users, courses and classes,
and `doubtful_users` (`old_key`, `new_key`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.alike import folded

if TYPE_CHECKING:
    from sis_connect.frames import Frames

_NAMES = "lower(given_name), lower(family_name)"
_KEY = folded('"key"')
#: What proves that two keys are one record, by kind, strongest first: SQL over its columns.
_EVIDENCE: dict[Kind, tuple[str, ...]] = {
    Kind.SCHOOLS: (f"({_KEY}, lower(title))", "code", "lower(title)"),
    Kind.TERMS: (f"({_KEY}, start_date, end_date)", "(start_date, end_date)"),
    Kind.COURSES: (f"({_KEY}, lower(title))", "(school_key, lower(title))"),
    Kind.CLASSES: (f"({_KEY}, lower(title))", "(school_key, lower(course_title), lower(title), term_keys)"),
    Kind.USERS: (f"({_KEY}, {_NAMES})",),
}
#: The kinds of which `renumbered_<kind>` stands.
RENUMBERED = tuple(_EVIDENCE)
_ALIKE = "(lower(o.given_name) = lower(n.given_name) OR lower(o.family_name) = lower(n.family_name))"
# A user name or an address is given to the next person with that name, so it needs the whole name beside it.
_ACCOUNTS = tuple(
    f"CASE WHEN {account} IS NOT NULL THEN ({account}, {_NAMES}) END" for account in ("lower(username)", "lower(email)")
)


def find_renumberings(frames: Frames) -> None:
    """Make the tables of this module from `desired_*`, `existing_*` and `protected_*`."""
    frames.execute("CREATE OR REPLACE TABLE doubtful_users (old_key VARCHAR, new_key VARCHAR)")
    for kind, proofs in _EVIDENCE.items():
        frames.execute(f"CREATE OR REPLACE TABLE renumbered_{kind} (old_key VARCHAR, new_key VARCHAR)")
        if not _has_leavers(frames, kind):
            continue
        for proof in proofs:
            _pair(frames, kind, proof)
        if kind is Kind.USERS:
            _pair(frames, kind, "identifier", _ALIKE)
            _pair(frames, kind, "identifier", f"NOT {_ALIKE}", into="doubtful_users")
            for account in _ACCOUNTS:
                _pair(frames, kind, account)


def set_renamed(frames: Frames, kind: Kind, pairs: str) -> None:
    """Let `renamed_value` know the records of a kind whose keys changed: SQL of `old_key`, `new_key`."""
    # Values of a query may not be named inside a lambda; those of a variable may.
    frames.execute(
        f"SET VARIABLE renamed_{kind} = (SELECT map_from_entries(list((old_key, new_key))) FROM {pairs} AS pairs)"
    )


def renamed_value(value: str, column: str, kind: Kind | None) -> str:
    """SQL: a value with the keys that records of `kind`, made known by `set_renamed`, have today; None changes nothing.

    Columns whose names end in `_keys` are lists.
    """
    if kind is None:
        return value
    names = f"getvariable('renamed_{kind}')"
    if column.endswith("_keys"):
        return f"list_transform({value}, lambda k: coalesce({names}[k], k))"
    return f"coalesce({names}[{value}], {value})"


def _has_leavers(frames: Frames, kind: Kind) -> bool:
    """Make `leavers`: what is ours and no longer wanted; newcomers are looked for only when there are any."""
    frames.execute(
        f"""
        CREATE OR REPLACE TABLE leavers AS
        SELECT e.* FROM existing_{kind} AS e
        ANTI JOIN desired_{kind} AS d ON d."key" = e."key"
        ANTI JOIN protected_{kind} AS p ON p."key" = e."key"
        WHERE e.owned
        """
    )
    [[leavers]] = frames.execute("SELECT count(*) FROM leavers").fetchall()
    if leavers:
        frames.execute(
            f"""
            CREATE OR REPLACE TABLE newcomers AS
            SELECT d.* FROM desired_{kind} AS d ANTI JOIN existing_{kind} AS e ON e."key" = d."key"
            """
        )
    return bool(leavers)


def _pair(frames: Frames, kind: Kind, proof: str, condition: str = "true", *, into: str = "") -> None:
    """Pair leavers and newcomers that share a proof which is unique among each and are not paired yet."""
    pairs = f"renumbered_{kind}"
    frames.execute(
        f"""
        INSERT INTO {into or pairs}
        WITH old_side AS (
            SELECT *, {proof} AS proof FROM leavers WHERE "key" NOT IN (SELECT old_key FROM {pairs})
            QUALIFY count(*) OVER (PARTITION BY proof) = 1
        ),
        new_side AS (
            SELECT *, {proof} AS proof FROM newcomers WHERE "key" NOT IN (SELECT new_key FROM {pairs})
            QUALIFY count(*) OVER (PARTITION BY proof) = 1
        )
        SELECT o."key", n."key" FROM old_side AS o JOIN new_side AS n ON o.proof = n.proof
        WHERE o.proof IS NOT NULL AND {condition}
        """
    )
