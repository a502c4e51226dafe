"""The program in its folder: a log that cannot be changed unnoticed, and profiles that follow from it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from program_side import NOW, application
from sis_connect.errors import ConfigurationError, Remedy, StoreError
from sis_connect.partners.profile import Status
from sis_connect.partners.program import deciding
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.escalation import clock
from sis_connect.runs.partner_program import PartnerProgram, open_program
from sis_connect.store.program import LOG_FILE, ProgramLog, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ProgramLog]:
    """An empty log."""
    made = ProgramLog(tmp_path / LOG_FILE)
    yield made
    made.close()


def tell(log: ProgramLog, *words: str, kept: bytes = b"") -> None:
    """Add entries one by one."""
    for word in words:
        records = log.records()
        last = records[-1] if records else None
        log.append([word.encode()], after=last, at=NOW, by="Ada Quill", because="so", kept=[kept] if kept else [])


def tamper(path: Path, *statements: str) -> None:
    """Change the database as somebody with the file could: without the triggers."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_entries_are_read_in_order_with_who_when_and_why(log: ProgramLog) -> None:
    tell(log, "one", "two", "three")
    records = log.records()
    assert [(one.number, one.content, one.by, one.because, one.at) for one in records] == [
        (1, b"one", "Ada Quill", "so", NOW),
        (2, b"two", "Ada Quill", "so", NOW),
        (3, b"three", "Ada Quill", "so", NOW),
    ]
    assert len({one.digest for one in records}) == 3


def test_log_is_the_same_when_it_is_opened_again(log: ProgramLog, tmp_path: Path) -> None:
    tell(log, "one", "two")
    with closing(ProgramLog(tmp_path / LOG_FILE)) as again:
        assert again.records() == log.records()


@pytest.mark.parametrize("table", ["entries", "files"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET digest = 'x'", "DELETE FROM {}"])
def test_database_itself_refuses_slips(log: ProgramLog, tmp_path: Path, table: str, statement: str) -> None:
    tell(log, "one", kept=b"a file")
    with (
        closing(sqlite3.connect(tmp_path / LOG_FILE)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="what is written down stays"),
    ):
        connection.execute(statement.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET content = x'00' WHERE number = 2",
        "UPDATE entries SET by = 'Mallory' WHERE number = 2",
        "UPDATE entries SET because = '' WHERE number = 2",
        "UPDATE entries SET at = '2026-01-01T00:00:00+00:00' WHERE number = 2",
        "UPDATE entries SET at = 'yesterday' WHERE number = 2",
        "UPDATE entries SET digest = 'x' WHERE number = 2",
        "UPDATE entries SET content = CAST(content AS TEXT) WHERE number = 2",
        "UPDATE entries SET content = 7, by = x'ff' WHERE number = 2",
        "DELETE FROM entries WHERE number = 2",
    ],
)
def test_entry_changed_behind_the_programs_back_is_named(log: ProgramLog, tmp_path: Path, change: str) -> None:
    tell(log, "one", "two", "three")
    tamper(tmp_path / LOG_FILE, change)
    with pytest.raises(StoreError, match="entry 2 is not what was written"):
        log.records()


def test_two_entries_cannot_change_places(log: ProgramLog, tmp_path: Path) -> None:
    tell(log, "one", "two", "three")
    swap = ("UPDATE entries SET number = 9 WHERE number = 2", "UPDATE entries SET number = 2 WHERE number = 3")
    tamper(tmp_path / LOG_FILE, *swap, "UPDATE entries SET number = 3 WHERE number = 9")
    with pytest.raises(StoreError, match="entry 2"):
        log.records()


@pytest.mark.parametrize("content", ["UPDATE files SET content = 'a file'", "DELETE FROM files"])
def test_file_that_is_gone_or_of_another_kind_is_refused(log: ProgramLog, tmp_path: Path, content: str) -> None:
    tell(log, "one", kept=b"a file")
    tamper(tmp_path / LOG_FILE, content)
    with pytest.raises(StoreError, match="missing or was changed"):
        log.file(name_of(b"a file"))


def test_another_database_in_the_place_of_the_log_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / LOG_FILE)) as connection:
        connection.execute("CREATE TABLE receipts (number INTEGER)")
    with pytest.raises(StoreError, match="no log of the partner program"):
        ProgramLog(tmp_path / LOG_FILE)
    with closing(sqlite3.connect(tmp_path / LOG_FILE)) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["receipts"]


