"""What a quirk is: one way in which a SIS departs from the standard or from what one expects.

Here: the type. Not here: the quirks (`reaching`, `answers`, `rosters`, `grading`) and the code that heeds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What has to know of a quirk."""

    ADDRESS = "addresses and tokens"
    ACCESS = "sign-in and access"
    ANSWER = "paging and answers"
    ROSTER = "people, classes and terms"
    GRADES = "grades"


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk; profiles switch it on."""

    #: Permanent, as profiles name it: `token-url-not-derivable`.
    name: str
    part: Part
    #: What the SIS does, as a sentence.
    what: str
    #: What it asks of SIS Connect when it reads, writes or advises a person; as a sentence.
    effect: str
    #: Where it was first learned; the sources of each partner that has it stand in its profile.
    provenance: str
    #: Dotted place of the fact in a profile that says how much; it must be known there. Empty where none is needed.
    rests_on: str = ""
