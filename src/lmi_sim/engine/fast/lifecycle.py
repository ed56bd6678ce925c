"""What instances and environments go through, compiled: launched, started, ready, drained, gone, replaced.

`lmi_sim.engine.reference.fleet` says the rules.
"""

from __future__ import annotations

import math

from lmi_sim.engine.fast import heap
from lmi_sim.engine.fast import tally as tallying
from lmi_sim.engine.fast.compiling import compiled
from lmi_sim.engine.fast.cpus import seat
from lmi_sim.engine.fast.fleet import (
    DRAINING,
    GONE,
    N_AGENDA,
    N_ENVIRONMENTS,
    N_FREE_ENVIRONMENTS,
    N_FREE_INSTANCES,
    N_INSTANCES,
    N_READY,
    NOBODY,
    READY,
    STARTING,
    Fleet,
    Rules,
)
from lmi_sim.engine.fast.journal import Journal, note
from lmi_sim.engine.fast.tally import Tally
from lmi_sim.results import EventKind

__all__ = ["act", "begin", "remove", "rotate", "scale_to", "starting"]

_BECOME_READY, _TERMINATE = 0, 1
_WHAT = 1 << 40  # an agenda's code is what is due, and below it the number
_DECIDE, _LAUNCH, _START = int(EventKind.DECIDE), int(EventKind.LAUNCH), int(EventKind.START)
_IS_READY, _DRAIN, _GONE = int(EventKind.READY), int(EventKind.DRAIN), int(EventKind.GONE)
_TERMINATED = int(EventKind.TERMINATE)


@compiled
def _stand(fleet: Fleet, tally: Tally, now: float) -> None:
    instances = fleet.counts[N_INSTANCES] - fleet.counts[N_FREE_INSTANCES]
    tallying.stand(tally, now, fleet.counts[N_READY], instances)


@compiled
def _launch(fleet: Fleet, now: float, up_s: float, replaces: int, journal: Journal) -> int:
    if fleet.counts[N_FREE_INSTANCES]:
        fleet.counts[N_FREE_INSTANCES] -= 1
        number = fleet.free_instances[fleet.counts[N_FREE_INSTANCES]]
    else:
        number = fleet.counts[N_INSTANCES]
        fleet.counts[N_INSTANCES] += 1
    fleet.alive[number] = True
    fleet.held[number] = 0
    fleet.launched_s[number] = now
    fleet.up_s[number] = up_s
    fleet.replaces[number] = replaces
    fleet.retiring[number] = False
    fleet.empty_since_s[number] = math.inf
    note(journal, now, _LAUNCH, number, -1)
    return number


@compiled
def _start(fleet: Fleet, now: float, instance: int, journal: Journal) -> int:
    if fleet.counts[N_FREE_ENVIRONMENTS]:
        fleet.counts[N_FREE_ENVIRONMENTS] -= 1
        number = fleet.free_environments[fleet.counts[N_FREE_ENVIRONMENTS]]
    else:
        number = fleet.counts[N_ENVIRONMENTS]
        fleet.counts[N_ENVIRONMENTS] += 1
        seat(fleet, fleet.counts[N_ENVIRONMENTS])
    fleet.state[number] = STARTING
    fleet.instance[number] = instance
    fleet.in_flight[number] = fleet.computing[number] = 0
    fleet.attained_s[number] = fleet.busy_s[number] = 0.0
    fleet.held[instance] += 1
    fleet.empty_since_s[instance] = math.inf
    note(journal, now, _START, number, instance)
    return number


@compiled
def _start_later(fleet: Fleet, rules: Rules, now: float, instance: int, journal: Journal) -> None:
    environment = _start(fleet, now, instance, journal)
    at_s = max(now, fleet.up_s[instance]) + rules.start_s
    code = _BECOME_READY * _WHAT + environment
    fleet.counts[N_AGENDA] = heap.push(fleet.agenda_s, fleet.agenda_code, fleet.counts[N_AGENDA], at_s, code)


