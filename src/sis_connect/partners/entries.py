"""What a district entered, judged: a sentence for each thing that is wrong or looks odd.

Here: pure rules about texts. A remark names the field and the vendor's word for it, and never shows an entry. Not
here: whether an address may be called and what answers there (`transport.addresses`, the connection test).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from sis_connect.oneroster.operations import BASE_PATH
from sis_connect.partners import fields as form
from sis_connect.partners.facts import settled
from sis_connect.partners.profile import AddressShape, Profile, SignInKind, TokenRule
from sis_connect.partners.shapes import fill, fixed_text, match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sis_connect.partners.fields import EntryField

#: The service's path of any version, with the name of a service in between as some vendors write it.
_SERVICE = re.compile(r"/ims/oneroster/(?:[a-z]+/)?v(\d+)p(\d+)(?=/|$)", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: RFC 6749, 3.3.
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
_PLACEHOLDER = re.compile(r"[{}<>]|%7[bd]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about an entry."""

    #: Name of the field.
    field: str
    #: A sentence or two.
    text: str
    #: True when no connection is made until it is put right; False when it may be so.
    refuses: bool


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """An API URL, taken apart."""

    #: What stands before the standard's path.
    root: str
    #: The whole address of the service, version included and nothing after it.
    base_url: str


def trimmed(entries: Mapping[str, str]) -> dict[str, str]:
    """The entries without the blanks that copying leaves around them, and without the empty ones."""
    return {name: text for name, given in entries.items() if (text := given.strip())}


def chosen_kind(profile: Profile, entries: Mapping[str, str]) -> SignInKind:
    """The way of signing in that was chosen, or the preferred one."""
    kinds = form.sign_in_kinds(profile)
    given = trimmed(entries).get(form.SIGN_IN)
    return SignInKind(given) if given in kinds else kinds[0]


def check_entries(profile: Profile, entries: Mapping[str, str], *, grades: bool = False) -> tuple[Remark, ...]:
    """Everything to say about what was entered; a connection can be made when none of it refuses."""
    given = trimmed(entries)
    kind = chosen_kind(profile, given)
    asked = [field for field in form.fields(profile, grades=grades) if kind in field.only_with]
    asked += [field for field in form.overrides(profile) if kind in field.only_with]
    remarks = list(_strangers(profile, given))
    for field in asked:
        text = given.get(field.name)
        if text is None:
            if field.is_required:
                told = (f"{field.called} is missing.", _looks(field), field.hint)
                remarks.append(Remark(field.name, " ".join(filter(None, told)), refuses=True))
        else:
            remarks += _judged(profile, field, text)
    remarks += _between(profile, asked, given)
    return tuple(remarks)


def entered_address(profile: Profile, entries: Mapping[str, str]) -> str:
    """The API URL that was entered, or the one that is the same for everyone; empty for neither."""
    return trimmed(entries).get(form.API_URL) or form.fixed_root(profile) or ""


def service_address(api_url: str) -> ServiceAddress:
    """Root and service of an API URL that was entered with or without the standard's path, or with more after it.

    The vendor's spelling of the path is kept (REST binding, base path).
    """
    found = _SERVICE.search(api_url)
    root = (api_url[: found.start()] if found else api_url).rstrip("/")
    return ServiceAddress(root, api_url[: found.end()] if found else f"{root}{BASE_PATH}")


def fitting_shape(profile: Profile, root: str) -> AddressShape | None:
    """The closest of the profile's shapes that a root has; None when it has none, or none can be relied on."""
    shapes = settled(profile.addresses.shapes, profile.sources) or ()
    fitting = [shape for shape in shapes if match(shape.root, root) is not None]
    return max(fitting, key=lambda shape: fixed_text(shape.root), default=None)


def known_token_url(profile: Profile, root: str) -> str | None:
    """The authentication URL that follows from the root of the service; None when it must be entered."""
    oauth2 = profile.sign_in.oauth2
    rule = settled(oauth2.token_url, profile.sources) if oauth2 else None
    if rule not in (TokenRule.RECOMMENDED, TokenRule.COMPUTED):
        return None
    shape = fitting_shape(profile, root)
    if shape is not None and shape.token:
        scheme = root.partition("://")[0]
        filled = fill(shape.token, match(shape.root, root) or {})
        return f"{scheme}://{filled.partition('://')[2]}"
    return f"{root}/token" if rule is TokenRule.RECOMMENDED else None


def _strangers(profile: Profile, given: Mapping[str, str]) -> Iterator[Remark]:
    known = [field.name for field in (*form.fields(profile, grades=True), *form.overrides(profile))]
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            fix = f"Did you mean {close[0]!r}?" if close else f"It asks for {', '.join(known)}."
            yield Remark(name, f"{profile.display_name} has no field {name!r}. {fix}", refuses=True)


