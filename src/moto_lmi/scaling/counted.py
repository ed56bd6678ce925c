"""Invocations that really ran on a version, as the scaler and the metrics see them beside offered traffic.

They count whole, one by one. How long they took is real time, however virtual time went; what CPU and memory they used is
this machine's and is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from moto_lmi.background import backend_of
from moto_lmi.clock import clock_for
from moto_lmi.scaling.load import Ground
from moto_lmi.scaling.tally import Tally


class Counted:
    """What was counted of one version, and the room that its environments had meanwhile. It can be pickled."""

    def __init__(self, start: datetime) -> None:
        self.to_the_scaler = Tally()
        self.to_the_metrics = Tally()
        self._passed = start

    def pass_to(self, now: datetime, ground: Ground) -> None:
        """Let time pass until now on this ground, which has been there since time last passed."""
        seconds = sum(max(0.0, (now - max(ready, self._passed)).total_seconds()) for ready in ground.ready)
        self._passed = now
        for tally in (self.to_the_scaler, self.to_the_metrics):
            tally.environment_s += seconds
            tally.slot_s += seconds * ground.max_concurrency
            tally.vcpu_s += seconds * ground.vcpus

    def add(self, *, ended: int, failed: int, throttled: int, seconds: float, at_a_time: int) -> None:
        """So many invocations have ended, which took `seconds` together, and so many found no room."""
        for tally in (self.to_the_scaler, self.to_the_metrics):
            tally.offered += ended + throttled
            tally.admitted += ended
            tally.answered += ended
            tally.failed += failed
            tally.throttled["concurrency"] += throttled
            tally.request_s += seconds
            tally.fullest = max(tally.fullest, at_a_time)

    def take_for_scaler(self) -> Tally:
        """What happened since the scaler last looked."""
        taken, self.to_the_scaler = self.to_the_scaler, Tally()
        return taken

    def take_for_metrics(self) -> Tally:
        """What happened since the metrics were last written."""
        taken, self.to_the_metrics = self.to_the_metrics, Tally()
        return taken


def apply(rows: Sequence[dict[str, Any]]) -> None:
    """Invocations have ended; a kind of change. What was due before they did happens first."""
    for row in rows:
        scaling = getattr(backend_of(row["account"], row["region"]), "scaling", None)
        if scaling is not None:
            clock_for(row["account"]).catch_up_to(datetime.fromisoformat(row["at"]))
            counts = {name: row[name] for name in ("ended", "failed", "throttled", "seconds", "at_a_time")}
            scaling.count((row["function"], row["version"]), **counts)
