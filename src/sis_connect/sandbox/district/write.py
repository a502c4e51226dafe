"""Writing a seeded district as a OneRoster 1.1 bulk package.

Here: the order of steps and the summary. Not here: what the district is (`facts`, `build`), how files look (`package`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, fetch_scalar, open_frames
from sis_connect.oneroster.schema import ROSTER_ENTITIES
from sis_connect.sandbox.district.blemishes import blemish
from sis_connect.sandbox.district.build import build
from sis_connect.sandbox.district.dice import cast_dice
from sis_connect.sandbox.district.facts import load_facts
from sis_connect.sandbox.district.package import join_as_written, write_file, write_in_order, write_manifest
from sis_connect.sandbox.district.rosters import bulk_queries
from sis_connect.sandbox.district.size import DEFAULT_SCHOOL_YEAR, Calendar, DistrictSize

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DistrictSummary:
    """What a district's package holds."""

    name: str
    folder: Path
    schools: int
    students: int
    teachers: int
    #: Rows of each file, by collection name.
    rows: Mapping[str, int]


def write_district(
    to: Path,
    *,
    students: int = 600,
    seed: int = 1,
    school_year: int = DEFAULT_SCHOOL_YEAR,
    guardians: bool = False,
    blemishes: bool = False,
    limits: Limits | None = None,
) -> DistrictSummary:
    """The folder `to` holds a strict bulk package of a district; the same arguments give the same bytes.

    `school_year` is the year in which the school year ends; `school_year_of(today)` makes the terms cover the present.
    Without `blemishes` the package breaks no rule of the standard; with them it has the faults that `blemish` lists.
    ValueError when there is no student.
    """
    size = DistrictSize(students)
    to.mkdir(parents=True, exist_ok=True)
    with open_frames(limits) as frames:
        cast_dice(frames, seed)
        name = load_facts(frames, size, Calendar(school_year), seed)
        build(frames, size)
        join_as_written(frames)
        write_in_order(frames)
        queries = bulk_queries(guardians=guardians)
        rows = {entity: write_file(frames, to, entity, queries[entity]) for entity in ROSTER_ENTITIES}
        write_manifest(to, dict.fromkeys(rows, "bulk"))
        teachers = int(str(fetch_scalar(frames, "SELECT count(*) FROM desks")))
        schools = rows["orgs"] - 1
    if blemishes:
        rows = blemish(to, seed=seed)
    return DistrictSummary(f"{name} School District", to, schools, students, teachers, rows)
