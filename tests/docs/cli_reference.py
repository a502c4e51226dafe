"""`docs/cli.md`, made from the commands, the exit codes and the documents: run this to renew it.

The examples of JSON are what real commands answered, in `json_examples/`; `--examples` asks them again.
"""

from __future__ import annotations

import inspect as source_of
import json
import re
import sys
import tempfile
import textwrap
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec import inspect

from sis_connect.cli.app import SUMMARIES, app
from sis_connect.cli.documents import DOCUMENTS as ROSTER_DOCUMENTS
from sis_connect.cli.exits import ENDINGS, EVERYWHERE, GRADE_ENDINGS, MEANINGS, ExitCode
from sis_connect.cli.grade_documents import GRADE_DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graded_town import GradedTown
    from sis_connect.cli.failure import Document

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
EXAMPLES = Path(__file__).parent / "json_examples"

_ABOUT = """\
# The command line

After `./dev setup` the command stands at `.venv/bin/sis-connect`. Results go to stdout, progress and errors to stderr.
This page is made from the code.

A district has one *data folder* (`--data`), which holds what was read, what was planned, what was sent, and what
Schoology is known to hold. It is personal data: only its owner can read it. What a district decides stands in its
[rules file](configuration.md). Keys and secrets are read from the environment only:

| variable | what |
| --- | --- |
| `SIS_CONNECT_SCHOOLOGY_KEY` | Schoology's consumer key |
| `SIS_CONNECT_SCHOOLOGY_SECRET` | its secret |
| `SIS_CONNECT_SCHOOLOGY_URL` | another address than the one in the rules file, such as a sandbox's |
| `SIS_CONNECT_SIS_KEY` | the client id, or consumer key, that the SIS gave out |
| `SIS_CONNECT_SIS_SECRET` | its secret |
| `SIS_CONNECT_SIS_TOKEN` | for `sis.sign_in = "bearer"`: the token that the SIS gave out |
| `SIS_CONNECT_DATA` | the data folder, as `--data` |
| `SIS_CONNECT_RULES` | the rules file, as `--rules` |

A nightly job is one line; exit code 6 says that a person should look:

```sh
sis-connect sync /exports/oneroster.zip --data /var/lib/sis-connect/our-district --quiet
```"""

_ABOUT_JSON = """\
## JSON

With `--json` a command writes exactly one JSON document to stdout, in UTF-8, whatever happens: its own, or an
[ErrorDocument](#errordocument). Progress and advice go to stderr. Fields are added over time; none is taken away or
given another meaning. Instants are in UTC, days are `YYYY-MM-DD`."""

#: The documents of each command.
ANSWERS = {
    "check": "CheckDocument",
    "plan": "PlanDocument",
    "approve": "ApproveDocument",
    "apply": "ReportDocument",
    "sync": "ReportDocument",
    "report": "ReportDocument; with `--list` RunsDocument, with `--foreign` ForeignDocument",
    "export": "ExportDocument",
    "sandbox": "SandboxDocument",
    "grades plan": "GradesPlanDocument",
    "grades approve": "GradesApproveDocument",
    "grades send": "GradesReportDocument",
    "grades status": "GradesStatusDocument",
    "grades explain": "GradesExplainDocument",
    "grades hint": "GradesHintDocument",
}

DOCUMENTS = (*ROSTER_DOCUMENTS, *GRADE_DOCUMENTS)

#: Where the commands of a group are explained.
_GROUPS = {
    "grades": "[Grades](grades.md) tells how they work together; each is explained below.",
    "partners": "[The partner program](partner-program.md) explains them, with their options and their JSON.",
}
#: Groups whose commands are explained here.
_HERE = ("grades",)

