"""The reasons of a plan in words that a manager reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lmi_sim.plan.model import Option, Point
from lmi_sim.policies import ManagedInstances
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Spec

__all__ = ["NAMES", "family", "reasons_for"]

NAMES = {
    DEFAULT_LAMBDA: "default Lambda",
    PROVISIONED: "provisioned concurrency",
    MANAGED_INSTANCES: "managed instances",
}
_FAMILIES = {"c": "compute", "m": "general-purpose", "r": "memory"}


def family(policy: ManagedInstances) -> str:
    """The family of an instance type in words: compute, general-purpose or memory."""
    return _FAMILIES.get(policy.instance.instance_type[0], "other")


def _first(option: Option) -> str:
    """The option's name at the beginning of a sentence."""
    name = NAMES[option.kind]
    return name[0].upper() + name[1:]


def reasons_for(
    spec: Spec, objective: Objective, able: Sequence[Option], options: Sequence[Option], curve: Sequence[Point]
) -> tuple[str, ...]:
    """Why the first of the able options, which are in the order of their cost, is recommended."""
    return tuple(_reasons(spec, objective, able, options, curve))


def _reasons(
    spec: Spec, objective: Objective, able: Sequence[Option], options: Sequence[Option], curve: Sequence[Point]
) -> Iterator[str]:
    best = able[0]
    yield (
        f"{_first(best)} meet{'' if best.kind == MANAGED_INSTANCES else 's'} the goals (99 of 100 requests within {best.p99_ms:,.0f} ms, goal "
        f"{objective.p99_ms:,.0f} ms; {best.failed_percent:.2f} % given up, goal {objective.throttle_percent:g} %) for "
        f"${best.usd:,.0f} a month."
    )
    for other in able[1:]:
        share = (other.usd - best.usd) / other.usd if other.usd else Decimal(0)
        yield f"{_first(other)} would cost ${other.usd:,.0f}; the recommendation saves {share:.0%} of that."
    for other in options:
        if other not in able:
            yield (
                f"{_first(other)} (${other.usd:,.0f}) misses the goals: p99 {other.p99_ms:,.0f} ms, "
                f"{other.failed_percent:.2f} % given up."
            )
    yield from _about_the_traffic(spec, best)
    yield from _about_the_fleet(spec, best, options)
    if curve and all(point.default_usd < point.managed_usd for point in curve):
        yield "However the traffic grew, up to sixteen times, default Lambda would stay cheaper."


def _about_the_traffic(spec: Spec, best: Option) -> Iterator[str]:
    mean, peak = spec.traffic.mean_rps, spec.traffic.peak_rps
    if best.kind == DEFAULT_LAMBDA and peak > 5 * mean:
        yield (
            f"The traffic is quiet most of the time (on average {mean:,.1f} requests a second, at most {peak:,.0f}): default "
            "Lambda costs nothing while nothing comes, and instances would stand idle."
        )
    elif best.kind == MANAGED_INSTANCES and peak <= 5 * mean:
        yield (
            f"The traffic is steady enough (on average {mean:,.0f} requests a second, at most {peak:,.0f}) to keep instances "
            "busy, and they are paid by the hour however many requests they serve."
        )


def _about_the_fleet(spec: Spec, best: Option, options: Sequence[Option]) -> Iterator[str]:
    managed = next((option for option in options if option.kind == MANAGED_INSTANCES), None)
    if managed is None or not isinstance(managed.policy, ManagedInstances):
        return
    policy = managed.policy
    floor = min(policy.min_instances, policy.min_environments)
    if best.kind != MANAGED_INSTANCES and managed.mean_instances <= floor * 1.05:
        yield (
            f"Managed instances never go below {floor} instances for resilience, which alone costs "
            f"${managed.bill['ec2'] + managed.bill['fee']:,.0f} a month."
        )
    if best.kind == MANAGED_INSTANCES:
        cpu, io = spec.workload.cpu.mean_ms, spec.workload.io.mean_ms
        if cpu > io:
            yield (
                f"Requests mostly compute ({cpu:,.0f} ms of CPU, {io:,.0f} ms of waiting), so what counts is the price of a "
                f"vCPU; the {family(policy)} family ({policy.instance.instance_type}) is what carries them cheapest."
            )
        else:
            yield (
                f"Requests mostly wait ({io:,.0f} ms, with {cpu:,.0f} ms of CPU), so {policy.max_concurrency} of them share "
                f"an environment, where default Lambda pays for an environment each."
            )
        if managed.commitment and managed.commitment.instances:
            yield (
                f"{managed.commitment.instances} instances are committed at {managed.commitment.discount:.0%} off; the fee of "
                "15 % is on the full price and is never discounted."
            )
