"""Task 55.08: the size of a fleet by hand, and what the simulator says of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import SIZING
from graders.reading import shown
from lmi_labs import experiment
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

Numbers = Mapping[str, float]
MEMBERS = ("slots", "environments", "instances")

LOAD: Numbers = {"rate_rps": 220, "io_ms": 90, "cpu_ms": 25, "mb_per_request": 60, "base_mb": 300}
ENVIRONMENT: Numbers = {"vcpus": 1, "gib": 2, "max_concurrency": 16}
INSTANCE: Numbers = {"vcpus": 4, "gib": 8}
OPEN: tuple[tuple[Numbers, Numbers, Numbers], ...] = (
    (LOAD, ENVIRONMENT, INSTANCE),
    ({**LOAD, "io_ms": 900, "cpu_ms": 2}, ENVIRONMENT, INSTANCE),
    (
        {**LOAD, "io_ms": 900, "cpu_ms": 2, "mb_per_request": 400},
        {**ENVIRONMENT, "vcpus": 2, "gib": 4},
        {"vcpus": 8, "gib": 16},
    ),
    ({**LOAD, "rate_rps": 2}, ENVIRONMENT, INSTANCE),
    ({**LOAD, "rate_rps": 1100}, {**ENVIRONMENT, "gib": 8}, {"vcpus": 8, "gib": 32}),
)
IMPOSSIBLE: tuple[tuple[Numbers, Numbers, Numbers], ...] = (
    ({**LOAD, "mb_per_request": 3000}, ENVIRONMENT, INSTANCE),
    (LOAD, {**ENVIRONMENT, "vcpus": 4, "gib": 8}, INSTANCE),
)


def right_size(load: Numbers, environment: Numbers, instance: Numbers, **other: Any) -> dict[str, int] | None:
    """Slots of an environment, environments and instances; None when a request or an environment does not fit.

    `other` changes a rule, for the ideas that people have of it.
    """
    target, keep = other.get("target", 0.5), other.get("keep", 1)
    slots = environment["max_concurrency"]
    if other.get("memory", True):
        slots = min(
            slots, math.floor((1024 * environment["gib"] - other.get("base", load["base_mb"])) / load["mb_per_request"])
        )
    room = min((instance["vcpus"] - keep) / environment["vcpus"], (instance["gib"] - keep) / environment["gib"])
    if other.get("by_vcpus_only"):
        room = (instance["vcpus"] - keep) / environment["vcpus"]
    if slots < 1 or room < 1:
        return None
    vcpus = load["rate_rps"] * load["cpu_ms"] / 1000
    under_way = load["rate_rps"] * (load["io_ms"] + (load["cpu_ms"] if other.get("whole_time", True) else 0)) / 1000
    by_cpu = 0 if other.get("ignore") == "cpu" else vcpus / environment["vcpus"] / target
    by_slots = 0 if other.get("ignore") == "slots" else under_way / slots / target
    up = other.get("round", math.ceil)
    least = other.get("least", 3)
    environments = max(least, up(round(max(by_cpu, by_slots), 9)))
    return {
        "slots": int(slots),
        "environments": environments,
        "instances": max(least, math.ceil(environments / math.floor(room))),
    }


_IDEAS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("no-headroom", {"target": 1.0}, "This fleet is full at the planned rate. There is no room for twice as much.", "Divide by 0.5."),
    ("by-vcpus-only", {"by_vcpus_only": True}, "Environments need memory on the instance as well as vCPUs.", "Take the smaller of the two numbers that fit."),
    ("no-reserve", {"keep": 0}, "On each instance one vCPU and 1 GiB stay with the platform.", "Take 1 from both before you divide."),
    ("no-memory", {"memory": False}, "The memory of an environment may hold fewer requests than its maximum.", "Take the smaller of the two."),
    ("no-base", {"base": 0}, "What an environment takes before its first request is missing.", "Take base_mb from its memory first."),
    ("no-slots", {"ignore": "slots"}, "A fleet for a function that waits is short of slots long before its vCPUs.", "Take the larger of what CPU and slots need."),
    ("no-cpu", {"ignore": "cpu"}, "A fleet for a function that computes is short of vCPUs long before its slots.", "Take the larger of what CPU and slots need."),
    ("io-only", {"whole_time": False}, "A request holds its slot while it computes, too.", "Little's law: rate × (io + cpu)."),
    ("rounded-down", {"round": math.floor}, "Rounded down, the last part of the load has no environment.", "Round up."),
    ("below-three", {"least": 1}, "Three is the default minimum, of environments and of instances.", "max(3, …) for both."),
)  # fmt: skip


@task(
    "55.08",
    title="Size it by hand, and simulate it",
    points=9,
    syllabus=("55.3",),
    answers=("size_fleet", "simulated"),
    docs=SIZING,
)
def check_size(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on loads of the check's own, and the simulation of the lab's load."""
    function: Any = answers["size_fleet"]
    problem = not_a_function(function, "size", "size_fleet(load, environment, instance)")
    for given in OPEN:
        problem = problem or judge_size(function, *given)
    for given in IMPOSSIBLE:
        problem = problem or judge_refusal(function, *given)
    problem = problem or _judge_simulated(answers["simulated"])
    return problem or passed("By hand and by simulation: half busy at the planned rate, and nothing refused.")


