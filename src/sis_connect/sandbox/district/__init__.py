"""Seeded districts of any size, as OneRoster 1.1 packages: for the demo, the tests and the benchmark."""

from sis_connect.sandbox.district.changes import ChangeKind
from sis_connect.sandbox.district.night import NightSummary, change_one, write_next_night
from sis_connect.sandbox.district.size import DEFAULT_SCHOOL_YEAR, DistrictSize, school_year_of
from sis_connect.sandbox.district.write import DistrictSummary, write_district

__all__ = [
    "DEFAULT_SCHOOL_YEAR",
    "ChangeKind",
    "DistrictSize",
    "DistrictSummary",
    "NightSummary",
    "change_one",
    "school_year_of",
    "write_district",
    "write_next_night",
]
