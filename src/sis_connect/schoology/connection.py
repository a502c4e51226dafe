"""How Schoology is reached: address, key and limits, and a target or a source of grades opened with them.

Not here: where these settings are kept, and how the secret is.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from sis_connect.errors import ConfigurationError
from sis_connect.schoology.client import PAGE_SIZE, SchoologyClient
from sis_connect.schoology.grade_source import SchoologyGradeSource
from sis_connect.schoology.gradebook import Gradebook
from sis_connect.schoology.target import SchoologyTarget
from sis_connect.transport.client import HttpClient, Patience, Surroundings
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.naming import Naming
from sis_connect.transport.oauth1 import Credentials, OAuth1, SignatureMethod
from sis_connect.transport.rate_limit import CreditLimit, CreditLimiter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.schoology.grade_records import GradeReading

PUBLIC_URL = "https://api.schoology.com/v1"
#: A name, or an address of either kind.
_HOST = re.compile(r"[A-Za-z0-9.\-]+|[0-9A-Fa-f:.]+")
_REALM = "Schoology API"
_NAMING = Naming(
    "Schoology",
    {
        Cause.UNAUTHORISED: "Check SIS_CONNECT_SCHOOLOGY_KEY and SIS_CONNECT_SCHOOLOGY_SECRET, that "
        "SIS_CONNECT_SCHOOLOGY_URL or schoology.url is the address they belong to, and that this machine's clock is "
        "right.",
        Cause.FORBIDDEN: "Have the missing permission given in Schoology to whom SIS_CONNECT_SCHOOLOGY_KEY belongs.",
        Cause.NOT_FOUND: "Check SIS_CONNECT_SCHOOLOGY_URL, or schoology.url.",
        Cause.NO_SUCH_HOST: "Check the spelling of SIS_CONNECT_SCHOOLOGY_URL, or schoology.url, and that this machine "
        "may resolve names outside its own network.",
        Cause.HTML: "Check SIS_CONNECT_SCHOOLOGY_URL, or schoology.url: it is the address of the API, not of the site "
        "where people log in.",
    },
)


@dataclass(frozen=True, slots=True)
class SchoologySettings:
    """What is needed to reach one Schoology organisation; the secret is not shown."""

    credentials: Credentials
    #: Address of version 1 of the API; HTTPS, unless it is this machine.
    url: str = PUBLIC_URL
    method: SignatureMethod = SignatureMethod.HMAC_SHA1
    limit: CreditLimit = field(default_factory=CreditLimit)
    patience: Patience = field(default_factory=Patience)
    #: Rows asked for in one page.
    page_size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        """ConfigurationError when a setting cannot work."""
        if not self.credentials.key or not self.credentials.secret:
            raise ConfigurationError(
                "Schoology's key or secret is empty.",
                where="schoology.key",
                fix="Copy both from Schoology: Tools > School Management > Integration > API.",
            )
        if self.page_size < 1:
            raise ConfigurationError("A page has at least one row.", where="schoology.page_size", fix="Set 200.")
        _check_url(self.url)


@contextmanager
def _open_http(settings: SchoologySettings, surroundings: Surroundings | None) -> Iterator[HttpClient]:
    surroundings = surroundings or Surroundings()
    is_local = _is_this_machine(httpx2.URL(settings.url).host)
    auth = OAuth1(settings.credentials, method=settings.method, realm=_REALM, clock=surroundings.wall_clock)
    limiter = CreditLimiter(settings.limit, clock=surroundings.steady_clock, sleep=surroundings.sleep)
    http = HttpClient(
        settings.url,
        auth=auth,
        limiter=limiter,
        patience=settings.patience,
        surroundings=surroundings,
        uses_proxy=not is_local,
        naming=_NAMING,
    )
    with http:
        yield http


@contextmanager
def open_client(settings: SchoologySettings, surroundings: Surroundings | None = None) -> Iterator[SchoologyClient]:
    """A client whose connections are closed with the block; nothing is sent yet."""
    with _open_http(settings, surroundings) as http:
        yield SchoologyClient(http, page_size=settings.page_size)


@contextmanager
def open_target(settings: SchoologySettings, surroundings: Surroundings | None = None) -> Iterator[SchoologyTarget]:
    """A target whose connections are closed with the block; nothing is sent yet."""
    with open_client(settings, surroundings) as client:
        yield SchoologyTarget(client)


@contextmanager
def open_grade_source(
    settings: SchoologySettings, reading: GradeReading | None = None, surroundings: Surroundings | None = None
) -> Iterator[SchoologyGradeSource]:
    """A source of grades whose connections are closed with the block; nothing is sent yet."""
    with _open_http(settings, surroundings) as http:
        gradebook = Gradebook(http, page_size=settings.page_size)
        yield SchoologyGradeSource(gradebook, SchoologyClient(http, page_size=settings.page_size), reading)


def _check_url(url: str) -> None:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        parsed = httpx2.URL("")
    if parsed.scheme not in {"http", "https"} or not _HOST.fullmatch(parsed.host) or parsed.userinfo:
        raise ConfigurationError(
            "Schoology's address is no web address.", where="schoology.url", fix=f"Set it to {PUBLIC_URL}."
        )
    if parsed.scheme == "http" and not _is_this_machine(parsed.host):
        raise ConfigurationError(
            "Schoology's address is not HTTPS: rosters would travel in the open.",
            where="schoology.url",
            fix="Begin the address with https://.",
        )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
