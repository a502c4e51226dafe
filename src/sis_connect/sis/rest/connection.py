"""How one SIS is reached over REST: address, sign-in and manners, and a client opened with them.

Whatever vendors do differently is a setting here with the standard's way as its default. Not here: where settings are
kept and how secrets are (`config`, `store`), and what is read with the client (`pull`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sis_connect.errors import ConfigurationError
from sis_connect.sis.rest.client import OneRosterClient
from sis_connect.sis.rest.paging.dialect import Dialect
from sis_connect.sis.rest.paging.listing import Wanted
from sis_connect.sis.rest.paging.steps import Bounds
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.sis.rest.remedies import naming
from sis_connect.sis.sign_ins import SignInName
from sis_connect.transport.addresses import Reach, judge_url
from sis_connect.transport.client import HttpClient, Patience, Surroundings
from sis_connect.transport.oauth1 import Credentials, OAuth1, SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant, ClientStyle, OAuth2, TokenCache
from sis_connect.transport.static_sign_in import Bearer, StaticHeaders
from sis_connect.transport.token_bucket import HostLimiters, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.transport.naming import Naming

_WHERE = "sis.url"


@dataclass(frozen=True, slots=True)
class OAuth1SignIn:
    """Every request is signed (security, OAuth 1.0a)."""

    credentials: Credentials
    method: SignatureMethod = SignatureMethod.HMAC_SHA256


@dataclass(frozen=True, slots=True)
class BearerSignIn:
    """A token that a person copied."""

    token: str = field(repr=False)


#: What puts a sign-in on requests.
Auth = OAuth1 | OAuth2 | Bearer
#: How a SIS knows who asks; a `ClientGrant` is OAuth 2 client credentials.
SignIn = OAuth1SignIn | ClientGrant | BearerSignIn


@dataclass(frozen=True, slots=True)
class PullSettings:
    """What is pulled, and how the provider wants to be asked."""

    style: Style = Style.WHOLE_DISTRICT
    #: Rows asked for in one page.
    page_size: int = 1_000
    #: Requests under way at once.
    concurrency: int = 2
    #: Collections beyond the roster that the district's rules ask for: `demographics`, `resources`.
    extras: tuple[str, ...] = ()
    #: True when the vendor's own metadata are wanted.
    metadata: bool = True
    #: False where asking for an order, or for fields, is known to do harm.
    sorts: bool = True
    selects_fields: bool = True
    #: False where X-Total-Count is known to count something else.
    heeds_total: bool = True
    #: True where blanks around ids are known to mean nothing.
    trims_ids: bool = False
    #: How often a collection that does not add up is read in all.
    passes: int = 3
    #: Seconds after which an interrupted pull is begun anew.
    keeps_parts_seconds: float = 6 * 3600.0

    def __post_init__(self) -> None:
        """ConfigurationError when a setting cannot work."""
        for name, value in (
            ("page_size", self.page_size),
            ("concurrency", self.concurrency),
            ("passes", self.passes),
        ):
            if value < 1:
                raise ConfigurationError("The number must be at least 1.", where=f"sis.{name}", fix="Set it higher.")
        unknown = set(self.extras) - {"demographics", "resources"}
        if unknown:
            raise ConfigurationError(
                f"There is no such collection to ask for: {', '.join(sorted(unknown))}.",
                where="sis.extras",
                fix="Name demographics, resources or both.",
            )

    @property
    def bounds(self) -> Bounds:
        """The terms of paging."""
        return Bounds(self.page_size, self.heeds_total, self.passes)

    @property
    def wanted(self) -> Wanted:
        """What is asked for beyond the columns."""
        return Wanted(self.metadata, "resources" in self.extras, self.trims_ids)

    @property
    def dialect(self) -> Dialect:
        """The parameters to begin with."""
        return Dialect(self.sorts, self.selects_fields)


@dataclass(frozen=True, slots=True)
class RestConnection:
    """What is needed to read one SIS; secrets are not shown."""

    #: Root of the service with the vendor's prefix, as the vendor gave it.
    url: str
    sign_in: SignIn
    #: Sent with every request, for example a vendor's second key.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    rate: Rate = field(default_factory=Rate)
    patience: Patience = field(default_factory=Patience)
    #: What the operator allows beside public addresses.
    reach: Reach = field(default_factory=Reach)
    pull: PullSettings = field(default_factory=PullSettings)
    #: True where no token address was told, and one was worked out.
    guesses_token_url: bool = False
    #: What to do about a cause of `transport.diagnosis`, where more is known than of any SIS.
    fixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def naming(self) -> Naming:
        """What errors call the SIS, and which settings mend them."""
        untold = ""
        if self.guesses_token_url and isinstance(self.sign_in, ClientGrant):
            untold = self.sign_in.token_url
        known = naming(self.url, _way(self.sign_in), untold)
        return replace(known, fixes={**known.fixes, **self.fixes})

    @property
    def service(self) -> str:
        """Names the service and who asks, without secrets: what two sign-ins are shown may differ.

        Headers count, since one may name the tenant.
        """
        match self.sign_in:
            case BearerSignIn(token=token):
                caller = sha256(token.encode()).hexdigest()
            case OAuth1SignIn(credentials=credentials):
                caller = credentials.key
            case ClientGrant() as grant:
                caller = " ".join((grant.credentials.key, grant.token_url, *grant.scopes))
        named = sha256(repr(sorted(self.headers.items())).encode()).hexdigest()
        return f"{self.url} {type(self.sign_in).__name__} {caller} {named}"


@contextmanager
def open_client(
    connection: RestConnection,
    surroundings: Surroundings | None = None,
    *,
    tokens: TokenCache | None = None,
    limiters: HostLimiters | None = None,
) -> Iterator[OneRosterClient]:
    """A client whose connections are closed with the block; nothing is sent yet.

    `tokens` and `limiters` are shared by all clients of a process. ConfigurationError when the address or a setting
    cannot work.
    """
    around = surroundings or Surroundings()
    url = judge_url(connection.url, where=_WHERE, reach=connection.reach)
    limiters = limiters or HostLimiters(clock=around.steady_clock, sleep=around.sleep)
    auth = _auth(connection.sign_in, around, tokens, connection.reach)
    headers = StaticHeaders(connection.headers) if connection.headers else None
    with _http(connection, url, around, limiters, auth=auth, headers=headers) as http:
        yield OneRosterClient(http, url)


def anonymous_client(connection: RestConnection, surroundings: Surroundings, limiters: HostLimiters) -> HttpClient:
    """A client with the same manners that shows nothing of who asks; whoever made it closes it."""
    url = judge_url(connection.url, where=_WHERE, reach=connection.reach)
    return _http(connection, url, surroundings, limiters)


def _http(
    connection: RestConnection,
    url: str,
    around: Surroundings,
    limiters: HostLimiters,
    *,
    auth: Auth | None = None,
    headers: StaticHeaders | None = None,
) -> HttpClient:
    return HttpClient(
        url,
        auth=auth,
        headers=headers,
        limiter=limiters.of(_host(url), connection.rate),
        patience=connection.patience,
        surroundings=around,
        reach=connection.reach,
        most_connections=connection.pull.concurrency,
        naming=connection.naming,
    )


def _auth(sign_in: SignIn, around: Surroundings, tokens: TokenCache | None, reach: Reach) -> Auth:
    match sign_in:
        case OAuth1SignIn():
            return OAuth1(sign_in.credentials, method=sign_in.method, clock=around.wall_clock)
        case ClientGrant():
            judge_url(sign_in.token_url, where="sis.token_url", reach=reach, keeps_query=True)
            return OAuth2(sign_in, cache=tokens, clock=around.steady_clock)
        case BearerSignIn():
            return Bearer(sign_in.token)


def _way(sign_in: SignIn) -> SignInName:
    """The sign-in as `sis.sign_in` calls it."""
    match sign_in:
        case OAuth1SignIn(method=SignatureMethod.HMAC_SHA1):
            return SignInName.OAUTH1_SHA1
        case OAuth1SignIn():
            return SignInName.OAUTH1_SHA256
        case ClientGrant(style=ClientStyle.BODY):
            return SignInName.OAUTH2_BODY
        case ClientGrant():
            return SignInName.OAUTH2_BASIC
        case BearerSignIn():
            return SignInName.BEARER


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
