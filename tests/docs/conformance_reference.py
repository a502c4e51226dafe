"""`docs/conformance.md`, made from the catalogue of checks: run this to renew it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checking import Coping, Group, Level

if TYPE_CHECKING:
    from sis_connect.sis.conformance.checking import Check

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

_ABOUT = """\
# The conformance report

`sis-connect conformance URL` tests any OneRoster 1.1 service for what a district needs, and writes one report: a page
for people and a file for machines. This page lists every check and is made from the code. Ids are permanent.

What fails is shown with the request and the answer, the part of the standard it offends, what a fix looks like, and
whether SIS Connect can live with it. A check that cannot be made is skipped, and the report says why.

Exit code 0 says that nothing failed but advice, 1 that something else did; the report is written either way.

## Being polite

Five requests a second at most, unless `--rate` says otherwise; two at once in the load test only; no more than
`--records` records of one collection. When the service asks to wait, it is waited for. Demographics are read only with
`--demographics`. Nothing is written, unless `--gradebook-class` names a class that was set aside for it: a category, a
line item and a result are put there under ids that begin with `sis-connect-conformance-`, and deleted in the end.

## What is masked

A report may be forwarded. Secrets do not stand in it. Of records, the schema decides: values that tell something about
a person, ids of people, metadata and everything that the data model does not know are shown by their shape, letters as
`a` or `A` and digits as `9`. What is no JSON is shown by its shape alone.

## What the signature proves

The digest (SHA-256) covers the whole report; anybody can compute it again, so it tells changes by accident. The
signature (HMAC-SHA256 of the digest) is made with a key file, `conformance.key` in the data folder unless `--key` names
another; it is made at the first run. `sis-connect conformance --verify REPORT` says whether the report was written by
somebody with the same key and not changed since. A vendor without the key can rely on the digest alone, or send the
report back to be verified. The key also makes the pseudonyms by which `--compare` knows records again; without the key
they tell nothing.

## Comparing two runs

Whether changes and deletions are told can only be seen at two moments. `--compare REPORT` takes the report of an
earlier run, made with the same key: every record whose content differs must have a later `dateLastModified`, and a
record that was deleted must still be shown as `tobedeleted`."""


def page() -> str:
    """The whole page."""
    parts = [_ABOUT, "## Levels", *_levels(), "## Checks"]
    for group in Group:
        parts += [f"### {group.value}", _table([check for check in CHECKS if check.group is group])]
    return "\n\n".join(parts) + "\n"


def _levels() -> list[str]:
    means = {
        Level.REQUIRED: "a failure offends the standard",
        Level.EXPECTED: "the standard leaves it open or makes it optional; a district is better off with it",
        Level.ADVICE: "good to have; it never fails a report",
    }
    livable = {
        Coping.YES: "the service can be used as it is",
        Coping.PARTLY: "something is lost, as the report says",
        Coping.NO: "the service cannot be used until it is mended",
    }
    return [
        "\n".join(f"- *{level.value}*: {text}" for level, text in means.items()),
        "Whether SIS Connect can live with a failure:",
        "\n".join(f"- *{coping.value}*: {text}" for coping, text in livable.items()),
    ]


def _table(checks: list[Check]) -> str:
    head = ("id", "level", "what is true", "part of the standard", "a fix", "livable", "how")
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    for check in checks:
        cells = (
            f"`{check.id}`",
            check.level.value,
            check.title,
            check.clause,
            check.fix,
            check.coping.value,
            check.how,
        )
        lines.append(" | ".join(cell.replace("|", "\\|") for cell in cells))
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
