"""The instances of a version and the environments on them: launching, starting, draining, terminating, rotating."""

from __future__ import annotations

import heapq
import math

from lmi_sim.engine.reference.environment import Environment, Instance, State
from lmi_sim.engine.reference.meter import Meter
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import drains_first
from lmi_sim.results import EventKind

_READY, _TERMINATE = 0, 1


class Fleet:
    """What runs. `ready` is in the order in which environments became ready; the router picks by place in it."""

    def __init__(self, policy: ManagedInstances, meter: Meter) -> None:
        self.policy = policy
        self.meter = meter
        self.instances: dict[int, Instance] = {}
        self.ready: list[Environment] = []
        self._environments: dict[int, Environment] = {}
        self._free_environments: list[int] = []
        self._free_instances: list[int] = []
        self._agenda: list[tuple[float, int, int]] = []  # time, what, number

    @property
    def environments(self) -> list[Environment]:
        """All that there are, by number."""
        return [self._environments[number] for number in sorted(self._environments)]

    @property
    def starting(self) -> int:
        """How many are starting, without those that replace others."""
        return sum(
            item.state is State.STARTING and item.instance.replaces is None for item in self._environments.values()
        )

    @property
    def next_s(self) -> float:
        """When an environment becomes ready or an empty instance may be terminated."""
        return self._agenda[0][0] if self._agenda else math.inf

    def begin(self) -> None:
        """The first environments stand ready, spread over the first instances."""
        if self.policy.first_environments:
            instances = [self._launch(0.0, 0.0) for _ in range(self.policy.initial_instances)]
            for index in range(self.policy.first_environments):
                environment = self._start(0.0, instances[index % len(instances)], 0.0)
                self._become_ready(0.0, environment)
        self._stand(0.0)

    def act(self, now: float) -> None:
        """Do what is due."""
        _, what, number = heapq.heappop(self._agenda)
        if what == _READY:
            self._become_ready(now, self._environments[number])
        else:
            self._terminate_if_empty(now, number)
        self._stand(now)

    def scale_to(self, now: float, wanted: int) -> None:
        """Start or drain environments until there are as many as wanted, as far as the vCPU cap allows."""
        total = len(self.ready) + self.starting
        self.meter.event(now, EventKind.DECIDE, total, wanted)
        for _ in range(wanted - total):
            instance = self._with_room()
            if instance is None:
                if len(self.instances) >= self.policy.most_instances:
                    break
                instance = self._launch(now, now + self.policy.instance_launch_s)
            self._start_later(now, instance)
        for _ in range(total - wanted):
            self.drain(now, self._to_drain())
        self._stand(now)

    def rotate(self, now: float) -> None:
        """Replace the first instance that is older than its lifetime; the cap does not count the one that goes."""
        if len(self.instances) >= 2 * self.policy.most_instances:
            return
        for number in sorted(self.instances):
            old = self.instances[number]
            settled = not old.retiring and all(item.state is not State.STARTING for item in old.environments)
            if settled and now - old.launched_s >= self.policy.instance_lifetime_s:
                old.retiring = True
                if not old.live:
                    return  # it goes by itself
                new = self._launch(now, now + self.policy.instance_launch_s, replaces=old)
                for _ in old.live:
                    self._start_later(now, new)
                self._stand(now)
                return

    def drain(self, now: float, environment: Environment) -> None:
        """Give an environment no more requests; it is gone when it has answered those that it has."""
        self.ready.remove(environment)
        environment.state = State.DRAINING
        self.meter.event(now, EventKind.DRAIN, environment.number, environment.instance.number)
        if environment.in_flight == 0:
            self.remove(now, environment)
        self._stand(now)

    def remove(self, now: float, environment: Environment) -> None:
        """An environment is gone; its instance may be empty now."""
        self.meter.event(now, EventKind.GONE, environment.number, environment.instance.number)
        del self._environments[environment.number]
        self._free_environments.append(environment.number)
        environment.instance.environments.remove(environment)
        self._note_if_empty(now, environment.instance)

    def _launch(self, now: float, ready_s: float, replaces: Instance | None = None) -> Instance:
        number = self._free_instances.pop() if self._free_instances else len(self.instances)
        instance = self.instances[number] = Instance(number, now, ready_s, replaces)
        self.meter.event(now, EventKind.LAUNCH, number)
        return instance

    def _start(self, now: float, instance: Instance, ready_s: float) -> Environment:
        number = self._free_environments.pop() if self._free_environments else len(self._environments)
        environment = Environment(number, instance, self.policy.environment.vcpus, State.STARTING, ready_s)
        self._environments[number] = environment
        instance.environments.append(environment)
        instance.empty_since_s = math.inf
        self.meter.event(now, EventKind.START, number, instance.number)
        return environment

    def _start_later(self, now: float, instance: Instance) -> None:
        environment = self._start(now, instance, max(now, instance.ready_s) + self.policy.environment_start_s)
        heapq.heappush(self._agenda, (environment.ready_s, _READY, environment.number))

    def _become_ready(self, now: float, environment: Environment) -> None:
        environment.state = State.READY
        environment.since_s = now
        self.ready.append(environment)
        self.meter.event(now, EventKind.READY, environment.number, environment.instance.number)
        new = environment.instance
        old = new.replaces
        if old:
            if all(item.state is not State.STARTING for item in new.environments):
                new.replaces = None
            leaving = [item for item in old.environments if item.state is State.READY]
            if leaving:
                self.drain(now, max(leaving, key=lambda item: item.number))

    def _with_room(self) -> Instance | None:
        """The fullest instance that has room, the lowest number of several."""
        room = self.policy.environments_per_instance
        staying = [item for item in self.instances.values() if not item.retiring and item.replaces is None]
        candidates = [item for item in staying if len(item.environments) < room]
        return min(candidates, key=lambda item: (-len(item.environments), item.number), default=None)

    def _to_drain(self) -> Environment:
        """The next to go: from the emptiest instance, or from the fullest when no more instances may become empty."""
        living = {item.instance.number: len(item.instance.live) for item in self.ready}
        numbers = sorted(living)
        floor = min(self.policy.min_instances, self.policy.min_environments)
        number = numbers[drains_first([living[number] for number in numbers], floor)]
        return max((item for item in self.ready if item.instance.number == number), key=lambda item: item.number)

    def _note_if_empty(self, now: float, instance: Instance) -> None:
        if not instance.environments:
            instance.empty_since_s = now
            heapq.heappush(self._agenda, (now + self.policy.empty_instance_s, _TERMINATE, instance.number))

    def _terminate_if_empty(self, now: float, number: int) -> None:
        instance = self.instances.get(number)
        if instance and now >= instance.empty_since_s + self.policy.empty_instance_s:
            del self.instances[number]
            self._free_instances.append(number)
            self.meter.event(now, EventKind.TERMINATE, number)

    def _stand(self, now: float) -> None:
        self.meter.standing(now, len(self.ready), len(self.instances))
