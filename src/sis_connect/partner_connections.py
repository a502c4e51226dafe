"""From the description of a partner's connection to one that can be opened: the only module that knows both.

Here: what each fact and quirk of a profile means for `sis.rest`, the ways of signing in that are worth trying, and
finding the one that works. A refused scope or place of the secret is tried in another way; wrong credentials are
refused in every way, and each way is tried once. Not here: what was entered (`partners`) and where it is kept
(`config`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sis_connect import config
from sis_connect.errors import ConfigurationError, SisConnectError, SourceError, TargetError
from sis_connect.oneroster.operations import Scope
from sis_connect.partners import fields as form
from sis_connect.partners.advising import what_stands_before, where_entered
from sis_connect.partners.connecting import build_connection, build_credentials
from sis_connect.partners.directory import find_profile
from sis_connect.partners.entries import check_entries
from sis_connect.partners.profile import CredentialStyle, PullStyle, Signature, SignInKind
from sis_connect.sis.rest.connection import (
    BearerSignIn,
    OAuth1SignIn,
    PullSettings,
    RestConnection,
    open_client,
)
from sis_connect.sis.rest.pulling.derived import Style
from sis_connect.sis.rest.source import advising_doctor
from sis_connect.sis.sign_ins import SignInName
from sis_connect.transport.addresses import Reach
from sis_connect.transport.client import Patience
from sis_connect.transport.diagnosis import DIAGNOSES, Cause
from sis_connect.transport.oauth1 import Credentials as Pair
from sis_connect.transport.oauth1 import SignatureMethod
from sis_connect.transport.oauth2 import ClientGrant, ClientStyle
from sis_connect.transport.token_bucket import Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sis_connect.partners.connecting import Connection, Credentials
    from sis_connect.partners.entries import Remark
    from sis_connect.partners.profile import Profile
    from sis_connect.settings import SisSettings
    from sis_connect.sis.rest.connection import SignIn
    from sis_connect.transport.client import Surroundings
    from sis_connect.transport.oauth2 import TokenCache
    from sis_connect.transport.token_bucket import HostLimiters

_METHODS = {Signature.SHA1: SignatureMethod.HMAC_SHA1, Signature.SHA256: SignatureMethod.HMAC_SHA256}
#: The query of a token address is no place for a secret: it ends in logs. Nobody asks for it alone.
_STYLES = {CredentialStyle.BASIC: ClientStyle.BASIC, CredentialStyle.BODY: ClientStyle.BODY}
#: What the rules say where an installation is known to take one place only.
_PINNED_STYLES: Final[Mapping[str, CredentialStyle]] = {
    SignInName.OAUTH2_BASIC: CredentialStyle.BASIC,
    SignInName.OAUTH2_BODY: CredentialStyle.BODY,
}
_EXTRA_SCOPES = {"demographics": Scope.DEMOGRAPHICS, "resources": Scope.RESOURCE}

#: Asking for fewer scopes may help where one of these is known.
_FEWER_SCOPES = frozenset(("scope-core-not-enough", "scope-keep-small"))
#: What a header besides does for a quirk.
_QUIRK_HEADERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"form-content-type-on-get": MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})}
)

_CREDENTIALS = (form.CLIENT_ID, form.CLIENT_SECRET, form.BEARER_TOKEN)
#: Entries to look at once more after a refusal.
_ENTRIES_OF: Final[Mapping[Cause, tuple[str, ...]]] = MappingProxyType(
    {
        Cause.CLIENT_REFUSED: _CREDENTIALS,
        Cause.UNAUTHORISED: _CREDENTIALS,
        Cause.SCOPE_REFUSED: (form.SCOPE,),
        Cause.NO_SIGN_IN_SERVICE: (form.TOKEN_URL, form.API_URL),
        Cause.NOT_FOUND: (form.API_URL,),
        Cause.HTML: (form.API_URL,),
        Cause.NO_SUCH_HOST: (form.API_URL,),
    }
)
#: Quirks that may be behind a refusal.
_QUIRKS_OF: Final[Mapping[Cause, tuple[str, ...]]] = MappingProxyType(
    {
        Cause.CLIENT_REFUSED: ("credentials-expire",),
        Cause.UNAUTHORISED: ("credentials-expire",),
        Cause.FORBIDDEN: ("permission-per-endpoint", "licence-gated", "partner-gated"),
    }
)

#: The token request was turned down in a way that another place of the secret, or other scopes, may mend.
_ANOTHER_STYLE = frozenset((Cause.CLIENT_REFUSED, Cause.GRANT_REQUEST_REFUSED))
_ANOTHER_SCOPE = frozenset((Cause.SCOPE_REFUSED, Cause.FORBIDDEN))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the operator decides, whoever the partner is."""

    reach: Reach = field(default_factory=Reach)
    rate: Rate = field(default_factory=Rate)
    patience: Patience = field(default_factory=Patience)
    #: At most so much is asked for at once, and a partner that is known to bear less gets less.
    pull: PullSettings = field(default_factory=PullSettings)


