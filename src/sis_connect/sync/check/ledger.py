"""The book a check writes: findings, quarantined and deleted records, values that are not used.

Rules say which rows break them; the ledger makes findings of that, keeps at most a thousand single ones per
code and column while counting all, and knows which records are out. Not here: any rule.

Tables a check leaves behind: `findings`, `quarantine`, `tobedeleted`. Tables and views named `check_…` are its
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.findings import Severity
from sis_connect.frames import identifier, literal
from sis_connect.oneroster import values
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sync.check.rules import RULE_BY_CODE

if TYPE_CHECKING:
    from sis_connect.frames import Frames
    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.snapshot import SealedFile, Snapshot

#: Single findings kept per code, file and column; the rest is counted in one finding more.
SINGLES = 1_000
#: Rules about records that have a sourcedId in common: what else they have in common says nothing more.
TWINS = ("roster.duplicate_sourced_id", "record.repeated")

_TABLES = """
CREATE OR REPLACE TABLE findings (
    code VARCHAR, severity VARCHAR, entity VARCHAR, file VARCHAR, line BIGINT, "row" BIGINT, column_name VARCHAR,
    sourced_id VARCHAR, shape VARCHAR, detail VARCHAR, occurrences BIGINT);
CREATE OR REPLACE TABLE quarantine (entity VARCHAR, "row" BIGINT, sourced_id VARCHAR, code VARCHAR);
CREATE OR REPLACE TABLE tobedeleted (entity VARCHAR, "row" BIGINT, sourced_id VARCHAR);
CREATE OR REPLACE TABLE check_singles (code VARCHAR, entity VARCHAR, column_name VARCHAR, "row" BIGINT, detail VARCHAR);
CREATE OR REPLACE TABLE check_errors (code VARCHAR, "row" BIGINT, rank INTEGER);
CREATE OR REPLACE TABLE check_deletions ("row" BIGINT);
CREATE OR REPLACE TABLE check_rings (entity VARCHAR, "row" BIGINT);
CREATE OR REPLACE TABLE check_mended (entity VARCHAR, "row" BIGINT, column_name VARCHAR, item VARCHAR, value VARCHAR);
"""
#: What no view reads once the check is over.
_SCRATCH = (
    "class_sizes",
    "class_spans",
    "dangling",
    "deletions",
    "enrolled",
    "errors",
    "leaps",
    "lists",
    "misplaced",
    "offenders",
    "rings",
    "singles",
    "termless",
    "twins",
)
#: Nothing that a terminal or a log could take for a command.
_CONTROL = "'[\\x00-\\x1f\\x7f-\\x9f\\x{2028}\\x{2029}]'"


def printable(text: str) -> str:
    """SQL: the text without control characters, cut at 255."""
    return f"regexp_replace(left({text}, 255), {_CONTROL}, '?', 'g')"


class Ledger:
    """One check's book, and the views over what was received."""

    def __init__(self, frames: Frames, snapshot: Snapshot, *, strict: bool) -> None:
        """Opens an empty book; `received_<table>` then reads every entity, present or not."""
        self.frames = frames
        self._snapshot = snapshot
        self._strict = strict
        self._rank = 0
        self._has_errors = self._has_deletions = False
        #: Collections of which records are out.
        self._thinned: set[str] = set()
        #: Collections and columns in which values are replaced.
        self._mended: set[tuple[str, str]] = set()
        frames.execute(_TABLES)
        for entity in ENTITIES.values():
            frames.execute(f"CREATE OR REPLACE VIEW received_{entity.table} AS {self._received(entity)}")

    def file(self, entity: Entity) -> SealedFile | None:
        """What the package says of an entity; None where it says nothing."""
        return self._snapshot.files.get(entity.name)

    def severity(self, code: str) -> Severity:
        """What happens to a record that breaks the rule."""
        return RULE_BY_CODE[code].severity_in(strict=self._strict)

    def enter(
        self, code: str, entity: Entity, offenders: str, *, column: str | None = None, singles: int = SINGLES
    ) -> int:
        """Every row of the query `offenders` (columns `row`, `detail`) is a finding; returns how many there are.

        Rows of an error are out once `settle` has run.
        """
        found = self.keep("offenders", offenders)
        if found == 0:
            return 0
        self.frames.execute(
            f"INSERT INTO check_singles SELECT {literal(code)}, {literal(entity.name)}, "
            f'{_text_or_null(column)}, "row", detail FROM check_offenders ORDER BY "row", detail LIMIT {singles}'
        )
        if found > singles:
            self.enter_many(code, entity, found - singles, column=column, detail="and more" if singles else None)
        if self.severity(code) is Severity.ERROR:
            self.exclude(code, 'SELECT "row" FROM check_offenders')
        return found

    def keep(self, name: str, query: str) -> int:
        """The table `check_<name>` holds the rows of the query; returns how many there are."""
        [[rows]] = self.frames.execute(f"CREATE OR REPLACE TABLE check_{name} AS {query}").fetchall()
        return int(rows)

    def enter_many(
        self, code: str, entity: Entity, occurrences: int, *, column: str | None = None, detail: str | None = None
    ) -> None:
        """One finding about the file stands for many records, or for the file itself; nothing is excluded."""
        file = self.file(entity)
        csv_column = entity.field(column).csv_name if column else None
        self.frames.execute(
            "INSERT INTO findings VALUES (?, ?, ?, ?, NULL, NULL, ?, NULL, NULL, ?, ?)",
            [
                code,
                self.severity(code).value,
                entity.name,
                file.file if file else entity.csv_file,
                csv_column,
                detail,
                occurrences,
            ],
        )

    def exclude(self, code: str, rows: str) -> None:
        """The rows of the query are out, for the reason `code`, once `settle` has run; the first reason counts."""
        self._rank += 1
        self._has_errors = True
        self.frames.execute(f'INSERT INTO check_errors SELECT {literal(code)}, "row", {self._rank} FROM ({rows})')

    def delete(self, rows: str) -> None:
        """The rows of the query count as deleted once `settle` has run, unless they are quarantined."""
        self._has_deletions = True
        self.frames.execute(f"INSERT INTO check_deletions {rows}")

    def mend(self, entity: Entity, column: str, rows: str) -> None:
        """`clean_` shows another value, NULL for none: the query gives `row` and `value`.

        In a column of lists it gives `item` too, the one that is replaced, or left out for NULL.
        """
        self._mended.add((entity.name, column))
        self.frames.execute(
            f"INSERT INTO check_mended BY NAME SELECT {literal(entity.name)} AS entity, "
            f"{literal(column)} AS column_name, r.* FROM ({rows}) r"
        )

    def settle(self, entity: Entity) -> bool:
        """What was excluded and deleted since the last time is now in `quarantine` and `tobedeleted`; True if any."""
        known = f'SELECT "row" FROM quarantine WHERE entity = {literal(entity.name)}'
        received = f"received_{entity.table}"
        if self._has_errors:
            self.frames.execute(
                f"INSERT INTO quarantine SELECT {literal(entity.name)}, r.\"row\", nullif(r.sourced_id, ''), e.code "
                'FROM (SELECT "row", arg_min(code, rank) AS code FROM check_errors GROUP BY "row") e '
                f'ANTI JOIN ({known}) USING ("row") JOIN {received} r USING ("row"); DELETE FROM check_errors'
            )
        if self._has_deletions:
            self.frames.execute(
                f'INSERT INTO tobedeleted SELECT {literal(entity.name)}, r."row", r.sourced_id '
                'FROM (SELECT DISTINCT "row" FROM check_deletions) d '
                f'ANTI JOIN ({known}) USING ("row") JOIN {received} r USING ("row"); DELETE FROM check_deletions'
            )
        is_thinned = self._has_errors or self._has_deletions
        if is_thinned:
            self._thinned.add(entity.name)
        self._has_errors = self._has_deletions = False
        return is_thinned

    def left_out(self, entity: Entity) -> str | None:
        """SQL query for the rows of an entity that are quarantined or deleted; None when there are none."""
        if entity.name not in self._thinned:
            return None
        name = literal(entity.name)
        return (
            f'SELECT "row" FROM quarantine WHERE entity = {name} '
            f'UNION ALL SELECT "row" FROM tobedeleted WHERE entity = {name}'
        )

    def set_aside(self, entity: Entity) -> str | None:
        """SQL query for the rows of an entity that are deleted, or share their sourcedId; None when there are none."""
        if entity.name not in self._thinned:
            return None
        name = literal(entity.name)
        twins = ", ".join(literal(code) for code in TWINS)
        return (
            f'SELECT "row" FROM quarantine WHERE entity = {name} AND code IN ({twins}) '
            f'UNION ALL SELECT "row" FROM tobedeleted WHERE entity = {name}'
        )

    def mended_columns(self, entity: Entity) -> tuple[str, ...]:
        """The columns of an entity in which `clean_` shows something else."""
        return tuple(sorted(column for name, column in self._mended if name == entity.name))

    def close(self) -> None:
        """Every single finding is in `findings`, with its line, its sourcedId and the shape of its value."""
        # A record is in one place: what is out because of another rule is not deleted as well.
        self.frames.execute(
            'DELETE FROM tobedeleted AS t USING quarantine AS q WHERE q.entity = t.entity AND q."row" = t."row"'
        )
        entities = self.frames.execute("SELECT DISTINCT entity FROM check_singles ORDER BY entity").fetchall()
        for (name,) in entities:
            self._locate(ENTITIES[name])
        self.frames.execute("; ".join(f"DROP TABLE IF EXISTS check_{table}" for table in _SCRATCH))

    def _locate(self, entity: Entity) -> None:
        file = self.file(entity)
        columns = [
            column
            for (column,) in self.frames.execute(
                "SELECT DISTINCT column_name FROM check_singles WHERE entity = ? AND column_name IS NOT NULL "
                "ORDER BY column_name",
                [entity.name],
            ).fetchall()
        ]
        names = _by_column({column: literal(entity.field(column).csv_name) for column in columns})
        shapes = _by_column(
            {
                column: f"nullif({printable(values.shape(f'left(r.{identifier(column)}, 64)'))}, '')"
                for column in columns
                if not entity.field(column).is_secret
            }
        )
        severities = " ".join(
            f"WHEN {literal(code)} THEN {literal(self.severity(code).value)}" for code in RULE_BY_CODE
        )
        self.frames.execute(
            f"INSERT INTO findings SELECT s.code, CASE s.code {severities} END, s.entity, "
            f'{_text_or_null(file.file if file else None)}, r.line, s."row", {names}, '
            f"nullif({printable('r.sourced_id')}, ''), {shapes}, s.detail, 1 "
            f"FROM (FROM check_singles WHERE entity = {literal(entity.name)}) s "
            f'JOIN received_{entity.table} r USING ("row")'
        )

    def _received(self, entity: Entity) -> str:
        file = self.file(entity)
        if file is not None:
            return file.relation
        columns = ", ".join(f"NULL::VARCHAR AS {identifier(column)}" for column in entity.columns)
        return f'SELECT NULL::BIGINT AS "row", NULL::BIGINT AS line, {columns} WHERE false'


def _by_column(expressions: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(column)} THEN {sql}" for column, sql in expressions.items())
    return f"CASE s.column_name {cases} END" if cases else "NULL"


def _text_or_null(text: str | None) -> str:
    return "NULL" if text is None else literal(text)