@compiled
def _become_ready(fleet: Fleet, rules: Rules, tally: Tally, now: float, environment: int, journal: Journal) -> None:
    fleet.state[environment] = READY
    fleet.since_s[environment] = now
    fleet.ready[fleet.counts[N_READY]] = environment
    fleet.counts[N_READY] += 1
    instance = fleet.instance[environment]
    note(journal, now, _IS_READY, environment, instance)
    old = fleet.replaces[instance]
    if old == NOBODY:
        return
    settled, leaving = True, NOBODY
    for number in range(fleet.counts[N_ENVIRONMENTS]):
        if fleet.instance[number] == instance and fleet.state[number] == STARTING:
            settled = False
        if fleet.instance[number] == old and fleet.state[number] == READY:
            leaving = number
    if settled:
        fleet.replaces[instance] = NOBODY
    if leaving != NOBODY:
        _drain(fleet, rules, tally, now, leaving, journal)


@compiled
def begin(fleet: Fleet, rules: Rules, tally: Tally, journal: Journal) -> None:
    """The first environments stand ready, spread over the first instances."""
    if rules.first_environments:
        for _ in range(rules.first_instances):
            _launch(fleet, 0.0, 0.0, NOBODY, journal)
        for index in range(rules.first_environments):
            environment = _start(fleet, 0.0, index % rules.first_instances, journal)
            _become_ready(fleet, rules, tally, 0.0, environment, journal)
    _stand(fleet, tally, 0.0)


@compiled
def act(fleet: Fleet, rules: Rules, tally: Tally, now: float, journal: Journal) -> None:
    """Do what is due."""
    what, number = divmod(fleet.agenda_code[0], _WHAT)
    fleet.counts[N_AGENDA] = heap.pop(fleet.agenda_s, fleet.agenda_code, fleet.counts[N_AGENDA])
    if what == _BECOME_READY:
        _become_ready(fleet, rules, tally, now, number, journal)
    else:
        fleet.noted[number] = False
        if now >= fleet.empty_since_s[number] + rules.empty_s:
            fleet.alive[number] = False
            fleet.empty_since_s[number] = math.inf
            fleet.free_instances[fleet.counts[N_FREE_INSTANCES]] = number
            fleet.counts[N_FREE_INSTANCES] += 1
            note(journal, now, _TERMINATED, number, -1)
        elif fleet.empty_since_s[number] < math.inf:
            _note_empty(fleet, rules, number)
    _stand(fleet, tally, now)


@compiled
def _note_empty(fleet: Fleet, rules: Rules, instance: int) -> None:
    """Look again at an empty instance when it has been empty for long enough."""
    if not fleet.noted[instance]:
        fleet.noted[instance] = True
        at_s = fleet.empty_since_s[instance] + rules.empty_s
        code = _TERMINATE * _WHAT + instance
        fleet.counts[N_AGENDA] = heap.push(fleet.agenda_s, fleet.agenda_code, fleet.counts[N_AGENDA], at_s, code)


@compiled
def _drain(fleet: Fleet, rules: Rules, tally: Tally, now: float, environment: int, journal: Journal) -> None:
    place = 0
    while fleet.ready[place] != environment:
        place += 1
    fleet.counts[N_READY] -= 1
    for index in range(place, fleet.counts[N_READY]):
        fleet.ready[index] = fleet.ready[index + 1]
    fleet.state[environment] = DRAINING
    note(journal, now, _DRAIN, environment, fleet.instance[environment])
    if fleet.in_flight[environment] == 0:
        remove(fleet, rules, now, environment, journal)
    _stand(fleet, tally, now)


