"""Changed results sent to a SIS with plan, receipts and reading back, beside a bare loop of the very same PUTs.

The reference provider runs in a process of its own and wants every request signed. Ours sends what a plan allows: each
result is written down before it goes out and again with its answer, and read back in the end. The bare loop has the
bodies ready, signs them in the same way and throws the answers away; it has the same number of connections. They take
turns, and the best of each counts. Usage: python -m bench.grade_passback [--results 20000] [--concurrency 4]
[--latency 0 20] [--best-of 3]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx2
from bench.measure import table
from oauthlib import oauth1

from sis_connect.grades.apply import Application
from sis_connect.grades.changes import Step, digest_of, sent_of
from sis_connect.grades.manners import Manners
from sis_connect.grades.planning import PlannedBook, make_plan
from sis_connect.grades.receipts import LineItemReceipt, Receipt, ReceiptState
from sis_connect.grades.rules import BrakeRules, GradeRules
from sis_connect.grades.wanted import WantedBook, WantedLineItem, WantedResult
from sis_connect.oneroster.gradebook_records import LineItem, Result
from sis_connect.oneroster.json_text import encode_json
from sis_connect.oneroster.json_writer import write_record
from sis_connect.sandbox.district.write import write_district
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, SignIn, SisSettings, load_package, start
from sis_connect.sis.rest.connection import OAuth1SignIn, PullSettings, RestConnection
from sis_connect.sis.rest.gradebook import GradebookSettings, open_gradebook
from sis_connect.store.database import Database
from sis_connect.store.grade_ledger import GradeLedger
from sis_connect.transport.addresses import Reach
from sis_connect.transport.oauth1 import Credentials
from sis_connect.transport.token_bucket import Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from starlette.responses import Response

    from sis_connect.grades.plan import GradePlan
    from sis_connect.sandbox.sis import Answer, Exchange, Proceed

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
#: Of each class.
ITEMS, STUDENTS = 25, 20
PERIOD, CATEGORY = "period-1", "category-1"


class Spent(NamedTuple):
    """Seconds of the clock on the wall, and of this process's processors."""

    wall: float
    cpu: float

    def __sub__(self, other: Spent) -> Spent:
        """What passed in between."""
        return Spent(self.wall - other.wall, self.cpu - other.cpu)


def now() -> Spent:
    """The clocks."""
    return Spent(time.perf_counter(), time.process_time())


