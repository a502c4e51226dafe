"""A dress: everything about a provider that makes it look like one partner's, from its profile and the wardrobe.

What the profile knows comes from there, facts of weak sources included, for a sandbox may try out what nobody should
rely on; what only a server knows comes from the wardrobe; for the rest the provider keeps to the standard. No partner
is named here. Not here: what quirks do (`quirks`).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sis_connect.oneroster.moments import format_moment
from sis_connect.oneroster.operations import BASE_PATH
from sis_connect.partners import fields as form
from sis_connect.partners.facts import settled, suggested
from sis_connect.partners.profile import CredentialStyle, ScopeNeed, SignInKind, TokenRule
from sis_connect.partners.shapes import fill, placeholders
from sis_connect.sandbox.sis.dress.cloth import Cloth
from sis_connect.sandbox.sis.dress.ids import id_maker, rename_all
from sis_connect.sandbox.sis.dress.quirks import SHOWN
from sis_connect.sandbox.sis.dress.wardrobe import Wear, find_wear
from sis_connect.sandbox.sis.habits import Habits
from sis_connect.sandbox.sis.records import Writing
from sis_connect.sandbox.sis.settings import (
    SIS_CLIENT_ID,
    SIS_CLIENT_SECRET,
    Client,
    SignIn,
    SisSettings,
    TokenManners,
    TokenStyle,
)
from sis_connect.sandbox.sis.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sis_connect.partners.profile import Profile
    from sis_connect.sandbox.sis.dress.cloth import Manner
    from sis_connect.sandbox.sis.server import RunningSis

#: What a provider accepts in place of an id and a secret.
SIS_BEARER_TOKEN = "sandbox-token"  # noqa: S105 -- a public word for a server that holds invented data

_STYLES = {CredentialStyle.BASIC: TokenStyle.BASIC, CredentialStyle.BODY: TokenStyle.BODY}


@dataclass(frozen=True, slots=True)
class Dress:
    """One partner's look."""

    profile: Profile
    #: Those of a provider that looks so.
    settings: SisSettings
    #: What was done to the records of a district before it looks so, in this order.
    _arranging: tuple[Callable[[Writing], None], ...]
    _header_values: Mapping[str, str]

    def fit(self, database: Path, *, at: datetime) -> None:
        """A database that was just loaded, and which nobody serves yet, holds what the partner's would.

        What is new or changed by it bears the moment `at`.
        """
        with closing(Storage(database)) as storage, storage.writing() as session:
            writing = Writing(session, format_moment(at), self.settings.habits)
            for arrange in self._arranging:
                arrange(writing)
            if self.settings.habits.make_id is not None:
                rename_all(writing)

    def entries(self, sis: RunningSis, *, grades: bool = False) -> dict[str, str]:
        """What a district copies from the screens of this SIS: the fields that are asked for, and no other.

        A service that is at one address for everyone is elsewhere here, so that its address is among them.
        """
        root = sis.url.removesuffix(BASE_PATH)
        known = {
            form.API_URL: root,
            form.SIGN_IN: self._kind,
            form.SIGNATURE: min(self.settings.signatures),
            form.CLIENT_ID: SIS_CLIENT_ID,
            form.CLIENT_SECRET: SIS_CLIENT_SECRET,
            form.BEARER_TOKEN: SIS_BEARER_TOKEN,
            form.TOKEN_URL: sis.token_url,
            **{f"{form.HEADER_PREFIX}{name}": value for name, value in self._header_values.items()},
        }
        asked = [field.name for field in form.fields(self.profile, grades=grades) if self._kind in field.only_with]
        return {name: known[name] for name in dict.fromkeys((form.API_URL, *asked)) if name in known}

    @property
    def _kind(self) -> SignInKind:
        """The first of the ways on offer by which this SIS is signed in to."""
        kinds = form.sign_in_kinds(self.profile)
        return next((kind for kind in kinds if SignIn(kind) in self.settings.sign_ins), kinds[0])


def dress(profile: Profile, wear: Wear | None = None) -> Dress:
    """The look of a partner; `wear` takes the place of its file in the wardrobe."""
    wear = find_wear(profile.id) if wear is None else wear
    values = {header.name: _filled(header.shape, wear) for header in profile.gradebook.headers}
    cloth = Cloth(profile, wear, MappingProxyType(values))
    manners = [SHOWN[name] for name in SHOWN if name in profile.quirks]
    settings = _with_rules(_cut(cloth), manners, cloth)
    arranging = tuple(manner.arrange for manner in manners if manner.arrange is not None)
    return Dress(profile, settings, arranging, cloth.header_values)


