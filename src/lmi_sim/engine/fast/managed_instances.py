"""Managed instances, compiled: the router and the requests under way.

`lmi_sim.engine.reference.managed_instances` says the rules; the event logs of the two must agree.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lmi_sim.engine.fast import cpus, heap, lifecycle
from lmi_sim.engine.fast import fleet as fleets
from lmi_sim.engine.fast import journal as journals
from lmi_sim.engine.fast import tally as tallying
from lmi_sim.engine.fast.arrivals import Patience, Source, next_arrival_s, patience, retry_wait_s, source
from lmi_sim.engine.fast.compiling import compiled, inlined
from lmi_sim.engine.fast.fleet import DRAINING, GONE, N_AGENDA, N_ENVIRONMENTS, N_READY, Fleet, Rules
from lmi_sim.engine.fast.journal import Journal, note
from lmi_sim.engine.fast.numbers import Demand, bits, demand, needed_s
from lmi_sim.engine.fast.tally import Tally
from lmi_sim.engine.stopping import Stop
from lmi_sim.policies import ManagedInstances, scaling
from lmi_sim.random_numbers import Stream, stream_key
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario

__all__ = ["run"]

_decide = compiled(scaling.decide)

_TRYING_AGAIN = -1  # in place of the environment of a request that waits on the network
_ADMIT, _IO_DONE, _COMPLETE = int(EventKind.ADMIT), int(EventKind.IO_DONE), int(EventKind.COMPLETE)
_THROTTLE, _GIVE_UP = int(EventKind.THROTTLE), int(EventKind.GIVE_UP)
_CONCURRENCY, _CPU, _MEMORY = int(ThrottleReason.CONCURRENCY), int(ThrottleReason.CPU), int(ThrottleReason.MEMORY)
_IN_FLIGHT, _ROUTED, _FREE, _PENDING = range(4)
_IN_FLIGHT_S, _SLOT_S, _LAST = range(3)
_LOW_HALF = np.uint64(0xFFFFFFFF)


class Slots(NamedTuple):
    """The requests under way or waiting to be tried again; `pending` is a heap of what ends without a CPU."""

    pending_s: np.ndarray
    pending_slot: np.ndarray
    arrived_s: np.ndarray
    cpu_s: np.ndarray
    number: np.ndarray
    attempts: np.ndarray
    environment: np.ndarray
    free: np.ndarray
    counts: np.ndarray
    sums: np.ndarray


class Demands(NamedTuple):
    """What requests need, and the router's stream."""

    cpu: Demand
    io: Demand
    router: np.uint64


def _slots(size: int) -> Slots:
    return Slots(
        pending_s=np.zeros(size),
        pending_slot=np.zeros(size, dtype=np.int64),
        arrived_s=np.zeros(size),
        cpu_s=np.zeros(size),
        number=np.zeros(size, dtype=np.int64),
        attempts=np.zeros(size, dtype=np.int64),
        environment=np.zeros(size, dtype=np.int64),
        free=np.arange(size - 1, -1, -1, dtype=np.int64),
        counts=np.array([0, 0, size, 0]),
        sums=np.zeros(3),
    )


def run(scenario: Scenario, *, log: bool = False, stop: Stop) -> Result:
    """Simulate a scenario of managed instances."""
    assert isinstance(scenario.policy, ManagedInstances)
    rules = fleets.rules(scenario.policy, scenario.workload)
    seed = scenario.seed
    demands = Demands(
        cpu=demand(scenario.workload.cpu, seed, Stream.CPU),
        io=demand(scenario.workload.io, seed, Stream.IO),
        router=np.uint64(stream_key(seed, Stream.ROUTER)),
    )
    size, width = min(rules.maximum * rules.slots, 1 << 14) + 1, min(rules.slots, 64)
    noted = journals.FIRST_SIZE if log else 0
    while True:
        tally, journal = tallying.tally(scenario), journals.journal(noted)
        arrivals, callers = source(scenario.traffic, seed, stop), patience(scenario.retries, seed)
        fitted = _run(arrivals, callers, rules, demands, fleets.fleet(rules, width), _slots(size), tally, journal)
        if fitted and not journals.overflowed(journal):
            return tallying.result(scenario, tally, journals.events(journal))
        if not fitted:  # more requests than there was room for: begin again with more
            size, width = 4 * size, min(rules.slots, 4 * width)
        noted *= 4