def ways(
    connection: Connection, credentials: Credentials, circumstances: Circumstances | None = None
) -> tuple[RestConnection, ...]:
    """Every way to open a connection that is worth trying, the likeliest first; they differ in the sign-in alone."""
    around = circumstances or Circumstances()
    per_school = connection.style is PullStyle.PER_SCHOOL
    pull = replace(
        around.pull,
        page_size=min(around.pull.page_size, connection.page_size),
        concurrency=min(around.pull.concurrency, connection.concurrency),
        style=Style.PER_SCHOOL if per_school else around.pull.style,
        trims_ids="ids-whitespace" in connection.quirks,
    )
    headers = dict(credentials.headers)
    for quirk in sorted(connection.quirks & _QUIRK_HEADERS.keys()):
        headers |= _QUIRK_HEADERS[quirk]
    return tuple(
        RestConnection(
            connection.base_url,
            sign_in,
            headers=headers,
            rate=around.rate,
            patience=around.patience,
            reach=around.reach,
            pull=pull,
        )
        for sign_in in _sign_ins(connection, credentials, around.pull.extras)
    )


def partner_ways(
    settings: SisSettings, circumstances: Circumstances, *, grades: bool = False
) -> tuple[RestConnection, ...]:
    """Every way worth trying to open the connection that the rules and the environment describe for a partner.

    With `grades` one that can send grades; what only requests to the gradebook carry is not in it. ConfigurationError
    says all that is missing or wrong in the partner's own words, and where each of it stands.
    """
    profile = find_profile(settings.partner)
    asked = {field.name for field in (*form.fields(profile, grades=grades), *form.overrides(profile))}
    entries = config.read_partner_entries(settings, asked)
    remarks = check_entries(profile, entries, grades=grades)
    _refuse_wrong(profile, remarks)
    connection = build_connection(profile, entries, grades=grades)
    pinned = _PINNED_STYLES.get(settings.sign_in)
    if pinned is not None and connection.credential_styles:
        connection = replace(connection, credential_styles=(pinned,))
    headers = config.read_sis_headers(settings)
    found = ways(connection, build_credentials(profile, entries), circumstances)
    said = _said(entries, are_all_tried=len(found) > 1)
    advice = _advice(profile, connection.sign_in, remarks)
    return tuple(replace(way, headers={**way.headers, **headers}, fixes=_fixes(way, said, advice)) for way in found)


def find_way(
    candidates: Sequence[RestConnection],
    surroundings: Surroundings | None = None,
    *,
    tokens: TokenCache | None = None,
    limiters: HostLimiters | None = None,
    probe: str = "/enrollments",
) -> RestConnection:
    """The first way by which one record of the collection `probe` can be read; the only one is taken unseen.

    Whatever has nothing to do with the sign-in is left for the pull to meet. Raises the error of the first way when
    the service takes none: SourceError, or ConfigurationError where a setting is to blame.
    """
    first: SisConnectError | None = None
    refused: set[ClientStyle] = set()
    for way in candidates:
        if len(candidates) == 1 or not isinstance(way.sign_in, ClientGrant):
            return way
        if way.sign_in.style in refused:
            continue
        error = _try(way, probe, surroundings, tokens, limiters)
        if error is None or error.cause not in _ANOTHER_STYLE | _ANOTHER_SCOPE:
            return way
        if error.cause in _ANOTHER_STYLE:
            refused.add(way.sign_in.style)
        first = first or error
    if first is None:
        raise ValueError("there is no way to try")
    if isinstance(first, TargetError):
        raise advising_doctor(SourceError.of(first)) from first
    raise advising_doctor(first)


