"""The environments of one version, and which of them an invocation goes to. Everything here happens in the loop.

Managed instances have the environments that the fleet placed, several invocations in each, and nothing is started on a
request's behalf; an invocation that finds all of those it tries busy is throttled. Default Lambda makes an environment
for every invocation that finds none idle, and keeps it for the next one.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from lmi_sim.policies.assumptions import assumption
from lmi_sim.policies.routing import tried
from moto_lmi import facts
from moto_lmi.invoking.places import Make, Place
from moto_lmi.runtime import Busy, FunctionError, Invocation, Lost

if TYPE_CHECKING:
    from moto_lmi.invoking.targets import Target
    from moto_lmi.runtime.streams import Outcome

_random = random.SystemRandom()


def throttled(key: str, **values: object) -> Busy:
    """The outcome of an invocation that is throttled; the sentence `key` of `facts.toml` has reason and message."""
    sentence = facts.ours(key).format(**values)
    return Busy(sentence.code, sentence.message)


class Pool(Protocol):
    """The environments of one version."""

    def run(self, target: Target, invocation: Invocation, future: Future[Outcome]) -> None:
        """Run an invocation, and put its outcome into the future."""

    def end_place(self, uid: str) -> None:
        """The environment with the id is over."""

    def end(self, *, now: bool) -> list[asyncio.Task[None]]:
        """All of them are over."""


class ManagedPool:
    """The environments of a version on a capacity provider."""

    def __init__(self, loop: asyncio.AbstractEventLoop, make: Make, on_throttle: Callable[[], object]) -> None:
        """`make` makes the environment with an id; `on_throttle` hears of a throttled invocation before its caller."""
        self._loop, self._make, self._on_throttle = loop, make, on_throttle
        self._places: dict[str, Place] = {}
        self._placed: Sequence[str] = ()
        self._choices, self._attempts = assumption("router.choices"), assumption("router.attempts")

    def run(self, target: Target, invocation: Invocation, future: Future[Outcome]) -> None:
        """Try environments in the router's order until one takes it."""
        places = self._at(target.places)
        number = _random.getrandbits(64)
        order = tried([place.load for place in places], number, self._choices, self._attempts)
        self._try([places[index] for index in order], target.version.max_concurrency, invocation, future)

    def _at(self, uids: Sequence[str]) -> list[Place]:
        if uids != self._placed:
            self._placed = uids
            for uid in uids:
                if uid not in self._places:
                    self._places[uid] = Place(self._loop, uid, self._make)
        return [self._places[uid] for uid in uids if uid in self._places]

    def _try(self, places: list[Place], most: int, invocation: Invocation, future: Future[Outcome]) -> None:
        while places:
            place = places.pop(0)
            if place.load < most and not place.is_over:
                attempt: Future[Outcome] = Future()
                attempt.add_done_callback(lambda done: self._hear(done, places, most, invocation, future))
                place.invoke(invocation, attempt)
                return
        self._on_throttle()
        future.set_result(throttled("throttled_managed"))

    def _hear(
        self,
        attempt: Future[Outcome],
        places: list[Place],
        most: int,
        invocation: Invocation,
        future: Future[Outcome],
    ) -> None:
        if (error := attempt.exception()) is not None:
            future.set_exception(error)
        elif isinstance(attempt.result(), Busy):
            self._try(places, most, invocation, future)
        else:
            future.set_result(attempt.result())

    async def start_all(self, uids: Sequence[str]) -> FunctionError | Exception | None:
        """Start every environment; done when they are up. The first failure, if there was one."""
        places = self._at(uids)
        await asyncio.gather(*(place.start() for place in places))
        return next((place.failure for place in places if place.failure is not None), None)

    def end_place(self, uid: str) -> None:
        """The fleet has taken the environment down."""
        place = self._places.pop(uid, None)
        if place is not None:
            self._placed = tuple(other for other in self._placed if other != uid)
            place.end()

    def end(self, *, now: bool) -> list[asyncio.Task[None]]:
        """The version is over."""
        endings = [place.end(now=now) for place in self._places.values()]
        self._places.clear()
        self._placed = ()
        return endings


class OnDemandPool:
    """The environments of a function of default Lambda: one request each, newest first, kept for a while."""

    def __init__(self, loop: asyncio.AbstractEventLoop, make: Make) -> None:
        """`make` makes the environment with an id."""
        self._loop, self._make = loop, make
        self._places: list[Place] = []
        self._idle_s: float = assumption("default_lambda.idle_s")
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def run(self, target: Target, invocation: Invocation, future: Future[Outcome]) -> None:
        """Run it in the environment that was used last among the idle ones, or in a new one."""
        version = target.version
        busy = sum(place.load > 0 for place in self._places)
        reserved = version.reserved_concurrency
        if reserved is not None and busy >= int(reserved):
            future.set_result(throttled("throttled_reserved"))
            return
        if busy >= assumption("default_lambda.account_concurrency"):
            future.set_result(throttled("throttled_account"))
            return
        place = next((place for place in reversed(self._places) if place.load == 0), None)
        if place is None:
            place = Place(self._loop, str(uuid.uuid4()), self._make)
        else:
            self._places.remove(place)
        self._places.append(place)
        timer = self._timers.pop(place.uid, None)
        if timer is not None:
            timer.cancel()
        used = place
        attempt: Future[Outcome] = Future()
        attempt.add_done_callback(lambda done: self._answered(done, used, future))
        place.invoke(invocation, attempt)

    def _answered(self, attempt: Future[Outcome], place: Place, future: Future[Outcome]) -> None:
        """Default Lambda ends an environment whose invocation timed out, or whose start failed."""
        error = attempt.exception()
        outcome = None if error is not None else attempt.result()
        failed = error is not None or isinstance(outcome, Lost | Busy)
        if failed or (isinstance(outcome, FunctionError) and (outcome.timed_out or not place.is_ready)):
            self._drop(place, now=True)
        elif place in self._places:
            self._timers[place.uid] = self._loop.call_later(self._idle_s, self._drop, place)
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(attempt.result())

    def _drop(self, place: Place, now: bool = False) -> None:
        timer = self._timers.pop(place.uid, None)
        if timer is not None:
            timer.cancel()
        if place in self._places:
            self._places.remove(place)
            place.end(now=now)

    def end_place(self, uid: str) -> None:
        """Nobody but the pool itself ends one of them."""

    def end(self, *, now: bool) -> list[asyncio.Task[None]]:
        """The function is over, or has changed."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        endings = [place.end(now=now) for place in self._places]
        self._places.clear()
        return endings
