"""The endpoints of Schoology's REST API v1 that grades need, one method each; none of them writes.

Every list is read to its proven end; a call costs one credit. Not here: how lists are built (`grade_lists`), what is
read when (`grade_source`), the endpoints of rosters (`client`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.errors import UnauthorisedError
from sis_connect.schoology.client import PAGE_SIZE
from sis_connect.schoology.grade_lists import NoSuchListError, Stretch, parse_stretch, read_distinct
from sis_connect.schoology.grade_records import is_final_row
from sis_connect.schoology.records import Row, identity
from sis_connect.schoology.replies import decode
from sis_connect.transport.client import RequestRefusedError
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from sis_connect.transport.client import HttpClient

_ITEM_KEY = "assignment"


class Gradebook:
    """What one key may read of the grade books of sections; safe to share between threads."""

    def __init__(self, http: HttpClient, *, page_size: int = PAGE_SIZE) -> None:
        """`http` signs with the key and adds paths to the address of the API's version 1."""
        self._http = http
        self._page_size = page_size

    def __repr__(self) -> str:
        """The server's name, and nothing else."""
        return f"Gradebook({self._http!r})"

    def categories(self, section_id: str) -> list[Row]:
        """The grading categories of a section."""
        return self._whole(f"sections/{section_id}/grading_categories", "grading_category")

    def scales(self, section_id: str) -> list[Row]:
        """The grading scales of a section."""
        return self._whole(f"sections/{section_id}/grading_scales", "grading_scale")

    def periods(self, section_id: str) -> list[Row]:
        """The grading periods of a section."""
        return self._whole(f"sections/{section_id}/grading_periods", "grading_period")

    def items(self, section_id: str) -> list[Row]:
        """Everything that is graded in a section, midterms and finals too.

        Where the key may not list all of it, or the list is not offered, its assignments.
        """
        try:
            return self._items(f"sections/{section_id}/grade_items")
        except NoSuchListError:
            pass
        except UnauthorisedError as error:
            if error.cause != Cause.FORBIDDEN:
                raise
        except RequestRefusedError as error:
            if error.cause != Cause.NOT_FOUND:
                raise
        return self._items(f"sections/{section_id}/assignments")

    def grades(self, section_id: str, since: int = 0) -> list[Row]:
        """The grades of a section, or those that changed since a second of Schoology's own clock.

        Whether one that was cleared or deleted is told of then is not documented: it may be missing.
        """
        parameters = {"timestamp": since} if since > 0 else {}

        def fetch(start: int) -> Stretch:
            return self._fetch(f"sections/{section_id}/grades", start, "grades", "grade", parameters)

        return read_distinct(fetch, lambda row: (identity(row, "assignment_id"), identity(row, "enrollment_id")))

    def _items(self, path: str) -> list[Row]:
        # The limit of a page holds for finals and for other items, each by itself (Assignment page).
        return read_distinct(lambda start: self._fetch(path, start, _ITEM_KEY), _id_of, _longer_part)

    def _whole(self, path: str, key: str) -> list[Row]:
        """A list that comes in one reply, unless the reply says that it goes on."""

        def fetch(start: int) -> Stretch:
            stretch = self._fetch(path, start, key)
            return stretch if stretch.tells_of_more else Stretch(stretch.rows, is_last=True)

        return read_distinct(fetch, _id_of)

    def _fetch(
        self, path: str, start: int, key: str, inner: str = "", parameters: dict[str, int] | None = None
    ) -> Stretch:
        window = {**(parameters or {}), "start": start, "limit": self._page_size}
        return parse_stretch(decode(self._http.send("GET", path, params=window).content), key, inner)


def _id_of(row: Row) -> str:
    return identity(row, "id")


def _longer_part(rows: list[Row]) -> int:
    """How far a page goes in the longer of its two parts."""
    finals = sum(map(is_final_row, rows))
    return max(finals, len(rows) - finals)
