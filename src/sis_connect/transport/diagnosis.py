"""Why a request failed, who does what about it, and the sentence that tells an administrator. One table, without I/O.

Here: naming the cause of a status, of an exception or of a page that is no JSON, and the row that goes with it. The
client's errors, `doctor` and `conformance` all speak from this table. Not here: whether the request was carried out
(`transport.retry`), which is another question: a lost answer and a refused connection are both tried again.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx2

from sis_connect.transport.addresses import ForbiddenAddressError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Action(StrEnum):
    """What is done about a failure."""

    #: The client sends the request again, after a while; when that does not help, the run is repeated later.
    RETRY = "retry"
    #: The client signs in anew, once; when that does not help, the credentials are checked.
    RENEW = "renew"
    #: A person changes a setting here.
    RECONFIGURE = "reconfigure"
    #: A person tells those who run the server.
    REPORT = "report"


class Cause(StrEnum):
    """Why a request failed; the values are permanent."""

    NO_SUCH_HOST = "dns.no_such_host"
    NAME_SERVER = "dns.no_answer"
    FORBIDDEN_ADDRESS = "address.forbidden"
    CONNECTION_REFUSED = "connect.refused"
    UNREACHABLE = "connect.unreachable"
    CONNECT_TIMEOUT = "connect.timeout"
    PROXY = "connect.proxy"
    CERTIFICATE_EXPIRED = "tls.expired"
    CERTIFICATE_NOT_YET_VALID = "tls.not_yet_valid"
    WRONG_HOST_NAME = "tls.wrong_host_name"
    UNKNOWN_ISSUER = "tls.unknown_issuer"
    CERTIFICATE_REFUSED = "tls.certificate_refused"
    NO_TLS = "tls.no_handshake"
    REPLY_TIMEOUT = "reply.timeout"
    REPLY_BROKEN = "reply.broken"
    REPLY_TOO_LARGE = "reply.too_large"
    HTML = "reply.html"
    REDIRECTED_TO_HTTPS = "redirect.to_https"
    REDIRECTED = "redirect.elsewhere"
    REDIRECT_LOOP = "redirect.loop"
    BAD_REQUEST = "status.bad_request"
    UNAUTHORISED = "status.unauthorised"
    FORBIDDEN = "status.forbidden"
    NOT_FOUND = "status.not_found"
    METHOD_NOT_ALLOWED = "status.method_not_allowed"
    GONE = "status.gone"
    TOO_MANY_REQUESTS = "status.too_many_requests"
    REFUSED = "status.refused"
    NOT_IMPLEMENTED = "status.not_implemented"
    SERVER_BUSY = "status.server_busy"
    SERVER_ERROR = "status.server_error"
    CLIENT_REFUSED = "sign_in.client_refused"
    SCOPE_REFUSED = "sign_in.scope_refused"
    GRANT_REFUSED = "sign_in.grant_refused"
    GRANT_REQUEST_REFUSED = "sign_in.request_refused"
    NO_SIGN_IN_SERVICE = "sign_in.no_service"
    SIGN_IN_UNREADABLE = "sign_in.unreadable"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One row of the table."""

    action: Action
    #: What happened, as one sentence.
    what: str
    #: What to do, as one sentence in the imperative.
    fix: str


_AGAIN = "Run the same command again later; if it lasts, tell those who run the server."

