"""Virtual time: every transition of the emulator happens on it, and nothing sleeps.

Each account has a clock of its own. It runs in step with real time at a settable speed and can be advanced by hand.
There is no thread: what has become due is run, in order, by `Clock.catch_up`, which every request calls first. So an
observer can't tell the difference from a world that moves by itself, and the same calls give the same history.

    virtual now = anchor + (wall now - anchor_wall) * speed
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.moto_api._internal import mock_random

_SEED_BITS = 64
LONGEST_ADVANCE_S = 10 * 365 * 86_400

ALL: dict[str, Clock] = {}
"""The clocks that have been used, by account id."""

_default_speed = 1.0
_is_busy: Callable[[], bool] = bool
_settle: Callable[[], object] = bool
_held_wall: datetime | None = None
_tellers: list[Callable[[bool], object]] = []


def wall_now() -> datetime:
    """The wall time, UTC; while a request is handled it is the time at which that came."""
    return _held_wall or datetime.now(UTC)


def tell_before(teller: Callable[[bool], object]) -> None:
    """Have the teller called before time passes, so that it tells of what happened until then; `tell_no_more` ends it.

    It gets whether something is due, or time is moved; it never hears of it while a request is handled under held time.
    """
    _tellers.append(teller)


def tell_no_more(teller: Callable[[bool], object]) -> None:
    """Undo `tell_before`."""
    if teller in _tellers:
        _tellers.remove(teller)


def hear(*, at_once: bool = True) -> None:
    """Have everybody tell what happened until now."""
    if _held_wall is None:
        for teller in list(_tellers):
            teller(at_once)


def wait_for(is_busy: Callable[[], bool], settle: Callable[[], object]) -> None:
    """Let time that is advanced wait while `is_busy`, with `settle`: functions that run take no virtual time."""
    global _is_busy, _settle
    _is_busy, _settle = is_busy, settle


@contextmanager
def wall_time_held(moment: datetime) -> Iterator[None]:
    """Let every clock take `moment` for the wall time.

    A request whose handling takes a moment then sees a single time, and sees it again when it is replayed.
    """
    global _held_wall
    before, _held_wall = _held_wall, moment
    try:
        yield
    finally:
        _held_wall = before


@dataclass(order=True)
class Event:
    """A call that will be made when the clock reaches `due`.

    It carries the seed for the identifiers that it will draw, so that a history which is played again from a journal
    gives the same identifiers, whichever request happens to run it.
    """

    due: datetime
    order: int
    seed: int = field(compare=False)
    call: Callable[..., object] = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)


@dataclass(frozen=True)
class Anchor:
    """From wall time `wall` on, virtual time starts at `virtual` and runs at `speed` virtual seconds per second."""

    wall: datetime
    virtual: datetime
    speed: float

    def at(self, wall: datetime) -> datetime:
        """The virtual time at the wall time `wall`, which is not before the anchor's."""
        return self.virtual + (wall - self.wall) * self.speed


