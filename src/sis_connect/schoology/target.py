"""Schoology as the place a roster goes to: batches of changes in, outcomes out.

Satisfies `sync.apply.RosterTarget` by shape. Here: the order of things around a write, and what a lost answer or a
refused request means for the changes. Not here: the writing (`writing`), the looking (`looking`), taking up again what
was ours once (`readoption`), the listing (`survey`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.errors import OutcomeUnknownError
from sis_connect.schoology import survey
from sis_connect.schoology.client import BULK_LIMIT
from sis_connect.schoology.directory import Directory
from sis_connect.schoology.looking import Looker
from sis_connect.schoology.matching import personal_values
from sis_connect.schoology.readoption import Readopter
from sis_connect.schoology.refusals import BATCH_REFUSED, DUPLICATES, refusal_of, refuse
from sis_connect.schoology.writing import Writer
from sis_connect.sync.changes import Action, OutcomeState
from sis_connect.sync.desired import Kind, record_key
from sis_connect.transport.client import RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.sync.changes import Change, Holding, Links, Outcome

#: Kinds with no bulk call.
_ONE_BY_ONE = frozenset({Kind.SCHOOLS, Kind.TERMS})

_COMMENT = "No longer in the student information system (SIS Connect)."


class SchoologyTarget:
    """One Schoology organisation, written with one key."""

    def __init__(self, client: SchoologyClient, *, comment: str = _COMMENT) -> None:
        """`comment` is the reason Schoology notes when an account is deactivated."""
        directory = Directory(client)
        self._client = client
        self._directory = directory
        self._writer = Writer(client, directory, comment)
        self._looker = Looker(client, directory)
        self._readopter = Readopter(client, self._writer, self._looker)
        #: Records whose creation was sent and not answered: a refusal as a duplicate may be its echo.
        self._in_doubt: set[tuple[Kind, tuple[str, ...]]] = set()

    def batch_size(self, kind: Kind, action: Action) -> int:
        """How many changes one `write` takes, in at most one writing call."""
        return 1 if kind in _ONE_BY_ONE and action is not Action.REMOVE else BULK_LIMIT

    def write(self, batch: Sequence[Change], links: Links) -> list[Outcome]:
        """What became of each change, in order; the batch is of one kind and one action, enrollments aside.

        Removed schools, terms, courses and classes stay in Schoology and count as applied: Schoology has nothing
        between leaving them and destroying the work in them. ConfigurationError: a role is not there.
        """
        if not batch:
            return []
        try:
            outcomes = self._writer.write(batch, links)
        except OutcomeUnknownError:
            self._doubt(batch)
            raise
        except RequestRefusedError as error:
            outcomes = [_refused_request(change, error, is_alone=len(batch) == 1) for change in batch]
        return self._readopter.readopt(batch, self._without_echoes(batch, outcomes, links), links)

    def look(self, batch: Sequence[Change], links: Links) -> list[Outcome | None]:
        """For each change its outcome when Schoology holds what it wanted, else None: it is to be written."""
        self._doubt(batch)
        return self._looker.look(batch, links)

    def survey(self, kinds: Collection[Kind]) -> Iterator[Holding]:
        """Everything Schoology holds of these kinds, whoever made it; agents are not listed."""
        return survey.survey(self._client, self._directory, kinds)

    def members(self, class_lms_ids: Iterable[str]) -> Iterator[Holding]:
        """The enrollments of these sections, whoever made them."""
        return survey.members(self._client, class_lms_ids)

    def roles(self) -> Collection[str]:
        """Titles of the roles of the organisation."""
        return self._directory.roles().keys()

    def _doubt(self, batch: Sequence[Change]) -> None:
        creations = (change for change in batch if change.action is Action.CREATE)
        self._in_doubt.update((change.kind, record_key(change.record)) for change in creations)

    def _without_echoes(self, batch: Sequence[Change], outcomes: list[Outcome], links: Links) -> list[Outcome]:
        """Outcomes where a duplicate that is our own, from a write whose answer was lost, counts as applied."""
        kept = list(outcomes)
        for place, (change, outcome) in enumerate(zip(batch, outcomes, strict=True)):
            identity = (change.kind, record_key(change.record))
            if identity not in self._in_doubt:
                continue
            if outcome.state is OutcomeState.REFUSED and outcome.code in DUPLICATES:
                [found] = self._looker.look([change], links)
                kept[place] = found or outcome
            self._in_doubt.discard(identity)
        return kept


def _refused_request(change: Change, error: RequestRefusedError, *, is_alone: bool) -> Outcome:
    """The outcome of a change in a request that was refused as a whole."""
    refusal = refusal_of(change.kind, error.status, error.reason) if is_alone else BATCH_REFUSED
    return refuse(refusal, error.reason, personal_values(change))
