"""The words seeded districts are made of, and the names people get from them.

Here: reading `names.toml`, the frames `given_names` and `family_names`, and the query that gives
people names. Not here: who the people are (`build`, `changes`).
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from sis_connect.sandbox.district.dice import load

if TYPE_CHECKING:
    from sis_connect.frames import Frames

#: Letters that have no decomposition, as a school office writes them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i", "đ": "d", "ð": "d", "þ": "th"}
)


@dataclass(frozen=True, slots=True)
class Culture:
    """Names that go together."""

    weight: int
    given: list[str]
    family: list[str]
    #: In the same order as `given`; empty where the names are in Latin letters already.
    given_latin: list[str] = field(default_factory=list)
    family_latin: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Words:
    """All of `names.toml`."""

    districts: list[str]
    #: First and second halves of the names of schools.
    schools: tuple[list[str], list[str]]
    cultures: list[Culture]


@cache
def words() -> Words:
    """The words as they stand in `names.toml`."""
    text = resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Words(
        districts=data["district"]["names"],
        schools=(data["schools"]["first"], data["schools"]["second"]),
        cultures=[Culture(**culture) for culture in data["cultures"]],
    )


def folded(name: str) -> str:
    """The name as it stands in a user name: `d'Aubigné` becomes `daubigne`."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def load_names(frames: Frames) -> None:
    """The session holds `given_names` and `family_names`."""
    cultures = words().cultures
    columns = "culture BIGINT, number BIGINT, name VARCHAR, folded VARCHAR"
    load(frames, "given_names", columns, _numbered([(c.given, c.given_latin) for c in cultures]))
    load(frames, "family_names", columns, _numbered([(c.family, c.family_latin) for c in cultures]))


def _numbered(lists: list[tuple[list[str], list[str]]]) -> list[tuple[object, ...]]:
    return [
        (culture, number, name, folded(plain))
        for culture, (names, latin) in enumerate(lists)
        for number, (name, plain) in enumerate(zip(names, latin or names, strict=True))
    ]


def named(people: str) -> str:
    """SQL: the query `people` with `given`, `family`, `middle` and the folded names beside it, in the same order.

    It needs two columns: `person`, which the given names follow from, and `kin`, which the family name and the
    culture follow from; people of the same kin are a family.
    """
    cultures = words().cultures
    tickets = [number for number, culture in enumerate(cultures) for _ in range(culture.weight)]
    given = [len(culture.given) for culture in cultures]
    family = [len(culture.family) for culture in cultures]
    return f"""
        SELECT p.*, g.name AS given, g.folded AS given_folded, f.name AS family, f.folded AS family_folded,
               CASE WHEN dice('has middle', p.person, 10) < 3 THEN m.name END AS middle
        FROM (
            SELECT *, {tickets}[1 + dice('culture', kin, {len(tickets)})] AS own,
                   -- One in eight has a family name from elsewhere.
                   CASE WHEN dice('mixed', kin, 8) > 0 THEN own
                        ELSE {tickets}[1 + dice('other culture', kin, {len(tickets)})] END AS other,
                   {given}[own + 1] AS names,
                   dice('given', person, names) AS first,
                   (first + 1 + dice('middle', person, names - 1)) % names AS second,
                   dice('family', kin, {family}[other + 1]) AS last
            FROM ({people})
        ) p
        JOIN given_names g ON g.culture = p.own AND g.number = p.first
        JOIN given_names m ON m.culture = p.own AND m.number = p.second
        JOIN family_names f ON f.culture = p.other AND f.number = p.last
    """