class Clock:
    """The virtual clock of one account.

    Picklable as long as the scheduled calls are bound methods of picklable objects or functions of a module.
    """

    def __init__(self, speed: float | None = None) -> None:
        wall = wall_now()
        self._anchors = [Anchor(wall, wall, _default_speed if speed is None else speed)]
        self._events: list[Event] = []
        self._scheduled = 0
        self._running_at: datetime | None = None

    @property
    def speed(self) -> float:
        """Virtual seconds per real second; 0 means that time stands still until it is advanced."""
        return self._anchors[-1].speed

    @speed.setter
    def speed(self, factor: float) -> None:
        if not 0 <= factor <= 1_000_000:
            raise ValueError(f"speed {factor!r} is outside 0..1000000 virtual seconds per real second")
        wall = wall_now()
        self._anchors.append(Anchor(wall, self._anchors[-1].at(wall), factor))

    def now(self) -> datetime:
        """The virtual time, UTC. Within a scheduled call it is the time for which the call was due."""
        return self._running_at or self._anchors[-1].at(wall_now())

    def at(self, wall: datetime) -> datetime:
        """The virtual time that the clock showed at the wall time `wall`; before the clock began they are the same."""
        if wall.tzinfo is None:
            wall = wall.replace(tzinfo=UTC)
        for anchor in reversed(self._anchors):
            if wall >= anchor.wall:
                return anchor.at(wall)
        return wall

    def call_later(self, seconds: float, call: Callable[..., object], *arguments: Any) -> Event:
        """Have `call(*arguments)` made `seconds` virtual seconds from now.

        The event that is returned can be given to `cancel`.
        """
        self._scheduled += 1
        seed = mock_random.getrandbits(_SEED_BITS)
        event = Event(self.now() + timedelta(seconds=max(0.0, seconds)), self._scheduled, seed, call, arguments)
        heapq.heappush(self._events, event)
        return event

    def cancel(self, event: Event) -> None:
        """Take a scheduled call back; nothing happens if it was made already."""
        self._events = [other for other in self._events if other is not event]
        heapq.heapify(self._events)

    def catch_up(self) -> None:
        """Make every call that has become due, in the order of their times."""
        if self._running_at is None:
            hear(at_once=bool(self._events) and self._events[0].due <= self._anchors[-1].at(wall_now()))
            self._run_until(self._anchors[-1].at(wall_now()))

    def catch_up_to(self, moment: datetime) -> None:
        """Make every call that was due at the moment, which is not later than now."""
        if self._running_at is None:
            self._run_until(moment)

    def advance(self, seconds: float) -> datetime:
        """Move the clock ahead by `seconds` virtual seconds, make what became due, and return the new time."""
        if not 0 <= seconds <= LONGEST_ADVANCE_S:
            raise ValueError(f"seconds {seconds!r} is outside 0..{LONGEST_ADVANCE_S}")
        wall = wall_now()
        return self.move_to(self._anchors[-1].at(wall) + timedelta(seconds=seconds))

    def move_to(self, virtual: datetime, *, settle: bool = True) -> datetime:
        """Set the clock to the time `virtual` (never back), make what became due, and return the new time.

        Where functions run because of it, time stands still until they have ended, unless `settle` is off.
        """
        if settle and _is_busy():
            _settle()
        if self._running_at is None:
            hear()
        target = max(virtual, self._anchors[-1].at(wall_now()))
        while settle and (stop := self._run_until(target, stops=True)) is not None:
            self._anchors.append(Anchor(wall_now(), stop, self.speed))
            _settle()
            hear()
        self._anchors.append(Anchor(wall_now(), target, self.speed))
        self._run_until(target)
        return target

    def resume_at(self, virtual: datetime) -> None:
        """Go on from the time `virtual`, which may lie back, as if none had passed: for a state that is loaded."""
        self._anchors.append(Anchor(wall_now(), virtual, self.speed))

    def next_due(self) -> datetime | None:
        """When the next scheduled call is due, if there is one."""
        return self._events[0].due if self._events else None

    def _run_until(self, limit: datetime, *, stops: bool = False) -> datetime | None:
        """Make the calls that are due. With `stops`, only up to a moment at which functions run; that moment."""
        if not self._events or self._events[0].due > limit:
            return None
        state = mock_random.getstate()
        moment = self._events[0].due
        try:
            while self._events and self._events[0].due <= limit:
                if stops and self._events[0].due > moment and _is_busy():
                    return moment
                event = heapq.heappop(self._events)
                self._running_at = moment = event.due
                mock_random.seed(event.seed)
                event.call(*event.arguments)
        finally:
            self._running_at = None
            mock_random.setstate(state)
        return moment if stops and _is_busy() else None


def clock_for(account_id: str) -> Clock:
    """The clock of the account, made on first use at the default speed."""
    clock = ALL.get(account_id)
    if clock is None:
        clock = ALL[account_id] = Clock()
    return clock


def set_default_speed(factor: float) -> None:
    """Let clocks that are made from now on run at `factor` virtual seconds per real second."""
    global _default_speed
    Clock(speed=0).speed = factor  # refuses a factor out of range
    _default_speed = factor


def default_speed() -> float:
    """The speed that new clocks get."""
    return _default_speed


def advance_all(seconds: float) -> None:
    """Advance the clock of every account that has one."""
    for clock in list(ALL.values()):
        clock.advance(seconds)


def reset_clocks() -> None:
    """Forget every clock, and with it all that was scheduled."""
    ALL.clear()
