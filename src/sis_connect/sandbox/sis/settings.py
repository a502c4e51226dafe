"""What can be chosen about a reference provider: who may sign in and how, its limits, and its open points.

Every choice that the standard leaves open is a setting here, so that a consumer can be tried against either answer.
Not here: faults and deviations, which are layers around the provider (`exchange`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import BASE_PATH, Scope
from sis_connect.sandbox.sis.grade_rules import GradeRules
from sis_connect.sandbox.sis.habits import Habits
from sis_connect.sandbox.sis.moments import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sis_connect.sandbox.sis.exchange import Layer

#: What a provider accepts unless told otherwise; it listens on the loopback interface only.
SIS_CLIENT_ID = "sandbox-client"
SIS_CLIENT_SECRET = "sandbox-secret"  # noqa: S105 -- a public word for a server that holds invented data


class SignIn(StrEnum):
    """The ways in which a request may say who sends it."""

    #: Signed requests, HMAC-SHA1 or HMAC-SHA256 (security, OAuth 1.0a message signing).
    OAUTH1 = "oauth1"
    #: A token from the token endpoint (security, OAuth 2.0 client credentials).
    OAUTH2 = "oauth2"
    #: A token that was agreed upon once and never ends.
    BEARER = "bearer"


class TokenStyle(StrEnum):
    """Where a token request carries the client's secret."""

    BASIC = "basic"
    BODY = "body"


class ExpiresIn(StrEnum):
    """How the token endpoint says when a token ends."""

    NUMBER = "number"
    TEXT = "text"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Client:
    """A consumer that may sign in."""

    #: Client id, and consumer key of OAuth 1.
    id: str = SIS_CLIENT_ID
    secret: str = field(default=SIS_CLIENT_SECRET, repr=False)
    #: What it may do, whichever way it signs in.
    scopes: frozenset[Scope] = frozenset(Scope)
    #: The token it sends where `SignIn.BEARER` is allowed; None for a client that has none.
    bearer: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenManners:
    """What a token endpoint asks for beyond the standard, as some vendors' do."""

    #: Parameters that its address must carry; without them nothing is there.
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    grant_type: str = "client_credentials"
    #: A request that names no scope is refused.
    needs_scope: bool = False
    #: A request that names a scope which the client does not have is refused; otherwise it gets the others.
    refuses_excess: bool = False
    #: Name of a cookie that is set with each token, which is not taken without it; empty for none.
    cookie: str = ""


def _new_token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class SisSettings:
    """Everything that can be chosen about a provider."""

    clients: tuple[Client, ...] = (Client(),)
    sign_ins: frozenset[SignIn] = frozenset(SignIn)
    #: Headers every request must carry besides; by name, in lower case.
    required_headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    #: Hashes that signatures may have.
    signatures: frozenset[str] = frozenset(("HMAC-SHA1", "HMAC-SHA256"))
    #: Scopes that collections need beyond those of the standard.
    further_scopes: Mapping[str, Scope] = field(default_factory=lambda: MappingProxyType({}))
    #: Root of the service on this server; vendors have prefixes of their own, or none of the standard's words at all.
    base_path: str = BASE_PATH
    #: Roots under which the same service answers too, as after a move.
    former_paths: tuple[str, ...] = ()
    #: What hrefs and links begin with, ending as the base path does; None for the server's own address.
    public_url: str | None = None
    #: Where tokens are given out; None for `/token` below the base path.
    token_path: str | None = None

    #: Records of a page when the request does not say (queries, pagination).
    default_limit: int = 100
    #: Records of a page at most; a higher limit is clamped.
    highest_limit: int = 10_000

    #: Seconds until a token ends.
    token_seconds: int = 3600
    expires_in: ExpiresIn = ExpiresIn.NUMBER
    token_styles: frozenset[TokenStyle] = frozenset(TokenStyle)
    token_manners: TokenManners = field(default_factory=TokenManners)
    #: Seconds a signed request's timestamp may be behind the provider's clock.
    past_seconds: int = 600
    #: Seconds it may be ahead of it.
    future_seconds: int = 300

    #: Take a line item without category and grading period, as many consumers send it.
    lenient_line_items: bool = False
    #: Take any session for a line item's grading period, as a SIS that has no grading periods must.
    any_session_is_graded: bool = False
    #: Refuse to delete a category that line items still use.
    keep_used_categories: bool = True
    #: Delete the results of a line item with it.
    results_go_with_line_items: bool = True

    #: What the gradebook asks for beyond the model.
    grade_rules: GradeRules = field(default_factory=GradeRules)

    #: What the database does by itself.
    habits: Habits = field(default_factory=Habits)

    #: The hostile scenario that meets every request which names none itself, for example `pages_short; seed=3`.
    scenario: str | None = None
    #: What stands between the wire and the provider, outermost first.
    layers: tuple[Layer, ...] = ()
    #: Aware instant; decides when tokens end, which timestamps are fresh and when a record was last modified.
    now: Callable[[], datetime] = utc_now
    #: A text nobody can guess.
    new_token: Callable[[], str] = field(default=_new_token, repr=False)

    def root_of(self, path: str) -> str | None:
        """The root of the service below which a path lies; None for a path outside the service."""
        roots = (self.base_path, *self.former_paths)
        return next((root for root in roots if path == root or path.startswith(f"{root}/")), None)
