"""Rules about references, one set for each kind of record that can be referred to.

Which of them there are follows from the schema and from `tolerances`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Fixer, Severity
from sis_connect.oneroster.model import snake_case
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.rules.wording import broken, doubtful
from sis_connect.sync.check.tolerances import takes_along

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.findings import Rule


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def _needed(name: str, noun: str) -> tuple[Rule, ...]:
    words = _with_article(noun)
    return (
        broken(
            f"reference.unknown_{name}",
            Fixer.VENDOR,
            f"A record refers to {words} that is nowhere in the package.",
            f"Export the {noun} that the detail names, or leave out what refers to it.",
        ),
        broken(
            f"reference.quarantined_{name}",
            Fixer.DISTRICT,
            f"A record refers to {words} that cannot be used itself.",
            f"Correct the {noun} that the detail names; this record then follows by itself.",
        ),
        doubtful(
            f"reference.deleted_{name}",
            Fixer.VENDOR,
            f"A record refers to {words} that is to be deleted; it is taken as deleted too.",
            f"Delete what refers to {words} together with it.",
        ),
    )


def _ignored(name: str, noun: str) -> Rule:
    words = _with_article(noun)
    return doubtful(
        f"reference.ignored_{name}",
        Fixer.VENDOR,
        f"A record refers to {words} that cannot be used; it does without.",
        f"Export the {noun} that the detail names, or leave the reference out.",
        strict=Severity.ERROR,
    )


def _reference_rules() -> Iterator[Rule]:
    for name, code in REFERRED.items():
        noun = code.replace("_", " ")
        consequences = {
            takes_along(entity, field)
            for entity in ENTITIES.values()
            for field in entity.references
            if field.refers_to == name
        }
        if True in consequences:
            yield from _needed(code, noun)
        if False in consequences:
            yield _ignored(code, noun)


#: What can be referred to: collection name to the name in codes.
REFERRED = MappingProxyType(
    {
        name: snake_case(ENTITIES[name].singular)
        for name in ENTITIES
        if any(field.refers_to == name for entity in ENTITIES.values() for field in entity.references)
    }
)
REFERENCES = tuple(_reference_rules())