def test_who_decided_on_what_is_no_longer_so_writes_nothing(log: ProgramLog) -> None:
    tell(log, "one")
    seen = log.records()[-1]
    tell(log, "two")
    with pytest.raises(StoreError, match="Somebody else wrote") as refused:
        log.append([b"late", b"later"], after=seen, at=NOW, by="Bo", kept=[b"a file"])
    assert refused.value.remedy is Remedy.RETRY
    assert [one.content for one in log.records()] == [b"one", b"two"]
    with pytest.raises(StoreError, match="missing"):
        log.file(name_of(b"a file"))


def test_files_are_kept_once_and_read_back_as_they_were(log: ProgramLog, tmp_path: Path) -> None:
    tell(log, "one", kept=b"a file")
    tell(log, "two", kept=b"a file")
    assert log.file(name_of(b"a file")) == b"a file"
    tamper(tmp_path / LOG_FILE, "UPDATE files SET content = x'00'")
    with pytest.raises(StoreError, match="changed"):
        log.file(name_of(b"a file"))


def test_log_of_another_version_is_refused_by_name(log: ProgramLog, tmp_path: Path) -> None:
    tamper(tmp_path / LOG_FILE, "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="schema 99"):
        ProgramLog(tmp_path / LOG_FILE)


def test_file_that_is_no_log_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / LOG_FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be used") as refused:
        ProgramLog(tmp_path / LOG_FILE)
    assert refused.value.fix


class Clock:
    """A clock that a test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The instant that was set."""
        return self.now


@pytest.fixture
def ticking() -> Clock:
    """A clock that stands until it is set."""
    return Clock()


@pytest.fixture
def program(tmp_path: Path, ticking: Clock) -> Iterator[PartnerProgram]:
    """A program in an empty folder."""
    with open_program(tmp_path / "program", ticking) as opened:
        yield opened


def accept(program: PartnerProgram, *changes: tuple[str, str]) -> str:
    """Take in an application and accept it; the partner's id."""
    received, _ = program.receive(application(*changes), "application.toml", "Ada")
    accepted, _ = program.accept(received.application, by="Ada", because="good")
    return accepted.partner


def test_new_program_begins_with_what_is_published(program: PartnerProgram) -> None:
    assert len(program.standing.partners) == 11
    assert program.partner("Skyward SMS 2.0").status is Status.AVAILABLE
    assert program.records == []


def test_accepted_vendor_is_a_partner_whose_profile_is_in_the_directory(program: PartnerProgram) -> None:
    assert accept(program) == "acorn-sis"
    assert program.partner("acorn gradebook").status is Status.IN_CONTACT
    assert program.directory.get("Acorn SIS").pulling.max_page_size.value == 500  # type: ignore[union-attr]  # known


def test_profile_is_made_again_from_the_log_when_its_file_is_missing(
    program: PartnerProgram, tmp_path: Path, ticking: Clock
) -> None:
    """As after a process that died between writing the one and the other."""
    accept(program)
    file = tmp_path / "program" / "profiles" / "acorn-sis.toml"
    before = file.read_bytes()
    file.unlink()
    with open_program(tmp_path / "program", ticking) as again:
        assert again.directory.get("Acorn SIS").id == "acorn-sis"
    assert file.read_bytes() == before


def test_profile_accepted_last_is_the_one_that_is_made_again(
    program: PartnerProgram, tmp_path: Path, ticking: Clock
) -> None:
    """Whether its file is gone, or is still that of the acceptance before: a process died between the two writes."""
    accept(program)
    file = tmp_path / "program" / "profiles" / "acorn-sis.toml"
    first = file.read_bytes()
    accept(program, ("max_page_size = 500", "max_page_size = 50"))
    last = file.read_bytes()
    assert first != last
    for stale in (None, first):
        file.unlink()
        if stale:
            file.write_bytes(stale)
        with open_program(tmp_path / "program", ticking) as again:
            assert again.directory.get("Acorn SIS").pulling.max_page_size.value == 50  # type: ignore[union-attr]  # known
        assert file.read_bytes() == last


@pytest.mark.parametrize("is_there", [True, False])
def test_lost_log_is_told_by_the_profiles_that_were_made_of_it(
    program: PartnerProgram, tmp_path: Path, ticking: Clock, *, is_there: bool
) -> None:
    """Whether its file was cut to nothing or is gone: no new log begins in its place."""
    accept(program)
    program.close()
    for file in (tmp_path / "program").glob(f"{LOG_FILE}*"):
        file.unlink()
    if is_there:
        (tmp_path / "program" / LOG_FILE).touch()
    with open_program(tmp_path / "program", ticking) as again:
        with pytest.raises(StoreError, match="log is empty") as refused:
            again.receive(application(), "application.toml", "Ada")
        assert "backup" in refused.value.fix


def test_profile_that_somebody_worked_on_stays(program: PartnerProgram, tmp_path: Path, ticking: Clock) -> None:
    accept(program)
    file = tmp_path / "program" / "profiles" / "acorn-sis.toml"
    changed = file.read_text(encoding="utf-8").replace("value = 500", "value = 100")
    file.write_text(changed, encoding="utf-8")
    with open_program(tmp_path / "program", ticking) as again:
        assert again.directory.get("Acorn SIS").pulling.max_page_size.value == 100  # type: ignore[union-attr]  # known
    assert file.read_text(encoding="utf-8") == changed


@pytest.mark.parametrize("content", [b"", b"id = ", b"\xff\xfe", b'id = "aeries"'])
def test_damaged_profile_is_named_with_the_way_to_have_it_again(
    program: PartnerProgram, tmp_path: Path, ticking: Clock, content: bytes
) -> None:
    accept(program)
    file = tmp_path / "program" / "profiles" / "acorn-sis.toml"
    file.write_bytes(content)
    with open_program(tmp_path / "program", ticking) as again:
        with pytest.raises(ConfigurationError) as refused:
            _ = again.directory
        assert "acorn-sis.toml" in refused.value.where
        assert "Delete the file" in refused.value.fix
        file.unlink()
        assert again.directory.get("Acorn SIS").id == "acorn-sis"


@pytest.mark.parametrize("name", ["Acorn SIS 学", "Acorn ©SIS"])
def test_name_that_would_be_taken_for_a_partner_is_not_accepted(program: PartnerProgram, name: str) -> None:
    """Else another vendor would have that partner's evidence, and its endpoint would be another one."""
    accept(program)
    alike = ('display_name = "Acorn SIS"', f'display_name = "{name}"\nid = "oak"')
    received, _ = program.receive(application(alike, ("Acorn Gradebook", "Oak")), "application.toml", "Ada")
    with pytest.raises(ConfigurationError, match="Acorn SIS"):
        program.accept(received.application, by="Ada", because="good")
    assert program.partner("Acorn SIS").products == ("acorn-sis",)


def test_name_without_latin_letters_has_the_partner_of_its_id(program: PartnerProgram) -> None:
    name = ('display_name = "Acorn SIS"', 'display_name = "学校"\nid = "xuexiao"')
    assert accept(program, name) == "xuexiao"


def test_vendor_of_a_published_partner_keeps_its_line_and_its_profile_takes_the_place(program: PartnerProgram) -> None:
    known = ('display_name = "Acorn SIS"', 'display_name = "Aequitas Q"\nid = "aequitas-q"')
    assert accept(program, known) == "aequitas"
    assert len(program.standing.partners) == 11
    assert program.partner("Zangle").endpoint
    assert len([one for one in program.directory.profiles if one.id == "aequitas-q"]) == 1
    assert program.directory.get("Aequitas Q").sources.keys() >= {"application", "sds-data"}


def test_answers_in_place_of_what_is_known_take_a_reason(program: PartnerProgram) -> None:
    """Anybody may write a vendor's name into an application."""
    known = ('display_name = "Acorn SIS"', 'display_name = "Aeries"\nid = "aeries"')
    received, _ = program.receive(application(known), "application.toml", "Ada")
    with pytest.raises(ConfigurationError, match="by Aeries Software") as refused:
        program.accept(received.application, by="Ada", because=" ")
    assert refused.value.where == "--because"
    assert program.accept(received.application, by="Ada", because="they wrote from their domain")[0].partner == "aeries"


def test_log_that_somebody_else_began_meanwhile_is_read(tmp_path: Path) -> None:
    with closing(ProgramLog(tmp_path / LOG_FILE)) as one, closing(ProgramLog(tmp_path / LOG_FILE)) as other:
        assert one.records() == []
        tell(other, "one")
        assert [record.content for record in one.records()] == [b"one"]


def test_many_who_write_at_once_lose_nothing_and_repeat_what_was_refused(tmp_path: Path) -> None:
    """Each opens a log that is not there yet, looks, and writes; who was overtaken looks again."""

    def write(name: str) -> None:
        with closing(ProgramLog(tmp_path / "new" / LOG_FILE)) as log:
            while name.encode() not in {record.content for record in log.records()}:
                with suppress(StoreError):
                    tell(log, name)

    names = [f"entry {number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, names))
    with closing(ProgramLog(tmp_path / "new" / LOG_FILE)) as log:
        assert sorted(record.content.decode() for record in log.records()) == sorted(names)


def test_application_that_is_not_ready_is_kept_and_not_accepted(program: PartnerProgram) -> None:
    content = application(('registration = "AC-1"', ""))
    received, found = program.receive(content, "application.toml", "Ada")
    assert not found.is_ready
    with pytest.raises(ConfigurationError, match="1EdTech"):
        program.accept(received.application, by="Ada", because="good")
    assert program.file(received.document) == content


def test_application_is_decided_once(program: PartnerProgram) -> None:
    accept(program)
    with pytest.raises(ConfigurationError, match="accepted already"):
        program.accept(1, by="Ada", because="again")


def test_everything_has_a_name_beside_it(program: PartnerProgram) -> None:
    with pytest.raises(ConfigurationError, match="name beside it"):
        program.receive(application(), "application.toml", " ")


def test_what_is_so_is_the_same_when_the_program_is_opened_again(
    program: PartnerProgram, tmp_path: Path, ticking: Clock
) -> None:
    partner = accept(program)
    program.write(deciding.open_escalation(program.standing, partner, "half are gone"), by="Ada")
    program.write(deciding.send(program.standing, 1, levels=2), by="Ada")
    with open_program(tmp_path / "program", ticking) as again:
        assert again.standing == program.standing


def test_escalation_climbs_while_nobody_does_anything(program: PartnerProgram, ticking: Clock) -> None:
    partner = accept(program)
    program.write(deciding.open_escalation(program.standing, partner, "half are gone"), by="Ada")
    program.write(deciding.send(program.standing, 1, levels=2), by="Ada")
    ticking.now = NOW + timedelta(hours=25)
    turn = clock(program.standing.escalations[1], program.levels(program.partner(partner)), program.now())
    assert turn is not None
    assert (turn.level, turn.role, turn.is_overdue) == (2, "Head of integrations", False)


def test_partner_without_contacts_has_the_levels_of_the_rules(program: PartnerProgram) -> None:
    assert [level.hours for level in program.levels(program.partner("Aeries"))] == [24, 48, 72]


def test_numbers_are_read_from_the_programs_rules(tmp_path: Path, ticking: Clock) -> None:
    (tmp_path / "program.toml").write_text("[pilot]\ndistricts = 5\nnights = 14\n")
    with open_program(tmp_path, ticking) as program:
        assert (program.rules.pilot.districts, program.rules.pilot.nights) == (5, 14)


@pytest.mark.parametrize("text", ["[pilot]\nnigths = 3\n", "[pilot]\nnights = 0\n", "nights"])
def test_wrong_rules_are_refused_with_their_file(tmp_path: Path, ticking: Clock, text: str) -> None:
    (tmp_path / "program.toml").write_text(text)
    with pytest.raises(ConfigurationError, match="rules cannot be read") as refused:
        PartnerProgram(tmp_path, ticking)
    assert "program.toml" in refused.value.where


def test_event_of_a_later_version_is_refused_by_its_entry(program: PartnerProgram, tmp_path: Path) -> None:
    with closing(ProgramLog(tmp_path / "program" / LOG_FILE)) as log:
        tell(log, '{"event":"SomethingNew"}')
    with pytest.raises(StoreError, match="Entry 1"):
        program.entries()


def test_page_names_the_state_of_the_log(program: PartnerProgram) -> None:
    accept(program)
    page = program.status_page()
    assert (page.log_entries, page.log_digest) == (2, program.records[-1].digest)
    assert program.partner("acorn-sis").name in [one.name for one in page.partners]


def test_events_are_written_all_or_none(program: PartnerProgram) -> None:
    partner = accept(program)
    opened = deciding.open_escalation(program.standing, partner, "half are gone")
    program.write(opened, ev.EscalationSent(1, 1), by="Ada")
    assert [entry.number for entry in program.entries()] == [1, 2, 3, 4]
