"""What a workload costs on default Lambda, with provisioned concurrency, and on managed instances.

Money is `Decimal`, in USD. Every bill is a mapping from what is billed to its amount, with `total`.

    default Lambda         requests + GB-seconds, tiered by architecture, durations rounded up to 1 ms, INIT included
    provisioned            kept GB-seconds + used GB-seconds + requests
    managed instances      requests + instance-hours at the discounted rate + 15 % of the ON-DEMAND rate; no GB-seconds
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "Bill",
    "Extras",
    "Invocations",
    "break_even_requests",
    "compute_usd",
    "default_lambda_bill",
    "extras_bill",
    "managed_instances_bill",
    "management_fee_rate",
    "network_prices",
    "provisioned_bill",
    "provisioned_break_even_utilisation",
]

Bill = Mapping[str, Decimal]

_MB_PER_GB = 1024
_MS_PER_S = 1000


@cache
def _prices() -> dict[str, Any]:
    text = files(__package__).joinpath("prices", "lambda_us_east_1.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def management_fee_rate() -> Decimal:
    """The fee of managed instances, as a share of the EC2 on-demand price."""
    return Decimal(_prices()["management_fee"]["rate"])


def network_prices() -> Mapping[str, Mapping[str, Any]]:
    """What NAT gateways and endpoints cost in us-east-1, USD: per hour and per GB, with source and date.

    `nat_gateway`, and `interface_endpoint` for each Availability Zone in which it stands; `gateway_endpoint` costs nothing.
    """
    return {name: dict(_prices()[name]) for name in ("nat_gateway", "interface_endpoint", "gateway_endpoint")}


@dataclass(frozen=True)
class Invocations:
    """A month's invocations of one function: how many, how long (ms, before rounding) and with how much memory (MB).

    A share `cold_fraction` of them also runs `init_ms` of INIT, which is billed since August 2025.
    """

    requests: Decimal
    duration_ms: Decimal
    memory_mb: Decimal
    cold_fraction: Decimal = Decimal(0)
    init_ms: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name in ("requests", "duration_ms", "memory_mb", "cold_fraction", "init_ms"):
            value = getattr(self, name)
            if not value.is_finite() or value < 0:
                raise ValueError(f"{name} {value} must be a number of at least 0")
        if self.cold_fraction > 1:
            raise ValueError(f"cold_fraction {self.cold_fraction} must be at most 1")

    @property
    def gb_seconds(self) -> Decimal:
        """Billed GB-seconds of the handler: each duration is rounded up to a whole millisecond."""
        return self._gb_seconds(self.requests, self.duration_ms)

    @property
    def init_gb_seconds(self) -> Decimal:
        """Billed GB-seconds of INIT."""
        return self._gb_seconds(self.requests * self.cold_fraction, self.init_ms)

    def _gb_seconds(self, count: Decimal, milliseconds: Decimal) -> Decimal:
        billed = milliseconds.to_integral_value(ROUND_CEILING)
        return count * billed / _MS_PER_S * self.memory_mb / _MB_PER_GB


def compute_usd(gb_seconds: Decimal, architecture: str) -> Decimal:
    """The price of so many GB-seconds in a month, tier by tier. Raises LookupError for an unknown architecture."""
    rates = _of_architecture("compute", architecture)
    ends = [*map(Decimal, rates["tier_ends_gb_seconds"]), Decimal("Infinity")]
    total, begin = Decimal(0), Decimal(0)
    for end, rate in zip(ends, map(Decimal, rates["usd_per_gb_second"]), strict=True):
        if gb_seconds > begin:
            total += (min(gb_seconds, end) - begin) * rate
        begin = end
    return total


def default_lambda_bill(gb_seconds: Decimal, requests: Decimal, architecture: str, *, free_tier: bool = False) -> Bill:
    """A month on default Lambda: `compute`, `requests`, `total`."""
    if free_tier:
        gb_seconds = max(Decimal(0), gb_seconds - _prices()["free_tier"]["gb_seconds"])
        requests = max(Decimal(0), requests - _prices()["free_tier"]["requests"])
    return _bill(compute=compute_usd(gb_seconds, architecture), requests=requests * _request_usd())


def provisioned_bill(
    *,
    kept_gb_seconds: Decimal,
    used_gb_seconds: Decimal,
    spilled_gb_seconds: Decimal,
    requests: Decimal,
    architecture: str,
    free_tier: bool = False,
) -> Bill:
    """A month with provisioned concurrency: `kept`, `used`, `on_demand` (what spilled over), `requests`, `total`.

    The free tier covers requests and on-demand GB-seconds, nothing of provisioned concurrency.
    """
    rates = _of_architecture("provisioned", architecture)
    on_demand = default_lambda_bill(spilled_gb_seconds, requests, architecture, free_tier=free_tier)
    return _bill(
        kept=kept_gb_seconds * Decimal(rates["usd_per_gb_second"]),
        used=used_gb_seconds * Decimal(rates["usd_per_used_gb_second"]),
        on_demand=on_demand["compute"],
        requests=on_demand["requests"],
    )


def provisioned_break_even_utilisation(architecture: str) -> Decimal:
    """The share of the time above which provisioned concurrency is cheaper than on demand."""
    rates = _of_architecture("provisioned", architecture)
    on_demand = Decimal(_of_architecture("compute", architecture)["usd_per_gb_second"][0])
    return Decimal(rates["usd_per_gb_second"]) / (on_demand - Decimal(rates["usd_per_used_gb_second"]))


def managed_instances_bill(
    *, instance_hours: Decimal, on_demand_usd_per_hour: Decimal, requests: Decimal, discount: Decimal = Decimal(0)
) -> Bill:
    """A month on managed instances: `requests`, `ec2`, `fee`, `total`.

    The discount of a Savings Plan or Reserved Instance, 0 to 1, touches the EC2 line and never the fee.
    """
    if not 0 <= discount <= 1:
        raise ValueError(f"discount {discount} must be between 0 and 1")
    return _bill(
        requests=requests * _request_usd(),
        ec2=instance_hours * on_demand_usd_per_hour * (1 - discount),
        fee=instance_hours * on_demand_usd_per_hour * management_fee_rate(),
    )


@dataclass(frozen=True)
class Extras:
    """What managed instances need in a month besides instances: the network, logs, volumes, anything else.

    `interface_endpoints` counts an endpoint once for each Availability Zone. Volumes have a size for each instance and
    a price of their own, because AWS states neither.
    """

    nat_gateways: Decimal = Decimal(0)
    nat_gb: Decimal = Decimal(0)
    interface_endpoints: Decimal = Decimal(0)
    endpoint_gb: Decimal = Decimal(0)
    log_gb: Decimal = Decimal(0)
    volume_gb_per_instance: Decimal = Decimal(0)
    volume_usd_per_gb_month: Decimal = Decimal(0)
    other_usd: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value.is_finite() or value < 0:
                raise ValueError(f"{name} {value} must be a number of at least 0")
        if self.volume_gb_per_instance and not self.volume_usd_per_gb_month:
            raise ValueError(
                "volume_gb_per_instance needs volume_usd_per_gb_month, which is not known for these volumes"
            )


def extras_bill(extras: Extras, *, mean_instances: Decimal, hours: Decimal) -> Bill:
    """A month of so many hours: `network`, `logs`, `volumes`, `others`, `total`; lines of 0 are left out."""
    nat, endpoint = _prices()["nat_gateway"], _prices()["interface_endpoint"]
    lines = {
        "network": extras.nat_gateways * hours * Decimal(nat["usd_per_hour"])
        + extras.nat_gb * Decimal(nat["usd_per_gb"])
        + extras.interface_endpoints * hours * Decimal(endpoint["usd_per_hour"])
        + extras.endpoint_gb * Decimal(endpoint["usd_per_gb"]),
        "logs": extras.log_gb * Decimal(_prices()["logs"]["usd_per_gb"]),
        "volumes": extras.volume_gb_per_instance * mean_instances * extras.volume_usd_per_gb_month,
        "others": extras.other_usd,
    }
    return _bill(**{name: amount for name, amount in lines.items() if amount})


def break_even_requests(*, fixed_usd: Decimal, duration_ms: Decimal, memory_mb: Decimal, architecture: str) -> Decimal:
    """From how many requests a month a fixed fleet costs less than default Lambda; the request charges cancel.

    It assumes that the fleet carries them, and the price of the first tier.
    """
    one = Invocations(Decimal(1), duration_ms, memory_mb)
    return fixed_usd / compute_usd(one.gb_seconds, architecture)


def _request_usd() -> Decimal:
    return Decimal(_prices()["request"]["usd"])


def _of_architecture(section: str, architecture: str) -> dict[str, Any]:
    rates: dict[str, Any] = _prices()[section]
    if architecture not in rates:
        raise LookupError(f"there is no price for architecture {architecture!r}; there is one for {', '.join(rates)}")
    found: dict[str, Any] = rates[architecture]
    return found


def _bill(**lines: Decimal) -> Bill:
    return {**lines, "total": sum(lines.values(), Decimal(0))}
