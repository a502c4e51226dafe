"""Paging either proves that it has every row, or says why it does not believe the provider."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paged_collection import Provider, ids, read
from sis_connect.sis.rest.paging.machine import Paging
from sis_connect.sis.rest.paging.steps import Ask, Bounds, Complete, Doubt, Note, Refused, Said

if TYPE_CHECKING:
    from collections.abc import Callable

TEN = Bounds(limit=10)


@given(rows=st.integers(0, 60), limit=st.integers(1, 20), clamp=st.integers(1, 20), has_total=st.booleans())
def test_every_row_of_an_honest_provider_comes_once_and_in_order(
    rows: int, limit: int, clamp: int, has_total: bool
) -> None:
    provider = Provider(ids(rows), clamp, has_total=has_total)

    outcome = read(provider.answer, Bounds(limit=limit))

    assert outcome.kept == provider.rows
    assert outcome.step == Complete(rows, rows if has_total else None)
    assert outcome.doubts == []


def test_proof_costs_one_request_beyond_the_pages_when_there_is_a_total() -> None:
    provider = Provider(ids(28))

    read(provider.answer, TEN)

    assert provider.asks == [Ask(0, 10), Ask(9, 10), Ask(18, 10), Ask(27, 10)]


def test_proof_without_a_total_is_an_empty_page_too() -> None:
    provider = Provider(ids(10), has_total=False)

    outcome = read(provider.answer, TEN)

    assert provider.asks == [Ask(0, 10), Ask(9, 10), Ask(10, 10)]
    assert outcome.place.notes[Note.TOTAL_MISSING] == 3


def test_clamped_pages_advance_by_the_rows_received() -> None:
    provider = Provider(ids(50), clamp=7, has_total=False)

    outcome = read(provider.answer, Bounds(limit=1000))

    assert outcome.kept == provider.rows
    assert Note.LIMIT_CLAMPED in outcome.place.notes


@pytest.mark.parametrize("has_total", [True, False])
def test_short_pages_prove_nothing(has_total: bool) -> None:
    provider = Provider(ids(57), has_total=has_total)
    lengths = random.Random(1)  # noqa: S311 -- the same every time

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, ids=said.ids[: lengths.randint(1, 10)])

    assert read(answer, TEN).kept == provider.rows


@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("number", range(1, 6))
def test_page_that_is_empty_once_is_asked_for_again(number: int, has_total: bool) -> None:
    provider = Provider(ids(40), has_total=has_total)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, ids=[]) if len(provider.asks) == number else said

    assert read(answer, TEN).kept == provider.rows


@pytest.mark.parametrize("has_total", [True, False])
def test_page_that_is_always_empty_in_the_middle_is_refused(has_total: bool) -> None:
    provider = Provider(ids(40), has_total=has_total)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, ids=[]) if ask.offset >= 15 else said

    outcome = read(answer, TEN)

    assert isinstance(outcome.step, Refused)
    assert outcome.step.doubt in {Doubt.PAGE_VANISHED, Doubt.TOTAL_NOT_REACHED}


def test_total_that_is_not_reached_is_refused() -> None:
    provider = Provider(ids(30))

    outcome = read(lambda ask: replace(provider.answer(ask), total=31), TEN)

    assert outcome.step == Refused(Doubt.TOTAL_NOT_REACHED)
    assert outcome.doubts == [Doubt.TOTAL_NOT_REACHED] * 2


def test_total_that_counts_something_else_can_be_disregarded() -> None:
    provider = Provider(ids(30))

    outcome = read(lambda ask: replace(provider.answer(ask), total=31), replace(TEN, heeds_total=False))

    assert outcome.step == Complete(30, None)
    assert outcome.kept == provider.rows


def test_total_of_the_page_is_noticed_and_does_no_harm() -> None:
    provider = Provider(ids(35))

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, total=len(said.ids))

    outcome = read(answer, TEN)

    assert outcome.kept == provider.rows
    assert Note.TOTAL_WRONG in outcome.place.notes


def test_total_alone_is_not_believed() -> None:
    """A total that is reached while more rows follow does not end the reading."""
    provider = Provider(ids(45))

    outcome = read(lambda ask: replace(provider.answer(ask), total=19), TEN)

    assert outcome.kept == provider.rows


def test_provider_that_ignores_the_offset_is_refused_without_a_total() -> None:
    first = ids(10)

    outcome = read(lambda _: Said(first), TEN)

    assert outcome.step == Refused(Doubt.PAGE_REPEATS)


def test_provider_that_gives_everything_at_once_is_believed_when_the_total_agrees() -> None:
    everything = ids(37)

    outcome = read(lambda _: Said(everything, 37), TEN)

    assert outcome.kept == everything
    assert outcome.step == Complete(37, 37)


@pytest.mark.parametrize("is_true_total", [True, False])
def test_first_page_that_comes_forever_is_no_collection_whatever_the_total(is_true_total: bool) -> None:
    """Also not when the total counts just the rows of that page, and so agrees with what was received."""
    rows = ids(500)

    def answer(ask: Ask) -> Said:
        page = rows[: min(ask.limit, 40)]
        return Said(page, 500 if is_true_total else len(page))

    assert read(answer, Bounds(limit=100)).step == Refused(Doubt.PAGE_REPEATS)


@pytest.mark.parametrize("has_total", [True, False])
def test_last_page_that_comes_forever_never_adds_rows(has_total: bool) -> None:
    provider = Provider(ids(34), has_total=has_total)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return said if said.ids else replace(said, ids=provider.rows[30:])

    outcome = read(answer, TEN)

    assert outcome.kept == provider.rows if has_total else outcome.step == Refused(Doubt.PAGE_REPEATS)


def test_page_that_comes_twice_is_noticed_and_read_on_from() -> None:
    provider = Provider(ids(60), has_total=False)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, ids=provider.rows[9:19]) if len(provider.asks) == 3 else said

    outcome = read(answer, TEN)

    assert outcome.kept == provider.rows
    assert outcome.place.notes[Note.CHANGED_WHILE_READ] >= 1


@given(st.data())
def test_rows_that_stay_are_never_missed_while_others_come_and_go(data: st.DataObject) -> None:
    """Rows are deleted and inserted between any two requests; those that are there all the time are all received."""
    provider = Provider(ids(60), has_total=data.draw(st.booleans()))
    stable = set(provider.rows)
    changes = data.draw(st.lists(st.tuples(st.integers(1, 25), st.booleans(), st.integers(0, 59)), max_size=12))

    def answer(ask: Ask) -> Said:
        for request, is_deletion, at in changes:
            if request == len(provider.asks):
                if is_deletion and at < len(provider.rows):
                    stable.discard(provider.rows.pop(at))
                elif not is_deletion:
                    provider.rows = sorted({*provider.rows, f"r{at:06}-{request}"})
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert isinstance(outcome.step, Refused) or stable <= set(outcome.kept)
    assert len(outcome.kept) == len(set(outcome.kept))


def test_deleted_row_costs_no_second_pass_when_rows_are_in_order() -> None:
    provider = Provider(ids(60))

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 3:
            provider.rows.pop(2)
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == []
    assert set(provider.rows) <= set(outcome.kept)
    assert outcome.place.notes[Note.CHANGED_WHILE_READ] == 1


@pytest.mark.parametrize("has_total", [True, False])
def test_ids_that_change_their_case_while_they_are_read_are_refused(has_total: bool) -> None:
    """Capitals come before small letters, so rows that were never received look like rows that are known."""
    provider = Provider(ids(60), has_total=has_total)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return replace(said, ids=[sourced_id.upper() for sourced_id in said.ids]) if ask.offset >= 10 else said

    assert read(answer, TEN).step == Refused(Doubt.ROWS_MOVED)


def test_ids_that_change_their_case_once_are_read_again() -> None:
    provider = Provider(ids(60))

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 3:
            provider.rows = [sourced_id.upper() for sourced_id in provider.rows]
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == [Doubt.ROWS_MOVED]
    assert outcome.kept == provider.rows


@pytest.mark.parametrize("has_total", [True, False])
def test_collection_that_was_replaced_while_it_was_read_is_read_again(has_total: bool) -> None:
    """Rows of two collections are not mixed, wherever the new ones sort."""
    provider = Provider(ids(60), has_total=has_total)

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 3:
            provider.rows = ids(60, prefix="z")
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == [Doubt.ROWS_MOVED]
    assert outcome.kept == ids(60, prefix="z")


@pytest.mark.parametrize("has_total", [True, False])
def test_pages_that_begin_early_are_read_whole(has_total: bool) -> None:
    provider = Provider(ids(60), has_total=has_total)

    outcome = read(lambda ask: provider.answer(replace(ask, offset=max(0, ask.offset - 1))), TEN)

    assert outcome.kept == provider.rows


def test_rows_inserted_behind_the_reader_cost_no_second_pass_with_a_total() -> None:
    provider = Provider(ids(60))

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 3:
            provider.rows = sorted([*provider.rows, "r000000-new"])
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == []
    assert outcome.kept == ids(60)


def test_rows_that_move_in_no_order_are_read_again_from_the_start() -> None:
    rows = ids(60)
    random.Random(5).shuffle(rows)  # noqa: S311 -- the same every time
    provider = Provider(rows)

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 3:
            provider.rows.pop(2)
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == [Doubt.ROWS_MOVED]
    assert outcome.kept == provider.rows


def test_order_that_changes_with_every_request_is_refused() -> None:
    provider = Provider(ids(60))
    dice = random.Random(3)  # noqa: S311 -- the same every time

    def answer(ask: Ask) -> Said:
        dice.shuffle(provider.rows)
        return provider.answer(ask)

    assert read(answer, TEN).step == Refused(Doubt.ROWS_MOVED)


def test_numbers_in_numeric_order_are_an_order_too() -> None:
    provider = Provider([str(number) for number in range(1, 120)])

    def answer(ask: Ask) -> Said:
        if len(provider.asks) == 4:
            provider.rows.pop(2)
        return provider.answer(ask)

    outcome = read(answer, TEN)

    assert outcome.doubts == []
    assert set(provider.rows) <= set(outcome.kept)


def test_records_twice_in_the_same_place_are_the_source_s_own() -> None:
    rows = ["b", "a", "c", "a", *ids(20)]
    provider = Provider(rows)

    outcome = read(provider.answer, TEN)

    assert outcome.kept == rows
    assert outcome.doubts == [Doubt.RECORDS_REPEAT]
    assert outcome.place.notes[Note.DUPLICATE_RECORDS] == 1


def test_records_twice_side_by_side_need_no_second_pass() -> None:
    rows = ["a", "b", "b", *ids(20)]
    provider = Provider(rows)

    outcome = read(provider.answer, TEN)

    assert outcome.kept == rows
    assert outcome.doubts == []
    assert outcome.place.notes[Note.DUPLICATE_RECORDS] == 1


def test_not_found_beyond_the_last_row_is_an_end() -> None:
    provider = Provider(ids(20), has_total=False)

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        return said if said.ids else Said(was_found=False)

    outcome = read(answer, TEN)

    assert outcome.kept == provider.rows
    assert Note.NOT_FOUND_AT_END in outcome.place.notes


def test_empty_collection_is_asked_for_twice() -> None:
    provider = Provider([], has_total=False)

    assert read(provider.answer, TEN).step == Complete(0, None)
    assert len(provider.asks) == 2


def test_empty_page_with_a_total_is_no_empty_collection() -> None:
    assert read(lambda _: Said((), 12), TEN).step == Refused(Doubt.TOTAL_NOT_REACHED)


def test_links_without_offset_are_followed_to_a_total() -> None:
    rows = ids(25)

    def answer(ask: Ask) -> Said:
        start = int((ask.link or "page=0").removeprefix("page="))
        following = start + 10
        return Said(rows[start:following], 25, f"page={following}" if following < 25 else None)

    outcome = read(answer, TEN)

    assert outcome.kept == rows
    assert Note.LINKS_WITHOUT_OFFSET in outcome.place.notes


def test_links_that_end_early_without_a_total_are_refused() -> None:
    rows = ids(25)

    def answer(ask: Ask) -> Said:
        start = int((ask.link or "page=0").removeprefix("page="))
        return Said(rows[start : start + 10], None, "page=10" if start == 0 else None)

    assert isinstance(read(answer, TEN).step, Refused)


def test_link_to_itself_is_refused() -> None:
    assert read(lambda _: Said(ids(10), 99, "page=1"), TEN).step == Refused(Doubt.LINKS_GO_ROUND)


def test_collection_that_never_ends_is_refused() -> None:
    def answer(ask: Ask) -> Said:
        return Said([f"r{number:09}" for number in range(ask.offset, ask.offset + ask.limit)])

    assert read(answer, Bounds(limit=10, records=500)).step == Refused(Doubt.TOO_MANY_RECORDS)


def test_what_is_asked_ahead_is_what_is_asked() -> None:
    provider = Provider(ids(95))
    paging = Paging(TEN)
    paging.take(provider.answer(paging.ask))

    foretold = [paging.ask, *paging.ahead(100)]

    provider.asks.clear()
    while isinstance(paging.take(provider.answer(paging.ask)).step, Ask):
        pass
    assert foretold == provider.asks


def test_nothing_is_asked_ahead_without_a_total() -> None:
    provider = Provider(ids(95), has_total=False)
    paging = Paging(TEN)
    paging.take(provider.answer(paging.ask))

    assert paging.ahead(5) == []


def test_page_that_cannot_be_delivered_is_asked_for_in_halves() -> None:
    paging = Paging(Bounds(limit=200))

    assert [paging.shrink(), paging.shrink(), paging.shrink()] == [Ask(0, 100), Ask(0, 50), Ask(0, 25)]
    assert paging.shrink() is None


@given(stopped_after=st.integers(1, 5), deleted=st.integers(0, 59))
def test_interrupted_reading_goes_on_and_notices_what_was_deleted_meanwhile(stopped_after: int, deleted: int) -> None:
    provider = Provider(ids(60))
    paging = Paging(TEN)
    kept: list[str] = []
    for _ in range(stopped_after):
        said = provider.answer(paging.ask)
        kept += said.ids[paging.take(said).keep_from :]
    provider.rows.pop(deleted)
    place = paging.place.resumed()
    assert place is not None

    outcome = read(provider.answer, TEN, place)

    received = [*kept, *outcome.kept]
    assert isinstance(outcome.step, Complete)
    assert set(provider.rows) <= set(received)
    assert len(received) == len(set(received))


FAULTS = ("empty", "not found", "first page", "page before", "short", "one row", "no total", "reversed")


def faulty(provider: Provider, faults: dict[int, str]) -> Callable[[Ask], Said]:
    """The provider, with a fault on some requests."""

    def answer(ask: Ask) -> Said:
        said = provider.answer(ask)
        match faults.get(len(provider.asks)):
            case "empty":
                return replace(said, ids=[])
            case "not found":
                return Said(was_found=False)
            case "first page":
                return replace(said, ids=provider.rows[: ask.limit])
            case "page before":
                return replace(said, ids=provider.rows[max(0, ask.offset - 9) :][: ask.limit])
            case "short":
                return replace(said, ids=said.ids[:4])
            case "one row":
                return replace(said, ids=said.ids[:1])
            case "no total":
                return replace(said, total=None)
            case "reversed":
                return replace(said, ids=said.ids[::-1])
            case _:
                return said

    return answer


@given(
    rows=st.integers(0, 60),
    faults=st.dictionaries(st.integers(1, 40), st.sampled_from([*FAULTS]), max_size=20),
)
def test_no_mixture_of_faults_makes_a_shorter_collection_believed_while_totals_are_true(
    rows: int, faults: dict[int, str]
) -> None:
    faults = {number: fault for number, fault in faults.items() if fault not in {"no total", "not found"}}
    provider = Provider(ids(rows))

    outcome = read(faulty(provider, faults), TEN)

    assert isinstance(outcome.step, Refused) or outcome.kept == provider.rows


@given(rows=st.integers(0, 60), number=st.integers(1, 20), fault=st.sampled_from(FAULTS), has_total=st.booleans())
def test_no_single_fault_makes_a_shorter_collection_believed(
    rows: int, number: int, fault: str, has_total: bool
) -> None:
    provider = Provider(ids(rows), has_total=has_total)

    outcome = read(faulty(provider, {number: fault}), TEN)

    assert isinstance(outcome.step, Refused) or outcome.kept == provider.rows
