"""`docs/conformance.md`, made from the catalogue of checks: run this to renew it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checking import Coping, Group, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.sis.conformance.checking import Check

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

_ABOUT = """\
# The conformance report

`sis-connect conformance` tests any OneRoster 1.1 service for what a district needs.

**Run it.** With the credentials that the service gave out:

```sh
SIS_CONNECT_SIS_KEY=... SIS_CONNECT_SIS_SECRET=... \\
  .venv/bin/sis-connect conformance https://sis.example.org/ims/oneroster/v1p1 --token-url https://sis.example.org/token
```

**Read it.** One page for people and one file for machines, what hurts most first:

![A report of a service that loses records between its pages](pictures/conformance-report.png)

**Fix it.** Each failure shows the request and the answer, the part of the standard it offends, what a fix looks like,
and whether SIS Connect can live with it. When it is mended, make only that check again: `--only paging.gap`.

Where nothing can be read at all, `sis-connect doctor` finds out why. To see a report without a service, test the
[sandbox](sandbox.md#a-sis-beside-it). What else goes wrong out there, and what it leads to, is told in
[what a hostile SIS can do](hostile-sis.md).

A check that cannot be made is skipped, and the report says why.

Exit code 0 says that nothing failed but advice, 1 that something else did; the report is written either way.

## Being polite

Five requests a second at most, unless `--rate` says otherwise; two at once in the load test only; no more than
`--records` records of one collection. When the service asks to wait, it is waited for. Demographics are read only with
`--demographics`. Nothing is written, unless `--gradebook-class` names a class that was set aside for it: a category, a
line item and a result are put there under ids that begin with `sis-connect-conformance-`, and deleted in the end.

## What is masked

A report may be forwarded. Secrets do not stand in it. Of records, the schema decides: values that tell something about
a person, ids of people, metadata and everything that the data model does not know are shown by their shape, letters as
`a` or `A` and digits as `9`. What is no JSON is shown by its shape alone, and so is a header that is not written as
HTTP has it. A failure names the first record it is about by its place, such as `/enrollments, record 188`, and shows
that record: ask for it with `limit=1&offset=187`.

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

_ABOUT_THE_CHECKS = """\
Every check, made from the code. Ids are permanent. What many checks have in common stands above them, with … for what
differs."""

#: As many checks say what they have in common once.
_MANY = 3
#: Words that a fix or a part of the standard must have in common.
_ENOUGH = 2


def page() -> str:
    """The whole page."""
    parts = [_ABOUT, "## Levels", *_levels(), "## Checks", _ABOUT_THE_CHECKS]
    for group in Group:
        parts += [f"### {group.value}", *_tables([check for check in CHECKS if check.group is group])]
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


def _tables(checks: list[Check]) -> Iterator[str]:
    """The checks that are alike below what they have in common, then the others."""
    families: dict[tuple[str, ...], list[Check]] = {}
    for check in checks:
        likeness = (check.id.partition(".")[0], check.level, check.coping, check.how, check.fix.partition(" ")[0])
        families.setdefault(likeness, []).append(check)
    others: list[Check] = []
    for family in families.values():
        fix, clause = _common([check.fix for check in family]), _common([check.clause for check in family])
        if len(family) < _MANY or not fix:
            others += family
            continue
        first = family[0]
        part = f" Part of the standard: {clause}." if clause else ""
        yield (f"*{_capital(first.level.value)}.* A fix: {fix}{part} Livable: {first.coping.value}. {first.how}")
        if clause:
            yield _table(("id", "what is true"), [(f"`{check.id}`", check.title) for check in family])
        else:
            yield _table(
                ("id", "what is true", "part of the standard"),
                [(f"`{check.id}`", check.title, check.clause) for check in family],
            )
    if others:
        yield _table(
            ("id", "level", "what is true", "part of the standard", "a fix", "livable", "how"),
            [_row(check) for check in checks if check in others],
        )


def _common(texts: list[str]) -> str:
    """The words that all texts have, … where they differ; "" where that is too little."""
    words = [text.split() for text in texts]
    if len({len(line) for line in words}) > 1:
        return ""
    common = [here[0] if len(set(here)) == 1 else "…" for here in zip(*words, strict=True)]
    return " ".join(common) if len(common) - common.count("…") >= _ENOUGH else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(check: Check) -> tuple[str, ...]:
    return (
        f"`{check.id}`",
        check.level.value.partition(" ")[0],
        check.title,
        check.clause,
        check.fix,
        check.coping.value,
        check.how,
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
