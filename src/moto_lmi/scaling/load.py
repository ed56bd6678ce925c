"""The requests of one published version: how they fill its environments as virtual time passes.

Requests are counted, not followed: `lmi_sim.policies.flow` says what share of them is refused and how many are answered
in a step of a few seconds. So a day of traffic takes a second or two.
"""

from __future__ import annotations

import copy
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lmi_sim.policies.flow import Station, advance, filling
from moto_lmi.scaling.tally import Tally
from moto_lmi.scaling.traffic import Demand, Stretch

STEP_S = 5.0
"""The longest step; also a step ends where the rate bends, an environment becomes ready, or a minute is over."""
_MINUTE_S = 60.0
_NOTHING_UNDER_WAY = 1e-6


@dataclass(frozen=True)
class Ground:
    """What a version runs on now: its size, when each environment is ready, and how many instances its provider has."""

    max_concurrency: int
    vcpus: float
    memory_mib: float
    ephemeral_mib: float
    ready: tuple[datetime, ...]
    instances: int
    cpu_busy_limit: float
    shares_gpu: bool


@dataclass(frozen=True)
class Fit:
    """What an environment holds of a demand: requests at a time, and the reason for which it refuses one more."""

    slots: int
    reason: str


@dataclass
class Minute:
    """A minute of a report."""

    start_s: float
    tally: Tally
    environments: int
    starting: int
    instances: int


