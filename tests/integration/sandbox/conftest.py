"""A running sandbox and somebody who calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from integration.sandbox.caller import Caller
from sis_connect.sandbox.schoology import RunningSandbox, SandboxSettings, Strictness, Webhooks, start

#: The day it is in every test.
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)

Launch = Callable[..., Caller]


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Starts a sandbox with other settings than usual; the rate limit is off unless a test asks for one."""
    with ExitStack() as running:

        def launch_(**settings: object) -> Caller:
            chosen = {"rate": None, "now": lambda: NOW, "webhooks": Webhooks(by_themselves=False), **settings}
            sandbox = running.enter_context(start(SandboxSettings(**chosen)))  # type: ignore[arg-type] # any setting
            return running.enter_context(Caller(sandbox))

        yield launch_


@pytest.fixture(scope="session")
def strict_sandbox() -> Iterator[RunningSandbox]:
    """As strict as can be, without the rate limit; shared, because ending a server takes longer than most tests."""
    with start(SandboxSettings(rate=None, now=lambda: NOW, webhooks=Webhooks(by_themselves=False))) as running:
        yield running


@pytest.fixture
def sandbox(strict_sandbox: RunningSandbox) -> RunningSandbox:
    """An empty sandbox as strict as can be."""
    strict_sandbox.reset()
    return strict_sandbox


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Iterator[Caller]:
    """Calls the sandbox."""
    with Caller(sandbox) as calling:
        yield calling


@pytest.fixture
def lax(launch: Launch) -> Callable[..., Caller]:
    """Starts a sandbox with some strictness switched off."""
    return lambda **switches: launch(strictness=Strictness(**switches))


@dataclass(frozen=True)
class World:
    """A small district made by hand, by its ids."""

    school: int
    fall: int
    past: int
    course: int
    section: int
    student: int
    teacher: int
    #: Enrollment of the student.
    member: int


@pytest.fixture
def world(sandbox: RunningSandbox) -> World:
    """One school, one course with a section, one student in it and one teacher who is not."""
    seed = sandbox.seed()
    school = seed.building("Riverbend High", "100")
    fall = seed.grading_period("Fall 2026", "2026-08-15", "2026-12-20")
    past = seed.grading_period("Spring 2026", "2026-01-10", "2026-06-10")
    course = seed.course("Algebra", "alg", building_id=school)
    section = seed.section(course, "Period 1", grading_periods=[fall], section_school_code="alg-1")
    student = seed.user("s1", "Ada", "Moreno", building_id=school, primary_email="ada@district.example")
    teacher = seed.user("t1", "Omar", "Vega", role="Teacher", building_id=school)
    member = seed.member(section, student)
    return World(school, fall, past, course, section, student, teacher, member)


@dataclass(frozen=True)
class Classroom:
    """A section with two students, a teacher and a grade item, made by hand, by its ids."""

    section: int
    #: Enrollments.
    ada: int
    zoe: int
    teacher: int
    homework: int
    tests: int
    item: int


@pytest.fixture
def classroom(sandbox: RunningSandbox, world: World) -> Classroom:
    """The section of the world with what is needed to grade; nothing is graded yet."""
    seed = sandbox.seed()
    homework = seed.grading_category(world.section, "Homework")
    return Classroom(
        section=world.section,
        ada=world.member,
        zoe=seed.member(world.section, seed.user("s2", "Zo\u00eb", "Garc\u00eda")),
        teacher=seed.member(world.section, world.teacher, admin=True),
        homework=homework,
        tests=seed.grading_category(world.section, "Tests", calculation_type=1, drop_lowest=1),
        item=seed.grade_item(
            world.section,
            "Fractions 1",
            due="2026-10-01 23:59:00",
            max_points=20,
            grading_category=homework,
            grading_period=world.fall,
        ),
    )
