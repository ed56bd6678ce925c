"""Default Lambda, with or without provisioned concurrency, compiled.

`lmi_sim.engine.reference.default_lambda` says the rules; the event logs of the two must agree.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lmi_sim.engine.fast import heap
from lmi_sim.engine.fast import journal as journals
from lmi_sim.engine.fast import tally as tallying
from lmi_sim.engine.fast.arrivals import Patience, Source, next_arrival_s, patience, retry_wait_s, source
from lmi_sim.engine.fast.compiling import compiled
from lmi_sim.engine.fast.journal import Journal, note
from lmi_sim.engine.fast.numbers import Demand, demand, needed_s
from lmi_sim.engine.fast.tally import Tally
from lmi_sim.engine.stopping import Stop
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.random_numbers import Stream
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario

__all__ = ["run"]

_SLOT_BITS = 24  # a heap's code is a request's number and, below it, the slot where the rest of it is kept
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_PROVISIONED_ENVIRONMENT = -1
_WARM, _COLD, _PROVISIONED = int(EventKind.WARM), int(EventKind.COLD), int(EventKind.PROVISIONED)
_THROTTLE, _GIVE_UP = int(EventKind.THROTTLE), int(EventKind.GIVE_UP)
_COMPLETE, _EXPIRE = int(EventKind.COMPLETE), int(EventKind.EXPIRE)
_CONCURRENCY, _SCALING_RATE = int(ThrottleReason.CONCURRENCY), int(ThrottleReason.SCALING_RATE)
_REQUEST_RATE = int(ThrottleReason.REQUEST_RATE)


class Rules(NamedTuple):
    """The policy and the demands as numbers."""

    limit: int
    initial: int
    bucket: float
    refill_per_s: float
    requests_per_s: int
    idle_s: float
    stretch: float
    provisioned: int
    provisioned_from_s: float
    cpu: Demand
    io: Demand
    init: Demand


class Slots(NamedTuple):
    """The requests that are under way or wait to be tried again, and the two heaps that order them."""

    end_s: np.ndarray
    end_code: np.ndarray
    again_s: np.ndarray
    again_code: np.ndarray
    arrived_s: np.ndarray
    cpu_s: np.ndarray
    number: np.ndarray
    attempts: np.ndarray
    environment: np.ndarray
    free: np.ndarray
    idle: np.ndarray
    idle_since_s: np.ndarray


def _slots(size: int, environments: int) -> Slots:
    """Room for so many requests; `free` is a stack, the idle environments stand in a ring, the initial ones first."""

    def numbers() -> np.ndarray:
        return np.zeros(size, dtype=np.int64)

    def times() -> np.ndarray:
        return np.zeros(size)

    return Slots(
        end_s=times(),
        end_code=numbers(),
        again_s=times(),
        again_code=numbers(),
        arrived_s=times(),
        cpu_s=times(),
        number=numbers(),
        attempts=numbers(),
        environment=numbers(),
        free=np.arange(size - 1, -1, -1, dtype=np.int64),
        idle=np.arange(environments, dtype=np.int64),
        idle_since_s=np.zeros(environments),
    )


def run(scenario: Scenario, *, log: bool = False, stop: Stop) -> Result:
    """Simulate a scenario of default Lambda or provisioned concurrency."""
    policy, workload, seed = scenario.policy, scenario.workload, scenario.seed
    assert not isinstance(policy, ManagedInstances)
    kept = policy if isinstance(policy, ProvisionedConcurrency) else None
    base: DefaultLambda = policy.spill_over if isinstance(policy, ProvisionedConcurrency) else policy
    rules = Rules(
        limit=base.account_concurrency - (kept.environments if kept else 0),
        initial=base.initial_environments,
        bucket=float(base.burst_environments),
        refill_per_s=float(base.environments_per_s),
        requests_per_s=base.requests_per_s_and_concurrency * base.account_concurrency,
        idle_s=float(base.idle_s),
        stretch=float(base.cpu_stretch(workload)),
        provisioned=kept.environments if kept else 0,
        provisioned_from_s=kept.ready_at_s if kept else math.inf,
        cpu=demand(workload.cpu, seed, Stream.CPU),
        io=demand(workload.io, seed, Stream.IO),
        init=demand(workload.init, seed, Stream.INIT),
    )
    size = rules.limit + rules.provisioned + 1
    noted = journals.FIRST_SIZE if log else 0
    while True:
        tally, journal = tallying.tally(scenario), journals.journal(noted)
        arrivals, callers = source(scenario.traffic, seed, stop), patience(scenario.retries, seed)
        fitted = _run(arrivals, callers, rules, _slots(size, rules.limit), tally, journal)
        if fitted and not journals.overflowed(journal):
            return tallying.result(scenario, tally, journals.events(journal))
        if not fitted:  # more callers wait to try again than there was room for: begin again with more
            size *= 4
        noted *= 4


@compiled
def _run(source: Source, patience: Patience, rules: Rules, slots: Slots, tally: Tally, journal: Journal) -> bool:
    """Run to the end. Returns whether the slots sufficed."""
    free = slots.free.size
    ending = waiting = 0
    ring = slots.idle.size
    environments = created = rules.initial
    idle_first, idle_last = 0, created  # reaped from the first, reused from the last
    busy = provisioned_busy = 0
    tokens, tokens_at_s = rules.bucket, 0.0
    second = in_second = 0
    number = -1
    tallying.stand(tally, 0.0, environments + rules.provisioned, 0)
    arrive_s = next_arrival_s(source)

    while True:
        end_s = slots.end_s[0] if ending else math.inf
        reap_s = slots.idle_since_s[idle_first % ring] + rules.idle_s if idle_last > idle_first else math.inf
        again_s = slots.again_s[0] if waiting else math.inf
        if arrive_s == math.inf and not ending and not waiting:
            return True
        now = min(min(end_s, reap_s), min(again_s, arrive_s))

        if now == end_s:
            slot = slots.end_code[0] & _SLOT_MASK
            ending = heap.pop(slots.end_s, slots.end_code, ending)
            environment = slots.environment[slot]
            note(journal, now, _COMPLETE, slots.number[slot], environment)
            tallying.completed(tally, now, slots.arrived_s[slot], slots.cpu_s[slot])
            if environment == _PROVISIONED_ENVIRONMENT:
                provisioned_busy -= 1
            else:
                busy -= 1
                slots.idle[idle_last % ring] = environment
                slots.idle_since_s[idle_last % ring] = now
                idle_last += 1
            slots.free[free] = slot
            free += 1
            continue
        if now == reap_s:
            note(journal, now, _EXPIRE, slots.idle[idle_first % ring], -1)
            idle_first += 1
            environments -= 1
            tallying.stand(tally, now, environments + rules.provisioned, 0)
            continue
        if now == again_s:
            slot = slots.again_code[0] & _SLOT_MASK
            waiting = heap.pop(slots.again_s, slots.again_code, waiting)
        else:
            if free == 0:
                return False
            free -= 1
            slot = slots.free[free]
            number += 1
            slots.number[slot] = number
            slots.arrived_s[slot] = now
            slots.attempts[slot] = 0
            tallying.arrived(tally, now)
            arrive_s = next_arrival_s(source)

        # A request asks for an environment.
        request = slots.number[slot]
        arrived_s = slots.arrived_s[slot]
        slots.attempts[slot] += 1
        reason = 0
        init_s = 0.0
        environment = _PROVISIONED_ENVIRONMENT
        if int(now) != second:
            second, in_second = int(now), 0
        if in_second >= rules.requests_per_s:
            reason = _REQUEST_RATE
        else:
            in_second += 1
            if now >= rules.provisioned_from_s and provisioned_busy < rules.provisioned:
                provisioned_busy += 1
                note(journal, now, _PROVISIONED, request, -1)
            elif busy >= rules.limit:
                reason = _CONCURRENCY
            elif idle_last > idle_first:
                idle_last -= 1
                environment = slots.idle[idle_last % ring]
                busy += 1
                note(journal, now, _WARM, request, environment)
            else:
                tokens = min(tokens + (now - tokens_at_s) * rules.refill_per_s, rules.bucket)
                tokens_at_s = now
                if tokens >= 1.0:
                    tokens -= 1.0
                    environment = created
                    created += 1
                    environments += 1
                    busy += 1
                    tallying.stand(tally, now, environments + rules.provisioned, 0)
                    tallying.cold_start(tally, now, arrived_s)
                    note(journal, now, _COLD, request, environment)
                    init_s = needed_s(rules.init, request)
                else:
                    reason = _SCALING_RATE

        if reason == 0:
            cpu_s = needed_s(rules.cpu, request)
            duration_s = needed_s(rules.io, request) + cpu_s * rules.stretch
            tallying.billed(tally, arrived_s, duration_s, init_s, environment == _PROVISIONED_ENVIRONMENT)
            slots.cpu_s[slot] = cpu_s
            slots.environment[slot] = environment
            code = (request << _SLOT_BITS) | slot
            ending = heap.push(slots.end_s, slots.end_code, ending, now + (init_s + duration_s), code)
            continue
        tallying.throttled(tally, now, arrived_s, reason)
        note(journal, now, _THROTTLE, request, reason)
        if slots.attempts[slot] >= patience.attempts:
            tallying.given_up(tally, arrived_s)
            note(journal, now, _GIVE_UP, request, slots.attempts[slot])
            slots.free[free] = slot
            free += 1
        else:
            wait_s = retry_wait_s(patience, request, slots.attempts[slot])
            code = (request << _SLOT_BITS) | slot
            waiting = heap.push(slots.again_s, slots.again_code, waiting, now + wait_s, code)
