"""What a district must enter to connect a partner, and nothing that the profile knows.

Here: the fields of the form, each with the hint where the vendor's own screen shows its value. Pure: made of the
profile alone. Not here: judging what was entered (`entries`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sis_connect.partners.consistency import asks_token_url
from sis_connect.partners.facts import settled, suggested
from sis_connect.partners.profile import Header, Holder, Profile, ScopeNeed, Signature, SignInKind
from sis_connect.partners.shapes import placeholders

if TYPE_CHECKING:
    from sis_connect.partners.facts import Fact
    from sis_connect.partners.profile import Screen

API_URL: Final = "api_url"
SIGN_IN: Final = "sign_in"
SIGNATURE: Final = "signature"
CLIENT_ID: Final = "client_id"
CLIENT_SECRET: Final = "client_secret"  # noqa: S105  # the name of the field, not a secret
BEARER_TOKEN: Final = "bearer_token"  # noqa: S105  # the name of the field, not a token
TOKEN_URL: Final = "token_url"  # noqa: S105  # the name of the field, not a token
SCOPE: Final = "scope"
#: Before the name of a header that is entered.
HEADER_PREFIX: Final = "header."

#: What 1.1 knows (security, authentication).
_STANDARD_KINDS = (SignInKind.OAUTH2, SignInKind.OAUTH1)
_ROOT_SHAPE = "https://{host}/{path}"
_SERVICE = "/ims/oneroster/v1p1"
_ELSEWHERE = "Enter it only when your installation has another one."


@dataclass(frozen=True, slots=True)
class EntryField:
    """One field of the form."""

    #: Under which the entry is kept: `api_url`, `header.x-vendor-authorization`.
    name: str
    #: What SIS Connect calls it.
    label: str
    #: What the vendor's own screen calls it; empty where nobody has told.
    vendor_word: str
    #: The label as a sentence names it, with the vendor's word for it.
    called: str
    #: Where to find it and what not to take for it, as sentences.
    hint: str
    #: What it looks like, with placeholders; empty where that helps nobody.
    example: str = ""
    is_required: bool = True
    is_secret: bool = False
    #: The only values it may have; empty for any.
    choices: tuple[str, ...] = ()
    #: What counts when it is left empty.
    default: str = ""
    #: The ways of signing in that need it.
    only_with: tuple[SignInKind, ...] = tuple(SignInKind)
    #: Who can enter it.
    held_by: Holder = Holder.DISTRICT


def fields(profile: Profile, *, grades: bool = False) -> tuple[EntryField, ...]:
    """What is asked to connect this partner, in the order of the form; with `grades`, to send grades too."""
    found = [] if fixed_root(profile) else [_api_url(profile)]
    kinds = sign_in_kinds(profile)
    if len(kinds) > 1:
        found.append(_sign_in(profile, kinds))
    if SignInKind.OAUTH1 in kinds and len(_signatures(profile)) > 1:
        found.append(_signature(profile))
    found += [_client_id(profile), _client_secret(profile)]
    if SignInKind.BEARER in kinds:
        found.append(_bearer_token(profile))
    if asks_token_url(profile):
        found.append(_token_url(profile, is_required=True))
    if _asks_scope(profile):
        found.append(_scope(profile))
    if grades:
        found += [_header(profile, header) for header in profile.gradebook.headers]
    return tuple(found)


def overrides(profile: Profile) -> tuple[EntryField, ...]:
    """What the profile knows and one installation may do otherwise; none of it is asked, all of it is taken."""
    found = [replace(_api_url(profile), is_required=False, hint=_ELSEWHERE)] if fixed_root(profile) else []
    if profile.sign_in.oauth2 is not None:
        found += [] if asks_token_url(profile) else [_token_url(profile, is_required=False)]
        found += [] if _asks_scope(profile) else [_scope(profile)]
    return tuple(found)


def sign_in_kinds(profile: Profile) -> tuple[SignInKind, ...]:
    """The ways of signing in to offer, the preferred first; those of the standard where the vendor's are unknown."""
    return settled(profile.sign_in.kinds, profile.sources) or _STANDARD_KINDS


def default_signature(profile: Profile) -> Signature:
    """The hash of OAuth 1 signatures unless the district says otherwise; the vendor's default where it is known."""
    return _signatures(profile)[0]


def fixed_root(profile: Profile) -> str | None:
    """The root of the service where it is the same for everyone and need not be asked; None where it is not."""
    shapes = settled(profile.addresses.shapes, profile.sources) or ()
    return shapes[0].root if len(shapes) == 1 and not placeholders(shapes[0].root) else None


def example_address(profile: Profile) -> str:
    """What the address of the service looks like, with placeholders."""
    shapes = suggested(profile.addresses.shapes)
    return (shapes.value[0].root if shapes else _ROOT_SHAPE) + _SERVICE


