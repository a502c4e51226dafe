"""A provider of a small district, with whatever deviation a test puts in front of it, and runs of the checks on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from integration.sandbox.sis.sis_world import LOADED_AT, a_district
from sis_connect.oneroster.operations import Scope
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, Client, SisSettings, load_package, start
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checking import Outcome
from sis_connect.sis.conformance.probe import Terms, open_probe
from sis_connect.sis.conformance.running import run_checks
from sis_connect.sis.rest.connection import BearerSignIn, OAuth1SignIn, RestConnection
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Patience, Surroundings
from sis_connect.transport.oauth1 import Credentials, SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant, ClientStyle
from sis_connect.transport.token_bucket import Rate
from sis_packages import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sis_connect.sandbox.sis import Layer, RunningSis
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.rest.connection import SignIn

TOKEN = "invented-token-of-the-district"
CREDENTIALS = Credentials(SIS_CLIENT_ID, SIS_CLIENT_SECRET)
KEY = b"k" * 32
#: The only faults of the small district: an id with signs that the standard does not allow, and no limit of rate.
FAULTS = {"records.ids"}

#: The address of somebody whose name has an accent, and so on, as the district has it.
PERSONAL = ("O'Hara", "Zoë", "Bo", "Lane", "Ada", "Kim", "bo@riverbend.example", "geheim", "2011-05-04")


@contextmanager
def a_service(
    folder: Path, *layers: Layer, package: Mapping[str, bytes] | None = None, stamps: bool = True, **settings: object
) -> Iterator[RunningSis]:
    """A provider behind these layers; `package` replaces files of the district, by stem."""
    write_folder(a_district(**(package or {})), folder / "package")
    load_package(folder / "package", folder / "sis.sqlite", stamps=stamps, at=LOADED_AT)
    own = SisSettings(clients=(Client(bearer=TOKEN),))
    with start(replace(own, layers=layers, **settings), folder / "sis.sqlite") as running:  # type: ignore[arg-type] # any setting
        yield running


def sign_ins_of(sis: RunningSis, asked: Iterable[Scope] = tuple(Scope)) -> dict[str, SignIn]:
    """Every way to sign in to a provider, by the names of the command line; `asked` are the scopes of OAuth 2."""
    scopes = tuple(scope.value for scope in asked)
    return {
        "bearer": BearerSignIn(TOKEN),
        "oauth1-sha1": OAuth1SignIn(CREDENTIALS, SignatureMethod.HMAC_SHA1),
        "oauth1-sha256": OAuth1SignIn(CREDENTIALS, SignatureMethod.HMAC_SHA256),
        "oauth2-basic": ClientGrant(sis.token_url, CREDENTIALS, scopes, ClientStyle.BASIC),
        "oauth2-body": ClientGrant(sis.token_url, CREDENTIALS, scopes, ClientStyle.BODY),
    }


def a_connection(url: str, sign_in: SignIn) -> RestConnection:
    """A connection to this machine, with no limit of rate to speak of and little patience."""
    return RestConnection(
        url,
        sign_in,
        rate=Rate(100_000.0, 1_000),
        reach=Reach(loopback=True),
        patience=Patience(connect_seconds=2.0, read_seconds=5.0),
    )


@dataclass(frozen=True)
class Run:
    """What came of all checks."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def of(self, outcome: Outcome) -> set[str]:
        """Ids of the checks that ended so."""
        return {id_ for id_, verdict in self.verdicts.items() if verdict.outcome is outcome}

    @property
    def failed(self) -> set[str]:
        """Ids of what failed, without the faults of the district itself."""
        return self.of(Outcome.FAILED) - FAULTS


def a_run(
    sis: RunningSis,
    *,
    first: str = "bearer",
    only: tuple[str, ...] = (),
    around: Surroundings | None = None,
    scopes: Iterable[Scope] = tuple(Scope),
    **terms: object,
) -> Run:
    """All checks on a provider, or those in the groups `only`; it has no patience with waiting."""
    sign_ins = sign_ins_of(sis, scopes)
    own = Terms({first: sign_ins[first]}, key=KEY, load_requests=4)
    checks = [check for check in CHECKS if not only or check.id.startswith(only)]
    around = around or Surroundings(sleep=lambda _: None)
    with open_probe(a_connection(sis.url, sign_ins[first]), replace(own, **terms), around) as probe:  # type: ignore[arg-type] # any term
        return Run({check.id: verdict for check, verdict in run_checks(probe, checks)})
