"""What it takes to be a fact: a value with its sources, or the word `unknown`.

Here: the types and how much a fact is trusted. Not here: which facts a profile has (`profile`) and what is asked when
one is unknown (`questions`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from sis_connect.partners.data_files import DAY, MOMENT, MOMENT_OR_UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

#: Nothing usable was found; it does not mean no.
UNKNOWN: Final = "unknown"

#: A day, a month or a year.
Moment = Annotated[str, msgspec.Meta(pattern=MOMENT)]

Day = Annotated[str, msgspec.Meta(pattern=DAY)]


class Grade(StrEnum):
    """How good a source is; the best grade among the sources of a fact is the fact's."""

    #: The SIS vendor's own documentation.
    VENDOR = "A"
    #: A consumer, a partner or a district that connects to this SIS.
    CONSUMER = "B"
    #: Public source code or notes of an integrator who has talked to this SIS.
    INTEGRATOR = "C"
    #: One unverified note, an inference, or a source that mixes products.
    WEAK = "D"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where facts come from."""

    #: What it is called there.
    title: Annotated[str, msgspec.Meta(min_length=1)]
    #: Who published it.
    publisher: Annotated[str, msgspec.Meta(min_length=1)]
    #: How good it is.
    grade: Grade
    #: The day on which it was entered here.
    recorded: Day
    #: The day, month or year that it bears itself, or `unknown`.
    dated: Annotated[str, msgspec.Meta(pattern=MOMENT_OR_UNKNOWN)]


class Known(msgspec.Struct, Generic[T], frozen=True, forbid_unknown_fields=True):
    """A fact with its sources."""

    #: What is so.
    value: T
    #: Names of entries in `sources`.
    sources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    #: Since when it is so, where a source says it.
    since: Moment | None = None
    #: What a reader should know besides, as a sentence.
    note: str = ""


#: A value with its sources, or the word that there is none.
Fact: TypeAlias = Known[T] | Literal["unknown"]


def grade_of(known: Known[T], sources: Mapping[str, Source]) -> Grade:
    """The best grade among a fact's sources."""
    return min(sources[name].grade for name in known.sources)


def settled(fact: Fact[T] | None, sources: Mapping[str, Source]) -> T | None:
    """The value of a fact that can be relied on; None when it is unknown, weakly sourced, or does not apply."""
    known = suggested(fact)
    return None if known is None or grade_of(known, sources) is Grade.WEAK else known.value


def suggested(fact: Fact[T] | None) -> Known[T] | None:
    """The fact unless it is unknown or does not apply; a weak one may be suggested, never relied on."""
    return fact if isinstance(fact, Known) else None


def facts_of(section: msgspec.Struct, prefix: str = "") -> Iterator[tuple[str, Known[object] | None]]:
    """Every fact below a section by its dotted path, None for an unknown one; what does not apply is left out."""
    for name in section.__struct_fields__:
        value = getattr(section, name)
        path = f"{prefix}{name}"
        if isinstance(value, Known):
            yield path, value
        elif value == UNKNOWN:
            yield path, None
        elif isinstance(value, msgspec.Struct):
            yield from facts_of(value, f"{path}.")