#: Fields of values that other packages declare.
_ELSEWHERE = {
    ("RecordCounts", "entity"): "Collection of the standard, such as `users`.",
    ("RecordCounts", "received"): "Records in the package; the five below add up to it.",
    ("RecordCounts", "applied"): "Their change was carried out.",
    ("RecordCounts", "unchanged"): "The LMS held them already.",
    ("RecordCounts", "held"): "Their change waits, or was refused.",
    ("RecordCounts", "quarantined"): "They cannot be used; their last good state stays in the LMS.",
    ("RecordCounts", "out_of_scope"): "The district leaves them out.",
    ("ChangeCounts", "kind"): "Kind of the records.",
    ("ChangeCounts", "action"): "What is done.",
    ("ChangeCounts", "planned"): "How many; the three below add up to it.",
    ("ChangeCounts", "applied"): "Carried out.",
    ("ChangeCounts", "held"): "Waiting.",
    ("ChangeCounts", "refused"): "Refused by the LMS.",
}


def page() -> str:
    """The whole page."""
    parts = [_ABOUT, *_exit_codes(), "## Commands", _table(("command", "what it does"), _overview())]
    for name in names():
        parts += _command(name)
    parts += [_ABOUT_JSON]
    for document in DOCUMENTS:
        parts += _document(document)
    parts += ["## Values in the documents"]
    for shape in shapes():
        parts += [f"### {shape.__name__}", _about(shape), _table(("field", "type", "meaning"), _fields(shape))]
    return "\n\n".join(parts) + "\n"


def shapes() -> tuple[type[msgspec.Struct], ...]:
    """Every value inside the documents, in the order in which a reader meets them."""
    found: dict[type[msgspec.Struct], None] = {}
    waiting: list[type[msgspec.Struct]] = list(DOCUMENTS)
    while waiting:
        for field in _struct_fields(waiting.pop(0)):
            for struct in _structs(field.type):
                if struct not in found:
                    found[struct] = None
                    waiting.append(struct)
    return tuple(found)


def meaning(struct: type[msgspec.Struct], field: str) -> str:
    """What is written above a field where it is declared."""
    for declared in struct.__mro__:
        if declared is msgspec.Struct:
            break
        lines = source_of.getsource(declared).splitlines()
        for place, line in enumerate(lines):
            if line.startswith(f"    {field}: "):
                above = takewhile(lambda line: line.startswith("#:"), (one.strip() for one in reversed(lines[:place])))
                if words := [line.removeprefix("#:").strip() for line in above]:
                    return " ".join(reversed(words))
    return _ELSEWHERE[struct.__name__, field]


def _exit_codes() -> list[str]:
    rows = ((str(code.value), f"`{code.name.lower()}`", MEANINGS[code]) for code in ExitCode)
    everywhere = ", ".join(str(code.value) for code in EVERYWHERE if code is not ExitCode.OK)
    return [
        "## Exit codes",
        _table(("code", "name", "when"), rows),
        f"Any command may end with {everywhere}; how else one may end is told with it.",
    ]


def _overview() -> Iterator[tuple[str, str]]:
    for name, summary in SUMMARIES.items():
        yield f"[`{name}`](#{name})", summary


def _command(name: str) -> list[str]:
    command = find_command(name)
    arguments = [one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option)]
    parts = [
        f"### {name}",
        f"`{' '.join(['sis-connect', name, *arguments, '[OPTIONS]'])}`",
        *_paragraphs(command.help or ""),
    ]
    if isinstance(command, click.Group):
        inner = ((f"`{name} {one.name}`", one.get_short_help_str(200)) for one in command.commands.values())
        parts += [_table(("command", "what it does"), inner), _GROUPS[name]]
    else:
        parts.append(_table(("option", "what"), ((_spelled(option), _helped(option)) for option in options)))
    if name in ANSWERS:
        answer = re.sub(r"(\w+Document)", lambda found: f"[{found[0]}](#{found[0].lower()})", ANSWERS[name])
        parts.append(f"With `--json` it answers a {answer}.")
    group, _, word = name.partition(" ")
    endings = [str(code.value) for code in sorted((ExitCode.OK, *(GRADE_ENDINGS[word] if word else ENDINGS[group])))]
    parts.append(f"It ends with {' or '.join(filter(None, [', '.join(endings[:-1]), endings[-1]]))}.")
    return parts


