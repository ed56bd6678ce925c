"""The fleet of the fast engine: rules and state as numbers and arrays.

An environment or instance is a number; what belongs to it stands in arrays at that place.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lmi_sim.policies import ManagedInstances
from lmi_sim.workload import Workload

__all__ = ["Fleet", "Rules", "fleet", "rules"]

GONE, STARTING, READY, DRAINING = range(4)
N_READY, N_ENVIRONMENTS, N_FREE_ENVIRONMENTS, N_INSTANCES, N_FREE_INSTANCES, N_AGENDA, N_LEAVES = range(7)
NOBODY = -1


class Rules(NamedTuple):
    """The policy as numbers."""

    vcpus: float
    room: int
    max_concurrency: int
    memory_slots: int
    slots: int
    cpu_busy_limit: float
    choices: int
    attempts: int
    minimum: int
    maximum: int
    floor: int
    first_environments: int
    first_instances: int
    most_instances: int
    target_cpu: float
    target_slots: float
    period_s: float
    launch_s: float
    start_s: float
    scale_in_after_s: float
    scale_in_step: float
    empty_s: float
    lifetime_s: float


def rules(policy: ManagedInstances, workload: Workload) -> Rules:
    """The policy for a workload."""
    memory_slots = policy.memory_slots(workload)
    return Rules(
        vcpus=float(policy.environment.vcpus),
        room=policy.environments_per_instance,
        max_concurrency=policy.max_concurrency,
        memory_slots=memory_slots,
        slots=min(policy.max_concurrency, memory_slots),
        cpu_busy_limit=float(policy.cpu_busy_limit) * policy.environment.vcpus,
        choices=policy.router_choices,
        attempts=policy.router_attempts,
        minimum=policy.min_environments,
        maximum=policy.most_environments,
        floor=min(policy.min_instances, policy.min_environments),
        first_environments=policy.first_environments,
        first_instances=policy.initial_instances,
        most_instances=policy.most_instances,
        target_cpu=float(policy.target_cpu),
        target_slots=float(policy.target_slots),
        period_s=float(policy.evaluation_period_s),
        launch_s=float(policy.instance_launch_s),
        start_s=float(policy.environment_start_s),
        scale_in_after_s=float(policy.scale_in_after_s),
        scale_in_step=float(policy.scale_in_step),
        empty_s=float(policy.empty_instance_s),
        lifetime_s=float(policy.instance_lifetime_s),
    )


class Fleet(NamedTuple):
    """What runs. `ready` lists environments; the CPU of each has a heap of (CPU time at which it is done, slot)."""

    counts: np.ndarray
    ready: np.ndarray
    state: np.ndarray
    instance: np.ndarray
    in_flight: np.ndarray
    computing: np.ndarray
    attained_s: np.ndarray
    since_s: np.ndarray
    busy_s: np.ndarray
    done_s: np.ndarray
    queue_s: np.ndarray
    queue_slot: np.ndarray
    winner: np.ndarray
    free_environments: np.ndarray
    alive: np.ndarray
    held: np.ndarray
    launched_s: np.ndarray
    up_s: np.ndarray
    replaces: np.ndarray
    retiring: np.ndarray
    empty_since_s: np.ndarray
    noted: np.ndarray
    free_instances: np.ndarray
    agenda_s: np.ndarray
    agenda_code: np.ndarray
    live: np.ndarray
    last_ready: np.ndarray


def fleet(rules: Rules, width: int) -> Fleet:
    """Room for all instances that there can be; `width` requests can compute in each environment."""
    instances = 2 * rules.most_instances + 1
    environments = instances * rules.room
    leaves = 1 << max(0, environments - 1).bit_length()
    number, time = np.int64, np.float64
    return Fleet(
        counts=np.zeros(7, number),
        ready=np.zeros(environments, number),
        state=np.zeros(environments, number),
        instance=np.zeros(environments, number),
        in_flight=np.zeros(environments, number),
        computing=np.zeros(environments, number),
        attained_s=np.zeros(environments, time),
        since_s=np.zeros(environments, time),
        busy_s=np.zeros(environments, time),
        done_s=np.full(leaves, math.inf),
        queue_s=np.empty((environments, width), time),
        queue_slot=np.empty((environments, width), number),
        winner=np.zeros(2 * leaves, number),
        free_environments=np.zeros(environments, number),
        alive=np.zeros(instances, np.bool_),
        held=np.zeros(instances, number),
        launched_s=np.zeros(instances, time),
        up_s=np.zeros(instances, time),
        replaces=np.full(instances, NOBODY, number),
        retiring=np.zeros(instances, np.bool_),
        empty_since_s=np.full(instances, math.inf),
        noted=np.zeros(instances, np.bool_),
        free_instances=np.zeros(instances, number),
        agenda_s=np.zeros(environments + instances, time),
        agenda_code=np.zeros(environments + instances, number),
        live=np.zeros(instances, number),
        last_ready=np.zeros(instances, number),
    )
