"""What a district decides: the layout of its rules file, as frozen values with their defaults.

Here: every table and setting; `docs/configuration.md` explains each. Rules of a step are declared where they are used.
Not here: reading the file, and what is said when it is wrong (`config`).
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from sis_connect.grades.rules import GradeRules
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.plan.refusals import Refusals
from sis_connect.sync.shape.rules import (
    Classes,
    Courses,
    DistrictRules,
    Enrollments,
    People,
    Schools,
    Scope,
    Terms,
)

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

#: The time zone of the machine.
LOCAL: Final = "local"

#: A size as the columnar engine writes it: kB and so on are powers of 1000, KiB of 1024.
SIZE = r"^([0-9]+(?:\.[0-9]+)?) ?([KMGT])(i?)B$"


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How packages are read."""

    #: `lenient` mends what can be mended without guessing, and says so; `strict` takes the standard at its word.
    mode: Literal["lenient", "strict"] = "lenient"
    #: To how much a zip may unpack whose files are packed more densely than rosters usually are.
    dense_size: Annotated[str, msgspec.Meta(pattern=SIZE)] = "1GB"

    @property
    def dense_bytes(self) -> int:
        """The same in bytes."""
        number, unit, is_binary = re.fullmatch(SIZE, self.dense_size).groups()  # type: ignore[union-attr]  # validated
        return int(float(number) * (1024 if is_binary else 1000) ** ("KMGT".index(unit) + 1))


class ScopeSettings(Scope, frozen=True, forbid_unknown_fields=True):
    """Which part of the SIS is looked at, and on which day."""

    #: Where the district's days begin and end: an IANA name such as `America/New_York`, or `local` for the machine's.
    time_zone: str = LOCAL


class SchoologySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where Schoology is. Key and secret come from the environment, never from the file."""

    url: str = "https://api.schoology.com/v1"
    #: Credits that the service gives in every `window`; reading costs one, writing three.
    credits: Annotated[int, msgspec.Meta(ge=3)] = 50
    #: Seconds.
    window: Annotated[float, msgspec.Meta(gt=0)] = 5.0


class SisSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the SIS is and how it is asked over REST. What it is signed in with comes from the environment."""

    #: Root of the service with the vendor's prefix, such as `https://sis.example/ims/oneroster/v1p1`; empty for none.
    url: str = ""
    #: A SIS of the partner directory, by its id or name, or by the path of a profile's file; empty for one that is
    #: described here alone.
    partner: str = ""
    #: `standard` for the partner's way, which without a partner is `oauth2-basic`.
    sign_in: Literal["bearer", "oauth1-sha1", "oauth1-sha256", "oauth2-basic", "oauth2-body", "standard"] = "standard"
    #: Where tokens of OAuth 2 are given out; empty for `/token` below `url`.
    token_url: str = ""
    #: Scopes of OAuth 2, as the vendor writes them; `standard` for those that OneRoster names for what is asked.
    scopes: tuple[str, ...] | Literal["standard"] = "standard"
    #: Headers that every request carries besides, each with the variable in the environment that holds its value.
    headers: dict[str, str] = {}
    #: The same for requests to the gradebook alone, such as a vendor's second key.
    grade_headers: dict[str, str] = {}
    #: `per-school` where the SIS does not let a whole district be read at once.
    style: Literal["per-school", "whole-district"] = "whole-district"
    #: Collections beyond the roster; Schoology needs neither.
    extras: tuple[Literal["demographics", "resources"], ...] = ()
    #: Records asked for in one page.
    page_size: Annotated[int, msgspec.Meta(ge=1)] = 1000
    #: Requests under way at once.
    concurrency: Annotated[int, msgspec.Meta(ge=1)] = 2
    #: Requests a second at most.
    rate: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    #: False where asking for an order does harm.
    sorts: bool = True
    #: False where naming the fields that are needed does harm.
    selects_fields: bool = True
    #: False where X-Total-Count counts something else.
    heeds_total: bool = True
    #: Ask only for what changed since the last run; full pulls prove it on a schedule.
    delta: bool = False
    #: Minutes before the last change that are asked for once more.
    overlap: Annotated[int, msgspec.Meta(ge=0)] = 15
    #: Days between two full pulls where deltas were found to tell everything; a day where they were not.
    full_every: Annotated[int, msgspec.Meta(ge=1)] = 7
    #: Whether the service may be on this machine, over plain HTTP too.
    allow_loopback: bool = False
    #: Whether it may be in a private network.
    allow_private: bool = False

    def deciding(self) -> dict[str, object]:
        """The settings that decide what is read, by name; not how fast, in which portions and in which network.

        No secrets, also where somebody put one into the wrong place: of addresses a digest, of headers the names.
        """
        settings: dict[str, object] = msgspec.to_builtins(self)
        for name in ("page_size", "concurrency", "rate", "allow_loopback", "allow_private", "grade_headers"):
            del settings[name]
        digests = {name: sha256(getattr(self, name).encode()).hexdigest() for name in ("url", "token_url")}
        return {**settings, **digests, "headers": sorted(self.headers)}


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the machine may give."""

    #: Memory for the columnar engine.
    memory: Annotated[str, msgspec.Meta(pattern=SIZE)] = "1GB"
    #: Threads; 0 for one a core, eight at most.
    threads: Annotated[int, msgspec.Meta(ge=0)] = 0
    #: Plans that are kept, with the snapshots they were made of; older ones go when a run ends.
    keep_plans: Annotated[int, msgspec.Meta(ge=1)] = 30


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a district decides."""

    source: SourceSettings = SourceSettings()
    scope: ScopeSettings = ScopeSettings()
    schools: Schools = Schools()
    terms: Terms = Terms()
    people: People = People()
    courses: Courses = Courses()
    classes: Classes = Classes()
    enrollments: Enrollments = Enrollments()
    guard: GuardRules = GuardRules()
    ownership: Ownership = Ownership()
    refusals: Refusals = Refusals()
    sis: SisSettings = SisSettings()
    schoology: SchoologySettings = SchoologySettings()
    grades: GradeRules = GradeRules()
    engine: EngineSettings = EngineSettings()

    @property
    def time_zone(self) -> tzinfo | None:
        """Where the district's days begin and end; None for the machine's own zone."""
        return None if self.scope.time_zone == LOCAL else ZoneInfo(self.scope.time_zone)

    @property
    def rules(self) -> DistrictRules:
        """The rules of shaping."""
        return DistrictRules(
            scope=self.scope,
            schools=self.schools,
            terms=self.terms,
            people=self.people,
            courses=self.courses,
            classes=self.classes,
            enrollments=self.enrollments,
        )


def beside(settings: Settings, folder: Path) -> Settings:
    """The same settings where the file of a partner's profile is named from the folder of the rules file."""
    if not settings.sis.partner.endswith(".toml"):
        return settings
    sis = msgspec.structs.replace(settings.sis, partner=str(folder / settings.sis.partner))
    return msgspec.structs.replace(settings, sis=sis)
