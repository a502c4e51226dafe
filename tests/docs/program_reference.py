"""`docs/partner-program.md`, made from the rules of the program, its commands and its documents: run to renew it."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec import inspect

from docs import cli_reference as cli
from docs import partner_reference as profiles
from sis_connect.cli.commands.partners import partners
from sis_connect.cli.program_documents import DOCUMENTS
from sis_connect.partners.profile import Status
from sis_connect.partners.program import application as form
from sis_connect.partners.program.escalation import NEXT, EscalationState
from sis_connect.partners.program.events import Need, NightOutcome
from sis_connect.partners.program.lifecycle import MEANINGS, NEEDS
from sis_connect.partners.program.rules import ProgramRules

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "partner-program.md"

_ABOUT = """\
# The partner program

A SIS vendor becomes a partner by applying, by showing that its service works, and by pilots with districts. This page
says what each state asks for and how the program is kept. What is known of each SIS stands in its
[profile](partner-profiles.md). This page is made from the code.

```sh
sis-connect partners apply --template > application.toml
sis-connect partners apply application.toml --by "Ada Quill"
sis-connect partners accept 1 --by "Ada Quill" --because "talked to their engineers"
sis-connect partners advance "Acorn SIS" --by "Ada Quill" --because "agreed to be a partner"
sis-connect conformance https://acorn.example/ims/oneroster/v1p1 --to reports
sis-connect partners evidence "Acorn SIS" --conformance reports/conformance-acorn.json --by "Ada Quill"
sis-connect partners evidence "Acorn SIS" --roster latest --by "Ada Quill"
sis-connect partners evidence "Acorn SIS" --grades 40 --by "Ada Quill" --because "read back in their gradebook"
sis-connect partners advance "Acorn SIS" --by "Ada Quill" --because "all of it was shown"
```"""

_STATES = """\
A partner goes from one state to the next, never past one. `advance` names what is missing and does nothing until it is
there, and ends with exit code 6. A person may sign for evidence that is missing (`--except`, with a name and a reason);
an exception that is not needed is refused. A partner may be moved back to any earlier state with a reason: everything
that the later states ask for must then be shown anew, and nights count from the day after.

The partners that the program publishes today begin where it publishes them; nothing is asked of them for that state."""

_EVIDENCE = """\
A conformance report counts when it was signed with the key of the program, holds every check, and nothing failed in it
but advice. A run counts as a roster that arrived when it ended, every record is accounted for, nothing waits and
nothing was refused. Both must be of the endpoint that the application names, and made since the partner was moved back
last; a report must not be too old. That grades went the whole way is a person's word with a reason; a vendor that takes
no grades need not show them."""

_APPLICATION = """\
An application is a TOML file; `partners apply --template` writes an empty one. It asks the questions of the program,
and every fact of a [profile](partner-profiles.md#fields), by its place, such as `pulling.max_page_size`. What stays
`"unknown"` stays a question. OneRoster 1.1 is required.

It is kept whatever is missing, and what is missing is named. Once it is accepted there is a draft of the profile in the
folder `profiles`, with the vendor's answers and the application as their source; for a product that has a profile, the
answers are laid over what was known, and whoever accepts says how they know that it comes from that vendor. Names and
addresses of contacts stay in the application, which `partners show` reads. Refused are secrets, files of more than
256 KiB, texts of more than 4,000 characters, and signs that cannot be seen.

The draft is a profile like any other. `sis-connect sandbox --partner sis-connect-program/profiles/acorn-sis.toml` shows
the vendor its own service as SIS Connect understood it, and a pilot district names the same file in its rules, as
`sis.partner`, by its path from the folder of the rules file. Once the profile is shipped, the file moves to
`src/sis_connect/partners/profiles`, and nothing else changes."""

_PILOTS = """\
Districts join once their vendor is In Testing, and nights are written down once it is In Pilot: by the run of that
night, or by a person's word. A night is named by its morning, in the district's own time. A run is a night of one
district only, and a district is the same however its name is spaced and capitalised."""

_ESCALATIONS = """\
`partners escalate` opens an escalation and writes a bundle: a zip with what failed, requests and replies, codes of
findings, times with their zone, the version of the profile, an excerpt of a conformance report and what was tried.
Names, ids of people, e-mail addresses and secrets are masked. Requests and replies come from the SIS itself, which
`--doctor` asks at that moment, and from the conformance report that was named; without either there are none. A night
on which the SIS could not be read left no run behind: leave RUN out then, and say `--doctor`.

With `--district` an escalation is that of one district, and `partners escalations --district` shows it where its own
stand: whose turn it is at the vendor, until when, and what was answered. Secrets that this machine knows never get into
the log, whoever typed them.

While an escalation is with the vendor its clock runs, by day and night. When a level lets its hours pass, it is the
next level's turn, by itself: nobody has to do anything for that. The hours are those of the application, or of the
rules where there was none."""

_KEPT = """\
The program has a folder of its own (`--program`, `SIS_CONNECT_PROGRAM`):

| file | what |
| --- | --- |
| `program.sqlite` | the log, with the files that it names: applications, drafts of profiles, bundles |
| `program.toml` | the numbers below, where they are not the defaults; may be missing |
| `profiles/` | drafts of accepted applications; one that is missing is made again from the log |

Everything that is so follows from the log. An entry is added and never changed; each holds who wrote it, when, why,
and a SHA-256 over itself and the digest of the entry before. Whoever changes, removes or reorders entries breaks that
chain, and every command says so. Entries cut off at the end are noticed by comparing with a digest that was published:
`partners.json` holds the last one, and `partners history --since-digest` looks for it."""


def page() -> str:
    """The whole page."""
    parts = [_ABOUT, "## States", _states(), _STATES, "## Evidence", _needs(), _EVIDENCE]
    parts += ["## Applications", _APPLICATION]
    for place, struct in _FORM:
        parts += [f"### `{place}`", cli._about(struct), _table(("field", "meaning"), _form_fields(struct))]
    parts += ["## Pilots", _PILOTS, _words(NightOutcome), "## Escalations", _ESCALATIONS, _escalation_states()]
    parts += ["## Where it is kept", _KEPT, "## Numbers"]
    parts.append(_table(("setting in `program.toml`", "default", "meaning"), _numbers()))
    parts += ["## Commands", "Each takes `--json`, `--quiet` and `--program DIR`; those that write take `--by` too."]
    for words, command in commands():
        parts += _command(words, command)
    parts += ["## JSON", "In addition to what [the command line](cli.md#json) says."]
    for document in DOCUMENTS:
        parts += [f"### {document.__name__}", cli._about(document), _fields(document)]
    parts += ["### Values in the documents"]
    for struct in shapes():
        parts += [f"#### {struct.__name__}", cli._about(struct), _fields(struct)]
    return "\n\n".join(parts) + "\n"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its words, in the order of a partner's way."""
    for name, command in partners.commands.items():
        if isinstance(command, click.Group):
            for inner in command.commands.values():
                yield f"partners {name} {inner.name}", inner
        else:
            yield f"partners {name}", command


def shapes() -> list[type[msgspec.Struct]]:
    """Every value inside the documents."""
    found: dict[type[msgspec.Struct], None] = {}
    waiting: list[type[msgspec.Struct]] = list(DOCUMENTS)
    while waiting:
        for struct in chain.from_iterable(cli._structs(field.type) for field in cli._struct_fields(waiting.pop(0))):
            if struct not in found:
                found[struct] = None
                waiting.append(struct)
    return list(found)


_FORM: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("[product]", form.Product),
    ("[certification]", form.Certification),
    ("[sandbox]", form.Sandbox),
    ("[contacts.technical]", form.Person),
    ("[[contacts.escalation]]", form.EscalationContact),
)