DIAGNOSES: dict[Cause, Diagnosis] = {
    Cause.NO_SUCH_HOST: Diagnosis(
        Action.RECONFIGURE,
        "No server of this name exists.",
        "Check the spelling of the address, and that this machine may resolve names outside its own network.",
    ),
    Cause.NAME_SERVER: Diagnosis(
        Action.RETRY,
        "The name of the server could not be looked up: the name service did not answer.",
        "Check this machine's network and name service, then run the same command again.",
    ),
    Cause.FORBIDDEN_ADDRESS: Diagnosis(
        Action.RECONFIGURE,
        "The name of the server leads to an address inside a private network or on this machine.",
        "If the server really stands there, have the operator allow private or loopback addresses; else correct it.",
    ),
    Cause.CONNECTION_REFUSED: Diagnosis(
        Action.RETRY,
        "The machine was reached, but nothing answers at this port.",
        "Check the port in the address and that the service is running, then run the same command again.",
    ),
    Cause.UNREACHABLE: Diagnosis(
        Action.RETRY,
        "The server could not be reached.",
        "Check the address and the network, then run the same command again.",
    ),
    Cause.CONNECT_TIMEOUT: Diagnosis(
        Action.RETRY,
        "The server did not take the connection in time.",
        "Check that a firewall on either side lets this machine through, then run the same command again.",
    ),
    Cause.PROXY: Diagnosis(
        Action.RETRY,
        "The proxy between this machine and the server did not pass the request on.",
        "Check this machine's proxy settings, then run the same command again.",
    ),
    Cause.CERTIFICATE_EXPIRED: Diagnosis(
        Action.REPORT,
        "The server's certificate has expired.",
        "Check that this machine's clock is right; if it is, ask those who run the server to renew the certificate.",
    ),
    Cause.CERTIFICATE_NOT_YET_VALID: Diagnosis(
        Action.REPORT,
        "The server's certificate is not valid yet.",
        "Check that this machine's clock is right; if it is, tell those who run the server.",
    ),
    Cause.WRONG_HOST_NAME: Diagnosis(
        Action.RECONFIGURE,
        "The server's certificate was issued for another name.",
        "Use the name the certificate is for, or ask those who run the server for a certificate with this name.",
    ),
    Cause.UNKNOWN_ISSUER: Diagnosis(
        Action.REPORT,
        "The server's certificate was issued by nobody this machine trusts, or its chain is incomplete.",
        "Ask those who run the server to send the whole chain; if the district issues its own certificates, "
        "have the operator add the district's root to this machine.",
    ),
    Cause.CERTIFICATE_REFUSED: Diagnosis(
        Action.REPORT, "The server's certificate cannot be trusted.", "Tell those who run the server."
    ),
    Cause.NO_TLS: Diagnosis(
        Action.RECONFIGURE,
        "The server did not agree on an encrypted connection.",
        "Check that the address and port are those of HTTPS, and that the server speaks TLS 1.2 or later.",
    ),
    Cause.REPLY_TIMEOUT: Diagnosis(Action.RETRY, "The server took the request and did not answer in time.", _AGAIN),
    Cause.REPLY_BROKEN: Diagnosis(Action.RETRY, "The answer broke off, or could not be unpacked.", _AGAIN),
    Cause.REPLY_TOO_LARGE: Diagnosis(
        Action.RECONFIGURE, "The answer is longer than the limit.", "Ask for less at a time: set a smaller page."
    ),
    Cause.HTML: Diagnosis(
        Action.RECONFIGURE,
        "The server answered with a web page instead of data.",
        "Check the address: it is the one of the service, not of the site where people log in.",
    ),
    Cause.REDIRECTED_TO_HTTPS: Diagnosis(
        Action.RECONFIGURE,
        "The server wants to be called over HTTPS.",
        "Begin the address with https://.",
    ),
    Cause.REDIRECTED: Diagnosis(
        Action.RECONFIGURE,
        "The server points to another address, where credentials are never sent unasked.",
        "Set the address to the one the server answers at.",
    ),
    Cause.REDIRECT_LOOP: Diagnosis(
        Action.REPORT,
        "The server points from one of its addresses to the next, without end.",
        "Check the address; if it is right, tell those who run the server that the path is redirected in a loop.",
    ),
    Cause.BAD_REQUEST: Diagnosis(
        Action.REPORT,
        "The server found the request itself wrong.",
        "Report this with the path and the status.",
    ),
    Cause.UNAUTHORISED: Diagnosis(
        Action.RENEW,
        "The server does not accept the sign-in.",
        "Check the key and the secret, the kind of sign-in, and that this machine's clock is right.",
    ),
    Cause.FORBIDDEN: Diagnosis(
        Action.RECONFIGURE,
        "The server knows the credentials and does not let them do this.",
        "Have the missing permission, or scope, given to the key at the server.",
    ),
    Cause.NOT_FOUND: Diagnosis(
        Action.RECONFIGURE,
        "The server has nothing at this path.",
        "Check the address; if other paths answer, the server may not offer this one, or not license it.",
    ),
    Cause.METHOD_NOT_ALLOWED: Diagnosis(
        Action.REPORT, "The server does not offer this operation at this path.", "Report this with the path."
    ),
    Cause.GONE: Diagnosis(
        Action.RECONFIGURE,
        "The server says that this path is gone for good.",
        "Ask those who run the server for the address that replaced it.",
    ),
    Cause.TOO_MANY_REQUESTS: Diagnosis(
        Action.RETRY,
        "The server was asked too often and said so, again and again.",
        "Run the same command again later; if it happens every night, set a lower rate.",
    ),
    Cause.REFUSED: Diagnosis(
        Action.REPORT, "The server refused the request.", "Report this with the path and the status."
    ),
    Cause.NOT_IMPLEMENTED: Diagnosis(
        Action.REPORT, "The server does not offer this operation at all.", "Report this with the path."
    ),
    Cause.SERVER_BUSY: Diagnosis(Action.RETRY, "The server could not do it now.", _AGAIN),
    Cause.SERVER_ERROR: Diagnosis(Action.RETRY, "The server failed while it worked on the request.", _AGAIN),
    Cause.CLIENT_REFUSED: Diagnosis(
        Action.RECONFIGURE,
        "The token service does not accept the client id or the secret.",
        "Copy both again; if they are right, try the other way of sending them (Basic or body).",
    ),
    Cause.SCOPE_REFUSED: Diagnosis(
        Action.RECONFIGURE,
        "The token service does not grant a scope that was asked for.",
        "Ask only for the scopes this client was given, or have the missing ones added; the id and secret are right.",
    ),
    Cause.GRANT_REFUSED: Diagnosis(
        Action.RECONFIGURE,
        "The token service does not let this client sign in by itself (client credentials).",
        "Have client credentials switched on for this client, or use the kind of sign-in it was made for.",
    ),
    Cause.GRANT_REQUEST_REFUSED: Diagnosis(
        Action.RECONFIGURE,
        "The token service found the request for a token wrong.",
        "Try the other way of sending id and secret (Basic or body), and check whether a scope is required.",
    ),
    Cause.NO_SIGN_IN_SERVICE: Diagnosis(
        Action.RECONFIGURE,
        "No token service answers at the token address.",
        "Copy the token address again, every character of it; it cannot be worked out from the service's address.",
    ),
    Cause.SIGN_IN_UNREADABLE: Diagnosis(
        Action.REPORT,
        "The token service answered with something that holds no usable bearer token.",
        "Check the token address; if it is right, report this to those who run the server.",
    ),
}

