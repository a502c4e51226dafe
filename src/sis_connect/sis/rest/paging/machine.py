"""Paging that cannot truncate, as a machine without I/O: fed with what each page said, it says what to ask next.

A collection is *complete* only with a proof. The machine counts rows received, never rows asked for; every page but
the first begins with the last row known, so that rows which moved meanwhile are noticed; and it ends where a further
page brings nothing but that row and the total agrees with the count, or where a page beyond it is empty. A total
alone, a short page or a missing link proves nothing. What does not fit is read again from the start, a bounded number
of times, and then refused by name. Not here: requests (`client`), rows (`reading`), words (`rules`).
Serves the query grammar, pagination.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from sis_connect.sis.rest.paging.ordering import first_beyond, still_held
from sis_connect.sis.rest.paging.place import Look, Place
from sis_connect.sis.rest.paging.steps import (
    Again,
    Ask,
    Complete,
    Doubt,
    Note,
    Refused,
    Taken,
    Unsettled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sis_connect.sis.rest.paging.steps import Bounds, Said, Step


class Paging:
    """Reads one collection to its proven end."""

    def __init__(self, bounds: Bounds, place: Place | None = None) -> None:
        """At the beginning, or at the place where an earlier reader was."""
        self._bounds = bounds
        self.place = place or Place(bounds.limit)

    @property
    def ask(self) -> Ask:
        """What to ask for now."""
        return Ask(self.place.offset, self.place.limit, self.place.link)

    def ahead(self, most: int) -> list[Ask]:
        """What will be asked after `ask` if every page is as long as the last; nothing where that is a guess."""
        place = self.place
        total = place.total if self._bounds.heeds_total else None
        if place.look is not Look.ONWARD or place.stumbles or total is None or place.last_page < 2:
            return []
        asks: list[Ask] = []
        offset = place.offset
        while len(asks) < most and offset + 1 < total:
            offset = min(offset + place.last_page, total) - 1
            asks.append(Ask(offset, place.limit))
        return asks

    def take(self, said: Said) -> Taken:
        """What the page asked for by `ask` means."""
        self._hear(said)
        if self.place.pages > self._bounds.pages:
            return Taken(0, Refused(Doubt.TOO_MANY_RECORDS))
        if self.place.link is not None:
            return self._take_linked(said)
        if not said.ids:
            return Taken(len(said.ids), self._nothing(said))
        if self.place.look is Look.TOTAL:
            return Taken(len(said.ids), self._repeated())
        if self.place.offset > 0 and _outline(said.ids) == self.place.first_page:
            return Taken(len(said.ids), self._repeated())
        match self.place.look:
            case Look.FIRST:
                return self._keep(said, 0)
            case Look.ONWARD if list(said.ids) == [self.place.edge]:
                return Taken(1, self._only_the_edge())
            case Look.ONWARD if said.ids[0] == self.place.edge == self.place.highest:
                return self._keep(said, 1)
            case Look.BEYOND:
                return self._take_beyond(said)
            case _:
                return self._find_again(said)

    def shrink(self) -> Ask | None:
        """The same place with half the rows, for a page that cannot be delivered; None when it is small already."""
        if self.place.limit < 50:
            return None
        self.place = replace(self.place, limit=self.place.limit // 2)
        return self.ask

    def settle(self, distinct: int) -> Step:
        """What it means that so many different rows were received, where rows did not ascend.

        Rows that came twice are twins of the source when a second pass brings the same rows in the same order, or
        rows that moved while they were read, and then others may have been missed.
        """
        place = self.place
        self._note(Note.NOT_IN_ORDER)
        if distinct == place.kept:
            return self._complete()
        if place.sequence == place.sequence_before:
            self._note(Note.DUPLICATE_RECORDS, place.kept - distinct)
            return self._complete()
        return self._doubt(Doubt.RECORDS_REPEAT)

    def _hear(self, said: Said) -> None:
        place = self.place
        if said.total is None:
            self._note(Note.TOTAL_MISSING)
        first = said.total if place.pages == 0 else place.first_total
        self.place = replace(self.place, pages=place.pages + 1, total=said.total, first_total=first)

    def _keep(self, said: Said, keep_from: int) -> Taken:
        """Rows from `keep_from` on are new, and those before it are where they were."""
        place = self.place
        new = said.ids[keep_from:]
        orders = still_held(place.orders, place.highest, new)
        if place.found_again and not orders:
            # The place was found again by an order that turns out not to hold.
            return Taken(keep_from, self._doubt(Doubt.ROWS_MOVED))
        if place.pages > 1 and place.largest_page < place.limit:
            self._note(Note.LIMIT_CLAMPED)
        self.place = replace(
            self.place,
            position=place.offset + len(said.ids),
            edge=said.ids[-1],
            kept=place.kept + len(new),
            highest=new[-1],
            orders=orders,
            unmet=0,
            missed=place.missed + place.unmet,
            twins=place.twins + len(new) - len(set(new)) + (place.highest == new[0]),
            largest_page=max(place.largest_page, len(said.ids)),
            last_page=len(said.ids),
            stumbles=0,
            doubt=None,
            first_page=place.first_page or _outline(said.ids),
            sequence="" if orders else _fingerprint((place.sequence, *new)),
        )
        if self.place.kept > self._bounds.records:
            return Taken(keep_from, Refused(Doubt.TOO_MANY_RECORDS))
        if said.link is not None and place.look is Look.FIRST:
            self._note(Note.LINKS_WITHOUT_OFFSET)
            self.place = replace(self.place, link=said.link)
            return Taken(keep_from, self._look(Look.ONWARD, self.place.position))
        return Taken(keep_from, self._onward())

    def _onward(self) -> Ask:
        """The last row known and what follows; where pages have one row only, what follows."""
        place = self.place
        if place.largest_page < 2 or place.limit < 2:
            return self._look(Look.BEYOND, place.position)
        return self._look(Look.ONWARD, max(0, place.position - 1))

    def _only_the_edge(self) -> Step:
        """Nothing follows the last row, or this page is short."""
        self.place = replace(self.place, last_page=1)
        if self._heeded() == self.place.position:
            return self._finish()
        return self._look(Look.BEYOND, self.place.position)

    def _nothing(self, said: Said) -> Step:
        """An empty page, or none."""
        place = self.place
        total = self._heeded()
        is_end = place.look is Look.BEYOND or (place.look is Look.FIRST and place.stumbles > 0)
        if is_end and (total is None or total <= place.position):
            if not said.was_found:
                self._note(Note.NOT_FOUND_AT_END)
            return self._finish()
        if total is not None and total > place.position:
            return self._stumble(Doubt.TOTAL_NOT_REACHED) or self._onward_again()
        return self._stumble(Doubt.PAGE_VANISHED) or self._onward_again()

    def _onward_again(self) -> Step:
        """The same once more; after a second failure from further back."""
        place = self.place
        if place.look is Look.FIRST:
            return self.ask
        if place.look is Look.BEYOND:
            return self._onward()
        return self._step_back() if place.stumbles > 1 else self.ask

    def _take_beyond(self, said: Said) -> Taken:
        """Rows that follow the last one known, or rows that are known."""
        place = self.place
        if not place.is_ascending or place.highest is None:
            return self._keep(said, 0)
        if not still_held(place.orders, None, said.ids):
            return self._keep(said, 0)
        keep_from = first_beyond(place.orders[0], place.highest, said.ids)
        self._pass_over(said.ids[:keep_from])
        if keep_from < len(said.ids):
            return self._keep(said, keep_from)
        if self._heeded() == place.kept:
            return Taken(keep_from, self._finish())
        return Taken(keep_from, self._walk(said, Doubt.PAGE_REPEATS))

    def _repeated(self) -> Step:
        """A page of rows that are known: the end of a provider that ignores the offset, or no end at all.

        Only a total that agrees with the rows received tells one from the other, and only when it is not the number
        of rows of the page: a request for a single row shows that.
        """
        place = self.place
        if self._heeded() != place.kept:
            return self._doubt(Doubt.PAGE_REPEATS)
        if place.look is Look.TOTAL or place.kept == 1:
            return self._finish()
        self.place = replace(place, look=Look.TOTAL, limit=1)
        return self.ask

    def _find_again(self, said: Said) -> Taken:
        """The last row known is not where it was: rows were deleted or inserted before it."""
        place = self.place
        orders = still_held(place.orders, None, said.ids)
        if not orders or place.highest is None:
            return Taken(0, self._doubt(Doubt.ROWS_MOVED))
        if place.look is not Look.BACK and said.ids[0] != place.edge:
            self._note(Note.CHANGED_WHILE_READ)
        keep_from = first_beyond(orders[0], place.highest, said.ids)
        if keep_from == 0 and place.offset > 0:
            return Taken(len(said.ids), self._stumble(Doubt.ROWS_MOVED) or self._step_back())
        if keep_from == 0:
            # Of all that was received nothing is left: another collection stands in its place.
            return Taken(0, self._doubt(Doubt.ROWS_MOVED))
        self.place = replace(place, notes=self.place.notes, found_again=place.found_again + 1, orders=orders)
        self._pass_over(said.ids[:keep_from])
        if keep_from < len(said.ids):
            return self._keep(said, keep_from)
        return Taken(keep_from, self._walk(said))

    def _walk(self, said: Said, doubt: Doubt = Doubt.ROWS_MOVED) -> Step:
        """Rows that are all known lie behind us again, on the way back to where new ones were expected."""
        place = self.place
        order = place.orders[0]
        self.place = replace(place, position=place.offset + len(said.ids), edge=said.ids[-1], last_page=len(said.ids))
        if first_beyond(order, place.edge, said.ids) < len(said.ids) and place.look is not Look.BACK:
            return self._onward()
        return self._stumble(doubt) or self._onward()

    def _step_back(self) -> Step:
        if not self.place.is_ascending:
            return self._doubt(Doubt.ROWS_MOVED)
        stride = max(1, self.place.limit // 2) * 2**self.place.stumbles
        return self._look(Look.BACK, max(0, self.place.offset - stride))

    def _take_linked(self, said: Said) -> Taken:
        """A page reached by a link without offset; the chain of links is all there is to go by."""
        place = self.place
        if said.link is not None and said.link == place.link:
            return Taken(0, self._doubt(Doubt.LINKS_GO_ROUND))
        if said.ids and _outline(said.ids) == place.first_page:
            return Taken(0, self._doubt(Doubt.LINKS_GO_ROUND))
        if not said.ids and said.link is None and self._heeded() in (None, place.kept):
            return Taken(0, self._finish())
        if said.ids:
            self.place = replace(place, offset=place.position)
            taken = self._keep(said, 0)
            if not isinstance(taken.step, Ask):
                return taken
        self.place = replace(self.place, link=said.link)
        if said.link is not None:
            return Taken(0, self._look(Look.ONWARD, self.place.position))
        if self._heeded() == self.place.kept:
            return Taken(0, self._finish())
        return Taken(0, self._look(Look.BEYOND, self.place.position))

    def _finish(self) -> Step:
        place = self.place
        total = self._heeded()
        never_overlapped = place.largest_page < 2 or place.limit < 2
        if never_overlapped and place.kept and self._bounds.heeds_total and place.first_total != place.total:
            return self._doubt(Doubt.ROWS_MOVED)
        if place.total is not None and place.total != place.position:
            self._note(Note.TOTAL_WRONG)
        if total is not None and total > place.position:
            return self._doubt(Doubt.TOTAL_NOT_REACHED)
        if self._lacks_rows():
            return self._doubt(Doubt.ROWS_MOVED)
        return self._complete() if place.is_ascending else Unsettled()

    def _lacks_rows(self) -> bool:
        """True when rows were passed over as known that may never have been received.

        With a total, rows that were inserted behind the reader need not be kept. Without one, or where both totals are
        lower than what was received, rows are known only if the last one kept comes after them.
        """
        place, total = self.place, self._heeded()
        totals = [told for told in (total, place.first_total) if told is not None]
        if total is None or max(totals) < place.kept:
            return place.unmet + place.missed > 0
        return place.kept < min(totals)

    def _pass_over(self, known: Sequence[str]) -> None:
        """Rows that do not come after the last one kept count as known."""
        unmet = 0 if self.place.highest in known else self.place.unmet + len(known)
        self.place = replace(self.place, unmet=unmet)

    def _complete(self) -> Complete:
        if self.place.is_ascending and self.place.twins:
            self._note(Note.DUPLICATE_RECORDS, self.place.twins)
        total = self._heeded()
        return Complete(self.place.kept, total if total == self.place.position else None)

    def _heeded(self) -> int | None:
        return self.place.total if self._bounds.heeds_total else None

    def _stumble(self, doubt: Doubt) -> Step | None:
        """One more answer that brought nothing; a doubt when it is one too many."""
        doubt = self.place.doubt or doubt
        self.place = replace(self.place, stumbles=self.place.stumbles + 1, doubt=doubt)
        return self._doubt(doubt) if self.place.stumbles > self._bounds.stumbles else None

    def _doubt(self, doubt: Doubt) -> Step:
        """From the start again, as long as that is allowed."""
        place = self.place
        if place.passes >= self._bounds.passes:
            return Refused(doubt)
        self._note(Note.READ_AGAIN)
        limit = self._bounds.limit if place.look is Look.TOTAL else place.limit
        self.place = Place(limit, passes=place.passes + 1, sequence_before=place.sequence, notes=dict(self.place.notes))
        return Again(doubt)

    def _look(self, look: Look, offset: int) -> Ask:
        self.place = replace(self.place, look=look, offset=offset)
        return self.ask

    def _note(self, note: Note, times: int = 1) -> None:
        notes = dict(self.place.notes)
        notes[note] = notes.get(note, 0) + times
        self.place = replace(self.place, notes=notes)


def _outline(ids: Sequence[str]) -> str:
    """What tells two pages apart: rows that do not move have the same only on the same page."""
    return f"{len(ids)} {ids[0]} {ids[-1]}"


def _fingerprint(ids: Sequence[str]) -> str:
    return hashlib.blake2b("\0".join(ids).encode(errors="surrogatepass"), digest_size=16).hexdigest()
