"""From a profile and what a district entered to the plain description of a connection.

Here: what the profile knows, what the district said and what SIS Connect does where nobody has said anything, in one
frozen value without secrets; and the secrets, apart. Not here: the form (`fields`), its errors (`entries`), and opening
anything: `sis.rest` makes a connection of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sis_connect.errors import ConfigurationError
from sis_connect.partners import fields as form
from sis_connect.partners.entries import (
    check_entries,
    chosen_kind,
    entered_address,
    known_token_url,
    service_address,
    trimmed,
)
from sis_connect.partners.facts import settled, suggested
from sis_connect.partners.profile import CredentialStyle, Profile, PullStyle, Signature, SignInKind

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Records asked for where nobody has said how many a page holds; fewer are accepted.
DEFAULT_PAGE_SIZE: Final = 1000
#: Requests at a time where nobody has said how many the service bears.
DEFAULT_CONCURRENCY: Final = 2
#: What the standard asks for first (security, OAuth 2), and what is seen where that fails.
DEFAULT_CREDENTIAL_STYLES: Final = (CredentialStyle.BASIC, CredentialStyle.BODY)


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection to a SIS, without its secrets."""

    profile_id: str
    #: The day of the profile it was made of.
    profile_revised: str
    #: The whole address of the service, `/ims/oneroster/v1p1` included.
    base_url: str
    sign_in: SignInKind
    #: For OAuth 2; None else. Never normalised.
    token_url: str | None
    #: For OAuth 1; None else.
    signature: Signature | None
    #: For OAuth 2, in the order in which they are tried; empty else.
    credential_styles: tuple[CredentialStyle, ...]
    #: For OAuth 2; empty to send none.
    scopes: tuple[str, ...]
    page_size: int
    #: Requests at a time.
    concurrency: int
    #: Whether a filter on `dateLastModified` gives all that changed; None where nobody knows and it must be proven.
    delta: bool | None
    style: PullStyle
    #: Whether grades can be sent; None where nobody knows.
    gradebook: bool | None
    #: Names of the headers that requests to the gradebook carry besides.
    gradebook_headers: tuple[str, ...]
    #: Names in `quirks.QUIRKS`.
    quirks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What must be kept secret; nothing of it is ever shown."""

    #: Empty for a fixed token.
    client_id: str = field(repr=False)
    #: The client secret, or the fixed token.
    secret: str = field(repr=False)
    #: Values of the gradebook's headers by name.
    headers: Mapping[str, str] = field(repr=False)


def build_connection(profile: Profile, entries: Mapping[str, str], *, grades: bool = False) -> Connection:
    """The connection that was described, with `grades` one that can send grades too.

    ConfigurationError with the first remark that refuses; `check_entries` has them all.
    """
    _refuse_wrong(profile, entries, grades=grades)
    given = trimmed(entries)
    kind = chosen_kind(profile, given)
    address = service_address(entered_address(profile, given))
    is_oauth2 = kind is SignInKind.OAUTH2
    pulling, sources = profile.pulling, profile.sources
    return Connection(
        profile_id=profile.id,
        profile_revised=profile.revised,
        base_url=address.base_url,
        sign_in=kind,
        token_url=given.get(form.TOKEN_URL) or known_token_url(profile, address.root) if is_oauth2 else None,
        signature=_signature(profile, given) if kind is SignInKind.OAUTH1 else None,
        credential_styles=_credential_styles(profile) if is_oauth2 else (),
        scopes=_scopes(profile, given, grades=grades) if is_oauth2 else (),
        page_size=settled(pulling.max_page_size, sources) or DEFAULT_PAGE_SIZE,
        concurrency=settled(pulling.concurrency, sources) or DEFAULT_CONCURRENCY,
        delta=settled(pulling.delta, sources),
        style=settled(pulling.style, sources) or PullStyle.WHOLE_DISTRICT,
        gradebook=settled(profile.gradebook.supported, sources),
        gradebook_headers=tuple(header.name for header in profile.gradebook.headers) if grades else (),
        quirks=frozenset(profile.quirks),
    )


def build_credentials(profile: Profile, entries: Mapping[str, str], *, grades: bool = False) -> Credentials:
    """The secrets that were entered with a connection; ConfigurationError as for the connection."""
    _refuse_wrong(profile, entries, grades=grades)
    given = trimmed(entries)
    is_bearer = chosen_kind(profile, given) is SignInKind.BEARER
    names = [header.name for header in profile.gradebook.headers] if grades else []
    return Credentials(
        client_id="" if is_bearer else given[form.CLIENT_ID],
        secret=given[form.BEARER_TOKEN if is_bearer else form.CLIENT_SECRET],
        headers={name: given[f"{form.HEADER_PREFIX}{name}"] for name in names},
    )


def _refuse_wrong(profile: Profile, entries: Mapping[str, str], *, grades: bool) -> None:
    for remark in check_entries(profile, entries, grades=grades):
        if remark.refuses:
            raise ConfigurationError(remark.text, where=f"{profile.display_name}, {remark.field}")


def _signature(profile: Profile, given: Mapping[str, str]) -> Signature:
    text = given.get(form.SIGNATURE)
    return Signature(text) if text else form.default_signature(profile)


def _credential_styles(profile: Profile) -> tuple[CredentialStyle, ...]:
    oauth2 = profile.sign_in.oauth2
    if oauth2 is None:
        return DEFAULT_CREDENTIAL_STYLES
    known = suggested(oauth2.credential_styles)
    likely = known.value if known else ()
    is_settled = settled(oauth2.credential_styles, profile.sources) is not None
    return likely if is_settled else tuple(dict.fromkeys((*likely, *DEFAULT_CREDENTIAL_STYLES)))


def _scopes(profile: Profile, given: Mapping[str, str], *, grades: bool) -> tuple[str, ...]:
    """Those entered, or else those known; those of the gradebook only when they are needed."""
    if form.SCOPE in given:
        return tuple(given[form.SCOPE].split())
    oauth2 = profile.sign_in.oauth2
    if oauth2 is None:
        return ()
    rosters = settled(oauth2.roster_scopes, profile.sources) or ()
    return rosters + (settled(oauth2.grade_scopes, profile.sources) or () if grades else ())
