"""How many instances to commit to: a commitment is paid whether it is used or not, the rest is bought on demand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lmi_sim.sizing import constant

__all__ = ["PURCHASES", "Commitment", "best_commitment"]


def _purchases() -> Iterator[tuple[str, Decimal]]:
    yield "on demand", Decimal(0)
    discounts = constant("ec2_discount_percent")
    for years, name in (("1 year", "compute_sp_1yr"), ("3 years", "compute_sp_3yr")):
        yield f"Savings Plan, {years}: {discounts[name]} % off", Decimal(discounts[name]) / 100


PURCHASES = tuple(_purchases())
"""How instances are bought, and the discount of each, as AWS's own calculator has them."""


@dataclass(frozen=True)
class Commitment:
    """A number of instances bought at a discount (0 to 1), and what the rest of the fleet is on average."""

    instances: int
    discount: Decimal
    on_demand_instances: Decimal

    @property
    def paid_instances(self) -> Decimal:
        """As how many on-demand instances the EC2 line is paid."""
        return self.instances * (1 - self.discount) + self.on_demand_instances


def best_commitment(instances: Sequence[float], discount: Decimal) -> Commitment:
    """The commitment that costs least for a fleet whose size over time is given, in equal intervals.

    Raises ValueError for a discount that isn't from 0 to 1 or a fleet without intervals.
    """
    if not 0 <= discount <= 1:
        raise ValueError(f"discount {discount} must be between 0 and 1")
    if not instances:
        raise ValueError("the size of the fleet is needed for at least one interval")
    most = math.ceil(max(instances)) if discount else 0
    options = (Commitment(count, discount, _beyond(instances, count)) for count in range(most + 1))
    return min(options, key=lambda option: (option.paid_instances, option.instances))


def _beyond(instances: Sequence[float], count: int) -> Decimal:
    return Decimal(math.fsum(max(0.0, size - count) for size in instances) / len(instances))