@compiled
def remove(fleet: Fleet, rules: Rules, now: float, environment: int, journal: Journal) -> None:
    """An environment is gone; its instance may be empty now."""
    instance = fleet.instance[environment]
    note(journal, now, _GONE, environment, instance)
    fleet.state[environment] = GONE
    fleet.free_environments[fleet.counts[N_FREE_ENVIRONMENTS]] = environment
    fleet.counts[N_FREE_ENVIRONMENTS] += 1
    fleet.held[instance] -= 1
    if fleet.held[instance] == 0:
        fleet.empty_since_s[instance] = now
        _note_empty(fleet, rules, instance)


@compiled
def starting(fleet: Fleet) -> int:
    """How many environments are starting, without those that replace others."""
    count = 0
    for number in range(fleet.counts[N_ENVIRONMENTS]):
        if fleet.state[number] == STARTING and fleet.replaces[fleet.instance[number]] == NOBODY:
            count += 1
    return count


@compiled
def _with_room(fleet: Fleet, rules: Rules) -> int:
    best, most = NOBODY, -1
    for number in range(fleet.counts[N_INSTANCES]):
        usable = fleet.alive[number] and not fleet.retiring[number] and fleet.replaces[number] == NOBODY
        if usable and most < fleet.held[number] < rules.room:
            best, most = number, fleet.held[number]
    return best


@compiled
def _to_drain(fleet: Fleet, rules: Rules) -> int:
    instances = fleet.counts[N_INSTANCES]
    live, last_ready = fleet.live, fleet.last_ready
    for number in range(instances):
        live[number] = 0
        last_ready[number] = NOBODY
    for number in range(fleet.counts[N_ENVIRONMENTS]):
        if fleet.state[number] == STARTING or fleet.state[number] == READY:
            live[fleet.instance[number]] += 1
        if fleet.state[number] == READY:
            last_ready[fleet.instance[number]] = number
    serving = 0
    for number in range(instances):
        serving += last_ready[number] != NOBODY
    sign = 1 if serving > rules.floor else -1
    best = NOBODY
    for instance in range(instances):
        if last_ready[instance] != NOBODY and (best == NOBODY or sign * live[instance] <= sign * live[best]):
            best = instance
    return last_ready[best]


@compiled
def scale_to(fleet: Fleet, rules: Rules, tally: Tally, now: float, wanted: int, journal: Journal) -> None:
    """Start or drain environments until there are as many as wanted, as far as the vCPU cap allows."""
    total = fleet.counts[N_READY] + starting(fleet)
    note(journal, now, _DECIDE, total, wanted)
    for _ in range(wanted - total):
        instance = _with_room(fleet, rules)
        if instance == NOBODY:
            if fleet.counts[N_INSTANCES] - fleet.counts[N_FREE_INSTANCES] >= rules.most_instances:
                break
            instance = _launch(fleet, now, now + rules.launch_s, NOBODY, journal)
        _start_later(fleet, rules, now, instance, journal)
    for _ in range(total - wanted):
        _drain(fleet, rules, tally, now, _to_drain(fleet, rules), journal)
    _stand(fleet, tally, now)


@compiled
def rotate(fleet: Fleet, rules: Rules, tally: Tally, now: float, journal: Journal) -> None:
    """Replace the first instance that is older than its lifetime."""
    if fleet.counts[N_INSTANCES] - fleet.counts[N_FREE_INSTANCES] >= 2 * rules.most_instances:
        return
    for old in range(fleet.counts[N_INSTANCES]):
        if not fleet.alive[old] or fleet.retiring[old] or now - fleet.launched_s[old] < rules.lifetime_s:
            continue
        live, settled = 0, True
        for number in range(fleet.counts[N_ENVIRONMENTS]):
            if fleet.instance[number] == old and fleet.state[number] != GONE:
                live += fleet.state[number] != DRAINING
                settled = settled and fleet.state[number] != STARTING
        if settled:
            fleet.retiring[old] = True
            if live:
                new = _launch(fleet, now, now + rules.launch_s, old, journal)
                for _ in range(live):
                    _start_later(fleet, rules, now, new, journal)
                _stand(fleet, tally, now)
            return
