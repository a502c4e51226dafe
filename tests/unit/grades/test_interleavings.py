"""Whatever happens between a teacher's grades and the SIS: it ends with the SIS equal to the LMS, or with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grade_sis import FakeSis, Habits
from passback import CLASS, Passback, Wishes
from sis_connect.grades.comparing import compare_results, held_of
from sis_connect.grades.manners import Manners
from sis_connect.grades.receipts import Receipt, ReceiptState

if TYPE_CHECKING:
    from collections.abc import Callable

STUDENTS = ("ada", "ben", "cleo")
ITEMS = ("quiz", "test")
SCORES = ("7", "8.25", "10.50", "112")
#: Of these a SIS gets well by itself.
PASSING = ("is_away", "loses_after", "loses_before")


class Killed(BaseException):
    """The process was killed here."""


@dataclass
class Fate:
    """Kills at one of the calls that are counted, before it takes effect or after; at none for None."""

    at: int | None = None
    after: bool = False

    def __post_init__(self) -> None:
        self._calls = 0
        self._lock = Lock()

    def strikes(self) -> bool:
        with self._lock:
            self._calls += 1
            return self.at is not None and self._calls >= self.at


class Doomed:
    """Something whose calls may be its last."""

    def __init__(self, whole: object, fate: Fate) -> None:
        self._whole = whole
        self._fate = fate

    def __getattr__(self, name: str) -> Any:  # stands for any object
        found = getattr(self._whole, name)
        return self._doomed(found) if callable(found) else found

    def _doomed(self, call: Callable[..., object]) -> Callable[..., object]:
        def last(*args: object, **named: object) -> object:
            strikes = self._fate.strikes()
            if strikes and not self._fate.after:
                raise Killed
            answer = call(*args, **named)
            if strikes:
                raise Killed
            return answer

        return last


class Ids(Enum):
    """Whose ids a SIS keeps."""

    OURS = "ours"
    ITS_OWN = "its own"
    #: Its own, and it does not tell them.
    HIDDEN = "hidden"

    def habits(self) -> Habits:
        return Habits(mints_ids=self is not Ids.OURS, hides_ids=self is Ids.HIDDEN)


class District:
    """A class, its SIS, and a process that may be killed."""

    def __init__(self, ids: Ids = Ids.OURS, concurrency: int = 2) -> None:
        self.sis = FakeSis(ids.habits())
        self.path = Passback(self.sis)
        self.path.mints_ids, self.path.concurrency = ids is not Ids.OURS, concurrency
        self.ledger = self.path.ledger
        self.wishes = Wishes()

    def send(self, fate: Fate, *, retry_refused: bool = False) -> None:
        doomed: Any = Doomed(self.ledger, fate)
        self.path.ledger = doomed
        self.path.receipts = self._any(Doomed(self.ledger.receipts, fate))
        self.path.target = self._any(Doomed(self.sis, fate))
        try:
            self.path.send(self.wishes, approve=True, retry_refused=retry_refused)
        except Killed:
            pass
        finally:
            self.path.ledger = self.ledger
        self.check_confirmed()

    def check_confirmed(self) -> None:
        """No grade is confirmed that the SIS does not have."""
        for receipt in self.receipts().values():
            if receipt.state is ReceiptState.CONFIRMED:
                row = self.sis.rows["results"].get(receipt.sis_sourced_id)
                assert row is not None
                assert receipt.sent is not None
                assert compare_results(receipt.sent, held_of(row), Manners()) is None

    def check_end(self) -> None:
        """The SIS holds exactly what is wanted, but for what has a reason."""
        receipts, held = self.receipts(), self.sis.scores()
        for key, score in self.wishes.scores.items():
            receipt = receipts[CLASS, *key]
            if receipt.state is ReceiptState.CONFIRMED:
                assert receipt.sent is not None
                assert float(receipt.sent.score) == float(score) == float(held[key] or "")
            else:
                assert receipt.state is ReceiptState.REFUSED
                assert receipt.code is not None
        # One who is refused may still have what was taken before.
        assert {key for key in held if key not in self.wishes.scores} == set()

    def receipts(self) -> dict[tuple[str, str, str], Receipt]:
        return self.ledger.receipts.results(CLASS)

    @staticmethod
    def _any(value: object) -> Any:  # the doomed stand for what they wrap
        return value


ITEM, STUDENT = st.sampled_from(ITEMS), st.sampled_from(STUDENTS)
GRADES = st.tuples(st.just("grade"), ITEM, STUDENT, st.sampled_from(SCORES))
CLEARINGS = st.tuples(st.just("clear"), ITEM, STUDENT)
TROUBLES = st.tuples(
    st.just("trouble"),
    st.sampled_from(("refuses", "forgets", "loses_after", "loses_before")),
    st.sets(st.sampled_from((*STUDENTS, *ITEMS)), max_size=2),
)
SWITCHES = st.tuples(st.just("switch"), st.sampled_from(("is_away", "rounds")), st.booleans())
SENDINGS = st.tuples(
    st.just("send"),
    st.builds(Fate, st.none() | st.integers(1, 40), st.booleans()),
    st.booleans(),
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.one_of(GRADES, GRADES, CLEARINGS, TROUBLES, SWITCHES, SENDINGS, SENDINGS), min_size=3, max_size=14
    ),
    ids=st.sampled_from(Ids),
    concurrency=st.sampled_from((1, 3)),
)
def test_any_interleaving_ends_with_the_sis_as_wanted_or_with_a_reason(
    steps: list[tuple[Any, ...]], ids: Ids, concurrency: int
) -> None:
    district = District(ids, concurrency)
    district.wishes.scores |= {("quiz", student): "9" for student in STUDENTS}
    habits = district.sis.habits
    for what, *rest in steps:
        if what == "grade":
            district.wishes.scores[rest[0], rest[1]] = rest[2]
        elif what == "clear":
            district.wishes.scores.pop((rest[0], rest[1]), None)
        elif what == "send":
            district.send(rest[0], retry_refused=rest[1])
        else:
            setattr(habits, *rest)

    for name in PASSING:
        setattr(habits, name, type(getattr(habits, name))())
    for _ in range(2):
        district.send(Fate())
    district.check_end()
    written = district.sis.puts.copy()
    district.send(Fate())
    assert district.sis.puts == written
    # What was mended in the SIS alone goes out when somebody asks.
    district.sis.habits = ids.habits()
    district.send(Fate(), retry_refused=True)
    district.check_end()
    assert all(district.receipts()[CLASS, *key].state is ReceiptState.CONFIRMED for key in district.wishes.scores)
    district.path.close()


@settings(deadline=None, max_examples=40)
@given(
    nights=st.lists(
        st.dictionaries(st.tuples(ITEM, STUDENT), st.sampled_from(SCORES), min_size=1), min_size=1, max_size=4
    )
)
def test_as_many_results_are_written_as_have_changed(nights: list[dict[tuple[str, str], str]]) -> None:
    district = District()
    changed, known = 0, dict[tuple[str, str], str]()
    for grades in nights:
        changed += sum(known.get(key) != score for key, score in grades.items())
        known |= grades
        district.wishes.scores |= grades
        district.send(Fate())
    assert district.sis.puts["results"] == changed
    district.path.close()