def names() -> list[str]:
    """The commands that have a section: those of the overview, and those of groups that are explained here."""
    found: list[str] = []
    for name in SUMMARIES:
        command = find_command(name)
        is_explained = name in _HERE and isinstance(command, click.Group)
        inner = [f"{name} {one}" for one in command.commands] if is_explained else []  # type: ignore[attr-defined] # a group
        found += [name, *inner]
    return found


def find_command(name: str) -> click.Command:
    """A command by its words, such as `grades plan`."""
    command: click.Command | None = app
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command


def _paragraphs(help_: str) -> Iterator[str]:
    for paragraph in textwrap.dedent(help_).strip().split("\n\n"):
        if not paragraph.startswith("\b\n"):
            yield paragraph
            continue
        lines = paragraph.removeprefix("\b\n").splitlines()
        if lines[0] == "Example:":
            lines = lines[1:]
        yield "\n".join(["```sh", *(line.strip() for line in lines), "```"])


def _spelled(option: click.Option) -> str:
    metavar = f" {option.metavar}" if option.metavar else ""
    return ", ".join(f"`{name}{metavar}`" for name in option.opts)


def _helped(option: click.Option) -> str:
    text = " ".join((option.help or "").split())
    default = f" Default: {option.default}." if option.show_default else ""
    return (
        text.replace("[default: ", "Default: ").replace("[env: ", "From the environment: ").replace("]", ".") + default
    )


def _document(document: type[Document]) -> list[str]:
    example = (EXAMPLES / f"{document.__name__}.json").read_text(encoding="utf-8").strip()
    return [
        f"### {document.__name__}",
        _about(document),
        _table(("field", "type", "meaning"), _fields(document)),
        f"```json\n{example}\n```",
    ]


def _about(struct: type[msgspec.Struct]) -> str:
    return str(source_of.getdoc(struct)).partition("\n\n")[0]


def _fields(struct: type[msgspec.Struct]) -> Iterator[tuple[str, str, str]]:
    for field in _struct_fields(struct):
        yield f"`{field.encode_name}`", _in_words(field.type), meaning(struct, field.name)


