"""The scaling loop of one account and Region: what happens by itself on its capacity providers, in virtual time.

Every evaluation period the scaler looks at each published version, as `lmi_sim.policies.scaling` decides; the fleet
starts and drains environments, and launches and terminates instances. Every five minutes there is an observation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lmi_sim.policies.scaling import decide, wakes, with_gpu
from moto_lmi import facts
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import Event, clock_for
from moto_lmi.fleet import Fleet
from moto_lmi.hosts import Host, Provider, Workload
from moto_lmi.scaling.counted import Counted
from moto_lmi.scaling.load import Ground, Load, fit_of
from moto_lmi.scaling.observations import PERIOD_S, Observation
from moto_lmi.scaling.seeing import see
from moto_lmi.scaling.tally import Tally
from moto_lmi.scaling.traffic import Demand, Stretch

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNLIMITED = 15_000
_LOG_LENGTH = 1_000

Key = tuple[str, str]
"""A function's name and a version of it."""


@dataclass(frozen=True)
class Happened:
    """Something that the scaler did, or could not do."""

    moment: datetime
    function_name: str
    version: str
    """Both empty where the whole provider is meant."""
    what: str
    """`out`, `in`, `woken`, `refused` or `rotated`."""
    detail: str


class Scaling:
    """What happens by itself in one account and Region. It can be pickled.

    `listeners` are called with every `Observation`; they must be bound methods of what can be pickled.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.fleet.watcher = self
        self.listeners: list[Callable[[Observation], object]] = []
        self.loads: dict[Key, Load] = {}
        self.counted: dict[Key, Counted] = {}
        """Of what really ran, beside the traffic that was offered."""
        self.happened: list[Happened] = []
        self._low_since_s: dict[Key, float] = {}
        self._looking: dict[Key, Event] = {}
        self._next_observation: Event | None = None

    # --- traffic -------------------------------------------------------------------------------------------------------

    def offer(self, workload: Workload, stretches: Sequence[Stretch], demand: Demand, *, instead: bool = False) -> Load:
        """Let requests come to the version from now on; with `instead`, in place of those that come, if any do.

        Raises ValueError when an environment can't hold one of them, and, without `instead`, while the version has
        traffic already.
        """
        key = _key(workload)
        self._settle()
        present = self.loads.get(key)
        if present is not None and instead:
            fit_of(demand, self._ground(workload))
            present.change(self._now(), stretches, demand)
            self._watch(workload)
            self._watch_all()
            return present
        if present is not None and not present.is_over:
            raise ValueError(
                f"{key[0]}:{key[1]} has traffic until {present.moment(present.end_s):%Y-%m-%d %H:%M:%S} UTC; stop it first"
            )
        fit_of(demand, self._ground(workload))
        load = self.loads[key] = Load(self._now(), stretches, demand)
        if key in self._looking:  # the scaler's periods begin with the traffic
            clock_for(self.fleet.account_id).cancel(self._looking.pop(key))
        self._watch(workload)
        self._watch_all()
        return load

    def stop(self, key: Key) -> None:
        """Let no more requests come to the version; those under way are answered. Raises KeyError without traffic."""
        self._settle()
        self.loads[key].stop(self._now())

    def seen(self, key: Key) -> Load:
        """A copy of the traffic that the version has or had last, up to now. Raises KeyError without any.

        A copy, so that whoever looks changes nothing: not even where a step of the calculation ends.
        """
        load = self.loads[key].copied()
        load.pass_to(self._now(), self._ground_of(key))
        return load

    def assume(self, values: Mapping[str, object]) -> None:
        """Change assumptions from now on. Raises ValueError and changes nothing when one is wrong."""
        self._settle()
        self.fleet.assumptions.change(values)
        self.fleet.lifetime_changed()

    def count(self, key: Key, *, ended: int, failed: int, throttled: int, seconds: float, at_a_time: int) -> None:
        """Invocations really ran: so many ended, which took `seconds` together, and so many found no room."""
        workload = next((item for item, _ in self.fleet.running() if _key(item) == key), None)
        if workload is None:
            return
        self._settle()
        counted = self.counted.setdefault(key, Counted(self._now()))
        if key not in self._looking:
            counted.take_for_scaler()  # idle time before now is no room that was left
        counted.add(ended=ended, failed=failed, throttled=throttled, seconds=seconds, at_a_time=at_a_time)
        self._watch(workload)
        self._watch_all()

    # --- the fleet -----------------------------------------------------------------------------------------------------

    def fleet_will_change(self) -> None:
        """Environments or instances are about to come or go: what they did until now is counted, and the scaler looks on."""
        self._settle()
        for workload, _ in self.fleet.running():
            self._watch(workload)
        self._watch_all()

    def host_rotated(self, host: Host, successor: Host) -> None:
        """Note it."""
        self._note("", "", "rotated", f"{host.instance_id} -> {successor.instance_id}")

    def _note(self, function_name: str, version: str, what: str, detail: str) -> None:
        """Keep what happened; the oldest is forgotten after a thousand."""
        self.happened.append(Happened(self._now(), function_name, version, what, detail))
        del self.happened[:-_LOG_LENGTH]

    def _settle(self) -> None:
        """Let all traffic flow until now, on the ground on which it was."""
        now = self._now()
        for key, load in self.loads.items():
            load.pass_to(now, self._ground_of(key))
        for key, counted in self.counted.items():
            counted.pass_to(now, self._ground_of(key))

    def _ground_of(self, key: Key) -> Ground:
        workload = next((item for item, _ in self.fleet.running() if _key(item) == key), None)
        return self._ground(workload) if workload else _NOTHING

    def _ground(self, workload: Workload) -> Ground:
        limit = self.fleet.assumptions.value("router.cpu_busy_limit")
        provider = self.fleet.provider_of(workload.uid)
        return Ground(
            max_concurrency=workload.max_concurrency,
            vcpus=workload.vcpus,
            memory_mib=workload.memory_mib,
            ephemeral_mib=workload.ephemeral_storage,
            ready=tuple(item.ready for item in self.fleet.serving(workload.uid)),
            instances=len(self.fleet.hosts(provider.arn)) if provider else 0,
            cpu_busy_limit=limit,
            shares_gpu=workload.has_accelerator and behaviour_of(self.fleet.account_id).gpu_scaling,
        )

    # --- the scaler ----------------------------------------------------------------------------------------------------

    def _watch(self, workload: Workload) -> None:
        key = _key(workload)
        if key not in self._looking:
            seconds = self.fleet.assumptions.value("scaling_model.evaluation_period_s")
            self._looking[key] = self._later(seconds, self._look, key)

    def _look(self, key: Key) -> None:
        """Look at one version and act; go on while there is anything to look for."""
        del self._looking[key]
        found = [pair for pair in self.fleet.running() if _key(pair[0]) == key]
        if not found:
            return
        self._settle()
        workload, provider = found[0]
        load = self.loads.get(key)
        counted = self.counted.get(key)
        seen = _together(load.take_for_scaler() if load else None, counted.take_for_scaler() if counted else None)
        environments = self.fleet.serving(workload.uid)
        now = self._now()
        ready = sum(item.ready <= now for item in environments)
        starting = len(environments) - ready
        if self.fleet.is_settled(workload.uid):
            self._decide(workload, provider, seen, ready, starting)
        still = seen.offered > 0 or (load is not None and not load.is_over) or starting > 0 or ready > workload.minimum
        if still or not self.fleet.is_settled(workload.uid):
            self._watch(workload)
        else:
            self._low_since_s.pop(key, None)

    def _decide(self, workload: Workload, provider: Provider, seen: Tally, ready: int, starting: int) -> None:
        key, total = _key(workload), ready + starting
        maximum = _UNLIMITED if workload.maximum is None else workload.maximum
        if wakes(total, seen.offered, workload.minimum, maximum):
            self._scale(workload, total, 1, "woken")
            return
        assumed = self.fleet.assumptions
        target_cpu = self._target(provider.target_cpu_percent, assumed.share("scaling_model.target_cpu_percent"))
        target_gpu = self._target(provider.target_gpu_percent, facts.value("defaults.gpu_target_percent") / 100)
        decision = decide(
            now_s=(self._now() - _EPOCH).total_seconds(),
            ready=ready,
            starting=starting,
            cpu_utilisation=with_gpu(seen.cpu_utilisation, target_cpu, seen.gpu_utilisation, target_gpu),
            slot_saturation=seen.slot_saturation,
            low_since_s=self._low_since_s.get(key, -1.0),
            target_cpu=target_cpu,
            target_slots=assumed.share("scaling_model.target_slots_percent"),
            minimum=workload.minimum,
            maximum=maximum,
            scale_in_after_s=assumed.value("scaling_model.scale_in_after_s"),
            scale_in_step=assumed.share("scaling_model.scale_in_step_percent"),
        )
        self._low_since_s[key] = decision.low_since_s
        if decision.environments != total:
            self._scale(workload, total, decision.environments, "out" if decision.environments > total else "in")

    def _scale(self, workload: Workload, present: int, wanted: int, what: str) -> None:
        refusal = self.fleet.scale(workload, wanted)
        reached = len(self.fleet.serving(workload.uid))
        if reached != present:
            self._note(*_key(workload), what, f"{present} -> {reached} environments")
        if refusal is not None:
            self._note(*_key(workload), "refused", f"{refusal.code}: {refusal.reason}")

    @staticmethod
    def _target(percent: float | None, default: float) -> float:
        """A target as a share; one of 0 would ask for endlessly many environments, so it is taken for 1 per cent."""
        return default if percent is None else max(percent, 1.0) / 100

    # --- observations --------------------------------------------------------------------------------------------------

    def _watch_all(self) -> None:
        if self._next_observation is None:
            passed = (self._now() - _EPOCH).total_seconds()
            seconds = (math.floor(passed / PERIOD_S) + 1) * PERIOD_S - passed
            self._next_observation = self._later(seconds, self._observe)

    def _observe(self) -> None:
        """Tell the listeners of the five minutes that are over; go on while there is anything to see."""
        self._settle()
        now = self._now()
        offered = {key: load.take_for_metrics() for key, load in self.loads.items()}
        counted = {key: each.take_for_metrics() for key, each in self.counted.items()}
        tallies = {key: _together(offered.get(key), counted.get(key)) for key in (*offered, *counted)}
        for key in counted.keys() - self._looking.keys():
            if not counted[key].offered:
                del self.counted[key]
        demands = {key: load.demand for key, load in self.loads.items()}
        observation = see(self.fleet, now - timedelta(seconds=PERIOD_S), now, tallies, demands)
        self._next_observation = None
        if observation.instances or observation.versions:
            self._watch_all()
            for listener in self.listeners:
                listener(observation)

    # --- time ----------------------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return clock_for(self.fleet.account_id).now()

    def _later(self, seconds: float, call: Callable[..., object], *arguments: object) -> Event:
        return clock_for(self.fleet.account_id).call_later(seconds, call, *arguments)


_NOTHING = Ground(1, 1.0, math.inf, math.inf, (), 0, math.inf, shares_gpu=False)
"""The ground of a version that does not run."""


def _together(offered: Tally | None, counted: Tally | None) -> Tally:
    """What was seen of a version, whose traffic is offered, counted, both or none."""
    if offered is None or counted is None:
        return offered or counted or Tally()
    offered.add_requests(counted)
    return offered


def _key(workload: Workload) -> Key:
    return workload.function_name, str(workload.version)