def judge_size(function: Any, load: Numbers, environment: Numbers, instance: Numbers) -> Verdict | None:
    """What is wrong with the size that the function gives; None when nothing is."""
    right = right_size(load, environment, instance)
    assert right is not None
    outcome = called(function, load, environment, instance)

    def wrong(idea: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"size-{idea}", message, expected=f"{right} for {load}, {environment}, {instance}", found=found,
                       next_step=step, credit=credit)  # fmt: skip

    if outcome.error is not None:
        return wrong(
            "raises",
            "It raises an exception although all fits.",
            "Raise ValueError only when a request or an environment does not fit.",
        )
    size = outcome.value
    if type(size) is not dict or set(size) != set(MEMBERS) or not all(is_number(size[name]) for name in MEMBERS):
        return wrong(
            "form",
            "The result is not a dict of numbers with the three members.",
            f"Return a dict with {', '.join(MEMBERS)}.",
            0.0,
        )
    if size == right:
        return None
    for idea, change, message, step in _IDEAS:
        if size == right_size(load, environment, instance, **change):
            return wrong(idea, message, step)
    name = next(name for name in MEMBERS if size[name] != right[name])
    return wrong(
        f"other-{name}",
        f"{name} is another number than the rules of the task give.",
        "Go through the four steps once more.",
    )


def judge_refusal(function: Any, load: Numbers, environment: Numbers, instance: Numbers) -> Verdict | None:
    """Whether the function refuses what does not fit."""
    outcome = called(function, load, environment, instance)
    if isinstance(outcome.error, ValueError):
        return None
    idea, what = ("request", "a request does not fit into the environment") if load["mb_per_request"] > 2048 else (
        "environment", "the environment does not fit on the instance")  # fmt: skip
    return refused(
        f"size-accepts-{idea}",
        f"Here {what}, so no number of them helps.",
        expected="ValueError",
        found=outcome.error_text if outcome.error else shown(outcome.value),
        next_step="Raise ValueError when slots, or what fits on an instance, is below 1.",
        credit=0.6,
    )


def _judge_simulated(value: object) -> Verdict | None:
    right = right_size(LOAD, ENVIRONMENT, INSTANCE)
    assert right is not None

    def wrong(idea: str, message: str, found: object, step: str) -> Verdict:
        return refused(f"simulated-{idea}", message, expected="what experiment.simulate returns for your size", found=shown(found),
                       next_step=step, credit=0.6)  # fmt: skip

    again = "simulated = experiment.simulate(LOAD, ENVIRONMENT, INSTANCE, size_fleet(LOAD, ENVIRONMENT, INSTANCE))"
    if type(value) is not dict or set(value) != {"refused_percent", "cpu_percent", "slots_percent", "environments"}:
        return wrong("form", "This is not a simulation's result.", value, again)
    if value["environments"] != right["environments"]:
        return wrong("other-size", "Another size was simulated.", value["environments"], again)
    if value != experiment.simulate(LOAD, ENVIRONMENT, INSTANCE, right):
        return wrong("other-load", "Another load was simulated, or the result was changed.", value, again)
    return None
