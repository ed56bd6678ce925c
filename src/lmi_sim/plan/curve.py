"""Cost against traffic, and where managed instances begin to cost less than default Lambda. In closed form.

The shape of the traffic and the time that a request is billed for stay; its level changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from lmi_sim.billing import HOURS_PER_MONTH, monthly_bill
from lmi_sim.plan.fleet import instance_hours
from lmi_sim.plan.model import Option, Point
from lmi_sim.policies import ManagedInstances
from lmi_sim.spec import Spec

__all__ = ["LEVELS", "TODAY", "Assumed", "break_even", "cost_curve"]

LEVELS = tuple(2.0 ** (step / 2) for step in range(-14, 9))
"""By what the traffic is multiplied at the points of a curve."""
TODAY = LEVELS.index(1.0)
"""Which point of a curve is the traffic as it is."""
_FARTHEST = 2.0**14
_BISECTIONS = 30


@dataclass(frozen=True)
class Assumed:
    """What is billed at a level of traffic, without a simulation."""

    completed: int
    billed_ms: int
    instance_s: float
    measured_s: float
    provisioned_ms: int = 0


def _point(spec: Spec, policy: ManagedInstances, default: Option, level: float) -> Point:
    run = default.runs[len(default.runs) // 2]
    months = HOURS_PER_MONTH * 3600 / run.measured_s
    # The cap of the fleet and the minimum that fits today's traffic would hide how the cost follows the traffic.
    free = replace(
        policy, max_vcpu_count=10**7, max_environments=None, min_environments=min(3, policy.min_environments)
    )
    requests = (spec.pricing.requests_per_month or Decimal(run.completed * months)) * Decimal(level)
    traffic = spec.traffic.scaled(level)
    use = Assumed(
        completed=max(1, round(run.completed * level)),
        billed_ms=round(run.billed_ms * level),
        instance_s=instance_hours(traffic, spec.workload, free) / spec.traffic.duration_s * 3600 * run.measured_s,
        measured_s=run.measured_s,
    )
    this = replace(spec, pricing=replace(spec.pricing, requests_per_month=requests))
    managed, unmanaged = (monthly_bill(this, each, use)["total"] for each in (free, default.policy))
    return Point(requests, managed, unmanaged)


def cost_curve(spec: Spec, policy: ManagedInstances, default: Option) -> tuple[Point, ...]:
    """Costs of a month at levels from a hundredth to sixteen times the traffic; none for recorded times."""
    if spec.traffic.times_s:
        return ()
    return tuple(_point(spec, policy, default, level) for level in LEVELS)


def break_even(spec: Spec, policy: ManagedInstances, default: Option) -> Decimal | None:
    """From how many requests a month on managed instances cost less; None if they never do, or for recorded times."""
    if spec.traffic.times_s:
        return None

    def wins(level: float) -> bool:
        point = _point(spec, policy, default, level)
        return point.managed_usd < point.default_usd

    levels = [2.0**step for step in range(-14, 15)]
    won = [level for level in levels if wins(level)]
    if not wins(_FARTHEST) or not won:
        return None
    lost = [level for level in levels if not wins(level)]
    low, high = (max(lost), min(level for level in won if level > max(lost))) if lost else (0.0, min(won))
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return _point(spec, policy, default, high).requests.quantize(Decimal(1))
