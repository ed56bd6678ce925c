"""The report of traffic that was offered: a table by minute, totals, what the scaler did, and all that was assumed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from moto_lmi.assumed import Assumed
from moto_lmi.scaling.load import Load, Minute
from moto_lmi.scaling.loop import Happened

_MODEL_NOTE = (
    "Requests are counted, not followed: means of a balance, with the refusals of Poisson arrivals. "
    "Percentiles of latency would need the distribution of each request's time and are left out."
)


@dataclass(frozen=True)
class Row:
    """One minute from `minute` on (0 is the first). Counts are whole numbers that add up over the rows."""

    minute: int
    offered: int
    served: int
    throttled_concurrency: int
    throttled_cpu: int
    throttled_memory: int
    throttled_disk: int
    mean_latency_ms: float | None
    """Of those answered, by Little's law; None in a minute without an answer."""
    cpu_percent: float
    """Of the ready environments' vCPUs."""
    slots_percent: float
    """Of the ready environments' slots, how many were in use."""
    environments: int
    """Ready at the end of the minute."""
    starting: int
    instances: int

    @property
    def throttled(self) -> int:
        """Requests refused with status 429."""
        return self.throttled_concurrency + self.throttled_cpu + self.throttled_memory + self.throttled_disk


@dataclass(frozen=True)
class Report:
    """What came of the traffic so far."""

    function_arn: str
    start: datetime
    is_over: bool
    rows: tuple[Row, ...]
    happened: tuple[Happened, ...]
    assumptions: tuple[Assumed, ...]
    note: str = _MODEL_NOTE

    @property
    def offered(self) -> int:
        """Requests that came."""
        return sum(row.offered for row in self.rows)

    @property
    def served(self) -> int:
        """Requests that were answered."""
        return sum(row.served for row in self.rows)

    @property
    def throttled(self) -> int:
        """Requests that were refused."""
        return sum(row.throttled for row in self.rows)

    def document(self) -> dict[str, Any]:
        """The report for a JSON document."""
        return {
            "function_arn": self.function_arn,
            "start": self.start.isoformat(),
            "is_over": self.is_over,
            "offered": self.offered,
            "served": self.served,
            "throttled": self.throttled,
            "rows": [asdict(row) for row in self.rows],
            "happened": [{**asdict(item), "moment": item.moment.isoformat()} for item in self.happened],
            "assumptions": [asdict(item) for item in self.assumptions],
            "note": self.note,
        }


def make_report(function_arn: str, load: Load, happened: Sequence[Happened], assumptions: Sequence[Assumed]) -> Report:
    """The report of a load."""
    counter = _Counter()
    return Report(
        function_arn=function_arn,
        start=load.start,
        is_over=load.is_over,
        rows=tuple(_row(minute, counter) for minute in load.minutes),
        happened=tuple(item for item in happened if item.moment >= load.start),
        assumptions=tuple(assumptions),
    )


class _Counter:
    """Makes whole numbers of fractions so that their sum is never off by one or more."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}

    def whole(self, name: str, amount: float) -> int:
        before = self._sums.get(name, 0.0)
        self._sums[name] = before + amount
        return math.floor(before + amount + 0.5) - math.floor(before + 0.5)


def _row(minute: Minute, counter: _Counter) -> Row:
    tally = minute.tally
    latency_s = tally.mean_latency_s
    return Row(
        minute=round(minute.start_s / 60),
        offered=counter.whole("offered", tally.offered),
        served=counter.whole("served", tally.answered),
        throttled_concurrency=counter.whole("concurrency", tally.throttled["concurrency"]),
        throttled_cpu=counter.whole("cpu", tally.throttled["cpu"]),
        throttled_memory=counter.whole("memory", tally.throttled["memory"]),
        throttled_disk=counter.whole("disk", tally.throttled["disk"]),
        mean_latency_ms=None if latency_s is None else round(1000 * latency_s, 3),
        cpu_percent=round(100 * tally.cpu_utilisation, 3),
        slots_percent=round(100 * tally.slot_saturation, 3),
        environments=minute.environments,
        starting=minute.starting,
        instances=minute.instances,
    )
