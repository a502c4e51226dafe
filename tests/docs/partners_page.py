"""`docs/partners.md`, made from what the matrix came to: run this to renew it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.partners.directory import load
from sis_connect.partners.facts import Grade, facts_of, grade_of
from sis_connect.partners.questions import questions
from sis_connect.sandbox.sis.dress.quirks import SHOWN, UNSHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sis_connect.partners.profile import Profile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "partners.md"

_ABOUT = """\
# Every partner, tried

For each product of the partner program, and for each other SIS of the directory, a test lets a small invented district
live through the steps below, from what its administrator enters to what stands in the LMS.

**These runs were made against the sandbox of SIS Connect in the dress of each vendor's service, not against any
vendor's live service.** The dress is made of the [profile](partner-profiles.md) of the partner, which comes from public
documents, and of quirks that were reported. Where nobody has told how a service does something, the sandbox does it as
the standard has it, and this page says so: what works here may differ there.

This page is made from the outcomes of those runs. Of grades, a SIS that takes none over OneRoster 1.1 is not tried, and
one of which nobody has told is tried with the word of the district: what comes of it is known of the sandbox alone."""

_UNKNOWN = """\
## What is not known

Facts of the connection, of rosters and of the grade book that no source tells, or only a weak one. In the dress they
are as the standard, or that weak source, has them."""

_QUIRKS = """\
## What the dresses show

Quirks that the sandbox shows in the dress of the partner, and those of its profile that no server can show, with the
reason why."""

#: Parts of a profile on which the steps depend.
_PARTS = ("sign_in.", "addresses.", "pulling.", "roster.", "gradebook.")


def partners() -> tuple[Profile, ...]:
    """The whole directory, as a district looks for it: the products of the program, and those beside it."""
    return load().profiles


def page(steps: Mapping[str, str], outcomes: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page; what each step is about by its title, and how it ended by the partner's id."""
    about = "\n".join(f"- **{title}**: {sentences}" for title, sentences in steps.items())
    head = _row(("SIS", "in the program", *steps, "open questions"))
    matrix = [row(profile, outcomes[profile.id]) for profile in partners()]
    unknown = [_row((profile.display_name, _unknown(profile))) for profile in partners()]
    quirks = [_row((profile.display_name, *_quirks(profile))) for profile in partners()]
    parts = (
        _ABOUT,
        about,
        "\n".join((head, _row(["---"] * (len(steps) + 3)), *matrix)),
        _UNKNOWN,
        "\n".join((_row(("partner", "not known")), _row(("---", "---")), *unknown)),
        _QUIRKS,
        "\n".join((_row(("partner", "shown", "not shown")), _row(["---"] * 3), *quirks)),
        "\n".join((_row(("quirk that is not shown", "why")), _row(("---", "---")), *_reasons())),
    )
    return "\n\n".join(parts) + "\n"


def row(profile: Profile, outcomes: Mapping[str, str]) -> str:
    """The line of one partner in the matrix."""
    return _row((profile.display_name, _status(profile), *outcomes.values(), str(len(questions(profile)))))


def _status(profile: Profile) -> str:
    return profile.program.status.value if profile.program else "beside it"


def _unknown(profile: Profile) -> str:
    names = [
        path
        for path, known in facts_of(profile)
        if path.startswith(_PARTS) and (known is None or grade_of(known, profile.sources) is Grade.WEAK)
    ]
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def _quirks(profile: Profile) -> tuple[str, str]:
    return (
        ", ".join(f"`{name}`" for name in profile.quirks if name in SHOWN),
        ", ".join(f"`{name}`" for name in profile.quirks if name in UNSHOWN),
    )


def _reasons() -> list[str]:
    used = {name for profile in partners() for name in profile.quirks}
    return [_row((f"`{name}`", reason)) for name, reason in UNSHOWN.items() if name in used]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _renew() -> None:
    from partner_matrix import COLUMNS, live_through_all
    from rest_side import a_district

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = a_district(folder / "package", students=30)
        outcomes = {profile.id: live_through_all(profile, package, folder / profile.id) for profile in partners()}
    PAGE.write_text(page(COLUMNS, outcomes), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    _renew()
