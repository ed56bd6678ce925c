"""The CPUs of environments, compiled: who computes in each, and which environment is done first.

`lmi_sim.engine.reference.environment` says how requests share a CPU. The environment whose CPU work ends first is at
the root of a tournament tree over their numbers.
"""

from __future__ import annotations

import math

from lmi_sim.engine.fast import heap
from lmi_sim.engine.fast.compiling import compiled, inlined
from lmi_sim.engine.fast.fleet import N_LEAVES, Fleet, Rules

__all__ = ["compute", "pass_to", "plan_done", "pop_done", "seat"]


@inlined
def _play(fleet: Fleet, environment: int) -> None:
    """An environment's `done_s` has changed: play its games in the tournament again."""
    place = (fleet.counts[N_LEAVES] + environment) >> 1
    while place > 0:
        left = fleet.winner[2 * place]
        right = fleet.winner[2 * place + 1]
        fleet.winner[place] = left if fleet.done_s[left] <= fleet.done_s[right] else right
        place >>= 1


@compiled
def seat(fleet: Fleet, environments: int) -> None:
    """Make the tournament large enough for so many environments."""
    leaves = max(1, fleet.counts[N_LEAVES])
    while leaves < environments:
        leaves *= 2
    if leaves == fleet.counts[N_LEAVES]:
        return
    fleet.counts[N_LEAVES] = leaves
    for leaf in range(leaves):
        fleet.winner[leaves + leaf] = leaf
    for place in range(leaves - 1, 0, -1):
        left, right = fleet.winner[2 * place], fleet.winner[2 * place + 1]
        fleet.winner[place] = left if fleet.done_s[left] <= fleet.done_s[right] else right


@inlined
def plan_done(fleet: Fleet, rules: Rules, environment: int) -> None:
    """What an environment computes has changed: when it is done next."""
    count = fleet.computing[environment]
    done_s = math.inf
    if count:
        speed = 1.0 if count <= rules.vcpus else rules.vcpus / count
        ahead_s = (fleet.queue_s[environment, 0] - fleet.attained_s[environment]) / speed
        done_s = fleet.since_s[environment] + ahead_s
    fleet.done_s[environment] = done_s
    _play(fleet, environment)


@inlined
def pass_to(fleet: Fleet, rules: Rules, environment: int, now: float) -> None:
    """Let time pass for those that compute in an environment."""
    count = fleet.computing[environment]
    passed = now - fleet.since_s[environment]
    fleet.busy_s[environment] += min(float(count), rules.vcpus) * passed
    if count:
        fleet.attained_s[environment] += passed * (1.0 if count <= rules.vcpus else rules.vcpus / count)
    fleet.since_s[environment] = now


@inlined
def compute(fleet: Fleet, rules: Rules, environment: int, now: float, slot: int, cpu_s: float) -> bool:
    """A request begins to need the CPU. Returns whether there was room for it."""
    count = fleet.computing[environment]
    if count == fleet.queue_s.shape[1]:
        return False
    pass_to(fleet, rules, environment, now)
    if count == 0:
        fleet.attained_s[environment] = 0.0
    at_s = fleet.attained_s[environment] + cpu_s
    heap.push(fleet.queue_s[environment], fleet.queue_slot[environment], count, at_s, slot)
    fleet.computing[environment] = count + 1
    plan_done(fleet, rules, environment)
    return True


@inlined
def pop_done(fleet: Fleet, rules: Rules, environment: int, now: float) -> int:
    """The slot of the request whose CPU work is done now."""
    count = fleet.computing[environment]
    fleet.busy_s[environment] += min(float(count), rules.vcpus) * (now - fleet.since_s[environment])
    fleet.attained_s[environment] = fleet.queue_s[environment, 0]
    fleet.since_s[environment] = now
    slot = fleet.queue_slot[environment, 0]
    heap.pop(fleet.queue_s[environment], fleet.queue_slot[environment], count)
    fleet.computing[environment] = count - 1
    plan_done(fleet, rules, environment)
    return slot
