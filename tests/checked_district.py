"""A small sound district, to be broken in one place at a time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sis_connect.frames import Limits, fetch_scalar, identifier, literal, open_frames
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode, SealedFile, Snapshot
from sis_connect.sync.check import CheckResult, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.frames import Frames

TODAY = date(2026, 10, 1)

Record = dict[str, str | None]


def _school_year(sourced_id: str, kind: str, start: str, end: str, parent: str | None) -> Record:
    return {
        "sourced_id": sourced_id,
        "title": sourced_id.title(),
        "type": kind,
        "start_date": start,
        "end_date": end,
        "parent_sourced_id": parent,
        "school_year": "2027",
    }


def _user(sourced_id: str, role: str, orgs: str, given_name: str) -> Record:
    return {
        "sourced_id": sourced_id,
        "enabled_user": "true",
        "org_sourced_ids": orgs,
        "role": role,
        "username": sourced_id,
        "user_ids": "{SIS:" + sourced_id + "}",
        "given_name": given_name,
        "family_name": "Lindgren",
        "identifier": sourced_id.upper(),
        "email": f"{sourced_id}@springfield.example",
    }


def _enrollment(class_: str, school: str, user: str, role: str) -> Record:
    return {
        "sourced_id": f"{class_}-{user}",
        "class_sourced_id": class_,
        "school_sourced_id": school,
        "user_sourced_id": user,
        "role": role,
        "primary": "true" if role == "teacher" else None,
        "begin_date": "2026-08-10",
        "end_date": "2027-01-15",
    }


def _class(sourced_id: str, course: str, school: str) -> Record:
    return {
        "sourced_id": sourced_id,
        "title": sourced_id.title(),
        "grades": "09",
        "course_sourced_id": course,
        "class_type": "scheduled",
        "school_sourced_id": school,
        "term_sourced_ids": "fall",
        "subjects": "Maths,Logic",
        "subject_codes": "02001,02002",
    }


def _course(sourced_id: str) -> Record:
    return {
        "sourced_id": sourced_id,
        "school_year_sourced_id": "year",
        "title": sourced_id.title(),
        "course_code": sourced_id,
        "grades": "09,10",
        "org_sourced_id": "district",
        "subjects": "Maths",
        "subject_codes": "02001",
    }


def _org(sourced_id: str, kind: str, parent: str | None) -> Record:
    return {
        "sourced_id": sourced_id,
        "name": sourced_id.title(),
        "type": kind,
        "identifier": sourced_id.upper(),
        "parent_sourced_id": parent,
    }


def _sound_district() -> dict[str, list[Record]]:
    return {
        "orgs": [
            _org("district", "district", None),
            _org("north", "school", "district"),
            _org("south", "school", "district"),
        ],
        "academicSessions": [
            _school_year("year", "schoolYear", "2026-08-01", "2027-07-01", None),
            _school_year("fall", "term", "2026-08-01", "2027-01-15", "year"),
            _school_year("quarter", "gradingPeriod", "2026-08-01", "2026-10-15", "fall"),
        ],
        "courses": [_course("algebra"), _course("biology")],
        "classes": [_class("algebra-1", "algebra", "north"), _class("biology-1", "biology", "south")],
        "users": [
            _user("tove", "teacher", "north", "Tove"),
            _user("sven", "student", "north", "Sven") | {"agent_sourced_ids": "pia", "grades": "09"},
            _user("teo", "teacher", "south", "Teo"),
            _user("siv", "student", "south", "Siv") | {"grades": "KG"},
            _user("pia", "parent", "north", "Pia") | {"agent_sourced_ids": "sven"},
        ],
        "enrollments": [
            _enrollment("algebra-1", "north", "tove", "teacher"),
            _enrollment("algebra-1", "north", "sven", "student"),
            _enrollment("biology-1", "south", "teo", "teacher"),
            _enrollment("biology-1", "south", "siv", "student"),
        ],
        "demographics": [{"sourced_id": "sven", "birth_date": "2012-04-05", "sex": "male", "asian": "false"}],
        "resources": [{"sourced_id": "book", "vendor_resource_id": "B1", "roles": "teacher,student"}],
        "courseResources": [
            {"sourced_id": "algebra-book", "course_sourced_id": "algebra", "resource_sourced_id": "book"}
        ],
        "classResources": [
            {"sourced_id": "class-book", "class_sourced_id": "algebra-1", "resource_sourced_id": "book"}
        ],
        "categories": [{"sourced_id": "homework", "title": "Homework"}],
        "lineItems": [
            {
                "sourced_id": "essay",
                "title": "Essay",
                "assign_date": "2026-09-01",
                "due_date": "2026-09-08",
                "class_sourced_id": "algebra-1",
                "category_sourced_id": "homework",
                "grading_period_sourced_id": "quarter",
                "result_value_min": "0.0",
                "result_value_max": "10.0",
            }
        ],
        "results": [
            {
                "sourced_id": "essay-sven",
                "line_item_sourced_id": "essay",
                "student_sourced_id": "sven",
                "score_status": "fully graded",
                "score": "9.5",
                "score_date": "2026-09-09",
            }
        ],
    }


@dataclass
class Checked:
    """What a check left behind, and questions about it."""

    frames: Frames
    result: CheckResult

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a query."""
        return self.frames.execute(sql).fetchall()

    def found(self) -> set[tuple[object, ...]]:
        """Code, record and column of every finding."""
        return set(self.rows("SELECT code, sourced_id, column_name FROM findings"))

    def ids(self, table: str) -> set[object]:
        """The sourcedIds in a table."""
        return {sourced_id for (sourced_id,) in self.rows(f"SELECT sourced_id FROM {table}")}

    def value(self, table: str, sourced_id: str, column: str) -> object:
        """One value of one clean record."""
        return fetch_scalar(
            self.frames,
            f"SELECT {identifier(column)} FROM {table} WHERE sourced_id = ?",
            [sourced_id],
        )