class Ours(NamedTuple):
    """What ours took."""

    plan: Spent
    #: Until every result was sent and written down.
    send: Spent
    #: Until every result was read back as well.
    whole: Spent
    puts: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes with grades, before and after teachers changed all of them."""

    number: int

    @property
    def keys(self) -> list[str]:
        """Their ids."""
        return [f"class-{number}" for number in range(self.number)]

    def items(self, key: str) -> list[LineItem]:
        """The line items of a class."""
        return [
            LineItem(
                sourced_id=f"{key}-item-{number}",
                title=f"Quiz {number}",
                assign_date=date(2026, 9, 1),
                due_date=date(2026, 9, 20),
                class_sourced_id=key,
                category_sourced_id=CATEGORY,
                grading_period_sourced_id=PERIOD,
                result_value_max=Decimal(20),
            )
            for number in range(ITEMS)
        ]

    def results(self, key: str, score: str) -> Iterator[tuple[str, Result]]:
        """Every result of a class, with its item."""
        for item in self.items(key):
            for number in range(STUDENTS):
                student = f"student-{number}"
                yield (
                    item.sourced_id,
                    Result(
                        sourced_id=f"{item.sourced_id}-{student}",
                        line_item_sourced_id=item.sourced_id,
                        student_sourced_id=student,
                        score=Decimal(score),
                        score_date=date(2026, 9, 21),
                        comment="Shows every step of the work.",
                    ),
                )

    def book(self, key: str, score: str) -> WantedBook:
        """What the SIS should hold of a class."""
        return WantedBook(
            class_key=key,
            categories=(),
            line_items=tuple(WantedLineItem(item.sourced_id, item) for item in self.items(key)),
            results=tuple(WantedResult(item, 2, result) for item, result in self.results(key, score)),
            problems=(),
            unsendable=frozenset(),
        )


def fill(classes: Classes, folder: Path) -> None:
    """`sis.sqlite` and `ledger.sqlite` hold the grades as they were sent last."""
    write_district(folder / "package", students=STUDENTS, seed=1)
    load_package(folder / "package", folder / "sis.sqlite")
    with start(SisSettings(), folder / "sis.sqlite") as sis, sis.records.together() as writing:
        writing.put("academicSessions", {"sourced_id": PERIOD, "title": "Fall", "type": "gradingPeriod"})
        writing.put("categories", {"sourced_id": CATEGORY, "title": "Quizzes"})
        user = writing.find("users", "role = 'student'")[0]
        for number in range(STUDENTS):
            writing.put("users", user | {"sourced_id": f"student-{number}"})
        class_ = writing.find("classes")[0]
        for key in classes.keys:
            writing.put("classes", class_ | {"sourced_id": key})
            for item in classes.items(key):
                writing.put("lineItems", item.row())
            for _, result in classes.results(key, "11.5"):
                writing.put("results", result.row())
    with closing(Database(folder / "ledger.sqlite")) as database:
        receipts = GradeLedger(database).receipts
        for key in classes.keys:
            receipts.keep(
                line_items=[_item_receipt(key, item) for item in classes.items(key)],
                results=[_receipt(key, item, result) for item, result in classes.results(key, "11.5")],
            )


def _item_receipt(key: str, item: LineItem) -> LineItemReceipt:
    id_ = item.sourced_id
    state = ReceiptState.CONFIRMED
    return LineItemReceipt(key, id_, id_, id_, state, digest=digest_of(item), title=item.title, is_there=True)


def _receipt(key: str, item: str, result: Result) -> Receipt:
    id_, sent = result.sourced_id, sent_of(result)
    return Receipt(
        key, item, result.student_sourced_id, id_, id_, ReceiptState.CONFIRMED, sent, sent, changed_at=1, is_there=True
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """One provider, asked in one way."""

    url: str
    classes: Classes
    concurrency: int
    folder: Path

    def ours(self, score: str) -> Ours:
        """What it takes until every result was sent and read back."""
        ledger_path = self.folder / "run.sqlite"
        shutil.copy(self.folder / "ledger.sqlite", ledger_path)
        with closing(Database(ledger_path)) as database:
            ledger = GradeLedger(database)
            began = now()
            plan = self._plan(ledger, score)
            planned = now()
            sent = planned

            def advance(step: Step, changes: int) -> None:
                nonlocal sent
                if step is Step.RESULT and changes:
                    sent = now()

            with open_gradebook(self._connection(), GradebookSettings(), now=lambda: NOW) as gradebook:
                application = Application(
                    target=gradebook,
                    receipts=ledger.receipts,
                    manners=Manners(),
                    now=lambda: NOW,
                    concurrency=self.concurrency,
                    advance=advance,
                )
                run = ledger.begin_run("run", plan, plan.allowed(), NOW)
                application.run(plan.allowed(), plan.classes, run.id, [run.id])
                done = now()
            receipts = [one for key in plan.classes for one in ledger.receipts.results(key).values()]
        ledger_path.unlink()
        confirmed = sum(one.state is ReceiptState.CONFIRMED for one in receipts)
        assert confirmed == len(receipts) == len(plan.results), "not every grade was confirmed"  # noqa: S101
        return Ours(planned - began, sent - planned, done - planned, len(plan.results))

    def bare(self, bodies: Sequence[tuple[str, bytes]]) -> Spent:
        """What it takes until every result was sent."""
        limits = httpx2.Limits(max_connections=self.concurrency)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        signer = oauth1.Client(SIS_CLIENT_ID, client_secret=SIS_CLIENT_SECRET, signature_method="HMAC-SHA256")
        began = now()
        with (
            httpx2.Client(headers=headers, timeout=90, limits=limits) as client,
            ThreadPoolExecutor(self.concurrency) as pool,
        ):

            def put(one: tuple[str, bytes]) -> int:
                url, body = one
                _, signed, _ = signer.sign(url, http_method="PUT")
                return client.put(url, content=body, headers=signed).raise_for_status().status_code

            for _ in pool.map(put, bodies):
                pass
        return now() - began

    def bodies(self, score: str) -> list[tuple[str, bytes]]:
        """Address and body of every PUT, as ours are."""
        return [
            (f"{self.url}/results/{result.sourced_id}", self._body(result))
            for key in self.classes.keys
            for _, result in self.classes.results(key, score)
        ]

    def _body(self, result: Result) -> bytes:
        row = result.row() | {"status": "active", "date_last_modified": "2026-10-01T03:00:00.000Z"}
        return encode_json({"result": write_record(result.entity, row, {}, self.url)})

    def _plan(self, ledger: GradeLedger, score: str) -> GradePlan:
        plan = make_plan(
            (PlannedBook(self.classes.book(key, score), ledger.book(key), STUDENTS) for key in self.classes.keys),
            categories={},
            rules=GradeRules(brake=BrakeRules(results_per_student=10_000)),
            manners=Manners(takes_grades=True),
            made_at=NOW,
        )
        ledger.record_plan(plan)
        return plan

    def _connection(self) -> RestConnection:
        return RestConnection(
            self.url,
            OAuth1SignIn(Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)),
            rate=Rate(1e6, 1_000),
            reach=Reach(loopback=True),
            pull=PullSettings(concurrency=self.concurrency),
        )


def _serve(database: Path, latency: float, pipe: Connection) -> None:
    """Serves until the other end of the pipe says something but `count`, which it answers with the results put."""

    async def delay(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        await asyncio.sleep(latency)
        return await proceed(exchange)

    settings = SisSettings(sign_ins=frozenset({SignIn.OAUTH1}), layers=(delay,) if latency else ())
    with start(settings, database) as running:
        pipe.send(running.url)
        while pipe.recv() == "count":
            pipe.send(running.statistics().operations.get("putResult", 0))
            running.reset_statistics()


@contextmanager
def serving(database: Path, latency: float) -> Iterator[tuple[str, Connection]]:
    """The address of a provider in another process that waits so many seconds before every answer, and its pipe."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(database, latency, there))
    process.start()
    try:
        yield here.recv(), here
    finally:
        here.send("end")
        process.join()


