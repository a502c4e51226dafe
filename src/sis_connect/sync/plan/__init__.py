"""Step plan: desired against existing gives changes; the guard holds back the risky ones.

Reads `desired_*` (step shape), `quarantine` (step check) and what the caller lays out: `existing_<kind>` (the kind's
columns, `lms_id`, `owned`), `holdings` (`kind`, `key`, `lms_id`, `title`: what a look at the LMS found) and `refusals`
(what it refused before). Pure: tables in, a sealed plan out; the clock is a value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from sis_connect.frames import count
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.sync.desired import Kind
from sis_connect.sync.plan.alike import hold_alike
from sis_connect.sync.plan.diff import diff
from sis_connect.sync.plan.guard import GuardRules, guard
from sis_connect.sync.plan.linking import find_linkable
from sis_connect.sync.plan.memberships import diff_memberships
from sis_connect.sync.plan.plan import DESCRIPTION_FILE, Plan, Received
from sis_connect.sync.plan.protection import protect, protect_members
from sis_connect.sync.plan.refusals import Refusals, hold_refused, hold_unseen
from sis_connect.sync.plan.renumbering import find_renumberings
from sis_connect.sync.plan.sealing import count_other_holds, seal_changes

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sync.plan.origin import OriginChange
    from sis_connect.sync.shape import Shaped
    from sis_connect.sync.shape.rules import DistrictRules


class Ownership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether SIS Connect may take over what it did not create."""

    #: Kinds that are taken over when the LMS has them under our code already; all others stay their makers'.
    adopt: tuple[Literal["users", "courses", "classes"], ...] = ()
    #: Before somebody is put into a class that was there before the run, see whether a person did so by hand; who was
    #: is never changed or removed. Costs reading each such class once.
    spare_hand_added: bool = True


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """Everything a plan is made of, beside the tables of the session."""

    snapshot: Snapshot
    rules: DistrictRules
    guard: GuardRules
    ownership: Ownership
    shaped: Shaped
    #: Digest of the existing state in the session.
    existing: str
    as_of: date
    made_at: datetime
    #: True when nobody looked at what the LMS holds.
    is_offline: bool = False
    #: Findings by code: (severity, occurrences).
    findings: dict[str, tuple[str, int]] = field(default_factory=dict)
    refusals: Refusals = field(default_factory=Refusals)
    #: True when what was refused before is to be sent again.
    retries_refused: bool = False
    #: The district's settings by their dotted keys, and the keys that differ from those of the last applied plan.
    settings: dict[str, str] = field(default_factory=dict)
    changed_settings: tuple[str, ...] = ()
    #: Where the roster comes from, in words, and how that differs from where the one applied before came from.
    origin: str = ""
    origin_change: OriginChange | None = None


def make_plan(frames: Frames, inputs: PlanInputs, folder: Path) -> Plan:
    """Seal the plan of this session into an empty `folder`; the plan."""
    unreadable = protect(frames, inputs.snapshot, inputs.rules.people.match_by)
    find_linkable(frames, inputs.rules.schools.match)
    find_renumberings(frames)
    unreadable |= protect_members(frames, inputs.snapshot, inputs.rules.people.match_by)
    adopt = [Kind(kind) for kind in inputs.ownership.adopt]
    diff(frames, inputs.as_of, adopt=adopt, create_schools=inputs.rules.schools.create)
    # What is wanted of people stands in their changes now; their numbers are all that is needed from here on.
    frames.execute('CREATE OR REPLACE TABLE desired_users AS SELECT number, "key" FROM desired_users')
    diff_memberships(frames)
    hold_alike(frames)
    holds = guard(frames, inputs.guard, unreadable)
    if inputs.is_offline:
        hold_unseen(frames, adopt)
    holds += hold_refused(frames, inputs.refusals, inputs.as_of, retry=inputs.retries_refused)
    _hold_dependents(frames)
    digest, counts, files = seal_changes(frames, inputs.existing, folder)
    holds += count_other_holds(frames, folder, holds)
    plan = Plan(
        digest=digest,
        made_at=inputs.made_at,
        as_of=inputs.as_of,
        snapshot=inputs.snapshot.digest,
        existing=inputs.existing,
        school_year=inputs.shaped.school_year,
        is_offline=inputs.is_offline,
        counts=counts,
        holds=tuple(holds),
        received=_received(frames, inputs),
        findings=inputs.findings,
        files=files,
        settings=inputs.settings,
        changed_settings=inputs.changed_settings,
        origin=inputs.origin,
        origin_change=inputs.origin_change,
    )
    (folder / DESCRIPTION_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(plan)))
    return plan


def _hold_dependents(frames: Frames) -> None:
    """Hold what names a record that the LMS does not have under this key, or as this person, while its change is held.

    Makes `held_users` and `held_classes`, the numbers of such people and classes.
    """
    unknown = (
        '(SELECT "key" FROM changes_{} WHERE hold IS NOT NULL '
        "AND (action = 'create' OR hold = 'renumbering.doubtful' OR (action = 'update' AND before.\"key\" <> \"key\")))"
    )
    schools, terms, users, courses, classes = (
        unknown.format(kind) for kind in (Kind.SCHOOLS, Kind.TERMS, Kind.USERS, Kind.COURSES, Kind.CLASSES)
    )
    has_any = 'list_has_any({}, (SELECT coalesce(list("key"), []) FROM {} AS held))'
    needs = (
        (
            Kind.USERS,
            f"school_key IN {schools} OR {has_any.format('other_school_keys', schools)}"
            if count(frames, f"{schools} AS held")
            else "false",
        ),
        (Kind.COURSES, f"school_key IN {schools}"),
        (Kind.AGENTS, f"student_key IN {users} OR agent_key IN {users}"),
        (
            Kind.CLASSES,
            f"school_key IN {schools} OR course_key IN {courses} OR {has_any.format('term_keys', terms)}",
        ),
        (Kind.ENROLLMENTS, f"user_key IN {users} OR class_key IN {classes}"),
    )
    for kind, condition in needs:
        frames.execute(
            f"UPDATE changes_{kind} SET hold = 'dependency' "
            f"WHERE hold IS NULL AND action IN ('create', 'update', 'remove') AND ({condition})"
        )
    for kind in (Kind.USERS, Kind.CLASSES):
        frames.execute(
            f"CREATE OR REPLACE TABLE held_{kind} AS "
            f'SELECT number FROM desired_{kind} SEMI JOIN {unknown.format(kind)} AS h USING ("key")'
        )


def _received(frames: Frames, inputs: PlanInputs) -> tuple[Received, ...]:
    quarantined = dict(
        frames.execute('SELECT entity, count(DISTINCT "row") FROM quarantine GROUP BY entity').fetchall()
    )
    received = []
    for name in ENTITIES:
        sealed = inputs.snapshot.files.get(name)
        if sealed is None:
            continue
        unusable = quarantined.get(name, 0) + sealed.rejected
        is_roster = name in ROSTER_ENTITIES
        out_of_scope = inputs.shaped.out_of_scope[name] if is_roster else {"scope.not_used": sealed.received - unusable}
        received.append(
            Received(name, sealed.received, unusable, out_of_scope, inputs.shaped.in_scope[name] if is_roster else 0)
        )
    return tuple(received)
