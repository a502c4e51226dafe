"""How a SIS is reached over REST, as options; commands that are given the address of a SIS share them.

Secrets come from the environment alone: whoever lists the processes of a machine sees every command line. What the
options say is the same as the table `[sis]` of a rules file says. Not here: what is asked of the SIS.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sis_connect.sis.sign_ins import SignInName

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.cli.exits import ExitCode
    from sis_connect.settings import SisSettings

#: Ways to sign in, as rules name them.
SIGN_INS = tuple(map(str, SignInName))
#: What the scopes of the standard end with.
SCOPES = (
    "roster-core.readonly",
    "roster.readonly",
    "roster-demographics.readonly",
    "resource.readonly",
    "gradebook.readonly",
    "gradebook.createput",
    "gradebook.delete",
)
#: Asks for no scope at all.
NO_SCOPE = "none"
_DEFAULT_SIGN_IN = SignInName.OAUTH2_BASIC.value
_DEFAULT_RATE = 5.0


@dataclass(frozen=True, slots=True)
class SisOptions:
    """What was said about a SIS."""

    url: str
    #: Ways to sign in, the first for everything; empty where none was named.
    named_sign_ins: tuple[str, ...]
    token_url: str
    #: Empty for those of the standard.
    scopes: tuple[str, ...]
    #: Variables of the environment by the names of headers.
    headers: dict[str, str]
    page_size: int | None
    rate: float | None
    allows_loopback: bool
    allows_private: bool

    @property
    def sign_ins(self) -> tuple[str, ...]:
        """Ways to sign in, the first for everything."""
        return self.named_sign_ins or (_DEFAULT_SIGN_IN,)

    def settings(self, sign_in: str | None = None) -> SisSettings:
        """The same as a rules file would say it, for one way to sign in: the first, unless it is named."""
        from sis_connect.settings import SisSettings  # noqa: PLC0415  # help must not wait for it

        return self.over(SisSettings(url=self.url, rate=_DEFAULT_RATE), sign_in or self.sign_ins[0])

    def over(self, settings: SisSettings, sign_in: str | None = None) -> SisSettings:
        """Settings with whatever was said in their place, the address apart; `sign_in` goes before what was named."""
        import msgspec  # noqa: PLC0415  # help must not wait for it

        said: dict[str, object] = {
            "sign_in": sign_in or next(iter(self.named_sign_ins), ""),
            "token_url": self.token_url,
            "scopes": tuple(_in_full(scope) for scope in self.scopes if scope != NO_SCOPE) if self.scopes else None,
            "headers": {**settings.headers, **self.headers},
            "page_size": self.page_size,
            "rate": self.rate,
            "allow_loopback": self.allows_loopback,
            "allow_private": self.allows_private,
        }
        given = {name: value for name, value in said.items() if value or value == ()}
        return msgspec.structs.replace(settings, **given)


def sis_options(function: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Hand a `SisOptions` to a command with an argument `url`, after what it is handed already."""

    @wraps(function)
    def command(
        *handed: Any,
        url: str | None,
        sign_ins: tuple[str, ...],
        token_url: str,
        scopes: tuple[str, ...],
        headers: tuple[str, ...],
        page_size: int | None,
        rate: float | None,
        allow_loopback: bool,
        allow_private: bool,
        **others: Any,
    ) -> ExitCode:
        options = SisOptions(
            url or "",
            tuple(dict.fromkeys(sign_ins)),
            token_url,
            scopes,
            dict(_named(header) for header in headers),
            page_size,
            rate,
            allow_loopback,
            allow_private,
        )
        return function(*handed, options, **others)

    decorated: Callable[..., ExitCode] = command
    for decorator in reversed(_DECORATORS):
        decorated = decorator(decorated)
    return decorated


_DECORATORS = (
    click.option(
        "--sign-in",
        "sign_ins",
        type=click.Choice(SIGN_INS),
        multiple=True,
        metavar="WAY",
        help=f"How to sign in: {', '.join(SIGN_INS)}; may be repeated where several are tried, and the first is used "
        f"for everything.  [default: {_DEFAULT_SIGN_IN}]",
    ),
    click.option(
        "--token-url",
        default="",
        metavar="URL",
        help="Where OAuth 2 tokens are given out.  [default: /token below URL]",
    ),
    click.option(
        "--scope",
        "scopes",
        multiple=True,
        metavar="SCOPE",
        help="A scope of OAuth 2 to ask for, such as roster.readonly; may be repeated; none for no scope at all.  "
        "[default: roster-core.readonly]",
    ),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="NAME=VARIABLE",
        help="A header that the vendor asks for besides, with the variable in the environment that holds its value; "
        "may be repeated.",
    ),
    click.option("--page-size", type=click.IntRange(1, 10_000), metavar="N", help="Records asked for at once."),
    click.option(
        "--rate",
        type=click.FloatRange(min=0.1, max=1_000),
        metavar="N",
        help=f"Requests a second at most.  [default: {_DEFAULT_RATE}]",
    ),
    click.option(
        "--allow-loopback", is_flag=True, help="The SIS may be this machine itself, over plain HTTP too: a sandbox."
    ),
    click.option("--allow-private", is_flag=True, help="The SIS may be in a private network, over HTTPS."),
)


def _in_full(scope: str) -> str:
    """A scope of the standard may be named by its ending."""
    return f"https://purl.imsglobal.org/spec/or/v1p1/scope/{scope}" if scope in SCOPES else scope


def _named(header: str) -> tuple[str, str]:
    name, sign, variable = header.partition("=")
    if not (name and sign and variable):
        raise click.UsageError("--header takes the name of a header and a variable of the environment: NAME=VARIABLE.")
    from sis_connect.config import is_variable_name  # noqa: PLC0415  # help must not wait for it

    if not is_variable_name(variable):
        raise click.UsageError(
            f"--header {name} does not name a variable of the environment in capitals, such as SIS_HEADER; put the "
            "value into one: a command line is seen by everybody on this machine."
        )
    return name, variable