def compare(bench: Bench, pipe: Connection, best_of: int) -> tuple[Ours, Spent]:
    """The best of ours, and of the bare loop; AssertionError when ours sends more than what changed."""
    ours, bare = [], []
    for turn in range(best_of):
        bare.append(bench.bare(bench.bodies(f"{12 + turn}.25")))
        pipe.send("count")
        pipe.recv()
        ours.append(bench.ours(f"{12 + turn}.75"))
        pipe.send("count")
        puts = pipe.recv()
        assert puts == ours[-1].puts, f"{puts} PUTs for {ours[-1].puts} changed results"  # noqa: S101 -- the promise
    return min(ours, key=lambda one: one.send), min(bare)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 20], help="milliseconds before an answer")
    parser.add_argument("--best-of", type=int, default=3)
    options = parser.parse_args()
    classes = Classes(-(-options.results // (ITEMS * STUDENTS)))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(classes, folder)
        for latency in options.latency:
            with serving(folder / "sis.sqlite", latency / 1_000) as (url, pipe):
                ours, bare = compare(Bench(url, classes, options.concurrency, folder), pipe, options.best_of)
            ratio, cpu = f"{ours.send.wall / bare.wall:.2f}", f"{ours.send.cpu / bare.cpu:.2f}"
            seconds = (bare.wall, ours.send.wall, ours.whole.wall, ours.plan.wall, bare.cpu, ours.send.cpu)
            rows.append((f"{latency:g} ms", *(f"{one:.2f}" for one in seconds), ratio, cpu))
            print(f"{latency:g} ms: {ours.send.wall:.2f} s against {bare.wall:.2f} s, {ratio} times", flush=True)
    print(f"\n{ours.puts:,} changed results, as many PUTs, {options.concurrency} connections\n")
    header = (
        "latency",
        "bare loop, s",
        "sent, s",
        "and read back, s",
        "plan, s",
        "CPU of the bare loop, s",
        "CPU of sending, s",
        "times the bare loop",
        "times its CPU",
    )
    print(table(header, rows))


if __name__ == "__main__":
    main()