@inlined
def _count_slots(fleet: Fleet, rules: Rules, slots: Slots, now: float) -> None:
    passed = now - slots.sums[_LAST]
    slots.sums[_IN_FLIGHT_S] += slots.counts[_IN_FLIGHT] * passed
    slots.sums[_SLOT_S] += fleet.counts[N_READY] * rules.slots * passed
    slots.sums[_LAST] = now


@inlined
def _choose(fleet: Fleet, rules: Rules, slots: Slots, router: np.uint64) -> tuple[int, int]:
    """The environment that takes the next request, or -1; and why not."""
    count = fleet.counts[N_READY]
    reason = _CONCURRENCY
    if count == 0:
        return -1, reason
    number = bits(router, slots.counts[_ROUTED])
    slots.counts[_ROUTED] += 1
    pick = np.int64(number & _LOW_HALF) % count
    if rules.choices == 2:
        other = np.int64(number >> np.uint64(32)) % count
        if fleet.in_flight[fleet.ready[other]] < fleet.in_flight[fleet.ready[pick]]:
            pick = other
    for _ in range(min(rules.attempts, count)):
        environment = fleet.ready[pick]
        if fleet.in_flight[environment] >= rules.max_concurrency:
            reason = _CONCURRENCY
        elif fleet.in_flight[environment] >= rules.memory_slots:
            reason = _MEMORY
        elif fleet.computing[environment] >= rules.cpu_busy_limit:
            reason = _CPU
        else:
            return environment, reason
        pick += 1
        if pick == count:
            pick = 0
    return -1, reason


@inlined
def _complete(fleet: Fleet, rules: Rules, slots: Slots, tally: Tally, now: float, slot: int, journal: Journal) -> None:
    _count_slots(fleet, rules, slots, now)
    environment = slots.environment[slot]
    slots.counts[_IN_FLIGHT] -= 1
    fleet.in_flight[environment] -= 1
    slots.free[slots.counts[_FREE]] = slot
    slots.counts[_FREE] += 1
    note(journal, now, _COMPLETE, slots.number[slot], environment)
    tallying.completed(tally, now, slots.arrived_s[slot], slots.cpu_s[slot])
    if fleet.state[environment] == DRAINING and fleet.in_flight[environment] == 0:
        lifecycle.remove(fleet, rules, now, environment, journal)


@inlined
def _compute(fleet: Fleet, rules: Rules, slots: Slots, tally: Tally, now: float, slot: int, journal: Journal) -> bool:
    """A request needs the CPU, or nothing more. Returns whether there was room."""
    if slots.cpu_s[slot] > 0:
        return cpus.compute(fleet, rules, slots.environment[slot], now, slot, slots.cpu_s[slot])
    _complete(fleet, rules, slots, tally, now, slot, journal)
    return True


@compiled
def _look(
    fleet: Fleet,
    rules: Rules,
    slots: Slots,
    tally: Tally,
    now: float,
    low_since_s: float,
    journal: Journal,
) -> float:
    """The scaler looks, and decides. Returns since when the signals are low."""
    _count_slots(fleet, rules, slots, now)
    busy_s = 0.0
    for environment in range(fleet.counts[N_ENVIRONMENTS]):
        if fleet.state[environment] != GONE:
            cpus.pass_to(fleet, rules, environment, now)
            cpus.plan_done(fleet, rules, environment)
            busy_s += fleet.busy_s[environment]
            fleet.busy_s[environment] = 0.0
    slot_s = slots.sums[_SLOT_S]
    vcpu_s = slot_s / rules.slots * rules.vcpus
    decision = _decide(
        now,
        fleet.counts[N_READY],
        lifecycle.starting(fleet),
        busy_s / vcpu_s if vcpu_s > 0 else 0.0,
        slots.sums[_IN_FLIGHT_S] / slot_s if slot_s > 0 else 0.0,
        low_since_s,
        rules.target_cpu,
        rules.target_slots,
        rules.minimum,
        rules.maximum,
        rules.scale_in_after_s,
        rules.scale_in_step,
    )
    slots.sums[_IN_FLIGHT_S] = slots.sums[_SLOT_S] = 0.0
    lifecycle.scale_to(fleet, rules, tally, now, decision.environments, journal)
    lifecycle.rotate(fleet, rules, tally, now, journal)
    return decision.low_since_s


