"""`sis-connect sync`, `apply` and `approve`: changes reach the LMS once, and risky ones wait for a person."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from command_line import SAMPLES, town_of
from sis_connect.cli.documents import ApproveDocument, ReportDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.sandbox.district import ChangeKind, change_one
from sis_connect.sandbox.schoology import Effect, Fault, FaultPlan, FaultRule, SandboxSettings, start

if TYPE_CHECKING:
    from pathlib import Path

    from command_line import Template, Town


def written(document: dict[str, object]) -> int:
    """Changes carried out."""
    return sum(counts["applied"] for counts in document["changes"])  # type: ignore[attr-defined]  # plain JSON


def written_twice(town: Town) -> list[str]:
    """Kinds of objects that were written though they were there."""
    objects = town.sandbox.statistics().objects
    return [kind for (kind, effect), count in objects.items() if effect is Effect.UNCHANGED and count]


def test_second_sync_makes_no_call_that_writes(town: Town) -> None:
    ended = town.run.process("sync", town.package, "--json")
    document = ended.document(ReportDocument)
    assert (ended.code, written(document), document["adds_up"]) == (ExitCode.OK, 0, True)
    assert town.sandbox.statistics().write_calls == 0


def test_report_shows_the_five_counts_and_that_they_add_up(town: Town) -> None:
    change_one(town.package, ChangeKind.STUDENT_JOINED, seed=3)
    ended = town.run("sync", town.package)
    assert ended.code is ExitCode.OK
    header, *rows = ended.out[ended.out.index("applied  unchanged") :].splitlines()
    assert header.split()[:4] == ["applied", "unchanged", "held", "quarantined"]
    for row in rows[:6]:
        _, *counts, received, mark = row.replace(",", "").split()
        assert sum(map(int, counts)) == int(received)
        assert mark == "✓"


def test_broken_feed_is_held_and_nobody_is_dropped(town: Town) -> None:
    before = town.sandbox.contents()
    ended = town.run("sync", town.cut_short())
    assert ended.code is ExitCode.WAITING
    assert town.sandbox.contents() == before
    assert re.search(r"! Nothing was written\. [\d,]+ changes wait for a\s+person\.", ended.out)


def test_approved_changes_go_through_and_the_rest_still_waits(town: Town) -> None:
    held = town.run("sync", town.cut_short(), "--json").document(ReportDocument)
    person = ("--by", "Ada Quill", "--because", "half of the classes ended")
    shown = town.run("approve", "--all", *person, "--dry-run", "--json").document(ApproveDocument)
    noted = town.run.process("approve", held["plan"][:8], "--kind", "enrollments", *person, "--json").document(
        ApproveDocument
    )
    assert (shown["is_noted"], noted["is_noted"]) == (False, True)
    assert shown["lifted"] == noted["lifted"]
    applied = town.run("apply", held["plan"][:8], "--json")
    document = applied.document(ReportDocument)
    assert applied.code is ExitCode.OK
    assert written(document) == sum(group["changes"] for group in held["held"])
    assert town.sandbox.statistics().duplicate_writes == 0


@pytest.mark.parametrize(
    ("selection", "code", "says"),
    [
        ((), ExitCode.USAGE, "Say which changes"),
        (("--all", "--kind", "users"), ExitCode.USAGE, "Say which changes"),
        (("--cause", "ownership.not_ours"), ExitCode.STORE, "made by others"),
        (("--cause", "guard.nothing"), ExitCode.STORE, "There is no cause"),
        (("--school", "nowhere"), ExitCode.STORE, "touches no school"),
        (("--kind", "users"), ExitCode.STORE, "Nothing in it waits"),
    ],
)
def test_approval_that_fits_nothing_is_refused_with_the_reason(
    town: Town, selection: tuple[str, ...], code: ExitCode, says: str
) -> None:
    ended = town.run("approve", *selection, "--by", "Ada Quill", "--because", "so")
    assert ended.code is code
    assert says in " ".join(ended.err.split())


def test_refused_changes_name_their_fix(new_town: Town) -> None:
    """The first person of the first call is refused and the others are written; the next run waits, or tries again."""
    refused = FaultRule(Fault.ITEM_FAILURES, method="POST", path="users", items=(0,), count=1)
    new_town.sandbox.set_faults(FaultPlan((refused,)))
    ended = new_town.run("sync", new_town.package)
    assert ended.code is ExitCode.WAITING
    assert "Refused by Schoology" in ended.out
    assert "→ " in ended.out[ended.out.index("Refused by Schoology") :]
    waiting = new_town.run("sync", new_town.package)
    assert waiting.code is ExitCode.WAITING
    assert "refused.before" in waiting.out
    again = new_town.run("sync", new_town.package, "--retry-refused", "--json")
    assert (again.code, again.document()["refused"]) == (ExitCode.OK, [])


def test_killed_apply_goes_on_and_writes_nothing_twice(template: Template, tmp_path: Path) -> None:
    """`kill -9` while a call is under way; the same command finishes the run, and a last sync finds nothing to do."""
    reached, release = threading.Event(), threading.Event()

    async def pause(_seconds: float) -> None:
        reached.set()
        await asyncio.to_thread(release.wait, 60)

    slow = FaultRule(Fault.SLOW, path="enrollments/*", after=2)
    settings = SandboxSettings(rate=None, sleep=pause, faults=FaultPlan((slow,)))
    with start(settings) as sandbox:
        town = town_of(tmp_path, sandbox)
        town.run("plan", template.package, "--quiet")
        process = town.run.begin("apply")
        assert reached.wait(60)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        release.set()
        resumed = town.run.process("apply", "--json")
        assert resumed.code is ExitCode.OK
        assert resumed.document(ReportDocument)["adds_up"]
        assert written_twice(town) == []
        sandbox.reset_statistics()
        assert written(town.run("sync", template.package, "--json").document()) == 0
        assert sandbox.statistics().write_calls == 0


def test_lost_replies_are_looked_for_and_nothing_is_written_twice(new_town: Town) -> None:
    lost = FaultRule(Fault.LOST_REPLY, method="POST", count=None, probability=0.3)
    new_town.sandbox.set_faults(FaultPlan((lost,), seed=4))
    ended = new_town.run("sync", new_town.package)
    assert ended.code is ExitCode.OK
    assert written_twice(new_town) == []


def test_interrupted_run_is_told_and_finished_by_the_next_sync(new_town: Town) -> None:
    new_town.sandbox.set_faults(FaultPlan((FaultRule(Fault.FORBIDDEN, method="POST", path="courses*", count=None),)))
    assert new_town.run("sync", new_town.package).code is ExitCode.LMS
    told = new_town.run("report", "--json").document(ErrorDocument)["error"]
    assert re.search(r"is unfinished since .*, \d+ of \d+ changes done\.$", told["what"])
    assert "sis-connect apply" in told["fix"]
    assert [run["state"] for run in new_town.run("report", "--list", "--json").document()["runs"]] == ["interrupted"]
    new_town.sandbox.set_faults(FaultPlan())
    ended = new_town.run("sync", new_town.package)
    assert ended.code is ExitCode.OK
    assert re.match(r"✓ Finished the interrupted run \S+: [\d,]+ changes\s+written\.\n\nRun ", ended.out)


def test_interrupted_run_can_be_closed(new_town: Town) -> None:
    """What was done is kept, nothing more is sent, and a new plan can be made."""
    new_town.run("plan", new_town.package, "--quiet")
    new_town.sandbox.set_faults(FaultPlan((FaultRule(Fault.FORBIDDEN, path="courses*", count=None),)))
    assert new_town.run("apply").code is ExitCode.LMS
    assert new_town.run("plan", new_town.package).code is ExitCode.STORE
    new_town.sandbox.set_faults(FaultPlan())
    new_town.sandbox.reset_statistics()
    closed = new_town.run("apply", "--close", "--json", "--debug").document(ReportDocument)
    assert closed["state"] == "closed"
    assert new_town.sandbox.statistics().write_calls == 0
    assert new_town.run("sync", new_town.package).code is ExitCode.OK


def test_wrong_secret_ends_with_what_to_do(new_town: Town) -> None:
    ended = new_town.run("sync", new_town.package, "--json", SIS_CONNECT_SCHOOLOGY_SECRET="another")
    assert ended.code is ExitCode.LMS
    error = ended.document(ErrorDocument)["error"]
    assert (error["kind"], error["remedy"]) == ("lms", "reconfigure")
    assert "another" not in ended.out + ended.err


def test_changed_plan_is_not_applied(new_town: Town) -> None:
    new_town.run("plan", new_town.package, "--quiet")
    [plan] = (new_town.data / "plans").iterdir()
    with (plan / "users.parquet").open("ab") as file:
        file.write(b"one more")
    ended = new_town.run("apply")
    assert ended.code is ExitCode.STORE
    assert new_town.sandbox.statistics().write_calls == 0


@pytest.mark.parametrize("sample", ["district-medium.zip", "edfi-oneroster-1.1"])
def test_sample_lands_and_adds_up_and_lands_only_once(new_town: Town, sample: str) -> None:
    first = new_town.run("sync", SAMPLES / sample, "--json")
    document = first.document(ReportDocument)
    assert first.code is ExitCode.OK
    assert document["adds_up"]
    assert written(document) > 10
    new_town.sandbox.reset_statistics()
    assert written(new_town.run("sync", SAMPLES / sample, "--json").document()) == 0
    assert new_town.sandbox.statistics().write_calls == 0


def test_sample_of_oneroster_1_0_is_refused_and_nothing_is_asked(new_town: Town) -> None:
    assert new_town.run("sync", SAMPLES / "edfi-oneroster-1.0").code is ExitCode.PACKAGE_REFUSED
    assert new_town.sandbox.statistics().requests == 0


def test_delta_after_bulk_gives_what_bulk_gives(new_town: Town) -> None:
    """A package that leaves files out is laid over what was known."""
    assert new_town.run("sync", new_town.package, "--quiet").code is ExitCode.OK
    partial = new_town.folder / "partial"
    shutil.copytree(new_town.package, partial)
    (partial / "orgs.csv").unlink()
    manifest = partial / "manifest.csv"
    text = manifest.read_text(encoding="utf-8").replace("file.orgs,bulk", "file.orgs,absent")
    manifest.write_text(text, encoding="utf-8")
    new_town.sandbox.reset_statistics()
    assert new_town.run("sync", partial).code is ExitCode.OK
    assert new_town.sandbox.statistics().write_calls == 0
