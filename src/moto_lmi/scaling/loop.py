"""The scaling loop of one account and Region: it sees what the fleet does, and acts on it, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from moto_lmi.clock import Event, clock_for
from moto_lmi.fleet import Fleet
from moto_lmi.scaling.observations import PERIOD_S, Observation
from moto_lmi.scaling.seeing import see

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Scaling:
    """What happens by itself on the capacity providers of one account and Region. It can be pickled.

    `listeners` are called with every `Observation`; they must be bound methods of what can be pickled.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.fleet.watcher = self
        self.listeners: list[Callable[[Observation], object]] = []
        self._next_observation: Event | None = None

    def fleet_will_change(self) -> None:
        """Environments or instances are about to come or go: begin to watch."""
        if self._next_observation is None:
            self._observe_later()

    def _observe_later(self) -> None:
        now = self._now()
        passed = (now - _EPOCH).total_seconds()
        seconds = (math.floor(passed / PERIOD_S) + 1) * PERIOD_S - passed
        self._next_observation = clock_for(self.fleet.account_id).call_later(seconds, self._observe)

    def _observe(self) -> None:
        """Tell the listeners of the five minutes that are over; go on while there is anything to see."""
        now = self._now()
        observation = see(self.fleet, now - timedelta(seconds=PERIOD_S), now)
        self._next_observation = None
        if observation.instances or observation.versions:
            self._observe_later()
            for listener in self.listeners:
                listener(observation)

    def _now(self) -> datetime:
        return clock_for(self.fleet.account_id).now()