@compiled
def _run(
    source: Source,
    patience: Patience,
    rules: Rules,
    demands: Demands,
    fleet: Fleet,
    slots: Slots,
    tally: Tally,
    journal: Journal,
) -> bool:
    """Run to the end. Returns whether slots and queues sufficed."""
    counts = slots.counts
    number = -1
    look_s, low_since_s = rules.period_s, -1.0
    lifecycle.begin(fleet, rules, tally, journal)
    arrive_s = next_arrival_s(source)

    while True:
        if arrive_s == math.inf and counts[_IN_FLIGHT] == 0 and counts[_PENDING] == 0:
            return True
        busiest = fleet.winner[1] if fleet.counts[N_ENVIRONMENTS] else 0
        compute_s = fleet.done_s[busiest]
        pending_s = slots.pending_s[0] if counts[_PENDING] else math.inf
        fleet_s = fleet.agenda_s[0] if fleet.counts[N_AGENDA] else math.inf
        now = min(min(compute_s, pending_s), min(min(fleet_s, look_s), arrive_s))

        if now == compute_s:
            slot = cpus.pop_done(fleet, rules, busiest, now)
            _complete(fleet, rules, slots, tally, now, slot, journal)
            continue
        if now == pending_s:
            slot = slots.pending_slot[0]
            counts[_PENDING] = heap.pop(slots.pending_s, slots.pending_slot, counts[_PENDING])
            if slots.environment[slot] != _TRYING_AGAIN:
                note(journal, now, _IO_DONE, slots.number[slot], slots.environment[slot])
                if not _compute(fleet, rules, slots, tally, now, slot, journal):
                    return False
                continue
        elif now == fleet_s:
            _count_slots(fleet, rules, slots, now)
            lifecycle.act(fleet, rules, tally, now, journal)
            continue
        elif now == look_s:
            low_since_s = _look(fleet, rules, slots, tally, now, low_since_s, journal)
            look_s = now + rules.period_s
            continue
        else:
            if counts[_FREE] == 0:
                return False
            counts[_FREE] -= 1
            slot = slots.free[counts[_FREE]]
            number += 1
            slots.number[slot] = number
            slots.arrived_s[slot] = now
            slots.attempts[slot] = 0
            tallying.arrived(tally, now)
            arrive_s = next_arrival_s(source)

        # A request, new or tried again, asks for a slot in an environment.
        request = slots.number[slot]
        slots.attempts[slot] += 1
        environment, reason = _choose(fleet, rules, slots, demands.router)
        if environment >= 0:
            _count_slots(fleet, rules, slots, now)
            counts[_IN_FLIGHT] += 1
            fleet.in_flight[environment] += 1
            slots.environment[slot] = environment
            slots.cpu_s[slot] = needed_s(demands.cpu, request)
            note(journal, now, _ADMIT, request, environment)
            io_s = needed_s(demands.io, request)
            if io_s > 0:
                counts[_PENDING] = heap.push(slots.pending_s, slots.pending_slot, counts[_PENDING], now + io_s, slot)
            elif not _compute(fleet, rules, slots, tally, now, slot, journal):
                return False
            continue
        tallying.throttled(tally, now, slots.arrived_s[slot], reason)
        note(journal, now, _THROTTLE, request, reason)
        if slots.attempts[slot] >= patience.attempts:
            tallying.given_up(tally, slots.arrived_s[slot])
            note(journal, now, _GIVE_UP, request, slots.attempts[slot])
            slots.free[counts[_FREE]] = slot
            counts[_FREE] += 1
        else:
            slots.environment[slot] = _TRYING_AGAIN
            again_s = now + retry_wait_s(patience, request, slots.attempts[slot])
            counts[_PENDING] = heap.push(slots.pending_s, slots.pending_slot, counts[_PENDING], again_s, slot)
