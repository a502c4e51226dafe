"""A Schoology target beside the sandbox it writes to, and changes for it; valid by default, one argument each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sis_connect.sandbox.schoology import server
from sis_connect.sandbox.schoology.faults import Fault, FaultPlan, FaultRule
from sis_connect.sandbox.schoology.settings import SANDBOX_KEY, SANDBOX_SECRET, SandboxSettings
from sis_connect.schoology.connection import SchoologySettings, open_target
from sis_connect.sync.changes import Action, Change, Outcome, OutcomeState
from sis_connect.sync.desired import (
    Agent,
    Class,
    Course,
    Enrollment,
    Kind,
    Record,
    School,
    Term,
    User,
    record_key,
)
from sis_connect.transport.client import Patience
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.rate_limit import CreditLimit
from sis_connect.transport.retry import Backoff

if TYPE_CHECKING:
    from contextlib import ExitStack

    from sis_connect.schoology.target import SchoologyTarget

KEY_AND_SECRET = Credentials(SANDBOX_KEY, SANDBOX_SECRET)

KINDS: dict[type[Record], Kind] = {
    School: Kind.SCHOOLS,
    Term: Kind.TERMS,
    User: Kind.USERS,
    Agent: Kind.AGENTS,
    Course: Kind.COURSES,
    Class: Kind.CLASSES,
    Enrollment: Kind.ENROLLMENTS,
}


@dataclass
class KnownLinks:
    """Links in a dictionary."""

    ids: dict[tuple[Kind, str], str] = field(default_factory=dict)

    def lms_id(self, kind: Kind, key: str) -> str | None:
        """The id, or None."""
        return self.ids.get((kind, key))

    def learn(self, changes: list[Change], outcomes: list[Outcome]) -> None:
        """The ids of what was applied are known."""
        for change, outcome in zip(changes, outcomes, strict=True):
            if outcome.lms_id is not None:
                self.ids[change.kind, record_key(change.record)[0]] = outcome.lms_id


def a_school(key: str = "school-1", title: str = "Birch Elementary") -> School:
    return School(key, title, None)


def a_term(
    key: str = "term-1", title: str = "2026-27 Fall", start: str = "2026-08-17", end: str = "2026-12-18"
) -> Term:
    return Term(key, title, date.fromisoformat(start), date.fromisoformat(end))


def a_user(
    key: str = "student-1",
    *,
    role: str = "Student",
    username: str | None = "",
    email: str | None = None,
    school_key: str | None = "school-1",
    other_school_keys: tuple[str, ...] = (),
) -> User:
    """A student of the first school; without a username the key is one."""
    name = key if username == "" else username
    return User(key, role, "Ada", None, "Quill", name, email, school_key, list(other_school_keys), None)


def a_course(
    key: str = "course-1", title: str = "Algebra I", code: str = "MATH-1", school_key: str | None = "school-1"
) -> Course:
    return Course(key, title, code, school_key)


def a_class(
    key: str = "class-1",
    title: str = "Algebra I - 1",
    course: Course | None = None,
    term_keys: tuple[str, ...] = ("term-1",),
    location: str | None = "Room 12",
) -> Class:
    course = course or a_course()
    return Class(key, title, course.key, course.title, course.code, "school-1", list(term_keys), location)


def an_enrollment(class_key: str = "class-1", user_key: str = "student-1", role: str = "student") -> Enrollment:
    return Enrollment(class_key, user_key, role)


def an_agent(student_key: str = "student-1", agent_key: str = "parent-1") -> Agent:
    return Agent(student_key, agent_key)


def create(record: Record) -> Change:
    """The creation of a record."""
    return Change(KINDS[type(record)], Action.CREATE, record)


def update(record: Record, lms_id: str | None, before: Record | None = None) -> Change:
    """The update of a record."""
    return Change(KINDS[type(record)], Action.UPDATE, record, before or record, lms_id)


def remove(record: Record, lms_id: str | None = None) -> Change:
    """The removal of a record."""
    return Change(KINDS[type(record)], Action.REMOVE, record, record, lms_id)


@dataclass
class Side:
    """A sandbox with a target and the links learnt so far."""

    sandbox: server.RunningSandbox
    target: SchoologyTarget
    links: KnownLinks = field(default_factory=KnownLinks)

    def write(self, *changes: Change) -> list[Outcome]:
        """What became of one batch; new ids are learnt."""
        outcomes = self.target.write(changes, self.links)
        self.links.learn(list(changes), outcomes)
        return outcomes

    def apply(self, *changes: Change) -> list[str | None]:
        """The ids of a batch that must succeed."""
        outcomes = self.write(*changes)
        assert [outcome.state for outcome in outcomes] == [OutcomeState.APPLIED] * len(changes), outcomes
        return [outcome.lms_id for outcome in outcomes]

    def strike(self, fault: Fault, **where: object) -> None:
        """The next matching request meets this fault."""
        self.sandbox.set_faults(FaultPlan((FaultRule(fault, **where),)))  # type: ignore[arg-type] # any field

    def held(self, kind: str) -> list[tuple[object, ...]]:
        """What the sandbox holds of a kind."""
        return self.sandbox.contents()[kind]


@dataclass
class Sides:
    """Makes sandboxes with targets, closed at the end of the test."""

    stack: ExitStack

    def __call__(self, settings: SandboxSettings | None = None, *, credits_: int = 1_000_000) -> Side:
        """Without a rate limit unless told otherwise."""
        sandbox = self.stack.enter_context(server.start(settings or SandboxSettings(rate=None)))
        return Side(sandbox, self.open(sandbox, credits_=credits_))

    def open(
        self, sandbox: server.RunningSandbox, *, secret: str = SANDBOX_SECRET, credits_: int = 1_000_000
    ) -> SchoologyTarget:
        """Another target for the same sandbox."""
        settings = SchoologySettings(
            Credentials(SANDBOX_KEY, secret),
            url=sandbox.api_url,
            limit=CreditLimit(credits=credits_),
            patience=Patience(read_seconds=20.0, backoff=Backoff(first=0.01)),
        )
        return self.stack.enter_context(open_target(settings))


def fill(side: Side) -> None:
    """The small district is there; its calls are not counted."""
    side.apply(create(a_school()))
    side.apply(create(a_term()))
    people = [a_user(), a_user("teacher-1", role="Teacher"), a_user("parent-1", role="Parent", school_key=None)]
    side.apply(*map(create, people))
    side.apply(create(a_course()))
    side.apply(create(a_class()))
    side.sandbox.reset_statistics()
