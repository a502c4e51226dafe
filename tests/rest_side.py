"""A provider of a small seeded district, a connection to it, and whole pulls from it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, open_frames
from sis_connect.sandbox.district.write import write_district
from sis_connect.sandbox.sis.loading import load_package
from sis_connect.sandbox.sis.server import start
from sis_connect.sandbox.sis.settings import Client, SisSettings
from sis_connect.sis.rest.connection import BearerSignIn, PullSettings, RestConnection, open_client
from sis_connect.sis.rest.pulling.job import PullJob
from sis_connect.sis.rest.pulling.pull import pull_roster
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Patience, Surroundings
from sis_connect.transport.retry import Backoff
from sis_connect.transport.token_bucket import Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sandbox.sis.exchange import Layer
    from sis_connect.sandbox.sis.server import RunningSis
    from sis_connect.sis.rest.connection import SignIn

TOKEN = "invented-token"
CLIENT = Client(bearer=TOKEN)
#: A fast reader: nothing is waited for longer than a moment.
PATIENCE = Patience(backoff=Backoff(attempts=2, first=0.001, longest=0.001))

Rows = dict[str, list[tuple[object, ...]]]


def a_district(folder: Path, *, students: int = 60) -> Path:
    """A package of a small district as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_district(folder, students=students, seed=4)
    return folder


@contextmanager
def a_provider(
    package: Path, database: Path, *layers: Layer, settings: SisSettings | None = None
) -> Iterator[RunningSis]:
    """A provider of a package, bulk rows unstamped, behind these layers."""
    load_package(package, database, stamps=False)
    with start(replace(settings or SisSettings(), clients=(CLIENT,), layers=layers), database) as running:
        yield running


def a_connection(url: str, pull: PullSettings | None = None, sign_in: SignIn | None = None) -> RestConnection:
    """A connection to a provider on this machine, with no limit of rate to speak of."""
    return RestConnection(
        url,
        sign_in or BearerSignIn(TOKEN),
        rate=Rate(100_000.0, 1_000),
        patience=PATIENCE,
        reach=Reach(loopback=True),
        pull=pull or PullSettings(),
    )


@dataclass
class Puller:
    """Pulls into one folder; parts of interrupted pulls lie in another."""

    folder: Path
    #: Seconds since 1970.
    now: float = 1_000_000.0

    @property
    def parts(self) -> Path:
        """Where parts are kept."""
        return self.folder / "parts"

    def pull(self, connection: RestConnection) -> tuple[Snapshot, Rows]:
        """The snapshot, and its rows."""
        into = self.folder / f"sealed-{len(list(self.folder.glob('sealed-*')))}"
        into.mkdir(parents=True)
        with (
            open_client(connection, Surroundings()) as client,
            open_frames(Limits(memory="512MB", threads=1)) as frames,
        ):
            snapshot = pull_roster(
                PullJob(client, connection.pull, frames, into, self.parts, "an invented SIS", lambda: self.now)
            )
        return snapshot, rows_of(snapshot)


def rows_of(snapshot: Snapshot, entities: Sequence[str] | None = None) -> Rows:
    """Every row without its place, in the order of sourcedId, by collection."""
    rows: Rows = {}
    with open_frames(Limits(memory="512MB", threads=1)) as frames:
        for name in entities or snapshot.files:
            query = f'SELECT * EXCLUDE ("row", line) FROM ({snapshot.files[name].relation}) ORDER BY sourced_id'
            rows[name] = frames.execute(query).fetchall()
    return rows


def codes_of(snapshot: Snapshot) -> set[str]:
    """Codes of what was noticed."""
    return {finding.code for finding in snapshot.findings}
