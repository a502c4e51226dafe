"""What every grade book of a SIS must do, run on the fake SIS and on the REST adapter against the reference provider.

The grades path drives both: whatever the fake promises to the tests of the path, the adapter must keep.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import pytest

from grade_sis import FakeSis
from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from passback import NOW, Passback, Wishes
from rest_side import CLIENT, a_connection
from sis_connect.grades.receipts import ReceiptState
from sis_connect.oneroster.gradebook_records import Category
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.serving import NoAnswer
from sis_connect.sandbox.sis import Answer, SisSettings, load_package, start
from sis_connect.sis.rest.connection import PullSettings
from sis_connect.sis.rest.gradebook import GradebookSettings, open_gradebook
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.responses import Response

    from sis_connect.grades.target import GradebookTarget
    from sis_connect.sandbox.sis import Exchange, Proceed

CLASS = "c1"
STUDENTS = ("u1", "u2")


class Sis(Protocol):
    """A target, how often results were written to it, and whether it loses its answers."""

    @property
    def target(self) -> GradebookTarget: ...

    def written(self) -> int: ...

    def lose_answers(self, *, loses: bool) -> None: ...


@dataclass
class InMemory:
    target: FakeSis = field(default_factory=FakeSis)

    def written(self) -> int:
        return self.target.puts["results"]

    def lose_answers(self, *, loses: bool) -> None:
        self.target.habits.loses_after = set(STUDENTS) if loses else set()


@dataclass
class OverRest:
    target: GradebookTarget
    layer: Counting

    def written(self) -> int:
        return self.layer.results

    def lose_answers(self, *, loses: bool) -> None:
        self.layer.loses = loses


@dataclass
class Counting:
    """A layer of the provider that counts what is written, and may keep quiet about it ever after."""

    results: int = 0
    loses: bool = False

    async def __call__(self, exchange: Exchange, proceed: Proceed) -> Answer | Response:
        is_result = exchange.request.method == "PUT" and "/results/" in exchange.request.url.path
        self.results += is_result
        answer = await proceed(exchange)
        # Whoever looks afterwards gets no answer either: nobody can tell what became of it.
        return NoAnswer() if self.loses and "/results" in exchange.request.url.path else answer


@pytest.fixture(params=["fake", "rest"])
def sis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sis]:
    if request.param == "fake":
        yield InMemory()
        return
    with ExitStack() as running:
        write_folder(a_district(), tmp_path / "package")
        load_package(tmp_path / "package", tmp_path / "sis.sqlite", at=LOADED_AT)
        layer = Counting()
        provider = SisSettings(clients=(CLIENT,), layers=(layer,))
        url = running.enter_context(start(provider, tmp_path / "sis.sqlite")).url
        connection = a_connection(url, PullSettings(page_size=2))
        gradebook = open_gradebook(connection, GradebookSettings(), now=lambda: NOW)
        yield OverRest(running.enter_context(gradebook), layer)


@pytest.fixture
def path(sis: Sis) -> Iterator[Passback]:
    passback = Passback(sis.target)
    yield passback
    passback.close()


def a_class(score: str = "8.5") -> Wishes:
    return Wishes(
        {(item, student): score for item in ("Quiz", "Test") for student in STUDENTS},
        comments={("Quiz", "u1"): "Good “work”"},
        category=Category(sourced_id="lms-labs", title="Lab reports"),
        grading_period="g1",
        class_key=CLASS,
    )


def states(path: Passback) -> set[ReceiptState]:
    return {receipt.state for receipt in path.ledger.receipts.results(CLASS).values()}


def test_class_is_confirmed_and_sent_again_without_a_write(sis: Sis, path: Passback) -> None:
    path.send(a_class())
    assert states(path) == {ReceiptState.CONFIRMED}
    assert {path.line_item(item, CLASS).state for item in ("Quiz", "Test")} == {ReceiptState.CONFIRMED}
    assert sis.written() == 4

    path.send(a_class())
    assert sis.written() == 4


def test_changed_result_is_replaced_and_a_deleted_one_withdrawn(sis: Sis, path: Passback) -> None:
    wishes = a_class()
    path.send(wishes)
    wishes.scores["Quiz", "u1"] = "112"
    del wishes.scores["Quiz", "u2"]
    path.send(wishes, approve=True)

    assert sis.written() == 5
    assert path.receipt("Quiz", "u1", CLASS).state is ReceiptState.CONFIRMED
    withdrawn = path.receipt("Quiz", "u2", CLASS)
    assert withdrawn.state is ReceiptState.WITHDRAWN
    assert path.target.find(ENTITIES["results"], withdrawn.sis_sourced_id) is None


def test_student_whom_the_sis_does_not_know_is_refused_alone(path: Passback) -> None:
    wishes = a_class()
    wishes.scores["Quiz", "nobody"] = "8"
    if isinstance(path.target, FakeSis):
        path.target.habits.refuses = {"nobody"}
    path.send(wishes)

    assert path.receipt("Quiz", "nobody", CLASS).state is ReceiptState.REFUSED
    assert path.receipt("Quiz", "u1", CLASS).state is ReceiptState.CONFIRMED


def test_lost_answers_are_looked_for_before_anything_is_sent_again(sis: Sis, path: Passback) -> None:
    sis.lose_answers(loses=True)
    path.send(a_class())
    assert states(path) == {ReceiptState.IN_DOUBT}
    written = sis.written()
    sis.lose_answers(loses=False)
    path.send(a_class())

    assert states(path) == {ReceiptState.CONFIRMED}
    assert sis.written() == written


def test_grades_that_others_changed_in_the_sis_are_shown(path: Passback) -> None:
    wishes = a_class()
    path.send(wishes)
    changed, deleted = (one.record for one in wishes.book().results[:2])
    path.target.put(replace(changed, score=Decimal(3)))
    path.target.delete(deleted.entity, deleted.sourced_id)
    path.application().read_back([CLASS])

    assert [path.receipt("Quiz", student, CLASS).code for student in STUDENTS] == [
        "grades.changed_in_sis",
        "grades.deleted_in_sis",
    ]
    assert path.receipt("Test", "u1", CLASS).state is ReceiptState.CONFIRMED