def _struct_fields(struct: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    declared = inspect.type_info(struct)
    assert isinstance(declared, inspect.StructType)
    return declared.fields


def _structs(type_: inspect.Type) -> Iterator[type[msgspec.Struct]]:
    match type_:
        case inspect.StructType(cls=struct):
            yield struct
        case inspect.VarTupleType(item_type=item):
            yield from _structs(item)


def _in_words(type_: inspect.Type) -> str:
    match type_:
        case inspect.StructType(cls=struct):
            return f"[{struct.__name__}](#{struct.__name__.lower()})"
        case inspect.VarTupleType(item_type=item):
            return f"list of {_in_words(item)}"
        case inspect.DictType(value_type=value):
            return f"object: {_in_words(value)} by name"
        case inspect.UnionType(types=types):
            return " or ".join(_in_words(one) for one in types)
    return _SIMPLE[type(type_)]


_SIMPLE: dict[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.EnumType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.DateType: "day",
    inspect.DateTimeType: "instant",
    inspect.NoneType: "null",
}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def renew_examples() -> None:
    """Ask real commands for their documents again, and shorten what is long."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from command_line import CommandLine, town_of
    from sis_connect.sandbox.district import school_year_of, write_district
    from sis_connect.sandbox.schoology import Fault, FaultPlan, FaultRule, SandboxSettings, start

    EXAMPLES.mkdir(exist_ok=True)
    renew_examples_of_grades()
    with tempfile.TemporaryDirectory() as folder, start(SandboxSettings(rate=None)) as sandbox:
        town = town_of(Path(folder), sandbox)
        year = school_year_of(datetime.now(UTC).date())
        write_district(town.package, students=120, school_year=year, blemishes=True)
        person = ("--by", "Ada Quill", "--because", "the classes were split")
        _keep("CheckDocument", town.run("check", "district", "--limit", "1", "--json").out)
        refused = FaultRule(Fault.ITEM_FAILURES, method="POST", path="users", items=(0,), count=1)
        sandbox.set_faults(FaultPlan((refused,)))
        town.run("sync", "district", "--quiet")
        sandbox.set_faults(FaultPlan())
        sandbox.seed().user("guest-1", "Gus", "Guest")
        town.run("sync", "district", "--quiet")
        broken = town.cut_short().name
        _keep("PlanDocument", town.run("plan", broken, "--limit", "1", "--json").out)
        _keep("ReportDocument", town.run("sync", broken, "--json").out)
        _keep("ApproveDocument", town.run("approve", "--cause", "guard.district", *person, "--json").out)
        _keep("RunsDocument", town.run("report", "--list", "--json").out)
        _keep("ForeignDocument", town.run("report", "--foreign", "--json").out)
        _keep("ExportDocument", town.run("export", "district", "mended.zip", "--json").out)
        _keep("ErrorDocument", CommandLine(Path(folder))("plan", "district", "--data", "new", "--json").out)
        process = town.run.begin("sandbox", "--json", "--quiet", "--district", "600", "--sis")
        assert process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            text += process.stdout.readline()
        process.terminate()
        process.communicate()
        _keep("SandboxDocument", text)


def renew_examples_of_grades() -> None:
    """The same of the commands about grades."""
    from command_line import town_of
    from graded_town import graded
    from sis_connect.sandbox.district import school_year_of, write_district
    from sis_connect.sandbox.schoology import SandboxSettings, start

    with (
        tempfile.TemporaryDirectory() as folder,
        start(SandboxSettings(rate=None), Path(folder) / "schoology.sqlite") as sandbox,
    ):
        town = town_of(Path(folder), sandbox)
        write_district(town.package, students=60, school_year=school_year_of(datetime.now(UTC).date()))
        town.run("sync", "district", "--quiet")
        with graded(town) as place:
            _keep_grades(place)


def _keep_grades(place: GradedTown) -> None:
    """What the commands about grades answer when one student is refused and one grade was cleared."""
    refused, cleared, *_ = place.students
    item = place.item("Quiz 3")
    place.grade_all(item)
    place.refuse(refused)
    _keep("GradesReportDocument", place.run("send", "--class", place.class_, "--json").out)
    place.grade(item, cleared)
    place.grade(place.item("Project", grading_category=0), refused, "18")
    place.rules('categories.default = "Tests"', "reading.overlap = 5")
    _keep("GradesPlanDocument", place.run("plan", "--class", place.class_, "--full", "--limit", "1", "--json").out)
    _keep("GradesStatusDocument", place.run("status", "--students", "--refused", "refused.csv", "--json").out)
    explained = place.run("explain", refused, "--class", place.class_, "--item", "Quiz 3", "--json")
    _keep("GradesExplainDocument", explained.out)
    person = ("--by", "Ada Quill", "--because", "entered by mistake")
    _keep("GradesApproveDocument", place.run("approve", "--cause", "grades.withdrawal", *person, "--json").out)
    event = {"type": "grades.update", "data": [{"section_school_code": place.class_}]}
    (place.town.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    _keep("GradesHintDocument", place.run("hint", "event.json", "--json").out)


def _keep(name: str, answer: str) -> None:
    shortened = _shortened(json.loads(answer))
    text = json.dumps(shortened, indent=2, ensure_ascii=False)
    (EXAMPLES / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(one) for key, one in value.items()}
    return [_shortened(one) for one in value[:2]] if isinstance(value, list) else value


if __name__ == "__main__":
    if "--examples" in sys.argv:
        renew_examples()
    PAGE.write_text(page(), encoding="utf-8")