class Load:
    """Traffic for one version, and the requests that are under way. It can be pickled."""

    def __init__(self, start: datetime, stretches: Sequence[Stretch], demand: Demand) -> None:
        self.start = start
        self.stretches = tuple(stretches)
        self.demand = demand
        self.under_way = 0.0
        self.to_the_scaler = Tally()
        self.to_the_metrics = Tally()
        self.minutes: list[Minute] = []
        self._starts = [stretch.start_s for stretch in self.stretches]
        self._passed_s = 0.0
        self.end_s = self.stretches[-1].end_s

    @property
    def is_over(self) -> bool:
        """Whether no more requests come and none is under way."""
        return self._is_idle(self._passed_s)

    def stop(self, now: datetime) -> None:
        """Let no more requests come."""
        self.end_s = min(self.end_s, max(0.0, (now - self.start).total_seconds()))

    def change(self, now: datetime, stretches: Sequence[Stretch], demand: Demand) -> None:
        """Let other requests come from now on instead; what has come stays counted, what is under way is answered."""
        now_s = max(0.0, (now - self.start).total_seconds())
        kept = [item for item in self.stretches if item.start_s < min(now_s, self.end_s)]
        if kept:
            last, cut_s = kept[-1], min(now_s, self.end_s, kept[-1].end_s)
            kept[-1] = Stretch(last.start_s, cut_s, last.start_rps, last.rate(cut_s))
        until_s = kept[-1].end_s if kept else 0.0
        if until_s < now_s:
            kept.append(Stretch(until_s, now_s, 0.0, 0.0))
        moved = (Stretch(now_s + s.start_s, now_s + s.end_s, s.start_rps, s.end_rps) for s in stretches)
        self.stretches = (*kept, *moved)
        self.demand = demand
        self._starts = [stretch.start_s for stretch in self.stretches]
        self.end_s = self.stretches[-1].end_s

    def pass_to(self, now: datetime, ground: Ground) -> None:
        """Let time pass until now on this ground, which has been there since time last passed."""
        until_s = (now - self.start).total_seconds()
        if until_s <= self._passed_s:
            return
        fit = fit_of(self.demand, ground)
        station = _station(self.demand, ground, fit)
        ready_s = sorted((item - self.start).total_seconds() for item in ground.ready)
        for begin_s, end_s in self._steps(until_s, ready_s):
            environments = bisect_right(ready_s, begin_s)
            if self._is_idle(begin_s):
                self._rest(end_s - begin_s, fit, environments, ground)
                continue
            self._step(begin_s, end_s - begin_s, station, fit, environments, ground)
            minute = self.minutes[-1]
            minute.environments = environments
            minute.starting = len(ready_s) - environments
            minute.instances = ground.instances
        self._passed_s = until_s

    def rate(self, time_s: float) -> float:
        """Requests per second at a time, seconds from the start."""
        if not 0 <= time_s < self.end_s:
            return 0.0
        return self.stretches[bisect_right(self._starts, time_s) - 1].rate(time_s)

    def _steps(self, until_s: float, ready_s: Sequence[float]) -> Iterator[tuple[float, float]]:
        """The steps until then, each with one number of environments and a rate that is straight."""
        now_s = self._passed_s
        bends = [time_s for time_s in (*ready_s, self.end_s) if now_s < time_s < until_s]
        first = bisect_right(self._starts, now_s)
        last = bisect_right(self._starts, until_s)
        borders = iter(sorted({*bends, *self._starts[first:last], until_s}))
        border_s = next(borders)
        while now_s < until_s:
            minute_s = (now_s // _MINUTE_S + 1) * _MINUTE_S
            end_s = border_s if self._is_idle(now_s) else min(now_s + STEP_S, border_s, minute_s)
            if end_s > now_s:
                yield now_s, end_s
            now_s = end_s
            if now_s >= border_s:
                border_s = next(borders, until_s)

    def _is_idle(self, now_s: float) -> bool:
        """Whether all requests have come and gone by then; the report ends there, what is ready is still counted."""
        return now_s >= self.end_s and self.under_way < _NOTHING_UNDER_WAY

    def _rest(self, seconds: float, fit: Fit, environments: int, ground: Ground) -> None:
        for tally in (self.to_the_scaler, self.to_the_metrics):
            tally.slot_s += environments * fit.slots * seconds
            tally.vcpu_s += environments * ground.vcpus * seconds
            tally.environment_s += environments * seconds

    def _step(
        self, begin_s: float, seconds: float, station: Station, fit: Fit, environments: int, ground: Ground
    ) -> None:
        offered = self.rate(begin_s + seconds / 2) * seconds
        before = self.under_way
        if environments:
            filled = filling(station, environments)
            flow = advance(filled, before / environments, offered / seconds / environments, seconds)
            self.under_way = flow.requests * environments
            admitted = offered * (1 - flow.refused)
        else:
            self.under_way = admitted = 0.0
        answered = max(0.0, before + admitted - self.under_way)
        busy_s = answered * station.cpu_s
        index = int(begin_s // _MINUTE_S)
        if not self.minutes or self.minutes[-1].start_s < index * _MINUTE_S:
            self.minutes.append(Minute(index * _MINUTE_S, Tally(), environments, 0, ground.instances))
        mean = (before + self.under_way) / 2
        for tally in (self.to_the_scaler, self.to_the_metrics, self.minutes[-1].tally):
            tally.offered += offered
            tally.admitted += admitted
            tally.answered += answered
            tally.throttled[fit.reason if environments else "concurrency"] += offered - admitted
            tally.request_s += mean * seconds
            tally.slot_s += environments * fit.slots * seconds
            tally.vcpu_s += environments * ground.vcpus * seconds
            tally.environment_s += environments * seconds
            if ground.shares_gpu:
                tally.gpu_s += busy_s
                tally.cpu_s += answered * self.demand.cpu_ms / 1000
            else:
                tally.cpu_s += busy_s
            tally.fullest = max(tally.fullest, self.under_way / environments if environments else 0.0)

    def copied(self) -> Load:
        """A load that goes on by itself from here; what is past is shared, as it does not change."""
        twin = copy.copy(self)
        twin.minutes = [*self.minutes[:-1], *copy.deepcopy(self.minutes[-1:])]
        twin.to_the_scaler, twin.to_the_metrics = copy.deepcopy((self.to_the_scaler, self.to_the_metrics))
        return twin

    def take_for_scaler(self) -> Tally:
        """What happened since the scaler last looked."""
        taken, self.to_the_scaler = self.to_the_scaler, Tally()
        return taken

    def take_for_metrics(self) -> Tally:
        """What happened since the metrics were last written."""
        taken, self.to_the_metrics = self.to_the_metrics, Tally()
        return taken

    def moment(self, time_s: float) -> datetime:
        """The virtual time at so many seconds from the start."""
        return self.start + timedelta(seconds=time_s)


def fit_of(demand: Demand, ground: Ground) -> Fit:
    """What an environment holds. Raises ValueError when its memory or disk doesn't hold a single request."""
    limits = {"concurrency": ground.max_concurrency}
    if demand.memory_mb or demand.base_memory_mb:
        free_mb = ground.memory_mib - demand.base_memory_mb
        if free_mb <= 0 or free_mb < demand.memory_mb:
            raise ValueError(
                f"an environment of {ground.memory_mib:g} MB has no memory for one request: base_memory_mb "
                f"{demand.base_memory_mb:g} + memory_mb {demand.memory_mb:g}"
            )
        if demand.memory_mb and math.isfinite(free_mb):  # where a version does not run, it isn't
            limits["memory"] = int(free_mb / demand.memory_mb + 1e-9)
    if demand.disk_mb:
        if demand.disk_mb > ground.ephemeral_mib:
            raise ValueError(f"/tmp of {ground.ephemeral_mib:g} MB has no room for one request: {demand.disk_mb:g} MB")
        if math.isfinite(ground.ephemeral_mib):
            limits["disk"] = int(ground.ephemeral_mib / demand.disk_mb + 1e-9)
    reason = min(limits, key=lambda name: limits[name])
    fit = Fit(limits[reason], reason)
    return _with_cpu_limit(fit, _station(demand, ground, fit), ground)


def _with_cpu_limit(fit: Fit, station: Station, ground: Ground) -> Fit:
    """With fewer slots where, before they are full, more requests want the CPU than may."""
    most = ground.cpu_busy_limit * station.vcpus
    if station.computing(fit.slots) < most:
        return fit
    low, high = 1, fit.slots
    while low < high:
        middle = (low + high) // 2
        if station.computing(middle) < most:
            low = middle + 1
        else:
            high = middle
    return Fit(low, "cpu") if low < fit.slots else fit


def _station(demand: Demand, ground: Ground, fit: Fit) -> Station:
    if ground.shares_gpu and demand.gpu_ms:
        return Station(fit.slots, 1, (demand.io_ms + demand.cpu_ms) / 1000, demand.gpu_ms / 1000)
    return Station(fit.slots, max(1, round(ground.vcpus)), (demand.io_ms + demand.gpu_ms) / 1000, demand.cpu_ms / 1000)
