"""From an application to the draft of a profile: what the vendor answered, and `unknown` for everything else.

A product that has a profile keeps what is known of it; the vendor's answers replace it, with the application as their
source. Not here: whether the draft suffices (`reviewing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sis_connect.partners.data_files import in_words
from sis_connect.partners.facts import UNKNOWN, Grade
from sis_connect.partners.profile import Profile, SignInKind, Status, TokenRule
from sis_connect.partners.questions import QUESTIONS

if TYPE_CHECKING:
    from datetime import date

    from sis_connect.partners.program.application import Application

#: Name of the source that an application is.
SOURCE = "application"


def draft_content(application: Application, base: Profile | None, day: date) -> dict[str, Any]:
    """The content of the profile's file; what the vendor answered wrongly is in it as it was answered."""
    content = _begun(application, base, day)
    answers = {path: value for path, value in application.answers().items() if path in QUESTIONS and value != UNKNOWN}
    answers |= _certification(application) | _escalation(application)
    for path, value in answers.items():
        _put(content, path, {"value": value, "sources": [SOURCE]})
    fitted(content)
    content["sources"][SOURCE] = {
        "title": "Application to the partner program",
        "publisher": application.product.vendor or UNKNOWN,
        "grade": Grade.VENDOR.value,
        "recorded": day.isoformat(),
        "dated": day.isoformat(),
    }
    used = set(_cited(content))
    content["sources"] = {name: source for name, source in content["sources"].items() if name in used}
    return content


def fitted(content: dict[str, Any]) -> None:
    """Leave out what does not apply, given how the SIS signs in and whether it takes grades."""
    sign_in, screens, gradebook = (content[name] for name in ("sign_in", "screens", "gradebook"))
    kinds = _known(sign_in["kinds"])
    for kind in (SignInKind.OAUTH2, SignInKind.OAUTH1):
        if isinstance(kinds, list) and kind not in kinds:
            sign_in.pop(kind.value, None)
    rule = _known(sign_in.get("oauth2", {}).get("token_url"))
    if "oauth2" not in sign_in or rule in {TokenRule.RECOMMENDED, TokenRule.COMPUTED}:
        screens.pop("token_url", None)
    if not isinstance(kinds, list) or SignInKind.BEARER not in kinds:
        screens.pop("bearer_token", None)
    if _known(gradebook["supported"]) is False:
        gradebook.pop("limits", None)
        gradebook.pop("headers", None)


def fault_of(path: str, value: object) -> str:
    """What is wrong with one answer, as a clause; empty when nothing is."""
    content = _blank("a", "A", "A", "2000-01-01")
    content["sources"][SOURCE] = {
        "title": "A",
        "publisher": "A",
        "grade": "A",
        "recorded": "2000-01-01",
        "dated": UNKNOWN,
    }
    _put(content, path, {"value": value, "sources": [SOURCE]})
    try:
        msgspec.convert(content, Profile)
    except msgspec.ValidationError as error:
        return in_words(error)[0]
    return ""


def _begun(application: Application, base: Profile | None, day: date) -> dict[str, Any]:
    product = application.product
    content = _blank(application.product_id, product.display_name, product.vendor, day.isoformat())
    if base is not None:
        content |= _pruned(msgspec.to_builtins(base)) | {"revised": day.isoformat()}
        content["display_name"] = product.display_name or base.display_name
        for path in QUESTIONS:
            _put(content, path, UNKNOWN, only_new=True)
    if product.other_names:
        content["other_names"] = list(dict.fromkeys([*content.get("other_names", ()), *product.other_names]))
    program = {"listed_as": product.display_name, "status": Status.IN_CONTACT.value, "note": ""}
    return {"program": content.pop("program", program), **content}


def _blank(id_: str, display_name: str, vendor: str, day: str) -> dict[str, Any]:
    """A profile of which nothing is known."""
    content: dict[str, Any] = {"id": id_, "display_name": display_name, "vendor": vendor, "revised": day}
    for path in QUESTIONS:
        _put(content, path, UNKNOWN)
    return content | {"quirks": {}, "sources": {}}


def _certification(application: Application) -> dict[str, str]:
    said = application.certification
    if not said.state:
        return {}
    registration = f", registration {said.registration}" if said.registration else ""
    return {"service.certification": f"{said.state.capitalize()}{registration}."}


def _escalation(application: Application) -> dict[str, str]:
    """The path by its roles: who stands there is kept apart."""
    levels = [f"{one.role}, within {one.answers_within_hours} hours" for one in application.contacts.escalation]
    return {"support.escalation": f"{'; then '.join(levels)}."} if levels else {}


def _put(content: dict[str, Any], path: str, value: object, *, only_new: bool = False) -> None:
    *sections, name = path.split(".")
    for section in sections:
        inner = content.get(section)
        if inner is None:
            inner = content[section] = {}
        content = inner
    if not only_new or content.get(name) is None:
        content[name] = value


def _known(fact: object) -> object:
    return fact.get("value") if isinstance(fact, dict) else None


def _cited(value: object) -> list[str]:
    """Names of sources below a value; quirks name theirs without a table."""
    if not isinstance(value, dict):
        return [name for one in value for name in _cited(one)] if isinstance(value, list | tuple) else []
    found = [*value["sources"]] if isinstance(value.get("sources"), list | tuple) else []
    for name, one in value.items():
        if name == "quirks":
            found += [source for names in one.values() for source in names]
        elif name != "sources":
            found += _cited(one)
    return found


def _pruned(value: Any) -> Any:
    """A profile's content as people write it: without what stands for nothing."""
    if isinstance(value, dict):
        return {name: _pruned(one) for name, one in value.items() if _is_said(name, one, value)}
    return [_pruned(one) for one in value] if isinstance(value, list | tuple) else value


def _is_said(name: str, one: object, table: dict[str, Any]) -> bool:
    is_needed = name in {"value", "quirks"} or (name == "note" and "status" in table)
    return is_needed or (one is not None and one not in ("", False, [], ()))