def _states() -> str:
    rows = ((state.value, MEANINGS[state], ", ".join(f"`{need}`" for need in NEEDS[state])) for state in Status)
    return _table(("state", "meaning", "evidence to enter it"), rows)


def _needs() -> str:
    return _table(("evidence", "what"), ((f"`{need}`", profiles.meaning(Need, need.name)) for need in Need))


def _words(words: type[NightOutcome]) -> str:
    return _table(("outcome", "meaning"), ((f"`{one}`", profiles.meaning(words, one.name)) for one in words))


def _escalation_states() -> str:
    rows = (
        (f"`{state}`", profiles.meaning(EscalationState, state.name), ", ".join(f"`{one}`" for one in NEXT[state]))
        for state in EscalationState
    )
    return _table(("state", "meaning", "may become"), rows)


def _form_fields(struct: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    for field in cli._struct_fields(struct):
        yield f"`{field.name}`", profiles.meaning(struct, field.name)


def _numbers() -> Iterator[tuple[str, str, str]]:
    defaults = msgspec.to_builtins(ProgramRules())
    for section in cli._struct_fields(ProgramRules):
        assert isinstance(section.type, inspect.StructType)
        struct = section.type.cls
        for field in cli._struct_fields(struct):
            default = defaults[section.name][field.name]
            shown = ", ".join(map(str, default)) if isinstance(default, list | tuple) else str(default)
            yield f"`{section.name}.{field.name}`", shown, profiles.meaning(struct, field.name)


def _command(words: str, command: click.Command) -> list[str]:
    arguments = [one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)]
    common = {"--program", "--json", "--quiet", "--debug"}
    options = [one for one in command.params if isinstance(one, click.Option) and not common & set(one.opts)]
    parts = [f"### {words}", f"`{' '.join(['sis-connect', words, *arguments, '[OPTIONS]'])}`"]
    parts += cli._paragraphs(command.help or "")
    if options:
        parts.append(_table(("option", "what"), ((cli._spelled(one), cli._helped(one)) for one in options)))
    answer = next((one.__name__ for one in DOCUMENTS if _answers(cli._about(one), words)), None)
    if answer:
        parts.append(f"With `--json` it answers a [{answer}](#{answer.lower()}).")
    return parts


def _answers(about: str, words: str) -> bool:
    """True when a document says that it is the answer of a command."""
    named = {one.removeprefix("partners ") for one in re.findall(r"`([^`]+)`", about)}
    return bool(named & {words.removeprefix("partners "), words.split()[1]})


def _fields(struct: type[msgspec.Struct]) -> str:
    rows = (
        (f"`{field.encode_name}`", cli._in_words(field.type), cli.meaning(struct, field.name))
        for field in cli._struct_fields(struct)
    )
    return _table(("field", "type", "meaning"), rows)


_table = cli._table

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
