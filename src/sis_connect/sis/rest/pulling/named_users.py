"""Users whom others name and no listing gave: guardians, administrators, aides, asked for one by one.

For providers that give students and teachers only. Whoever was read names further people, until nobody is missing whom
the provider knows. What was read is kept on disk as listings are. Not here: listings (`reading`), and who asks
(`fetching`).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sis_connect.oneroster.operations import OPERATIONS
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.values import parsed
from sis_connect.sis.rest.client import is_not_found, is_not_given
from sis_connect.sis.rest.paging.listing import Listing
from sis_connect.sis.rest.paging.metadata import first_names
from sis_connect.sis.rest.paging.parts import Part, PartState
from sis_connect.sis.rest.paging.place import Place
from sis_connect.sis.rest.pulling.sealing import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.sis.rest.paging.dialect import Dialect
    from sis_connect.sis.rest.paging.listing import Delivered

_USERS, _ENROLLMENTS = ENTITIES["users"], ENTITIES["enrollments"]
_GET_USER = OPERATIONS["getUser"]
#: Users asked for before what came is written down.
_LOT = 64


class NamedUsers:
    """The users that are read one by one."""

    def __init__(self, folder: Path, dialect: Dialect) -> None:
        """Goes on where the part in the folder ends, if there is one."""
        self._part = Part(folder, _GET_USER.id)
        state = self._part.open()
        self._state = state or PartState(Place(limit=1), dialect)
        self._asked: set[str] = set()

    @property
    def parts(self) -> list[Path]:
        """Where they are, if there are any."""
        return [self._part.path] if self._state.rows else []

    def read(
        self,
        frames: Frames,
        users: Sequence[Path],
        enrollments: Sequence[Path],
        fetch_all: Callable[[Sequence[Listing]], Iterable[Delivered]],
    ) -> None:
        """Everybody whom these parts, or the users read here, name was asked for.

        The errors of the service, other than that it does not know or not give a user.
        """
        try:
            while missing := self._missing(frames, users, enrollments):
                for lot in _lots(missing):
                    if not self._take(lot, fetch_all([_listing(id_) for id_ in lot])):
                        return
        finally:
            self._part.close()

    def _missing(self, frames: Frames, users: Sequence[Path], enrollments: Sequence[Path]) -> list[str]:
        """Ids that are named, that no user has, and that were not asked for."""
        known = scan(_USERS, [*users, *self.parts])
        agents = parsed(_USERS.field("agent_sourced_ids"), "agent_sourced_ids")
        named = frames.execute(
            f"SELECT user_sourced_id AS id FROM {scan(_ENROLLMENTS, enrollments)} "
            f"UNION SELECT unnest({agents}) FROM {known} EXCEPT SELECT sourced_id FROM {known} ORDER BY id"
        ).fetchall()
        # No path can carry dots alone.
        return [id_ for (id_,) in named if id_ and id_ not in self._asked and id_ not in (".", "..")]

    def _take(self, ids: Sequence[str], delivered: Iterable[Delivered]) -> bool:
        """What was asked for is kept; False when the provider gives nobody like this."""
        self._asked.update(ids)
        lines, rows, refused = b"", 0, 0
        metadata = set(self._state.metadata)
        for id_, one in zip(ids, delivered, strict=True):
            if one.error is not None:
                if is_not_found(one.error, _GET_USER.kind):
                    continue
                if not is_not_given(one.error):
                    raise one.error
                refused += 1
            elif list(one.said.ids) == [id_]:
                lines += one.lines
                rows += 1
                metadata |= one.metadata
        self._part.add(lines)
        self._state = PartState(
            self._state.place,
            self._state.dialect,
            rows=self._state.rows + rows,
            metadata=tuple(sorted(first_names(metadata))),
        )
        self._part.write(self._state)
        return refused < len(ids)

    @property
    def metadata(self) -> tuple[str, ...]:
        """Names of metadata columns met."""
        return self._state.metadata


def _listing(sourced_id: str) -> Listing:
    return Listing(_GET_USER, _GET_USER.path_with(id=sourced_id), _GET_USER.id)


def _lots(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while lot := list(islice(rest, _LOT)):
        yield lot
