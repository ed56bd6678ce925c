"""Virtual time."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.moto_api._internal import mock_random

from moto_lmi.clock import Clock


class Diary:
    """Notes when it was called."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.notes: list[tuple[str, float]] = []
        self.start = clock.now()

    def note(self, text: str) -> None:
        """Write the text down with the seconds since the start."""
        self.notes.append((text, (self.clock.now() - self.start).total_seconds()))

    def chain(self, left: int) -> None:
        """Note and schedule the next of a chain of calls."""
        self.note(f"chain {left}")
        if left:
            self.clock.call_later(10, self.chain, left - 1)

    def draw(self) -> None:
        """Note a number of moto's random generator."""
        self.notes.append((str(mock_random.getrandbits(64)), 0.0))


def test_nothing_happens_before_it_is_due() -> None:
    """A call is made when its time has come, not before."""
    clock = Clock(speed=0)
    diary = Diary(clock)
    clock.call_later(10, diary.note, "ten")
    clock.advance(9.9)
    assert diary.notes == []
    clock.advance(0.1)
    assert diary.notes == [("ten", 10.0)]


def test_a_call_sees_the_time_for_which_it_was_due() -> None:
    """One long step gives the same history as many short ones, chains included."""
    clock = Clock(speed=0)
    diary = Diary(clock)
    diary.chain(3)
    clock.advance(1000)
    assert diary.notes == [("chain 3", 0.0), ("chain 2", 10.0), ("chain 1", 20.0), ("chain 0", 30.0)]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.lists(st.floats(0, 60), max_size=5))
def test_order_does_not_depend_on_the_steps(delays: list[float], steps: list[float]) -> None:
    """Whatever the steps by which time passes, the calls come in the order of their times."""
    clock = Clock(speed=0)
    diary = Diary(clock)
    for delay in delays:
        clock.call_later(delay, diary.note, "x")
    for step in [*steps, 1000.0]:
        clock.advance(step)
    moments = [moment for _, moment in diary.notes]
    assert moments == pytest.approx(sorted(delays), abs=1e-5)


def test_identifiers_do_not_depend_on_who_runs_the_call() -> None:
    """A call draws from its own seed, so that a replayed history gives the same identifiers."""
    drawn = []
    for extra in (0, 5):
        mock_random.seed(7)
        clock = Clock(speed=0)
        diary = Diary(clock)
        clock.call_later(1, diary.draw)
        for _ in range(extra):
            mock_random.getrandbits(64)
        clock.advance(2)
        drawn.append(diary.notes)
    assert drawn[0] == drawn[1]


def test_speed_and_history_of_anchors() -> None:
    """Time runs at the speed that was set, and a wall time keeps the virtual time that it had."""
    clock = Clock(speed=0)
    before = clock._anchors[-1].wall
    clock.advance(3600)
    clock.speed = 100
    assert clock.at(before) <= clock.now() - timedelta(seconds=3600)
    assert clock.now() > clock.at(clock._anchors[-1].wall)


@pytest.mark.parametrize("speed", [-1, float("nan"), 1e9])
def test_a_wrong_speed_is_refused(speed: float) -> None:
    """A speed outside the range is named in the error."""
    with pytest.raises(ValueError, match="speed"):
        Clock(speed=0).speed = speed


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_time_does_not_go_back(seconds: float) -> None:
    """Advancing by a negative or endless time is refused."""
    with pytest.raises(ValueError, match="seconds"):
        Clock(speed=0).advance(seconds)


def test_a_clock_can_be_saved() -> None:
    """What is scheduled survives pickling, if it is a bound method of something that does."""
    clock = Clock(speed=0)
    diary = Diary(clock)
    clock.call_later(5, diary.note, "later")
    restored: Diary = pickle.loads(pickle.dumps(diary))
    restored.clock.advance(6)
    assert restored.notes == [("later", 5.0)]
    assert diary.notes == []


def test_cancelled_calls_are_not_made() -> None:
    """A call can be taken back."""
    clock = Clock(speed=0)
    diary = Diary(clock)
    event = clock.call_later(5, diary.note, "no")
    clock.call_later(5, diary.note, "yes")
    clock.cancel(event)
    clock.advance(6)
    assert [text for text, _ in diary.notes] == ["yes"]
