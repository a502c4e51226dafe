"""The token endpoint: client credentials in, a token out (security, OAuth 2.0 client credentials; RFC 6749).

Pure but for the tokens it gives out: headers and body in, status and JSON out. Not here: HTTP, what tokens open.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from sis_connect.oneroster.operations import Scope
from sis_connect.sandbox.sis.settings import ExpiresIn, TokenStyle
from sis_connect.sandbox.sis.sign_in.tokens import cookie_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.sandbox.sis.settings import Client, SisSettings, TokenManners
    from sis_connect.sandbox.sis.sign_in.tokens import Tokens

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class TokenReply:
    """What the endpoint answers."""

    status: int
    body: Mapping[str, object] = field(repr=False)
    headers: Mapping[str, str]


class _RefusedError(Exception):
    """A token request that is turned down, by its code (RFC 6749, section 5.2)."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.status = status


def give_token(
    settings: SisSettings, clients: Mapping[str, Client], tokens: Tokens, headers: Mapping[str, str], body: bytes
) -> TokenReply:
    """A token, or why there is none; header names are in lower case."""
    never_kept = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    try:
        form = _read_form(headers, body)
        client = _find_client(settings, clients, headers, form)
        _check_grant_type(settings.token_manners.grant_type, form.get("grant_type"))
        scopes = _grant(settings.token_manners, client, form.get("scope", ""))
    except _RefusedError as error:
        challenge = {"WWW-Authenticate": 'Basic realm="OneRoster"'} if error.status == 401 else {}
        body_ = {"error": error.code, "error_description": error.why}
        return TokenReply(error.status, body_, {**never_kept, **challenge})
    token = tokens.issue(client.id, scopes, settings.now().timestamp())
    answer: dict[str, object] = {"access_token": token, "token_type": "bearer"}
    match settings.expires_in:
        case ExpiresIn.NUMBER:
            answer["expires_in"] = settings.token_seconds
        case ExpiresIn.TEXT:
            answer["expires_in"] = str(settings.token_seconds)
        case ExpiresIn.MISSING:
            pass
    answer["scope"] = " ".join(sorted(scopes))
    cookie = settings.token_manners.cookie
    set_cookie = {"Set-Cookie": f"{cookie}={cookie_of(token)}; Path=/; HttpOnly"} if cookie else {}
    return TokenReply(200, answer, {**never_kept, **set_cookie})


def _read_form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise _RefusedError("invalid_request", f"The body must be {_FORM}.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise _RefusedError("invalid_request", "The body cannot be read.") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise _RefusedError("invalid_request", "A parameter stands in the body twice.")
    return form


def _find_client(
    settings: SisSettings, clients: Mapping[str, Client], headers: Mapping[str, str], form: Mapping[str, str]
) -> Client:
    if "authorization" in headers:
        if "client_secret" in form:
            raise _RefusedError("invalid_request", "The client proves itself in two ways at once.")
        style, pairs = TokenStyle.BASIC, _basic_pairs(headers["authorization"])
    else:
        style, pairs = TokenStyle.BODY, [(form.get("client_id", ""), form.get("client_secret", ""))]
    for id_, secret in pairs if style in settings.token_styles else []:
        client = clients.get(id_)
        if client is not None and hmac.compare_digest(secret.encode(), client.secret.encode()):
            return client
    raise _RefusedError("invalid_client", "The client is unknown, or its secret is wrong.", 401)


def _basic_pairs(authorization: str) -> list[tuple[str, str]]:
    """Id and secret, read as form-encoded (RFC 6749, section 2.3.1) and as they stand, which is how most send them."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        return []
    id_, _, secret = text.partition(":")
    return [(unquote_plus(id_), unquote_plus(secret)), (id_, secret)]


def _check_grant_type(wanted: str, grant_type: str | None) -> None:
    if grant_type != wanted:
        code = "unsupported_grant_type" if grant_type else "invalid_request"
        raise _RefusedError(code, f"The grant type must be {wanted}.")


def _grant(manners: TokenManners, client: Client, asked: str) -> frozenset[Scope]:
    """The scopes that were asked for, as far as the client has them; all it has when none was asked for."""
    names = asked.split()
    if manners.needs_scope and not names:
        raise _RefusedError("invalid_scope", "A scope must be named.")
    if manners.refuses_excess and not client.scopes.issuperset(names):
        raise _RefusedError("invalid_scope", "The client may not have all of these scopes.")
    unknown = [name for name in names if name not in tuple(Scope)]
    if unknown:
        raise _RefusedError("invalid_scope", "A scope is unknown.")
    granted = frozenset(Scope(name) for name in names) & client.scopes if names else client.scopes
    if not granted:
        raise _RefusedError("invalid_scope", "The client may have none of these scopes.")
    return granted
