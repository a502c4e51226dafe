"""An escalation's states, and its clock: an unanswered one climbs the levels."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from program_side import NOW, accepted
from sis_connect.errors import ConfigurationError
from sis_connect.partners.program import deciding
from sis_connect.partners.program import events as ev
from sis_connect.partners.program.escalation import NEXT, Escalation, EscalationState, clock
from sis_connect.partners.program.standing import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = (ev.Level("desk", 24), ev.Level("head", 48), ev.Level("board", 72))


def sent(level: int = 1) -> Escalation:
    """One that the vendor got now."""
    state = EscalationState.WITH_VENDOR
    return Escalation(1, "acorn", "broken", "", "", NOW, state, sent_at=NOW, sent_level=level)


@pytest.mark.parametrize(
    ("hours", "level", "due", "is_overdue"),
    [
        (0, 1, 24, False),
        (23.9, 1, 24, False),
        (24, 2, 72, False),
        (71.9, 2, 72, False),
        (72, 3, 144, False),
        (144, 3, 144, True),
        (9999, 3, 144, True),
    ],
)
def test_unanswered_one_climbs_when_a_levels_hours_are_over(
    hours: float, level: int, due: float, is_overdue: bool
) -> None:
    turn = clock(sent(), LEVELS, NOW + timedelta(hours=hours))
    assert turn is not None
    assert (turn.level, turn.role, turn.is_overdue) == (level, LEVELS[level - 1].role, is_overdue)
    assert turn.due_at == NOW + timedelta(hours=due)


def test_one_that_began_higher_climbs_from_there() -> None:
    turn = clock(sent(level=2), LEVELS, NOW + timedelta(hours=49))
    assert turn is not None
    assert (turn.level, turn.due_at) == (3, NOW + timedelta(hours=120))


@pytest.mark.parametrize("state", set(EscalationState) - {EscalationState.WITH_VENDOR})
def test_clock_runs_only_while_the_vendor_has_it(state: EscalationState) -> None:
    escalation = sent()
    escalation.state = state
    assert clock(escalation, LEVELS, NOW) is None


@given(
    hours=st.lists(st.integers(1, 200), min_size=1, max_size=5),
    earlier=st.floats(0, 2000),
    later=st.floats(0, 2000),
)
def test_time_never_lowers_the_level(hours: list[int], earlier: float, later: float) -> None:
    levels = [ev.Level("x", one) for one in hours]
    first, second = sorted((earlier, later))
    before = clock(sent(), levels, NOW + timedelta(hours=first))
    after = clock(sent(), levels, NOW + timedelta(hours=second))
    assert before is not None
    assert after is not None
    assert before.level <= after.level
    assert before.is_overdue <= after.is_overdue
    assert after.is_overdue == (NOW + timedelta(hours=second) >= NOW + timedelta(hours=sum(hours)))


def a_standing() -> Standing:
    """A partner with an escalation that nobody has sent."""
    events = [*accepted(), ev.EscalationOpened("acorn-sis", 1, "broken", "", "")]
    return standing_of(ev.Entry(n, NOW, "Ada", "", event) for n, event in enumerate(events, start=1))


#: How each state is asked for.
ASKED: dict[EscalationState, Callable[[Standing], ev.Event]] = {
    EscalationState.WITH_VENDOR: lambda standing: deciding.send(standing, 1, levels=2),
    EscalationState.ANSWERED: lambda standing: deciding.answer(standing, 1, "soon"),
    EscalationState.SOLVED: lambda standing: deciding.solve(standing, 1, "mended"),
}


@given(st.lists(st.sampled_from(sorted(ASKED)), max_size=8))
def test_only_the_table_leads_from_state_to_state(wanted: list[EscalationState]) -> None:
    standing = a_standing()
    for number, state in enumerate(wanted, start=10):
        before = standing.escalations[1].state
        if state in NEXT[before]:
            standing.take(ev.Entry(number, NOW, "Ada", "", ASKED[state](standing)))
            assert standing.escalations[1].state is state
        else:
            with pytest.raises(ConfigurationError, match=f"is {before}"):
                ASKED[state](standing)


def test_an_answer_and_a_solution_say_something() -> None:
    with pytest.raises(ConfigurationError):
        deciding.solve(a_standing(), 1, " ")
    with pytest.raises(ConfigurationError, match="no escalation 7"):
        deciding.solve(a_standing(), 7, "mended")


def test_level_is_one_that_the_vendor_has() -> None:
    assert deciding.send(a_standing(), 1, level=2, levels=2).level == 2
    with pytest.raises(ConfigurationError, match="no level 3"):
        deciding.send(a_standing(), 1, level=3, levels=2)
