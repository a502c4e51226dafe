"""Laws of the check: order is nothing, no text breaks it, and every record ends in one place."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checked_district import District
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.sync.check import RULES

if TYPE_CHECKING:
    import random

    from checked_district import Checked

#: Words that mean something somewhere, so that damage is not always the same.
WORDS = [
    "", " ", "north", "south", "district", "sven", "tove", "algebra-1", "fall", "year", "nowhere", "student", "Teacher",
    "tobedeleted", "active", "true", "NO", "2026-08-01", "1900-01-01", "9999-12-31", "13/13/2026", "2027", "{a:b}",
    "a,b", ",", "x" * 300, "\x07", "'; DROP TABLE findings; --", "a@b", "north,nowhere", "1e999", "-1",
]  # fmt: skip
TEXTS = (
    st.none()
    | st.sampled_from(WORDS)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
)
PLACES = st.sampled_from([(name, column) for name, entity in ENTITIES.items() for column in entity.columns])
DAMAGE = st.lists(st.tuples(PLACES, st.integers(0, 5), TEXTS), max_size=12)
LAW = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])


def damaged(folder: str, damage: list[tuple[tuple[str, str], int, str | None]], deltas: set[str]) -> District:
    district = District(Path(folder), modes=dict.fromkeys(deltas, Mode.DELTA))
    for (name, column), place, text in damage:
        records = district.records[name]
        records[place % len(records)][column] = text
    return district


def summary(checked: Checked) -> list[tuple[object, ...]]:
    """Everything but where records stand."""
    return checked.rows(
        "SELECT code, severity, entity, column_name, sourced_id, shape, detail, occurrences, NULL FROM findings "
        "UNION ALL SELECT code, 'quarantine', entity, NULL, sourced_id, NULL, NULL, NULL, NULL FROM quarantine "
        "UNION ALL SELECT NULL, 'tobedeleted', entity, NULL, sourced_id, NULL, NULL, NULL, NULL FROM tobedeleted "
        "ORDER BY ALL"
    )


@LAW
@given(DAMAGE, st.sets(st.sampled_from(list(ENTITIES))), st.booleans())
def test_no_text_raises_and_every_record_ends_in_one_place(
    damage: list[tuple[tuple[str, str], int, str | None]], deltas: set[str], strict: bool
) -> None:
    """Received = clean + quarantined + deleted, and every finding has a rule."""
    with tempfile.TemporaryDirectory() as folder:
        district = damaged(folder, damage, deltas)
        with district.checked(strict=strict) as checked:
            for name, records in district.records.items():
                table = ENTITIES[name].table
                [places] = checked.rows(
                    f"""
                    SELECT count(*), count(DISTINCT "row") FROM (
                        SELECT "row" FROM clean_{table}
                        UNION ALL SELECT "row" FROM quarantine WHERE entity = '{name}'
                        UNION ALL SELECT "row" FROM tobedeleted WHERE entity = '{name}')"""
                )
                assert places == (len(records), len(records))
                # Reading every value shows that every value can be read.
                assert len(checked.rows(f"FROM clean_{table}")) <= len(records)
            assert {tally.code for tally in checked.result.tallies} <= {rule.code for rule in RULES}


@LAW
@given(DAMAGE, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_finding(
    damage: list[tuple[tuple[str, str], int, str | None]], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        district = damaged(folder, damage, set())
        shuffled = district.copy_to(Path(folder) / "shuffled")
        shuffled.records = copy.deepcopy(district.records)
        for records in shuffled.records.values():
            chance.shuffle(records)
        with district.checked() as here, shuffled.checked() as there:
            assert summary(here) == summary(there)


@LAW
@given(
    schools=st.integers(1, 4),
    classes=st.integers(1, 4),
    students=st.integers(1, 8),
    strict=st.booleans(),
)
def test_a_sound_district_of_any_size_has_no_findings(schools: int, classes: int, students: int, strict: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        district = District(Path(folder))
        for school in range(schools):
            district.add("orgs", "north", sourced_id=f"s{school}", name=f"S{school}", identifier=f"S{school}")
            for number in range(classes):
                _add_class(district, f"s{school}", f"c{school}-{number}", students)
        with district.checked(strict=strict) as checked:
            assert checked.found() == set()


def _add_class(district: District, school: str, name: str, students: int) -> None:
    district.add("classes", "algebra-1", sourced_id=name, school_sourced_id=school)
    for number in range(students + 1):
        person = f"{name}-p{number}"
        like = "siv" if number else "teo"
        district.add(
            "users",
            like,
            sourced_id=person,
            org_sourced_ids=school,
            username=person,
            user_ids=f"{{SIS:{person}}}",
            identifier=person,
            email=f"{person}@x.example",
        )
        district.add(
            "enrollments",
            f"biology-1-{like}",
            sourced_id=person,
            class_sourced_id=name,
            school_sourced_id=school,
            user_sourced_id=person,
        )
