"""What must hold between the fields of a profile, beyond what the schema says of each.

Here: pure rules, each a sentence with the dotted place it is about. Not here: reading files (`directory`).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from sis_connect.partners.facts import facts_of, settled, suggested
from sis_connect.partners.profile import SignInKind, TokenRule
from sis_connect.partners.quirks import QUIRKS
from sis_connect.partners.shapes import fault_of_shape, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.partners.profile import Profile


def faults(profile: Profile) -> Iterator[tuple[str, str]]:
    """Each broken rule: the dotted place, and a sentence about it."""
    missing = list(_sources(profile))
    yield from missing
    if missing:
        return  # the rules below weigh sources
    yield from _sign_in(profile)
    yield from _shapes(profile)
    yield from _token_url(profile)
    yield from _screens(profile)
    yield from _gradebook(profile)
    yield from _quirks(profile)


def asks_token_url(profile: Profile) -> bool:
    """True when a district must enter the authentication URL, because nothing that is known gives it."""
    if profile.sign_in.oauth2 is None:
        return False
    return settled(profile.sign_in.oauth2.token_url, profile.sources) in (None, TokenRule.ENTERED)


def _sources(profile: Profile) -> Iterator[tuple[str, str]]:
    cited = [(path, name) for path, known in facts_of(profile) if known for name in known.sources]
    cited += [
        (f"gradebook.headers.{header.name}", name) for header in profile.gradebook.headers for name in header.sources
    ]
    cited += [(f"quirks.{quirk}", name) for quirk, names in profile.quirks.items() for name in names]
    for path, name in cited:
        if name not in profile.sources:
            yield path, f"names the source {name!r}, which is not among the sources"
    for name in sorted(profile.sources.keys() - {name for _, name in cited}):
        yield f"sources.{name}", "is a source that no fact names"


def _sign_in(profile: Profile) -> Iterator[tuple[str, str]]:
    kinds = settled(profile.sign_in.kinds, profile.sources)
    for kind, table in ((SignInKind.OAUTH2, profile.sign_in.oauth2), (SignInKind.OAUTH1, profile.sign_in.oauth1)):
        may_be = kinds is None or kind in kinds
        if may_be and table is None:
            yield f"sign_in.{kind}", "is missing, although this way of signing in may be offered"
        if not may_be and table is not None:
            yield f"sign_in.{kind}", "is given, although this way of signing in is not offered"


def _shapes(profile: Profile) -> Iterator[tuple[str, str]]:
    shapes = suggested(profile.addresses.shapes)
    for shape in shapes.value if shapes else ():
        for text in (shape.root, shape.token):
            if fault := fault_of_shape(text):
                yield "addresses.shapes", f"has {text}, in which {fault}"
        if placeholders(shape.token) - placeholders(shape.root):
            yield "addresses.shapes", f"has placeholders in {shape.token} that {shape.root} does not have"


def _token_url(profile: Profile) -> Iterator[tuple[str, str]]:
    shapes = suggested(profile.addresses.shapes)
    rule = suggested(profile.sign_in.oauth2.token_url) if profile.sign_in.oauth2 else None
    computed = rule is not None and rule.value is TokenRule.COMPUTED
    if computed and shapes is None:
        yield "addresses.shapes", "must be known for the authentication URL to be computed"
    for shape in shapes.value if shapes else ():
        if computed and not shape.token:
            yield "addresses.shapes", f"says nothing of the authentication URL of {shape.root}"


def _screens(profile: Profile) -> Iterator[tuple[str, str]]:
    kinds = settled(profile.sign_in.kinds, profile.sources) or ()
    for path, screen, is_asked in (
        ("screens.token_url", profile.screens.token_url, asks_token_url(profile)),
        ("screens.bearer_token", profile.screens.bearer_token, SignInKind.BEARER in kinds),
    ):
        if is_asked and screen is None:
            yield path, "is missing, although a district must enter it"
        if not is_asked and screen is not None:
            yield path, "is given, although no district enters it"


def _gradebook(profile: Profile) -> Iterator[tuple[str, str]]:
    supported = suggested(profile.gradebook.supported)
    is_refused = supported is not None and not supported.value
    if is_refused and (profile.gradebook.limits or profile.gradebook.headers):
        yield "gradebook", "says how grades are taken, although they are not"
    if not is_refused and profile.gradebook.limits is None:
        yield "gradebook.limits", "is missing, although grades may be taken"


def _quirks(profile: Profile) -> Iterator[tuple[str, str]]:
    for name in profile.quirks:
        quirk = QUIRKS.get(name)
        if quirk is None:
            yield f"quirks.{name}", "is no quirk that SIS Connect knows"
        elif quirk.rests_on and not _is_known(profile, quirk.rests_on):
            yield f"quirks.{name}", f"needs {quirk.rests_on}, which is not known"


def _is_known(profile: Profile, path: str) -> bool:
    section, _, name = path.rpartition(".")
    table = attrgetter(section)(profile)
    return table is not None and suggested(getattr(table, name)) is not None