#: Codes of OpenSSL's verifier (X509_V_ERR_…).
_CERTIFICATES = {
    9: Cause.CERTIFICATE_NOT_YET_VALID,
    10: Cause.CERTIFICATE_EXPIRED,
    18: Cause.UNKNOWN_ISSUER,
    19: Cause.UNKNOWN_ISSUER,
    20: Cause.UNKNOWN_ISSUER,
    21: Cause.UNKNOWN_ISSUER,
    62: Cause.WRONG_HOST_NAME,
    64: Cause.WRONG_HOST_NAME,
}
#: The name service did not say no; it said nothing.
_NAME_SERVICE_SILENT = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})

#: Later ones are the more general.
_EXCEPTIONS: tuple[tuple[type[Exception], Cause], ...] = (
    (httpx2.ProxyError, Cause.PROXY),
    (httpx2.ConnectTimeout, Cause.CONNECT_TIMEOUT),
    (httpx2.PoolTimeout, Cause.CONNECT_TIMEOUT),
    (httpx2.ConnectError, Cause.UNREACHABLE),
    (httpx2.TimeoutException, Cause.REPLY_TIMEOUT),
)


def diagnose_failure(error: BaseException) -> Cause:
    """The cause behind an exception of httpx2, found in the chain of what caused it."""
    for link in _chain(error):
        cause = _diagnose_link(link)
        if cause is not None:
            return cause
    return next((cause for kind, cause in _EXCEPTIONS if isinstance(error, kind)), Cause.REPLY_BROKEN)


def diagnose_content(content_type: str, content: bytes) -> Cause | None:
    """HTML when an answer calls itself a web page or begins like one; else None."""
    kind = content_type.partition(";")[0].strip().lower()
    begins_like_a_page = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
    return Cause.HTML if kind in {"text/html", "application/xhtml+xml"} or begins_like_a_page else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, and what caused it, and so on."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


def _diagnose_link(link: BaseException) -> Cause | None:
    if isinstance(link, ForbiddenAddressError):
        return Cause.FORBIDDEN_ADDRESS
    if isinstance(link, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(link.verify_code, Cause.CERTIFICATE_REFUSED)
    if isinstance(link, ssl.SSLError):
        return Cause.NO_TLS
    if isinstance(link, socket.gaierror):
        return Cause.NAME_SERVER if link.errno in _NAME_SERVICE_SILENT else Cause.NO_SUCH_HOST
    if isinstance(link, ConnectionRefusedError):
        return Cause.CONNECTION_REFUSED
    return None
