"""Who is let in: each way to sign in that was asked for, what each scope opens, and who is turned away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import OPERATIONS, Kind, Scope
from sis_connect.oneroster.status_info import CodeMinor
from sis_connect.sis.conformance.checking import Check, Coping, Group, Level, failed, passed, skipped
from sis_connect.sis.conformance.probe import NOBODY, SIGNED_IN, STRANGER
from sis_connect.sis.sign_ins import SignInName
from sis_connect.transport.oauth2 import ClientGrant

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

#: What each way to sign in is.
WAYS = {
    SignInName.OAUTH1_SHA1: "OAuth 1.0a with HMAC-SHA1",
    SignInName.OAUTH1_SHA256: "OAuth 1.0a with HMAC-SHA256",
    SignInName.OAUTH2_BASIC: "OAuth 2 client credentials, id and secret in the header",
    SignInName.OAUTH2_BODY: "OAuth 2 client credentials, id and secret in the form",
    SignInName.BEARER: "a bearer token that was given out by hand",
}
_FIRST_READ = {"limit": 1}
_OAUTH1 = "Security: OAuth 1.0a message signing"
_OAUTH2 = "Security: OAuth 2.0 client credentials"

#: The operation by which each scope for reading is tried.
_OPENED_BY = {
    scope: next(op for op in OPERATIONS.values() if op.kind is Kind.LIST and scope in op.scopes and not op.parameters)
    for scope in (Scope.ROSTER_CORE, Scope.ROSTER, Scope.DEMOGRAPHICS, Scope.RESOURCE, Scope.GRADEBOOK)
}


def first_read(probe: Probe, by: str = SIGNED_IN) -> Answered:
    """The answer to the first signed read; what lets in one collection only is asked for that one too."""
    taken = probe.ask("getAllOrgs", _FIRST_READ, by=by)
    return taken if taken.status != 403 else probe.ask("getAllSchools", _FIRST_READ, by=by)


def is_let_in(taken: Answered) -> bool:
    """True when an answer shows that the sign-in was taken, whatever else it says."""
    return taken.status not in {0, 400, 401} and not 300 <= taken.status < 400


def _way_in(name: str) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        if name not in probe.terms.sign_ins:
            return skipped("This way was not asked for.")
        is_first = next(iter(probe.terms.sign_ins)) == name
        taken = first_read(probe, SIGNED_IN if is_first else name)
        if is_let_in(taken):
            return passed(f"A read was answered with {taken.ending}.", taken)
        return failed(taken.what or f"A read was answered with {taken.ending}.", taken)

    return judge


def _turned_away(by: str) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        taken = probe.ask("getAllOrgs", _FIRST_READ, by=by)
        if taken.status == 401:
            return passed("", taken)
        if taken.status in {400, 403}:
            return failed(
                f"It was turned away with {taken.ending}; 401 says who has to sign in.", taken, coping=Coping.YES
            )
        return failed(f"It was answered with {taken.ending}.", taken)

    return judge


def _payload(probe: Probe) -> Verdict:
    taken = probe.ask("getAllOrgs", _FIRST_READ, by=STRANGER)
    if taken.status != 401:
        return skipped("Nobody was turned away with 401.")
    if taken.says(CodeMinor.UNAUTHORIZED):
        return passed("", taken)
    return failed("The answer has no statusInfoSet that says unauthorized.", taken)


def _scope(scope: Scope) -> Callable[[Probe], Verdict]:
    """A token with this scope alone opens what the scope is for."""

    def judge(probe: Probe) -> Verdict:
        grant = probe.connection.sign_in
        if not isinstance(grant, ClientGrant):
            return skipped("Scopes belong to OAuth 2.")
        if not grant.scopes:
            return skipped("No scopes are asked for.")
        if scope not in grant.scopes:
            return skipped("This scope was not asked for.")
        operation = _OPENED_BY.get(scope)
        name = probe.open_as(f"signed in for {scope.rpartition('/')[2]}", replace(grant, scopes=(scope.value,)))
        # A scope for writing opens nothing that may be tried, but its token can be asked for.
        taken = probe.ask(operation.id if operation else "getAllCategories", _FIRST_READ, by=name)
        if not taken.status:
            return failed(taken.what, taken)
        if operation is None:
            return passed("A token was given for it.")
        if taken.status in {401, 403}:
            return failed(f"{operation.path} was answered with {taken.ending}.", taken)
        return passed(f"{operation.path} was answered with {taken.ending}.", taken)

    return judge


def _kept(probe: Probe) -> Verdict:
    grant = probe.connection.sign_in
    if not isinstance(grant, ClientGrant) or not grant.scopes:
        return skipped("Scopes belong to OAuth 2, and none are asked for.")
    if Scope.ROSTER_CORE not in grant.scopes:
        return skipped("The narrowest scope, roster-core.readonly, was not asked for.")
    name = probe.open_as("signed in for less", replace(grant, scopes=(Scope.ROSTER_CORE.value,)))
    taken = probe.ask("getAllCategories", _FIRST_READ, by=name)
    if not taken.status:
        return skipped(f"No token was given for roster-core.readonly alone: {taken.what}")
    if taken.status == 403:
        return passed("", taken)
    return failed(f"With roster-core.readonly alone, /categories was answered with {taken.ending}.", taken)


def _way_check(name: SignInName, what: str) -> Check:
    return Check(
        f"sign_in.{name}",
        Group.SIGN_IN,
        Level.REQUIRED,
        "Security: methods" if name is SignInName.BEARER else _OAUTH1 if name.startswith("oauth1") else _OAUTH2,
        f"The credentials are taken with {what}.",
        "Check the credentials; if they are right, compare the signature or the token request byte for byte.",
        Coping.NO,
        "Nothing can be read this way.",
        _way_in(name),
    )


def _scope_check(scope: Scope) -> Check:
    suffix = scope.rpartition("/")[2]
    return Check(
        f"scope.{suffix}",
        Group.SIGN_IN,
        Level.EXPECTED,
        "Security: scopes",
        f"A token for {suffix} alone is given, and opens what it is for.",
        "Have the token service grant each scope by itself, and the service take it.",
        Coping.PARTLY,
        "What the scope opens cannot be read or written.",
        _scope(scope),
    )


CHECKS = (
    *(_way_check(name, what) for name, what in WAYS.items()),
    Check(
        "sign_in.nobody",
        Group.SIGN_IN,
        Level.REQUIRED,
        "Security: methods; status codes",
        "Whoever does not sign in is turned away with 401.",
        "Have every operation ask for a sign-in; whoever knows the address can read the data now.",
        Coping.NO,
        "It can be read; a district should not use it before it is mended.",
        _turned_away(NOBODY),
    ),
    Check(
        "sign_in.stranger",
        Group.SIGN_IN,
        Level.REQUIRED,
        "Security: methods; status codes",
        "Whoever signs in with an invented secret or token is turned away with 401.",
        "Have every signature and token verified.",
        Coping.NO,
        "It can be read; a district should not use it before it is mended.",
        _turned_away(STRANGER),
    ),
    Check(
        "sign_in.payload",
        Group.SIGN_IN,
        Level.REQUIRED,
        "Queries: error payload",
        "Whoever is turned away is told so in a statusInfoSet.",
        "Have a 401 say unauthorized in imsx_codeMinor.",
        Coping.YES,
        "What happened is told by the status.",
        _payload,
    ),
    *(_scope_check(scope) for scope in Scope),
    Check(
        "scope.kept",
        Group.SIGN_IN,
        Level.REQUIRED,
        "Security: scopes",
        "A token opens nothing beyond its scopes: 403.",
        "Have every operation ask for one of its scopes.",
        Coping.YES,
        "Only what is needed is asked for anyway.",
        _kept,
    ),
)
