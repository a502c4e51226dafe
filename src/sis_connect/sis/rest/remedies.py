"""Which setting of a SIS mends what goes wrong with it, by cause: the table `[sis]` and the variables beside it.

Here: words for whoever set the connection up. Not here: what happened (`transport.diagnosis`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sis_connect.oneroster.operations import BASE_PATH
from sis_connect.sis.sign_ins import SignInName
from sis_connect.transport.diagnosis import Cause
from sis_connect.transport.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping

#: As `config` reads them; a test holds both equal.
KEY_VARIABLE: Final = "SIS_CONNECT_SIS_KEY"
SECRET_VARIABLE: Final = "SIS_CONNECT_SIS_SECRET"  # noqa: S105  # the name of the variable, not its value
TOKEN_VARIABLE: Final = "SIS_CONNECT_SIS_TOKEN"  # noqa: S105  # as above

_PAIR = f"{KEY_VARIABLE} and {SECRET_VARIABLE}"
_OTHER_STYLES: Mapping[SignInName, SignInName] = {
    SignInName.OAUTH2_BASIC: SignInName.OAUTH2_BODY,
    SignInName.OAUTH2_BODY: SignInName.OAUTH2_BASIC,
}
_UNSIGNED = (
    f'Check {_PAIR}, whether the SIS wants sis.sign_in = "{{other}}" or "oauth2-basic", and that this machine\'s '
    "clock is right."
)
_UNACCEPTED: Mapping[SignInName, str] = {
    SignInName.BEARER: f"Set {TOKEN_VARIABLE} to a token that is still valid, or sign in with the client id and "
    'secret: sis.sign_in = "oauth2-basic".',
    SignInName.OAUTH1_SHA1: _UNSIGNED.format(other=SignInName.OAUTH1_SHA256),
    SignInName.OAUTH1_SHA256: _UNSIGNED.format(other=SignInName.OAUTH1_SHA1),
}
_NOT_TAKEN = (
    "A token was given and is not taken: check that sis.token_url and sis.url are of the same SIS, and whether it "
    'wants another sign-in: sis.sign_in = "oauth1-sha256", or "bearer".'
)


def naming(url: str, way: SignInName, untold_token_url: str = "") -> Naming:
    """The SIS at an address that is signed in to in a way of `sis.sign_in`.

    `untold_token_url` is the token address that was worked out because none was set; empty where one was.
    """
    other = _OTHER_STYLES.get(way, SignInName.OAUTH2_BASIC)
    style = f'send them the other way, with sis.sign_in = "{other}"'
    fixes: dict[str, str] = {
        Cause.CLIENT_REFUSED: f"Copy {_PAIR} again; if they are right, {style}.",
        Cause.GRANT_REQUEST_REFUSED: f"Check {_PAIR}, and {style}; some want sis.scopes besides.",
        Cause.SCOPE_REFUSED: "Set sis.scopes to those this client was given, or have the missing ones added; the id "
        "and secret are right.",
        Cause.GRANT_REFUSED: "Have client credentials switched on for this client, or set sis.sign_in to the kind it "
        'was made for, such as "oauth1-sha256" or "bearer".',
        Cause.NO_SIGN_IN_SERVICE: "Set sis.token_url to the token address that the SIS vendor gave, every character of "
        f"it.{_hint(url) if untold_token_url else ''}",
        Cause.SIGN_IN_UNREADABLE: "Check sis.token_url; if it is right, report this to the SIS vendor.",
        Cause.UNAUTHORISED: _UNACCEPTED.get(way, _NOT_TAKEN),
        Cause.FORBIDDEN_ADDRESS: "If the SIS really stands there, have the operator set sis.allow_private, or "
        "sis.allow_loopback for this machine; else correct sis.url.",
        Cause.HTML: "Check sis.url: it is the address of the service, not of the site where people log in."
        f"{_hint(url)}",
        Cause.NOT_FOUND: f"Check sis.url.{_hint(url)} If other paths answer, the SIS may not offer this one, or not "
        "license it.",
        Cause.REPLY_TOO_LARGE: "Ask for less at a time: set a smaller sis.page_size.",
        Cause.TOO_MANY_REQUESTS: "Run the same command again later; if it happens every night, set a lower sis.rate.",
    }
    said: dict[str, str] = {Cause.NO_SIGN_IN_SERVICE: f"No sis.token_url was set, so {untold_token_url} was tried."}
    return Naming("the SIS", fixes, said if untold_token_url else {})


def nothing_there(url: str) -> str:
    """What is said of an address at which no collection was found, unless it looks like one of OneRoster."""
    hint = _hint(url)
    return f"Nothing is at {url};{hint}" if hint else ""


def _hint(url: str) -> str:
    """What addresses end with, where this one does not."""
    return "" if url.rstrip("/").endswith(BASE_PATH) else f" OneRoster addresses usually end with {BASE_PATH}."
