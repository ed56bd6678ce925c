"""What a simulated result costs in a month.

A month has 730 hours. The traffic of the simulation is taken to repeat: use is scaled by time. With
`requests_per_month` in the spec, what is paid for each request is scaled to that number instead; instances are still
paid for all the time that they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from lmi_sim import cost, prices
from lmi_sim.cost import Bill
from lmi_sim.policies import ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.spec import Pricing, Spec

__all__ = ["HOURS_PER_MONTH", "Use", "monthly_bill", "monthly_requests"]

HOURS_PER_MONTH = 730
"""As AWS's calculators have it."""

_SECONDS_PER_HOUR = 3600
_MS_PER_S = 1000
_MB_PER_GB = 1024


class Use(Protocol):
    """What of a result is billed; `lmi_sim.results.Result` has it."""

    @property
    def completed(self) -> int:
        """Requests that were answered."""

    @property
    def billed_ms(self) -> int:
        """Milliseconds on default Lambda."""

    @property
    def provisioned_ms(self) -> int:
        """Milliseconds in provisioned environments."""

    @property
    def instance_s(self) -> float:
        """Seconds that instances stood, summed over them."""

    @property
    def measured_s(self) -> float:
        """How long that took."""


def monthly_requests(pricing: Pricing, result: Use) -> Decimal:
    """How many requests a month are billed; a refused one is not."""
    if pricing.requests_per_month is not None:
        return pricing.requests_per_month
    return result.completed * _months(result)


def monthly_bill(spec: Spec, policy: str | Policy, result: Use) -> Bill:
    """The bill of a month for a result under one of the spec's policies, or another one, in USD."""
    chosen = spec.policies[policy] if isinstance(policy, str) else policy
    requests = monthly_requests(spec.pricing, result)
    if isinstance(chosen, ManagedInstances):
        bill = cost.managed_instances_bill(
            instance_hours=Decimal(result.instance_s) * _months(result) / _SECONDS_PER_HOUR,
            on_demand_usd_per_hour=prices.on_demand_usd_per_hour(chosen.instance.instance_type, spec.pricing.region),
            requests=requests,
            discount=spec.pricing.ec2_discount,
        )
        extras = cost.extras_bill(
            spec.pricing.extras,
            mean_instances=Decimal(result.instance_s) / Decimal(result.measured_s),
            hours=Decimal(HOURS_PER_MONTH),
        )
        return {**bill, **extras, "total": bill["total"] + extras["total"]}
    per_request = requests / result.completed if result.completed else Decimal(0)
    gb = Decimal(str(spec.workload.memory_mb)) / _MB_PER_GB
    on_demand_gb_s = result.billed_ms * per_request / _MS_PER_S * gb
    if isinstance(chosen, ProvisionedConcurrency):
        bill = cost.provisioned_bill(
            kept_gb_seconds=chosen.environments * gb * HOURS_PER_MONTH * _SECONDS_PER_HOUR,
            used_gb_seconds=result.provisioned_ms * per_request / _MS_PER_S * gb,
            spilled_gb_seconds=on_demand_gb_s,
            requests=requests,
            architecture=spec.architecture,
            free_tier=spec.pricing.free_tier,
        )
    else:
        bill = cost.default_lambda_bill(on_demand_gb_s, requests, spec.architecture, free_tier=spec.pricing.free_tier)
    return _discounted(bill, spec.pricing.lambda_discount)


def _discounted(bill: Bill, discount: Decimal) -> Mapping[str, Decimal]:
    """A Compute Savings Plan takes its share off every line but the requests."""
    lines = {
        name: amount if name == "requests" else amount * (1 - discount)
        for name, amount in bill.items()
        if name != "total"
    }
    return {**lines, "total": sum(lines.values(), Decimal(0))}


def _months(result: Use) -> Decimal:
    """How many times the measured time fits into a month."""
    return Decimal(HOURS_PER_MONTH * _SECONDS_PER_HOUR) / Decimal(result.measured_s)