def _cut(cloth: Cloth) -> SisSettings:
    """The settings that follow from facts, without quirks."""
    root, former, token_path = _addresses(cloth)
    place = urlsplit(token_path or "")
    oauth2 = cloth.profile.sign_in.oauth2
    lifetime = suggested(oauth2.token_lifetime) if oauth2 else None
    needs_scope = oauth2 is not None and settled(oauth2.scope, cloth.profile.sources) is ScopeNeed.REQUIRED
    plain = SisSettings()
    return replace(
        plain,
        clients=(Client(scopes=frozenset(cloth.wear.client_scopes), bearer=SIS_BEARER_TOKEN),),
        sign_ins=_sign_ins(cloth),
        signatures=_signatures(cloth, plain),
        base_path=f"{root}{BASE_PATH}",
        former_paths=tuple(f"{path}{BASE_PATH}" for path in former),
        token_path=place.path or None,
        token_manners=TokenManners(query=MappingProxyType(dict(parse_qsl(place.query))), needs_scope=needs_scope),
        token_seconds=lifetime.value if lifetime else plain.token_seconds,
        token_styles=_token_styles(cloth),
        highest_limit=cloth.wear.most_rows,
    )


def _addresses(cloth: Cloth) -> tuple[str, tuple[str, ...], str | None]:
    """Paths on the host: the root, the roots that were given up, and where tokens are; None for the provider's own."""
    wear, oauth2 = cloth.wear, cloth.profile.sign_in.oauth2
    known = suggested(cloth.profile.addresses.shapes)
    shapes = known.value if known else ()
    roots = [_path(shape.root, wear) for shape in shapes if not shape.is_outdated]
    tokens = [_path(shape.token, wear) for shape in shapes if shape.token and not shape.is_outdated]
    root = roots[0] if roots else wear.root or ""
    rule = suggested(oauth2.token_url) if oauth2 else None
    is_recommended = rule is not None and rule.value is TokenRule.RECOMMENDED
    token = f"{root}/token" if is_recommended else wear.token or next(iter(tokens), None)
    return root, tuple(_path(shape.root, wear) for shape in shapes if shape.is_outdated), token


def _sign_ins(cloth: Cloth) -> frozenset[SignIn]:
    known = suggested(cloth.profile.sign_in.kinds)
    likely = known.value if known else form.sign_in_kinds(cloth.profile)
    chosen = (cloth.wear.sign_in,) if cloth.wear.sign_in else likely
    return frozenset(SignIn(kind) for kind in chosen)


def _signatures(cloth: Cloth, plain: SisSettings) -> frozenset[str]:
    if cloth.wear.signature is not None:
        return frozenset((cloth.wear.signature.value,))
    known = suggested(cloth.profile.sign_in.oauth1.signatures) if cloth.profile.sign_in.oauth1 else None
    return frozenset(one.value for one in known.value) if known else plain.signatures


def _token_styles(cloth: Cloth) -> frozenset[TokenStyle]:
    oauth2 = cloth.profile.sign_in.oauth2
    known = suggested(oauth2.credential_styles) if oauth2 else None
    styles = cloth.wear.credential_styles or (known.value if known else tuple(_STYLES))
    return frozenset(_STYLES[style] for style in styles if style in _STYLES)


def _with_rules(settings: SisSettings, manners: list[Manner], cloth: Cloth) -> SisSettings:
    """The settings with what quirks add."""
    rules = settings.grade_rules
    for manner in manners:
        settings = manner.settings(settings, cloth) if manner.settings else settings
        rules = manner.grades(rules, cloth) if manner.grades else rules
    layers = tuple(manner.layer(cloth) for manner in manners if manner.layer)
    before_commit = tuple(manner.before_commit for manner in manners if manner.before_commit)
    habits = Habits(id_maker(cloth.wear.ids), before_commit)
    return replace(settings, grade_rules=rules, layers=layers, habits=habits)


def _path(address: str, wear: Wear) -> str:
    """What follows the host, the query included, without a slash of a root at its end."""
    url = urlsplit(_filled(address, wear))
    return f"{url.path}?{url.query}" if url.query else url.path


def _filled(shape: str, wear: Wear) -> str:
    return fill(shape, {name: wear.placeholders.get(name, name) for name in placeholders(shape)})