@dataclass
class District:
    """Records by collection, as text; a missing column is NULL."""

    folder: Path
    records: dict[str, list[Record]] = field(default_factory=_sound_district)
    modes: dict[str, Mode] = field(default_factory=dict)

    def change(self, entity: str, sourced_id: str, /, **values: str | None) -> None:
        """One record has other values."""
        self.find(entity, sourced_id).update(values)

    def find(self, entity: str, sourced_id: str) -> Record:
        """The record with this sourcedId."""
        [record] = [record for record in self.records[entity] if record["sourced_id"] == sourced_id]
        return record

    def add(self, entity: str, like: str, /, **values: str | None) -> None:
        """One record more, a copy of another with other values."""
        self.records[entity].append(self.find(entity, like) | values)

    def remove(self, entity: str, sourced_id: str) -> None:
        """One record fewer."""
        self.records[entity].remove(self.find(entity, sourced_id))

    @contextmanager
    def checked(self, *, strict: bool = False, memory: str = "1GB") -> Iterator[Checked]:
        """The district is sealed and checked in a session of its own."""
        with open_frames(Limits(memory=memory, threads=1, spill_folder=self.folder / "spill")) as frames:
            snapshot = self.seal(frames)
            yield Checked(frames, check(snapshot, frames, strict=strict, as_of=TODAY))

    def seal(self, frames: Frames) -> Snapshot:
        """The district as a snapshot of sealed files."""
        files = {name: self._seal_file(frames, name, records) for name, records in self.records.items()}
        return Snapshot("made-up", files)

    def _seal_file(self, frames: Frames, name: str, records: list[Record]) -> SealedFile:
        entity = ENTITIES[name]
        path = self.folder / f"{name}.parquet"
        columns = ", ".join(f"{identifier(column)} VARCHAR" for column in entity.columns)
        frames.execute(f"CREATE OR REPLACE TABLE made_up ({columns})")
        if records:
            marks = ", ".join("?" for _ in entity.columns)
            rows = [[record.get(column) for column in entity.columns] for record in records]
            frames.executemany(f"INSERT INTO made_up VALUES ({marks})", rows)
        frames.execute(f"COPY made_up TO {literal(path)} (FORMAT parquet)")
        frames.execute("DROP TABLE made_up")
        mode = self.modes.get(name, Mode.BULK)
        return SealedFile(name, entity.csv_file, path, mode, records=len(records))

    def copy_to(self, folder: Path) -> District:
        """The same district, to be sealed elsewhere."""
        folder.mkdir(parents=True, exist_ok=True)
        return replace(self, folder=folder)