def example_token_url(profile: Profile) -> str:
    """What the authentication URL looks like, with placeholders; empty where nobody has told."""
    shapes = suggested(profile.addresses.shapes)
    return shapes.value[0].token if shapes else ""


def _api_url(profile: Profile) -> EntryField:
    return _on_screen(profile, API_URL, "API URL", profile.screens.api_url, example=example_address(profile))


def _sign_in(profile: Profile, kinds: tuple[SignInKind, ...]) -> EntryField:
    known = suggested(profile.sign_in.kinds)
    is_settled = settled(profile.sign_in.kinds, profile.sources) is not None
    hint = f"Ask {_vendor(profile)} which of them it has set up for you."
    return EntryField(
        SIGN_IN,
        "Sign-in",
        "",
        "Sign-in",
        known.note if known and known.note and is_settled else hint,
        is_required=False,
        choices=kinds,
        default=kinds[0],
    )


def _signature(profile: Profile) -> EntryField:
    choices = _signatures(profile)
    return EntryField(
        SIGNATURE,
        "Signature",
        "",
        "Signature",
        "Choose what is chosen in your SIS; leave it when you cannot tell.",
        is_required=False,
        choices=choices,
        default=choices[0],
        only_with=(SignInKind.OAUTH1,),
    )


def _client_id(profile: Profile) -> EntryField:
    return _on_screen(profile, CLIENT_ID, "Client id", profile.screens.client_id, only_with=_STANDARD_KINDS)


def _client_secret(profile: Profile) -> EntryField:
    screen = profile.screens.client_secret
    return _on_screen(profile, CLIENT_SECRET, "Client secret", screen, is_secret=True, only_with=_STANDARD_KINDS)


def _bearer_token(profile: Profile) -> EntryField:
    screen = profile.screens.bearer_token
    return _on_screen(profile, BEARER_TOKEN, "Token", screen, is_secret=True, only_with=(SignInKind.BEARER,))


def _token_url(profile: Profile, *, is_required: bool) -> EntryField:
    asked = _on_screen(
        profile,
        TOKEN_URL,
        "Authentication URL",
        profile.screens.token_url,
        example=example_token_url(profile),
        only_with=(SignInKind.OAUTH2,),
    )
    return asked if is_required else replace(asked, is_required=False, hint=_ELSEWHERE)


def _scope(profile: Profile) -> EntryField:
    oauth2 = profile.sign_in.oauth2
    is_required = oauth2 is not None and settled(oauth2.scope, profile.sources) is ScopeNeed.REQUIRED
    is_required = is_required and _asks_scope(profile)
    hint = "Enter the scopes as they were given to you, separated by blanks."
    if not is_required:
        hint = f"Leave it empty unless {_vendor(profile)} named one."
    return EntryField(SCOPE, "Scope", "", "Scope", hint, is_required=is_required, only_with=(SignInKind.OAUTH2,))


def _header(profile: Profile, header: Header) -> EntryField:
    label = f"Header {header.name}"
    return EntryField(
        f"{HEADER_PREFIX}{header.name}",
        label,
        "",
        label,
        f"It is given out {header.where}; {profile.display_name} wants it when grades are sent.",
        header.shape,
        is_secret=True,
        held_by=header.held_by,
    )


def _on_screen(
    profile: Profile,
    name: str,
    label: str,
    screen: Fact[Screen] | None,
    *,
    example: str = "",
    is_secret: bool = False,
    only_with: tuple[SignInKind, ...] = tuple(SignInKind),
) -> EntryField:
    """A required field whose value a screen of the vendor shows, if anybody has told where."""
    known = suggested(screen)
    if known is None:
        hint = f"Nobody has told us where it stands; ask {_vendor(profile)}."
        return EntryField(name, label, "", label, hint, example, is_secret=is_secret, only_with=only_with)
    word = known.value.word
    called = label if word.casefold() == label.casefold() else f"{label} ({profile.display_name} calls it “{word}”)"
    hint = f"It stands {known.value.where}. {known.value.beware}".rstrip()
    return EntryField(name, label, word, called, hint, example, is_secret=is_secret, only_with=only_with)


def _asks_scope(profile: Profile) -> bool:
    """True when nothing that is known says which scopes to send, or that none is needed."""
    oauth2 = profile.sign_in.oauth2
    if oauth2 is None or settled(oauth2.roster_scopes, profile.sources) is not None:
        return False
    return settled(oauth2.scope, profile.sources) is not ScopeNeed.OPTIONAL


def _signatures(profile: Profile) -> tuple[Signature, ...]:
    """The hashes to choose from: a single one when that is settled, and the likelier one first when it is not."""
    known = suggested(profile.sign_in.oauth1.signatures) if profile.sign_in.oauth1 else None
    if known is None:
        return tuple(Signature)
    is_settled = settled(known, profile.sources) is not None
    return known.value if is_settled else tuple(dict.fromkeys((*known.value, *Signature)))


def _vendor(profile: Profile) -> str:
    return "your SIS vendor" if profile.is_catch_all else profile.vendor
