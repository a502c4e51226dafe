"""The ground on which paging is tried: the fullest collection of the service, and what a page of it holds.

Here: what the checks of paging, filter, sort and fields share. Not here: any check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.json_deviations import UnreadablePageError
from sis_connect.oneroster.json_reader import read_page
from sis_connect.sis.conformance.checking import CannotTellError, Check, Group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Coping, Level, Verdict
    from sis_connect.sis.conformance.probe import Probe
    from sis_connect.sis.conformance.sampling import Sample

_GROUNDS = ("enrollments", "users", "classes", "courses", "academicSessions", "orgs")
#: Records with which paging can be told from no paging.
FEWEST = 4


def ground(probe: Probe) -> Sample:
    """The collection to try paging on: the fullest; CannotTellError when none has enough records."""
    fullest: Sample | None = None
    for collection in _GROUNDS:
        try:
            listing = probe.sample(collection)
        except CannotTellError:
            continue
        if fullest is None or len(listing.rows) > len(fullest.rows):
            fullest = listing
    if fullest is None or len(fullest.rows) < FEWEST:
        raise CannotTellError("No collection has enough records to cut into pages.")
    return fullest


def page_of(probe: Probe, listing: Sample, parameters: Mapping[str, str | int]) -> tuple[Answered, list[str]]:
    """An answer and the ids on it; CannotTellError when it is no page."""
    taken = probe.ask(listing.operation.id, parameters)
    return taken, ids_on(taken, listing)


def ids_on(taken: Answered, listing: Sample) -> list[str]:
    """The ids on a page; CannotTellError when it is none."""
    if taken.status != 200:
        raise CannotTellError(f"The page was answered with {taken.ending}.")
    try:
        return [str(row["sourced_id"]) for row in read_page(taken.content, listing.operation).rows]
    except UnreadablePageError as error:
        raise CannotTellError(f"The page cannot be read: {error.what}") from None


def paging_check(  # noqa: PLR0917  # a row of a table, in the order of its columns
    id_: str, level: Level, title: str, fix: str, coping: Coping, how: str, judge: Callable[[Probe], Verdict]
) -> Check:
    """A check of the group Paging."""
    clause = "Queries: pagination"
    return Check(f"paging.{id_}", Group.PAGING, level, clause, title, fix, coping, how, judge)
