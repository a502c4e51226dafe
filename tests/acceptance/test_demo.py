"""`sis-connect demo`: what README's first command shows, measured by the sandbox itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_line import CommandLine
from sis_connect.cli.exits import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

#: What the demo promises, as it is said there.
PROMISES = (
    r"✓ [\d,]+ changes written, in \d+ calls",
    r"✓ The sandbox counted \d+ requests, 0 of them writing\.",
    r"✓ [\d,]+ changes written, in \d+ calls; 0 written twice\.",
    r"too many removals of this kind in the\s+district",
    r"✓ Nobody was dropped: [\d,]+ removals wait for a person\.",
    r"The sandbox has ended: run\s+`\S*sis-connect\s+demo`\s+in a\s+terminal",
)


def test_demo_ends_by_itself_keeps_its_promises_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its output is no terminal. Every figure comes from a report or from the sandbox's statistics."""
    ended = CommandLine(tmp_path, {"TMPDIR": str(tmp_path)}).process("demo", "--students", "120")
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert [promise for promise in PROMISES if not re.search(promise, ended.out)] == []
    assert_counts_add_up(ended.out)
    assert_names_stand_in_the_plan(ended.out)
    assert [line for line in ended.out.splitlines() if len(line) > 80] == []
    assert "http://" not in ended.out
    assert list(tmp_path.iterdir()) == []


#: What it promises where a SIS is asked over REST.
PROMISES_OVER_REST = (
    r"✓ Pulled [\d,]+ records in \d+ pages, every collection proven whole\.",
    *PROMISES[:3],
    r"Refused as rest\.total_not_reached at /(users|enrollments)\.",
    r"✓ Nobody was dropped: 0 calls that would write\.",
    r"6 teachers made 6 assignments and gave [\d,]+ grades\.",
    r"✓ 6 line items and [\d,]+ results; nothing is sent yet\.",
    r"[\d,]+ refused, of one student, as grades\.refused_student_unknown\.",
    r"The SIS does not know the student in this class\. Check",
    r"✓ The SIS counted 0 PUTs\.",
    r"The sandbox has ended: run\s+`\S*sis-connect\s+demo\s+--rest`\s+in\s+a\s+terminal",
)


def test_demo_over_rest_keeps_its_promises_too(tmp_path: Path) -> None:
    """The same steps with a SIS in place of packages; a page that comes back empty is refused by name."""
    ended = CommandLine(tmp_path, {"TMPDIR": str(tmp_path)}).process("demo", "--rest", "--students", "120")
    assert (ended.code, ended.err) == (ExitCode.OK, "")
    assert [promise for promise in PROMISES_OVER_REST if not re.search(promise, ended.out)] == []
    assert_counts_add_up(ended.out)
    assert_names_stand_in_the_plan(ended.out)
    assert_every_grade_arrives(" ".join(ended.out.split()))
    assert [line for line in ended.out.splitlines() if len(line) > 80] == []
    assert list(tmp_path.iterdir()) == []


def assert_every_grade_arrives(out: str) -> None:
    """Given, planned and sent once each; what was refused is all that is sent again."""
    [given] = re.findall(r"gave ([\d,]+) grades", out)
    [(confirmed, sent, puts)] = re.findall(r"✓ ([\d,]+) of ([\d,]+) grades confirmed: .*? counted ([\d,]+) PUTs", out)
    [(again, puts_again)] = re.findall(r"✓ ([\d,]+) grades? sent, confirmed; ([\d,]+) PUT", out)
    [refused] = re.findall(r"([\d,]+) refused, of one student", out)
    assert given == sent == puts
    assert refused == again == puts_again
    assert int(confirmed) + int(refused) == int(sent)


def test_demo_leaves_everything_behind_when_told_to(tmp_path: Path) -> None:
    assert (
        CommandLine(tmp_path, {"TMPDIR": str(tmp_path)}).process("demo", "--students", "100", "--keep").code
        is ExitCode.OK
    )
    [kept] = tmp_path.iterdir()
    assert {"district", "data", "schoology.sqlite"} <= {path.name for path in kept.iterdir()}


def assert_counts_add_up(out: str) -> None:
    rows = re.findall(r"^  \w+((?: +[\d,]+){6}) (.)$", out, re.MULTILINE)
    assert len(rows) == 12
    for numbers, mark in rows:
        *counts, received = (int(number.replace(",", "")) for number in numbers.split())
        assert (sum(counts), mark) == (received, "✓")


def assert_names_stand_in_the_plan(out: str) -> None:
    told = re.search(r"• ([^•]+?) left [^•]+\s+and\s+the\s+district\.", out)
    assert told is not None
    assert f"remove  {told[1]}, Student at" in out
