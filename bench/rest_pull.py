"""A full pull over REST beside a bare loop that downloads the very same pages and does nothing with them.

The reference provider runs in a process of its own. Ours pulls until the snapshot is sealed: every page decoded, proven
to be all there, written down so that an interrupted pull goes on, and turned into Parquet. The bare loop knows every
address beforehand and throws the replies away; it has the same number of connections. They take turns, and the best of
each counts. Usage: python -m bench.rest_pull [--students 20000] [--latency 0 50 100] [--concurrency 2] [--best-of 3]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx2
from bench.measure import table

from sis_connect.frames import Limits, open_frames
from sis_connect.sandbox.sis import Client, SisSettings, load_district, start
from sis_connect.sis.rest.connection import BearerSignIn, PullSettings, RestConnection, open_client
from sis_connect.sis.rest.pulling.job import PullJob
from sis_connect.sis.rest.pulling.pull import pull_roster
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Surroundings
from sis_connect.transport.token_bucket import Rate
from sis_connect.transport.wire import Wire, WireSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from starlette.responses import Response

    from sis_connect.sandbox.sis import Answer, Exchange, Proceed

TOKEN = "invented-token"  # noqa: S105 -- a public word for a server that holds invented data


class Recording(httpx2.BaseTransport):
    """Carries requests and keeps their addresses."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.urls: list[str] = []
        self._wire = Wire(WireSettings(reach=Reach(loopback=True)))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the network."""
        self.urls.append(str(request.url))
        return self._wire.handle_request(request)

    def close(self) -> None:
        """The connections are closed."""
        self._wire.close()


class Spent(NamedTuple):
    """Seconds of the clock on the wall, and of this process's processors."""

    wall: float
    cpu: float


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        """Starts."""
        self._started = Spent(time.perf_counter(), time.process_time())

    def spent(self) -> Spent:
        """Seconds so far."""
        return Spent(time.perf_counter() - self._started.wall, time.process_time() - self._started.cpu)


@dataclass(frozen=True, slots=True)
class Bench:
    """One provider, asked in one way."""

    url: str
    pull: PullSettings
    limits: Limits

    def ours(self, wire: httpx2.BaseTransport | None = None) -> Spent:
        """What it takes until a snapshot is sealed."""
        connection = RestConnection(
            self.url, BearerSignIn(TOKEN), rate=Rate(1e6, 1_000), reach=Reach(loopback=True), pull=self.pull
        )
        with tempfile.TemporaryDirectory() as folder, open_frames(self.limits) as frames:
            into = Path(folder) / "sealed"
            into.mkdir()
            clock = Clock()
            with open_client(connection, Surroundings(wire=wire)) as client:
                parts = Path(folder) / "parts"
                pull_roster(PullJob(client, self.pull, frames, into, parts, "an invented SIS", time.time))
            return clock.spent()

    def bare(self, urls: list[str]) -> tuple[Spent, int]:
        """What it takes until every page was received, and their bytes."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
        connections = httpx2.Limits(max_connections=self.pull.concurrency)
        clock = Clock()
        with (
            httpx2.Client(headers=headers, timeout=90, limits=connections) as client,
            ThreadPoolExecutor(self.pull.concurrency) as pool,
        ):
            received = sum(pool.map(lambda url: len(client.get(url).raise_for_status().content), urls))
        return clock.spent(), received


def _serve(database: Path, latency: float, pipe: Connection) -> None:
    """Serves until the other end of the pipe says something."""

    async def delay(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        await asyncio.sleep(latency)
        return await proceed(exchange)

    layers = (delay,) if latency else ()
    with start(SisSettings(clients=(Client(bearer=TOKEN),), layers=layers), database) as running:
        pipe.send(running.url)
        pipe.recv()


@contextmanager
def serving(database: Path, latency: float) -> Iterator[str]:
    """The address of a provider in another process that waits so many seconds before every answer."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(database, latency, there))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join()


def compare(bench: Bench, best_of: int) -> tuple[Spent, Spent, int, int]:
    """The best of ours and of the bare loop, the number of pages and their bytes."""
    wire = Recording()
    bench.ours(wire)
    ours, bare, received = [], [], 0
    for _ in range(best_of):
        spent, received = bench.bare(wire.urls)
        bare.append(spent)
        ours.append(bench.ours())
    return min(ours), min(bare), len(wire.urls), received


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=20_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50, 100], help="milliseconds before an answer")
    parser.add_argument("--page-size", type=int, default=1_000)
    parser.add_argument("--concurrency", type=int, default=2)
    parser.add_argument("--best-of", type=int, default=3)
    parser.add_argument("--memory", default="512MB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    settings = PullSettings(page_size=options.page_size, concurrency=options.concurrency)
    limits = Limits(memory=options.memory, threads=options.threads)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sis.sqlite"
        loaded = load_district(database, students=options.students)
        for latency in options.latency:
            with serving(database, latency / 1_000) as url:
                ours, bare, pages, received = compare(Bench(url, settings, limits), options.best_of)
            ratio = f"{ours.wall / bare.wall:.2f}"
            cpu = f"{bare.cpu:.2f}", f"{ours.cpu:.2f}"
            rows.append((f"{latency:g} ms", f"{bare.wall:.2f}", f"{ours.wall:.2f}", ratio, *cpu))
            print(f"{latency:g} ms: {ours.wall:.2f} s against {bare.wall:.2f} s, {ratio} times", flush=True)
    print(f"\n{sum(loaded.rows.values()):,} records, {pages} pages, {received / 1e6:.0f} MB\n")
    header = ("latency", "bare loop, s", "ours, s", "times the bare loop", "CPU of the bare loop, s", "CPU of ours, s")
    print(table(header, rows))


if __name__ == "__main__":
    main()