def _judged(profile: Profile, field: EntryField, text: str) -> Iterator[Remark]:
    if field.choices and text not in field.choices:
        choices = " or ".join(field.choices)
        yield Remark(field.name, f"{field.called} must be {choices}.", refuses=True)
    elif field.name == form.API_URL:
        yield from _api_url(profile, field, text)
    elif field.name == form.TOKEN_URL:
        yield from _token_url(field, text)
    elif field.name == form.SCOPE:
        if _SCOPE.fullmatch(" ".join(text.split())) is None:
            yield Remark(field.name, f"{field.called} holds a sign that no scope can have. {field.hint}", refuses=True)
    elif not field.choices:
        yield from _credential(field, text)


def _api_url(profile: Profile, field: EntryField, text: str) -> Iterator[Remark]:
    if wrong := _wrong_url(text, may_have_query=False):
        yield Remark(field.name, f"{field.called} {wrong} {_looks(field)}", refuses=True)
        return
    found = _SERVICE.search(text)
    if found and found.groups() != ("1", "1"):
        what = f"{field.called} is the address of OneRoster {'.'.join(found.groups())}; SIS Connect speaks 1.1."
        yield Remark(field.name, f"{what} {_looks(field)}", refuses=True)
        return
    root = service_address(text).root
    shape = fitting_shape(profile, root)
    if shape is not None and shape.is_outdated:
        what = f"{field.called} has a form that {profile.vendor} has given up; it may stop answering."
        yield Remark(field.name, f"{what} {_looks(field)}", refuses=False)
    shapes = settled(profile.addresses.shapes, profile.sources)
    if shape is None and shapes:
        what = f"{field.called} does not look like an address of {profile.display_name}."
        yield Remark(field.name, f"{what} {_looks(field)} {field.hint}", refuses=False)


def _token_url(field: EntryField, text: str) -> Iterator[Remark]:
    if wrong := _wrong_url(text, may_have_query=True):
        yield Remark(field.name, f"{field.called} {wrong} {_looks(field)}".rstrip(), refuses=True)
        return
    wanted = urlsplit(field.example).query.partition("=")[0]
    if wanted and f"{wanted}=" not in urlsplit(text).query:
        what = f"{field.called} must end in ?{wanted}= and a value; it was cut off."
        yield Remark(field.name, f"{what} {_looks(field)}", refuses=True)


def _wrong_url(text: str, *, may_have_query: bool) -> str:
    """What is wrong with an address, as the end of a sentence; empty when nothing is."""
    url = _split(text)
    if url is None or url.scheme.lower() not in ("http", "https") or not url.hostname:
        return "is not a web address: it must begin with https:// and a host."
    if url.username is not None or url.password is not None:
        return "holds a name or a password before the host; take them out."
    if re.search(r"[\s\x00-\x1f\x7f\\]", text):
        return "holds a blank or another sign that no address has."
    if _PLACEHOLDER.search(text):
        return "still holds a placeholder; put your own value in its place."
    if url.scheme.lower() == "http" and url.hostname not in _LOOPBACK:
        return "begins with http://; secrets travel over https:// only."
    if url.fragment or (url.query and not may_have_query):
        return "holds more than an address: take out what follows the ? or #."
    return ""


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return None
    return url


def _credential(field: EntryField, text: str) -> Iterator[Remark]:
    if field.example:
        if re.fullmatch(re.sub(r"\\{\w+\\}", r"\\S+", re.escape(field.example)), text) is None:
            yield Remark(field.name, f"{field.called} must have the form {field.example}. {field.hint}", refuses=True)
    elif "://" in text:
        yield Remark(field.name, f"{field.called} is an address. {field.hint}", refuses=True)
    elif re.search(r"[\s\x00-\x1f\x7f]", text):
        what = f"{field.called} holds a blank or a line end; copy it again, and nothing beside it."
        yield Remark(field.name, f"{what} {field.hint}", refuses=True)


def _between(profile: Profile, asked: list[EntryField], given: Mapping[str, str]) -> Iterator[Remark]:
    """What entries have to do with each other."""
    by_name = {field.name: field for field in asked}
    secret = by_name.get(form.CLIENT_SECRET)
    if secret and form.CLIENT_ID in given and given.get(form.CLIENT_SECRET) == given[form.CLIENT_ID]:
        text = f"{secret.called} is the same as {by_name[form.CLIENT_ID].called}. {secret.hint}"
        yield Remark(secret.name, text, refuses=True)
    token = by_name.get(form.TOKEN_URL)
    api_url = entered_address(profile, given)
    if token is None or not api_url or _wrong_url(api_url, may_have_query=False):
        return
    address = service_address(api_url)
    place = by_name[form.API_URL].called if form.API_URL in by_name else "API URL"
    if form.TOKEN_URL in given:
        if given[form.TOKEN_URL].rstrip("/") in (address.root, address.base_url):
            text = f"{token.called} is the same as {place}; tokens come from another address."
            yield Remark(token.name, f"{text} {token.hint}", refuses=True)
    elif not token.is_required and known_token_url(profile, address.root) is None:
        text = f"{token.called} cannot be told from this {place}. Correct that, or enter it."
        yield Remark(token.name, text, refuses=True)


def _looks(field: EntryField) -> str:
    return f"It looks like {field.example}." if field.example else ""
