"""A district over REST is the same snapshot as its CSV package, row for row, however it is asked for.

Below schools, a provider shows classes, students, teachers and enrollments; organisations, sessions and courses are
read as a whole there, too. Everybody else comes from `/users` by role, and whom an enrollment or another user names
comes by `/users/{id}`. What no such way shows is a class of an organisation that is no school, with its enrollments,
and a student or teacher of no school whom nobody names: these districts have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rest_side import Puller, a_connection, a_provider, rows_of
from sis_connect.frames import Limits, open_frames
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sandbox.district import write_district
from sis_connect.sandbox.sis.settings import SIS_CLIENT_ID, SIS_CLIENT_SECRET
from sis_connect.sis.csv_source import read_package
from sis_connect.sis.rest.connection import OAuth1SignIn, PullSettings
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.transport.oauth1 import Credentials, SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_side import Rows
    from sis_connect.sandbox.sis.server import RunningSis
    from sis_connect.sis.rest.connection import SignIn

CREDENTIALS = Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)
MEDIUM = Path(__file__).parents[1] / "data" / "samples" / "district-medium.zip"


@dataclass(frozen=True)
class District:
    """A provider of a district, and what the CSV reader makes of the same package."""

    provider: RunningSis
    csv: Rows
    #: Of a pull in the usual way.
    digest: str

    @property
    def extras(self) -> tuple[str, ...]:
        """What the package holds beyond a roster."""
        return tuple(sorted(set(self.csv) - set(ROSTER_ENTITIES)))


def serve(package: Path, folder: Path) -> Iterator[District]:
    """The district, as long as it is needed."""
    (folder / "csv").mkdir()
    with open_frames(Limits(memory="512MB", threads=1)) as frames:
        csv = rows_of(read_package(package, folder / "csv", frames))
    with a_provider(package, folder / "sis.sqlite") as provider:
        extras = tuple(sorted(set(csv) - set(ROSTER_ENTITIES)))
        snapshot, _ = Puller(folder / "first").pull(a_connection(provider.url, PullSettings(extras=extras)))
        yield District(provider, csv, snapshot.digest)


@pytest.fixture(scope="module")
def blemished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A small seeded district with guardians and with every fault that packages in the field have."""
    folder = tmp_path_factory.mktemp("blemished")
    write_district(folder / "package", students=8, seed=4, guardians=True, blemishes=True)
    yield from serve(folder / "package", folder)


@pytest.fixture(scope="module")
def medium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A district of eight hundred students that somebody else made, with demographics."""
    yield from serve(MEDIUM, tmp_path_factory.mktemp("medium"))


def sign_in(name: str, provider: RunningSis) -> SignIn:
    """One of the ways to sign in."""
    match name:
        case "oauth2":
            return ClientGrant(provider.token_url, CREDENTIALS)
        case "oauth1-sha1":
            return OAuth1SignIn(CREDENTIALS, SignatureMethod.HMAC_SHA1)
        case _:
            return OAuth1SignIn(CREDENTIALS, SignatureMethod.HMAC_SHA256)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("name", ["oauth1-sha1", "oauth1-sha256", "oauth2"])
@pytest.mark.parametrize("page_size", [1, 7, 100, 10_000])
def test_a_district_is_the_same_over_rest(
    blemished: District, tmp_path: Path, page_size: int, name: str, style: Style
) -> None:
    settings = PullSettings(style=style, page_size=page_size, extras=blemished.extras)
    connection = a_connection(blemished.provider.url, settings, sign_in(name, blemished.provider))

    snapshot, rows = Puller(tmp_path).pull(connection)

    assert rows == blemished.csv
    assert snapshot.digest == blemished.digest


@pytest.mark.parametrize(
    ("page_size", "style"), [(7, Style.WHOLE_DISTRICT), (10_000, Style.WHOLE_DISTRICT), (100, Style.PER_SCHOOL)]
)
def test_a_larger_district_is_the_same_over_rest(
    medium: District, tmp_path: Path, page_size: int, style: Style
) -> None:
    settings = PullSettings(style=style, page_size=page_size, extras=medium.extras)

    snapshot, rows = Puller(tmp_path).pull(a_connection(medium.provider.url, settings))

    assert rows == medium.csv
    assert snapshot.digest == medium.digest
    assert medium.extras == ("demographics",)