def _refuse_wrong(profile: Profile, remarks: Sequence[Remark]) -> None:
    wrong = [remark for remark in remarks if remark.refuses]
    if wrong:
        places = dict.fromkeys(config.place_of_entry(remark.field) for remark in wrong)
        raise ConfigurationError(
            " ".join(remark.text for remark in wrong),
            where=next(iter(places)),
            fix=f"Set {' and '.join(places)} for {profile.display_name}.",
        )


def _advice(profile: Profile, kind: SignInKind, remarks: Sequence[Remark]) -> dict[Cause, str]:
    """What the profile adds to the remedy of each cause; an entry that looked odd from the first comes before all."""
    odd = {remark.field: remark.text for remark in remarks}
    told = {}
    for cause, names in _ENTRIES_OF.items():
        looked_odd = [odd[name] for name in names if name in odd]
        told[cause] = " ".join((*looked_odd, where_entered(profile, set(names) - odd.keys(), kind))).strip()
    for cause, quirks in _QUIRKS_OF.items():
        told[cause] = f"{told.get(cause, '')} {what_stands_before(profile, quirks)}".strip()
    return {cause: text for cause, text in told.items() if text}


def _said(entries: Mapping[str, str], *, are_all_tried: bool) -> dict[Cause, str]:
    """Remedies that take the place of those for any SIS."""
    said = {}
    if are_all_tried:
        said[Cause.CLIENT_REFUSED] = (
            f"Copy {config.SIS_KEY_VARIABLE} and {config.SIS_SECRET_VARIABLE} again; they were sent in every way that "
            "this SIS may take."
        )
    if form.TOKEN_URL not in entries:
        said[Cause.NO_SIGN_IN_SERVICE] = "The token address follows from sis.url: check that first."
    return said


def _fixes(way: RestConnection, said: Mapping[Cause, str], advice: Mapping[Cause, str]) -> dict[str, str]:
    """The remedy of each cause of which more is known than of any SIS."""
    known = {cause: way.naming.fix_of(cause, DIAGNOSES[cause].fix) for cause in advice}
    return {cause.value: f"{fix} {advice.get(cause, '')}".strip() for cause, fix in {**known, **said}.items()}


def _try(
    way: RestConnection,
    probe: str,
    surroundings: Surroundings | None,
    tokens: TokenCache | None,
    limiters: HostLimiters | None,
) -> SisConnectError | None:
    """What went wrong on this way; None when nothing did."""
    try:
        with open_client(way, surroundings, tokens=tokens, limiters=limiters) as client:
            client.http.send("GET", probe, params={"limit": 1})
    except SisConnectError as error:
        return error
    return None


def _sign_ins(connection: Connection, credentials: Credentials, extras: Sequence[str]) -> Iterator[SignIn]:
    match connection.sign_in:
        case SignInKind.BEARER:
            yield BearerSignIn(credentials.secret)
        case SignInKind.OAUTH1:
            method = _METHODS[connection.signature or Signature.SHA256]
            yield OAuth1SignIn(Pair(credentials.client_id, credentials.secret), method)
        case SignInKind.OAUTH2:
            yield from _grants(connection, credentials, extras)


def _grants(connection: Connection, credentials: Credentials, extras: Sequence[str]) -> Iterator[ClientGrant]:
    pair = Pair(credentials.client_id, credentials.secret)
    styles = [_STYLES[style] for style in connection.credential_styles if style in _STYLES]
    for scopes in _scopes(connection, extras):
        for style in styles or [ClientStyle.BASIC]:
            yield ClientGrant(
                connection.token_url or "",
                pair,
                scopes,
                style,
                keeps_cookies="session-cookie" in connection.quirks,
            )


def _scopes(connection: Connection, extras: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The scopes to ask for, and then fewer where that may help."""
    further = tuple(_EXTRA_SCOPES[name] for name in extras) if connection.scopes else ()
    yield tuple(dict.fromkeys((*connection.scopes, *further)))
    if len(connection.scopes) > 1 and connection.quirks & _FEWER_SCOPES:
        yield connection.scopes[:1]
